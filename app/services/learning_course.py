"""Courses of a site: the list as the site tells it, and which group each is read into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.models import LearningCourse, LearningSite
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services.learning_told import CourseTold


def the_one(session: GuardedSession, course_id: int) -> LearningCourse:
    """Raises NotFound outside the scope."""
    raise NotImplementedError


def of_group(session: GuardedSession, group_id: int) -> list[LearningCourse]:
    """The courses that are read into the group."""
    raise NotImplementedError


def refresh(
    session: GuardedSession, actor: Actor, site: LearningSite, told: Sequence[CourseTold], *, now: datetime
) -> int:
    """New courses are added, the others take the names that the site gives; the number of new ones."""
    raise NotImplementedError


def tie(session: GuardedSession, actor: Actor, course: LearningCourse, group_id: int, *, version: int | None) -> None:
    """Reads the course into the group from now on. Raises NotFound, Invalid at `group_id`, Conflict."""
    raise NotImplementedError


def untie(session: GuardedSession, actor: Actor, course: LearningCourse, *, version: int | None) -> None:
    """What was taken stays in the group."""
    raise NotImplementedError
