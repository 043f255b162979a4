"""Rules of the row scope: for each kind of record, the criteria of an actor who stands in a unit.

SQLAlchemy caches a criterion by the code of the functions that its lambda calls and binds the plain numbers: so
each rule is a module-level function (two closures of one factory would be taken for one), and the SQL of a rule
is shared by all users of a kind. `columns` is a model or a table's columns, `unit` the number of the actor's unit.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true

from app.models import Assignment, Membership, Order, OrgUnit, User
from app.models.enumeration import OrderStatus

ASSIGNMENT = cast(Table, Assignment.__table__)
ORDER = cast(Table, Order.__table__)
ORG_UNIT = cast(Table, OrgUnit.__table__)
MEMBERSHIP = cast(Table, Membership.__table__)
USER = cast(Table, User.__table__)


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
ORDER_WORDS = (
    *("order", "order_ground", "order_point", "addressee_clause", "order_amendment", "amendment_change"),
    "finding_point",
)
# The same of sets of criteria, rounds and notes.
ISSUED_WORDS = (
    *ORDER_WORDS,
    *("framework", "framework_section", "criterion", "criterion_level", "level_band"),
    *("monitoring_round", "round_addressee", "round_date_change", "analytical_note"),
    *("programme", "training_group", "training_session", "training_requirement", "requirement_addressee"),
)


def _journal(columns: Any, unit: Any, inside: Truth) -> Truth:
    return and_(inside, or_(columns.record_type.not_in(ISSUED_WORDS), columns.org_unit_id == unit))


def journal_in_region(columns: Any, unit: Any) -> Truth:
    return _journal(columns, unit, owned_in_region(columns, unit))


def journal_in_municipality(columns: Any, unit: Any) -> Truth:
    return _journal(columns, unit, owned_in_municipality(columns, unit))


def journal_of_installation(columns: Any) -> Truth:
    return cast(Truth, columns.record_type.in_(("user", "membership", "org_unit")))
