"""What the page of one site shows; everything was read within the actor's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, func, select

from app.admin.cells import size_words
from app.admin.learning_course_register import GROUP
from app.admin.learning_words import (
    OUTCOMES,
    SITE_STATE,
    SITE_STATES,
    conflicts_of_site,
    courses_of_site,
    outcomes_of_course,
    waiting_of_course,
    waiting_of_site,
)
from app.admin.record_history import history_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.models import LearningAnswer, LearningCourse, LearningSite, User
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock, learning_pull
from app.services import learning_site as sites

MOST_COURSES, MOST_ANSWERS = 60, 50
OWN_WORDS = {"create": "СДО подключена", "change": "Изменена", "pull": "Данные взяты"}
# Numbers of rows say nothing to people.
UNTOLD = frozenset({"runs_as_id"})
# The one in whose name the site is read at night: the name is a label of the row.
RUNS_AS = cast(Table, User.__table__).alias("runs_as")


@dataclass(frozen=True, slots=True)
class SitePage:
    site: LearningSite
    state: str
    unit_name: str
    runs_as: str
    waiting: int
    conflicts: int
    courses: Sequence[Row[Any]]
    more_courses: bool
    # However many are shown.
    tied: int
    untied: int
    answers: Sequence[Any]
    is_keeper: bool
    may_check: bool
    may_read: bool
    may_nightly: bool
    # Why it cannot be asked now.
    obstacle: str
    time_zone: str
    history: Sequence[dict[str, Any]]

    size_words = staticmethod(size_words)

    @property
    def state_label(self) -> str:
        return SITE_STATES[self.state]

    @property
    def tied_courses(self) -> Sequence[Row[Any]]:
        return [row for row in self.courses if row.group_id is not None]

    @property
    def untied_courses(self) -> Sequence[Row[Any]]:
        return [row for row in self.courses if row.group_id is None]

    def moment(self, moment: datetime | None) -> str:
        return f"{clock.local(moment, self.time_zone):%d.%m.%Y %H:%M}" if moment is not None else ""


def gather(session: GuardedSession, actor: Actor, site: LearningSite) -> SitePage:
    named = (
        select(
            UNIT_NAME.label("unit"),
            func.coalesce(RUNS_AS.c.name, "").label("runs_as"),
            SITE_STATE.label("state"),
            waiting_of_site().label("waiting"),
            conflicts_of_site().label("conflicts"),
            courses_of_site(tied=True).label("tied"),
            courses_of_site(tied=False).label("listed"),
        )
        .select_from(LearningSite)
        .where(LearningSite.id == site.id)
    )
    facts = session.execute(
        with_unit_names(named, LearningSite).outerjoin(RUNS_AS, RUNS_AS.c.id == LearningSite.runs_as_id)
    ).one()
    courses = _courses(session, site)
    is_keeper = sites.is_keeper(actor, site)
    return SitePage(
        site=site,
        state=facts.state,
        unit_name=facts.unit,
        runs_as=facts.runs_as,
        waiting=facts.waiting,
        conflicts=facts.conflicts,
        courses=courses[:MOST_COURSES],
        more_courses=len(courses) > MOST_COURSES,
        tied=facts.tied,
        untied=facts.listed - facts.tied,
        answers=_answers(session, site) if is_keeper and learning_pull.may_see_answers(actor) else (),
        is_keeper=is_keeper,
        may_check=is_keeper and not sites.obstacle_to_reading(site),
        may_read=is_keeper and actor.may(Permission.ENROLMENT_KEEP) and not sites.obstacle_to_reading(site),
        may_nightly=is_keeper and actor.may(Permission.ENROLMENT_KEEP),
        obstacle=sites.obstacle_to_reading(site),
        time_zone=actor.time_zone,
        history=history_of(session, "learning_site", site.id, actor.time_zone, words=OWN_WORDS, untold=UNTOLD),
    )


def _courses(session: GuardedSession, site: LearningSite) -> Sequence[Row[Any]]:
    """Those that are read into a group first."""
    return session.execute(
        select(
            LearningCourse.id,
            LearningCourse.title,
            LearningCourse.short_name,
            LearningCourse.remote_id,
            LearningCourse.group_id,
            LearningCourse.pulled_at,
            LearningCourse.problem,
            GROUP.c.title.label("group"),
            waiting_of_course().label("waiting"),
            outcomes_of_course(OUTCOMES.c.is_in_conflict).label("conflicts"),
            outcomes_of_course(OUTCOMES.c.taken_at.is_not(None)).label("taken"),
            outcomes_of_course().label("told"),
        )
        .select_from(LearningCourse)
        .outerjoin(GROUP, GROUP.c.id == LearningCourse.group_id)
        .where(LearningCourse.site_id == site.id)
        .order_by(LearningCourse.group_id.is_(None), LearningCourse.title, LearningCourse.id)
        .limit(MOST_COURSES + 1)
    ).all()


def _answers(session: GuardedSession, site: LearningSite) -> Sequence[Any]:
    """The newest, without what they say."""
    return session.execute(
        select(
            LearningAnswer.id,
            LearningAnswer.function,
            LearningAnswer.subject,
            LearningAnswer.size,
            LearningAnswer.came_at,
            LearningAnswer.kept_until,
        )
        .where(LearningAnswer.site_id == site.id)
        .order_by(LearningAnswer.id.desc())
        .limit(MOST_ANSWERS)
    ).all()
