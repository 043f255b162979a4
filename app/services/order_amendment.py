"""The only way in which an issued order changes: an act with a number and a date, and what it does to assignments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AmendmentChange, Assignment, Order, OrderAmendment, OrderPoint
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AmendmentChangeKind, AssignmentOrigin, OrderKind, OrderStatus, TermKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services.assignment import take_away
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_issue import give, periods_of
from app.services.order_point import point_of


@dataclass(frozen=True, slots=True)
class MoveTerm:
    """A new common term; assignments extended beyond it one by one keep theirs."""

    point_id: int
    due_on: date


@dataclass(frozen=True, slots=True)
class AddAddressees:
    point_id: int
    unit_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RevokePoint:
    point_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawAssignments:
    """Assignments of one point, named by their units."""

    point_id: int
    unit_ids: tuple[int, ...]
    reason: str


Change = MoveTerm | AddAddressees | RevokePoint | WithdrawAssignments


@dataclass
class Outcome:
    """The act as written, and what the issuer should know: sentences."""

    amendment: OrderAmendment
    touched: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass
class _Act:
    session: Session
    actor: Actor
    order: Order
    amendment: OrderAmendment
    register: UnitRegister
    today: date
    outcome: Outcome


def apply(
    session: Session,
    actor: Actor,
    order: Order,
    *,
    kind: OrderKind,
    number: str,
    dated_on: date,
    title: str,
    changes: Sequence[Change],
    today: date,
    now: datetime,
) -> Outcome:
    """All changes of one act, or none. `today` is the local day on which it is applied.

    Raises NotPermitted, WrongState, NotFound for a point of another order, Invalid with the field at fault.
    """
    actor.require(Permission.ORDER_AMEND)
    if order.org_unit_id != actor.unit_id:
        raise NotPermitted("Изменяющий акт вносит только организация, которая выпустила документ.")
    if order.status is not OrderStatus.ISSUED:
        raise WrongState("Изменяющий акт возможен только для выпущенного документа, который стоит на контроле.")
    _check(session, order, number, dated_on, changes)
    amendment = OrderAmendment(
        order_id=order.id,
        kind=kind,
        number=number.strip(),
        dated_on=dated_on,
        title=title.strip(),
        applied_at=now,
        applied_by=actor.signature,
    )
    session.add(amendment)
    outcome = Outcome(amendment)
    act = _Act(session, actor, order, amendment, register_of(session, order.org_unit_id, today=today), today, outcome)
    for change in changes:
        point = point_of(order, change.point_id)
        if isinstance(change, MoveTerm):
            _move_term(act, point, change)
        elif isinstance(change, AddAddressees):
            _add_addressees(act, point, change)
        elif isinstance(change, RevokePoint):
            _revoke(act, point, change)
        else:
            _withdraw_some(act, point, change)
    session.flush()
    return outcome


def amendments_of(session: Session, order: Order) -> list[OrderAmendment]:
    """The acts that changed the order, the newest first."""
    wanted = select(OrderAmendment).where(OrderAmendment.order_id == order.id)
    return list(session.scalars(wanted.order_by(OrderAmendment.dated_on.desc(), OrderAmendment.id.desc())))


def _check(session: Session, order: Order, number: str, dated_on: date, changes: Sequence[Change]) -> None:
    if not number.strip():
        raise Invalid("Укажите номер изменяющего акта.", field="number")
    if order.dated_on is not None and dated_on < order.dated_on:
        raise Invalid(
            f"Изменяющий акт не может быть раньше самого документа ({order.dated_on:%d.%m.%Y}).", field="dated_on"
        )
    if not changes:
        raise Invalid("Укажите хотя бы одно изменение: новый срок, адресата, отмену пункта или снятие поручения.")
    same = select(OrderAmendment.id).where(
        OrderAmendment.order_id == order.id,
        OrderAmendment.number == number.strip(),
        OrderAmendment.dated_on == dated_on,
    )
    if session.scalar(same) is not None:
        raise Invalid("Акт с этим номером и датой уже внесён: откройте историю изменений.", field="number")


def _note(act: _Act, point: OrderPoint, kind: AmendmentChangeKind, note: str, **days: date | None) -> AmendmentChange:
    change = AmendmentChange(order_id=act.order.id, order_point_id=point.id, kind=kind, note=note, **days)
    act.amendment.changes.append(change)
    return change


def _touched(act: _Act, change: AmendmentChange, count: int) -> None:
    change.touched = count
    act.outcome.touched += count


def _given(act: _Act, point: OrderPoint) -> list[Assignment]:
    """Open assignments that the order itself gave; what municipalities made of theirs hangs below them."""
    wanted = select(Assignment).where(
        Assignment.order_point_id == point.id,
        Assignment.parent_id.is_(None),
        Assignment.status.not_in(CLOSED_STATUSES),
    )
    return list(act.session.scalars(wanted))


def _children(act: _Act, parents: Iterable[Assignment]) -> dict[int, list[Assignment]]:
    ids = [parent.id for parent in parents]
    below: dict[int, list[Assignment]] = defaultdict(list)
    if ids:
        wanted = select(Assignment).where(Assignment.parent_id.in_(ids), Assignment.status.not_in(CLOSED_STATUSES))
        for child in act.session.scalars(wanted):
            below[child.parent_id or 0].append(child)
    return below


def _live(point: OrderPoint) -> None:
    if point.revoked_on is not None:
        raise Invalid(
            f"Пункт {point.label} отменён {point.revoked_on:%d.%m.%Y}: изменить его нельзя.", field=f"point-{point.id}"
        )


def _move_term(act: _Act, point: OrderPoint, change: MoveTerm) -> None:
    _live(point)
    here = f"due-{point.id}"
    if point.term_kind is TermKind.RECURRING:
        raise Invalid(f"Пункт {point.label} повторяется: переносится день каждого отчёта, а не общий срок.", field=here)
    if act.order.dated_on is not None and change.due_on < act.order.dated_on:
        raise Invalid("Новый срок раньше даты документа.", field=here)
    before = point.due_on
    if before == change.due_on:
        raise Invalid(f"У пункта {point.label} уже такой срок.", field=here)
    row = _note(act, point, AmendmentChangeKind.MOVE_TERM, "", due_before=before, due_after=change.due_on)
    point.due_on = change.due_on
    if point.term_kind is TermKind.NONE:
        point.term_kind = TermKind.DATE
    was = f"{before:%d.%m.%Y}" if before else "без срока"
    note = f"{act.amendment.label}: срок {was} → {change.due_on:%d.%m.%Y}"
    point.pending_action = ("amend", note)
    moved = []
    for assignment in _given(act, point):
        # Another day than the point's own was granted to this unit alone.
        alone = assignment.due_on is not None and assignment.due_on != before
        if alone and assignment.due_on is not None and assignment.due_on >= change.due_on:
            continue
        assignment.due_on = change.due_on
        assignment.pending_action = ("amend", note)
        moved.append(assignment)
    _touched(act, row, len(moved))
    _warn_of_late_children(act, point, moved, change.due_on)


def _warn_of_late_children(act: _Act, point: OrderPoint, moved: list[Assignment], due_on: date) -> None:
    for parent_id, children in _children(act, moved).items():
        late = [child for child in children if child.due_on is None or child.due_on > due_on]
        if late:
            parent = next(each for each in moved if each.id == parent_id)
            who = act.register.label(parent.org_unit_id) or "Организация"
            act.outcome.warnings.append(
                f"Пункт {point.label}, {who}: у переданных ОО поручений ({len(late)}) срок позже нового. "
                "Их сроки меняет муниципалитет."
            )


def _add_addressees(act: _Act, point: OrderPoint, change: AddAddressees) -> None:
    _live(point)
    here = f"add-{point.id}"
    below = {unit.id for unit in act.register.below()}
    wanted = list(dict.fromkeys(change.unit_ids))
    if any(unit_id not in below for unit_id in wanted):
        raise Invalid("Такой организации нет среди подведомственных: выберите имя из списка.", field=here)
    present = act.session.scalars(
        select(Assignment.org_unit_id).where(Assignment.order_point_id == point.id, Assignment.org_unit_id.in_(wanted))
    ).all()
    if present:
        names = ", ".join(act.register.label(unit_id) for unit_id in present)
        raise Invalid(f"Поручение по пункту {point.label} уже было дано: {names}. Уберите эти имена.", field=here)
    if point.term_kind is TermKind.RECURRING and not periods_of(act.order, point, since=act.amendment.dated_on):
        raise Invalid(f"По пункту {point.label} все отчётные периоды прошли: отчитываться уже не о чем.", field=here)
    row = _note(act, point, AmendmentChangeKind.ADD_ADDRESSEE, ", ".join(map(act.register.label, wanted)))
    made = give(
        act.session,
        act.order,
        point,
        wanted,
        AssignmentOrigin.AMENDED,
        since=act.amendment.dated_on,
        note=f"{act.amendment.label}: добавлен адресат",
    )
    _touched(act, row, len(made))


def _revoke(act: _Act, point: OrderPoint, change: RevokePoint) -> None:
    _live(point)
    if not change.reason.strip():
        raise Invalid("Напишите, почему пункт отменяется.", field=f"reason-{point.id}")
    note = f"{act.amendment.label}: пункт отменён. {change.reason.strip()}"
    row = _note(act, point, AmendmentChangeKind.REVOKE_POINT, change.reason.strip())
    point.revoked_on = act.amendment.dated_on
    point.pending_action = ("amend", note)
    count = _withdraw(act, _given(act, point), note)
    _touched(act, row, count + _withdraw_below_closed(act, point, note))


def _withdraw_some(act: _Act, point: OrderPoint, change: WithdrawAssignments) -> None:
    here = f"withdraw-{point.id}"
    if not change.reason.strip():
        raise Invalid("Напишите, почему поручение снимается.", field=f"reason-{point.id}")
    chosen = [each for each in _given(act, point) if each.org_unit_id in set(change.unit_ids)]
    missing = set(change.unit_ids) - {each.org_unit_id for each in chosen}
    if missing:
        names = ", ".join(act.register.label(unit_id) or "организация вне списка" for unit_id in sorted(missing))
        raise Invalid(f"По пункту {point.label} нет открытого поручения: {names}.", field=here)
    names = ", ".join(act.register.label(each.org_unit_id) for each in chosen)
    row = _note(act, point, AmendmentChangeKind.WITHDRAW_ASSIGNMENT, f"{names}. {change.reason.strip()}")
    note = f"{act.amendment.label}: поручение снято. {change.reason.strip()}"
    _touched(act, row, _withdraw(act, chosen, note))


def _withdraw_below_closed(act: _Act, point: OrderPoint, note: str) -> int:
    """Schools may still be at work under a municipality that has reported with a reason."""
    wanted = select(Assignment).where(Assignment.order_point_id == point.id, Assignment.status.not_in(CLOSED_STATUSES))
    steps = [(each, "withdraw_with_parent") for each in act.session.scalars(wanted)]
    return take_away(act.session, act.actor, steps, today=act.today, note=note)


def _withdraw(act: _Act, chosen: list[Assignment], note: str) -> int:
    """With each goes what its unit gave on to its own schools."""
    below = _children(act, chosen)
    steps = [
        step
        for each in chosen
        for step in ((each, "withdraw"), *((child, "withdraw_with_parent") for child in below[each.id]))
    ]
    return take_away(act.session, act.actor, steps, today=act.today, note=note)
