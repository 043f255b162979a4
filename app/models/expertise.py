"""Expert judgement of a sheet: each expert's values stand apart until every expert has handed theirs in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Exact, Identified, Versioned, stored_by_value
from app.models.enumeration import ExpertiseStatus
from app.models.scoped import OwnedByUnit, ScopeColumns, scope_key


class Expertise(Identified, OwnedByUnit, Versioned, Audited, Base):
    """One expert on one sheet."""

    __tablename__ = "expertise"
    # The journal would tell it to an expert who still owes an independent judgement.
    __unaudited__ = frozenset({"conclusion"})
    __table_args__ = (
        *scope_key("expertise"),
        UniqueConstraint("assessment_id", "user_id"),
        CheckConstraint("(status = 'handed_in') = (handed_in_at IS NOT NULL)", name="handed_in_has_moment"),
    )

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    expert_name: Mapped[str]
    status: Mapped[ExpertiseStatus] = mapped_column(stored_by_value(ExpertiseStatus), default=ExpertiseStatus.ASSIGNED)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str]
    handed_in_at: Mapped[datetime | None]
    conclusion: Mapped[str] = mapped_column(default="")


class ExpertScore(Identified, ScopeColumns, Base):
    """An independent value: its expert's alone until handed in, and shown to another expert of the sheet only after
    that one has handed in theirs. The journal would tell it: so it keeps the expertise, not its values.
    """

    __tablename__ = "expert_score"
    __table_args__ = (
        *scope_key("expert_score"),
        UniqueConstraint("expertise_id", "criterion_id"),
        CheckConstraint("NOT is_na OR value IS NULL", name="na_has_no_value"),
        CheckConstraint("(value IS NULL) = (points IS NULL)", name="value_has_points"),
    )

    expertise_id: Mapped[int] = mapped_column(ForeignKey("expertise.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    value: Mapped[Decimal | None] = mapped_column(Exact(2))
    points: Mapped[Decimal | None] = mapped_column(Exact(2))
    is_na: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(default="")
