"""Issue: the addressee rules become a frozen list of assignments, all in one act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.analysis.order_proposal import RegisterUnit
from app.analysis.terms import Occurrence, occurrences
from app.models import Assignment, AssignmentPeriod, Order, OrderPoint
from app.models.enumeration import AssignmentOrigin, Modality, TermKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services.order_addressees import NAMES_A_UNIT, UnitRegister, register_of
from app.services.order_point import require_draft
from app.workflows.order import WORKFLOW


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about the order, or about the point that it names."""

    sentence: str
    point_id: int | None = None


@dataclass
class Examination:
    """What stands in the way of an issue, what deserves a look, and whom each point would reach."""

    obstacles: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    reached: dict[int, list[RegisterUnit]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Assignments that the issue would make."""
        return sum(map(len, self.reached.values()))


def read_points(session: Session, order: Order) -> None:
    """The points with their addressee rules by two statements; read one by one, each rule would cost its own."""
    if "points" in inspect(order).unloaded:
        wanted = select(OrderPoint).where(OrderPoint.order_id == order.id).options(selectinload(OrderPoint.clauses))
        points = session.scalars(wanted.order_by(OrderPoint.position, OrderPoint.id))
        set_committed_value(order, "points", list(points))


def examine(
    session: Session, actor: Actor, order: Order, *, today: date, register: UnitRegister | None = None
) -> Examination:
    """Changes nothing."""
    actor.require(Permission.ORDER_READ)
    seen = Examination()
    if not order.number:
        seen.obstacles.append(Problem("Укажите номер документа."))
    if order.dated_on is None:
        seen.obstacles.append(Problem("Укажите дату документа."))
    elif order.dated_on > today:
        seen.warnings.append(Problem(f"Дата документа {order.dated_on:%d.%m.%Y} ещё не наступила."))
    if not order.points:
        seen.obstacles.append(Problem("В документе нет ни одного пункта: добавьте хотя бы один."))
    if not order.title:
        seen.warnings.append(Problem("У документа нет заголовка: его увидят все адресаты."))
    seen.warnings += [Problem(sentence) for sentence in order.doubts]
    register = register or register_of(session, order.org_unit_id, today=today)
    for point in order.points:
        units = register.addressees(point.clauses)
        seen.reached[point.id] = units
        _examine_addressees(seen, point, units)
        _examine_term(seen, order, point, today)
        seen.warnings += [Problem(f"Пункт {point.label}: {doubt}", point.id) for doubt in point.doubts]
    return seen


def _examine_addressees(seen: Examination, point: OrderPoint, units: list[RegisterUnit]) -> None:
    present = {unit.id for unit in units}
    for clause in point.clauses:
        words = f"«{clause.written}»" if clause.written else "организация"
        if clause.kind in NAMES_A_UNIT and clause.org_unit_id is None:
            sentence = f"Пункт {point.label}: адресат {words} не определён. Выберите организацию или уберите его."
            seen.obstacles.append(Problem(sentence, point.id))
        elif clause.doubt:
            seen.warnings.append(Problem(f"Пункт {point.label}: {clause.doubt}", point.id))
        elif clause.kind == "unit" and clause.org_unit_id not in present:
            sentence = f"Пункт {point.label}: адресат {words} закрыт или исключён и поручения не получит."
            seen.warnings.append(Problem(sentence, point.id))
    if not units:
        seen.obstacles.append(Problem(f"Пункт {point.label} никому не адресован: укажите, кому он дан.", point.id))


def _examine_term(seen: Examination, order: Order, point: OrderPoint, today: date) -> None:
    due_on = point.due_on
    if due_on is not None and order.dated_on is not None and due_on < order.dated_on:
        sentence = f"Пункт {point.label}: срок {due_on:%d.%m.%Y} раньше даты документа {order.dated_on:%d.%m.%Y}."
        seen.warnings.append(Problem(sentence, point.id))
    elif due_on is not None and due_on < today:
        sentence = f"Пункт {point.label}: срок {due_on:%d.%m.%Y} уже прошёл, поручения сразу будут просрочены."
        seen.warnings.append(Problem(sentence, point.id))
    if point.term_kind is TermKind.RECURRING and order.dated_on is not None and not periods_of(order, point):
        sentence = f"Пункт {point.label}: до последнего дня отчётов нет ни одного периода. Проверьте срок."
        seen.obstacles.append(Problem(sentence, point.id))
    if point.modality is Modality.INFORM and point.term_kind is TermKind.RECURRING:
        sentence = f"Пункт {point.label}: ознакомление обычно не повторяется, проверьте срок."
        seen.warnings.append(Problem(sentence, point.id))


def periods_of(order: Order, point: OrderPoint, *, since: date | None = None) -> list[Occurrence]:
    """The report periods of a recurring point: from the order's date to its last day, or to the end of that year."""
    if point.term_kind is not TermKind.RECURRING or point.recurrence is None or order.dated_on is None:
        return []
    until = point.recurs_until or date(order.dated_on.year, 12, 31)
    found = occurrences(point.recurrence, point.recurrence_day, order.dated_on, until, month=point.recurrence_month)
    return [each for each in found if since is None or each.due_on >= since]


def issue(
    session: Session, actor: Actor, order: Order, *, today: date, now: datetime, expected: int | None = None
) -> int:
    """Issue the order and return the number of assignments made.

    `expected` is the number that the person confirmed: another one raises Conflict and makes nothing. Raises Invalid
    with the sentence of the first obstacle.
    """
    actor.require(Permission.ORDER_ISSUE)
    require_draft(session, actor, order)
    seen = examine(session, actor, order, today=today)
    if seen.obstacles:
        raise Invalid(seen.obstacles[0].sentence)
    if expected is not None and expected != seen.total:
        raise Conflict(
            f"Список адресатов изменился: поручений будет {seen.total}, а не {expected}. Проверьте сводку ещё раз."
        )
    order.issued_at = now
    WORKFLOW.apply("issue", order, actor)
    for point in order.points:
        give(session, order, point, [unit.id for unit in seen.reached[point.id]], AssignmentOrigin.ISSUED)
    return seen.total


def give(
    session: Session,
    order: Order,
    point: OrderPoint,
    unit_ids: list[int],
    origin: AssignmentOrigin,
    *,
    since: date | None = None,
    note: str = "",
) -> list[Assignment]:
    """Assignments of one point for these units, with their report periods; the guard judges each row."""
    periods = periods_of(order, point, since=since)
    due_on = periods[0].due_on if periods else point.due_on
    made = []
    for unit_id in unit_ids:
        assignment = Assignment(
            order_id=order.id,
            order_point_id=point.id,
            org_unit_id=unit_id,
            given_by_id=order.org_unit_id,
            origin=origin,
            due_on=due_on,
            original_due_on=due_on,
        )
        if note:
            assignment.pending_action = ("amend", note)
        made.append(assignment)
    session.add_all(made)
    session.flush()
    session.add_all(
        AssignmentPeriod(
            assignment_id=assignment.id,
            org_unit_id=assignment.org_unit_id,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            due_on=period.due_on,
        )
        for assignment in made
        for period in periods
    )
    session.flush()
    return made
