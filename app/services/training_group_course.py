"""An opened group on its way: training starts, ends, is taken up again, or the group is cancelled.

The group is held first: nobody applies or is enrolled meanwhile, and no one is left behind in a group that has gone on.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Enrolment, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.policies.actor import Actor
from app.policies.refusal import Invalid, WrongState
from app.services.enrolment_access import hold, names_of
from app.workflows.enrolment import WORKFLOW as ENROLMENT
from app.workflows.training_group import WORKFLOW

APPLICANTS = (Status.APPLIED, Status.WAITING)
INSIDE = (Status.ENROLLED, Status.STUDYING)
DONE = (Status.COMPLETED, Status.CERTIFIED)
FULL = "Поток завершён."


def start(session: Session, actor: Actor, group: TrainingGroup) -> int:
    """Whoever is enrolled studies from now on; applicants stay applicants. The number of those who began.

    Raises WrongState while nobody is enrolled.
    """
    hold(session, group)
    WORKFLOW.require("start", group, actor)
    enrolled = _people(session, group, (Status.ENROLLED,))
    if not enrolled:
        raise WrongState("Никто ещё не зачислен: сначала зачислите слушателей приказом.")
    WORKFLOW.apply("start", group, actor)
    for one in enrolled:
        ENROLMENT.apply("begin", one, actor)
    session.flush()
    return len(enrolled)


def finish(session: Session, actor: Actor, group: TrainingGroup, *, today: date) -> int:
    """Applications and the waiting list are refused with it: the number of those. Raises WrongState while anyone has
    no outcome.
    """
    hold(session, group)
    WORKFLOW.require("finish", group, actor)
    studying = len(_people(session, group, INSIDE))
    if studying:
        raise WrongState(f"Без итога слушателей: {studying}. Отметьте завершение, отчисление или неявку.")
    left = _let_go(session, actor, group, FULL, today)
    WORKFLOW.apply("finish", group, actor)
    session.flush()
    return left


def resume(session: Session, actor: Actor, group: TrainingGroup, *, note: str) -> None:
    """Back into training, with the reason. Raises Invalid at `note` without one."""
    hold(session, group)
    WORKFLOW.apply("resume", group, actor, note=note)
    session.flush()


def cancel(session: Session, actor: Actor, group: TrainingGroup, *, note: str, today: date) -> int:
    """Applicants are refused and those enrolled are dropped, each with the reason: their number.

    Raises Invalid at `note` without a reason, WrongState where somebody has completed the course.
    """
    hold(session, group)
    WORKFLOW.require("cancel", group, actor)
    reason = note.replace("\x00", "").strip()
    if not reason:
        raise Invalid("Напишите, почему поток отменён: причину увидят все, кто подал заявки.", field="note")
    done = len(_people(session, group, DONE))
    if done:
        raise WrongState(f"Обучение уже завершили: {done}. Такой поток не отменяют, а завершают.")
    left = _let_go(session, actor, group, reason, today)
    WORKFLOW.apply("cancel", group, actor, note=reason)
    session.flush()
    return left


def _let_go(session: Session, actor: Actor, group: TrainingGroup, reason: str, today: date) -> int:
    """Plans that are not yet applications are their makers' own and stay."""
    people = _people(session, group, (*APPLICANTS, *INSIDE))
    for one in people:
        one.left_on, one.left_reason = today, reason
        ENROLMENT.apply("refuse" if one.status in APPLICANTS else "drop", one, actor, note=reason)
    return len(people)


def _people(session: Session, group: TrainingGroup, statuses: Collection[Status]) -> list[Enrolment]:
    """As the database holds them, each with the name that the journal calls it by."""
    wanted = select(Enrolment).where(Enrolment.group_id == group.id, Enrolment.status.in_(statuses))
    found = list(session.scalars(wanted.order_by(Enrolment.id).execution_options(populate_existing=True)))
    names = names_of(session, {one.staff_member_id for one in found})
    for one in found:
        one.label = names[one.staff_member_id]
    return found
