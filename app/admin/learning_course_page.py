"""What the page of one course of a site shows: into which group it is read, and what was told of each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, func, select

from app.admin.learning_course_register import GROUP
from app.admin.learning_outcome_register import ENROLMENT, PERSON, STAFF, STAFF_NAME
from app.admin.learning_site_register import SITE
from app.admin.learning_words import OUTCOME_STATE, OUTCOME_TURN, here_words, same_words, told_words
from app.admin.record_history import history_of
from app.models import LearningCourse, LearningOutcome, LearningSite, Programme, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.models.search_text import folded, like_pattern
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock
from app.services import learning_site as sites
from app.services.learning_decision import mark_of

MOST_PEOPLE, MOST_GROUPS, MOST_LISTED = 500, 300, 1000
OWN_WORDS = {"create": "Курс появился", "change": "Изменён", "pull": "Данные взяты"}
HEADINGS = {
    "conflict": "Расходится с тем, что записано здесь",
    "unknown": "Не узнаны",
    "obstacle": "Не взято",
    "kept": "Оставлено здешнее",
    "taken": "Записано",
    "studying": "Ещё учатся",
    "ignored": "Не слушатели",
}
GROUP_TURN = {GroupStatus.STUDYING: 0, GroupStatus.OPEN: 1, GroupStatus.FINISHED: 2}


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One person of the course."""

    id: int
    person_id: int
    name: str
    about: str
    state: str
    told: str
    here: str
    staff: str
    enrolment_id: int | None
    obstacle: str
    # What a decision on it is sent with; empty where there is nothing to decide.
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    state: str
    title: str
    rows: tuple[ToldRow, ...]


@dataclass(frozen=True, slots=True)
class CoursePage:
    course: LearningCourse
    site: LearningSite
    group: TrainingGroup | None
    groups: Sequence[tuple[int, str]]
    parts: Sequence[Part]
    more: bool
    is_keeper: bool
    may_read: bool
    may_decide: bool
    time_zone: str
    history: Sequence[dict[str, Any]]

    def count(self, state: str) -> int:
        return sum(len(part.rows) for part in self.parts if part.state == state)

    @property
    def explains(self) -> bool:
        """Some row has a sentence of its own."""
        return any(row.obstacle for part in self.parts for row in part.rows)

    @property
    def total(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    def moment(self, moment: datetime | None) -> str:
        return f"{clock.local(moment, self.time_zone):%d.%m.%Y %H:%M}" if moment is not None else ""


def gather(session: GuardedSession, actor: Actor, course: LearningCourse) -> CoursePage:
    site = sites.the_one(session, course.site_id)
    group = session.get(TrainingGroup, course.group_id) if course.group_id is not None else None
    is_keeper = sites.is_keeper(actor, site)
    may_decide = actor.may(Permission.ENROLMENT_KEEP) and actor.unit_id in {course.org_unit_id, course.region_id}
    rows = _rows(session, course)
    return CoursePage(
        course=course,
        site=site,
        group=group,
        groups=groups_to_choose(session, course) if is_keeper else (),
        parts=_parts(rows[:MOST_PEOPLE], may_decide=may_decide),
        more=len(rows) > MOST_PEOPLE,
        is_keeper=is_keeper,
        may_read=is_keeper and may_decide and group is not None and not sites.obstacle_to_reading(site),
        may_decide=may_decide,
        time_zone=actor.time_zone,
        history=history_of(
            session,
            "learning_course",
            course.id,
            actor.time_zone,
            words=OWN_WORDS,
            untold=("group_id",),
        ),
    )


def groups_to_choose(session: GuardedSession, course: LearningCourse) -> list[tuple[int, str]]:
    """The unit's own, those that study first."""
    rows = session.execute(
        select(TrainingGroup.id, TrainingGroup.title, TrainingGroup.status, TrainingGroup.starts_on)
        .where(TrainingGroup.org_unit_id == course.org_unit_id, TrainingGroup.status.in_(list(GROUP_TURN)))
        .order_by(TrainingGroup.starts_on.desc(), TrainingGroup.id.desc())
        .limit(MOST_GROUPS)
    ).all()
    known = sorted(rows, key=lambda row: GROUP_TURN[row.status])
    return [(row.id, f"{row.title} ({row.status.label}, с {row.starts_on:%d.%m.%Y})") for row in known]


def courses_for(session: GuardedSession, group: TrainingGroup, query: str) -> list[Row[Any]]:
    """Of the unit that keeps the group: those without a group first, the likest by name first of these."""
    programme = session.get(Programme, group.programme_id)
    wanted = _words(group.title, programme.title if programme is not None else "")
    known = (
        select(
            LearningCourse.id,
            LearningCourse.title,
            LearningCourse.short_name,
            LearningCourse.remote_id,
            LearningCourse.version,
            LearningCourse.group_id,
            SITE.c.title.label("site"),
            (SITE.c.is_active & (SITE.c.token_sealed != "")).label("is_read"),
            func.coalesce(GROUP.c.title, "").label("group"),
        )
        .select_from(LearningCourse)
        .join(SITE, SITE.c.id == LearningCourse.site_id)
        .outerjoin(GROUP, GROUP.c.id == LearningCourse.group_id)
        # Files are of one group for good.
        .where(LearningCourse.org_unit_id == group.org_unit_id, SITE.c.address != "")
        .order_by(LearningCourse.title, LearningCourse.id)
        .limit(MOST_LISTED)
    )
    if query:
        known = known.where(LearningCourse.search.like(like_pattern(query), escape="\\"))
    rows = session.execute(known).all()
    return sorted(rows, key=lambda row: (row.group_id is not None, -len(wanted & _words(row.title, row.short_name))))


def _words(*texts: str) -> set[str]:
    """Those that tell one course from another: the short ones stand everywhere."""
    return {word for word in folded(*texts).split() if len(word) > 3}  # noqa: PLR2004 - «и», «для», «при»


def _rows(session: GuardedSession, course: LearningCourse) -> Sequence[Row[Any]]:
    """In the order of the register: what waits for a person first."""
    return session.execute(
        select(
            LearningOutcome.id,
            LearningOutcome.person_id,
            LearningOutcome.enrolment_id,
            LearningOutcome.told_passed,
            LearningOutcome.told_on,
            LearningOutcome.told_grade,
            LearningOutcome.told_at,
            LearningOutcome.obstacle,
            OUTCOME_STATE.label("state"),
            PERSON.c.full_name,
            PERSON.c.email,
            PERSON.c.institution,
            PERSON.c.position,
            ENROLMENT.c.status,
            ENROLMENT.c.completed_on,
            ENROLMENT.c.grade,
            ENROLMENT.c.version.label("enrolment_version"),
            func.coalesce(STAFF_NAME, "").label("staff"),
        )
        .select_from(LearningOutcome)
        .join(PERSON, PERSON.c.id == LearningOutcome.person_id)
        .outerjoin(ENROLMENT, ENROLMENT.c.id == LearningOutcome.enrolment_id)
        .outerjoin(STAFF, STAFF.c.id == ENROLMENT.c.staff_member_id)
        .where(LearningOutcome.course_id == course.id)
        .order_by(OUTCOME_TURN, PERSON.c.full_name, LearningOutcome.id)
        .limit(MOST_PEOPLE + 1)
    ).all()


def _parts(rows: Sequence[Row[Any]], *, may_decide: bool) -> list[Part]:
    found: dict[str, list[ToldRow]] = {state: [] for state in HEADINGS}
    for row in rows:
        state = row.state
        status = EnrolmentStatus(row.status) if row.status is not None else None
        found[state].append(
            ToldRow(
                id=row.id,
                person_id=row.person_id,
                name=row.full_name or row.email or "без имени",
                about=" · ".join(part for part in (row.institution, row.position) if part),
                state=state,
                told=told_words(passed=row.told_passed, day=row.told_on, grade=row.told_grade),
                here=here_words(status, row.completed_on, row.grade),
                staff="" if same_words(row.staff, row.full_name) else row.staff,
                enrolment_id=row.enrolment_id,
                obstacle=row.obstacle,
                key=f"{row.id}:{mark_of(cast(Any, row), row.enrolment_version)}"
                if may_decide and state == "conflict"
                else "",
            )
        )
    return [Part(state, HEADINGS[state], tuple(known)) for state, known in found.items() if known]
