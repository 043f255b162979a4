"""What sites tell of a training group, as its page shows it: from which courses, when, what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.admin.learning_site_register import SITE
from app.admin.learning_words import OUTCOMES, outcomes_of_course, waiting_of_course
from app.models import LearningCourse, TrainingGroup
from app.models.enumeration_of_training import GroupStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock

TAKING = (GroupStatus.OPEN, GroupStatus.STUDYING, GroupStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class LearningOfGroup:
    group: TrainingGroup
    courses: Sequence[Any]
    may_read: bool
    may_take: bool
    time_zone: str

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.courses)

    @property
    def conflicts(self) -> int:
        return sum(row.conflicts for row in self.courses)

    def moment(self, moment: datetime | None) -> str:
        return f"{clock.local(moment, self.time_zone):%d.%m.%Y %H:%M}" if moment is not None else ""


def block(session: GuardedSession, actor: Actor, group: TrainingGroup) -> LearningOfGroup | None:
    """What `learning_course/of_group.html` shows as `learning`: one statement, none for whoever may not see it."""
    is_home = actor.unit_id in {group.org_unit_id, group.region_id}
    if not is_home or not actor.may(Permission.LEARNING_SITE_READ) or group.status not in TAKING:
        return None
    courses = session.execute(
        select(
            LearningCourse.id,
            LearningCourse.title,
            LearningCourse.short_name,
            LearningCourse.site_id,
            LearningCourse.pulled_at,
            LearningCourse.problem,
            SITE.c.title.label("site"),
            (SITE.c.is_active & (SITE.c.token_sealed != "")).label("is_read"),
            waiting_of_course().label("waiting"),
            outcomes_of_course(OUTCOMES.c.is_in_conflict).label("conflicts"),
            outcomes_of_course(OUTCOMES.c.taken_at.is_not(None)).label("taken"),
            outcomes_of_course().label("told"),
        )
        .select_from(LearningCourse)
        .join(SITE, SITE.c.id == LearningCourse.site_id)
        .where(LearningCourse.group_id == group.id)
        .order_by(LearningCourse.id)
        .limit(20)
    ).all()
    return LearningOfGroup(
        group=group,
        courses=courses,
        may_read=actor.may(Permission.LEARNING_SITE_WRITE) and actor.may(Permission.ENROLMENT_KEEP),
        may_take=actor.may(Permission.ENROLMENT_KEEP),
        time_zone=actor.time_zone,
    )
