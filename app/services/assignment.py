"""Assignments: taking to execution, acknowledging, splitting among schools, taking off control, withdrawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Assignment, AssignmentPeriod, OrderPoint, OrgUnit
from app.models.assignment import CLOSED_STATUSES, FULFILLED_STATUSES
from app.models.enumeration import AssignmentOrigin, AssignmentStatus, Modality, PeriodStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.assignment_waiting import drop_extensions, drop_waiting
from app.workflows import assignment_period
from app.workflows.assignment import WORKFLOW, by_its_unit

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the children of a cascaded assignment are; withdrawn ones do not count."""

    total: int
    fulfilled: int
    overdue: int

    @property
    def open(self) -> int:
        return self.total - self.fulfilled


def the_one(session: Session, assignment_id: int, version: int | None = None) -> Assignment:
    """Raises NotFound outside the scope, Conflict where somebody saved since the page was opened."""
    found = session.get(Assignment, assignment_id)
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise Conflict(
            f"Поручение уже изменил кто-то другой: сейчас оно «{found.status.label}». "
            "Посмотрите, что изменилось, и повторите, если нужно."
        )
    return found


def point_of(session: Session, assignment: Assignment) -> OrderPoint:
    return session.get_one(OrderPoint, assignment.order_point_id)


def take(session: Session, actor: Actor, assignment: Assignment, *, today: date, responsible: str = "") -> None:
    WORKFLOW.apply("take", assignment, actor)
    assignment.accepted_on = today
    assignment.responsible = responsible.strip() or assignment.responsible or actor.user_name
    session.flush()


def acknowledge(session: Session, actor: Actor, assignment: Assignment, *, today: date) -> None:
    """«Довести» closes by acknowledgement; other points want a report. Raises Invalid, WrongState over open schools."""
    WORKFLOW.require("acknowledge", assignment, actor)
    if point_of(session, assignment).modality is not Modality.INFORM:
        raise Invalid("По этому пункту нужен отчёт об исполнении, одного ознакомления мало.")
    below = progress(session, [assignment.id], today).get(assignment.id)
    if below is not None and below.open:
        raise WrongState(
            f"Ознакомились {below.fulfilled} из {below.total} ОО. Дождитесь остальных или отправьте отчёт с причиной."
        )
    WORKFLOW.apply("acknowledge", assignment, actor, note="Ознакомлены")
    assignment.accepted_on = assignment.accepted_on or today
    assignment.done_on = today
    assignment.responsible = assignment.responsible or actor.user_name
    session.flush()
    drop_extensions(session, [assignment.id], reason="Поручение исполнено")


def name_responsible(session: Session, actor: Actor, assignment: Assignment, responsible: str) -> None:
    """Who answers for it in the unit. Raises NotPermitted, WrongState, Invalid at the field."""
    actor.require(Permission.ASSIGNMENT_REPORT)
    refused = by_its_unit(assignment, actor)
    if refused is not None:
        raise NotPermitted(refused)
    if assignment.status in CLOSED_STATUSES:
        raise WrongState(f"Поручение закрыто: «{assignment.status.label}». Ответственный в нём уже не меняется.")
    assignment.responsible = check_responsible(responsible)
    session.flush()


def check_responsible(written: str) -> str:
    """The same without stray blanks. Raises Invalid."""
    tidy = " ".join(written.split())
    if len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise Invalid(f"Ответственный: фамилия и инициалы, не больше {LONGEST_NAME} знаков.", field="responsible")
    return tidy


def take_off_control(session: Session, actor: Actor, assignment: Assignment, *, today: date, note: str = "") -> None:
    """An act of its own: an accepted report alone takes nothing off control."""
    WORKFLOW.apply("take_off_control", assignment, actor, note=note)
    assignment.off_control_on = today
    assignment.closing_reason = note.strip()
    session.flush()


def reopen(session: Session, actor: Actor, assignment: Assignment, *, note: str) -> None:
    """Of a recurring point the last period is open again, so that there is something to report on."""
    last = periods_of(session, assignment)[-1:]
    WORKFLOW.apply("reopen", assignment, actor, note=note)
    for period in last:
        assignment_period.WORKFLOW.apply("reopen", period, actor, note=note)
        period.done_on = None
    assignment.done_on = None
    assignment.off_control_on = None
    assignment.closing_reason = ""
    session.flush()


def withdraw(session: Session, actor: Actor, assignment: Assignment, *, today: date, note: str) -> None:
    """For what a municipality gave its schools; what an order gave is withdrawn by an amending act."""
    if assignment.origin is not AssignmentOrigin.CASCADED:
        raise NotPermitted("Поручение по выпущенному документу снимается только изменяющим актом.")
    take_away(session, actor, [(assignment, "withdraw")], today=today, note=note.strip())


def take_away(
    session: Session, actor: Actor, steps: Sequence[tuple[Assignment, str]], *, today: date, note: str
) -> int:
    """Each by its own transition, with what waits on it; returns how many there were."""
    for assignment, action in steps:
        WORKFLOW.apply(action, assignment, actor, note=note)
        assignment.withdrawn_on = today
        assignment.closing_reason = note
    session.flush()
    drop_waiting(session, [assignment.id for assignment, _ in steps], reason=note)
    return len(steps)


def progress(session: Session, parents: Sequence[int], today: date) -> dict[int, Progress]:
    """Progress of the children of each of these assignments, by one statement."""
    if not parents:
        return {}
    late = (Assignment.due_on < today) & Assignment.status.not_in(FULFILLED_STATUSES)
    rows = session.execute(
        select(Assignment.parent_id, Assignment.status, func.sum(case((late, 1), else_=0)), func.count())
        .where(Assignment.parent_id.in_(parents), Assignment.status != AssignmentStatus.WITHDRAWN)
        .group_by(Assignment.parent_id, Assignment.status)
    )
    total, fulfilled, overdue = Counter[int](), Counter[int](), Counter[int]()
    for parent_id, status, late_count, count in rows:
        assert parent_id is not None
        total[parent_id] += count
        fulfilled[parent_id] += count if status in FULFILLED_STATUSES else 0
        overdue[parent_id] += late_count
    return {parent: Progress(total[parent], fulfilled[parent], overdue[parent]) for parent in total}


def schools_for_cascade(session: Session, actor: Actor, assignment: Assignment, today: date) -> list[OrgUnit]:
    """Schools of the municipality that work on the day and have no assignment on this point yet."""
    taken = select(Assignment.org_unit_id).where(Assignment.order_point_id == assignment.order_point_id)
    return list(
        session.scalars(
            select(OrgUnit)
            .where(
                OrgUnit.kind == UnitKind.SCHOOL,
                OrgUnit.municipality_id == actor.unit_id,
                OrgUnit.closed_on.is_(None) | (OrgUnit.closed_on > today),
                OrgUnit.id.not_in(taken),
            )
            .order_by(OrgUnit.name)
        )
    )


def cascade(
    session: Session,
    actor: Actor,
    parent: Assignment,
    *,
    school_ids: Sequence[int],
    due_on: date | None,
    note: str,
    today: date,
) -> int:
    """Splits the municipality's assignment among its schools in one act; returns how many were made.

    The child's term comes before the parent's. Raises Invalid at the field, NotPermitted, NotFound.
    """
    actor.require(Permission.ASSIGNMENT_CASCADE)
    if parent.org_unit_id != actor.unit_id:
        raise NotPermitted("Передать школам можно только поручение, данное вашему муниципалитету.")
    if parent.status in {AssignmentStatus.DONE, AssignmentStatus.OFF_CONTROL, AssignmentStatus.WITHDRAWN}:
        raise Invalid("Поручение закрыто, передавать нечего.")
    if parent.due_on is not None and parent.due_on <= today:
        raise Invalid("Ваш срок уже прошёл или истекает сегодня: сначала попросите продление.", field="due_on")
    if parent.due_on is not None and (due_on is None or due_on >= parent.due_on):
        raise Invalid(f"Срок для школ должен быть раньше вашего: до {parent.due_on:%d.%m.%Y}.", field="due_on")
    if due_on is not None and due_on < today:
        raise Invalid("Срок для школ уже прошёл. Укажите день не раньше сегодняшнего.", field="due_on")
    if not school_ids:
        raise Invalid("Отметьте хотя бы одну школу.", field="school_ids")
    possible = {school.id for school in schools_for_cascade(session, actor, parent, today)}
    if not set(school_ids) <= possible:
        known = set(session.scalars(select(OrgUnit.id).where(OrgUnit.id.in_(school_ids))))
        if known != set(school_ids):
            raise NotFound
        raise Invalid("Одной из школ этот пункт уже передан или дан напрямую.", field="school_ids")
    if parent.status is AssignmentStatus.ASSIGNED and WORKFLOW.allows("take", parent, actor):
        take(session, actor, parent, today=today)
    else:
        # Who withdraws the parent at the same moment must not miss the children: one of the two is refused as stale.
        parent.version += 1
    children = [
        Assignment(
            org_unit_id=school_id,
            order_id=parent.order_id,
            order_point_id=parent.order_point_id,
            parent_id=parent.id,
            given_by_id=actor.unit_id,
            origin=AssignmentOrigin.CASCADED,
            due_on=due_on,
            original_due_on=due_on,
            note=note.strip(),
        )
        for school_id in dict.fromkeys(school_ids)
    ]
    session.add_all(children)
    session.flush()
    _give_periods(session, parent, children)
    return len(children)


def _give_periods(session: Session, parent: Assignment, children: Sequence[Assignment]) -> None:
    """The schools report on the periods that the municipality still has, each as much earlier as the first."""
    waiting = [period for period in periods_of(session, parent) if period.status is not PeriodStatus.ACCEPTED]
    for child in children if waiting else ():
        earlier = waiting[0].due_on - (child.due_on or waiting[0].due_on)
        session.add_all(
            AssignmentPeriod(
                org_unit_id=child.org_unit_id,
                assignment_id=child.id,
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                due_on=period.due_on - earlier,
            )
            for period in waiting
        )
    session.flush()


def periods_of(session: Session, assignment: Assignment) -> list[AssignmentPeriod]:
    return list(
        session.scalars(
            select(AssignmentPeriod)
            .where(AssignmentPeriod.assignment_id == assignment.id)
            .order_by(AssignmentPeriod.due_on)
        )
    )


def labels(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """«пункт 2.1, Томаринский» for each assignment in scope."""
    rows = session.execute(
        select(Assignment.id, OrderPoint.number, OrderPoint.stage, OrgUnit.name, OrgUnit.short_name)
        .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
        .join(OrgUnit, OrgUnit.id == Assignment.org_unit_id)
        .where(Assignment.id.in_(ids))
    )
    return {row.id: f"пункт {row.number}{row.stage}, {row.short_name or row.name}" for row in rows}
