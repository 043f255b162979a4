"""A weakness that was seen, where it was seen, and why it arose."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_measures import FindingSeverity, FindingSource, FindingStatus
from app.models.scoped import OwnedByUnit, SharedInRegion, scope_key
from app.models.search_text import folded

MOST_WHYS = 5


class FindingCause(Identified, SharedInRegion, Versioned, Audited, Base):
    """An entry of the region's list of causes; one that is out of use stays with the findings that have it."""

    __tablename__ = "finding_cause"
    __table_args__ = (
        *scope_key("finding_cause"),
        UniqueConstraint("org_unit_id", "title"),
        CheckConstraint("title <> ''", name="titled"),
    )

    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.title


class Finding(Identified, OwnedByUnit, Versioned, Audited, Base):
    """Of the unit that has the weakness. `found_by_unit_id` is the unit that saw it: the wording is that unit's."""

    __tablename__ = "finding"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("finding"),
        UniqueConstraint("id", "org_unit_id", "region_id", "municipality_id", name="uq_finding_scope"),
        CheckConstraint("text <> ''", name="worded"),
        CheckConstraint("(source = 'criterion') = (score_id IS NOT NULL)", name="criterion_has_score"),
        CheckConstraint(
            "(score_id IS NULL) = (criterion_id IS NULL) AND (score_id IS NULL) = (round_id IS NULL) "
            "AND (score_id IS NULL) = (criterion_code = '')",
            name="score_is_told_whole",
        ),
        CheckConstraint("(source = 'assignment') = (assignment_id IS NOT NULL)", name="assignment_is_named"),
        CheckConstraint("source NOT IN ('inspection', 'calendar') OR ground <> ''", name="outside_has_ground"),
        CheckConstraint("(status = 'resolved') = (resolved_on IS NOT NULL)", name="resolved_has_day"),
        CheckConstraint("status <> 'dismissed' OR closing_reason <> ''", name="dismissed_has_reason"),
        # One weakness of one answer, or of one assignment, stands once; a dismissed one may be found again.
        Index(
            "uq_finding_score",
            "score_id",
            unique=True,
            sqlite_where=text("status <> 'dismissed'"),
            postgresql_where=text("status <> 'dismissed'"),
        ),
        Index(
            "uq_finding_assignment",
            "assignment_id",
            unique=True,
            sqlite_where=text("status <> 'dismissed'"),
            postgresql_where=text("status <> 'dismissed'"),
        ),
        Index("ix_finding_round_criterion", "round_id", "criterion_id", "municipality_id"),
        Index("ix_finding_region_status", "region_id", "municipality_id", "status"),
        Index("ix_finding_cause", "cause_id"),
    )

    source: Mapped[FindingSource] = mapped_column(stored_by_value(FindingSource), default=FindingSource.MANUAL)
    score_id: Mapped[int | None] = mapped_column(ForeignKey("criterion_score.id"))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    # Names the criterion in every edition of its set.
    criterion_code: Mapped[str] = mapped_column(default="")
    round_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_round.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    # The act of an inspection, the procedure of a calendar: who, number, day.
    ground: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    severity: Mapped[FindingSeverity] = mapped_column(stored_by_value(FindingSeverity), default=FindingSeverity.MAJOR)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("finding_cause.id"))
    # Answers to «почему?», the first first, five at most.
    whys: Mapped[list[str]] = mapped_column(default=list)
    found_on: Mapped[date]
    found_by_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("org_unit.id"))
    found_by: Mapped[str]
    status: Mapped[FindingStatus] = mapped_column(stored_by_value(FindingStatus), default=FindingStatus.OPEN)
    resolved_on: Mapped[date | None]
    closed_by: Mapped[str] = mapped_column(default="")
    closing_reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    @validates("text", "ground", "criterion_code")
    def _fold(self, key: str, value: str) -> str:
        parts = {"text": self.text, "ground": self.ground, "criterion_code": self.criterion_code, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return f"{self.criterion_code}. {self.text}" if self.criterion_code else self.text


class FindingPoint(Identified, OwnedByUnit, Audited, Base):
    """Which point of an order answers the finding."""

    __tablename__ = "finding_point"
    __table_args__ = (
        *scope_key("finding_point"),
        UniqueConstraint("finding_id", "order_point_id"),
        ForeignKeyConstraint(
            ["finding_id", "org_unit_id", "region_id", "municipality_id"],
            ["finding.id", "finding.org_unit_id", "finding.region_id", "finding.municipality_id"],
            onupdate="CASCADE",
            name="fk_finding_point_finding",
        ),
    )

    finding_id: Mapped[int] = mapped_column(BigInteger)
    order_point_id: Mapped[int] = mapped_column(ForeignKey("order_point.id", ondelete="CASCADE"), index=True)
