"""A versioned set of criteria: sections, criteria, the levels of their scales, the bands of the result."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.base import Audited, Base, Exact, Identified, Versioned, stored_by_value
from app.models.enumeration import FrameworkStatus, Metric, ScaleKind, SmallSchools, UnitKind
from app.models.scoped import PartOfFramework, PublishedByUnit, scope_key
from app.models.search_text import folded


class Framework(Identified, PublishedByUnit, Versioned, Audited, Base):
    """One edition. What was published never changes, triggers refuse it; a new edition is made from it."""

    __tablename__ = "framework"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("framework"),
        UniqueConstraint("org_unit_id", "title", "edition"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("(status = 'draft') = (published_at IS NULL)", name="published_has_moment"),
    )

    title: Mapped[str]
    edition: Mapped[int] = mapped_column(default=1)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("framework.id"))
    status: Mapped[FrameworkStatus] = mapped_column(stored_by_value(FrameworkStatus), default=FrameworkStatus.DRAFT)
    # What everyone who sees the set must know of its standing: «предложение, не официальная форма».
    caution: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")

    sections: Mapped[list[FrameworkSection]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="FrameworkSection.position, FrameworkSection.id",
    )
    bands: Mapped[list[LevelBand]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="LevelBand.from_share.desc()"
    )

    @validates("title")
    def _fold(self, key: str, value: str) -> str:
        del key
        self.search = folded(value)
        return value

    @property
    def label(self) -> str:
        return f"{self.title}, редакция {self.edition}"


class FrameworkSection(Identified, PartOfFramework, Versioned, Audited, Base):
    __tablename__ = "framework_section"
    __table_args__ = (
        UniqueConstraint("id", "framework_id"),
        UniqueConstraint("framework_id", "title"),
        CheckConstraint("title <> ''", name="titled"),
    )

    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")

    criteria: Mapped[list[Criterion]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Criterion.position, Criterion.id",
        foreign_keys="[Criterion.section_id, Criterion.framework_id]",
        overlaps="framework_id",
    )

    @property
    def label(self) -> str:
        return self.title


class Criterion(Identified, PartOfFramework, Versioned, Audited, Base):
    """What is assessed. `code` names the criterion in every edition: rounds are compared by it."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("id", "framework_id"),
        UniqueConstraint("framework_id", "code"),
        ForeignKeyConstraint(
            ["section_id", "framework_id"],
            ["framework_section.id", "framework_section.framework_id"],
            ondelete="CASCADE",
            name="fk_criterion_section",
        ),
        CheckConstraint("code <> '' AND title <> ''", name="named"),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("max_points > 0", name="max_points"),
        CheckConstraint("for_schools OR for_municipalities", name="for_somebody"),
    )

    section_id: Mapped[int] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str]
    title: Mapped[str]
    # How it is judged and what serves as proof.
    guidance: Mapped[str] = mapped_column(default="")
    scale: Mapped[ScaleKind] = mapped_column(stored_by_value(ScaleKind), default=ScaleKind.GRADED)
    # The points of the best answer: the highest of the levels where there are levels.
    max_points: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(2))
    weight: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(1))
    # Of a number: «дней», «нарушений».
    measure: Mapped[str] = mapped_column(default="")
    evidence_required: Mapped[bool] = mapped_column(default=False)
    may_be_na: Mapped[bool] = mapped_column(default=True)
    for_schools: Mapped[bool] = mapped_column(default=True)
    for_municipalities: Mapped[bool] = mapped_column(default=False)
    small_schools: Mapped[SmallSchools] = mapped_column(stored_by_value(SmallSchools), default=SmallSchools.ANY)
    metric: Mapped[Metric | None] = mapped_column(stored_by_value(Metric))
    # A good answer here contradicts the worst answer there: «размещено» without «утверждено».
    rests_on_code: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")

    levels: Mapped[list[CriterionLevel]] = relationship(
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="CriterionLevel.threshold",
        foreign_keys="[CriterionLevel.criterion_id, CriterionLevel.framework_id]",
        overlaps="framework_id",
    )

    @property
    def label(self) -> str:
        return f"{self.code}. {self.title}"

    def applies_to(self, kind: UnitKind, *, is_small: bool) -> bool:
        """Whether a sheet of such a unit has this criterion."""
        return applies(self, kind, is_small=is_small)


def applies(criterion: Any, kind: UnitKind, *, is_small: bool) -> bool:
    """For whom a criterion is: a row, or a view that bears the names of its columns."""
    if kind is UnitKind.MUNICIPALITY:
        return bool(criterion.for_municipalities)
    if kind is not UnitKind.SCHOOL or not criterion.for_schools:
        return False
    return criterion.small_schools is SmallSchools.ANY or (criterion.small_schools is SmallSchools.ONLY) == is_small


class CriterionLevel(Identified, PartOfFramework, Audited, Base):
    """A level of a scale. `threshold` is the answer itself (graded, choice), or the least one (share, number)."""

    __tablename__ = "criterion_level"
    __table_args__ = (
        UniqueConstraint("criterion_id", "threshold"),
        ForeignKeyConstraint(
            ["criterion_id", "framework_id"],
            ["criterion.id", "criterion.framework_id"],
            ondelete="CASCADE",
            name="fk_criterion_level_criterion",
        ),
        CheckConstraint("points >= 0", name="points"),
    )

    criterion_id: Mapped[int] = mapped_column(index=True)
    threshold: Mapped[Decimal] = mapped_column(Exact(2))
    points: Mapped[Decimal] = mapped_column(Exact(2))
    label: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")


class LevelBand(Identified, PartOfFramework, Audited, Base):
    """A level of the whole result: «высокий» from 85 % on."""

    __tablename__ = "level_band"
    __table_args__ = (
        UniqueConstraint("framework_id", "name"),
        UniqueConstraint("framework_id", "from_share"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("from_share BETWEEN 0 AND 10000", name="share"),
    )

    name: Mapped[str]
    # Percent, the least of the band.
    from_share: Mapped[Decimal] = mapped_column(Exact(2))
