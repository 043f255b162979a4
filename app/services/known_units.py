"""The units of a scope as a workbook's rows are compared with them: read once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.guard import GuardedSession
from app.services.org_unit_details import UnitDetails


@dataclass(slots=True)
class Known:
    """A unit of the scope, or one that an earlier row of the file makes (without a number until it is made)."""

    id: int | None
    kind: UnitKind
    parent: Known | None
    details: UnitDetails
    version: int
    is_closed: bool

    @property
    def label(self) -> str:
        return self.details.short_name or self.details.name


def units_of_scope(session: GuardedSession) -> list[Known]:
    """The units of the scope, those above first: a parent is known before its children."""
    statement = select(
        OrgUnit.id,
        OrgUnit.kind,
        OrgUnit.parent_id,
        OrgUnit.name,
        OrgUnit.short_name,
        OrgUnit.code,
        OrgUnit.site,
        OrgUnit.email,
        OrgUnit.time_zone,
        OrgUnit.is_small,
        OrgUnit.opened_on,
        OrgUnit.head_school_id,
        OrgUnit.version,
        OrgUnit.closed_on,
    ).order_by(OrgUnit.id)
    order = {kind: place for place, kind in enumerate(UnitKind)}
    rows = sorted(session.execute(statement), key=lambda row: order[row.kind])
    known: dict[int | None, Known] = {}
    for row in rows:
        details = UnitDetails(
            row.name,
            row.short_name,
            row.code,
            row.site,
            row.email,
            row.time_zone,
            row.is_small,
            row.opened_on,
            row.head_school_id,
        )
        parent = known.get(row.parent_id)
        known[row.id] = Known(row.id, row.kind, parent, details, row.version, row.closed_on is not None)
    return list(known.values())
