"""What is to become of one person's result that a learning platform tells: the rule, without reading or writing.

Present is what the enrolment holds, taken what was last written into it from the platform. Where present is neither
what is told nor what was taken, a person has written it here, and a person decides. A result once recorded is never
taken back, and one with a document is never changed, by a reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from app.models import Enrolment, LearningOutcome, TrainingGroup
from app.models.enrolment import LEFT_STATUSES
from app.models.enumeration import Labelled
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.models.enumeration_of_training import GroupStatus, TrainingResult
from app.policies.refusal import Refusal
from app.services.enrolment_access import require_group
from app.services.enrolment_order import LONGEST_GRADE, completion_day

DONE = (Status.COMPLETED, Status.CERTIFIED)
NO_DAY = "Курс завершён, но в СДО не видно, в какой день: запишите результат сами."


class TakenState(Labelled):
    """What becomes (or became) of what the platform says of a person."""

    COMPLETED = "completed", "завершение записано"
    CORRECTED = "corrected", "исправлено по данным СДО"
    SAME = "same", "уже записано так же"
    NOT_YET = "not_yet", "курс ещё не завершён"
    CONFLICT = "conflict", "расхождение: решает человек"
    OBSTACLE = "obstacle", "не взято"
    WAITING = "waiting", "не найден: решает человек"
    IGNORED = "ignored", "не учитывается"
    GONE = "gone", "в курсе больше нет"


# What writes into the enrolment.
WRITING = frozenset({TakenState.COMPLETED, TakenState.CORRECTED})


@dataclass(frozen=True, slots=True)
class Result:
    """`on` and `grade` say nothing where the course is not passed; an empty grade says nothing either."""

    passed: bool = False
    on: date | None = None
    grade: str = ""

    def agrees(self, stands: Result) -> bool:
        """Whether what stands already says all that this says."""
        if not self.passed or not stands.passed:
            return self.passed == stands.passed
        return (self.on is None or self.on == stands.on) and (not self.grade or same_grade(self.grade, stands.grade))

    @property
    def words(self) -> str:
        if not self.passed or self.on is None:
            return "курс не завершён"
        return f"завершён {self.on:%d.%m.%Y}" + (f", оценка {self.grade}" if self.grade else "")


@dataclass(frozen=True, slots=True)
class Judged:
    state: TakenState
    sentence: str = ""


def same_grade(one: str, other: str) -> bool:
    """«82», «82,0» and «82.00» are one grade."""
    mine, theirs = (_number(text) for text in (one, other))
    if mine is not None and theirs is not None:
        return mine == theirs
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def present_of(enrolment: Enrolment) -> Result:
    passed = enrolment.status in DONE
    return Result(passed, enrolment.completed_on if passed else None, enrolment.grade)


def told_of(outcome: LearningOutcome) -> Result:
    return Result(outcome.told_passed, outcome.told_on, outcome.told_grade)


def taken_of(outcome: LearningOutcome | None) -> Result:
    if outcome is None:
        return Result()
    return Result(outcome.taken_passed, outcome.taken_on, outcome.taken_grade)


def is_kept(outcome: LearningOutcome | None, told: Result) -> bool:
    """Somebody has decided that what stands here stays, and the platform says now what it said then."""
    if outcome is None or outcome.decided_at is None or told != told_of(outcome):
        return False
    return outcome.taken_at is None or outcome.decided_at > outcome.taken_at


def judged(
    told: Result, group: TrainingGroup, enrolment: Enrolment, outcome: LearningOutcome | None, *, today: date
) -> Judged:
    """`outcome`: what was told and taken of this enrolment before."""
    present, taken = present_of(enrolment), taken_of(outcome)
    if is_kept(outcome, told):
        return Judged(TakenState.SAME, "Решено оставить то, что записано здесь.")
    if not told.passed:
        return _not_passed(present, taken)
    if present.passed:
        return _again(told, group, enrolment, taken, today)
    return _first(told, group, enrolment, taken, today)


def obstacle(told: Result, group: TrainingGroup, enrolment: Enrolment, today: date) -> str:
    """Why the result cannot be written by anybody now; nothing where it can."""
    if len(told.grade) > LONGEST_GRADE:
        return f"Оценка из СДО длиннее {LONGEST_GRADE} знаков: запишите результат сами."
    try:
        if enrolment.status is Status.ENROLLED:
            require_group(group, GroupStatus.STUDYING)
        else:
            require_group(group, GroupStatus.STUDYING, GroupStatus.FINISHED)
        completion_day(group, enrolment, told.on, today)
    except Refusal as refusal:
        return f"В СДО: {told.words}. {refusal.sentence}"
    return ""


def _not_passed(present: Result, taken: Result) -> Judged:
    if present.passed and taken.passed:
        return Judged(TakenState.CONFLICT, f"Здесь: {present.words}. В СДО завершение отменено.")
    if present.passed:
        return Judged(TakenState.NOT_YET, f"Здесь: {present.words}. В СДО курс ещё не завершён.")
    return Judged(TakenState.NOT_YET)


def _first(told: Result, group: TrainingGroup, enrolment: Enrolment, taken: Result, today: date) -> Judged:
    if enrolment.status not in {Status.STUDYING, Status.ENROLLED}:
        return Judged(TakenState.OBSTACLE, _out_of_place(enrolment))
    written = _written_here(told, enrolment, taken)
    if written:
        return Judged(TakenState.CONFLICT, written)
    refused = obstacle(told, group, enrolment, today)
    return Judged(TakenState.OBSTACLE, refused) if refused else Judged(TakenState.COMPLETED)


def _again(told: Result, group: TrainingGroup, enrolment: Enrolment, taken: Result, today: date) -> Judged:
    present = present_of(enrolment)
    if told.agrees(present):
        return Judged(TakenState.SAME)
    differ = f"Здесь: {present.words}. В СДО: {told.words}."
    if enrolment.status is Status.CERTIFIED:
        return Judged(TakenState.CONFLICT, f"{differ} Документ уже выдан.")
    if not _untouched(told, present, taken):
        return Judged(TakenState.CONFLICT, differ)
    refused = obstacle(told, group, enrolment, today)
    if refused:
        return Judged(TakenState.OBSTACLE, f"Здесь: {present.words}. {refused}")
    return Judged(TakenState.CORRECTED, f"Было: {present.words}. В СДО: {told.words}.")


def _untouched(told: Result, present: Result, taken: Result) -> bool:
    """Whether all that would be changed is what was taken before, and nothing that a person wrote."""
    day = told.on in {None, present.on} or taken.on == present.on
    grade = not told.grade or any(same_grade(one.grade, present.grade) for one in (told, taken))
    return taken.passed and day and grade


def _written_here(told: Result, enrolment: Enrolment, taken: Result) -> str:
    """What a person has written here of somebody who still studies; nothing where nothing stands against the result."""
    if taken.passed:
        return f"Здесь человека вернули к обучению. В СДО: {told.words}."
    if enrolment.result is TrainingResult.FAILED:
        return f"Здесь отмечено «не зачтено». В СДО: {told.words}."
    if enrolment.grade and told.grade and not same_grade(enrolment.grade, told.grade):
        return f"Здесь записана оценка {enrolment.grade}. В СДО: {told.words}."
    return ""


def _out_of_place(enrolment: Enrolment) -> str:
    if enrolment.status in LEFT_STATUSES:
        return f"Курс в СДО завершён, но здесь состояние «{enrolment.status.label}»: если это ошибка, исправьте его."
    return f"Курс в СДО завершён, но здесь состояние «{enrolment.status.label}»: сначала зачислите приказом."


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
