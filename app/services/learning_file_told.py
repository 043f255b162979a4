"""What files say of a group's people, as the platform would tell it: people of earlier files are known again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from app.excel.moodle_columns import ExportKind
from app.models import LearningCourse, LearningOutcome, LearningPerson, TrainingGroup
from app.policies.guard import GuardedSession
from app.services.learning_file_people import FilePerson, name_key
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold

_AT_ONCE: Final = 500


def remote_id_of(group: TrainingGroup) -> str:
    """Of the course that stands for the files of the group."""
    return f"group:{group.id}"


def taking(people: Sequence[FilePerson]) -> list[FilePerson]:
    """Those whose results are told; of lists of participants alone, everybody."""
    known = [one for one in people if one.key]
    told = [one for one in known if one.stands_in(ExportKind.COMPLETION, ExportKind.ACTIVITIES, ExportKind.GRADES)]
    return told or known


def told_of(
    session: GuardedSession, group: TrainingGroup, course: LearningCourse | None, people: Sequence[FilePerson]
) -> CourseTold:
    """In the order of `people`. What these files do not speak of stays as it was told last."""
    earlier, persons = _earlier(session, course, people)
    outcomes = []
    for one in people:
        person = earlier.get(one.key)
        last = persons.get(person.id) if person is not None else None
        completed_on, grade = one.completed_on, one.grade
        # A day that cannot be read does not take back the one that was told before.
        is_silent = not one.stands_in(ExportKind.COMPLETION) or (bool(one.problems) and completed_on is None)
        if last is not None and is_silent:
            completed_on = last.told_on if last.told_passed else None
        if last is not None and not one.stands_in(ExportKind.GRADES):
            grade = last.told_grade
        who = PersonTold(
            person.remote_id if person is not None else _remote_id(group, one),
            one.name,
            one.last_name,
            one.first_name,
            one.idnumber,
            one.email,
            one.institution,
            one.position,
            one.snils,
        )
        outcomes.append(OutcomeTold(who, completed_on is not None, completed_on, grade))
    # A teacher downloads what they see: whoever is not in the file has not left the course.
    return CourseTold(remote_id_of(group), group.title, tuple(outcomes), is_whole=False)


def _remote_id(group: TrainingGroup, person: FilePerson) -> str:
    """Numbers and bare names mean somebody within one course only: the unit may have several sites."""
    return person.key if person.key.startswith("email:") else f"{remote_id_of(group)}:{person.key}"


def _earlier(
    session: GuardedSession, course: LearningCourse | None, people: Sequence[FilePerson]
) -> tuple[dict[str, LearningPerson], dict[int, LearningOutcome]]:
    """People of earlier files by the key that they have in these, and what was told of them in this course."""
    if course is None:
        return {}, {}
    outcomes = {
        one.person_id: one
        for one in session.scalars(select(LearningOutcome).where(LearningOutcome.course_id == course.id))
    }
    emails = [f"email:{one.email}" for one in people if one.email]
    known: dict[int, LearningPerson] = {}
    for start in range(0, len(emails), _AT_ONCE):
        wanted = select(LearningPerson).where(
            LearningPerson.site_id == course.site_id, LearningPerson.remote_id.in_(emails[start : start + _AT_ONCE])
        )
        known |= {one.id: one for one in session.scalars(wanted)}
    of_course = select(LearningPerson).where(
        LearningPerson.id.in_(select(LearningOutcome.person_id).where(LearningOutcome.course_id == course.id))
    )
    known |= {one.id: one for one in session.scalars(of_course)}
    return _same_people(people, list(known.values()), course), outcomes


def _same_people(
    people: Sequence[FilePerson], known: Sequence[LearningPerson], course: LearningCourse
) -> dict[str, LearningPerson]:
    by_remote = {one.remote_id: one for one in known}
    by_email = {one.email: one for one in known if one.email}
    by_number = {one.idnumber: one for one in known if one.idnumber}
    by_name: dict[str, list[LearningPerson]] = {}
    for one in known:
        by_name.setdefault(name_key(FilePerson(full_name=one.full_name)), []).append(one)
    found: dict[str, LearningPerson] = {}
    used: set[int] = set()
    for person in people:
        named = by_name.get(name_key(person), [])
        only = named[0] if len(named) == 1 and _agrees(named[0], person) else None
        keys = (by_remote.get(person.key), by_remote.get(f"{course.remote_id}:{person.key}"))
        numbers = (by_email.get(person.email), by_number.get(person.idnumber))
        same = next((one for one in (*keys, *numbers, only) if one is not None and one.id not in used), None)
        if same is not None:
            found[person.key] = same
            used.add(same.id)
    return found


def _agrees(known: LearningPerson, person: FilePerson) -> bool:
    pairs = ((known.email, person.email), (known.idnumber, person.idnumber))
    return not any(mine and theirs and mine != theirs for mine, theirs in pairs)


def persons_of(session: GuardedSession, site_id: int, remotes: Sequence[str]) -> dict[str, LearningPerson]:
    found: dict[str, LearningPerson] = {}
    for start in range(0, len(remotes), _AT_ONCE):
        wanted = select(LearningPerson).where(
            LearningPerson.site_id == site_id, LearningPerson.remote_id.in_(remotes[start : start + _AT_ONCE])
        )
        found |= {one.remote_id: one for one in session.scalars(wanted)}
    return found
