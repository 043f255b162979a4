"""What a learning platform tells of a course, taken over into the enrolments of its group.

The group is held first. People and results are written down as told, whoever they are; into the enrolments goes only
what the rule of `learning_judgement` lets through, by the verbs that people use themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.models import LearningCourse, LearningSite, TrainingGroup
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration_of_training import EnrolmentStatus, TrainingResult
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted, Refusal, WrongState
from app.services import learning_record as record
from app.services.enrolment_access import Held, hold
from app.services.enrolment_order import TypedResult, write_result
from app.services.learning_judgement import WRITING, Judged, TakenState
from app.services.learning_lines import Line, Reading, TakenRow
from app.services.learning_told import CourseTold, OutcomeTold
from app.workflows.enrolment import WORKFLOW

__all__ = ["Taken", "TakenRow", "TakenState", "preview", "take", "take_stored"]

NO_GROUP = "Курс не связан с потоком: выберите поток, в который брать результаты."
LEFT_COURSE = "В курсе СДО человека больше нет."
FOREIGN = "Результаты потока записывает организация, которая проводит обучение, или регион."
TALLY = (
    (TakenState.COMPLETED, "записано завершений"),
    (TakenState.CORRECTED, "исправлено"),
    (TakenState.SAME, "без изменений"),
    (TakenState.NOT_YET, "ещё учатся"),
    (TakenState.CONFLICT, "расхождений"),
    (TakenState.OBSTACLE, "не взято"),
    (TakenState.WAITING, "не узнано людей"),
    (TakenState.GONE, "ушли с курса"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """`absent`: enrolments of the group, by number, that the platform does not name."""

    rows: tuple[TakenRow, ...] = ()
    absent: tuple[int, ...] = ()

    def count(self, *states: TakenState) -> int:
        counted = Counter(row.state for row in self.rows)
        return sum(counted[state] for state in states)

    @property
    def sentence(self) -> str:
        """What was taken and what waits, for a flash message or the end of a job."""
        told = ", ".join(f"{words}: {number}" for state, words in TALLY if (number := self.count(state)))
        return f"{told[0].upper()}{told[1:]}." if told else "В курсе никого нет."


def preview(
    session: GuardedSession,
    actor: Actor,
    course: LearningCourse,
    told: CourseTold,
    *,
    today: date,
    chosen: Mapping[str, int] | None = None,
) -> list[TakenRow]:
    """What `take` would do now; reads only. `course` may be one that is not written yet, with its group alone.

    `chosen`: remote_id → staff member whom the person before the screen takes it for. Raises NotPermitted, WrongState
    for a course without a group.
    """
    group = _group(session, actor, course)
    people = record.people(session, course, [one.person for one in told.outcomes])
    reading = Reading(group, told, people, record.outcomes(session, course), chosen or {})
    lines = reading.lines(session, actor)
    reading.judge(lines, today=today)
    return [line.row() for line in lines]


def take(
    session: GuardedSession,
    actor: Actor,
    course: LearningCourse,
    told: CourseTold,
    *,
    now: datetime,
    today: date,
    chosen: Mapping[str, int] | None = None,
) -> Taken:
    """One course in the caller's transaction; the group is held. What is the same already changes no row.

    `chosen`: as in `preview`; each is kept as that person's decision. Raises NotPermitted, WrongState for a course
    without a group, NotFound for a chosen person out of sight.
    """
    held = hold(session, _group(session, actor, course))
    people = record.people(session, course, [one.person for one in told.outcomes])
    reading = Reading(held.group, told, people, record.outcomes(session, course), chosen or {})
    lines = reading.lines(session, actor)
    _write_people(session, actor, course, reading, lines, now=now)
    reading.judge(lines, today=today)
    held.enrolments = reading.enrolments
    _write(session, actor, held, lines, note=note_of(session, course), today=today)
    record.write_outcomes(session, course, lines, reading.outcomes, now=now)
    rows = [line.row() for line in lines]
    if told.is_whole:
        rows += _gone(session, reading, lines)
    session.flush()
    matched = {line.found.enrolment_id for line in lines}
    absent = [one.id for one in held.enrolments.values() if one.status in SEATED_STATUSES and one.id not in matched]
    return Taken(tuple(rows), tuple(absent))


def take_stored(
    session: GuardedSession,
    actor: Actor,
    course: LearningCourse,
    *,
    now: datetime,
    today: date,
    person_ids: Collection[int] | None = None,
) -> Taken:
    """As `take`, with what the platform told last: after a decision, or once the group studies."""
    people = record.people_of_course(session, course)
    outcomes = tuple(
        OutcomeTold(record.told_person(people[one.person_id]), one.told_passed, one.told_on, one.told_grade)
        for one in record.outcomes(session, course).values()
        if one.obstacle != LEFT_COURSE and (person_ids is None or one.person_id in person_ids)
    )
    told = CourseTold(course.remote_id, course.title, outcomes, is_whole=False)
    return take(session, actor, course, told, now=now, today=today)


def note_of(session: GuardedSession, course: LearningCourse) -> str:
    """For the journal: where a result comes from."""
    site = session.get(LearningSite, course.site_id)
    return f"По данным СДО «{site.label if site is not None else ''}», курс «{course.label}»"


def _group(session: GuardedSession, actor: Actor, course: LearningCourse) -> TrainingGroup:
    actor.require(Permission.ENROLMENT_KEEP)
    if course.group_id is None:
        raise WrongState(NO_GROUP)
    group = session.get(TrainingGroup, course.group_id)
    if group is None:
        raise NotFound
    if actor.unit_id not in {group.org_unit_id, group.region_id}:
        raise NotPermitted(FOREIGN)
    return group


def _write_people(
    session: GuardedSession, actor: Actor, course: LearningCourse, reading: Reading, lines: list[Line], *, now: datetime
) -> None:
    """As told, and with whom they were found to be: one row of the journal for each new person."""
    for line in lines:
        found = line.found
        person = line.person = record.write_person(session, course, line.person, line.told.person, now=now)
        if found.staff_member_id is None:
            continue
        if person.remote_id in reading.chosen:
            if not found.name:
                raise NotFound
            if person.staff_member_id != found.staff_member_id:
                record.decide(person, actor, now, found.staff_member_id)
        elif found.ground is not None:
            person.staff_member_id, person.ground = found.staff_member_id, found.ground
    session.flush()


def _write(session: GuardedSession, actor: Actor, held: Held, lines: list[Line], *, note: str, today: date) -> None:
    """All at once, not in a savepoint for each: whatever a verb refuses has been asked before."""
    writing = [line for line in lines if line.verdict.state in WRITING]
    for line in writing:
        if line.enrolment is not None and line.enrolment.status is EnrolmentStatus.ENROLLED:
            WORKFLOW.apply("begin", line.enrolment, actor, note=note)
    # A journal row for each of the two steps.
    session.flush()
    for line in writing:
        if line.enrolment is None:
            continue
        told = line.result
        typed = TypedResult(TrainingResult.PASSED, told.grade or line.enrolment.grade, told.on)
        try:
            write_result(actor, held, line.enrolment, typed, today, note=note)
        except Refusal as refusal:
            line.verdict = Judged(TakenState.OBSTACLE, refusal.sentence)
    session.flush()


def _gone(session: GuardedSession, reading: Reading, lines: list[Line]) -> list[TakenRow]:
    """Told of before and not now: what was taken of them stands."""
    told = {line.person.id for line in lines if line.person is not None}
    left = [one for number, one in reading.outcomes.items() if number not in told and not one.taken_passed]
    people = record.people_by_id(session, {one.person_id for one in left})
    rows = []
    for one in left:
        one.is_in_conflict, one.obstacle = False, LEFT_COURSE
        person = people[one.person_id]
        if not person.is_ignored:
            rows.append(TakenRow(person.remote_id, person.full_name, TakenState.GONE, LEFT_COURSE))
    return rows
