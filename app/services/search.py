"""One search over orders, assignments, monitoring, training, measures, units and people, in the actor's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from app.models import Assignment, Order, OrderPoint, OrgUnit, User
from app.models.enumeration import AssignmentStatus, OrderKind, OrderStatus, UnitKind
from app.models.search_text import folded, like_pattern
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import search_measures, search_monitoring, search_training
from app.services.order_head import name_of
from app.services.search_hit import SHOWN, Group, Hit, ten

# Labels only: the row they stand beside is in scope, and a key ties it to them.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_POINT = cast(Table, OrderPoint.__table__).alias("point_of_row")
_ORDER = cast(Table, Order.__table__).alias("order_of_row")
SHORTEST, LONGEST = 2, 200
# Points keep no folded copy of their text: it is folded here, for this many of the newest.
POINTS_READ = 2000


@dataclass(slots=True)
class Found:
    """At most ten of each; `more` says that there are others."""

    orders: Group = field(default_factory=Group)
    points: Group = field(default_factory=Group)
    assignments: Group = field(default_factory=Group)
    units: Group = field(default_factory=Group)
    people: Group = field(default_factory=Group)
    rounds: Group = field(default_factory=Group)
    sheets: Group = field(default_factory=Group)
    frameworks: Group = field(default_factory=Group)
    staff: Group = field(default_factory=Group)
    programmes: Group = field(default_factory=Group)
    groups: Group = field(default_factory=Group)
    certificates: Group = field(default_factory=Group)
    requirements: Group = field(default_factory=Group)
    findings: Group = field(default_factory=Group)
    measures: Group = field(default_factory=Group)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name).hits for name in self.__slots__)


def is_too_short(query: str) -> bool:
    return len(folded(query)) < SHORTEST


def everywhere(session: Session, actor: Actor, query: str) -> Found:
    """Whatever the case and «ё»; nothing for a query under two letters."""
    found = Found()
    if is_too_short(query):
        return found
    pattern = like_pattern(query)
    if actor.may(Permission.ORDER_READ):
        found.orders = _orders(session, pattern)
        found.points = _points(session, folded(query))
    if actor.may(Permission.ASSIGNMENT_READ):
        found.assignments = _assignments(session, pattern)
    if actor.may(Permission.ASSESSMENT_READ):
        found.rounds = search_monitoring.rounds(session, pattern)
        found.sheets = search_monitoring.sheets(session, pattern)
        found.frameworks = search_monitoring.frameworks(session, pattern)
    if actor.may(Permission.STAFF_READ):
        found.staff = search_training.staff(session, pattern)
        found.programmes = search_training.programmes(session, pattern)
        found.groups = search_training.groups(session, pattern)
        found.certificates = search_training.certificates(session, pattern)
    if actor.may(Permission.REQUIREMENT_READ):
        found.requirements = search_training.requirements(session, pattern)
    if actor.may(Permission.MEASURE_READ):
        found.findings = search_measures.findings(session, pattern)
        found.measures = search_measures.measures(session, pattern)
    if actor.may(Permission.ORG_UNIT_READ):
        found.units = _units(session, pattern)
    if actor.may(Permission.USER_READ):
        found.people = _people(session, pattern)
    return found


def _orders(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (Order.id, Order.kind, Order.number, Order.dated_on, Order.title, Order.status)
    statement = select(*columns).where(Order.search.like(pattern, escape="\\")).order_by(Order.id.desc())
    rows, more = ten(session, statement)
    hits = [Hit(row.id, _order_label(row), row.title, _order_state(row.status)) for row in rows]
    return Group(hits, more)


def _order_label(row: Any) -> str:
    dated = f" от {row.dated_on:%d.%m.%Y}" if row.dated_on else ""
    return f"{OrderKind(row.kind).label.capitalize()} № {row.number or 'без номера'}{dated}"


def _order_state(status: OrderStatus) -> tuple[str, str]:
    return f"order-{status.value}", status.label


def _points(session: Session, query: str) -> Group:
    columns: tuple[Any, ...] = (OrderPoint.id, OrderPoint.number, OrderPoint.stage, OrderPoint.intro, OrderPoint.text)
    statement = (
        select(*columns, OrderPoint.order_id, _ORDER.c.number.label("order_number"))
        .join(_ORDER, _ORDER.c.id == OrderPoint.order_id)
        .order_by(OrderPoint.id.desc())
        .limit(POINTS_READ)
    )
    hits: list[Hit] = []
    for row in session.execute(statement):
        if query in folded(row.intro, row.text):
            title = f"Пункт {row.number}{row.stage}: {row.text}"
            hits.append(Hit(row.order_id, title, f"№ {row.order_number}", place=f"#point-{row.id}"))
            if len(hits) > SHOWN:
                break
    return Group(hits[:SHOWN], len(hits) > SHOWN)


def _assignments(session: Session, pattern: str) -> Group:
    """By unit and by order, as the register finds them."""
    units = select(OrgUnit.id).where(OrgUnit.search.like(pattern, escape="\\"))
    orders = select(Order.id).where(Order.search.like(pattern, escape="\\"))
    columns: tuple[Any, ...] = (
        Assignment.id,
        Assignment.status,
        name_of(_UNIT).label("unit"),
        _POINT.c.number,
        _POINT.c.stage,
        _POINT.c.text,
        _ORDER.c.number.label("order_number"),
    )
    statement = (
        select(*columns)
        .join(_UNIT, _UNIT.c.id == Assignment.org_unit_id)
        .join(_POINT, _POINT.c.id == Assignment.order_point_id)
        .join(_ORDER, _ORDER.c.id == Assignment.order_id)
        .where(or_(Assignment.org_unit_id.in_(units), Assignment.order_id.in_(orders)))
        .order_by(Assignment.id.desc())
    )
    rows, more = ten(session, statement)
    return Group(
        [
            Hit(
                row.id,
                row.unit,
                f"№ {row.order_number}, пункт {row.number}{row.stage}: {row.text}",
                (row.status.value, AssignmentStatus(row.status).label),
            )
            for row in rows
        ],
        more,
    )


def _units(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (OrgUnit.id, OrgUnit.name, OrgUnit.kind, OrgUnit.code, OrgUnit.closed_on)
    statement = select(*columns).where(OrgUnit.search.like(pattern, escape="\\")).order_by(OrgUnit.name, OrgUnit.id)
    rows, more = ten(session, statement)
    return Group([Hit(row.id, row.name, _about_unit(row)) for row in rows], more)


def _about_unit(row: Any) -> str:
    closed = f"закрыта {row.closed_on:%d.%m.%Y}" if row.closed_on else ""
    return " · ".join(part for part in (UnitKind(row.kind).label, row.code, closed) if part)


def _people(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (User.id, User.name, User.login, User.is_active)
    statement = select(*columns).where(User.search.like(pattern, escape="\\")).order_by(User.name, User.id)
    rows, more = ten(session, statement)
    return Group([Hit(row.id, row.name, row.login + ("" if row.is_active else " · закрыт")) for row in rows], more)
