"""Writing sessions of logins, one after the other; and what tests of trainees ask again and again."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from app.models import AuditEvent, Enrolment, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus

TODAY = date(2026, 12, 5)
NOW = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
WHEN = {"now": NOW, "today": TODAY}


class Acting:
    """`acting("school")`: a session that may write, and its actor; what the one before did is committed first."""

    def __init__(self, work, actor) -> None:
        self._work, self._actor = work, actor
        self._last = None

    def __call__(self, login: str):
        if self._last is not None:
            self._last.commit()
        self._last = self._work(login)
        self._last.connection(execution_options={"writes": True})
        return self._last, self._actor(login)


def group_of(session, number: int) -> TrainingGroup:
    return session.get_one(TrainingGroup, number)


def told(verdicts) -> list[tuple[bool, str]]:
    return [(one.ok, one.sentence) for one in verdicts]


def states(work, group: int) -> dict[int, EnrolmentStatus]:
    """By person, as the region sees them."""
    rows = work("region").execute(
        select(Enrolment.staff_member_id, Enrolment.status).where(Enrolment.group_id == group)
    )
    return {row.staff_member_id: row.status for row in rows}


def unnamed(work) -> list[str]:
    """What was done to enrolments without the journal saying whose they are; the factory's own rows left out."""
    nameless = AuditEvent.record_type == "enrolment", AuditEvent.action != "create", AuditEvent.record_label == ""
    return list(work("region").scalars(select(AuditEvent.action).where(*nameless)))
