"""Training requirements: a draft made and corrected, put into force, closed, bound to the point of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Order, OrderPoint, RequirementAddressee, TrainingRequirement
from app.models.enumeration import OrderStatus
from app.models.enumeration_of_training import CoverageCount, PositionKind, RequirementStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.order_addressees import register_of
from app.services.requirement_addressees import Clause, checked_clauses, clauses_of, units_of
from app.services.training_topic import topic_of
from app.workflows.training_requirement import WORKFLOW, by_maker

LONGEST_TITLE = 300
LONGEST_BASIS = 500
MOST_HOURS = 10_000
ISSUED = (OrderStatus.ISSUED, OrderStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class RequirementValues:
    """A requirement as a person gives it."""

    title: str
    topic_id: int
    positions: tuple[PositionKind, ...]
    starts_on: date
    due_on: date
    counts: CoverageCount = CoverageCount.UNITS
    min_hours: int = 0
    accepts_valid: bool = False
    basis: str = ""


def create(session: Session, actor: Actor, values: RequirementValues) -> TrainingRequirement:
    """A draft of the actor's unit; nobody outside the unit sees it. Raises Invalid at the field."""
    actor.require(Permission.REQUIREMENT_WRITE)
    made = TrainingRequirement(org_unit_id=actor.unit_id)
    _put(session, made, values)
    session.add(made)
    session.flush()
    return made


def change(
    session: Session, actor: Actor, requirement: TrainingRequirement, *, version: int, values: RequirementValues
) -> None:
    """Raises Conflict where somebody saved since `version`, WrongState once it is in force, Invalid at the field."""
    require_draft(actor, requirement)
    if requirement.version != version:
        raise Conflict("Требование успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы.")
    _put(session, requirement, values)
    session.flush()


def set_addressees(session: Session, actor: Actor, requirement: TrainingRequirement, clauses: Sequence[Clause]) -> None:
    """Replaces the rule «чьи работники». Raises Invalid at `units` for a unit that is not below the maker."""
    require_draft(actor, requirement)
    wanted = checked_clauses(register_of(session, actor.unit_id or 0), actor, clauses)
    if set(wanted) == set(clauses_of(requirement)):
        return
    kept = {(row.kind, row.org_unit_id): row for row in requirement.addressees}
    requirement.addressees = [
        kept.get(clause) or RequirementAddressee(kind=clause[0], org_unit_id=clause[1]) for clause in wanted
    ]
    session.flush()


def activate(session: Session, actor: Actor, requirement: TrainingRequirement, *, today: date) -> int:
    """From now on those asked see it; returns how many units are asked today. Raises WrongState where none is."""
    WORKFLOW.require("activate", requirement, actor)
    reached = units_of(clauses_of(requirement), register_of(session, actor.unit_id or 0, today=today))
    if not reached:
        raise WrongState("Требование никого не охватывает: выберите, чьих работников учить, и введите в действие.")
    requirement.activated_on = today
    WORKFLOW.apply("activate", requirement, actor)
    session.flush()
    return len(reached)


def close(session: Session, actor: Actor, requirement: TrainingRequirement, *, note: str) -> None:
    """Its coverage can still be read. Raises Invalid without a reason."""
    WORKFLOW.apply("close", requirement, actor, note=note)
    session.flush()


def reopen(session: Session, actor: Actor, requirement: TrainingRequirement, *, note: str) -> None:
    WORKFLOW.apply("reopen", requirement, actor, note=note)
    session.flush()


def delete_draft(session: Session, actor: Actor, requirement: TrainingRequirement) -> None:
    """The draft goes with its addressees; its journal rows stay."""
    require_draft(actor, requirement)
    session.delete(requirement)
    session.flush()


def bind_point(
    session: Session, actor: Actor, requirement: TrainingRequirement, order_point_id: int | None
) -> OrderPoint | None:
    """The point of an order of the same unit whose progress this coverage is; None unbinds.

    Raises NotFound for a point outside the scope, Invalid at `order_point_id`, Conflict where another requirement has
    the point.
    """
    require_made(actor, requirement)
    if order_point_id is None:
        if requirement.order_point_id is not None:
            requirement.order_point_id = None
            requirement.pending_action = ("bind_point", "Связь с пунктом распоряжения снята.")
            session.flush()
        return None
    point = session.get(OrderPoint, order_point_id)
    if point is None:
        raise NotFound
    order = session.get_one(Order, point.order_id)
    if order.org_unit_id != requirement.org_unit_id:
        raise Invalid("Связать можно только с пунктом своего распоряжения.", field="order_point_id")
    if order.status not in ISSUED or point.revoked_on is not None:
        raise Invalid("Связать можно с действующим пунктом выпущенного распоряжения.", field="order_point_id")
    taken = session.scalar(
        select(TrainingRequirement.title).where(
            TrainingRequirement.order_point_id == point.id, TrainingRequirement.id != requirement.id
        )
    )
    if taken is not None:
        raise Invalid(
            f"Этот пункт уже показывает охват по требованию «{taken}»: сначала снимите ту связь.",
            field="order_point_id",
        )
    if requirement.order_point_id != point.id:
        requirement.order_point_id = point.id
        requirement.pending_action = ("bind_point", f"Пункт {point.label}, {order.label}.")
        session.flush()
    return point


def points_to_bind(session: Session, actor: Actor, requirement: TrainingRequirement) -> list[tuple[Order, OrderPoint]]:
    """Points in force of the unit's own issued orders that no other requirement has; newest order first."""
    actor.require(Permission.REQUIREMENT_WRITE)
    taken = select(TrainingRequirement.order_point_id).where(
        TrainingRequirement.order_point_id.is_not(None), TrainingRequirement.id != requirement.id
    )
    rows = session.execute(
        select(Order, OrderPoint)
        .join(OrderPoint, OrderPoint.order_id == Order.id)
        .where(
            Order.org_unit_id == requirement.org_unit_id,
            Order.status.in_(ISSUED),
            OrderPoint.revoked_on.is_(None),
            OrderPoint.id.not_in(taken),
        )
        .order_by(Order.dated_on.desc(), Order.id.desc(), OrderPoint.position, OrderPoint.id)
        .limit(200)
    )
    return [(order, point) for order, point in rows]


def differences(requirement: TrainingRequirement, values: RequirementValues) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    saved = values_of(requirement)
    pairs = [(one.name, getattr(saved, one.name), getattr(values, one.name)) for one in fields(RequirementValues)]
    return [(name, before, typed) for name, before, typed in pairs if before != typed]


def values_of(requirement: TrainingRequirement) -> RequirementValues:
    return RequirementValues(
        title=requirement.title,
        topic_id=requirement.topic_id,
        positions=tuple(PositionKind(value) for value in requirement.positions),
        starts_on=requirement.starts_on,
        due_on=requirement.due_on,
        counts=requirement.counts,
        min_hours=requirement.min_hours,
        accepts_valid=requirement.accepts_valid,
        basis=requirement.basis,
    )


def require_made(actor: Actor, requirement: TrainingRequirement) -> None:
    """The actor's unit made it, and the actor's duty allows to change it."""
    actor.require(Permission.REQUIREMENT_WRITE)
    refused = by_maker(requirement, actor)
    if refused is not None:
        raise NotPermitted(refused)


def require_draft(actor: Actor, requirement: TrainingRequirement) -> None:
    require_made(actor, requirement)
    if requirement.status is not RequirementStatus.DRAFT:
        raise WrongState("Требование уже действует: условия не меняются. Закройте его и составьте новое.")


def _put(session: Session, requirement: TrainingRequirement, values: RequirementValues) -> None:
    title, basis = (" ".join(text.replace("\x00", "").split()) for text in (values.title, values.basis))
    _check(values, title, basis)
    if not values.topic_id:
        raise Invalid("Выберите тему обучения.", field="topic_id")
    topic_of(session, values.topic_id)
    requirement.title, requirement.basis = title, basis
    requirement.topic_id = values.topic_id
    chosen = set(values.positions)
    positions = [kind.value for kind in PositionKind if kind in chosen]
    if requirement.positions != positions:
        requirement.positions = positions
    requirement.counts = values.counts
    requirement.starts_on, requirement.due_on = values.starts_on, values.due_on
    requirement.min_hours = values.min_hours
    requirement.accepts_valid = values.accepts_valid


def _check(values: RequirementValues, title: str, basis: str) -> None:
    if not title:
        raise Invalid("Назовите требование, например «Обучение руководителей по ВСОКО».", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Название длиннее {LONGEST_TITLE} знаков: сократите его.", field="title")
    if len(basis) > LONGEST_BASIS:
        raise Invalid(f"Основание длиннее {LONGEST_BASIS} знаков: сократите его.", field="basis")
    if not values.positions:
        raise Invalid("Выберите хотя бы одну должность.", field="positions")
    if values.due_on < values.starts_on:
        raise Invalid("Срок раньше начала: проверьте обе даты.", field="due_on")
    if not 0 <= values.min_hours <= MOST_HOURS:
        raise Invalid(f"Укажите часы от 0 до {MOST_HOURS}.", field="min_hours")
