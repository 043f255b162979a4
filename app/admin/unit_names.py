"""Names of units beside rows in lists.

Joined through aliases of the table, which the row scope leaves alone: criteria on joined look-ups ruin the plan of
PostgreSQL. Safe because the row itself is in scope and a composite key ties it to its unit; for lists only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, select

from app.admin.listing import Option
from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.web.session import guarded

UNIT = cast(Table, OrgUnit.__table__)
UNIT_OF_ROW = UNIT.alias("unit_of_row")
MUNICIPALITY_OF_ROW = UNIT.alias("municipality_of_row")

UNIT_NAME = case((UNIT_OF_ROW.c.short_name != "", UNIT_OF_ROW.c.short_name), else_=UNIT_OF_ROW.c.name)
# For a unit straight under its region the column holds the region.
MUNICIPALITY_NAME = case(
    (MUNICIPALITY_OF_ROW.c.kind == UnitKind.REGION.value, ""),
    (MUNICIPALITY_OF_ROW.c.short_name != "", MUNICIPALITY_OF_ROW.c.short_name),
    else_=MUNICIPALITY_OF_ROW.c.name,
)


def with_unit_names(statement: Select[Any], model: Any) -> Select[Any]:
    return statement.join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == model.org_unit_id).join(
        MUNICIPALITY_OF_ROW, MUNICIPALITY_OF_ROW.c.id == model.municipality_id
    )


def unit_search(model: Any, pattern: str) -> ColumnElement[bool]:
    """Rows whose unit is found by name or code; the units are searched within the actor's scope."""
    found = select(OrgUnit.id).where(OrgUnit.search.like(pattern, escape="\\"))
    return cast("ColumnElement[bool]", model.org_unit_id.in_(found))


def municipality_options() -> Sequence[Option]:
    """The municipalities that the actor may see."""
    rows = guarded().execute(
        select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name)
        .where(OrgUnit.kind == UnitKind.MUNICIPALITY)
        .order_by(func.lower(OrgUnit.name))
    )
    return [Option(str(row.id), row.short_name or row.name) for row in rows]
