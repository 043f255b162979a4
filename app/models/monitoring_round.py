"""A monitoring round: who assesses themselves by which set of criteria, and until when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import AddresseeClauseKind, RoundDate, RoundStatus
from app.models.scoped import OwnedByUnit, PartOfRound, PublishedByUnit, scope_key
from app.models.search_text import folded


class MonitoringRound(Identified, PublishedByUnit, Versioned, Audited, Base):
    """Dates are days of the region, the last of each inclusive. Until `due_on` a sheet is in time, until `locks_on` it
    is taken late, and after that until `late_until` from units with a permit of their own.
    """

    __tablename__ = "monitoring_round"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("monitoring_round"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("opens_on <= due_on AND due_on <= locks_on", name="dates"),
        CheckConstraint("late_until IS NULL OR late_until >= locks_on", name="late_window"),
        CheckConstraint("(status = 'draft') = (opened_at IS NULL)", name="opened_has_moment"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_moment"),
        CheckConstraint("previous_round_id IS NULL OR previous_round_id <> id", name="not_its_own_previous"),
        Index("ix_monitoring_round_framework", "framework_id"),
    )

    title: Mapped[str]
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"))
    previous_round_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_round.id"))
    # The act by which the round is held: «приказ № 5 от 01.09.2026».
    basis: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    opens_on: Mapped[date]
    due_on: Mapped[date]
    locks_on: Mapped[date]
    late_until: Mapped[date | None]
    status: Mapped[RoundStatus] = mapped_column(stored_by_value(RoundStatus), default=RoundStatus.DRAFT)
    # Held by a municipality for its own schools: acceptance is final there.
    is_municipal: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(default="")

    addressees: Mapped[list[RoundAddressee]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="RoundAddressee.id"
    )

    @validates("title")
    def _fold(self, key: str, value: str) -> str:
        del key
        self.search = folded(value)
        return value

    @property
    def label(self) -> str:
        return self.title


class RoundAddressee(Identified, PartOfRound, Audited, Base):
    """One clause of the rule «кто заполняет»; at the opening the rule becomes sheets, and both are kept."""

    __tablename__ = "round_addressee"
    __table_args__ = (
        UniqueConstraint("round_id", "kind", "org_unit_id"),
        CheckConstraint("kind NOT IN ('schools_of', 'unit', 'except') OR org_unit_id IS NOT NULL", name="names_unit"),
        CheckConstraint("kind <> 'all_providers'", name="no_providers"),
    )

    kind: Mapped[AddresseeClauseKind] = mapped_column(stored_by_value(AddresseeClauseKind))
    org_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("org_unit.id"))


class RoundDateChange(Identified, PartOfRound, Audited, Base):
    """The act that moved a date of an opened round."""

    __tablename__ = "round_date_change"
    __table_args__ = (
        CheckConstraint("act <> ''", name="has_act"),
        CheckConstraint("before IS NULL OR after <> before", name="moves"),
    )

    what: Mapped[RoundDate] = mapped_column(stored_by_value(RoundDate))
    before: Mapped[date | None]
    after: Mapped[date]
    act: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class LatePermit(Identified, OwnedByUnit, Audited, Base):
    """A unit may hand its sheet in after the lock: until when, why, and who allowed it."""

    __tablename__ = "late_permit"
    __table_args__ = (
        *scope_key("late_permit"),
        UniqueConstraint("round_id", "org_unit_id"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("monitoring_round.id"), index=True)
    until: Mapped[date]
    reason: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
