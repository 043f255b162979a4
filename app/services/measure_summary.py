"""The municipal and regional summary of findings and measures, in the reader's scope.

A finding counts in the place of its unit, a measure in the place of the unit that carries it out: so the places add up
to the whole. A fixed number of statements, whatever the number of units, findings and measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, select, union
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Criterion, Finding, MeasureFinding, OrgUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.measure_cut import NAME, STRAIGHT_UNDER_REGION, UNIT, causes_to_choose
from app.services.measure_tally import Figures, total_of
from app.services.order_head import as_people_sort, name_of

# Whether a finding has measures is no secret to whoever sees it.
_MEASURE = cast(Table, CorrectiveMeasure.__table__).alias("measure_of_finding")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_row")
NO_CAUSE = "Причина не указана"
NO_CRITERION = "Недостатки не по критериям"
# Units that stand in the summary though nothing was found there.
_KINDS = (UnitKind.MUNICIPALITY, UnitKind.SCHOOL)


@dataclass(slots=True)
class UnitRow:
    """A unit: what was found in it, and the measures that it carries out."""

    unit_id: int
    name: str
    municipality_id: int
    municipality: str
    figures: Figures = field(default_factory=Figures)


@dataclass(slots=True)
class PlaceRow:
    """A municipality with its units; for what stands straight under the region its number is the region's."""

    municipality_id: int
    name: str
    figures: Figures = field(default_factory=Figures)
    units: int = 0


@dataclass(slots=True)
class CauseRow:
    """A measure counts under each cause of the findings that it answers."""

    cause_id: int | None
    title: str
    figures: Figures = field(default_factory=Figures)


@dataclass(slots=True)
class CriterionRow:
    """A measure counts under the criterion of its figure and those of the findings that it answers."""

    code: str
    title: str
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True)
class Summary:
    """`figures` is the sum of the places, and of the units."""

    figures: Figures
    places: Sequence[PlaceRow]
    units: Sequence[UnitRow]
    causes: Sequence[CauseRow]
    criteria: Sequence[CriterionRow]


def summary(session: Session, actor: Actor, *, today: date, municipality_id: int | None = None) -> Summary:
    """As the reader sees it; `municipality_id` cuts to one (the region's own number: what stands straight under it).

    Raises NotFound for a municipality outside the scope.
    """
    actor.require(Permission.MEASURE_READ)
    if municipality_id is not None and session.get(OrgUnit, municipality_id) is None:
        raise NotFound
    units = _units(session, municipality_id, today)
    places: dict[int, PlaceRow] = {}
    for row in units:
        place = places.setdefault(row.municipality_id, PlaceRow(row.municipality_id, row.municipality))
        place.figures += row.figures
        place.units += 1
    return Summary(
        total_of([row.figures for row in units]),
        tuple(places.values()),
        tuple(units),
        tuple(_causes(session, municipality_id, today)),
        tuple(_criteria(session, municipality_id, today)),
    )


# ── by unit ──────────────────────────────────────────────────────────────────────────────────────────────────


def _units(session: Session, municipality_id: int | None, today: date) -> list[UnitRow]:
    rows: dict[int, UnitRow] = {}

    def row_of(found: Any) -> UnitRow:
        straight = found.municipality_id == found.region_id
        place = STRAIGHT_UNDER_REGION if straight else found.municipality
        return rows.setdefault(found.unit_id, UnitRow(found.unit_id, found.unit, found.municipality_id, place))

    for found in session.execute(_acting_units(municipality_id)):
        row_of(found)
    for found in session.execute(_findings(municipality_id, *_place(Finding), named=True)):
        row_of(found).figures.add_findings(found.status, found.amount, bare=bool(found.bare))
    for found in session.execute(_measures(municipality_id, today, *_place(CorrectiveMeasure), named=True)):
        row_of(found).figures.add_measures(found.status, found.amount, late=bool(found.late), effect=found.effect)
    return sorted(rows.values(), key=_by_place)


def _place(model: Any) -> tuple[Any, ...]:
    return (model.org_unit_id.label("unit_id"), model.municipality_id, model.region_id)


def _acting_units(municipality_id: int | None) -> Select[Any]:
    acting: Select[Any] = (
        select(
            OrgUnit.id.label("unit_id"),
            OrgUnit.municipality_id,
            OrgUnit.region_id,
            NAME.label("unit"),
            name_of(_MUNICIPALITY).label("municipality"),
        )
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == OrgUnit.municipality_id)
        .where(OrgUnit.closed_on.is_(None), OrgUnit.kind.in_(_KINDS), *_cut(OrgUnit, municipality_id))
    )
    return acting


def _by_place(row: UnitRow) -> tuple[Any, ...]:
    """Municipalities by name, what stands straight under the region last; a municipality before its schools."""
    return (
        row.municipality == STRAIGHT_UNDER_REGION,
        as_people_sort(row.municipality),
        row.municipality_id,
        row.unit_id != row.municipality_id,
        as_people_sort(row.name),
        row.unit_id,
    )


# ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────


def _cut(model: Any, municipality_id: int | None) -> list[ColumnElement[bool]]:
    return [] if municipality_id is None else [model.municipality_id == municipality_id]


def answered_findings() -> Any:
    """Numbers of the findings that have a measure which is not cancelled."""
    return (
        select(MeasureFinding.finding_id)
        .join(_MEASURE, _MEASURE.c.id == MeasureFinding.measure_id)
        .where(_MEASURE.c.status != MeasureStatus.CANCELLED.value)
    )


def _findings(municipality_id: int | None, *keys: Any, named: bool = False) -> Select[Any]:
    bare = case((Finding.id.in_(answered_findings()), 0), else_=1).label("bare")
    inner = select(Finding.id, Finding.criterion_id, *keys, Finding.status, bare)
    each = inner.where(*_cut(Finding, municipality_id)).subquery()
    names = [each.c[key.key] for key in keys]
    shown = [*names, each.c.status, each.c.bare]
    statement = select(*shown, func.count().label("amount"), func.max(each.c.criterion_id).label("criterion_id"))
    return _with_names(statement.group_by(*shown), each) if named else statement.group_by(*shown)


def _measures(
    municipality_id: int | None, today: date, *keys: Any, named: bool = False, among: Any = None
) -> Select[Any]:
    """`among` is a subquery of pairs (measure, key) of which the keys are taken."""
    late = case(((CorrectiveMeasure.due_on < today) & CorrectiveMeasure.status.in_(LIVE_STATUSES), 1), else_=0).label(
        "late"
    )
    inner = select(CorrectiveMeasure.id, *keys, CorrectiveMeasure.status, CorrectiveMeasure.effect, late)
    if among is not None:
        inner = inner.join(among, among.c.measure_id == CorrectiveMeasure.id)
    each = inner.where(*_cut(CorrectiveMeasure, municipality_id)).subquery()
    shown = [*(each.c[key.key] for key in keys), each.c.status, each.c.effect, each.c.late]
    statement = select(*shown, func.count().label("amount")).group_by(*shown)
    return _with_names(statement, each) if named else statement


def _with_names(statement: Select[Any], each: Any) -> Select[Any]:
    """Names only: the row is in scope, and a composite key ties its columns to the units."""
    return (
        statement.add_columns(
            func.min(name_of(UNIT)).label("unit"), func.min(name_of(_MUNICIPALITY)).label("municipality")
        )
        .join(UNIT, UNIT.c.id == each.c.unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == each.c.municipality_id)
    )


# ── by cause, by criterion ───────────────────────────────────────────────────────────────────────────────────


def _causes(session: Session, municipality_id: int | None, today: date) -> list[CauseRow]:
    known: dict[int | None, CauseRow] = {number: CauseRow(number, title) for number, title in causes_to_choose(session)}
    known[None] = CauseRow(None, NO_CAUSE)
    for found in session.execute(_findings(municipality_id, Finding.cause_id)):
        known[found.cause_id].figures.add_findings(found.status, found.amount, bare=bool(found.bare))
    pairs = (
        select(MeasureFinding.measure_id, Finding.cause_id)
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .distinct()
        .subquery()
    )
    for found in session.execute(_measures(municipality_id, today, pairs.c.cause_id, among=pairs)):
        known[found.cause_id].figures.add_measures(
            found.status, found.amount, late=bool(found.late), effect=found.effect
        )
    # The commonest first.
    return sorted(_told(known.values()), key=lambda row: (row.cause_id is None, -row.figures.findings, row.title))


def _criteria(session: Session, municipality_id: int | None, today: date) -> list[CriterionRow]:
    rows: dict[str, CriterionRow] = {}
    examples: dict[str, int] = {}
    for found in session.execute(_findings(municipality_id, Finding.criterion_code)):
        row = rows.setdefault(found.criterion_code, CriterionRow(found.criterion_code, ""))
        row.figures.add_findings(found.status, found.amount, bare=bool(found.bare))
        if found.criterion_id is not None:
            examples[found.criterion_code] = max(found.criterion_id, examples.get(found.criterion_code, 0))
    pairs = union(
        select(CorrectiveMeasure.id.label("measure_id"), CorrectiveMeasure.criterion_code.label("code")).where(
            CorrectiveMeasure.criterion_code != ""
        ),
        select(MeasureFinding.measure_id.label("measure_id"), Finding.criterion_code.label("code"))
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .where(Finding.criterion_code != ""),
    ).subquery()
    for found in session.execute(_measures(municipality_id, today, pairs.c.code, among=pairs)):
        row = rows.setdefault(found.code, CriterionRow(found.code, ""))
        row.figures.add_measures(found.status, found.amount, late=bool(found.late), effect=found.effect)
    titles = {
        each.id: each.title
        for each in session.execute(select(Criterion.id, Criterion.title).where(Criterion.id.in_(examples.values())))
    }
    for code, row in rows.items():
        row.title = titles.get(examples.get(code, 0), "") if code else NO_CRITERION
    return sorted(_told(rows.values()), key=lambda row: (not row.code, as_people_sort(row.code)))


def _told(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if not row.figures.is_empty]
