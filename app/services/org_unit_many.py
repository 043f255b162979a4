"""Many new units at once: the same rules as for one, asked of the database once for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted
from app.services import beyond_scope, org_unit, org_unit_periods
from app.services.org_unit_details import UnitDetails, checked


@dataclass(frozen=True, slots=True)
class NewUnit:
    """No region and no branch of a school: those are made one by one."""

    kind: UnitKind
    parent: OrgUnit
    details: UnitDetails


def create_many(session: Session, actor: Actor, wanted: Sequence[NewUnit]) -> list[OrgUnit]:
    """As `org_unit.create` for each of them. Raises as it does for the first that is refused; the caller rolls back."""
    actor.require(Permission.ORG_UNIT_WRITE)
    fitting = []
    for one in wanted:
        if one.kind is UnitKind.REGION or one.details.head_school_id is not None:
            raise NotPermitted("Регионы и филиалы заводят по одному.")
        org_unit.check_place(actor, one.kind, one.parent)
        fitting.append(NewUnit(one.kind, one.parent, checked(one.kind, one.details)))
    _check_free(session, fitting)
    units = []
    for one in fitting:
        unit = OrgUnit(kind=one.kind, parent_id=one.parent.id)
        unit.region_id, unit.municipality_id = one.parent.region_id, one.parent.municipality_id
        org_unit.put(unit, one.details)
        units.append(unit)
    session.add_all(units)
    session.flush()
    for unit, one in zip(units, fitting, strict=True):
        org_unit_periods.add_first(session, unit, one.parent)
    session.flush()
    return units


def _check_free(session: Session, wanted: Sequence[NewUnit]) -> None:
    codes = {(one.parent.region_id, one.details.code) for one in wanted if one.details.code}
    names = {(one.parent.id, one.details.name) for one in wanted}
    doubled = len(codes) < sum(bool(one.details.code) for one in wanted)
    if doubled or beyond_scope.any_code_taken(session, codes):
        raise Invalid("Организация с таким кодом уже есть. Проверьте код.", field="code")
    if len(names) < len(wanted) or beyond_scope.any_name_taken(session, names):
        raise Invalid("Здесь уже есть действующая организация с таким наименованием.", field="name")
