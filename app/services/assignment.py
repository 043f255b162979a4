"""Assignments: taking to execution, acknowledging, splitting among schools, taking off control, withdrawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Assignment, AssignmentPeriod, OrderPoint, OrgUnit
from app.models.assignment import FULFILLED_STATUSES
from app.models.enumeration import AssignmentOrigin, AssignmentStatus, Modality, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted
from app.services.assignment_waiting import drop_waiting
from app.workflows.assignment import WORKFLOW


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
    """«Довести» closes by acknowledgement; other points want a report. Raises Invalid."""
    if point_of(session, assignment).modality is not Modality.INFORM:
        raise Invalid("По этому пункту нужен отчёт об исполнении, одного ознакомления мало.")
    WORKFLOW.apply("acknowledge", assignment, actor, note="Ознакомлены")
    assignment.accepted_on = assignment.accepted_on or today
    assignment.done_on = today
    assignment.responsible = assignment.responsible or actor.user_name
    session.flush()


def take_off_control(session: Session, actor: Actor, assignment: Assignment, *, today: date, note: str = "") -> None:
    """An act of its own: an accepted report alone takes nothing off control."""
    WORKFLOW.apply("take_off_control", assignment, actor, note=note)
    assignment.off_control_on = today
    assignment.closing_reason = note.strip()
    session.flush()


def reopen(session: Session, actor: Actor, assignment: Assignment, *, note: str) -> None:
    WORKFLOW.apply("reopen", assignment, actor, note=note)
    assignment.done_on = None
    assignment.off_control_on = None
    assignment.closing_reason = ""
    session.flush()


def withdraw(session: Session, actor: Actor, assignment: Assignment, *, today: date, note: str) -> None:
    """For what a municipality gave its schools; what an order gave is withdrawn by an amending act."""
    if assignment.origin is not AssignmentOrigin.CASCADED:
        raise NotPermitted("Поручение по выпущенному документу снимается только изменяющим актом.")
    WORKFLOW.apply("withdraw", assignment, actor, note=note)
    assignment.withdrawn_on = today
    assignment.closing_reason = note.strip()
    session.flush()
    drop_waiting(session, [assignment.id], reason=note.strip())


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
    session.add_all(
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
    )
    session.flush()
    return len(set(school_ids))


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
