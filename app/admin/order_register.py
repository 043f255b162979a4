"""The list of orders as data: columns, filters, search; counts of assignments are cut to the reader's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement, Date, Select, bindparam, func, literal, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, late_count_cell, number_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option
from app.admin.year_filter import year_filter
from app.models import Assignment, Order, OrderPoint
from app.models.assignment import CLOSED_STATUSES, FULFILLED_STATUSES
from app.models.enumeration import AssignmentStatus, OrderKind, OrderStatus
from app.web.session import today

# Drafts without a date stand before everything that is dated.
UNDATED = date(9999, 12, 31)


def _assignments(*conditions: ColumnElement[bool]) -> Any:
    """One correlated count over ix_assignment_order; the scope of assignments is added by the guard."""
    counted: Select[Any] = select(func.count(Assignment.id)).where(Assignment.order_id == Order.id, *conditions)
    return counted.correlate(Order).scalar_subquery()


def _link_cell(value: Any, row: Any) -> str:
    label = f"{row.kind.label.capitalize()} № {value}" if value else f"{row.kind.label.capitalize()} без номера"
    return f'<th class="held" scope="row"><a class="row-link" href="/orders/{row.id:d}">{escape(label)}</a></th>'


def _status(raw: str) -> OrderStatus:
    return OrderStatus(raw)


def _kind(raw: str) -> OrderKind:
    return OrderKind(raw)


LISTING = Listing(
    model=Order,
    columns=(
        ListColumn("number", "Документ", Order.number, _link_cell, sort=Order.number, held=True),
        ListColumn(
            "dated_on",
            "Дата",
            Order.dated_on,
            date_cell,
            sort=func.coalesce(Order.dated_on, literal(UNDATED)),
            sort_type=date,
        ),
        ListColumn("title", "Заголовок", Order.title, clipped_cell),
        ListColumn("status", "Состояние", Order.status, badge_cell(OrderStatus, "order-")),
        ListColumn(
            "assignments",
            "Поручений",
            _assignments(Assignment.status != AssignmentStatus.WITHDRAWN),
            number_cell,
            kind="number",
        ),
        ListColumn(
            "done", "Исполнено", _assignments(Assignment.status.in_(FULFILLED_STATUSES)), number_cell, kind="number"
        ),
        ListColumn(
            "overdue",
            "Просрочено",
            _assignments(
                Assignment.due_on < bindparam("today_of_orders", callable_=today, type_=Date()),
                Assignment.status.not_in(CLOSED_STATUSES),
            ),
            late_count_cell,
            kind="number",
        ),
        ListColumn("issuer", "Кем выпущено", Order.issuer_name, clipped_cell),
        ListColumn("kind", "", Order.kind, hidden=True),
        ListColumn(
            "points",
            "",
            select(func.count(OrderPoint.id)).where(OrderPoint.order_id == Order.id).correlate(Order).scalar_subquery(),
            hidden=True,
        ),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Order.status == value,
            _status,
            lambda: [Option(status.value, status.label) for status in OrderStatus],
        ),
        ListFilter(
            "kind",
            "Вид",
            lambda value: Order.kind == value,
            _kind,
            lambda: [Option(kind.value, kind.label) for kind in OrderKind],
        ),
        year_filter("Год", Order.dated_on),
        ListFilter("dated_from", "Дата с", lambda value: Order.dated_on >= value, date.fromisoformat, kind="date"),
        ListFilter("dated_to", "Дата по", lambda value: Order.dated_on <= value, date.fromisoformat, kind="date"),
    ),
    search=lambda pattern: [Order.search.like(pattern, escape="\\")],
    default_sort="dated_on",
)
