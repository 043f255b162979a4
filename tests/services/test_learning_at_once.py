"""A person writes a result while a platform's is being taken: the reading waits, and finds what stands then."""

from __future__ import annotations

from types import SimpleNamespace

from app.models import LearningCourse, TrainingGroup
from app.models.enumeration_of_training import TrainingResult
from app.services import enrolment_order
from app.services.enrolment_order import TypedResult
from app.services.learning_take import take
from tests.services.learning_world import NOW, PASSED_ON, TODAY, a_course, enrolment, of, outcome, seat, told
from tests.services.test_enrolment_at_once import at_once


def test_a_result_typed_meanwhile_is_not_overwritten(engine, world, actor):
    course = a_course(engine, world)
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
