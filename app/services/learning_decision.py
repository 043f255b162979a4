"""Decisions that a person makes: who somebody of the platform is, and whose result stands."""

from __future__ import annotations

from datetime import date, datetime

from app.models import LearningOutcome, LearningPerson
from app.policies.actor import Actor
from app.policies.guard import GuardedSession


def the_person(session: GuardedSession, person_id: int) -> LearningPerson:
    """Raises NotFound outside the scope."""
    raise NotImplementedError


def the_outcome(session: GuardedSession, outcome_id: int) -> LearningOutcome:
    """Raises NotFound outside the scope."""
    raise NotImplementedError


def known_as(
    session: GuardedSession,
    actor: Actor,
    person: LearningPerson,
    staff_member_id: int,
    *,
    version: int | None,
    now: datetime,
    today: date,
) -> str:
    """From now on this is that person; what was told of them already is taken at once. What was done, as a sentence.

    Raises NotFound, WrongState where another person of the site is already that one, Conflict.
    """
    raise NotImplementedError


def ignore(session: GuardedSession, actor: Actor, person: LearningPerson, *, version: int | None, now: datetime) -> str:
    """Nobody's concern here: asked about no more."""
    raise NotImplementedError


def open_again(
    session: GuardedSession, actor: Actor, person: LearningPerson, *, version: int | None, now: datetime
) -> str:
    """Undecided again: the next reading seeks the person anew."""
    raise NotImplementedError


def mark_of(outcome: LearningOutcome, enrolment_version: int | None) -> str:
    """What was shown when somebody decided: changes with what the platform tells and with the enrolment."""
    return f"{outcome.told_at.timestamp():.0f}-{enrolment_version or 0}"


def take_theirs(
    session: GuardedSession, actor: Actor, outcome: LearningOutcome, *, mark: str | None, now: datetime, today: date
) -> str:
    """The enrolment gets what the platform says. Raises WrongState with what is in the way, Conflict."""
    raise NotImplementedError


def keep_ours(
    session: GuardedSession, actor: Actor, outcome: LearningOutcome, *, mark: str | None, now: datetime
) -> str:
    """What stands here stays, until the platform says something else again. Raises WrongState, Conflict."""
    raise NotImplementedError
