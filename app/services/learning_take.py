"""What a learning platform tells of a course, taken over into the enrolments of its group.

The group is held first. People and results are written down as told, whoever they are; into the enrolments goes only
what the rule of `learning_judgement` lets through, by the verbs that people use themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from app.models import Enrolment, LearningCourse, LearningOutcome, LearningPerson, LearningSite, TrainingGroup
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration_of_platforms import MatchGround
from app.models.enumeration_of_training import EnrolmentStatus, TrainingResult
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted, Refusal, WrongState
from app.services import learning_judgement as rule
from app.services import learning_record as record
from app.services.enrolment_access import Held, hold
from app.services.enrolment_order import TypedResult, write_result
from app.services.learning_judgement import WRITING, Judged, Result, TakenState
from app.services.learning_match import Candidate, Match, match
from app.services.learning_told import CourseTold, OutcomeTold
from app.workflows.enrolment import WORKFLOW

__all__ = ["Taken", "TakenRow", "TakenState", "preview", "take", "take_stored"]

NO_GROUP = "Курс не связан с потоком: выберите поток, в который брать результаты."
NOT_HERE = "Человек известен, но в этом потоке его нет."
NOBODY = "Такого человека в потоке не нашлось: выберите его сами или отметьте, что он не нужен."
SEVERAL = "Похожих людей в потоке несколько или имя не совпало: выберите человека сами."
OTHER_ACCOUNT = "Этот человек записан на курс и под другой учётной записью: учтена она."
LEFT_COURSE = "В курсе СДО человека больше нет."
FOREIGN = "Результаты потока записывает организация, которая проводит обучение, или регион."


@dataclass(frozen=True, slots=True)
class TakenRow:
    """`name` as the platform has it, `here` as the card has it; `sentence` says why, whole and in Russian."""

    remote_id: str
    name: str
    state: TakenState
    sentence: str = ""
    here: str = ""
    staff_member_id: int | None = None
    enrolment_id: int | None = None
    ground: MatchGround | None = None
    candidates: tuple[Candidate, ...] = ()
    told_passed: bool = False
    told_on: date | None = None
    told_grade: str = ""
    present_passed: bool = False
    present_on: date | None = None
    present_grade: str = ""
    email: str = ""
    institution: str = ""


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
        parts = [
            (words, self.count(state))
            for state, words in (
                (TakenState.COMPLETED, "записано завершений"),
                (TakenState.CORRECTED, "исправлено"),
                (TakenState.SAME, "без изменений"),
                (TakenState.NOT_YET, "ещё учатся"),
                (TakenState.CONFLICT, "расхождений"),
                (TakenState.OBSTACLE, "не взято"),
                (TakenState.WAITING, "не найдено людей"),
                (TakenState.GONE, "ушли с курса"),
            )
        ]
        told = ", ".join(f"{words}: {number}" for words, number in parts if number)
        return f"{told[0].upper()}{told[1:]}." if told else "В курсе никого нет."


@dataclass(slots=True)
class Line:
    """One told person on the way through."""

    told: OutcomeTold
    found: Match
    person: LearningPerson | None
    enrolment: Enrolment | None
    outcome: LearningOutcome | None
    verdict: Judged

    @property
    def result(self) -> Result:
        passed = self.told.passed and self.told.completed_on is not None
        return Result(passed, self.told.completed_on if passed else None, self.told.grade)

    def row(self) -> TakenRow:
        who, present = self.told.person, rule.present_of(self.enrolment) if self.enrolment is not None else Result()
        ground = self.found.ground or (self.person.ground if self.person is not None else None)
        return TakenRow(
            who.remote_id,
            record.name_of(who),
            self.verdict.state,
            self.verdict.sentence,
            here=self.found.name,
            staff_member_id=self.found.staff_member_id,
            enrolment_id=self.found.enrolment_id,
            ground=ground,
            candidates=self.found.candidates,
            told_passed=self.told.passed,
            told_on=self.told.completed_on,
            told_grade=self.told.grade,
            present_passed=present.passed,
            present_on=present.on,
            present_grade=present.grade,
            email=who.email,
            institution=who.institution,
        )


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

    `chosen`: remote_id → staff member whom the person before the screen takes it for. Raises WrongState for a course
    without a group.
    """
    group = _group(session, actor, course)
    people = record.people(session, course, [one.person for one in told.outcomes])
    outcomes = record.outcomes(session, course)
    lines = _lines(session, actor, group, told, people, outcomes, chosen or {})
    for line in lines:
        line.verdict = _verdict(line, group, today)
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
    people = record.write_people(session, course, [one.person for one in told.outcomes], now=now)
    outcomes = record.outcomes(session, course)
    lines = _lines(session, actor, held.group, told, people, outcomes, chosen or {})
    _keep_matches(session, actor, lines, chosen or {}, now)
    for line in lines:
        line.verdict = _verdict(line, held.group, today)
    _write(session, actor, held, course, lines, today)
    rows = [line.row() for line in lines]
    record.write_outcomes(session, course, lines, outcomes, now=now)
    if told.is_whole:
        rows += _gone(session, lines, outcomes)
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


def _lines(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    told: CourseTold,
    people: Mapping[str, LearningPerson],
    outcomes: Mapping[int, LearningOutcome],
    chosen: Mapping[str, int],
) -> list[Line]:
    """One for each told person, those who passed first: of two accounts of one person the better result counts."""
    once = {one.person.remote_id: one for one in told.outcomes}
    ignored = {one.remote_id for one in people.values() if one.is_ignored} - set(chosen)
    known = {
        one.remote_id: one.staff_member_id
        for one in people.values()
        if one.staff_member_id is not None and one.remote_id in once
    }
    sought = [one.person for one in once.values() if one.person.remote_id not in ignored]
    found = match(session, actor, group, sought, {**known, **chosen})
    enrolments = {one.id: one for one in _enrolments(session, group)}
    lines = []
    for one in once.values():
        person = people.get(one.person.remote_id)
        which = found.get(one.person.remote_id, Match())
        enrolment = enrolments.get(which.enrolment_id or 0)
        if enrolment is not None:
            enrolment.label = which.name
        outcome = outcomes.get(person.id) if person is not None else None
        state = TakenState.IGNORED if one.person.remote_id in ignored else TakenState.WAITING
        lines.append(Line(_clean(one), which, person, enrolment, outcome, Judged(state)))
    lines.sort(key=lambda line: (not line.told.passed, line.told.completed_on or date.max))
    return _one_each(lines)


def _one_each(lines: list[Line]) -> list[Line]:
    seen: set[int] = set()
    for line in lines:
        number = line.found.enrolment_id
        if number is not None and number in seen:
            line.enrolment = None
            line.found = replace(line.found, enrolment_id=None)
            line.verdict = Judged(TakenState.OBSTACLE, OTHER_ACCOUNT)
        elif number is not None:
            seen.add(number)
    return sorted(lines, key=lambda line: (record.name_of(line.told.person).casefold(), line.told.person.remote_id))


def _verdict(line: Line, group: TrainingGroup, today: date) -> Judged:
    if line.verdict.state is not TakenState.WAITING:
        return line.verdict
    if line.found.staff_member_id is None:
        return Judged(TakenState.WAITING, SEVERAL if line.found.candidates else NOBODY)
    if line.enrolment is None:
        return Judged(TakenState.OBSTACLE, NOT_HERE)
    outcome = line.outcome if record.is_of(line.outcome, line.enrolment) else None
    if line.told.passed and not line.result.passed:
        if line.enrolment.status in rule.DONE:
            return Judged(TakenState.SAME)
        return Judged(TakenState.OBSTACLE, rule.NO_DAY)
    return rule.judged(line.result, group, line.enrolment, outcome, today=today)


def _enrolments(session: GuardedSession, group: TrainingGroup) -> list[Enrolment]:
    """As the database holds them."""
    wanted = select(Enrolment).where(Enrolment.group_id == group.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _keep_matches(
    session: GuardedSession, actor: Actor, lines: list[Line], chosen: Mapping[str, int], now: datetime
) -> None:
    for line in lines:
        person, found = line.person, line.found
        if person is None or found.staff_member_id is None:
            continue
        if chosen.get(person.remote_id) is not None:
            if not found.name:
                raise NotFound
            if person.staff_member_id != found.staff_member_id:
                record.decide(person, actor, now, found.staff_member_id)
        elif found.ground is not None:
            person.staff_member_id, person.ground = found.staff_member_id, found.ground
    session.flush()


def _write(
    session: GuardedSession, actor: Actor, held: Held, course: LearningCourse, lines: list[Line], today: date
) -> None:
    held.enrolments = {one.enrolment.id: one.enrolment for one in lines if one.enrolment is not None}
    note = note_of(session, course)
    writing = [line for line in lines if line.verdict.state in WRITING]
    for line in writing:
        if line.enrolment is not None and line.enrolment.status is EnrolmentStatus.ENROLLED:
            WORKFLOW.apply("begin", line.enrolment, actor, note=note)
    # A journal row for each of the two steps.
    session.flush()
    for line in writing:
        write_told(actor, held, line, note, today)
    session.flush()


def write_told(actor: Actor, held: Held, line: Line, note: str, today: date) -> None:
    """A refusal becomes the person's obstacle: the others go on."""
    if line.enrolment is None:
        return
    told = line.result
    typed = TypedResult(TrainingResult.PASSED, told.grade or line.enrolment.grade, told.on)
    try:
        write_result(actor, held, line.enrolment, typed, today, note=note)
    except Refusal as refusal:
        line.verdict = Judged(TakenState.OBSTACLE, refusal.sentence)


def note_of(session: GuardedSession, course: LearningCourse) -> str:
    site = session.get(LearningSite, course.site_id)
    return f"По данным СДО «{site.label if site is not None else ''}», курс «{course.label}»"


def _gone(session: GuardedSession, lines: list[Line], outcomes: Mapping[int, LearningOutcome]) -> list[TakenRow]:
    """Told of before and not now: what was taken of them stands."""
    told = {line.person.id for line in lines if line.person is not None}
    left = [one for number, one in outcomes.items() if number not in told and not one.taken_passed]
    people = record.people_by_id(session, {one.person_id for one in left})
    rows = []
    for one in left:
        one.is_in_conflict, one.obstacle = False, LEFT_COURSE
        person = people[one.person_id]
        if not person.is_ignored:
            rows.append(TakenRow(person.remote_id, person.full_name, TakenState.GONE, LEFT_COURSE))
    return rows


def _clean(told: OutcomeTold) -> OutcomeTold:
    """PostgreSQL keeps no zero characters in a text."""
    return replace(told, grade=told.grade.replace("\x00", "").strip())
