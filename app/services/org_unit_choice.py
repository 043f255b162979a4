"""Which units may be chosen for what, within the actor's scope; and the tree as the parser of orders reads it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.order_proposal import RegisterUnit
from app.models import OrgUnit, OrgUnitName
from app.models.enumeration import UnitKind
from app.services.org_unit import PARENTS


def possible_parents(session: Session, kind: UnitKind) -> list[OrgUnit]:
    """Acting units of the actor's scope under which a unit of this kind may stand; the region first."""
    kinds = PARENTS.get(kind, set())
    found = session.scalars(
        select(OrgUnit).where(OrgUnit.kind.in_(kinds), OrgUnit.closed_on.is_(None)).order_by(OrgUnit.name)
    )
    return sorted(found, key=lambda unit: unit.kind is not UnitKind.REGION)


def possible_successors(session: Session, unit: OrgUnit) -> list[OrgUnit]:
    """Acting units of the same kind and region within the actor's scope."""
    return list(
        session.scalars(
            select(OrgUnit)
            .where(
                OrgUnit.kind == unit.kind,
                OrgUnit.region_id == unit.region_id,
                OrgUnit.id != unit.id,
                OrgUnit.closed_on.is_(None),
            )
            .order_by(OrgUnit.name)
        )
    )


def register_units(session: Session, region_id: int) -> list[RegisterUnit]:
    """The acting units of one region with their former names, as `analysis.order_text.parse_order` takes them."""
    others: dict[int, set[str]] = defaultdict(set)
    for period in session.scalars(select(OrgUnitName).where(OrgUnitName.region_id == region_id)):
        others[period.org_unit_id].add(period.name)
    units = session.scalars(
        select(OrgUnit).where(OrgUnit.region_id == region_id, OrgUnit.closed_on.is_(None)).order_by(OrgUnit.id)
    )
    return [
        RegisterUnit(
            id=unit.id,
            kind=unit.kind,
            name=unit.name,
            short_name=unit.short_name,
            parent_id=unit.parent_id,
            other_names=tuple(sorted(others[unit.id] - {unit.name})),
            municipality_id=unit.municipality_id if unit.municipality_id != unit.region_id else None,
        )
        for unit in units
    ]
