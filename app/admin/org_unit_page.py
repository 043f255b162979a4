"""What the page of one unit shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.models import Membership, OrgUnit, OrgUnitName, OrgUnitPlacement, User
from app.models.enumeration import Duty, UnitKind
from app.policies.permission import Permission
from app.services import org_unit_periods
from app.services.org_unit_details import site_address
from app.web.session import current_actor, guarded

CHILDREN_SHOWN = 60


@dataclass(frozen=True, slots=True)
class UnitPage:
    """What the page of one unit shows; everything was read within the actor's scope."""

    unit: OrgUnit
    parent_name: str
    successor_name: str
    head_name: str
    site_url: str
    names: Sequence[OrgUnitName]
    placements: Sequence[OrgUnitPlacement]
    children: Sequence[OrgUnit]
    child_count: int
    people: Sequence[tuple[User, list[Duty]]]
    may_change: bool
    may_close: bool
    may_move: bool
    may_add: bool


def gather(unit: OrgUnit) -> UnitPage:
    work, actor = guarded(), current_actor()
    children = select(OrgUnit).where(OrgUnit.parent_id == unit.id)
    writes = actor.may(Permission.ORG_UNIT_WRITE if unit.kind is not UnitKind.REGION else Permission.REGION_WRITE)
    acts = unit.closed_on is None
    parent = work.get(OrgUnit, unit.parent_id) if unit.parent_id is not None else None
    successor = work.get(OrgUnit, unit.successor_id) if unit.successor_id is not None else None
    head = work.get(OrgUnit, unit.head_school_id) if unit.head_school_id is not None else None
    people: dict[User, list[Duty]] = {}
    if actor.may(Permission.USER_READ):
        for user, duty in work.execute(
            select(User, Membership.duty)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.org_unit_id == unit.id)
            .order_by(User.name, Membership.id)
        ):
            people.setdefault(user, []).append(duty)
    # Where the unit above lies outside the scope, its name is a label that the actor carries.
    above = actor.parent_name if unit.id == actor.unit_id else ""
    return UnitPage(
        unit=unit,
        parent_name=parent.label if parent is not None else above,
        successor_name=successor.label if successor is not None else "",
        head_name=head.label if head is not None else "",
        site_url=site_address(unit.site),
        names=org_unit_periods.names(work, unit),
        placements=org_unit_periods.placements(work, unit),
        children=list(work.scalars(children.order_by(OrgUnit.name).limit(CHILDREN_SHOWN))),
        child_count=int(work.scalar(select(func.count(OrgUnit.id)).where(OrgUnit.parent_id == unit.id)) or 0),
        people=list(people.items()),
        may_change=writes and acts,
        may_close=writes and acts and unit.id != actor.unit_id,
        may_move=actor.may(Permission.ORG_UNIT_MOVE) and acts and unit.kind is UnitKind.SCHOOL,
        may_add=actor.may(Permission.ORG_UNIT_WRITE) and acts and unit.kind in {UnitKind.REGION, UnitKind.MUNICIPALITY},
    )
