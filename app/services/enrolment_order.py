"""The provider's order that enrols people, and what they achieve in the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.models import Enrolment, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, TrainingResult
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services.enrolment_access import Chosen, Held, each, hold_chosen, require_group, require_provider, tidy
from app.services.enrolment_verdict import Verdict
from app.workflows.enrolment import WORKFLOW

LONGEST_ACT = 300
LONGEST_GRADE = 100
EARLIER = "День завершения не может быть раньше начала потока и дня зачисления."


@dataclass(frozen=True, slots=True)
class TypedResult:
    """What is typed for one person; without a result what stands is taken back. `version` as the person saw it."""

    result: TrainingResult | None
    grade: str = ""
    completed_on: date | None = None
    version: int | None = None


def enrol_many(
    session: Session, actor: Actor, group: TrainingGroup, chosen: Chosen, *, act: str, day: date
) -> list[Verdict]:
    """Enrols each by the order `act` from `day` on; in a group that studies already they study at once.

    Raises Invalid for an order without a number or a day outside the course, WrongState for a group of another state.
    """
    actor.require(Permission.ENROLMENT_KEEP)
    act = tidy(act, LONGEST_ACT, "Приказ", "act")
    if not act:
        raise Invalid("Укажите приказ о зачислении: номер и дату.", field="act")
    held = hold_chosen(session, group, chosen)
    require_group(held.group, GroupStatus.OPEN, GroupStatus.STUDYING)
    if day > held.group.ends_on:
        raise Invalid(f"Поток заканчивается {held.group.ends_on:%d.%m.%Y}: зачислить позже нельзя.", field="day")

    def enrol(enrolment: Enrolment) -> str:
        WORKFLOW.require("enrol", enrolment, actor)
        enrolment.enrolled_on, enrolment.enrolment_act = day, act
        WORKFLOW.apply("enrol", enrolment, actor, note=act)
        if held.group.status is GroupStatus.STUDYING:
            # A journal row for each of the two steps.
            session.flush()
            WORKFLOW.apply("begin", enrolment, actor)
        return "Зачисление записано."

    return each(session, held, chosen, enrol)


def set_results(
    session: Session, actor: Actor, group: TrainingGroup, typed: Mapping[int, TypedResult], *, today: date
) -> list[Verdict]:
    """Writes results by the number of the enrolment: «зачтено» completes, «не зачтено» waits for the next attempt.

    Those whose result is as it was are left out of the verdicts. Raises NotFound, Invalid for nobody.
    """
    actor.require(Permission.ENROLMENT_KEEP)
    held = hold_chosen(session, group, [(number, one.version) for number, one in typed.items()])
    require_group(held.group, GroupStatus.STUDYING, GroupStatus.FINISHED)
    changed = {number: one for number, one in typed.items() if _differs(held.enrolments[number], one)}
    if not changed:
        return []

    def write(enrolment: Enrolment) -> str:
        return write_result(actor, held, enrolment, changed[enrolment.id], today)

    return each(session, held, [(number, one.version) for number, one in changed.items()], write)


def _differs(enrolment: Enrolment, typed: TypedResult) -> bool:
    said = (enrolment.result, enrolment.grade)
    if said != (typed.result, typed.grade.strip()):
        return True
    # The day of a form stands beside everyone; it says something of those who passed.
    return typed.result is TrainingResult.PASSED and enrolment.completed_on != typed.completed_on


def write_result(
    actor: Actor, held: Held, enrolment: Enrolment, typed: TypedResult, today: date, *, note: str = ""
) -> str:
    """One result of a held group; `note` is for the journal. Refuses before anything is changed."""
    grade = tidy(typed.grade, LONGEST_GRADE, "Оценка", "grade")
    require_provider(enrolment, actor)
    if enrolment.status not in {EnrolmentStatus.STUDYING, EnrolmentStatus.COMPLETED}:
        raise WrongState(f"Сейчас состояние «{enrolment.status.label}»: результат отмечают тем, кто обучается.")
    studies = enrolment.status is EnrolmentStatus.STUDYING
    has_passed = typed.result is TrainingResult.PASSED
    if not studies and not has_passed:
        raise WrongState("Обучение уже завершено. Сначала верните человека к обучению, с причиной.")
    day = completion_day(held.group, enrolment, typed.completed_on, today) if has_passed else None
    enrolment.result, enrolment.grade, enrolment.completed_on = typed.result, grade, day
    enrolment.pending_action = ("result", note)
    if not has_passed:
        return "Не зачтено." if typed.result is TrainingResult.FAILED else "Результат снят."
    if not studies:
        return "Исправлено."
    WORKFLOW.apply("complete", enrolment, actor, note=note)
    return "Обучение завершено."


def completion_day(group: TrainingGroup, enrolment: Enrolment, day: date | None, today: date) -> date:
    """Raises Invalid for no day, one to come, or one before the group or the person began."""
    if day is None:
        raise Invalid("Укажите день завершения.")
    if day > today:
        raise Invalid(f"День завершения {day:%d.%m.%Y} ещё не наступил.")
    if day < group.starts_on or (enrolment.enrolled_on is not None and day < enrolment.enrolled_on):
        raise Invalid(EARLIER)
    return day
