"""An act that changes an issued order: the only way in which it changes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Audited, Base, Identified, stored_by_value
from app.models.enumeration import AmendmentChangeKind, OrderKind
from app.models.scoped import PartOfOrder


class OrderAmendment(Identified, PartOfOrder, Audited, Base):
    __tablename__ = "order_amendment"
    __table_args__ = (
        UniqueConstraint("order_id", "number", "dated_on"),
        CheckConstraint("number <> ''", name="numbered"),
    )

    kind: Mapped[OrderKind] = mapped_column(stored_by_value(OrderKind), default=OrderKind.DIRECTIVE)
    number: Mapped[str]
    dated_on: Mapped[date]
    title: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]

    changes: Mapped[list[AmendmentChange]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="AmendmentChange.id"
    )

    @property
    def label(self) -> str:
        return f"{self.kind.label} № {self.number} от {self.dated_on:%d.%m.%Y}"


class AmendmentChange(Identified, PartOfOrder, Audited, Base):
    __tablename__ = "amendment_change"
    __table_args__ = (CheckConstraint("kind <> 'move_term' OR due_after IS NOT NULL", name="moved_term_has_day"),)

    amendment_id: Mapped[int] = mapped_column(ForeignKey("order_amendment.id", ondelete="CASCADE"), index=True)
    order_point_id: Mapped[int] = mapped_column(ForeignKey("order_point.id"))
    kind: Mapped[AmendmentChangeKind] = mapped_column(stored_by_value(AmendmentChangeKind))
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    # How many assignments the change touched; which ones is in their own histories.
    touched: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
