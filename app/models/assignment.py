"""An assignment: one point × one unit, with its own term, state, reports and evidence."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import AssignmentOrigin, AssignmentStatus, PeriodStatus
from app.models.scoped import OwnedByUnit, scope_key

CLOSED_STATUSES = frozenset({AssignmentStatus.DONE, AssignmentStatus.OFF_CONTROL, AssignmentStatus.WITHDRAWN})
FULFILLED_STATUSES = frozenset({AssignmentStatus.DONE, AssignmentStatus.OFF_CONTROL})


class Assignment(Identified, OwnedByUnit, Versioned, Audited, Base):
    __tablename__ = "assignment"
    __table_args__ = (
        *scope_key("assignment"),
        UniqueConstraint("order_point_id", "org_unit_id"),
        ForeignKeyConstraint(
            ["order_point_id", "order_id"], ["order_point.id", "order_point.order_id"], name="fk_assignment_point"
        ),
        CheckConstraint("(status IN ('done', 'off_control')) = (done_on IS NOT NULL)", name="done_has_day"),
        CheckConstraint("(status = 'off_control') = (off_control_on IS NOT NULL)", name="off_control_has_day"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn_has_day"),
        CheckConstraint("status <> 'withdrawn' OR closing_reason <> ''", name="withdrawn_has_reason"),
        CheckConstraint("status <> 'submitted' OR submitted_by_id IS NOT NULL", name="submitted_by_somebody"),
        CheckConstraint("(origin = 'cascaded') = (parent_id IS NOT NULL)", name="cascaded_has_parent"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="no_parent_of_itself"),
        Index("ix_assignment_region_due", "region_id", "due_on", "id"),
        Index("ix_assignment_municipality_due", "municipality_id", "due_on", "id"),
        Index("ix_assignment_unit_due", "org_unit_id", "due_on", "id"),
        Index("ix_assignment_region_status", "region_id", "municipality_id", "status"),
        Index("ix_assignment_order", "order_id", "order_point_id", "org_unit_id"),
        Index("ix_assignment_order_municipality", "municipality_id", "order_id"),
        Index("ix_assignment_order_unit", "org_unit_id", "order_id"),
        Index("ix_assignment_parent", "parent_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    order_point_id: Mapped[int] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    # The unit that gave it: the order's issuer, or the municipality that split its own.
    given_by_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    origin: Mapped[AssignmentOrigin] = mapped_column(stored_by_value(AssignmentOrigin), default=AssignmentOrigin.ISSUED)
    status: Mapped[AssignmentStatus] = mapped_column(
        stored_by_value(AssignmentStatus), default=AssignmentStatus.ASSIGNED
    )
    due_on: Mapped[date | None]
    original_due_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The day on which it was really done: the day of the report that was accepted.
    done_on: Mapped[date | None]
    off_control_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    closing_reason: Mapped[str] = mapped_column(default="")
    responsible: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    # Checked by the region over the municipality's head: shown as such.
    stepped_in: Mapped[bool] = mapped_column(default=False)

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today and self.status not in CLOSED_STATUSES

    @property
    def was_late(self) -> bool:
        return self.due_on is not None and self.done_on is not None and self.done_on > self.due_on

    @property
    def is_extended(self) -> bool:
        return self.due_on != self.original_due_on and self.original_due_on is not None


class AssignmentPeriod(Identified, OwnedByUnit, Audited, Base):
    """One occurrence of a recurring point: a period to report on, with a day of its own."""

    __tablename__ = "assignment_period"
    __table_args__ = (
        *scope_key("assignment_period"),
        UniqueConstraint("assignment_id", "due_on"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("(status = 'accepted') = (done_on IS NOT NULL)", name="accepted_has_day"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[PeriodStatus] = mapped_column(stored_by_value(PeriodStatus), default=PeriodStatus.OPEN)
    done_on: Mapped[date | None]
