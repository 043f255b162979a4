"""What a unit was called on a day and where it stood, by the periods of its names and places."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Table, case, func, literal, literal_column, or_, select

from app.models import OrgUnitName, OrgUnitPlacement

NAME = cast(Table, OrgUnitName.__table__)
PLACEMENT = cast(Table, OrgUnitPlacement.__table__)
# The last period that had begun, and the first that began later; an alias serves in any number of subqueries.
BEGUN = {table: table.alias(f"{table.name}_begun") for table in (NAME, PLACEMENT)}
COMING = {table: table.alias(f"{table.name}_coming") for table in (NAME, PLACEMENT)}
NAMES = frozenset({"name", "short_name", "code"})
# Before every period: one without a first day.
ALWAYS = literal(date(1, 1, 1))


def name_on_day(unit: FromClause, key: str, day: date, otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    """`otherwise` where the unit has no periods at all. Before its first period a unit bears its first name."""
    return func.coalesce(*_periods(NAME, key, unit, unit.c.id, day), otherwise, type_=otherwise.type)


def municipality_on_day(row: FromClause, unit_id: ColumnElement[int], present: Any, day: date) -> ColumnElement[Any]:
    """Only schools move; a school's place is its municipality, or the region itself."""
    return case(
        (present == unit_id, present),
        else_=func.coalesce(*_periods(PLACEMENT, "parent_id", row, unit_id, day), present, type_=present.type),
    )


def parent_on_day(unit: FromClause, present: Any, day: date) -> ColumnElement[Any]:
    return case(
        (unit.c.municipality_id == unit.c.id, present),
        else_=func.coalesce(*_periods(PLACEMENT, "parent_id", unit, unit.c.id, day), present, type_=present.type),
    )


def _periods(
    table: Table, key: str, row: FromClause, unit_id: ColumnElement[int], day: date
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The last period that had begun by the day; failing that, the first that began later."""
    begun, coming = BEGUN[table], COMING[table]
    last = (
        select(begun.c[key])
        .where(begun.c.org_unit_id == unit_id, or_(begun.c.valid_from.is_(None), begun.c.valid_from <= day))
        .order_by(func.coalesce(begun.c.valid_from, ALWAYS).desc(), begun.c.id.desc())
    )
    first = (
        select(coming.c[key])
        .where(coming.c.org_unit_id == unit_id, coming.c.valid_from > day)
        .order_by(coming.c.valid_from, coming.c.id)
    )
    one: ColumnElement[Any] = literal_column("1")
    return (
        last.limit(one).correlate(row).scalar_subquery(),
        first.limit(one).correlate(row).scalar_subquery(),
    )
