"""What a unit reports on its assignment, and what it asks for when the term is too short."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, stored_by_value
from app.models.enumeration import ExtensionStatus, ReportKind, ReportOutcome, ReportStatus
from app.models.scoped import OwnedByUnit, scope_key


class AssignmentReport(Identified, OwnedByUnit, Audited, Base):
    __tablename__ = "assignment_report"
    __table_args__ = (
        *scope_key("assignment_report"),
        CheckConstraint("outcome <> 'not_done' OR reason <> ''", name="not_done_has_reason"),
        CheckConstraint("status <> 'returned' OR remark <> ''", name="returned_has_remark"),
        CheckConstraint("status IN ('submitted', 'recalled') OR checked_at IS NOT NULL", name="checked_has_moment"),
        # One final report waits for a check at a time.
        Index(
            "uq_assignment_report_waiting",
            "assignment_id",
            unique=True,
            sqlite_where=text("status = 'submitted' AND kind = 'final'"),
            postgresql_where=text("status = 'submitted' AND kind = 'final'"),
        ),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    period_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_period.id"))
    kind: Mapped[ReportKind] = mapped_column(stored_by_value(ReportKind), default=ReportKind.FINAL)
    outcome: Mapped[ReportOutcome] = mapped_column(stored_by_value(ReportOutcome))
    status: Mapped[ReportStatus] = mapped_column(stored_by_value(ReportStatus), default=ReportStatus.SUBMITTED)
    text: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime]
    submitted_on: Mapped[date]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Names as they were on the day: histories outlive accounts and cross the borders of scopes.
    submitted_by: Mapped[str]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")


class TermExtension(Identified, OwnedByUnit, Audited, Base):
    """A request for a later term: asked with a reason, granted or refused, kept."""

    __tablename__ = "term_extension"
    __table_args__ = (
        *scope_key("term_extension"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("status NOT IN ('granted', 'refused') OR decided_at IS NOT NULL", name="decided_has_moment"),
        CheckConstraint("status <> 'refused' OR decision_note <> ''", name="refused_has_note"),
        Index(
            "uq_term_extension_asked",
            "assignment_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    # Whoever gave the assignment decides: the order's issuer, or the municipality that split its own.
    given_by_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    due_before: Mapped[date]
    due_after: Mapped[date]
    reason: Mapped[str]
    status: Mapped[ExtensionStatus] = mapped_column(stored_by_value(ExtensionStatus), default=ExtensionStatus.ASKED)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decision_note: Mapped[str] = mapped_column(default="")
