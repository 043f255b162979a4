"""The execution matrix of an order: units × points, in the actor's scope, by four statements whatever its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.orm import Session

from app.models import Assignment, OrgUnit
from app.models.enumeration import AssignmentStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.order_head import (
    Head,
    PointHead,
    Tally,
    as_people_sort,
    is_late,
    name_of,
    order_head,
    points_of,
    state_of,
    total_of,
)
from app.services.state_on_day import PastDay

# The scope stands on the assignment; a composite key ties its columns to the unit, whose name is only a label.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_row")


@dataclass(frozen=True, slots=True)
class Held:
    """One unit's own assignment."""

    id: int
    status: AssignmentStatus
    due_on: date | None
    done_on: date | None
    responsible: str
    overdue: bool
    cascaded: bool


@dataclass(slots=True)
class Cell:
    """A unit's own assignment, and in a municipality's row the tally of its schools by state."""

    own: Held | None = None
    schools: Tally = field(default_factory=Tally)
    states: set[AssignmentStatus] = field(default_factory=set)


@dataclass(slots=True)
class Row:
    """A unit. `opens` marks a municipality whose schools stand folded into its row."""

    unit_id: int
    kind: UnitKind
    name: str
    closed_on: date | None
    municipality_id: int
    region_id: int
    cells: dict[int, Cell] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    opens: bool = False

    def cell(self, point_id: int) -> Cell:
        return self.cells.setdefault(point_id, Cell())


@dataclass(slots=True)
class Matrix:
    order: Head
    points: list[PointHead]
    rows: list[Row]
    # Whole municipalities that may be chosen, and the one that is open.
    municipalities: list[tuple[int, str]] = field(default_factory=list)
    opened: tuple[int, str] | None = None

    def column(self, point_id: int) -> Tally:
        return total_of(_cell_tally(row.cells[point_id]) for row in self.rows if point_id in row.cells)

    @property
    def total(self) -> Tally:
        return total_of(row.tally for row in self.rows)


def build(
    session: Session,
    actor: Actor,
    order_id: int,
    *,
    municipality_id: int | None = None,
    only_overdue: bool = False,
    today: date,
    past: PastDay | None = None,
) -> Matrix:
    """The matrix as the actor may see it; a region sees municipalities with their schools folded, or one unfolded.

    `past` asks for the state at the end of a day, which is then `today`. Raises NotFound for an order, or a
    municipality, outside the scope, WrongState for an order that had not been issued then.
    """
    actor.require(Permission.ASSIGNMENT_READ)
    head = order_head(session, order_id, past)
    points = points_of(session, order_id, past)
    folds = actor.unit_kind is UnitKind.REGION and municipality_id is None
    matrix = Matrix(head, points, [])
    rows: dict[int, Row] = {}
    statement = _assignments(order_id, today)
    if folds:
        statement = statement.where(~_is_municipal_school())
        _fold(session, rows, order_id, today, past)
    elif actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
        chosen = municipality_id or actor.unit_id
        matrix.municipalities = _municipalities(session, past)
        matrix.opened = next((one for one in matrix.municipalities if one[0] == chosen), None)
        if matrix.opened is None:
            raise NotFound
        statement = statement.where(Assignment.municipality_id == chosen)
    elif municipality_id is not None:
        raise NotFound
    _own(session, rows, state_of(statement, past))
    matrix.rows = sorted(rows.values(), key=_place)
    if folds:
        matrix.municipalities = [(row.unit_id, row.name) for row in matrix.rows if row.kind is UnitKind.MUNICIPALITY]
    if only_overdue:
        matrix.rows = [row for row in matrix.rows if row.tally.overdue]
    return matrix


def schools_of_cell(
    session: Session,
    actor: Actor,
    order_id: int,
    municipality_id: int,
    point_id: int,
    *,
    today: date,
    past: PastDay | None = None,
) -> tuple[Head, PointHead, str, list[tuple[Row, Held]]]:
    """The schools behind «12 из 15»: of one municipality on one point. Raises NotFound."""
    actor.require(Permission.ASSIGNMENT_READ)
    head = order_head(session, order_id, past)
    point = next((one for one in points_of(session, order_id, past) if one.id == point_id), None)
    name = dict(_municipalities(session, past)).get(municipality_id)
    if point is None or name is None:
        raise NotFound
    rows: dict[int, Row] = {}
    wanted = (Assignment.municipality_id == municipality_id, Assignment.order_point_id == point_id)
    _own(session, rows, state_of(_assignments(order_id, today).where(*wanted, _is_municipal_school()), past))
    found = [(row, row.cells[point_id].own) for row in sorted(rows.values(), key=_place)]
    return head, point, name, [(row, held) for row, held in found if held is not None]


def _is_municipal_school() -> ColumnElement[bool]:
    """A unit straight under its region carries the region as its municipality; a municipality carries itself."""
    return (Assignment.municipality_id != Assignment.region_id) & (Assignment.municipality_id != Assignment.org_unit_id)


def _assignments(order_id: int, today: date) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Assignment.id,
        Assignment.order_point_id,
        Assignment.status,
        Assignment.due_on,
        Assignment.done_on,
        Assignment.responsible,
        is_late(today).label("late"),
        Assignment.parent_id,
        Assignment.org_unit_id,
        Assignment.municipality_id,
        Assignment.region_id,
        _UNIT.c.kind,
        name_of(_UNIT).label("name"),
        _UNIT.c.closed_on,
    )
    named = select(*columns).join(_UNIT, _UNIT.c.id == Assignment.org_unit_id)
    return named.where(Assignment.order_id == order_id)


def _own(session: Session, rows: dict[int, Row], statement: Select[Any]) -> None:
    for one in session.execute(statement):
        row = rows.get(one.org_unit_id)
        if row is None:
            row = rows[one.org_unit_id] = Row(
                one.org_unit_id, UnitKind(one.kind), one.name, one.closed_on, one.municipality_id, one.region_id
            )
        overdue, cascaded = bool(one.late), one.parent_id is not None
        held = Held(one.id, one.status, one.due_on, one.done_on, one.responsible, overdue, cascaded)
        row.cell(one.order_point_id).own = held
        row.tally.add(one.status, 1, one.late)


def _fold(session: Session, rows: dict[int, Row], order_id: int, today: date, past: PastDay | None) -> None:
    """The schools of each municipality, counted by point and state."""
    late = is_late(today).label("late")
    name = name_of(_MUNICIPALITY).label("name")
    keys = (Assignment.municipality_id, Assignment.order_point_id, Assignment.status)
    place = (Assignment.region_id, _MUNICIPALITY.c.closed_on, name)
    statement = (
        select(*keys, *place, func.count().label("amount"), func.sum(late).label("late"))
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assignment.municipality_id)
        .where(Assignment.order_id == order_id, _is_municipal_school())
        .group_by(*keys, *place)
    )
    for one in session.execute(state_of(statement, past)):
        row = rows.get(one.municipality_id)
        if row is None:
            number = one.municipality_id
            row = Row(number, UnitKind.MUNICIPALITY, one.name, one.closed_on, number, one.region_id, opens=True)
            rows[number] = row
        cell = row.cell(one.order_point_id)
        cell.states.add(one.status)
        cell.schools.add(one.status, one.amount, int(one.late))
        row.tally.add(one.status, one.amount, int(one.late))


def _municipalities(session: Session, past: PastDay | None) -> list[tuple[int, str]]:
    wanted = select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.kind == UnitKind.MUNICIPALITY)
    found = session.execute(state_of(wanted, past))
    return sorted(((row.id, row.short_name or row.name) for row in found), key=lambda one: as_people_sort(one[1]))


_ORDER: Mapping[UnitKind, int] = {
    UnitKind.REGION: 0,
    UnitKind.MUNICIPALITY: 0,
    UnitKind.PROVIDER: 1,
    UnitKind.SCHOOL: 2,
}


def _place(row: Row) -> tuple[int, list[str | int], int]:
    return _ORDER[row.kind], as_people_sort(row.name), row.unit_id


def _cell_tally(cell: Cell) -> Tally:
    tally = Tally(cell.schools.total, cell.schools.fulfilled, cell.schools.overdue)
    if cell.own is not None:
        tally.add(cell.own.status, 1, int(cell.own.overdue))
    return tally
