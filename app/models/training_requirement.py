"""Who must be trained on what by when: the rule against which coverage is counted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import CoverageCount, RequirementStatus
from app.models.scoped import PartOfRequirement, PublishedByUnit, scope_key
from app.models.search_text import folded


class TrainingRequirement(Identified, PublishedByUnit, Versioned, Audited, Base):
    """A certificate counts when it is confirmed, on the topic, of enough hours, and issued within the period; where
    `accepts_valid` says so, also one issued earlier that is still valid on its last day.
    """

    __tablename__ = "training_requirement"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("training_requirement"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("starts_on <= due_on", name="period"),
        CheckConstraint("min_hours >= 0", name="hours"),
        CheckConstraint("status = 'draft' OR activated_on IS NOT NULL", name="active_has_day"),
        # One point shows one coverage.
        Index("uq_training_requirement_point", "order_point_id", unique=True),
    )

    title: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    topic_id: Mapped[int] = mapped_column(ForeignKey("training_topic.id"), index=True)
    # Values of PositionKind, at least one.
    positions: Mapped[list[str]] = mapped_column(default=list)
    counts: Mapped[CoverageCount] = mapped_column(stored_by_value(CoverageCount), default=CoverageCount.UNITS)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    min_hours: Mapped[int] = mapped_column(default=0)
    accepts_valid: Mapped[bool] = mapped_column(default=False)
    status: Mapped[RequirementStatus] = mapped_column(
        stored_by_value(RequirementStatus), default=RequirementStatus.DRAFT
    )
    activated_on: Mapped[date | None]
    # The point of an order that this coverage is the progress of.
    order_point_id: Mapped[int | None] = mapped_column(ForeignKey("order_point.id", ondelete="SET NULL"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    addressees: Mapped[list[RequirementAddressee]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="RequirementAddressee.id"
    )

    @validates("title", "basis")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "basis": self.basis, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title


class RequirementAddressee(Identified, PartOfRequirement, Audited, Base):
    """One clause of the rule «чьи работники»; read anew each time, so that a school opened later is counted too."""

    __tablename__ = "requirement_addressee"
    __table_args__ = (
        UniqueConstraint("requirement_id", "kind", "org_unit_id"),
        CheckConstraint("kind NOT IN ('schools_of', 'unit', 'except') OR org_unit_id IS NOT NULL", name="names_unit"),
    )

    kind: Mapped[AddresseeClauseKind] = mapped_column(stored_by_value(AddresseeClauseKind))
    org_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("org_unit.id"))
