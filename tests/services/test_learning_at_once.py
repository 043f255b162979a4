"""A person acts while results of a platform are being taken: whoever comes second waits, and finds what stands then."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from app.models import LearningCourse, LearningPerson, TrainingGroup
from app.models.enumeration_of_training import TrainingResult
from app.policies.guard import GuardedSession
from app.services import enrolment_order, learning_decision
from app.services.enrolment_access import hold
from app.services.enrolment_order import TypedResult
from app.services.learning_take import take
from tests.services.learning_world import (
    NOW,
    PASSED_ON,
    TODAY,
    Taker,
    a_course,
    enrolment,
    of,
    outcome,
    person,
    seat,
    told,
)
from tests.services.test_enrolment_at_once import at_once


@pytest.fixture
def course(engine, world):
    return a_course(engine, world)


def test_a_result_typed_meanwhile_is_not_overwritten(engine, world, actor, course):
    number = seat(engine, world, course, "anna", "Иванова Анна Петровна")

    def typing(session, who):
        typed = {number: TypedResult(TrainingResult.PASSED, "90", PASSED_ON)}
        group = session.get_one(TrainingGroup, course.group)
        return enrolment_order.set_results(session, who, group, typed, today=TODAY)

    def taking(session, who):
        one = session.get_one(LearningCourse, course.course)
        line = told("17", "Иванова Анна Петровна", on=PASSED_ON, grade="80")
        taken = take(session, who, one, of(line), now=NOW, today=TODAY)
        return [SimpleNamespace(ok=True, sentence=row.state.value) for row in taken.rows]

    first, second = at_once(engine, (actor("provider"), typing), (actor("region"), taking))
    assert first == [(True, "Обучение завершено.")]
    assert second == [(True, "conflict")]
    assert enrolment(engine, number).grade == "90"
    assert outcome(engine, course, "17").is_in_conflict


def test_a_decision_waits_for_a_reading_of_the_same_people(engine, world, acting, actor, course):
    """Both hold the group before they touch a person: neither waits for what the other will not let go."""
    seat(engine, world, course, "anna", "Иванова Анна Петровна")
    Taker(acting, course)(told("17", "Анна И."))
    number, said = person(engine, course, "17").id, []

    def decide():
        who = actor("region")
        with GuardedSession(engine, info={"actor": who}) as session:
            session.connection(execution_options={"writes": True})
            one = session.get_one(LearningPerson, number)
            said.append(
                learning_decision.known_as(session, who, one, course.people["anna"], version=None, now=NOW, today=TODAY)
            )
            session.commit()

    deciding = threading.Thread(target=decide)
    with GuardedSession(engine, info={"actor": actor("provider")}) as session:
        session.connection(execution_options={"writes": True})
        hold(session, session.get_one(TrainingGroup, course.group))
        deciding.start()
        deciding.join(0.5)
        assert deciding.is_alive()
        session.get_one(LearningPerson, number).email = "anna@example.test"
        session.commit()
    deciding.join(30)
    assert len(said) == 1, "the decision was lost"
    assert (person(engine, course, "17").email, person(engine, course, "17").staff_member_id) == (
        "anna@example.test",
        course.people["anna"],
    )
