"""The list of assignments as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from app.admin.cells import (
    badge_cell,
    clipped_cell,
    date_cell,
    label_cell,
    link_cell,
    plain_cell,
    short_cell,
    term_cell,
)
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number, one_of
from app.admin.unit_names import (
    MUNICIPALITY_NAME,
    UNIT_NAME,
    municipality_options,
    unit_search,
    with_unit_names,
)
from app.models import Assignment, Order, OrderPoint
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AssignmentStatus, Modality
from app.web.session import guarded, today

ORDERS = Order.__table__.alias("order_of_row")
POINTS = OrderPoint.__table__.alias("point_of_row")
NEVER = date(9999, 12, 31)


def _joins(statement: Select[Any]) -> Select[Any]:
    """The order and the point of an assignment in scope are in scope: the policy of orders says so."""
    named = with_unit_names(statement, Assignment)
    return named.join(ORDERS, ORDERS.c.id == Assignment.order_id).join(POINTS, POINTS.c.id == Assignment.order_point_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    orders = select(Order.id).where(Order.search.like(pattern, escape="\\"))
    return [unit_search(Assignment, pattern), Assignment.order_id.in_(orders)]


def is_overdue(day: date) -> ColumnElement[bool]:
    return (Assignment.due_on < day) & Assignment.status.not_in(CLOSED_STATUSES)


def _overdue(value: str) -> ColumnElement[bool]:
    overdue = func.coalesce(is_overdue(today()), False)
    return overdue if value == "1" else ~overdue


def _yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


def _order_options() -> list[Option]:
    orders = guarded().scalars(select(Order).order_by(Order.id.desc()).limit(200))
    return [Option(str(order.id), order.label) for order in orders]


LISTING = Listing(
    model=Assignment,
    columns=(
        ListColumn("unit", "Организация", UNIT_NAME, link_cell("/assignments/"), held=True),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("number", "Распоряжение", ORDERS.c.number, short_cell),
        ListColumn("point", "Пункт", POINTS.c.number + POINTS.c.stage, plain_cell),
        ListColumn(
            "due_on",
            "Срок",
            Assignment.due_on,
            term_cell,
            sort=func.coalesce(Assignment.due_on, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn("status", "Состояние", Assignment.status, badge_cell(AssignmentStatus)),
        ListColumn("content", "Содержание", POINTS.c.text, clipped_cell),
        ListColumn("modality", "Требование", POINTS.c.modality, label_cell(Modality)),
        ListColumn("done_on", "Исполнено", Assignment.done_on, date_cell),
        ListColumn("dated_on", "", ORDERS.c.dated_on, hidden=True),
        ListColumn("responsible", "", Assignment.responsible, hidden=True),
        ListColumn("version", "", Assignment.version, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Assignment.status == value,
            one_of(AssignmentStatus),
            lambda: [Option(status.value, status.label) for status in AssignmentStatus],
        ),
        ListFilter(
            "overdue",
            "Просрочено",
            _overdue,
            _yes_or_no,
            lambda: [Option("1", "да"), Option("0", "нет")],
        ),
        ListFilter("order", "Распоряжение", lambda value: Assignment.order_id == value, number, _order_options),
        ListFilter("point", "Пункт", lambda value: Assignment.order_point_id == value, number, tuple, kind="hidden"),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Assignment.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter("due_from", "Срок с", lambda value: Assignment.due_on >= value, date.fromisoformat, kind="date"),
        ListFilter("due_to", "Срок по", lambda value: Assignment.due_on <= value, date.fromisoformat, kind="date"),
    ),
    search=_search,
    joins=_joins,
)
