"""Which measures the plan, the board and the workbook of the plan show: one condition for all three."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, case, or_, select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding, FindingCause, MeasureFinding, MeasureUnit, OrgUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasurePriority
from app.policies.refusal import NotFound
from app.services.order_head import as_people_sort

# Names only: the measure is in scope, and a composite key ties its columns to these rows.
UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_measure")
MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_measure")
NAME = case((OrgUnit.short_name != "", OrgUnit.short_name), else_=OrgUnit.name)
STRAIGHT_UNDER_REGION = "Организации региона"


@dataclass(frozen=True, slots=True)
class MeasureCut:
    """`municipality_id` and `unit_id`: whoever carries the measure out, or whom it is for."""

    municipality_id: int | None = None
    unit_id: int | None = None
    cause_id: int | None = None
    priority: MeasurePriority | None = None
    only_live: bool = False
    only_overdue: bool = False

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.municipality_id is not None:
            reached = select(MeasureUnit.measure_id).where(MeasureUnit.municipality_id == self.municipality_id)
            found.append(
                or_(CorrectiveMeasure.municipality_id == self.municipality_id, CorrectiveMeasure.id.in_(reached))
            )
        if self.unit_id is not None:
            reached = select(MeasureUnit.measure_id).where(MeasureUnit.org_unit_id == self.unit_id)
            found.append(or_(CorrectiveMeasure.org_unit_id == self.unit_id, CorrectiveMeasure.id.in_(reached)))
        if self.cause_id is not None:
            found.append(CorrectiveMeasure.id.in_(measures_of_cause(self.cause_id)))
        if self.priority is not None:
            found.append(CorrectiveMeasure.priority == self.priority)
        if self.only_live or self.only_overdue:
            found.append(CorrectiveMeasure.status.in_(LIVE_STATUSES))
        if self.only_overdue:
            found.append(CorrectiveMeasure.due_on < today)
        return found


def measures_of_cause(cause_id: int) -> Any:
    """Numbers of the measures that answer a finding of this cause."""
    return (
        select(MeasureFinding.measure_id)
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .where(Finding.cause_id == cause_id)
    )


@dataclass(frozen=True, slots=True)
class CutNames:
    """What the cut is called; raises NotFound when read for what lies outside the scope."""

    municipality: str = ""
    unit: str = ""
    cause: str = ""


def names_of(session: Session, cut: MeasureCut) -> CutNames:
    """Raises NotFound for a unit or a cause outside the reader's scope."""
    numbers = [number for number in (cut.municipality_id, cut.unit_id) if number is not None]
    columns = (OrgUnit.id, OrgUnit.kind, OrgUnit.short_name, OrgUnit.name)
    units = {row.id: row for row in session.execute(select(*columns).where(OrgUnit.id.in_(numbers)))}
    cause: str | None = ""
    if cut.cause_id is not None:
        cause = session.scalar(select(FindingCause.title).where(FindingCause.id == cut.cause_id))
    if cause is None or not units.keys() >= set(numbers):
        raise NotFound

    def named(number: int | None) -> str:
        return "" if number is None else str(units[number].short_name or units[number].name)

    place = named(cut.municipality_id)
    if cut.municipality_id is not None and units[cut.municipality_id].kind is UnitKind.REGION:
        place = STRAIGHT_UNDER_REGION
    return CutNames(place, named(cut.unit_id), cause)


def units_to_choose(session: Session, municipality_id: int) -> list[tuple[int, str]]:
    """A municipality and its schools (for the region's number: what stands straight under it), as people sort names."""
    rows = session.execute(
        select(OrgUnit.id, OrgUnit.kind, NAME.label("name")).where(
            OrgUnit.municipality_id == municipality_id, OrgUnit.closed_on.is_(None)
        )
    ).all()
    found = sorted(rows, key=lambda row: (row.kind is UnitKind.SCHOOL, as_people_sort(row.name)))
    return [(row.id, row.name) for row in found]


def causes_to_choose(session: Session) -> list[tuple[int, str]]:
    """Those in use first, in the region's order."""
    rows = session.execute(
        select(FindingCause.id, FindingCause.title).order_by(
            FindingCause.is_active.desc(), FindingCause.position, FindingCause.title, FindingCause.id
        )
    )
    return [(row.id, row.title) for row in rows]
