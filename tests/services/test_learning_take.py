"""What a platform tells, taken over once and by the verbs; corrections made here are never overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Enrolment, LearningCourse, TrainingGroup
from app.models.enumeration_of_platforms import MatchGround
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.models.enumeration_of_training import GroupStatus, TrainingResult
from app.policies.refusal import Conflict, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import enrolment_order, learning_decision
from app.services.enrolment_order import TypedResult
from app.services.learning_take import preview, take_stored
from tests.factories.training import writing
from tests.services.learning_world import (
    NOW,
    PASSED_ON,
    TODAY,
    Taker,
    a_course,
    enrolment,
    everything,
    journal_rows,
    of,
    outcome,
    person,
    seat,
    states,
    told,
)
from tests.services.statements import counted


@pytest.fixture
def course(engine, world):
    """A decoy of another region beside it, with a person of the same name and address."""
    foreign = a_course(engine, world, "foreign_provider")
    seat(engine, world, foreign, "anna", "Иванова Анна Петровна", unit="foreign_school", email="anna@school.test")
    return a_course(engine, world)


@pytest.fixture
def taking(acting, course):
    return Taker(acting, course)


def test_completions_are_recorded_once_and_a_second_reading_writes_nothing(engine, world, course, taking):
    anna = seat(engine, world, course, "anna", "Иванова Анна Петровна")
    boris = seat(engine, world, course, "boris", "Петров Борис Ильич", status=Status.ENROLLED)
    vera = seat(engine, world, course, "vera", "Ким Вера Павловна")
    told_once = (
        told("17", "Иванова Анна Петровна", on=PASSED_ON, grade="82,5"),
        told("18", "Петров Борис Ильич", on=PASSED_ON),
        told("19", "Ким Вера Павловна", grade="40"),
        told("20", "Неизвестная Нина Олеговна", on=PASSED_ON, grade="90"),
    )
    taken = taking(*told_once)
    assert states(taken.rows) == {"17": "completed", "18": "completed", "19": "not_yet", "20": "waiting"}
    assert taken.sentence == "Записано завершений: 2, ещё учатся: 1, не узнано людей: 1."
    for number, grade in ((anna, "82,5"), (boris, "")):
        done = enrolment(engine, number)
        assert (done.status, done.completed_on, done.grade) == (Status.COMPLETED, PASSED_ON, grade)
    assert enrolment(engine, vera).status is Status.STUDYING
    assert person(engine, course, "17").ground is MatchGround.NAME
    assert person(engine, course, "20").staff_member_id is None
    with open_session(engine, reason="tests look") as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.record_type == "enrolment", AuditEvent.note != ""))
        notes = [(row.record_label, row.action, row.note) for row in rows]
    source = "По данным СДО «СДО института», курс «ВСОКО-36»"
    assert sorted(notes) == [
        ("Иванова Анна Петровна", "complete", source),
        ("Петров Борис Ильич", "begin", source),
        ("Петров Борис Ильич", "complete", source),
    ]

    before, rows_before = everything(engine), journal_rows(engine)
    again = taking(*told_once)
    assert states(again.rows) == {"17": "same", "18": "same", "19": "not_yet", "20": "waiting"}
    assert everything(engine) == before
    assert journal_rows(engine) == rows_before


def test_what_the_site_corrects_is_taken_until_somebody_corrects_it_here(engine, world, course, taking, acting):
    number = seat(engine, world, course, "anna", "Иванова Анна Петровна")
    name = "Иванова Анна Петровна"
    taking(told("17", name, on=PASSED_ON, grade="80"))
    # The site has looked again: what stands here is what came from it.
    assert states(taking(told("17", name, on=PASSED_ON, grade="85")).rows) == {"17": "corrected"}
    assert enrolment(engine, number).grade == "85"
    # The same grade otherwise written is no change.
    assert states(taking(told("17", name, on=PASSED_ON, grade="85.00")).rows) == {"17": "same"}

    session, who = acting("provider")
    group = session.get_one(TrainingGroup, course.group)
    typed = {number: TypedResult(TrainingResult.PASSED, "90", PASSED_ON)}
    enrolment_order.set_results(session, who, group, typed, today=TODAY)
    session.commit()
    # Even where the site says what it said before.
    for grade in ("85", "86"):
        [row] = taking(told("17", name, on=PASSED_ON, grade=grade)).rows
        assert (row.state.value, row.present_grade, row.told_grade) == ("conflict", "90", grade)
        assert row.sentence == (f"Здесь: завершён 20.10.2026, оценка 90. В СДО: завершён 20.10.2026, оценка {grade}.")
        assert enrolment(engine, number).grade == "90"
        assert outcome(engine, course, "17").is_in_conflict

    # Kept: quiet until the site says something else.
    decide(acting, engine, course, "17", learning_decision.keep_ours, taking)
    assert states(taking(told("17", name, on=PASSED_ON, grade="86")).rows) == {"17": "same"}
    for _ in range(2):
        assert states(taking(told("17", name, on=PASSED_ON, grade="87")).rows) == {"17": "conflict"}
    said = decide(acting, engine, course, "17", learning_decision.take_theirs, taking, today=TODAY)
    assert said == "Иванова Анна Петровна: взято из СДО — завершён 20.10.2026, оценка 87."
    assert enrolment(engine, number).grade == "87"
    assert states(taking(told("17", name, on=PASSED_ON, grade="88")).rows) == {"17": "corrected"}

    # The site takes the completion back: that is never done without a person.
    [row] = taking(told("17", name)).rows
    assert (row.state.value, row.sentence) == (
        "conflict",
        "Здесь: завершён 20.10.2026, оценка 88. В СДО завершение отменено.",
    )
    assert enrolment(engine, number).status is Status.COMPLETED
    decide(acting, engine, course, "17", learning_decision.take_theirs, taking, today=TODAY)
    assert enrolment(engine, number).status is Status.STUDYING
    assert states(taking(told("17", name)).rows) == {"17": "not_yet"}
    assert states(taking(told("17", name, on=PASSED_ON)).rows) == {"17": "completed"}


def decide(acting, engine, course, remote_id, verb, taking, **values) -> str:
    session, who = acting("provider")
    one = learning_decision.the_outcome(session, outcome(engine, course, remote_id).id)
    version = enrolment(engine, one.enrolment_id).version
    with pytest.raises(Conflict):
        verb(session, who, one, mark=learning_decision.mark_of(one, version + 1), now=taking.moment, **values)
    mark = learning_decision.mark_of(one, version)
    said = verb(session, who, one, mark=mark, now=taking.moment + timedelta(seconds=1), **values)
    session.commit()
    with pytest.raises(WrongState):
        verb(session, who, one, mark=None, now=taking.moment, **values)
    session.rollback()
    return said


def test_what_stands_in_the_way_is_told_and_nothing_is_written(engine, world, course, taking, acting):
    names = {
        "applied": "Первая Анна Ивановна",
        "dropped": "Вторая Анна Ивановна",
        "early": "Третья Анна Ивановна",
        "failed": "Четвёртая Анна Ивановна",
        "issued": "Пятая Анна Ивановна",
        "typed": "Шестая Анна Ивановна",
        "dayless": "Седьмая Анна Ивановна",
        "future": "Восьмая Анна Ивановна",
        "by_hand": "Девятая Анна Ивановна",
    }
    ways = {
        "applied": (Status.APPLIED, {}),
        "dropped": (Status.DROPPED, {}),
        "issued": (Status.CERTIFIED, {"grade": "70"}),
        "typed": (Status.STUDYING, {"grade": "70"}),
        "by_hand": (Status.COMPLETED, {"grade": "70"}),
    }
    for key, name in names.items():
        status, values = ways.get(key, (Status.STUDYING, {}))
        seat(engine, world, course, key, name, status=status, values=values)
    with writing(engine) as session:
        session.get_one(Enrolment, course.enrolments["failed"]).result = TrainingResult.FAILED
    outcomes = {key: told(key, name, on=PASSED_ON, grade="71") for key, name in names.items()}
    outcomes["early"] = told("early", names["early"], on=date(2026, 8, 31))
    outcomes["future"] = told("future", names["future"], on=date(2026, 11, 23))
    outcomes["dayless"] = replace(outcomes["dayless"], completed_on=None)
    outcomes["by_hand"] = told("by_hand", names["by_hand"])
    before = {key: enrolment(engine, number).version for key, number in course.enrolments.items()}
    taken = taking(*outcomes.values())
    sentences = {row.remote_id: (row.state.value, row.sentence) for row in taken.rows}
    differ = "В СДО: завершён 20.10.2026, оценка 71."
    assert sentences == {
        "applied": ("obstacle", "Курс в СДО завершён, но здесь состояние «заявлен»: сначала зачислите приказом."),
        "dropped": ("obstacle", "Курс в СДО завершён, но здесь состояние «отчислен»: если это ошибка, исправьте его."),
        "early": (
            "obstacle",
            "В СДО: завершён 31.08.2026. День завершения не может быть раньше начала потока и дня зачисления.",
        ),
        "failed": ("conflict", f"Здесь отмечено «не зачтено». {differ}"),
        "issued": ("conflict", f"Здесь: завершён 01.09.2026, оценка 70. {differ} Документ уже выдан."),
        "typed": ("conflict", f"Здесь записана оценка 70. {differ}"),
        "dayless": ("obstacle", "Курс завершён, но в СДО не видно, в какой день: запишите результат сами."),
        "future": ("obstacle", "В СДО: завершён 23.11.2026. День завершения 23.11.2026 ещё не наступил."),
        "by_hand": ("not_yet", "Здесь: завершён 01.09.2026, оценка 70. В СДО курс ещё не завершён."),
    }
    assert {key: enrolment(engine, number).version for key, number in course.enrolments.items()} == before
    assert outcome(engine, course, "early").obstacle == sentences["early"][1]

    session, who = acting("provider")
    issued = learning_decision.the_outcome(session, outcome(engine, course, "issued").id)
    with pytest.raises(WrongState, match="аннулируйте документ"):
        learning_decision.take_theirs(session, who, issued, mark=None, now=NOW, today=TODAY)
    # «Не зачтено» of a person gives way where a person says so.
    failed = learning_decision.the_outcome(session, outcome(engine, course, "failed").id)
    learning_decision.take_theirs(session, who, failed, mark=None, now=NOW, today=TODAY)
    session.commit()
    assert enrolment(engine, course.enrolments["failed"]).status is Status.COMPLETED


def test_a_group_that_does_not_study_waits_and_is_taken_later_without_the_site(engine, world, acting):
    course = a_course(engine, world, status=GroupStatus.OPEN)
    number = seat(engine, world, course, "anna", "Иванова Анна Петровна", status=Status.ENROLLED)
    [row] = Taker(acting, course)(told("17", "Иванова Анна Петровна", on=PASSED_ON)).rows
    assert row.state.value == "obstacle"
    assert row.sentence.endswith("Действие возможно, когда он «идёт обучение».")
    with writing(engine) as session:
        session.get_one(TrainingGroup, course.group).status = GroupStatus.STUDYING
    session, who = acting("provider")
    taken = take_stored(session, who, session.get_one(LearningCourse, course.course), now=NOW, today=TODAY)
    session.commit()
    assert states(taken.rows) == {"17": "completed"}
    assert enrolment(engine, number).completed_on == PASSED_ON


def test_preview_tells_the_same_and_writes_nothing(engine, world, course, work, actor, taking):
    seat(engine, world, course, "anna", "Иванова Анна Петровна")
    seat(engine, world, course, "boris", "Петров Борис Ильич", status=Status.COMPLETED)
    lines = (told("17", "Иванова Анна Петровна", on=PASSED_ON), told("18", "Петров Борис Ильич", on=PASSED_ON))
    before, journal = everything(engine), journal_rows(engine)
    session = work("provider")
    unwritten = LearningCourse(remote_id="group:1", title="Файл", group_id=course.group)
    for one in (session.get_one(LearningCourse, course.course), unwritten):
        rows = preview(session, actor("provider"), one, of(*lines), today=TODAY)
        assert states(rows) == {"17": "completed", "18": "conflict"}
    session.close()
    assert (everything(engine), journal_rows(engine)) == (before, journal)
    assert states(taking(*lines).rows) == {"17": "completed", "18": "conflict"}


def test_who_may(engine, world, course, taking, acting):
    seat(engine, world, course, "anna", "Иванова Анна Петровна")
    for login in ("municipality", "unit_admin"):
        session, who = acting(login)
        foreign = LearningCourse(remote_id="2", title="Курс", group_id=course.group)
        with pytest.raises(NotPermitted):
            preview(session, who, foreign, of(), today=TODAY)
    with pytest.raises(NotFound):
        session, who = acting("foreign_provider")
        preview(session, who, foreign, of(), today=TODAY)
    foreign_course = learning_decision.the_person
    with pytest.raises(NotFound):
        foreign_course(session, 1)


def test_statements_do_not_grow_with_the_people(engine, world, course, taking, acting):
    for number in range(12):
        name = f"Слушатель{chr(0x430 + number)} Анна Петровна"
        seat(engine, world, course, str(number), name, status=Status.ENROLLED if number % 2 else Status.STUDYING)
    lines = [
        told(str(number), f"Слушатель{chr(0x430 + number)} Анна Петровна", on=PASSED_ON, email=f"s{number}@x.test")
        for number in range(12)
    ]
    # Each enrolment and its two steps are written singly: their versions are checked.
    with counted(engine) as few:
        taking(*lines[:4], whole=False)
    with counted(engine) as many:
        taking(*lines[4:], whole=False)
    assert len(read(many)) == len(read(few)), "\n".join(many)
    with counted(engine) as again:
        taking(*lines)
    assert len(again) == len(read(again)) <= 14


def read(statements: list[str]) -> list[str]:
    return [one for one in statements if one.startswith("SELECT")]
