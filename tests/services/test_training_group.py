"""Training groups: opened by an agreed programme, their seats and days, what becomes of their people."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Attendance, Enrolment, Programme, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, ProgrammeStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import training_group as groups
from app.services.group_seats import Seats, seats, seats_held
from app.services.training_group import TypedGroup
from tests.factories.training import add_group, add_person, add_programme, enrol, writing
from tests.services.statements import counted
from tests.services.training_work import unnamed

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once

TODAY = date(2026, 11, 22)
Status = EnrolmentStatus


def typed(programme: int, **given) -> TypedGroup:
    values = {"title": " Поток  1 ", "starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 15), "seats": 25}
    return TypedGroup(programme_id=programme, **{**values, **given})


@pytest.fixture
def acting(work, actor):
    """A writing session of a login with its actor; the one before lets the lock go, uncommitted work is lost."""
    opened: list = []

    def open_for(login: str):
        for session in opened:
            session.rollback()
        session = work(login)
        opened.append(session)
        session.connection(execution_options={"writes": True})
        return session, actor(login)

    return open_for


def add_on(session, actor, title: str, status: ProgrammeStatus) -> int:
    """A programme of the actor's own unit, within the session that is open."""
    made = Programme(org_unit_id=actor.unit_id, title=title, hours=36, status=status)
    session.add(made)
    session.flush()
    return made.id


def statuses(work, group: int) -> dict[int, str]:
    rows = work("region").scalars(select(Enrolment).where(Enrolment.group_id == group))
    return {row.id: row.status.value for row in rows}


def test_a_group_is_opened_by_an_agreed_programme(engine, world, acting, work):
    waiting = add_programme(engine, world, title="Ждёт", status=ProgrammeStatus.ON_AGREEMENT)
    agreed = add_programme(engine, world)
    foreign = add_programme(engine, world, "foreign_provider")
    session, provider = acting("provider")
    made = groups.create(session, provider, typed(waiting))
    assert (made.title, made.status, made.org_unit_id) == ("Поток 1", GroupStatus.DRAFT, world.units["provider"])
    with pytest.raises(Invalid) as refused:
        groups.create(session, provider, typed(foreign))
    assert refused.value.field == "programme_id"
    for wrong, field in (
        ({"title": " "}, "title"),
        ({"ends_on": date(2026, 11, 30)}, "ends_on"),
        ({"apply_until": date(2026, 12, 16)}, "apply_until"),
        ({"seats": 0}, "seats"),
    ):
        with pytest.raises(Invalid) as refused:
            groups.create(session, provider, typed(agreed, **wrong))
        assert refused.value.field == field
    session.commit()
    assert work("region").get(TrainingGroup, made.id) is None
    with pytest.raises(WrongState, match="«Ждёт» сейчас «на согласовании»"):
        groups.open_group(session, provider, made)
    groups.change(session, provider, made, version=made.version, typed=typed(agreed, seats=30))
    groups.open_group(session, provider, made)
    with pytest.raises(Conflict):
        groups.change(session, provider, made, version=made.version - 1, typed=typed(agreed))
    with pytest.raises(Invalid, match="программу потока уже не сменить"):
        groups.change(session, provider, made, version=made.version, typed=typed(waiting))
    session.commit()
    assert work("school").get(TrainingGroup, made.id) is not None
    assert work("foreign_school").get(TrainingGroup, made.id) is None
    for login in ("school", "municipality", "observer"):
        with pytest.raises(NotPermitted):
            groups.create(*acting(login), typed(agreed))
    # What the region makes for the provider is open at once: it would not see the provider's draft.
    session, region = acting("region")
    for_provider = groups.create(session, region, typed(agreed, title="За институт"))
    assert (for_provider.org_unit_id, for_provider.status) == (world.units["provider"], GroupStatus.OPEN)
    with pytest.raises(Invalid):
        groups.create(session, region, typed(waiting))
    with pytest.raises(WrongState, match="черновик"):
        groups.delete_draft(session, region, for_provider)
    gone = add_on(session, region, "Исключена", ProgrammeStatus.EXCLUDED)
    ours = add_on(session, region, "Наша", ProgrammeStatus.DRAFT)
    chosen = {one.id for one in groups.programmes_to_choose(session, region)}
    assert (ours in chosen, gone in chosen, agreed in chosen, waiting in chosen) == (True, False, True, False)
    own = groups.create(session, region, typed(ours))
    with pytest.raises(Invalid, match="другой организации"):
        groups.change(session, region, own, version=own.version, typed=typed(agreed))


def test_seats_are_numbers_past_the_scope_and_for_groups_in_scope_only(engine, world, acting, work):
    programme = add_programme(engine, world)
    group, empty = add_group(engine, world, programme, seats=3), add_group(engine, world, programme, title="Пустой")
    hidden = add_group(engine, world, programme, title="Черновик", status=GroupStatus.DRAFT)
    elsewhere = add_group(engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider")
    ways = (*Status, Status.APPLIED)
    for number, status in enumerate(ways):
        unit = "school_b" if number % 2 else "school2"
        enrol(engine, group, add_person(engine, world, unit, first_name=f"Анна{number}"), status=status)
    enrol(engine, elsewhere, add_person(engine, world, "foreign_school"))
    asked = [group, empty, hidden, elsewhere]
    with counted(engine) as sent:
        found = seats(work("school"), asked)
    assert found == {group: Seats(3, 6, 1), empty: Seats(25)}
    assert len([one for one in sent if "enrolment" in one.lower() or "training_group" in one.lower()]) == 2
    assert (found[group].free, found[empty].free) == (0, 25)
    assert seats(work("school"), [empty]) == {empty: Seats(25)}
    assert work("school").scalars(select(Enrolment)).all() == []
    assert set(seats(work("provider"), asked)) == {group, empty, hidden}
    assert seats(work("provider"), []) == {}
    session, _ = acting("municipality")
    assert seats_held(session, group) == found[group]
    with pytest.raises(NotFound):
        seats_held(session, hidden)
    session, provider = acting("provider")
    held = session.get_one(TrainingGroup, group)
    with pytest.raises(Invalid, match="Занято мест: 6"):
        groups.change(session, provider, held, version=held.version, typed=typed(programme, seats=5))
    groups.change(session, provider, held, version=held.version, typed=typed(programme, seats=6))


def test_days_lie_within_the_group_and_stay_while_attendance_is_marked(engine, world, acting):
    programme = add_programme(engine, world)
    number = add_group(engine, world, programme, status=GroupStatus.STUDYING)
    student = enrol(engine, number, add_person(engine, world), status=Status.STUDYING)
    session, provider = acting("provider")
    group = session.get_one(TrainingGroup, number)
    for given, field in (
        ({"held_on": date(2026, 11, 30)}, "held_on"),
        ({"held_on": date(2026, 12, 16)}, "held_on"),
        ({"held_on": date(2026, 12, 2), "hours": 25}, "hours"),
    ):
        with pytest.raises(Invalid) as refused:
            groups.add_session(session, provider, group, **given)
        assert refused.value.field == field
    later = groups.add_session(session, provider, group, held_on=date(2026, 12, 15), title="Зачёт", hours=4)
    first = groups.add_session(session, provider, group, held_on=date(2026, 12, 1), title=" Вводное  занятие")
    with pytest.raises(Invalid, match="уже есть"):
        groups.add_session(session, provider, group, held_on=date(2026, 12, 1), title="Вводное занятие")
    assert [one.title for one in groups.sessions_of(session, group)] == ["Вводное занятие", "Зачёт"]
    session.commit()
    with writing(engine) as marking:
        person = marking.get_one(Enrolment, student).staff_member_id
        marking.add(Attendance(staff_member_id=person, enrolment_id=student, session_id=first.id, present=True))
    session, provider = acting("provider")
    group = session.get_one(TrainingGroup, number)
    with pytest.raises(WrongState, match="отметок: 1"):
        groups.remove_session(session, provider, group, first.id)
    with pytest.raises(Invalid, match=r"Занятие 15\.12\.2026"):
        shorter = typed(programme, ends_on=date(2026, 12, 14))
        groups.change(session, provider, group, version=group.version, typed=shorter)
    groups.remove_session(session, provider, group, later.id)
    groups.change(session, provider, group, version=group.version, typed=shorter)
    with pytest.raises(NotFound):
        groups.remove_session(session, provider, group, later.id)
    session.commit()
    with pytest.raises(NotPermitted):
        groups.add_session(*acting("school"), group, held_on=date(2026, 12, 3))


def test_a_group_on_its_way(engine, world, acting, work):
    number = add_group(engine, world, add_programme(engine, world))
    other = add_group(engine, world, add_programme(engine, world), title="Рядом")
    people = [add_person(engine, world, "school", first_name=f"Анна{each}") for each in range(5)]
    session, provider = acting("provider")
    with pytest.raises(WrongState, match="Никто ещё не зачислен"):
        groups.start(session, provider, session.get_one(TrainingGroup, number))
    session.rollback()
    enrolled, applied, waiting, planned = (
        enrol(engine, number, person, status=status)
        for person, status in zip(
            people, (Status.ENROLLED, Status.APPLIED, Status.WAITING, Status.PLANNED), strict=False
        )
    )
    beside = enrol(engine, other, people[4], status=Status.ENROLLED)
    session, provider = acting("provider")
    group = session.get_one(TrainingGroup, number)
    assert groups.start(session, provider, group) == 1
    with pytest.raises(WrongState, match="Без итога слушателей: 1"):
        groups.finish(session, provider, group, today=TODAY)
    session.commit()
    assert statuses(work, number) == {
        enrolled: "studying",
        applied: "applied",
        waiting: "waiting",
        planned: "planned",
    }
    assert statuses(work, other) == {beside: "enrolled"}
    with writing(engine) as done:
        row = done.get_one(Enrolment, enrolled)
        row.left_on, row.left_reason, row.status = TODAY, "переезд", Status.DROPPED
    session, provider = acting("provider")
    group = session.get_one(TrainingGroup, number)
    assert groups.finish(session, provider, group, today=TODAY) == 2
    session.commit()
    assert statuses(work, number) == {
        enrolled: "dropped",
        applied: "refused",
        waiting: "refused",
        planned: "planned",
    }
    told = work("school").get_one(Enrolment, applied)
    assert (told.left_reason, told.left_on) == ("Поток завершён.", TODAY)
    with pytest.raises(WrongState, match="завершён"):
        groups.change(session, provider, group, version=group.version, typed=typed(group.programme_id))
    with pytest.raises(Invalid, match="причину"):
        groups.resume(session, provider, group, note="")
    groups.resume(session, provider, group, note="забыли двоих")
    assert group.status is GroupStatus.STUDYING


def test_a_cancelled_group_lets_everyone_go_with_the_reason(engine, world, acting, work):
    programme = add_programme(engine, world)
    number, done = add_group(engine, world, programme), add_group(engine, world, programme, title="С выпуском")
    ways = (Status.APPLIED, Status.WAITING, Status.ENROLLED, Status.WITHDRAWN)
    rows = [
        enrol(engine, number, add_person(engine, world, first_name=f"Анна{each}"), status=way)
        for each, way in enumerate(ways)
    ]
    enrol(engine, done, add_person(engine, world, first_name="Вера"), status=Status.CERTIFIED)
    session, provider = acting("provider")
    with pytest.raises(WrongState, match="уже завершили: 1"):
        groups.cancel(session, provider, session.get_one(TrainingGroup, done), note="нет денег", today=TODAY)
    group = session.get_one(TrainingGroup, number)
    with pytest.raises(Invalid):
        groups.cancel(session, provider, group, note=" ", today=TODAY)
    assert groups.cancel(session, provider, group, note="нет денег", today=TODAY) == 3
    session.commit()
    assert list(statuses(work, number).values()) == ["refused", "refused", "dropped", "withdrawn"]
    assert work("school").get_one(Enrolment, rows[2]).left_reason == "нет денег"
    assert work("school").get_one(Enrolment, rows[3]).left_reason == "причина"
    assert unnamed(work) == []
    with pytest.raises(WrongState, match="отменён"):
        groups.add_session(session, provider, group, held_on=date(2026, 12, 3))
