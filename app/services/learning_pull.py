"""Reading sites: who asks, which courses are read, what was read and what went wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.models import Job, LearningCourse, LearningSite
from app.policies.actor import Actor
from app.policies.guard import GuardedSession

PULL: Final = "learning.pull"


def ask(
    session: GuardedSession, actor: Actor, site: LearningSite, *, course: LearningCourse | None = None, now: datetime
) -> Job:
    """A job that reads the list of courses and every course tied to a group, or this one course.

    Raises NotPermitted, WrongState for a site that is off or has no token.
    """
    raise NotImplementedError


def answer_body(session: GuardedSession, actor: Actor, answer_id: int) -> tuple[str, bytes]:
    """The name of a file and the raw answer as it came; who looked stands in the journal. Raises NotFound."""
    raise NotImplementedError
