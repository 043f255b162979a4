"""For whom a person of a site may be taken: people of the groups that their courses are read into, likest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.analysis.person_name import surname_parts
from app.models import Enrolment, LearningCourse, LearningOutcome, LearningPerson, StaffMember, TrainingGroup
from app.models.enrolment import LEFT_STATUSES
from app.models.search_text import folded
from app.policies.guard import GuardedSession

MOST_PROPOSED = 4
# How much each likeness is worth; a surname alone is enough to be proposed.
SURNAME, FIRST_NAME, PATRONYMIC, ADDRESS = 3, 2, 1, 6


@dataclass(frozen=True, slots=True)
class Candidate:
    staff_id: int
    name: str
    unit: str
    group: str
    likeness: int
    # Another person of the site is this one already.
    is_taken: bool


@dataclass(frozen=True, slots=True)
class _Trainee:
    staff_id: int
    last_name: str
    first_name: str
    patronymic: str
    email: str
    unit: str
    group_id: int
    group: str

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


def candidates_of(session: GuardedSession, people: Sequence[LearningPerson]) -> dict[int, list[Candidate]]:
    """By the number of the person: everybody of their groups. Three statements, however many people."""
    groups = _groups(session, [one.id for one in people])
    trainees = _trainees(session, {group for found in groups.values() for group in found})
    taken = _taken(session, {one.site_id for one in people})
    found = {}
    for one in people:
        known = [
            Candidate(
                each.staff_id,
                each.name,
                each.unit,
                each.group,
                likeness(one, each),
                is_taken=(one.site_id, each.staff_id) in taken,
            )
            for group in groups[one.id]
            for each in trainees[group]
        ]
        # In two groups at once a person is still one.
        single = {candidate.staff_id: candidate for candidate in known}
        found[one.id] = sorted(single.values(), key=lambda each: (each.is_taken, -each.likeness, each.name))
    return found


def proposed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those worth a look at once."""
    return [one for one in candidates if one.likeness >= SURNAME and not one.is_taken][:MOST_PROPOSED]


def likeness(person: LearningPerson, trainee: _Trainee) -> int:
    """By words in any order: sites write «Имя Отчество Фамилия», and often no patronymic."""
    words = set(folded(person.full_name).split())
    surnames = set(surname_parts(person.full_name)) | words
    found = 0
    if set(surname_parts(trainee.last_name)) & surnames:
        found += SURNAME
    if folded(trainee.first_name) in words:
        found += FIRST_NAME
    if trainee.patronymic and folded(trainee.patronymic) in words:
        found += PATRONYMIC
    if person.email and trainee.email and person.email.casefold() == trainee.email.casefold():
        found += ADDRESS
    return found


def _groups(session: GuardedSession, people: Sequence[int]) -> dict[int, list[int]]:
    rows = session.execute(
        select(LearningOutcome.person_id, LearningCourse.group_id)
        .join(LearningCourse, LearningCourse.id == LearningOutcome.course_id)
        .where(LearningOutcome.person_id.in_(people), LearningCourse.group_id.is_not(None))
        .distinct()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row.group_id)
    return found


def _trainees(session: GuardedSession, groups: set[int]) -> dict[int, list[_Trainee]]:
    found: dict[int, list[_Trainee]] = defaultdict(list)
    if not groups:
        return found
    rows = session.execute(
        select(
            StaffMember.id,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            StaffMember.email,
            UNIT_NAME.label("unit"),
            Enrolment.group_id,
            TrainingGroup.title.label("group"),
        )
        .select_from(Enrolment)
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .join(TrainingGroup, TrainingGroup.id == Enrolment.group_id)
        .join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == StaffMember.org_unit_id)
        .where(Enrolment.group_id.in_(groups), Enrolment.status.not_in(LEFT_STATUSES))
    )
    for row in rows:
        found[row.group_id].append(_Trainee(*row))
    return found


def _taken(session: GuardedSession, sites: set[int]) -> set[tuple[int, int]]:
    rows = session.execute(
        select(LearningPerson.site_id, LearningPerson.staff_member_id).where(
            LearningPerson.site_id.in_(sites), LearningPerson.staff_member_id.is_not(None)
        )
    )
    return {(row.site_id, row.staff_member_id) for row in rows}
