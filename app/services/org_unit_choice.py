"""Which units may be chosen for what, within the actor's scope."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrgUnit
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
