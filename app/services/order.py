"""Orders: a draft made by hand or from a text, corrected, deleted; its issue. One door for the rest of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analysis.order_proposal import AddresseeClause
from app.models import Assignment, Order, OrderGround
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import GroundEffect, OrderKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.services.order_addressees import addressees, register_of
from app.services.order_issue import Examination, examine, issue, read_points
from app.services.order_point import (
    ClauseValues,
    PointValues,
    add_point,
    change_point,
    delete_point,
    move_point,
    point_of,
    require_draft,
    set_addressees,
    settle,
    split_stage,
)
from app.workflows.order import WORKFLOW

__all__ = [
    "ClauseValues",
    "Examination",
    "HeadingValues",
    "PointValues",
    "add_ground",
    "add_point",
    "addressees",
    "as_clauses",
    "change_point",
    "close",
    "create_draft",
    "delete_draft",
    "delete_ground",
    "delete_point",
    "examine",
    "issue",
    "move_point",
    "point_of",
    "read_points",
    "register_of",
    "rename_draft",
    "reopen",
    "require_draft",
    "save",
    "set_addressees",
    "settle",
    "split_stage",
]


@dataclass(frozen=True, slots=True)
class HeadingValues:
    """The heading of an order as a person gives it."""

    kind: OrderKind = OrderKind.DIRECTIVE
    number: str = ""
    dated_on: date | None = None
    title: str = ""
    issuer_name: str = ""
    signed_by: str = ""
    controller: str = ""


def create_draft(
    session: Session,
    actor: Actor,
    *,
    kind: OrderKind,
    number: str = "",
    dated_on: date | None = None,
    title: str = "",
    issuer_name: str = "",
    signed_by: str = "",
    controller: str = "",
    source_text: str = "",
    source_file_name: str = "",
    source_digest: str = "",
    is_demo: bool = False,
) -> Order:
    """A draft of the actor's unit without points; nobody outside the unit sees it."""
    actor.require(Permission.ORDER_WRITE)
    order = Order(
        org_unit_id=actor.unit_id,
        kind=kind,
        number=number.strip(),
        dated_on=dated_on,
        title=title.strip(),
        issuer_name=issuer_name.strip() or actor.unit_name,
        signed_by=signed_by.strip(),
        controller=controller.strip(),
        source_text=source_text,
        source_file_name=source_file_name,
        source_digest=source_digest,
        doubts=[],
        is_demo=is_demo,
    )
    session.add(order)
    session.flush()
    return order


def save(session: Session, actor: Actor, order: Order, *, version: int, values: HeadingValues) -> None:
    """Settles the doubts of the heading. Raises Conflict where somebody saved since `version`."""
    require_draft(session, actor, order)
    if order.version != version:
        raise Conflict("Документ успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы.")
    for one in fields(HeadingValues):
        value = getattr(values, one.name)
        setattr(order, one.name, value.strip() if type(value) is str else value)
    order.doubts = []
    session.flush()


def rename_draft(session: Session, actor: Actor, order: Order, title: str) -> None:
    require_draft(session, actor, order)
    order.title = title.strip()
    session.flush()


def differences(order: Order, values: HeadingValues) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, getattr(order, one.name), getattr(values, one.name)) for one in fields(HeadingValues)]
    return [(name, saved, typed) for name, saved, typed in pairs if saved != typed]


def add_ground(
    session: Session,
    actor: Actor,
    order: Order,
    *,
    kind: str,
    number: str,
    dated_on: date | None,
    title: str,
    effect: GroundEffect = GroundEffect.BASIS,
) -> OrderGround:
    require_draft(session, actor, order)
    if not (number.strip() or title.strip()):
        raise Invalid("Укажите номер или название акта.", field="number")
    ground = OrderGround(
        kind=kind.strip(), number=number.strip(), dated_on=dated_on, title=title.strip(), effect=effect
    )
    order.grounds.append(ground)
    session.flush()
    return ground


def delete_ground(session: Session, actor: Actor, order: Order, ground_id: int) -> None:
    require_draft(session, actor, order)
    ground = next((each for each in order.grounds if each.id == ground_id), None)
    if ground is None:
        raise NotFound
    order.grounds.remove(ground)
    session.flush()


def delete_draft(session: Session, actor: Actor, order: Order) -> None:
    """The draft goes with all its parts; its journal rows stay."""
    require_draft(session, actor, order)
    session.delete(order)
    session.flush()


def close(session: Session, actor: Actor, order: Order) -> None:
    """«Списать в дело»: the order leaves the working lists; nothing of it changes."""
    WORKFLOW.require("close", order, actor)
    left = session.scalar(
        select(func.count(Assignment.id)).where(
            Assignment.order_id == order.id, Assignment.status.not_in(CLOSED_STATUSES)
        )
    )
    if left:
        raise WrongState(f"Не исполнено поручений: {left}. Списать в дело можно, когда все исполнены или сняты.")
    WORKFLOW.apply("close", order, actor)
    session.flush()


def reopen(session: Session, actor: Actor, order: Order, *, note: str) -> None:
    WORKFLOW.apply("reopen", order, actor, note=note)
    session.flush()


def as_clauses(wanted: Sequence[ClauseValues]) -> list[AddresseeClause]:
    """The rule as the parser's, to see whom it reaches before it is saved."""
    return [AddresseeClause(clause.kind, clause.unit_id, None) for clause in wanted]
