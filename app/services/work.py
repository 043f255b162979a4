"""«Моя работа»: what waits for the person, and the figures of their level. Nine statements at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.models import Assignment, AssignmentReport, Order, OrderPoint, OrgUnit, TermExtension
from app.models.assignment import FULFILLED_STATUSES
from app.models.enumeration import (
    AssignmentStatus,
    ExtensionStatus,
    OrderKind,
    OrderStatus,
    ReportKind,
    ReportStatus,
    UnitKind,
)
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import measure_work, monitoring_work, training_work
from app.services.monitoring_work import MonitoringWork
from app.services.order_head import Tally, is_late, name_of
from app.services.training_work import TrainingWork
from app.services.work_counts import counted

# The scope stands on the assignment: its unit, its point and its order are read for their labels.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_POINT = cast(Table, OrderPoint.__table__).alias("point_of_row")
_ORDER = cast(Table, Order.__table__).alias("order_of_row")
MINE = (AssignmentStatus.ASSIGNED, AssignmentStatus.ACCEPTED, AssignmentStatus.RETURNED)
SOON = timedelta(days=7)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Item:
    """An assignment in the queue; `report` is its interim or final report, `due_after` the term asked for."""

    assignment_id: int
    unit: str
    point: str
    text: str
    order_number: str
    status: AssignmentStatus
    due_on: date | None
    report: ReportKind | None = None
    due_after: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    order_id: int
    label: str
    title: str


@dataclass(slots=True)
class Progress:
    """One running order within the scope."""

    order_id: int
    label: str
    title: str
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class Queue:
    """Each item stands once: in the first part that fits."""

    overdue: list[Item] = field(default_factory=list)
    today: list[Item] = field(default_factory=list)
    soon: list[Item] = field(default_factory=list)
    returned: list[Item] = field(default_factory=list)
    new: list[Item] = field(default_factory=list)
    reports: list[Item] = field(default_factory=list)
    extensions: list[Item] = field(default_factory=list)
    below: list[Item] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


@dataclass(slots=True)
class Figures:
    """Over every assignment in the scope, as the register counts them."""

    states: Counter[AssignmentStatus] = field(default_factory=Counter)
    overdue: int = 0
    soon: int = 0

    @property
    def total(self) -> int:
        return self.states.total() - self.states[AssignmentStatus.WITHDRAWN]

    @property
    def fulfilled(self) -> int:
        return sum(self.states[status] for status in FULFILLED_STATUSES)


@dataclass(slots=True)
class Work:
    queue: Queue
    figures: Figures
    running: list[Progress]
    monitoring: MonitoringWork
    training: TrainingWork
    measures: dict[measure_work.Call, int]


def build(session: Session, actor: Actor, *, today: date) -> Work:
    """`today` is the day in the region's own zone. Lists are cut at 100 rows: the register holds the rest."""
    actor.require(Permission.WORK_READ)
    queue = Queue()
    if actor.unit_kind is not UnitKind.REGION:
        _mine(session, actor, queue, today)
    if actor.may(Permission.ASSIGNMENT_CHECK):
        queue.reports = _reports(session, actor)
    if actor.may(Permission.EXTENSION_DECIDE):
        queue.extensions = _extensions(session, actor)
    if actor.unit_kind in {UnitKind.MUNICIPALITY, UnitKind.REGION}:
        queue.below = _overdue_below(session, actor, today)
    if actor.may(Permission.ORDER_WRITE):
        queue.drafts = _drafts(session, actor)
    figures, running = _figures(session, today)
    counts = counted(session, training_work.asked_of(actor, today) + measure_work.asked_of(actor, today))
    training = training_work.build(session, actor, today=today, counts=counts)
    measures = measure_work.of_calls(counts)
    return Work(queue, figures, running, monitoring_work.build(session, actor), training, measures)


def waiting_count(session: Session, actor: Actor, *, today: date) -> int:
    """The bell, by one statement: what is overdue, due today or returned, and what waits for my decision."""
    counts: list[Select[Any]] = []
    if actor.unit_kind is not UnitKind.REGION and actor.may(Permission.ASSIGNMENT_REPORT):
        hot = or_(Assignment.due_on <= today, Assignment.status == AssignmentStatus.RETURNED)
        mine = (Assignment.org_unit_id == actor.unit_id, Assignment.status.in_(MINE), hot)
        counts.append(select(func.count(Assignment.id).label("amount")).where(*mine))
    if actor.may(Permission.ASSIGNMENT_CHECK):
        counts.append(
            select(func.count(AssignmentReport.id).label("amount")).where(
                AssignmentReport.status == ReportStatus.SUBMITTED, _to_check(AssignmentReport, actor)
            )
        )
    if actor.may(Permission.EXTENSION_DECIDE):
        counts.append(
            select(func.count(TermExtension.id).label("amount")).where(
                TermExtension.status == ExtensionStatus.ASKED, TermExtension.given_by_id == actor.unit_id
            )
        )
    counts += monitoring_work.waiting(actor, today=today) + training_work.waiting(actor, today=today)
    counts += measure_work.waiting(actor, today=today)
    if not counts:
        return 0
    if len(counts) == 1:
        return int(session.scalar(counts[0]) or 0)
    return sum(session.scalars(union_all(*counts)))


def _to_check(model: Any, actor: Actor) -> ColumnElement[bool]:
    """What this unit is the first to check: a municipality its schools', a region those straight under it.

    The region may step in anywhere below; that is no part of its queue.
    """
    if actor.unit_kind is UnitKind.REGION:
        straight = (model.municipality_id == model.org_unit_id) | (model.municipality_id == model.region_id)
        return cast("ColumnElement[bool]", straight & (model.org_unit_id != actor.unit_id))
    return cast("ColumnElement[bool]", model.org_unit_id != actor.unit_id)


def _items(*more: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Assignment.id,
        name_of(_UNIT).label("unit"),
        (_POINT.c.number + _POINT.c.stage).label("point"),
        _POINT.c.text,
        _ORDER.c.number.label("order_number"),
        Assignment.status,
        Assignment.due_on,
        *more,
    )
    return (
        select(*columns)
        .join(_UNIT, _UNIT.c.id == Assignment.org_unit_id)
        .join(_POINT, _POINT.c.id == Assignment.order_point_id)
        .join(_ORDER, _ORDER.c.id == Assignment.order_id)
    )


def _read(session: Session, statement: Select[Any]) -> Sequence[Any]:
    return session.execute(statement.limit(LONGEST)).all()


def _by_term() -> tuple[Any, ...]:
    """Earliest first, those without a term last, on every database."""
    return case((Assignment.due_on.is_(None), 1), else_=0), Assignment.due_on, Assignment.id


def _mine(session: Session, actor: Actor, queue: Queue, today: date) -> None:
    """The unit's own assignments on which the next move is its own; one without a term only until it is taken."""
    wanted = or_(
        Assignment.due_on <= today + SOON,
        Assignment.status.in_((AssignmentStatus.ASSIGNED, AssignmentStatus.RETURNED)),
    )
    mine = (Assignment.org_unit_id == actor.unit_id, Assignment.status.in_(MINE), wanted)
    for row in _read(session, _items().where(*mine).order_by(*_by_term())):
        item = Item(*row)
        if item.due_on is not None and item.due_on < today:
            queue.overdue.append(item)
        elif item.status is AssignmentStatus.RETURNED:
            queue.returned.append(item)
        elif item.due_on == today:
            queue.today.append(item)
        elif item.due_on is not None and item.due_on <= today + SOON:
            queue.soon.append(item)
        else:
            queue.new.append(item)


def _reports(session: Session, actor: Actor) -> list[Item]:
    """Final reports before interim ones, then by term: what presses stands on top."""
    statement = (
        _items(AssignmentReport.kind)
        .join(AssignmentReport, AssignmentReport.assignment_id == Assignment.id)
        .where(AssignmentReport.status == ReportStatus.SUBMITTED, _to_check(AssignmentReport, actor))
        .order_by(AssignmentReport.kind == ReportKind.INTERIM, *_by_term(), AssignmentReport.id)
    )
    return [Item(*row) for row in _read(session, statement)]


def _extensions(session: Session, actor: Actor) -> list[Item]:
    statement = (
        _items(TermExtension.due_after)
        .join(TermExtension, TermExtension.assignment_id == Assignment.id)
        .where(TermExtension.status == ExtensionStatus.ASKED, TermExtension.given_by_id == actor.unit_id)
        .order_by(TermExtension.id)
    )
    return [replace(Item(*row[:-1]), due_after=row.due_after) for row in _read(session, statement)]


def _overdue_below(session: Session, actor: Actor, today: date) -> list[Item]:
    """Overdue at those whom this unit checks first, the oldest term first."""
    late = is_late(today) == 1
    statement = _items().where(late, _to_check(Assignment, actor)).order_by(*_by_term())
    return [Item(*row) for row in _read(session, statement)]


def _drafts(session: Session, actor: Actor) -> list[Draft]:
    columns: tuple[Any, ...] = (Order.id, Order.kind, Order.number, Order.dated_on, Order.title)
    statement = (
        select(*columns)
        .where(Order.status == OrderStatus.DRAFT, Order.org_unit_id == actor.unit_id)
        .order_by(Order.id.desc())
    )
    return [
        Draft(row.id, _order_label(row.kind, row.number, row.dated_on), row.title) for row in _read(session, statement)
    ]


def _figures(session: Session, today: date) -> tuple[Figures, list[Progress]]:
    """All assignments in the scope, counted by order and state; running orders with their progress, newest first."""
    near = (Assignment.due_on >= today) & (Assignment.due_on <= today + SOON)
    soon = near & Assignment.status.not_in(FULFILLED_STATUSES)
    keys = (_ORDER.c.id, _ORDER.c.kind, _ORDER.c.number, _ORDER.c.dated_on, _ORDER.c.title, _ORDER.c.status)
    counts = (
        func.count().label("amount"),
        func.sum(is_late(today)).label("late"),
        func.sum(case((soon, 1), else_=0)).label("soon"),
    )
    rows = session.execute(
        select(*keys, Assignment.status.label("state"), *counts)
        .join(_ORDER, _ORDER.c.id == Assignment.order_id)
        .group_by(*keys, Assignment.status)
    )
    figures, running = Figures(), dict[int, Progress]()
    for row in rows:
        figures.states[row.state] += row.amount
        figures.overdue += int(row.late)
        figures.soon += 0 if row.state is AssignmentStatus.WITHDRAWN else int(row.soon)
        if row.status == OrderStatus.ISSUED:
            progress = running.setdefault(
                row.id, Progress(row.id, _order_label(row.kind, row.number, row.dated_on), row.title)
            )
            progress.tally.add(row.state, row.amount, int(row.late))
    return figures, sorted(running.values(), key=lambda one: -one.order_id)


def _order_label(kind: str, number: str, dated_on: date | None) -> str:
    dated = f" от {dated_on:%d.%m.%Y}" if dated_on else ""
    return f"{OrderKind(kind).label.capitalize()} № {number or 'без номера'}{dated}"
