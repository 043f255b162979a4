"""A set of criteria read whole, by a fixed number of statements: what sheets, grids and results stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.analysis.scoring import Scale
from app.models import Criterion, CriterionLevel, Framework, FrameworkSection, LevelBand
from app.models.enumeration import FrameworkStatus, Metric, ScaleKind, SmallSchools, UnitKind
from app.models.framework import applies
from app.policies.refusal import NotFound

# Answers that are picked, not typed as a number.
PICKED = frozenset({ScaleKind.YES_NO, ScaleKind.GRADED, ScaleKind.CHOICE})
YES, NO = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class LevelView:
    threshold: Decimal
    points: Decimal
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class CriterionView:
    id: int
    code: str
    title: str
    guidance: str
    # The title of the section that it stands in.
    section: str
    scale: ScaleKind
    max_points: Decimal
    weight: Decimal
    measure: str
    evidence_required: bool
    may_be_na: bool
    for_schools: bool
    for_municipalities: bool
    small_schools: SmallSchools
    metric: Metric | None
    rests_on_code: str
    basis: str
    source: str
    # Thresholds ascending.
    levels: tuple[LevelView, ...]
    version: int = 1

    @property
    def scoring_scale(self) -> Scale:
        return Scale(self.scale, self.max_points, tuple((one.threshold, one.points) for one in self.levels))

    def is_for(self, kind: UnitKind) -> bool:
        """Whether sheets of this kind may have it, whatever the unit."""
        return self.for_municipalities if kind is UnitKind.MUNICIPALITY else self.for_schools

    def applies_to(self, kind: UnitKind, *, is_small: bool) -> bool:
        """Whether a sheet of such a unit has this criterion."""
        return applies(self, kind, is_small=is_small)

    @property
    def choices(self) -> tuple[tuple[Decimal, str], ...]:
        """The answers to pick from, the best first; empty where a number is typed."""
        if self.scale is ScaleKind.YES_NO:
            return (YES, "да"), (NO, "нет")
        if self.scale not in PICKED:
            return ()
        return tuple((one.threshold, self.shown(one.threshold)) for one in reversed(self.levels))

    def shown(self, value: Decimal | None) -> str:
        """An answer in words: «да», «2 — есть, актуально», «83,5 %», «нарушений: 3»; empty for none."""
        if value is None:
            return ""
        if self.scale is ScaleKind.YES_NO:
            return "да" if value else "нет"
        if self.scale is ScaleKind.SHARE:
            return f"{plain(value)}\u00a0%"
        if self.scale is ScaleKind.NUMBER:
            return f"{self.measure}: {plain(value)}" if self.measure else plain(value)
        label = next((one.label for one in self.levels if one.threshold == value), "")
        if not label:
            return plain(value)
        return label if self.scale is ScaleKind.CHOICE else f"{plain(value)} — {label}"


@dataclass(frozen=True, slots=True)
class SectionView:
    id: int
    title: str
    description: str
    criteria: tuple[CriterionView, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Head:
    id: int
    title: str
    edition: int
    caution: str
    status: FrameworkStatus
    label: str


@dataclass(frozen=True)
class Contents:
    """`bands` are (name, from what percent on), the best first."""

    framework: Head
    sections: tuple[SectionView, ...]
    bands: tuple[tuple[str, Decimal], ...]

    @cached_property
    def criteria(self) -> tuple[CriterionView, ...]:
        """All of them in the order of the set."""
        return tuple(one for section in self.sections for one in section.criteria)

    @cached_property
    def by_id(self) -> dict[int, CriterionView]:
        return {one.id: one for one in self.criteria}

    @cached_property
    def by_code(self) -> dict[str, CriterionView]:
        return {one.code: one for one in self.criteria}

    def of(self, kind: UnitKind, *, is_small: bool) -> tuple[SectionView, ...]:
        """The sections of a sheet of such a unit, each with its criteria; without the empty ones."""
        cut = (
            replace(section, criteria=tuple(one for one in section.criteria if one.applies_to(kind, is_small=is_small)))
            for section in self.sections
        )
        return tuple(section for section in cut if section.criteria)


# What was published never changes: by the database, the number of the set and the moment of its publication.
_Kept = dict[tuple[int, datetime], tuple[tuple[SectionView, ...], tuple[tuple[str, Decimal], ...]]]
_KEPT: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
MOST_KEPT = 200


def contents(session: Session, framework_id: int) -> Contents:
    """One statement for a published set that this process has read before, four for others, whatever the set holds.

    Raises NotFound for one outside the actor's scope.
    """
    row = session.execute(
        select(
            Framework.id,
            Framework.title,
            Framework.edition,
            Framework.caution,
            Framework.status,
            Framework.published_at,
        ).where(Framework.id == framework_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    head = Head(row.id, row.title, row.edition, row.caution, row.status, f"{row.title}, редакция {row.edition}")
    if row.published_at is None:
        return Contents(head, _sections(session, framework_id), _bands(session, framework_id))
    kept = _KEPT.setdefault(session.get_bind().engine, {})
    key = (row.id, row.published_at)
    parts = kept.get(key)
    if parts is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        parts = kept[key] = (_sections(session, framework_id), _bands(session, framework_id))
    return Contents(head, *parts)


def _bands(session: Session, framework_id: int) -> tuple[tuple[str, Decimal], ...]:
    bands = session.execute(
        select(LevelBand.name, LevelBand.from_share)
        .where(LevelBand.framework_id == framework_id)
        .order_by(LevelBand.from_share.desc())
    )
    return tuple((band.name, band.from_share) for band in bands)


def _sections(session: Session, framework_id: int) -> tuple[SectionView, ...]:
    levels: dict[int, list[LevelView]] = {}
    for row in session.execute(
        select(
            CriterionLevel.criterion_id,
            CriterionLevel.threshold,
            CriterionLevel.points,
            CriterionLevel.label,
            CriterionLevel.description,
        )
        .where(CriterionLevel.framework_id == framework_id)
        .order_by(CriterionLevel.threshold)
    ):
        levels.setdefault(row.criterion_id, []).append(LevelView(*row[1:]))
    found: dict[int, tuple[FrameworkSection, list[CriterionView]]] = {}
    for section, criterion in session.execute(
        select(FrameworkSection, Criterion)
        .outerjoin(Criterion, Criterion.section_id == FrameworkSection.id)
        .where(FrameworkSection.framework_id == framework_id)
        .order_by(FrameworkSection.position, FrameworkSection.id, Criterion.position, Criterion.id)
    ):
        _, criteria = found.setdefault(section.id, (section, []))
        if criterion is not None:
            criteria.append(_criterion(criterion, section.title, levels.get(criterion.id, ())))
    return tuple(
        SectionView(section.id, section.title, section.description, tuple(criteria), section.version)
        for section, criteria in found.values()
    )


def _criterion(row: Criterion, section: str, levels: Iterable[LevelView]) -> CriterionView:
    return CriterionView(
        id=row.id,
        code=row.code,
        title=row.title,
        guidance=row.guidance,
        section=section,
        scale=row.scale,
        max_points=row.max_points,
        weight=row.weight,
        measure=row.measure,
        evidence_required=row.evidence_required,
        may_be_na=row.may_be_na,
        for_schools=row.for_schools,
        for_municipalities=row.for_municipalities,
        small_schools=row.small_schools,
        metric=row.metric,
        rests_on_code=row.rests_on_code,
        basis=row.basis,
        source=row.source,
        levels=tuple(levels),
        version=row.version,
    )


def plain(value: Decimal) -> str:
    """A decimal number as people write it: «83,5», «2»."""
    return f"{value.normalize():f}".replace(".", ",")
