"""The points of a draft: wording, term, proof, addressees, order and stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AddresseeClause, Order, OrderPoint
from app.models.enumeration import AddresseeClauseKind, Modality, OrderStatus, Recurrence, TermKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.order_addressees import NAMES_A_UNIT, register_of

STAGES = "абвгдежзиклмнопрстуфхцчшщэюя"
STALE = "Пункт успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы."
_DATED = frozenset({TermKind.DATE, TermKind.PERIOD})


@dataclass(frozen=True, slots=True)
class PointValues:
    """What a person says of a point; days are local days of the region."""

    number: str
    text: str
    stage: str = ""
    intro: str = ""
    modality: Modality = Modality.INSTRUCT
    term_kind: TermKind = TermKind.NONE
    due_on: date | None = None
    term_written: str = ""
    recurrence: Recurrence | None = None
    recurrence_day: int | None = None
    recurrence_month: int | None = None
    recurs_until: date | None = None
    evidence_required: bool = False
    evidence_note: str = ""


@dataclass(frozen=True, slots=True)
class ClauseValues:
    """One clause of the rule; `clause_id` names the unresolved clause that the person has now resolved."""

    kind: AddresseeClauseKind
    unit_id: int | None = None
    clause_id: int | None = None


def require_draft(session: Session, actor: Actor, order: Order) -> None:
    """The actor may write this draft; the order stays a draft until the transaction ends."""
    actor.require(Permission.ORDER_WRITE)
    if order.org_unit_id != actor.unit_id:
        raise NotPermitted("Документ меняет только организация, которая его готовит.")
    # The lock keeps a simultaneous issue waiting on PostgreSQL; SQLite lets one writer in at a time.
    status = session.scalar(select(Order.status).where(Order.id == order.id).with_for_update())
    if status is not OrderStatus.DRAFT:
        raise WrongState("Документ уже выпущен: изменить его можно только изменяющим актом.")


def add_point(session: Session, actor: Actor, order: Order, values: PointValues) -> OrderPoint:
    require_draft(session, actor, order)
    checked = _checked(order, None, values)
    position = max((point.position for point in order.points), default=0) + 1
    point = OrderPoint(position=position, doubts=[], **checked)
    order.points.append(point)
    session.flush()
    return point


def change_point(
    session: Session, actor: Actor, order: Order, point: OrderPoint, *, version: int, values: PointValues
) -> None:
    """The person has read the point: its doubts are settled. Raises Conflict where it was saved meanwhile."""
    require_draft(session, actor, order)
    if point.version != version:
        raise Conflict(STALE)
    for name, value in _checked(order, point, values).items():
        setattr(point, name, value)
    settle(session, actor, order, point)
    session.flush()


def settle(session: Session, actor: Actor, order: Order, point: OrderPoint) -> None:
    """«Проверено»: the doubts go, except those of addressees that are still unknown."""
    require_draft(session, actor, order)
    point.doubts = []
    for clause in point.clauses:
        if clause.org_unit_id is not None or clause.kind not in NAMES_A_UNIT:
            clause.doubt = ""


def set_addressees(
    session: Session, actor: Actor, order: Order, point: OrderPoint, wanted: Sequence[ClauseValues]
) -> int:
    """The rule becomes `wanted`; clauses that stay keep the words that they come from.

    A name that is resolved here is resolved wherever the same words of the text stand: the answer counts them.

    Raises Invalid for a unit that is not below the issuer, whoever sent its number.
    """
    require_draft(session, actor, order)
    below = {unit.id for unit in register_of(session, order.org_unit_id).below()}
    for clause in wanted:
        if clause.unit_id is not None and clause.unit_id not in below:
            raise Invalid("Такой организации нет среди подведомственных: выберите из списка.", field="units")
        if clause.kind in NAMES_A_UNIT and clause.unit_id is None and clause.clause_id is None:
            raise Invalid("Выберите организацию.", field="units")
    kept: set[int] = set()
    elsewhere = 0
    present = {(clause.kind, clause.org_unit_id): clause for clause in point.clauses if _is_resolved(clause)}
    unresolved = {clause.id: clause for clause in point.clauses if not _is_resolved(clause)}
    for value in wanted:
        before = unresolved.get(value.clause_id) if value.clause_id is not None else None
        if value.unit_id is None and value.kind in NAMES_A_UNIT:
            if before is not None:
                kept.add(id(before))
            continue
        known = present.get((value.kind, value.unit_id))
        if known is not None:
            kept.add(id(known))
            continue
        if before is not None:
            before.kind, before.org_unit_id, before.doubt = value.kind, value.unit_id, ""
            elsewhere += _resolve_same_words(session, order, point, before)
        else:
            before = AddresseeClause(order_id=order.id, kind=value.kind, org_unit_id=value.unit_id)
            point.clauses.append(before)
        present[value.kind, value.unit_id] = before
        kept.add(id(before))
    for dropped in [row for row in point.clauses if id(row) not in kept]:
        point.clauses.remove(dropped)
    _outdate(session, point)
    session.flush()
    return elsewhere


def _outdate(session: Session, point: OrderPoint) -> None:
    """The rule is a part of the card: one opened before it changed is stale, though the point's own row is the same."""
    if session.is_modified(point) or any(map(session.is_modified, point.clauses)):
        point.version += 1


def _resolve_same_words(session: Session, order: Order, point: OrderPoint, resolved: AddresseeClause) -> int:
    """Points under one introductory phrase share its addressees: a person says once who is meant."""
    if resolved.quote_start is None:
        return 0
    same = [
        (other, clause)
        for other in order.points
        if other is not point
        for clause in other.clauses
        if not _is_resolved(clause)
        and (clause.kind, clause.quote_start, clause.quote_end)
        == (resolved.kind, resolved.quote_start, resolved.quote_end)
    ]
    for _, clause in same:
        clause.org_unit_id, clause.doubt = resolved.org_unit_id, ""
    for other in {other.id: other for other, _ in same}.values():
        _outdate(session, other)
    return len(same)


def delete_point(session: Session, actor: Actor, order: Order, point: OrderPoint) -> None:
    require_draft(session, actor, order)
    order.points.remove(point)
    session.flush()


def move_point(session: Session, actor: Actor, order: Order, point: OrderPoint, step: int) -> None:
    """One place up (-1) or down (+1) in the order of the document."""
    require_draft(session, actor, order)
    points = sorted(order.points, key=lambda each: (each.position, each.id))
    place = points.index(point)
    target = min(max(place + step, 0), len(points) - 1)
    points.insert(target, points.pop(place))
    for position, each in enumerate(points, start=1):
        each.position = position
    session.flush()
    session.expire(order, ["points"])


def split_stage(session: Session, actor: Actor, order: Order, point: OrderPoint) -> OrderPoint:
    """A further stage of the same point with the same addressees: 4 → 4а, 4б; its term is still to be said."""
    require_draft(session, actor, order)
    taken = {each.stage for each in order.points if each.number == point.number}
    if point.stage == "":
        point.stage = next(letter for letter in STAGES if letter not in taken)
        taken.add(point.stage)
    stage = next((letter for letter in STAGES if letter not in taken), None)
    if stage is None:
        raise Invalid("У пункта слишком много этапов: разделите его на пункты.")
    for each in order.points:
        if each.position > point.position:
            each.position += 1
    made = OrderPoint(
        position=point.position + 1,
        number=point.number,
        stage=stage,
        intro=point.intro,
        text=point.text,
        modality=point.modality,
        evidence_required=point.evidence_required,
        evidence_note=point.evidence_note,
        quote_start=point.quote_start,
        quote_end=point.quote_end,
        doubts=["Новый этап: оставьте в тексте то, что относится к нему, и укажите его срок."],
        clauses=[
            AddresseeClause(
                order_id=order.id,
                kind=clause.kind,
                org_unit_id=clause.org_unit_id,
                written=clause.written,
                doubt=clause.doubt,
                quote_start=clause.quote_start,
                quote_end=clause.quote_end,
            )
            for clause in point.clauses
        ],
    )
    order.points.append(made)
    session.flush()
    session.expire(order, ["points"])
    return made


def point_of(order: Order, point_id: int) -> OrderPoint:
    """Raises NotFound for a point of another order."""
    for point in order.points:
        if point.id == point_id:
            return point
    raise NotFound


def differences(point: OrderPoint, values: PointValues) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, getattr(point, one.name), getattr(values, one.name)) for one in fields(PointValues)]
    return [(name, saved, typed) for name, saved, typed in pairs if saved != typed]


def _is_resolved(clause: AddresseeClause) -> bool:
    return clause.org_unit_id is not None or clause.kind not in NAMES_A_UNIT


def _checked(order: Order, point: OrderPoint | None, values: PointValues) -> dict[str, object]:
    number, stage, text = values.number.strip(), values.stage.strip().lower(), values.text.strip()
    if not number:
        raise Invalid("Укажите номер пункта, например 2.1.", field="number")
    if not text:
        raise Invalid("Напишите, что поручено.", field="text")
    for other in order.points:
        if other is not point and (other.number, other.stage) == (number, stage):
            raise Invalid(f"Пункт {number}{stage} уже есть: дайте другой номер или этап.", field="number")
    dated, recurring = values.term_kind in _DATED, values.term_kind is TermKind.RECURRING
    if dated and values.due_on is None:
        raise Invalid("Укажите день, до которого исполнить.", field="due_on")
    if recurring and values.recurrence is None:
        raise Invalid("Укажите, как часто отчитываться.", field="recurrence")
    if values.recurrence_day is not None and not 1 <= values.recurrence_day <= 31:  # noqa: PLR2004 - days of a month
        raise Invalid("День месяца – число от 1 до 31.", field="recurrence_day")
    if values.recurrence_month is not None and not 1 <= values.recurrence_month <= 12:  # noqa: PLR2004 - months of a year
        raise Invalid("Месяц – число от 1 до 12.", field="recurrence_month")
    if recurring and values.recurs_until and order.dated_on and values.recurs_until < order.dated_on:
        raise Invalid("Последний день отчётов раньше даты документа.", field="recurs_until")
    return {
        "number": number,
        "stage": stage,
        "intro": values.intro.strip(),
        "text": text,
        "modality": values.modality,
        "term_kind": values.term_kind,
        "due_on": values.due_on if dated else None,
        "term_written": values.term_written.strip(),
        "recurrence": values.recurrence if recurring else None,
        "recurrence_day": values.recurrence_day if recurring else None,
        "recurrence_month": values.recurrence_month if recurring else None,
        "recurs_until": values.recurs_until if recurring else None,
        "evidence_required": values.evidence_required,
        "evidence_note": values.evidence_note.strip() if values.evidence_required else "",
    }
