"""An analytical note on a round: a document made from its figures, sent out as a point of a letter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified
from app.models.scoped import ScopeColumns, scope_key


class AnalyticalNote(Identified, ScopeColumns, Audited, Base):
    """Of the unit that made it; once it stands on an order, of everyone who sees that order."""

    __tablename__ = "analytical_note"
    __table_args__ = (
        *scope_key("analytical_note"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("title <> ''", name="titled"),
        Index("ix_analytical_note_order", "order_id"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("monitoring_round.id"), index=True)
    about_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    title: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"))
