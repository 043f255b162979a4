"""How much of a training requirement is met, within the reader's scope: by municipality, unit and person.

A fixed number of statements. Only open positions count: whoever leaves takes the coverage of the unit along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.analysis.training_forecast import Forecast, forecast
from app.models import OrgUnit, TrainingRequirement
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CoverageCount, RequirementStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.order_head import as_people_sort, name_of
from app.services.training_coverage_figures import STATES, CoverageState, Figures, PlaceRow
from app.services.training_coverage_rule import Rule, Standing, people, rules_of, units

__all__ = [
    "STATES",
    "Coverage",
    "CoverageState",
    "Figures",
    "PlaceRow",
    "PointCoverage",
    "UnitRow",
    "coverage",
    "coverage_of_points",
    "figures_of",
]

# A label only: the unit itself is in scope, and the database ties its column to the municipality.
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_unit")
_NAME = case((OrgUnit.short_name != "", OrgUnit.short_name), else_=OrgUnit.name)
STRAIGHT_UNDER_REGION = "Организации региона"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit asked; `people` by standing. `figures` is what it adds to the whole."""

    unit_id: int
    kind: UnitKind
    name: str
    municipality_id: int
    municipality: str
    state: CoverageState
    figures: Figures
    people: Mapping[Standing, int]
    covered_on: date | None

    @property
    def size(self) -> int:
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one requirement, in the reader's scope and cut."""

    counts: CoverageCount
    figures: Figures
    by_municipality: Sequence[PlaceRow]
    units: Sequence[UnitRow]
    forecast: Forecast

    @property
    def total(self) -> int:
        return self.figures.total

    @property
    def covered(self) -> int:
        return self.figures.covered

    @property
    def waiting(self) -> int:
        return self.figures.waiting

    @property
    def enrolled(self) -> int:
        return self.figures.enrolled

    @property
    def unknown(self) -> int:
        return self.figures.unknown

    @property
    def share(self) -> Decimal | None:
        return self.figures.share


@dataclass(frozen=True, slots=True)
class PointCoverage:
    """The requirement that an order's point is bound to, and how much of it is met."""

    requirement_id: int
    title: str
    figures: Figures


def coverage(
    session: Session,
    actor: Actor,
    requirement: TrainingRequirement,
    *,
    today: date,
    municipality_id: int | None = None,
) -> Coverage:
    """As the reader sees it; `municipality_id` cuts to one (the region's own number: units straight under it).

    Raises NotFound for a municipality outside the scope.
    """
    actor.require(Permission.REQUIREMENT_READ)
    if municipality_id is not None and session.get(OrgUnit, municipality_id) is None:
        raise NotFound
    rule = rules_of(session, [requirement])[0]
    cut = [] if municipality_id is None else [OrgUnit.municipality_id == municipality_id]
    rows = _unit_rows(session, rule, today, cut)
    places: dict[int, PlaceRow] = {}
    whole = Figures()
    for row in rows:
        place = places.setdefault(row.municipality_id, PlaceRow(row.municipality_id, row.municipality))
        place.figures += row.figures
        place.units += 1
        whole += row.figures
    days = _days(session, rule, rows, today, cut)
    # In the mode «каждый» a unit that has told nothing about its people has at least one to train.
    silent = whole.unknown if rule.counts is CoverageCount.PEOPLE else 0
    told = forecast(
        max(whole.total + silent, sum(days.values())),
        days,
        starts_on=rule.starts_on,
        due_on=rule.due_on,
        today=today,
    )
    return Coverage(rule.counts, whole, tuple(places.values()), tuple(rows), told)


def figures_of(
    session: Session, requirements: Sequence[TrainingRequirement], *, today: date, unit_id: int | None = None
) -> dict[int, Figures]:
    """By requirement, two statements whatever their number; `unit_id` cuts to one unit and all below it."""
    if not requirements:
        return {}
    statement = _summed_up(tuple(rules_of(session, requirements)), today, unit_id)
    return {
        row.requirement_id: Figures(row.total, row.covered, row.waiting, row.enrolled, row.missing, row.unknown)
        for row in session.execute(statement)
    }


@lru_cache(maxsize=256)
def _summed_up(rules: tuple[Rule, ...], today: date, unit_id: int | None) -> Any:
    """Built once for the day and kept: the home page asks it of everybody."""
    cut: list[ColumnElement[bool]] = []
    if unit_id is not None:
        cut = [(OrgUnit.id == unit_id) | (OrgUnit.municipality_id == unit_id) | (OrgUnit.region_id == unit_id)]
    parts = [_summed(rule, today, cut) for rule in rules]
    statement: Any = parts[0] if len(parts) == 1 else union_all(*parts)
    return statement.execution_options(kept=True)


def coverage_of_points(
    session: Session, point_ids: Collection[int], today: date, *, unit_id: int | None = None
) -> dict[int, PointCoverage]:
    """By order point, of the requirements that the reader sees; three statements whatever their number.

    A requirement that is not yet in force shows nothing. `unit_id` cuts to one unit and all below it.
    """
    if not point_ids:
        return {}
    bound = session.scalars(
        select(TrainingRequirement).where(
            TrainingRequirement.order_point_id.in_(point_ids),
            TrainingRequirement.status != RequirementStatus.DRAFT,
        )
    ).all()
    figures = figures_of(session, bound, today=today, unit_id=unit_id)
    return {
        one.order_point_id: PointCoverage(one.id, one.title, figures.get(one.id, Figures()))
        for one in bound
        if one.order_point_id is not None
    }


def by_place(rows: Iterable[UnitRow]) -> list[UnitRow]:
    """Municipalities by name, those straight under the region last; the municipality itself before its schools."""
    return sorted(
        rows,
        key=lambda row: (
            row.municipality == STRAIGHT_UNDER_REGION,
            as_people_sort(row.municipality),
            row.municipality_id,
            row.kind is not UnitKind.MUNICIPALITY,
            as_people_sort(row.name),
            row.unit_id,
        ),
    )


def _unit_rows(session: Session, rule: Rule, today: date, cut: Collection[ColumnElement[bool]]) -> list[UnitRow]:
    statement = units(
        rule,
        today,
        OrgUnit.id,
        OrgUnit.kind,
        _NAME.label("name"),
        OrgUnit.municipality_id,
        _MUNICIPALITY.c.kind.label("municipality_kind"),
        name_of(_MUNICIPALITY).label("municipality"),
        cut=cut,
    ).join(_MUNICIPALITY, _MUNICIPALITY.c.id == OrgUnit.municipality_id)
    return by_place(_unit_row(row, rule.counts) for row in session.execute(statement))


def _unit_row(row: Any, counts: CoverageCount) -> UnitRow:
    sizes = {standing: int(getattr(row, standing.name.lower()) or 0) for standing in Standing}
    state = CoverageState.UNKNOWN if row.best is None else STATES[Standing(row.best)]
    return UnitRow(
        unit_id=row.id,
        kind=row.kind,
        name=row.name,
        municipality_id=row.municipality_id,
        municipality=STRAIGHT_UNDER_REGION if row.municipality_kind == UnitKind.REGION else row.municipality,
        state=state,
        figures=_one_unit(state) if counts is CoverageCount.UNITS else _its_people(state, sizes),
        people=sizes,
        covered_on=row.first_on,
    )


def _one_unit(state: CoverageState) -> Figures:
    figures = Figures(total=1)
    setattr(figures, state.value, 1)
    return figures


def _its_people(state: CoverageState, sizes: Mapping[Standing, int]) -> Figures:
    return Figures(
        total=sum(sizes.values()),
        covered=sizes[Standing.COVERED],
        waiting=sizes[Standing.WAITING],
        enrolled=sizes[Standing.ENROLLED],
        missing=sizes[Standing.MISSING],
        unknown=int(state is CoverageState.UNKNOWN),
    )


def _summed(rule: Rule, today: date, cut: Collection[ColumnElement[bool]]) -> Any:
    """The same figures added up by the database."""
    each = units(rule, today, OrgUnit.id, cut=cut).subquery()

    def whole(expression: Any) -> Any:
        return func.coalesce(func.sum(expression), 0)

    unknown = whole(case((each.c.best.is_(None), 1), else_=0))
    if rule.counts is CoverageCount.UNITS:
        parts = {one: whole(case((each.c.best == int(one), 1), else_=0)) for one in Standing}
        total = func.count(each.c.id)
    else:
        parts = {one: whole(each.c[one.name.lower()]) for one in Standing}
        total = parts[Standing.COVERED] + parts[Standing.WAITING] + parts[Standing.ENROLLED] + parts[Standing.MISSING]
    return select(
        literal(rule.requirement_id).label("requirement_id"),
        total.label("total"),
        *(part.label(one.name.lower()) for one, part in parts.items()),
        unknown.label("unknown"),
    ).select_from(each)


def _days(
    session: Session, rule: Rule, rows: Sequence[UnitRow], today: date, cut: Collection[ColumnElement[bool]]
) -> dict[date, int]:
    """How many were first covered on each day."""
    found: dict[date, int] = {}
    if rule.counts is CoverageCount.UNITS:
        for row in rows:
            if row.covered_on is not None:
                found[row.covered_on] = found.get(row.covered_on, 0) + 1
        return found
    each = people(rule, today)
    asked = units(rule, today, OrgUnit.id, cut=cut).subquery()
    counted = (
        select(each.c.first_on, func.count().label("amount"))
        .join(asked, asked.c.id == each.c.unit_id)
        .where(each.c.first_on.is_not(None))
        .group_by(each.c.first_on)
    )
    return {row.first_on: row.amount for row in session.execute(counted)}
