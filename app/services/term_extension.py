"""A later term: asked with a reason, granted or refused; a child's never past its parent's."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, TermExtension
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import ExtensionStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services.beyond_scope import parent_term
from app.workflows.assignment import by_its_unit
from app.workflows.term_extension import WORKFLOW


def of_assignment(session: Session, assignment: Assignment) -> list[TermExtension]:
    statement = select(TermExtension).where(TermExtension.assignment_id == assignment.id)
    return list(session.scalars(statement.order_by(TermExtension.id.desc())))


def ask(
    session: Session, actor: Actor, assignment: Assignment, *, due_after: date | None, reason: str, now: datetime
) -> TermExtension:
    """Raises Invalid at the field, NotPermitted, WrongState."""
    actor.require(Permission.EXTENSION_ASK)
    refused = by_its_unit(assignment, actor)
    if refused is not None:
        raise NotPermitted("Продление просит организация, которой дано поручение.")
    session.refresh(assignment, with_for_update=True)
    if assignment.status in CLOSED_STATUSES:
        raise WrongState("Поручение закрыто, продлевать нечего.")
    if assignment.due_on is None:
        raise WrongState("У поручения нет срока, продлевать нечего.")
    if due_after is None or due_after <= assignment.due_on:
        raise Invalid(f"Новый срок должен быть позже нынешнего: {assignment.due_on:%d.%m.%Y}.", field="due_after")
    if not reason.strip():
        raise Invalid("Объясните, почему нужен новый срок.", field="reason")
    if any(one.status is ExtensionStatus.ASKED for one in of_assignment(session, assignment)):
        raise WrongState("Запрос на продление уже отправлен и ждёт решения.")
    extension = TermExtension(
        org_unit_id=assignment.org_unit_id,
        assignment_id=assignment.id,
        given_by_id=assignment.given_by_id,
        due_before=assignment.due_on,
        due_after=due_after,
        reason=reason.strip(),
        asked_at=now,
        asked_by_id=actor.user_id,
        asked_by=actor.signature,
    )
    session.add(extension)
    session.flush()
    return extension


def grant(session: Session, actor: Actor, extension: TermExtension, *, now: datetime, note: str = "") -> None:
    """Moves the term. A child's extension past its parent's term needs the parent's first."""
    _await_others(session, extension)
    WORKFLOW.require("grant", extension, actor)
    assignment = session.get_one(Assignment, extension.assignment_id)
    if assignment.status in CLOSED_STATUSES:
        raise WrongState("Поручение уже закрыто, продлевать нечего.")
    if assignment.due_on is None or extension.due_after <= assignment.due_on:
        raise WrongState("Срок уже перенесён на этот день или дальше. Откажите в продлении: просить больше нечего.")
    parent_due = parent_term(session, assignment)
    if parent_due is not None and extension.due_after >= parent_due:
        raise WrongState(
            f"Сначала нужно продлить срок муниципалитета ({parent_due:%d.%m.%Y}): срок школы должен быть раньше него."
        )
    _decide(extension, "grant", actor, now, note)
    assignment.due_on = extension.due_after
    assignment.pending_action = ("extend", extension.reason)
    session.flush()


def refuse(session: Session, actor: Actor, extension: TermExtension, *, now: datetime, note: str) -> None:
    _await_others(session, extension)
    WORKFLOW.require("refuse", extension, actor)
    if not note.strip():
        raise Invalid("Напишите причину отказа.", field="note")
    _decide(extension, "refuse", actor, now, note)
    session.flush()


def cancel(session: Session, actor: Actor, extension: TermExtension) -> None:
    _await_others(session, extension)
    WORKFLOW.apply("cancel", extension, actor)
    session.flush()


def _await_others(session: Session, extension: TermExtension) -> None:
    """Of two who decide at the same moment the second sees what the first did; SQLite lets one writer in at a time."""
    session.refresh(extension, with_for_update=True)


def _decide(extension: TermExtension, action: str, actor: Actor, now: datetime, note: str) -> None:
    WORKFLOW.require(action, extension, actor)
    extension.decided_at = now
    extension.decided_by = actor.signature
    extension.decision_note = note.strip()
    WORKFLOW.apply(action, extension, actor, note=note)
