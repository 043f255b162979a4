"""THE row scope: which rows exist for an actor. One rule in SQL (`criteria`) and in Python (`contains`).

`guard.py` applies it to every statement and every flush; nothing else decides which rows exist for whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.models import Assignment, AuditEvent, Base, ListPreset, Membership, Order, OrgUnit, User
from app.models.enumeration import OrderStatus, UnitKind
from app.models.scoped import ClosedToReading, OfPerson, OwnedByUnit, PartOfOrder, ScopeColumns, StructureOfUnit
from app.policies.actor import Actor, ScopeKey

ASSIGNMENT = cast(Table, Assignment.__table__)
ORDER = cast(Table, Order.__table__)
ORG_UNIT = cast(Table, OrgUnit.__table__)
MEMBERSHIP = cast(Table, Membership.__table__)
USER = cast(Table, User.__table__)

# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────
#
# SQLAlchemy caches a criterion by the code of the functions that its lambda calls and binds the plain numbers: so
# each rule is a module-level function (two closures of one factory would be taken for one), and the SQL of a rule
# is shared by all users of a kind. `columns` is a model or a table's columns, `unit` the number of the actor's unit.

Truth = ColumnElement[bool]


def nothing(columns: Any) -> Truth:
    del columns
    return false()


def everything(columns: Any) -> Truth:
    del columns
    return true()


def owned_in_region(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.region_id == unit)


def owned_in_municipality(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.municipality_id == unit)


def owned_by_unit(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.org_unit_id == unit)


def _orders(columns: Any, unit: Any, reached: Truth) -> Truth:
    return or_(columns.org_unit_id == unit, and_(columns.status != OrderStatus.DRAFT.value, reached))


def orders_in_region(columns: Any, unit: Any) -> Truth:
    """Its own; once issued, those of its municipalities."""
    return _orders(columns, unit, owned_in_region(columns, unit))


def orders_for_municipality(columns: Any, unit: Any) -> Truth:
    """Its own; once issued, those that address it or a unit below it."""
    addressed = select(ASSIGNMENT.c.order_id).where(ASSIGNMENT.c.municipality_id == unit)
    return _orders(columns, unit, columns.id.in_(addressed))


def orders_for_unit(columns: Any, unit: Any) -> Truth:
    addressed = select(ASSIGNMENT.c.order_id).where(ASSIGNMENT.c.org_unit_id == unit)
    return _orders(columns, unit, columns.id.in_(addressed))


def parts_in_region(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.order_id.in_(select(ORDER.c.id).where(orders_in_region(ORDER.c, unit))))


def parts_for_municipality(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.order_id.in_(select(ORDER.c.id).where(orders_for_municipality(ORDER.c, unit))))


def parts_for_unit(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.order_id.in_(select(ORDER.c.id).where(orders_for_unit(ORDER.c, unit))))


def unit_itself(columns: Any, unit: Any) -> Truth:
    """Units above appear as labels of the actor, never as rows."""
    return cast(Truth, columns.id == unit)


def _users(columns: Any, me: Any, standing: Truth) -> Truth:
    people = select(MEMBERSHIP.c.user_id).where(standing)
    return or_(columns.id == me, and_(columns.id.in_(people), columns.is_installation_admin.is_(False)))


def users_in_region(columns: Any, unit: Any, me: Any) -> Truth:
    """People who stand somewhere in the subtree, and oneself."""
    return _users(columns, me, owned_in_region(MEMBERSHIP.c, unit))


def users_in_municipality(columns: Any, unit: Any, me: Any) -> Truth:
    return _users(columns, me, owned_in_municipality(MEMBERSHIP.c, unit))


def users_in_unit(columns: Any, unit: Any, me: Any) -> Truth:
    return _users(columns, me, owned_by_unit(MEMBERSHIP.c, unit))


def of_person(columns: Any, unit: Any, me: Any) -> Truth:
    return and_(columns.user_id == me, columns.org_unit_id == unit)


def of_person_without_unit(columns: Any, me: Any) -> Truth:
    return and_(columns.user_id == me, columns.org_unit_id.is_(None))


def presets(columns: Any, unit: Any, me: Any) -> Truth:
    """One's own, and those offered by one's unit and by the units above it, while who offers them stands there."""
    here = ORG_UNIT.c.id == unit
    stands = (
        select(MEMBERSHIP.c.user_id)
        .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
        .where(MEMBERSHIP.c.org_unit_id == columns.org_unit_id, USER.c.is_active)
    )
    above = or_(
        columns.org_unit_id == unit,
        columns.org_unit_id.in_(select(ORG_UNIT.c.municipality_id).where(here)),
        columns.org_unit_id.in_(select(ORG_UNIT.c.region_id).where(here)),
    )
    offered = and_(columns.is_offered, above, columns.user_id.in_(stands))
    return or_(of_person(columns, unit, me), offered)


# What the journal tells of an order it may tell of a draft: it is the issuer's alone.
ORDER_WORDS = ("order", "order_ground", "order_point", "addressee_clause", "order_amendment", "amendment_change")


def _journal(columns: Any, unit: Any, inside: Truth) -> Truth:
    return and_(inside, or_(columns.record_type.not_in(ORDER_WORDS), columns.org_unit_id == unit))


def journal_in_region(columns: Any, unit: Any) -> Truth:
    return _journal(columns, unit, owned_in_region(columns, unit))


def journal_in_municipality(columns: Any, unit: Any) -> Truth:
    return _journal(columns, unit, owned_in_municipality(columns, unit))


def journal_of_installation(columns: Any) -> Truth:
    return cast(Truth, columns.record_type.in_(("user", "membership", "org_unit")))


@dataclass(frozen=True, slots=True)
class Rule:
    """One record's scope, for each kind of unit in which the actor may stand."""

    region: Callable[..., Truth]
    municipality: Callable[..., Truth]
    unit: Callable[..., Truth]
    # An installation administrator manages regions and accounts, and sees no records.
    installation: Callable[[Any], Truth] = nothing

    def of(self, kind: UnitKind) -> Callable[..., Truth]:
        if kind is UnitKind.REGION:
            return self.region
        return self.municipality if kind is UnitKind.MUNICIPALITY else self.unit


PEOPLE = Rule(users_in_region, users_in_municipality, users_in_unit, everything)
PERSONAL = Rule(of_person, of_person, of_person)
PRESETS = Rule(presets, presets, presets)
CLOSED = Rule(nothing, nothing, nothing)
RULES: tuple[tuple[type, Rule], ...] = (
    (OwnedByUnit, Rule(owned_in_region, owned_in_municipality, owned_by_unit)),
    (StructureOfUnit, Rule(owned_in_region, owned_in_municipality, owned_by_unit, everything)),
    (Order, Rule(orders_in_region, orders_for_municipality, orders_for_unit)),
    (PartOfOrder, Rule(parts_in_region, parts_for_municipality, parts_for_unit)),
    (OrgUnit, Rule(owned_in_region, owned_in_municipality, unit_itself, everything)),
    (User, PEOPLE),
    (ListPreset, PRESETS),
    (OfPerson, PERSONAL),
    (AuditEvent, Rule(journal_in_region, journal_in_municipality, owned_by_unit, journal_of_installation)),
    (ClosedToReading, CLOSED),
)


@lru_cache(maxsize=4096)
def criteria(key: ScopeKey) -> tuple[LoaderCriteriaOption, ...]:
    """The loader options of one scope. The callable form is adapted to aliases in explicit joins; the other leaks."""
    unit, me = key.unit_id or 0, key.user_id or 0

    def option(model: type) -> LoaderCriteriaOption:
        # A number that a rule does not use would be refused by SQLAlchemy as untracked: hence three shapes.
        rule = rule_of(model)
        if key.kind is None and rule in {PERSONAL, PRESETS} and key.installation_admin:
            return with_loader_criteria(model, lambda cls: of_person_without_unit(cls, me), include_aliases=True)
        if key.kind is None or rule is CLOSED:
            fixed = rule.installation if key.installation_admin else nothing
            return with_loader_criteria(model, fixed, include_aliases=True)
        of_kind = rule.of(key.kind)
        if rule in {PEOPLE, PERSONAL, PRESETS}:
            return with_loader_criteria(model, lambda cls: of_kind(cls, unit, me), include_aliases=True)
        return with_loader_criteria(model, lambda cls: of_kind(cls, unit), include_aliases=True)

    return tuple(option(mapper.class_) for mapper in Base.registry.mappers)


def rule_of(model: type) -> Rule:
    """The rule of a model; one without a rule stops the program: closed by default."""
    for target, rule in RULES:
        if issubclass(model, target):
            return rule
    raise LookupError(f"{model.__name__} has no row scope: give it a mixin of app.models.scoped")


def contains(actor: Actor, record: ScopeColumns) -> bool:
    """The same rule in Python, for records that belong to a unit: `owned`."""
    key = actor.scope
    if key.kind is UnitKind.REGION:
        return record.region_id == key.unit_id
    if key.kind is UnitKind.MUNICIPALITY:
        return record.municipality_id == key.unit_id
    return key.kind is not None and record.org_unit_id == key.unit_id
