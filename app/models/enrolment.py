"""A person's way through a training group, from the plan to the document, and their attendance."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_training import EnrolmentStatus, TrainingResult
from app.models.scoped import OfStaffMember, staff_key

# What takes a seat of the group.
SEATED_STATUSES = frozenset(
    {
        EnrolmentStatus.APPLIED,
        EnrolmentStatus.ENROLLED,
        EnrolmentStatus.STUDYING,
        EnrolmentStatus.COMPLETED,
        EnrolmentStatus.CERTIFIED,
    }
)
# What the provider sees: a plan of the school or the ministry is not yet an application.
SHOWN_TO_PROVIDER = frozenset(EnrolmentStatus) - {EnrolmentStatus.PLANNED, EnrolmentStatus.WITHDRAWN}
# Ended without a document; each has its reason.
LEFT_STATUSES = frozenset(
    {EnrolmentStatus.DROPPED, EnrolmentStatus.NO_SHOW, EnrolmentStatus.REFUSED, EnrolmentStatus.WITHDRAWN}
)


class Enrolment(Identified, OfStaffMember, Versioned, Audited, Base):
    __tablename__ = "enrolment"
    __table_args__ = (
        *staff_key("enrolment"),
        ForeignKeyConstraint(
            ["group_id", "provider_unit_id"],
            ["training_group.id", "training_group.org_unit_id"],
            onupdate="CASCADE",
            name="fk_enrolment_group",
        ),
        UniqueConstraint("group_id", "staff_member_id"),
        CheckConstraint(
            "status NOT IN ('enrolled', 'studying', 'completed', 'certified') OR enrolled_on IS NOT NULL",
            name="enrolled_has_day",
        ),
        CheckConstraint(
            "status NOT IN ('completed', 'certified') OR (completed_on IS NOT NULL AND result = 'passed')",
            name="completed_has_result",
        ),
        CheckConstraint(
            "(status IN ('dropped', 'no_show', 'refused', 'withdrawn')) = (left_reason <> '')", name="left_has_reason"
        ),
        Index("ix_enrolment_provider", "provider_unit_id", "status"),
        Index("ix_enrolment_group_status", "group_id", "status"),
    )

    group_id: Mapped[int]
    provider_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    status: Mapped[EnrolmentStatus] = mapped_column(stored_by_value(EnrolmentStatus), default=EnrolmentStatus.APPLIED)
    # The unit that sent the person, and what they were there on that day.
    sent_by_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    position: Mapped[str] = mapped_column(default="")
    # Places in the waiting list go by this moment.
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str] = mapped_column(default="")
    requirement_id: Mapped[int | None] = mapped_column(ForeignKey("training_requirement.id"))
    enrolled_on: Mapped[date | None]
    enrolment_act: Mapped[str] = mapped_column(default="")
    result: Mapped[TrainingResult | None] = mapped_column(stored_by_value(TrainingResult))
    grade: Mapped[str] = mapped_column(default="")
    completed_on: Mapped[date | None]
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(default="")

    # How the journal calls it: whose it is, told by whoever writes it. No column, hence no annotation.
    if TYPE_CHECKING:
        label: str
    else:
        label = ""


class Attendance(Identified, OfStaffMember, Audited, Base):
    """Present or absent on a day of the group; no row: not marked."""

    __tablename__ = "attendance"
    __table_args__ = (*staff_key("attendance"), UniqueConstraint("session_id", "enrolment_id"))

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    present: Mapped[bool]
