"""What every view of an order's execution says of it: its head, its points, and how assignments are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from app.models import Assignment, Order, OrderPoint
from app.models.assignment import CLOSED_STATUSES, FULFILLED_STATUSES
from app.models.enumeration import AssignmentStatus, Modality, OrderKind, OrderStatus, Recurrence, TermKind
from app.models.search_text import folded
from app.policies.refusal import NotFound, WrongState
from app.services.state_on_day import Asked, PastDay, on_day

_QUOTES = str.maketrans("", "", '«»"„“”')


@dataclass(slots=True)
class Tally:
    """Withdrawn assignments do not count."""

    total: int = 0
    fulfilled: int = 0
    overdue: int = 0

    def add(self, status: AssignmentStatus, count: int, late: int) -> None:
        if status is not AssignmentStatus.WITHDRAWN:
            self.total += count
            self.fulfilled += count if status in FULFILLED_STATUSES else 0
            self.overdue += late

    def __iadd__(self, other: Tally) -> Self:
        self.total += other.total
        self.fulfilled += other.fulfilled
        self.overdue += other.overdue
        return self


@dataclass(frozen=True, slots=True)
class Head:
    """What the page says of the order."""

    id: int
    kind: OrderKind
    number: str
    dated_on: date | None
    title: str
    status: OrderStatus

    @property
    def label(self) -> str:
        dated = f" от {self.dated_on:%d.%m.%Y}" if self.dated_on else ""
        return f"{self.kind.label} № {self.number or 'без номера'}{dated}"


@dataclass(frozen=True, slots=True)
class PointHead:
    id: int
    number: str
    stage: str
    intro: str
    text: str
    modality: Modality
    term_kind: TermKind
    due_on: date | None
    term_written: str
    recurrence: Recurrence | None
    revoked_on: date | None

    @property
    def label(self) -> str:
        return f"{self.number}{self.stage}"

    @property
    def term(self) -> str:
        """The term in words: a day, a recurrence as written, or «без срока»."""
        if self.due_on is not None:
            return f"{self.due_on:%d.%m.%Y}"
        if self.recurrence is not None:
            return self.term_written or self.recurrence.label
        return "без срока"


def order_head(session: Session, order_id: int, past: PastDay | None = None) -> Head:
    """Raises NotFound; WrongState for an order that had not been issued on the past day."""
    columns = (Order.id, Order.kind, Order.number, Order.dated_on, Order.title, Order.status)
    row = session.execute(state_of(select(*columns).where(Order.id == order_id), past)).one_or_none()
    if past is not None and (row is None or row.status is OrderStatus.DRAFT):
        # Outside the scope there is no order today either.
        order_head(session, order_id)
        raise not_yet_issued(past)
    if row is None:
        raise NotFound
    return Head(*row)


def not_yet_issued(past: PastDay) -> WrongState:
    return WrongState(f"На {past.day:%d.%m.%Y} распоряжение ещё не было выпущено. Выберите более поздний день.")


def points_of(session: Session, order_id: int, past: PastDay | None = None) -> list[PointHead]:
    wanted = (
        select(
            OrderPoint.id,
            OrderPoint.number,
            OrderPoint.stage,
            OrderPoint.intro,
            OrderPoint.text,
            OrderPoint.modality,
            OrderPoint.term_kind,
            OrderPoint.due_on,
            OrderPoint.term_written,
            OrderPoint.recurrence,
            OrderPoint.revoked_on,
        )
        .where(OrderPoint.order_id == order_id)
        .order_by(OrderPoint.position, OrderPoint.id)
    )
    return [PointHead(*row) for row in session.execute(state_of(wanted, past))]


def state_of(statement: Asked, past: PastDay | None) -> Asked:
    """The statement about the past day, or as it is about the present."""
    return statement if past is None else on_day(statement, past)


def is_late(today: date) -> ColumnElement[int]:
    """1 for an open assignment whose term has passed, 0 for any other."""
    return case(((Assignment.due_on < today) & Assignment.status.not_in(CLOSED_STATUSES), 1), else_=0)


def name_of(table: Any) -> ColumnElement[str]:
    return case((table.c.short_name != "", table.c.short_name), else_=table.c.name)


def total_of(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole += tally
    return whole


def as_people_sort(name: str) -> list[str | int]:
    """A key by which «школа № 2» stands before «школа № 10», and quotes do not matter."""
    parts = re.split(r"(\d+)", folded(name).translate(_QUOTES))
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]
