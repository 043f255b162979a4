"""Which course of a platform a training group takes its list from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from app.models import LtiCourse, TrainingGroup
from app.models.enumeration_of_platforms import TicketPurpose
from app.models.enumeration_of_training import GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted
from app.policies.unscoped import open_session
from app.services import lti_service, lti_ticket
from app.services.lti_message import Launch
from app.services.lti_service import Reached
from app.services.lti_ticket import Ticket, TicketGone

ELSEWHERE = "Учебная платформа подключена для другой организации: её курс с этим потоком не связывают."
ENDED = (GroupStatus.FINISHED, GroupStatus.CANCELLED)


def ticket_of(engine: Engine, actor: Actor, token: str, *, now: datetime) -> Ticket:
    """What the launch told of its course; the ticket is the person's own, whoever brings it. Raises NotFound."""
    try:
        ticket = lti_ticket.peek(engine, TicketPurpose.ROSTER, token, now)
    except TicketGone as gone:
        raise NotFound(gone.sentence) from None
    if ticket.user_id is None or ticket.user_id != actor.user_id:
        raise NotFound(lti_ticket.GONE)
    return ticket


def keeps(actor: Actor, group: TrainingGroup) -> bool:
    """Who enrols into it: the organisation that holds it, or its region."""
    return actor.may(Permission.ENROLMENT_KEEP) and actor.unit_id in {group.org_unit_id, group.region_id}


def require_keeper(actor: Actor, group: TrainingGroup) -> None:
    """Raises NotPermitted."""
    if not keeps(actor, group):
        raise NotPermitted("Список курса сверяет организация, которая проводит обучение.")


def groups_to_tie(session: Session, actor: Actor) -> Sequence[TrainingGroup]:
    """Groups that the actor keeps, those that begin last first."""
    actor.require(Permission.ENROLMENT_KEEP)
    mine = or_(TrainingGroup.org_unit_id == actor.unit_id, TrainingGroup.region_id == actor.unit_id)
    return session.scalars(
        select(TrainingGroup)
        .where(mine, TrainingGroup.status != GroupStatus.CANCELLED)
        .order_by(TrainingGroup.starts_on.desc(), TrainingGroup.id.desc())
        .limit(200)
    ).all()


def of_group(session: Session, group: TrainingGroup) -> Sequence[LtiCourse]:
    """The courses tied to it, the newest tie first."""
    return session.scalars(
        select(LtiCourse).where(LtiCourse.group_id == group.id).order_by(LtiCourse.tied_at.desc(), LtiCourse.id.desc())
    ).all()


def of_context(session: Session, ticket: Ticket) -> Sequence[LtiCourse]:
    """The ties of the course that a launch came from, as far as the actor sees them."""
    same = (
        LtiCourse.platform_id == ticket.platform_id,
        LtiCourse.context_id == str(ticket.payload.get("context_id", "")),
    )
    return session.scalars(select(LtiCourse).where(*same).order_by(LtiCourse.id.desc())).all()


def still_going(session: Session, courses: Sequence[LtiCourse]) -> list[LtiCourse]:
    """Those whose groups have not ended: a course of the platform is used again for the next group."""
    wanted = select(TrainingGroup.id).where(
        TrainingGroup.id.in_([course.group_id for course in courses]), TrainingGroup.status.not_in(ENDED)
    )
    going = set(session.scalars(wanted))
    return [course for course in courses if course.group_id in going]


def the_one(session: Session, group: TrainingGroup, course_id: int) -> LtiCourse:
    """Raises NotFound for a course of another group."""
    found = session.get(LtiCourse, course_id)
    if found is None or found.group_id != group.id:
        raise NotFound
    return found


def tie(session: Session, actor: Actor, group: TrainingGroup, ticket: Ticket, *, now: datetime) -> LtiCourse:
    """The group takes the list of the launch's course from now on; tied already, its address is renewed.

    Raises NotPermitted where the actor does not keep the group, or the platform was not placed for its organisation,
    NotFound for a platform of another region.
    """
    require_keeper(actor, group)
    if ticket.payload.get("within") not in {group.org_unit_id, group.region_id}:
        raise NotPermitted(ELSEWHERE)
    context = str(ticket.payload.get("context_id") or "")
    address = str(ticket.payload.get("memberships_url") or "")
    known = session.scalar(
        select(LtiCourse).where(
            LtiCourse.platform_id == ticket.platform_id,
            LtiCourse.context_id == context,
            LtiCourse.group_id == group.id,
        )
    )
    if known is not None:
        known.memberships_url = address
        session.flush()
        return known
    if ticket.platform_id is None or not context:
        raise NotFound
    course = LtiCourse(
        org_unit_id=group.org_unit_id,
        platform_id=ticket.platform_id,
        context_id=context,
        title=str(ticket.payload.get("context_title") or ""),
        memberships_url=address,
        group_id=group.id,
        tied_by=actor.signature,
        tied_at=now,
    )
    session.add(course)
    session.flush()
    return course


def platform_of(engine: Engine, course: LtiCourse) -> Reached:
    """Raises WrongState where the platform is switched off, or is no longer placed for the organisation."""
    return lti_service.reached(engine, course.platform_id, placed_for=(course.org_unit_id, course.region_id))


def renew(engine: Engine, launch: Launch) -> None:
    """A tool placed anew has another address of the list, and a framed launch of whoever keeps groups tells it."""
    stale = (
        LtiCourse.platform_id == launch.platform_id,
        LtiCourse.context_id == launch.context_id,
        LtiCourse.memberships_url != launch.memberships_url,
    )
    with open_session(engine, reason="a launch tells where the list of its course stands") as session:
        if session.scalar(select(LtiCourse.id).where(*stale).limit(1)) is None:
            return
        session.rollback()
        session.connection(execution_options={"writes": True})
        for course in session.scalars(select(LtiCourse).where(*stale)):
            course.memberships_url = launch.memberships_url


def untie(session: Session, actor: Actor, group: TrainingGroup, course: LtiCourse) -> None:
    """Nobody's enrolment changes."""
    require_keeper(actor, group)
    course.pending_action = ("delete", group.title)
    session.delete(course)
    session.flush()
