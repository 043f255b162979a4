"""Applications, the waiting list, the order that enrols, attendance, results, leaving: with a verdict for each row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import Attendance, AuditEvent, Enrolment, StaffMember, TrainingGroup, TrainingSession
from app.models.enumeration_of_training import (
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    TrainingResult,
)
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import enrolment, enrolment_attendance, enrolment_order
from app.services.enrolment_candidates import candidates
from app.services.enrolment_order import TypedResult
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
    writing,
)
from tests.services.statements import counted

TODAY = date(2026, 12, 5)
NOW = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
WHEN = {"now": NOW, "today": TODAY}
HEADS = [PositionKind.HEAD.value, PositionKind.DEPUTY.value]
Status = EnrolmentStatus


@pytest.fixture
def acting(work, actor):
    """A writing session of a login with its actor; the one before is committed first."""
    opened: list = []

    def open_for(login: str):
        for session in opened:
            session.commit()
        session = work(login)
        opened.append(session)
        session.connection(execution_options={"writes": True})
        return session, actor(login)

    return open_for


def group_of(session, number: int) -> TrainingGroup:
    found = session.get(TrainingGroup, number)
    assert found is not None
    return found


def told(verdicts) -> list[tuple[bool, str]]:
    return [(one.ok, one.sentence) for one in verdicts]


def states(work, group: int) -> dict[int, Status]:
    rows = work("region").execute(
        select(Enrolment.staff_member_id, Enrolment.status).where(Enrolment.group_id == group)
    )
    return {row.staff_member_id: row.status for row in rows}


def later(**given):
    """A group whose applications are still taken on the day of these tests."""
    return {"starts_on": TODAY + timedelta(days=10), "ends_on": TODAY + timedelta(days=20)} | given


def test_applications_are_judged_one_by_one_and_go_to_the_waiting_list_beyond_the_seats(engine, world, acting, work):
    programme = add_programme(engine, world, positions=HEADS)
    group = add_group(engine, world, programme, seats=2, **later())
    other = add_group(engine, world, programme, title="Поток 2", **later())
    elsewhere = add_group(
        engine, world, add_programme(engine, world, topic_id=add_topic(engine, world, title="Иное")), **later()
    )
    head = add_person(engine, world, last_name="Первая")
    teacher = add_person(engine, world, last_name="Учитель", kind=PositionKind.TEACHER)
    gone = add_person(engine, world, last_name="Ушедшая", kind=None)
    taken = add_person(engine, world, last_name="Занятая")
    trained = add_person(engine, world, last_name="Обученная", kind=PositionKind.DEPUTY)
    busy = add_person(engine, world, last_name="Деятельная")
    other_head = add_person(engine, world, "school_b", last_name="Вторая")
    enrol(engine, other, taken, status=Status.WAITING)
    enrol(engine, elsewhere, busy)
    add_certificate(engine, world, trained, topic=add_topic(engine, world))
    # Decoys: an expired document, and one of another person.
    add_certificate(engine, world, head, topic=add_topic(engine, world), number="9", valid_until=date(2026, 11, 1))

    session, school = acting("school")
    verdicts = enrolment.apply(
        session, school, group_of(session, group), [head, teacher, gone, taken, trained, busy], **WHEN
    )
    assert told(verdicts) == [
        (True, "Заявлен."),
        (False, "Программа не для этой должности. Она для должностей: руководитель, заместитель руководителя."),
        (False, "Сейчас не работает ни в одной организации: сначала укажите должность."),
        (False, "Уже в потоке «Поток 2» по этой теме: в листе ожидания."),
        (True, "Заявлен. Уже есть документ по этой теме: действует до 30.09.2029."),
        (True, "Свободных мест нет: поставлен в лист ожидания. В те же дни учится в потоке «Поток 1»."),
    ]
    made = session.get(Enrolment, verdicts[0].enrolment_id)
    assert made is not None
    assert (made.position, made.sent_by_unit_id, made.applied_at) == ("руководитель", world.units["school"], NOW)
    assert (made.provider_unit_id, made.applied_by, made.requirement_id) == (
        world.units["provider"],
        school.signature,
        None,
    )
    # Seats are counted past the school's own people, and nobody is applied for twice.
    session, beside = acting("school_b")
    again = enrolment.apply(session, beside, group_of(session, group), [other_head, other_head], **WHEN)
    assert told(again) == [(True, "Свободных мест нет: поставлен в лист ожидания.")]
    session, school = acting("school")
    repeated = enrolment.apply(session, school, group_of(session, group), [head], **WHEN)
    assert told(repeated) == [(False, "Уже в этом потоке, состояние «заявлен».")]
    assert states(work, group) == {
        head: Status.APPLIED,
        trained: Status.APPLIED,
        busy: Status.WAITING,
        other_head: Status.WAITING,
    }
    session.commit()
    journal = work("region").execute(
        select(AuditEvent.action).where(
            AuditEvent.record_type == "enrolment", AuditEvent.actor_unit_name.like("%school%")
        )
    )
    assert sorted(row.action for row in journal) == ["apply", "apply", "queue", "queue"]


def test_only_own_people_are_applied_for_and_only_while_applications_are_taken(engine, world, acting):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, **later())
    mine = add_person(engine, world)
    neighbour = add_person(engine, world, "school_b")
    foreign_requirement = add_requirement(engine, world, "foreign_region")
    wanted = add_requirement(engine, world)
    shut = {
        words: add_group(engine, world, programme, title="Закрытый", **later(**values))
        for words, values in (
            ("уже учится", {"status": GroupStatus.STUDYING}),
            ("отменён", {"status": GroupStatus.CANCELLED}),
            ("закончился 04.12.2026", {"apply_until": TODAY - timedelta(days=1)}),
            ("началось 04.12.2026", {"starts_on": TODAY - timedelta(days=1)}),
        )
    }
    last_day = add_group(engine, world, programme, **later(apply_until=TODAY))
    session, school = acting("school")
    for people, requirement in (([mine, neighbour], None), ([mine], foreign_requirement)):
        with pytest.raises(NotFound):
            enrolment.apply(session, school, group_of(session, group), people, requirement_id=requirement, **WHEN)
        session.rollback()
    with pytest.raises(Invalid):
        enrolment.apply(session, school, group_of(session, group), [], **WHEN)
    session, provider = acting("provider")
    with pytest.raises(NotPermitted):
        enrolment.apply(session, provider, group_of(session, group), [mine], **WHEN)
    # The town sends for its school; the school is the one that sends.
    session, town = acting("municipality")
    (verdict,) = enrolment.apply(session, town, group_of(session, group), [mine], requirement_id=wanted, **WHEN)
    made = session.get(Enrolment, verdict.enrolment_id)
    assert made is not None
    assert (made.sent_by_unit_id, made.requirement_id) == (world.units["school"], wanted)

    session, town = acting("municipality2")
    for words, closed in shut.items():
        with pytest.raises(WrongState, match=words):
            enrolment.apply(session, town, group_of(session, closed), [neighbour], **WHEN)
    assert enrolment.apply(session, town, group_of(session, last_day), [neighbour], **WHEN)[0].ok


def test_a_plan_takes_no_seat_and_is_hidden_from_the_provider_until_it_is_applied_for(engine, world, acting, work):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, seats=1, **later())
    planned, second = add_person(engine, world), add_person(engine, world, last_name="Вторая")
    session, school = acting("school")
    (verdict,) = enrolment.plan(session, school, group_of(session, group), [planned], **WHEN)
    assert verdict.sentence == "Запланирован."
    assert told(enrolment.plan(session, school, group_of(session, group), [planned], **WHEN)) == [
        (False, "Уже в этом потоке, состояние «запланирован».")
    ]
    enrolment.apply(session, school, group_of(session, group), [second], **WHEN)
    session.commit()
    assert work("provider").scalars(select(Enrolment.staff_member_id)).all() == [second]
    assert work("provider").scalars(select(StaffMember.id)).all() == [second]
    session, school = acting("school")
    (sent,) = enrolment.act_many(session, school, "apply", [(verdict.enrolment_id, None)], **WHEN)
    assert told([sent]) == [(True, "Свободных мест нет: поставлен в лист ожидания.")]
    session.commit()
    assert set(work("provider").scalars(select(StaffMember.id))) == {planned, second}


def test_decisions_on_many_leave_the_others_done_and_hold_to_the_seats(engine, world, acting, work):
    group = add_group(engine, world, add_programme(engine, world), seats=2, **later())
    people = [add_person(engine, world, last_name=f"Слушатель{index}") for index in range(5)]
    first, second = (enrol(engine, group, person) for person in people[:2])
    queue = [
        enrol(engine, group, person, status=Status.WAITING, applied_at=NOW - timedelta(hours=index))
        for index, person in enumerate(people[2:])
    ]
    session, provider = acting("provider")
    full = enrolment.act_many(session, provider, "admit", [(queue[0], None)], **WHEN)
    assert told(full) == [(False, enrolment.NO_ROOM)]
    with pytest.raises(WrongState, match="мест"):
        enrolment.admit_next(session, provider, group_of(session, group), today=TODAY)
    with pytest.raises(Invalid) as refused:
        enrolment.act_many(session, provider, "refuse", [(first, None)], note=" ", **WHEN)
    assert refused.value.field == "note"
    version = session.get(Enrolment, second).version
    left = enrolment.act_many(
        session,
        provider,
        "refuse",
        [(first, None), (second, version + 1), (queue[2], None)],
        note="нет бюджета",
        **WHEN,
    )
    assert [one.ok for one in left] == [True, False, True]
    assert "Запись тем временем изменили" in left[1].sentence
    gone = session.get(Enrolment, first)
    assert (gone.status, gone.left_on, gone.left_reason) == (Status.REFUSED, TODAY, "нет бюджета")
    # One seat is free now: it goes to the earlier of the two that wait, whatever the order of their numbers.
    admitted = enrolment.admit_next(session, provider, group_of(session, group), today=TODAY)
    assert [(one.staff_member_id, one.ok) for one in admitted] == [(people[3], True)]
    put_off = enrolment.act_many(session, provider, "put_off", [(second, None)], **WHEN)
    assert [one.ok for one in put_off] == [True]
    session.commit()
    assert states(work, group) == {
        people[0]: Status.REFUSED,
        people[1]: Status.WAITING,
        people[2]: Status.WAITING,
        people[3]: Status.APPLIED,
        people[4]: Status.REFUSED,
    }
    # The school takes its own back; what it does not see is no row for it.
    session, school = acting("school")
    assert enrolment.act_many(session, school, "withdraw", [(second, None)], note="передумали", **WHEN)[0].ok
    (again,) = enrolment.act_many(session, school, "apply", [(second, None)], **WHEN)
    assert again.sentence == "Заявлен."
    renewed = session.get(Enrolment, second)
    assert (renewed.left_reason, renewed.left_on, renewed.applied_at) == ("", None, NOW)
    session, beside = acting("school_b")
    with pytest.raises(NotFound):
        enrolment.act_many(session, beside, "withdraw", [(second, None)], note="чужой", **WHEN)
    with pytest.raises(NotPermitted):
        enrolment.act_many(session, beside, "refuse", [(second, None)], note="чужой", **WHEN)


def test_a_course_from_the_order_to_the_results(engine, world, acting, work):
    running = {"status": GroupStatus.STUDYING, "starts_on": date(2026, 12, 1)}
    group = add_group(engine, world, add_programme(engine, world), seats=3, **running)
    people = [add_person(engine, world, last_name=name) for name in ("Андреева", "Борисова", "Власова")]
    rows = [enrol(engine, group, person) for person in people]
    waiting = enrol(engine, group, add_person(engine, world, last_name="Гусева"), status=Status.WAITING)
    session, provider = acting("provider")
    chosen = [(row, None) for row in (*rows, waiting)]
    for act, day, field in ((" ", TODAY, "act"), ("№ 1", date(2026, 12, 16), "day")):
        with pytest.raises(Invalid) as refused:
            enrolment_order.enrol_many(session, provider, group_of(session, group), chosen, act=act, day=day)
        assert refused.value.field == field
    verdicts = enrolment_order.enrol_many(
        session, provider, group_of(session, group), chosen, act="№ 45-сл от 30.11.2026", day=date(2026, 12, 1)
    )
    assert [one.ok for one in verdicts] == [True, True, True, False]
    enrolled = session.get(Enrolment, rows[0])
    # The group studies already.
    assert (enrolled.status, enrolled.enrolled_on, enrolled.enrolment_act) == (
        Status.STUDYING,
        date(2026, 12, 1),
        "№ 45-сл от 30.11.2026",
    )
    passed = TypedResult(TrainingResult.PASSED, " 5 ", TODAY)
    results = enrolment_order.set_results(
        session,
        provider,
        group_of(session, group),
        {
            rows[0]: passed,
            rows[1]: TypedResult(TrainingResult.FAILED, "2", TODAY),
            rows[2]: TypedResult(TrainingResult.PASSED, "", TODAY + timedelta(days=1)),
            waiting: passed,
        },
        today=TODAY,
    )
    assert told(results) == [
        (True, "Завершил обучение."),
        (True, "Не зачтено."),
        (False, "День завершения 06.12.2026 ещё не наступил."),
        (False, "Сейчас состояние «в листе ожидания»: результат отмечают тем, кто обучается."),
    ]
    done, failed, still = (session.get(Enrolment, row) for row in rows)
    assert (done.status, done.grade, done.completed_on) == (Status.COMPLETED, "5", TODAY)
    assert (failed.status, failed.result, failed.completed_on) == (Status.STUDYING, TrainingResult.FAILED, None)
    assert (still.status, still.result, still.completed_on) == (Status.STUDYING, None, None)
    # What stays as it was says nothing; before the order nobody completes; a completed one is not failed in passing.
    assert (
        enrolment_order.set_results(session, provider, group_of(session, group), {rows[0]: passed}, today=TODAY) == []
    )
    early = TypedResult(TrainingResult.PASSED, "", date(2026, 11, 30))
    again = TypedResult(TrainingResult.FAILED)
    assert [
        one.ok
        for one in enrolment_order.set_results(
            session, provider, group_of(session, group), {rows[2]: early, rows[0]: again}, today=TODAY
        )
    ] == [False, False]
    # Off and back again: a seat is wanted for it, and the result is judged anew.
    out = enrolment.act_many(session, provider, "drop", [(rows[1], None)], note="болезнь", **WHEN)
    assert told(out) == [(True, "Отчислен.")]
    enrolment.act_many(session, provider, "admit", [(waiting, None)], **WHEN)
    back = enrolment.act_many(session, provider, "reopen", [(rows[1], None)], note="выздоровел", **WHEN)
    assert told(back) == [(False, enrolment.NO_ROOM)]
    enrolment.act_many(session, provider, "put_off", [(waiting, None)], **WHEN)
    back = enrolment.act_many(session, provider, "reopen", [(rows[1], None), (rows[0], None)], note="пересдача", **WHEN)
    assert [one.ok for one in back] == [True, True]
    assert (failed.status, failed.result, failed.left_reason) == (Status.STUDYING, None, "")
    assert (done.status, done.result, done.completed_on) == (Status.STUDYING, None, None)
    assert enrolment.act_many(session, provider, "miss", [(rows[2], None)], note="не приехал", **WHEN)[0].ok


def test_attendance_is_marked_by_days_that_have_come(engine, world, acting, work):
    group = add_group(
        engine, world, add_programme(engine, world), status=GroupStatus.STUDYING, starts_on=date(2026, 12, 1)
    )
    people = [add_person(engine, world, last_name=name) for name in ("Борисова", "Андреева")]
    rows = [enrol(engine, group, person, status=Status.STUDYING) for person in people]
    left = enrol(engine, group, add_person(engine, world, last_name="Ушедшая"), status=Status.DROPPED)
    with writing(engine) as session:
        past, present, coming = (
            TrainingSession(group_id=group, held_on=TODAY + timedelta(days=shift), hours=6) for shift in (-1, 0, 1)
        )
        session.add_all([past, present, coming])
        session.flush()
        days = [past.id, present.id, coming.id]
    session, provider = acting("provider")
    held = group_of(session, group)
    marks = {(rows[0], days[0]): True, (rows[0], days[1]): False, (rows[1], days[0]): True, (rows[1], days[1]): None}
    assert enrolment_attendance.mark(session, provider, held, marks, today=TODAY) == 3
    assert enrolment_attendance.mark(session, provider, held, marks, today=TODAY) == 0
    changed = {(rows[0], days[1]): True, (rows[1], days[0]): None}
    assert enrolment_attendance.mark(session, provider, held, changed, today=TODAY) == 2
    for wrong, kind in (
        ({(rows[0], days[2]): True}, Invalid),
        ({(rows[0], 999_999): True}, NotFound),
        ({(999_999, days[0]): True}, NotFound),
        ({(left, days[0]): True}, WrongState),
    ):
        with pytest.raises(kind):
            enrolment_attendance.mark(session, provider, held, wrong, today=TODAY)
    with counted(engine) as asked:
        grid = enrolment_attendance.grid(session, provider, held)
    assert len(asked) <= 4
    assert [(row.name.split()[0], row.presence.label, row.may_mark) for row in grid.rows] == [
        ("Андреева", "", True),
        ("Борисова", "2 из 2", True),
        ("Ушедшая", "", False),
    ]
    assert enrolment_attendance.presence_of(session, rows)[rows[0]].present == 2
    session.commit()
    assert {row.org_unit_id for row in work("school").scalars(select(Attendance))} == {world.units["school"]}
    session, school = acting("school")
    with pytest.raises(NotPermitted):
        enrolment_attendance.mark(session, school, group_of(session, group), {(rows[0], days[0]): False}, today=TODAY)


def test_candidates_are_own_people_in_fitting_positions(engine, world, acting, work, actor):
    programme = add_programme(engine, world, positions=HEADS)
    group = add_group(engine, world, programme, **later())
    free = add_person(engine, world, last_name="Свободная")
    trained = add_person(engine, world, last_name="Абрамова", kind=PositionKind.DEPUTY)
    inside = add_person(engine, world, last_name="Внутри")
    refused = add_person(engine, world, last_name="Отказанная")
    teacher = add_person(engine, world, last_name="Учитель", kind=PositionKind.TEACHER)
    second_job = add_person(engine, world, "school_b", last_name="Совместитель", kind=PositionKind.TEACHER)
    add_position(engine, world, second_job, "school", kind=PositionKind.DEPUTY)
    add_person(engine, world, "school2", last_name="Соседка")
    enrol(engine, group, inside)
    enrol(engine, group, refused, status=Status.REFUSED)
    add_certificate(engine, world, trained, topic=add_topic(engine, world))
    session = work("school")
    found = candidates(session, actor("school"), group_of(session, group), today=TODAY)
    assert [row.fit.person_id for row in found.rows] == [refused, free, second_job, trained]
    assert not found.more
    # One who works here besides is sent from here.
    assert {row.unit for row in found.rows} == {"МБОУ СОШ «school»"}
    named = candidates(session, actor("school"), group_of(session, group), today=TODAY, query="свободн", also=[teacher])
    assert [(row.fit.person_id, bool(row.fit.refusal)) for row in named.rows] == [(free, False), (teacher, True)]
    town = candidates(
        work("region"),
        actor("region"),
        group_of(work("region"), group),
        today=TODAY,
        municipality_id=world.units["municipality2"],
    )
    assert [row.fit.person_id for row in town.rows] == []
    with pytest.raises(NotPermitted):
        candidates(work("provider"), actor("provider"), group_of(work("provider"), group), today=TODAY)


def test_a_provider_keeps_its_own_groups_only(engine, world, acting, work):
    """Its own staff it sees in groups of others too: there it may look and not act."""
    group = add_group(engine, world, add_programme(engine, world), status=GroupStatus.STUDYING)
    foreign = add_group(
        engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider", status=GroupStatus.STUDYING
    )
    person = add_person(engine, world, "school")
    stranger = add_person(engine, world, "foreign_school")
    mine, theirs = enrol(engine, group, person, status=Status.STUDYING), enrol(engine, foreign, stranger)
    session, provider = acting("provider")
    assert session.scalars(select(Enrolment.id)).all() == [mine]
    with pytest.raises(NotFound):
        enrolment.act_many(session, provider, "refuse", [(theirs, None)], note="чужой", **WHEN)
    assert session.get(TrainingGroup, foreign) is None
    assert enrolment.act_many(session, provider, "drop", [(mine, None)], note="болезнь", **WHEN)[0].ok
    session.commit()
    assert states(work, group) == {person: Status.DROPPED}
