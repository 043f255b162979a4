"""The plan of measures («дорожная карта»): of one unit, or of all in the reader's scope, for a school year.

A fixed number of statements, whatever the number of measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.analysis.measure_timeline import school_year, school_year_of
from app.models import CorrectiveMeasure, Finding, FindingCause, MeasureFinding, MeasureUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import EffectVerdict, MeasurePriority, MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.measure_cut import MUNICIPALITY, STRAIGHT_UNDER_REGION, UNIT, MeasureCut
from app.services.order_head import as_people_sort, name_of

# More measures than this make a page that nobody reads: the reader narrows it.
MOST_SHOWN = 300
BEGINS = func.coalesce(CorrectiveMeasure.starts_on, CorrectiveMeasure.made_on)
# More school years back than this are not offered.
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class PlanRow:
    """`for_units` counts the units that it is for, of those in the reader's scope."""

    id: int
    title: str
    unit_id: int
    unit: str
    municipality_id: int
    municipality: str
    status: MeasureStatus
    priority: MeasurePriority
    responsible: str
    responsible_position: str
    begins_on: date
    due_on: date
    done_on: date | None
    effect: EffectVerdict | None
    for_units: int
    causes: tuple[tuple[int, str], ...]

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today and self.status in LIVE_STATUSES

    def late_until(self, today: date) -> date | None:
        """Until when it is late: the day on which it was done after its term, or today; None where it is not."""
        if self.is_overdue(today):
            return today
        return self.done_on if self.done_on is not None and self.done_on > self.due_on else None


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` by place, unit and term, MOST_SHOWN at most; `states` and `overdue` count all of the cut."""

    year: int
    years: Sequence[int]
    rows: Sequence[PlanRow]
    states: Counter[MeasureStatus]
    overdue: int

    @property
    def total(self) -> int:
        return self.states.total()


def plan(session: Session, actor: Actor, cut: MeasureCut, *, year: int | None, today: date) -> Plan:
    """Of the school year that began in `year`, the present one if None; four statements.

    A measure belongs to each school year in which it runs; what is not finished belongs to the present one as well.
    """
    actor.require(Permission.MEASURE_READ)
    begins = school_year_of(today) if year is None else year
    conditions = [*cut.conditions(today), of_year(begins, today)]
    states, overdue = states_of(session, conditions, today)
    found = session.execute(_rows(conditions)).all()
    causes = causes_of(session, [row.id for row in found])
    rows = sorted((_row(row, causes.get(row.id, ())) for row in found), key=by_place)
    return Plan(begins, _years(session, today), rows, states, overdue)


def of_year(begins: int, today: date) -> ColumnElement[bool]:
    """Runs in the school year; an overdue one runs until it is done or cancelled."""
    first, last = school_year(begins)
    runs: ColumnElement[bool] = (CorrectiveMeasure.due_on >= first) | (CorrectiveMeasure.done_on >= first)
    if begins == school_year_of(today):
        runs = or_(runs, CorrectiveMeasure.status.in_(LIVE_STATUSES))
    return (last >= BEGINS) & runs


def states_of(
    session: Session, conditions: Collection[ColumnElement[bool]], today: date
) -> tuple[Counter[MeasureStatus], int]:
    """How many are in each state, and how many of them are overdue."""
    late = case(((CorrectiveMeasure.due_on < today) & CorrectiveMeasure.status.in_(LIVE_STATUSES), 1), else_=0)
    counted = (
        select(CorrectiveMeasure.status, func.count().label("amount"), func.sum(late).label("late"))
        .where(*conditions)
        .group_by(CorrectiveMeasure.status)
    )
    states: Counter[MeasureStatus] = Counter()
    overdue = 0
    for row in session.execute(counted):
        states[row.status] += row.amount
        overdue += int(row.late or 0)
    return states, overdue


def causes_of(session: Session, measure_ids: Collection[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """Causes of the findings that each measure answers, of those in the reader's scope, in the region's order."""
    rows = session.execute(
        select(MeasureFinding.measure_id, FindingCause.id, FindingCause.title, FindingCause.position)
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .join(FindingCause, FindingCause.id == Finding.cause_id)
        .where(MeasureFinding.measure_id.in_(measure_ids))
        .distinct()
        .order_by(FindingCause.position, FindingCause.id)
    )
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in rows:
        found[row.measure_id] = (*found.get(row.measure_id, ()), (row.id, row.title))
    return found


def by_place(row: PlanRow) -> tuple[Any, ...]:
    """Municipalities by name, those straight under the region first: what the region itself does is done for all."""
    return (
        row.municipality != STRAIGHT_UNDER_REGION,
        as_people_sort(row.municipality),
        row.unit_id != row.municipality_id,
        as_people_sort(row.unit),
        row.unit_id,
        row.due_on,
        row.id,
    )


def _rows(conditions: Collection[ColumnElement[bool]]) -> Select[Any]:
    for_units = (
        select(func.count(MeasureUnit.id))
        .where(MeasureUnit.measure_id == CorrectiveMeasure.id)
        .correlate(CorrectiveMeasure)
        .scalar_subquery()
    )
    live_first = case((CorrectiveMeasure.status.in_(LIVE_STATUSES), 0), else_=1)
    return (
        select(
            CorrectiveMeasure.id,
            CorrectiveMeasure.title,
            CorrectiveMeasure.org_unit_id,
            name_of(UNIT).label("unit"),
            CorrectiveMeasure.municipality_id,
            name_of(MUNICIPALITY).label("municipality"),
            MUNICIPALITY.c.kind.label("place_kind"),
            CorrectiveMeasure.status,
            CorrectiveMeasure.priority,
            CorrectiveMeasure.responsible,
            CorrectiveMeasure.responsible_position,
            BEGINS.label("begins_on"),
            CorrectiveMeasure.due_on,
            CorrectiveMeasure.done_on,
            CorrectiveMeasure.effect,
            for_units.label("for_units"),
        )
        .join(UNIT, UNIT.c.id == CorrectiveMeasure.org_unit_id)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == CorrectiveMeasure.municipality_id)
        .where(*conditions)
        .order_by(live_first, CorrectiveMeasure.due_on, CorrectiveMeasure.id)
        .limit(MOST_SHOWN)
    )


def _row(row: Any, causes: tuple[tuple[int, str], ...]) -> PlanRow:
    return PlanRow(
        id=row.id,
        title=row.title,
        unit_id=row.org_unit_id,
        unit=row.unit,
        municipality_id=row.municipality_id,
        municipality=STRAIGHT_UNDER_REGION if row.place_kind == UnitKind.REGION else row.municipality,
        status=row.status,
        priority=row.priority,
        responsible=row.responsible,
        responsible_position=row.responsible_position,
        begins_on=row.begins_on,
        due_on=row.due_on,
        done_on=row.done_on,
        effect=row.effect,
        for_units=row.for_units,
        causes=causes,
    )


def _years(session: Session, today: date) -> list[int]:
    """School years that have measures, and the present one, the latest first."""
    earliest, latest = session.execute(select(func.min(BEGINS), func.max(CorrectiveMeasure.due_on))).one()
    present = school_year_of(today)
    first = min(present, school_year_of(earliest)) if earliest is not None else present
    last = max(present, school_year_of(latest)) if latest is not None else present
    return list(range(last, max(first, present - MOST_YEARS) - 1, -1))
