"""Rules of the row scope for corrective measures: a measure is seen by its unit, by those above it, and by the units
that it is for. Findings, proof and the rows between them are owned by units, as most records are.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, or_, select

from app.models import MeasureUnit
from app.policies.reach import Truth, owned_by_unit, owned_in_municipality

MEASURE_UNIT = cast(Table, MeasureUnit.__table__)


def measures_in_municipality(columns: Any, unit: Any) -> Truth:
    reached = select(MEASURE_UNIT.c.measure_id).where(MEASURE_UNIT.c.municipality_id == unit)
    return or_(owned_in_municipality(columns, unit), columns.id.in_(reached))


def measures_of_unit(columns: Any, unit: Any) -> Truth:
    reached = select(MEASURE_UNIT.c.measure_id).where(MEASURE_UNIT.c.org_unit_id == unit)
    return or_(owned_by_unit(columns, unit), columns.id.in_(reached))
