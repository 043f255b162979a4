"""The life cycle of an order: черновик → выпущено → в деле."""

from __future__ import annotations

from app.models.enumeration import OrderStatus as Status
from app.models.order import Order
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_issuer(order: Order, actor: Actor) -> str | None:
    return None if order.org_unit_id == actor.unit_id else "Это может только организация, которая выпускает документ."


def has_number_and_date(order: Order, actor: Actor) -> str | None:
    del actor
    return None if order.number and order.dated_on else "Укажите номер и дату документа: без них он не выпускается."


WORKFLOW = Workflow(
    transition(
        "issue",
        "Выпустить",
        (Status.DRAFT,),
        Status.ISSUED,
        Permission.ORDER_ISSUE,
        who=by_issuer,
        needs=(has_number_and_date,),
    ),
    transition(
        "close", "Списать в дело", (Status.ISSUED,), Status.CLOSED, Permission.ASSIGNMENT_CONTROL, who=by_issuer
    ),
    transition(
        "reopen",
        "Вернуть на контроль",
        (Status.CLOSED,),
        Status.ISSUED,
        Permission.ASSIGNMENT_CONTROL,
        who=by_issuer,
        note_required=True,
    ),
)
