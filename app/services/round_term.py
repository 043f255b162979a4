"""Whether a sheet came by the term of its round: the one rule, of a row that was read and of a statement.

In time is a sheet first sent by the term as it stands now and not taken back since, late one first sent after it,
missed one that its unit still holds though the term has passed. Excused sheets are not awaited.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.models import Assessment
from app.models.enumeration import AssessmentStatus as Status


class Term(StrEnum):
    """A returned sheet was handed in; an excused one, and one whose term is still ahead, are neither."""

    IN_TIME = "в срок"
    LATE = "с опозданием"
    MISSED = "не сдан, срок прошёл"
    OPEN = ""

    @property
    def is_late(self) -> bool:
        return self in {Term.LATE, Term.MISSED}


def term_of(status: Status, first_submitted_on: date | None, due_on: date, today: date) -> Term:
    """`due_on` is the term of the sheet's round; all are days of the region."""
    if status is Status.EXCUSED:
        return Term.OPEN
    if status is not Status.DRAFT and first_submitted_on is not None:
        return Term.IN_TIME if first_submitted_on <= due_on else Term.LATE
    return Term.MISSED if due_on < today else Term.OPEN


def is_late(due_on: Any, today: Any) -> ColumnElement[bool]:
    """`Term.is_late` of an Assessment; both are days, columns or bound values. Never NULL."""
    return or_(
        and_(_handed_in(), Assessment.first_submitted_on > due_on),
        and_(Assessment.status != Status.EXCUSED, ~_handed_in(), today > due_on),
    )


def came_in_time(due_on: Any) -> ColumnElement[bool]:
    """`Term.IN_TIME` of an Assessment. Never NULL."""
    return and_(_handed_in(), Assessment.first_submitted_on <= due_on)


def _handed_in() -> ColumnElement[bool]:
    return and_(Assessment.status.not_in((Status.DRAFT, Status.EXCUSED)), Assessment.first_submitted_on.is_not(None))
