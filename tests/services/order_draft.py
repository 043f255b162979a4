"""A draft with one point, made by hand."""

from datetime import UTC, date, datetime

from app.models.enumeration import (
    AddresseeClauseKind,
    OrderKind,
)
from app.services import order as orders
from app.services.order import ClauseValues, PointValues

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ALL_SCHOOLS = ClauseValues(AddresseeClauseKind.ALL_SCHOOLS)


def draft(session, actor, *, clauses=(ALL_SCHOOLS,), number="7", dated_on=TODAY, **values):
    order = orders.create_draft(
        session, actor, kind=OrderKind.ORDER, number=number, dated_on=dated_on, title="О проверке"
    )
    point = orders.add_point(session, actor, order, PointValues(number="1", text="проверить", **values))
    orders.set_addressees(session, actor, order, point, clauses)
    return order, point
