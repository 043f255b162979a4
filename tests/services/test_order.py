"""Drafts of orders: from a text and by hand, corrected under optimistic locking, issued in one act."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.models import Assignment, AssignmentPeriod, AuditEvent, Order, OrderPoint, OrgUnit
from app.models.enumeration import (
    AddresseeClauseKind,
    GroundEffect,
    OrderKind,
    OrderStatus,
    Recurrence,
    TermKind,
)
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import order as orders
from app.services.order import ClauseValues, HeadingValues, PointValues
from app.services.order_text import draft_from_text
from tests.services.order_world import TEXT, add_sakhalin
from tests.services.statements import counted

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ALL_SCHOOLS = ClauseValues(AddresseeClauseKind.ALL_SCHOOLS)


def draft(session, actor, *, clauses=(ALL_SCHOOLS,), number="7", dated_on=TODAY, **values):
    order = orders.create_draft(
        session, actor, kind=OrderKind.ORDER, number=number, dated_on=dated_on, title="О проверке"
    )
    point = orders.add_point(session, actor, order, PointValues(number="1", text="проверить", **values))
    orders.set_addressees(session, actor, order, point, clauses)
    return order, point


def test_the_sakhalin_text_becomes_rows_with_their_quotes(engine, world, work, actor):
    add_sakhalin(engine, world)
    session, region = work("region"), actor("region")
    order = draft_from_text(session, region, TEXT.replace("\n", "\r\n"), today=TODAY)
    assert (order.kind, order.number, order.dated_on) == (OrderKind.DIRECTIVE, "3.12-118-Р", date(2023, 1, 25))
    assert order.controller.startswith("первый заместитель министра")
    assert [ground.effect for ground in order.grounds] == [GroundEffect.BASIS] * 2 + [GroundEffect.MOVES_DATES]
    assert {point.label: point.due_on for point in order.points if point.due_on} == {
        "2.2": date(2023, 1, 30),
        "2.3": date(2023, 12, 31),
        "3.3": date(2023, 1, 30),
        "4а": date(2023, 2, 24),
        "4б": date(2023, 6, 1),
    }
    assert "\r" not in order.source_text
    for point in order.points:
        assert order.source_text[point.quote_start : point.quote_end].split()[0]
        for clause in point.clauses:
            quoted = order.source_text[clause.quote_start : clause.quote_end]
            assert " ".join(quoted.split()) == clause.written
    first = orders.addressees(session, region, order.points[0], today=TODAY)
    assert [unit.kind.value for unit in first].count("municipality") == 6
    assert len(first) == 7


@pytest.mark.parametrize("text", ["", "   \n", "Погода сегодня хорошая, завтра будет дождь."])
def test_a_text_without_points_is_refused_and_nothing_is_written(world, work, actor, text):
    session = work("region")
    with pytest.raises(Invalid) as refused:
        draft_from_text(session, actor("region"), text, today=TODAY)
    assert refused.value.field == "text"
    assert session.scalar(select(func.count(Order.id))) == 0


def test_a_name_of_nobody_stays_unresolved_and_blocks_the_issue(engine, world, work, actor):
    session, region = work("region"), actor("region")
    order = draft_from_text(session, region, TEXT, today=TODAY)
    # The test world has two of the six municipalities, and the institute under another name.
    unknown = [clause for point in order.points for clause in point.clauses if clause.org_unit_id is None and clause.doubt]
    assert unknown
    seen = orders.examine(session, region, order, today=TODAY)
    assert any("не определён" in problem.sentence for problem in seen.obstacles)
    with pytest.raises(Invalid):
        orders.issue(session, region, order, today=TODAY, now=NOW)
    assert session.scalar(select(func.count(Assignment.id))) == 0
    point = next(point for point in order.points if unknown[0] in point.clauses)
    wanted = [
        ClauseValues(clause.kind, clause.org_unit_id or world.units["provider"], clause.id)
        if clause is unknown[0]
        else ClauseValues(clause.kind, clause.org_unit_id, clause.id)
        for clause in point.clauses
    ]
    words = unknown[0].written
    orders.set_addressees(session, region, order, point, wanted)
    assert (unknown[0].org_unit_id, unknown[0].doubt, unknown[0].written) == (world.units["provider"], "", words)


def test_addressees_are_only_those_below_the_issuer(world, work, actor):
    for login, foreign in (
        ("region", "foreign_school"),
        ("region", "region"),
        ("municipality", "school_b"),
        ("municipality", "municipality2"),
        ("municipality", "provider"),
    ):
        session = work(login)
        order, point = draft(session, actor(login))
        for kind in (AddresseeClauseKind.UNIT, AddresseeClauseKind.EXCEPT, AddresseeClauseKind.SCHOOLS_OF):
            with pytest.raises(Invalid):
                orders.set_addressees(
                    session, actor(login), order, point, [ClauseValues(kind, world.units[foreign])]
                )
        session.rollback()


def test_who_may_write_a_draft(world, work, actor):
    session = work("region")
    order, _ = draft(session, actor("region"))
    for login in ("observer", "unit_admin", "school", "provider"):
        with pytest.raises(NotPermitted):
            orders.create_draft(session, actor(login), kind=OrderKind.ORDER)
        with pytest.raises(NotPermitted):
            orders.save(session, actor(login), order, version=order.version, values=HeadingValues())
    with pytest.raises(NotPermitted):
        orders.save(session, actor("municipality"), order, version=order.version, values=HeadingValues())


def test_a_stale_save_overwrites_nothing(world, work, actor):
    session, region = work("region"), actor("region")
    order, point = draft(session, region)
    seen, seen_point = order.version, point.version
    orders.save(session, region, order, version=seen, values=HeadingValues(number="8", dated_on=TODAY))
    with pytest.raises(Conflict):
        orders.save(session, region, order, version=seen, values=HeadingValues(number="9"))
    assert order.number == "8"
    assert ("number", "8", "9") in orders.differences(order, HeadingValues(number="9", dated_on=TODAY))
    orders.change_point(session, region, order, point, version=seen_point, values=PointValues("1", "первое"))
    with pytest.raises(Conflict):
        orders.change_point(session, region, order, point, version=seen_point, values=PointValues("1", "второе"))
    assert point.text == "первое"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (PointValues(number=" ", text="x"), "number"),
        (PointValues(number="2", text=" "), "text"),
        (PointValues(number="1", text="x"), "number"),
        (PointValues(number="2", text="x", term_kind=TermKind.DATE), "due_on"),
        (PointValues(number="2", text="x", term_kind=TermKind.RECURRING), "recurrence"),
        (PointValues(number="2", text="x", recurrence_day=32), "recurrence_day"),
        (
            PointValues(
                number="2",
                text="x",
                term_kind=TermKind.RECURRING,
                recurrence=Recurrence.MONTHLY,
                recurs_until=date(2026, 1, 1),
            ),
            "recurs_until",
        ),
    ],
)
def test_a_wrong_value_of_a_point_is_refused_at_its_field(world, work, actor, values, field):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    with pytest.raises(Invalid) as refused:
        orders.add_point(session, region, order, values)
    assert refused.value.field == field
    assert len(order.points) == 1


def test_points_are_split_moved_and_deleted(world, work, actor):
    session, region = work("region"), actor("region")
    order, first = draft(session, region, term_kind=TermKind.DATE, due_on=date(2026, 12, 1))
    second = orders.add_point(session, region, order, PointValues(number="2", text="другое"))
    orders.split_stage(session, region, order, first)
    assert [point.label for point in order.points] == ["1а", "1б", "2"]
    stage = order.points[1]
    assert [clause.kind for clause in stage.clauses] == [AddresseeClauseKind.ALL_SCHOOLS]
    assert stage.doubts
    orders.move_point(session, region, order, second, -1)
    assert [point.label for point in order.points] == ["1а", "2", "1б"]
    orders.delete_point(session, region, order, stage)
    assert [point.label for point in order.points] == ["1а", "2"]


def test_issue_gives_every_addressed_open_unit_its_assignment(engine, world, work, actor):
    with open_session(engine, reason="tests close a school") as session:
        session.connection(execution_options={"writes": True})
        session.get(OrgUnit, world.units["school2"]).closed_on = TODAY
    session, region = work("region"), actor("region")
    clauses = (ALL_SCHOOLS, ClauseValues(AddresseeClauseKind.EXCEPT, world.units["municipality2"]))
    order, point = draft(session, region, clauses=clauses, term_kind=TermKind.DATE, due_on=date(2026, 12, 20))
    assert orders.issue(session, region, order, today=TODAY, now=NOW) == 2
    given = session.scalars(select(Assignment)).all()
    assert {row.org_unit_id for row in given} == {world.units["school"], world.units["regional_school"]}
    assert {(row.due_on, row.original_due_on, row.given_by_id) for row in given} == {
        (date(2026, 12, 20), date(2026, 12, 20), world.units["region"])
    }
    assert (order.status, order.issued_at) == (OrderStatus.ISSUED, NOW)
    journal = session.scalars(select(AuditEvent.action).where(AuditEvent.record_type == "order")).all()
    assert journal.count("issue") == 1
    with pytest.raises(WrongState):
        orders.change_point(session, region, order, point, version=point.version, values=PointValues("1", "позже"))
    with pytest.raises(WrongState):
        orders.delete_draft(session, region, order)
    with pytest.raises(WrongState):
        orders.issue(session, region, order, today=TODAY, now=NOW)


def test_issue_names_what_is_missing_and_what_deserves_a_look(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region, number="", dated_on=None, clauses=())
    seen = orders.examine(session, region, order, today=TODAY)
    sentences = " ".join(problem.sentence for problem in seen.obstacles)
    assert "номер" in sentences
    assert "дату" in sentences
    assert "никому не адресован" in sentences
    late, _ = draft(session, region, term_kind=TermKind.DATE, due_on=date(2026, 11, 1))
    warned = orders.examine(session, region, late, today=TODAY)
    assert not warned.obstacles
    assert any("раньше даты документа" in problem.sentence for problem in warned.warnings)
    empty = orders.create_draft(session, region, kind=OrderKind.ORDER, number="1", dated_on=TODAY)
    assert any("ни одного пункта" in each.sentence for each in orders.examine(session, region, empty, today=TODAY).obstacles)


def test_issue_makes_what_was_confirmed_or_nothing(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    with pytest.raises(Conflict):
        orders.issue(session, region, order, today=TODAY, now=NOW, expected=4)
    assert order.status is OrderStatus.DRAFT
    assert orders.issue(session, region, order, today=TODAY, now=NOW, expected=5) == 5


def test_a_municipality_addresses_its_own_schools_only(world, work, actor):
    session, town = work("municipality"), actor("municipality")
    groups = (ALL_SCHOOLS, ClauseValues(AddresseeClauseKind.ALL_MUNICIPALITIES))
    order, _ = draft(session, town, clauses=groups)
    assert orders.issue(session, town, order, today=TODAY, now=NOW) == 2
    reached = set(session.scalars(select(Assignment.org_unit_id)))
    assert reached == {world.units["school"], world.units["school2"]}


def test_a_recurring_point_has_a_period_per_occurrence(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(
        session,
        region,
        dated_on=date(2026, 1, 12),
        clauses=(ClauseValues(AddresseeClauseKind.UNIT, world.units["municipality"]),),
        term_kind=TermKind.RECURRING,
        recurrence=Recurrence.QUARTERLY,
        recurrence_day=5,
    )
    orders.issue(session, region, order, today=TODAY, now=NOW)
    periods = session.scalars(select(AssignmentPeriod).order_by(AssignmentPeriod.due_on)).all()
    assert [period.due_on for period in periods] == [
        date(2026, 4, 5),
        date(2026, 7, 5),
        date(2026, 10, 5),
        date(2027, 1, 5),
    ]
    assert periods[0].starts_on == date(2026, 1, 1)
    assert session.scalar(select(Assignment.due_on)) == date(2026, 4, 5)


def test_five_hundred_assignments_ask_the_database_nothing_more_than_ten(engine, world, work, actor):
    def sent(count):
        with open_session(engine, reason="tests add schools") as session:
            session.connection(execution_options={"writes": True})
            town = session.get(OrgUnit, world.units["municipality"])
            session.add_all(
                OrgUnit(kind="school", name=f"ОО-{count}-{i}", parent_id=town.id, region_id=town.region_id, municipality_id=town.id)
                for i in range(count)
            )
        session, region = work("region"), actor("region")
        order, _ = draft(session, region, number=str(count))
        with counted(engine) as statements:
            made = orders.issue(session, region, order, today=TODAY, now=NOW)
        session.rollback()
        # SQLite gives row numbers back one insert at a time; PostgreSQL takes a thousand rows at once.
        return made, sum(not each.startswith("INSERT INTO assignment ") for each in statements)

    few, before = sent(5)
    many, after = sent(490)
    assert (few, many) == (10, 500)
    assert after == before <= 12, "the number of statements grows with the number of assignments"


def test_a_deleted_draft_leaves_its_journal(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    number = order.id
    orders.delete_draft(session, region, order)
    assert session.scalar(select(func.count(OrderPoint.id))) == 0
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.record_type == "order", AuditEvent.record_id == number))
    assert set(actions) == {"create", "delete"}
