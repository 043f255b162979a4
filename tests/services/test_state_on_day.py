"""What was, from the journal and from the periods of units: typed, within the scope, and no more than was there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.models import Assignment, AuditEvent, Membership, Order, OrderPoint, OrgUnit, User
from app.models.enumeration import AssignmentStatus, Duty, OrderKind
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState
from app.services import assignment as assignments
from app.services import clock, order_execution, order_issue, order_matrix, org_unit
from app.services import order as orders
from app.services import user as users
from app.services.order import HeadingValues
from app.services.org_unit import Renaming
from app.services.org_unit_details import UnitDetails
from app.services.state_on_day import PastDay, on_day, read_day
from tests.factories.order import Point, issue_order
from tests.services.order_draft import draft
from tests.services.past_days import ZONE, days, people
from tests.services.statements import counted

__all__ = ["days", "people"]


@pytest.fixture
def issued(engine, world, days):
    issue_order(engine, world, number="decoy")
    return issue_order(
        engine, world, points=(Point("1", due_on=days.today, to=("municipality", "school", "school2", "school_b")),)
    )


@pytest.fixture
def past(actor, days):
    """The present day, to be asked about later."""
    return lambda login, day=None: PastDay.of(day or days.today, ZONE, actor(login).unit_id)


def rows(work, login, statement, past):
    with work(login) as session:
        return session.execute(on_day(statement, past)).all()


@pytest.mark.parametrize("raw", ["", "вчера", "20260901", "2026-9-1", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_only_a_day_is_a_day(raw):
    with pytest.raises(ValueError, match=r"."):
        read_day(raw)


def test_a_day_ends_at_midnight_of_the_readers_zone():
    past = PastDay.of(date(2026, 9, 1), "Asia/Sakhalin", None)
    assert past.after == datetime(2026, 9, 1, 13, 0, tzinfo=UTC)
    assert f"{past.last_minute:%d.%m.%Y %H:%M}" == "01.09.2026 23:59"


def test_a_whole_record_is_not_asked_about_a_day(past):
    with pytest.raises(TypeError, match="made of columns"):
        on_day(select(Order), past("region"))


def test_values_come_back_as_they_were_and_typed(engine, world, work, actor, days, people, issued, past):
    number = issued.assignments["1", "school"]
    columns = (Assignment.status, Assignment.due_on, Assignment.accepted_on, Assignment.responsible)
    before, first = [(AssignmentStatus.ASSIGNED, days.today, None, "")], past("region")
    days.pass_one()

    def take(people, session, me):
        found = session.get_one(Assignment, number)
        assignments.take(session, me, found, today=days.today, responsible="Петрова")
        found.due_on, found.note = None, "x" * 600
        return True

    assert people.as_one("school", take)
    second = past("region")
    after = [(AssignmentStatus.ACCEPTED, None, days.today, "Петрова")]
    days.pass_one()

    def change(people, session, me):
        found = session.get_one(Assignment, number)
        found.note, found.responsible, found.due_on = "y", "Сидорова", days.today
        return True

    assert people.as_one("school", change)
    wanted = select(*columns).where(Assignment.id == number)
    assert rows(work, "region", wanted, first) == before
    assert rows(work, "region", wanted, second) == after
    assert rows(work, "region", select(Assignment.note).where(Assignment.id == number), second) == [("x" * 499 + "…",)]
    # NULL before the change and no change at all are told apart.
    assert rows(work, "region", wanted.where(Assignment.accepted_on.is_(None)), first) == before
    assert rows(work, "region", wanted.where(Assignment.accepted_on.is_(None)), second) == []
    assert rows(work, "region", select(Order.issued_at).where(Order.id == issued.order_id), first) == [
        (datetime(2026, 9, 1, 3, 0, tzinfo=UTC),)
    ]


def test_a_moment_and_a_flag_are_typed_too(work, days, people, past, actor):
    made = []

    def create(people, session, me):
        order, _ = draft(session, me, dated_on=days.today)
        made.append(order.id)
        return True

    assert people.as_one("region", create)
    first = past("region")
    days.pass_one()
    moment = days.moment.replace(microsecond=0)
    assert people.as_one("region", create)
    assert people.as_one("region", create)

    def issue(people, session, me):
        for order_id, now in zip(made, (None, moment, days.moment), strict=True):
            if now is not None:
                order_issue.issue(session, me, session.get_one(Order, order_id), today=days.today, now=now)
        return True

    assert people.as_one("region", issue)
    second = past("region")
    days.pass_one()
    # As if somebody had put the moments right afterwards.
    with GuardedSession(people.engine, info={"actor": actor("region")}) as session:
        session.connection(execution_options={"writes": True})
        for order_id in made[1:]:
            session.get_one(Order, order_id).issued_at += timedelta(hours=1)
        session.commit()
    wanted = select(Order.issued_at).where(Order.id.in_(made)).order_by(Order.id)
    assert rows(work, "region", wanted, second) == [(None,), (moment,), (days.moment - timedelta(days=1),)]
    assert rows(work, "region", wanted, first) == [(None,)]
    active = select(User.is_active).where(User.id == people.world.users["colleague"], User.is_active.is_(True))
    assert people.as_one("region", lambda _, session, me: _switch_off(session, me, people.world.users["colleague"]))
    assert rows(work, "region", active, second) == [(True,)]
    assert rows(work, "region", active, past("region")) == []


def _switch_off(session, me, user_id):
    users.deactivate(session, me, session.get_one(User, user_id), reason="уволен")
    return True


def test_what_was_a_draft_is_its_issuers_alone(engine, work, world, days, people, past):
    def create(people, session, me):
        draft(session, me, number="тайна", dated_on=days.today)
        return True

    assert people.as_one("region", create)
    then = {login: past(login) for login in ("region", "municipality", "school")}
    days.pass_one()

    def issue(people, session, me):
        order = session.scalars(select(Order)).one()
        values = HeadingValues(OrderKind.ORDER, "9", days.today, "Объявлено")
        orders.save(session, me, order, version=order.version, values=values)
        order_issue.issue(session, me, order, today=days.today, now=days.moment)
        return True

    assert people.as_one("region", issue)
    numbers, points = select(Order.number, Order.title), select(OrderPoint.text)
    assert rows(work, "school", numbers, past("school")) == [("9", "Объявлено")]
    assert rows(work, "region", numbers, then["region"]) == [("тайна", "О проверке")]
    assert rows(work, "region", points, then["region"]) == [("проверить",)]
    for login in ("municipality", "school"):
        for wanted in (numbers, points, select(func.count(Order.id)), select(Assignment.id)):
            assert rows(work, login, wanted, then[login]) in ([], [(0,)])
        found = numbers.where(Order.search.like("%тайна%"))
        assert rows(work, login, found, past(login)) == []
    assert len(rows(work, "region", numbers.where(Order.search.like("%тайна%")), then["region"])) == 1
    assert rows(work, "region", numbers.where(Order.search.like("%объявлено%")), then["region"]) == []


def test_a_school_stands_where_it_stood_and_bears_its_name_of_the_day(work, world, days, people, issued, past):
    then = past("region")
    days.pass_one()
    moved = world.units["school"]

    def move(people, session, me):
        unit = session.get_one(OrgUnit, moved)
        details = UnitDetails(name="Гимназия «Ёж»", short_name="Гимназия")
        renaming = Renaming(days.today, "приказ")
        org_unit.change(session, me, unit, version=unit.version, details=details, renaming=renaming, today=days.today)
        parent = session.get_one(OrgUnit, world.units["municipality2"])
        org_unit.move(session, me, unit, new_parent=parent, moved_on=days.today, basis="закон", today=days.today)
        return True

    assert people.as_one("region", move)
    units = select(OrgUnit.name, OrgUnit.short_name, OrgUnit.parent_id, OrgUnit.municipality_id)
    one = units.where(OrgUnit.id == moved)
    old, new = (world.units[key] for key in ("municipality", "municipality2"))
    assert rows(work, "region", one, then) == [("МБОУ СОШ «school»", "", old, old)]
    assert rows(work, "region", one, past("region")) == [("Гимназия «Ёж»", "Гимназия", new, new)]
    assert rows(work, "region", one.where(OrgUnit.search.like("%гимназия «еж»%")), then) == []
    assert len(rows(work, "region", one.where(OrgUnit.search.like("%сош%")), then)) == 1
    assert len(rows(work, "region", one.where(OrgUnit.search.like("%гимназия «еж»%")), past("region"))) == 1
    # Its records stood there too; to whom they are shown is a matter of today.
    given = select(func.count(Assignment.id)).where(Assignment.municipality_id == old)
    assert rows(work, "region", given.where(Assignment.order_id == issued.order_id), then) == [(3,)]
    assert rows(work, "region", given.where(Assignment.order_id == issued.order_id), past("region")) == [(2,)]
    assert len(rows(work, "municipality", one, then)) == 0
    assert rows(work, "municipality2", one, then) == [("МБОУ СОШ «school»", "", old, old)]


def test_a_duty_taken_since_is_there_within_the_scope_only(work, world, days, people, past):
    made = []

    def create(people, session, me):
        for unit in ("school", "school_b"):
            school = session.get_one(OrgUnit, world.units[unit])
            if not made:
                made.append(users.create(session, me, login="новый", name="Новый", unit=school, duties=[Duty.OPERATOR]))
            else:
                users.grant(session, me, session.get_one(User, made[0].id), unit=school, duty=Duty.EXPERT)
        made[0] = made[0].id
        return True

    def revoke(people, session, me):
        user = session.get_one(User, made[0])
        for held in session.scalars(select(Membership).where(Membership.user_id == user.id)).all():
            users.revoke(session, me, user, held.id)
        return True

    def again(people, session, me):
        school = session.get_one(OrgUnit, world.units["school"])
        # On SQLite it takes the number of the one that was deleted.
        users.grant(session, me, session.get_one(User, world.users["colleague"]), unit=school, duty=Duty.OBSERVER)
        return True

    assert people.as_one("region", create)
    then = {login: past(login) for login in ("region", "municipality", "municipality2", "school")}
    days.pass_one()
    assert people.as_one("region", revoke)
    assert people.as_one("region", again)
    days.pass_one()
    held = select(Membership.duty, Membership.org_unit_id).where(Membership.user_id == made[0])
    held = held.order_by(Membership.org_unit_id)
    here, there = (Duty.OPERATOR, world.units["school"]), (Duty.EXPERT, world.units["school_b"])
    assert rows(work, "region", held, then["region"]) == sorted([here, there], key=lambda one: one[1])
    assert rows(work, "municipality", held, then["municipality"]) == [here]
    assert rows(work, "municipality2", held, then["municipality2"]) == [there]
    assert rows(work, "school", held, then["school"]) == [here]
    assert rows(work, "region", held, past("region")) == []
    new = select(func.count(Membership.id)).where(Membership.user_id == world.users["colleague"])
    assert rows(work, "region", new, then["region"]) == [(2,)]
    assert rows(work, "region", new, past("region")) == [(3,)]


def test_the_journal_of_a_day_ends_with_it(work, days, people, issued, past):
    then = past("region")
    count = select(func.count(AuditEvent.id))
    first = rows(work, "region", count, then)
    days.pass_one()
    assert people.as_one("region", lambda _, session, me: _switch_off(session, me, people.world.users["colleague"]))
    assert rows(work, "region", count, then) == first
    assert rows(work, "region", count, past("region")) == [(first[0][0] + 1,)]


def test_the_annex_and_the_matrix_of_a_day(engine, work, actor, world, days, people, issued, past):
    then = past("region")
    day_before = past("region", days.today - timedelta(days=1))
    as_of = clock.local(days.moment, ZONE)

    def told(at, **asked):
        with work("region") as session:
            made = order_execution.build(session, actor("region"), issued.order_id, as_of=at, **asked).execution
            return list(made.summary), list(made.details), made.as_of.date(), made.number

    def shown(today, past=None):
        with work("region") as session:
            matrix = order_matrix.build(session, actor("region"), issued.order_id, today=today, past=past)
        return matrix.total, [(row.name, row.tally) for row in matrix.rows]

    expected, seen = told(as_of), shown(days.today)
    days.pass_one(72)
    for login in ("school", "school2", "school_b"):

        def take(people, session, me, login=login):
            found = session.get_one(Assignment, issued.assignments["1", login])
            assignments.take(session, me, found, today=days.today)
            return True

        assert people.as_one(login, take)
    now = clock.local(days.moment, ZONE)
    assert told(now) != expected
    assert told(now, past=then) == expected
    assert shown(days.today) != seen
    assert shown(then.day, then) == seen
    for ask in (lambda: told(now, past=day_before), lambda: shown(day_before.day, day_before)):
        with pytest.raises(WrongState, match="ещё не было выпущено"):
            ask()
    with work("region") as session, counted(engine) as sent:
        made = order_execution.build(session, actor("region"), issued.order_id, as_of=now, past=then).execution
        assert len(list(made.details)) == 4
    assert len(sent) == 6
    assert made.filter_label.startswith("состояние по истории, выгружено")
