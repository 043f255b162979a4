"""What a linked person reads at a launch: who they are here, what the link leads to, what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from app.models import LtiCourse, TrainingGroup
from app.models.enumeration import AssignmentStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock, lti_target, work
from app.services.lti_message import Launch
from app.services.lti_target import Seen, Target


@dataclass(frozen=True, slots=True)
class Figures:
    """As «Моя работа» counts them, within the scope of the person."""

    overdue: int
    soon: int
    returned: int
    waiting: int

    @property
    def any(self) -> bool:
        return bool(self.overdue or self.soon or self.returned or self.waiting)


@dataclass(frozen=True, slots=True)
class Welcome:
    """`seen` is None where what the link leads to is not there for this person: no word of it is told.

    `keeps_groups`: the person may take the list of the course into a group; `course_of`: the group that takes it now.
    """

    actor: Actor
    seen: Seen | None
    figures: Figures
    keeps_groups: bool = False
    course_of: str = ""


def chosen(engine: Engine, actors: list[Actor], target: Target | None) -> tuple[Actor, Seen | None]:
    """In which of their units the person sees the target; the first one where they see it in none."""
    for actor in actors:
        with GuardedSession(engine, info={"actor": actor}) as session:
            seen = lti_target.seen(session, actor, target) if target is not None else None
        if seen is not None:
            return actor, seen
    return actors[0], None


def welcome(engine: Engine, launch: Launch, actors: list[Actor], *, now: datetime) -> Welcome:
    """`actors`: the person in their units, at least one."""
    actor, seen = chosen(engine, actors, lti_target.named_by(launch.custom))
    today = clock.local(now, actor.time_zone).date()
    with GuardedSession(engine, info={"actor": actor}) as session:
        counted = work.build(session, actor, today=today).figures
        waiting = work.waiting_count(session, actor, today=today)
        keeps = actor.may(Permission.ENROLMENT_KEEP) and bool(launch.memberships_url and launch.context_id)
        return Welcome(
            actor=actor,
            seen=seen,
            figures=Figures(counted.overdue, counted.soon, counted.states[AssignmentStatus.RETURNED], waiting),
            keeps_groups=keeps,
            course_of=_tied(session, launch) if keeps else "",
        )


def _tied(session: GuardedSession, launch: Launch) -> str:
    titles = select(TrainingGroup.title).join(LtiCourse, LtiCourse.group_id == TrainingGroup.id)
    mine = titles.where(LtiCourse.platform_id == launch.platform_id, LtiCourse.context_id == launch.context_id)
    return session.scalar(mine.order_by(LtiCourse.id.desc()).limit(1)) or ""
