"""The search over findings, corrective measures and proof, in the actor's scope."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding, OrgUnit
from app.services.order_head import name_of
from app.services.search_hit import Group, Hit, ten

# A label only: the row it stands beside is in scope, and a key ties it to it.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")


def findings(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (Finding.id, Finding.text, Finding.criterion_code, Finding.status)
    statement = (
        select(*columns, name_of(_UNIT).label("unit"))
        .join(_UNIT, _UNIT.c.id == Finding.org_unit_id)
        .where(Finding.search.like(pattern, escape="\\"))
        .order_by(Finding.id.desc())
    )
    rows, more = ten(session, statement)
    return Group(
        [Hit(row.id, row.text, row.unit, (f"finding-{row.status.value}", row.status.label)) for row in rows], more
    )


def measures(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (
        CorrectiveMeasure.id,
        CorrectiveMeasure.title,
        CorrectiveMeasure.due_on,
        CorrectiveMeasure.status,
    )
    statement = (
        select(*columns, name_of(_UNIT).label("unit"))
        .join(_UNIT, _UNIT.c.id == CorrectiveMeasure.org_unit_id)
        .where(CorrectiveMeasure.search.like(pattern, escape="\\"))
        .order_by(CorrectiveMeasure.id.desc())
    )
    rows, more = ten(session, statement)
    hits = [
        Hit(
            row.id,
            row.title,
            f"{row.unit}, срок {row.due_on:%d.%m.%Y}",
            (f"measure-{row.status.value}", row.status.label),
        )
        for row in rows
    ]
    return Group(hits, more)
