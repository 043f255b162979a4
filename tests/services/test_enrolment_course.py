"""The course: the order that enrols, results, leaving and coming back, attendance by days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import Attendance, Enrolment, Programme, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, TrainingResult
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import enrolment, enrolment_attendance, enrolment_order
from app.services.enrolment_order import TypedResult
from tests.factories.training import add_group, add_person, add_programme, add_requirement, enrol, writing
from tests.services.statements import counted
from tests.services.training_work import TODAY, WHEN, group_of, told

Status = EnrolmentStatus


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
        session, provider, group_of(session, group), chosen, act="№ 45-сл от 30.11.2026", day=date(2026, 12, 2)
    )
    assert [one.ok for one in verdicts] == [True, True, True, False]
    enrolled = session.get(Enrolment, rows[0])
    # The group studies already.
    assert (enrolled.status, enrolled.enrolled_on, enrolled.enrolment_act) == (
        Status.STUDYING,
        date(2026, 12, 2),
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
        (True, "Обучение завершено."),
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
    early = TypedResult(TrainingResult.PASSED, "", date(2026, 12, 1))
    again = TypedResult(TrainingResult.FAILED)
    assert [
        one.ok
        for one in enrolment_order.set_results(
            session, provider, group_of(session, group), {rows[2]: early, rows[0]: again}, today=TODAY
        )
    ] == [False, False]
    # Off and back again: a seat is wanted for it, and the result is judged anew.
    out = enrolment.act_many(session, provider, "drop", [(rows[1], None)], note="болезнь", **WHEN)
    assert told(out) == [(True, "Отчисление записано.")]
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


def test_what_is_done_to_people_fits_the_state_of_their_group(engine, world, acting):
    """«Обучается» only while the group studies; nobody comes back to a group that is over or has not begun."""
    programme = add_programme(engine, world)
    begins = {"starts_on": TODAY + timedelta(days=5), "ends_on": TODAY + timedelta(days=9)}
    coming = add_group(engine, world, programme, title="Набор", **begins)
    over = add_group(engine, world, programme, title="Прошёл", status=GroupStatus.FINISHED)
    # One who was refused before any order was never enrolled: there is nothing to come back to.
    running = add_group(engine, world, programme, title="Идёт", status=GroupStatus.STUDYING)
    wrong = [
        (action, enrol(engine, group, add_person(engine, world), status=status), told_of)
        for action, group, status, told_of in (
            ("begin", coming, Status.ENROLLED, "Действие возможно, когда он"),
            ("reopen", coming, Status.DROPPED, "Действие возможно, когда он"),
            ("reopen", over, Status.COMPLETED, "Действие возможно, когда он"),
            ("admit", over, Status.WAITING, "Действие возможно, когда он"),
            ("reopen", running, Status.NO_SHOW, "не был зачислен"),
        )
    ]
    session, provider = acting("provider")
    for action, row, words in wrong:
        (verdict,) = enrolment.act_many(session, provider, action, [(row, None)], note="причина", **WHEN)
        assert (verdict.ok, words in verdict.sentence) == (False, True), (action, verdict)


def test_places_elsewhere_and_what_an_application_keeps(engine, world, acting):
    """A group that is over is in nobody's way; a programme without a topic is the same by itself."""
    person, wanted = add_person(engine, world), add_requirement(engine, world)
    over = add_group(
        engine,
        world,
        add_programme(engine, world, title="Иная"),
        title="Прошёл",
        status=GroupStatus.STUDYING,
        starts_on=TODAY - timedelta(days=20),
        ends_on=TODAY - timedelta(days=1),
    )
    enrol(engine, over, person, status=Status.STUDYING)
    programme = add_programme(engine, world)
    with writing(engine) as session:
        session.get_one(Programme, programme).topic_id = None
    begins_today = add_group(
        engine, world, programme, title="Сегодня", starts_on=TODAY, ends_on=TODAY + timedelta(days=9)
    )
    next_one = add_group(engine, world, programme, starts_on=TODAY + timedelta(days=30), ends_on=date.max)
    session, school = acting("school")
    first = enrolment.apply(session, school, group_of(session, begins_today), [person], requirement_id=wanted, **WHEN)
    assert told(first) == [(True, "Заявка подана.")]
    assert told(enrolment.apply(session, school, group_of(session, next_one), [person], **WHEN)) == [
        (False, "Уже в потоке «Сегодня» по этой теме: заявлен.")
    ]
    number = first[0].enrolment_id
    assert enrolment.act_many(session, school, "withdraw", [(number, None)], note="передумали", **WHEN)[0].ok
    assert enrolment.act_many(session, school, "apply", [(number, None)], **WHEN)[0].ok
    assert session.get_one(Enrolment, number).requirement_id == wanted
