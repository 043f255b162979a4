"""The search over monitoring: rounds, sheets by their unit, sets of criteria; in the actor's scope."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import Assessment, Framework, MonitoringRound, OrgUnit
from app.services.order_head import name_of
from app.services.search_hit import Group, Hit, ten

# Labels only: the row they stand beside is in scope, and a key ties it to them.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_ROUND = cast(Table, MonitoringRound.__table__).alias("round_of_row")


def rounds(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (
        MonitoringRound.id,
        MonitoringRound.title,
        MonitoringRound.due_on,
        MonitoringRound.status,
    )
    found = MonitoringRound.search.like(pattern, escape="\\")
    rows, more = ten(session, select(*columns).where(found).order_by(MonitoringRound.id.desc()))
    hits = [
        Hit(row.id, row.title, f"срок сдачи {row.due_on:%d.%m.%Y}", (f"round-{row.status.value}", row.status.label))
        for row in rows
    ]
    return Group(hits, more)


def sheets(session: Session, pattern: str) -> Group:
    units = select(OrgUnit.id).where(OrgUnit.search.like(pattern, escape="\\"))
    statement = (
        select(Assessment.id, Assessment.status, name_of(_UNIT).label("unit"), _ROUND.c.title)
        .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
        .join(_ROUND, _ROUND.c.id == Assessment.round_id)
        .where(Assessment.org_unit_id.in_(units))
        .order_by(Assessment.id.desc())
    )
    rows, more = ten(session, statement)
    hits = [Hit(row.id, row.unit, row.title, (f"assessment-{row.status.value}", row.status.label)) for row in rows]
    return Group(hits, more)


def frameworks(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (Framework.id, Framework.title, Framework.edition, Framework.status)
    found = Framework.search.like(pattern, escape="\\")
    rows, more = ten(session, select(*columns).where(found).order_by(Framework.id.desc()))
    hits = [
        Hit(row.id, row.title, f"редакция {row.edition}", (f"framework-{row.status.value}", row.status.label))
        for row in rows
    ]
    return Group(hits, more)
