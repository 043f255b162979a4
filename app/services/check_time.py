"""When a sheet is checked and judged: the one rule, of what was read and of a statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.models import Assessment
from app.models.enumeration import AssessmentStatus, RoundStatus


def is_being_checked(status: AssessmentStatus, round_status: RoundStatus, *, is_municipal: bool) -> bool:
    """Sent and not yet final, in a round that goes on: acceptance is the end in a municipality's own round, approval
    elsewhere.
    """
    if round_status is not RoundStatus.OPEN:
        return False
    return status is AssessmentStatus.SUBMITTED or (status is AssessmentStatus.ACCEPTED and not is_municipal)


def being_checked(of_round: Any) -> ColumnElement[bool]:
    """The same of an Assessment; `of_round`: the columns of its round."""
    accepted = and_(Assessment.status == AssessmentStatus.ACCEPTED, of_round.is_municipal.is_(False))
    return and_(
        of_round.status == RoundStatus.OPEN.value, or_(Assessment.status == AssessmentStatus.SUBMITTED, accepted)
    )
