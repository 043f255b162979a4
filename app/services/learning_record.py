"""People of learning platforms and what was told of them, written down as told; only what has changed is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import inspect, select

from app.models import Enrolment, LearningCourse, LearningOutcome, LearningPerson
from app.models.enumeration_of_platforms import MatchGround
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services.learning_judgement import WRITING, Judged, Result, TakenState, told_of
from app.services.learning_match import number_of
from app.services.learning_told import PersonTold

LONGEST = 500
PROFILE = ("full_name", "idnumber", "email", "institution", "position")
# Of these the sentence is kept: somebody has to do something.
TELLING = frozenset({TakenState.CONFLICT, TakenState.OBSTACLE, TakenState.WAITING})


class Told(Protocol):
    """What `learning_take` knows of one person when all is decided."""

    person: LearningPerson | None
    enrolment: Enrolment | None
    verdict: Judged

    @property
    def result(self) -> Result: ...


def name_of(person: PersonTold) -> str:
    """The surname first, where the platform tells which it is."""
    parts = (person.last_name, person.first_name) if person.last_name and person.first_name else (person.full_name,)
    return " ".join(" ".join(parts).replace("\x00", "").split())[:LONGEST]


def told_person(person: LearningPerson) -> PersonTold:
    """As told last; a СНИЛС is not kept."""
    return PersonTold(
        person.remote_id,
        person.full_name,
        idnumber=person.idnumber,
        email=person.email,
        institution=person.institution,
        position=person.position,
    )


def people(session: GuardedSession, course: LearningCourse, told: Sequence[PersonTold]) -> dict[str, LearningPerson]:
    """Those of the site that are told and known, by `remote_id`."""
    if inspect(course).transient:
        return {}
    wanted = select(LearningPerson).where(
        LearningPerson.site_id == course.site_id, LearningPerson.remote_id.in_({one.remote_id for one in told})
    )
    return {one.remote_id: one for one in session.scalars(wanted)}


def people_of_course(session: GuardedSession, course: LearningCourse) -> dict[int, LearningPerson]:
    """Of whom something was told in this course, by number."""
    wanted = (
        select(LearningPerson)
        .join(LearningOutcome, LearningOutcome.person_id == LearningPerson.id)
        .where(LearningOutcome.course_id == course.id)
    )
    return {one.id: one for one in session.scalars(wanted)}


def people_by_id(session: GuardedSession, numbers: Collection[int]) -> dict[int, LearningPerson]:
    if not numbers:
        return {}
    return {one.id: one for one in session.scalars(select(LearningPerson).where(LearningPerson.id.in_(numbers)))}


def write_person(
    session: GuardedSession, course: LearningCourse, person: LearningPerson | None, told: PersonTold, *, now: datetime
) -> LearningPerson:
    """As told now; a new one where nobody is known. Not flushed."""
    profile = _profile(told)
    if person is None:
        person = LearningPerson(
            org_unit_id=course.org_unit_id, site_id=course.site_id, remote_id=told.remote_id, seen_at=now, **profile
        )
        session.add(person)
        return person
    changed = {name: value for name, value in profile.items() if getattr(person, name) != value}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        person.seen_at = now
    return person


def decide(person: LearningPerson, actor: Actor, now: datetime, staff_member_id: int | None) -> None:
    """By a person: somebody of ours, or (None) nobody yet."""
    person.staff_member_id = staff_member_id
    person.ground = MatchGround.DECISION if staff_member_id is not None else None
    person.is_ignored = False
    person.decided_by, person.decided_at = actor.user_name, now


def outcomes(session: GuardedSession, course: LearningCourse) -> dict[int, LearningOutcome]:
    """What was told in this course, by the number of the person."""
    if inspect(course).transient:
        return {}
    wanted = select(LearningOutcome).where(LearningOutcome.course_id == course.id)
    return {one.person_id: one for one in session.scalars(wanted.execution_options(populate_existing=True))}


def is_of(outcome: LearningOutcome | None, enrolment: Enrolment) -> bool:
    """What was taken says something of this enrolment only."""
    return outcome is not None and outcome.enrolment_id == enrolment.id


def write_outcomes(
    session: GuardedSession,
    course: LearningCourse,
    lines: Sequence[Told],
    known: Mapping[int, LearningOutcome],
    *,
    now: datetime,
) -> None:
    for line in lines:
        if line.person is None or line.verdict.state is TakenState.IGNORED:
            continue
        outcome = known.get(line.person.id)
        if outcome is None:
            outcome = _new(course, line.person, now)
            session.add(outcome)
        _tell(outcome, line.result, now)
        number = line.enrolment.id if line.enrolment is not None else None
        if outcome.enrolment_id != number:
            outcome.enrolment_id = number
            forget_taken(outcome)
        if line.verdict.state in WRITING:
            took(outcome, line.result, now)
        outcome.is_in_conflict = line.verdict.state is TakenState.CONFLICT
        outcome.obstacle = line.verdict.sentence if line.verdict.state in TELLING else ""


def took(outcome: LearningOutcome, told: Result, now: datetime) -> None:
    """The enrolment holds now what is told."""
    outcome.taken_passed, outcome.taken_on, outcome.taken_grade = told.passed, told.on, told.grade
    outcome.taken_at = now


def forget_taken(outcome: LearningOutcome) -> None:
    """What was taken was taken into another enrolment, or is asked anew."""
    outcome.taken_passed, outcome.taken_on, outcome.taken_grade, outcome.taken_at = False, None, "", None
    outcome.decided_by, outcome.decided_at = "", None


def _new(course: LearningCourse, person: LearningPerson, now: datetime) -> LearningOutcome:
    return LearningOutcome(
        org_unit_id=course.org_unit_id,
        site_id=course.site_id,
        course_id=course.id,
        person_id=person.id,
        told_passed=False,
        told_on=None,
        told_grade="",
        told_at=now,
        taken_passed=False,
        taken_on=None,
        taken_grade="",
        is_in_conflict=False,
        obstacle="",
        decided_by="",
    )


def _tell(outcome: LearningOutcome, told: Result, now: datetime) -> None:
    """A decision was about what was told then."""
    if told_of(outcome) == told:
        return
    outcome.told_passed, outcome.told_on, outcome.told_grade, outcome.told_at = told.passed, told.on, told.grade, now
    outcome.decided_by, outcome.decided_at = "", None


def _profile(person: PersonTold) -> dict[str, str]:
    """A СНИЛС in the place of the idnumber is not kept: it would come along with every list."""
    idnumber = "" if number_of(person) else person.idnumber
    values = (name_of(person), idnumber, person.email, person.institution, person.position)
    return {name: value.replace("\x00", "").strip()[:LONGEST] for name, value in zip(PROFILE, values, strict=True)}
