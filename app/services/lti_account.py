"""Whose account here a person of a platform is: proved by signing in once, taken back by whoever keeps the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import LtiAccount, LtiDeployment, LtiPlatform, Membership, OrgUnit, User
from app.models.enumeration_of_platforms import AccountOrigin, TicketPurpose
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, NotFound, NotPermitted, WrongState
from app.policies.scope import contains
from app.policies.unscoped import open_session
from app.services import identity, lti_entry, lti_ticket
from app.services.lti_ticket import Ticket

GONE = "Учебная платформа отключена. Обратитесь к её администратору."
NOT_FOR_ADMINS = (
    "Администратор установки из учебной платформы не входит: откройте систему по её адресу и войдите с паролем."
)
SUBJECT_TAKEN = (
    "Ваша запись в учебной платформе уже связана с другой учётной записью. Войти из платформы можно только под ней; "
    "если это ошибка, попросите отвязать её администратора организации, которая подключила платформу."
)
USER_TAKEN = (
    "Эта учётная запись уже связана с другим человеком той же учебной платформы. Если это тоже вы, попросите "
    "отвязать прежнюю запись администратора организации, которая подключила платформу."
)


@dataclass(frozen=True, slots=True)
class Proved:
    """Who is tied now, and `within` which unit the platform lets them stand."""

    account_id: int
    platform_id: int
    deployment_id: int
    user_id: int
    within: int


def prove(engine: Engine, token: str, user_id: int, *, now: datetime, demo: bool = False) -> Proved:
    """Takes the ticket of a launch and ties its person to the account that has just signed in; tied already stays.

    Raises TicketGone, NotPermitted for an account that may not come by this platform, Conflict where either side is
    tied already: then the ticket stays unused.
    """
    try:
        with open_session(engine, reason="whoever proves an account has no actor here yet") as session:
            session.connection(execution_options={"writes": True})
            ticket = lti_ticket.take_in(session, TicketPurpose.LINK, token, now)
            return _linked(session, ticket, user_id, now=now, demo=demo)
    except IntegrityError:
        # Somebody was faster with the same person, or with the same account.
        raise Conflict(SUBJECT_TAKEN) from None


def _linked(session: Session, ticket: Ticket, user_id: int, *, now: datetime, demo: bool) -> Proved:
    platform = session.get(LtiPlatform, ticket.platform_id)
    deployment = session.get(LtiDeployment, ticket.deployment_id)
    user = session.get(User, user_id)
    if platform is None or deployment is None or user is None:
        raise NotFound(GONE)
    is_open = platform.is_active and lti_entry.lies_open(platform, deployment) and (demo or not platform.is_demo)
    if not (is_open and user.is_active):
        raise WrongState(GONE)
    if user.is_installation_admin:
        raise NotPermitted(NOT_FOR_ADMINS)
    stands_in = standings_within(session, user.id, deployment.org_unit_id)
    # The journal names the person who did it, standing where the platform let them in.
    actor = identity.actor_standing_in(session, user_id=user.id, unit_id=stands_in[0], demo=demo) if stands_in else None
    if actor is None:
        unit = session.get(OrgUnit, deployment.org_unit_id)
        raise NotPermitted(
            f"Эта учебная платформа открывает только «{unit.name if unit else ''}» и подведомственные организации, а у "
            "вашей учётной записи там нет полномочий. Войдите под другой или обратитесь к администратору организации."
        )
    subject = str(ticket.payload.get("subject") or "")
    known = session.scalar(
        select(LtiAccount).where(LtiAccount.platform_id == platform.id, LtiAccount.subject == subject)
    )
    if known is not None and known.user_id != user.id:
        raise Conflict(SUBJECT_TAKEN)
    if known is not None:
        return Proved(known.id, platform.id, deployment.id, user.id, deployment.org_unit_id)
    held = select(LtiAccount.id).where(LtiAccount.platform_id == platform.id, LtiAccount.user_id == user.id)
    if session.scalar(held) is not None:
        raise Conflict(USER_TAKEN)
    session.info["actor"] = actor
    account = LtiAccount(
        org_unit_id=platform.org_unit_id,
        platform_id=platform.id,
        subject=subject,
        user_id=user.id,
        name_told=str(ticket.payload.get("name") or ""),
        origin=AccountOrigin.PROVED,
        linked_at=now,
        linked_by=actor.signature,
    )
    account.pending_action = ("create", f"{user.name}: {platform.title}")
    session.add(account)
    session.flush()
    return Proved(account.id, platform.id, deployment.id, user.id, deployment.org_unit_id)


def standings_within(session: Session, user_id: int, unit_id: int) -> list[int]:
    """The units at or below this one where the person holds a duty; for sessions past the scope."""
    found = session.scalars(
        select(Membership.org_unit_id)
        .where(
            Membership.user_id == user_id,
            or_(
                Membership.org_unit_id == unit_id,
                Membership.municipality_id == unit_id,
                Membership.region_id == unit_id,
            ),
        )
        .order_by(Membership.org_unit_id)
    )
    return list(dict.fromkeys(found))


def actors_within(engine: Engine, user_id: int, unit_id: int, *, demo: bool) -> list[Actor]:
    """The person in each of their units at or below this one."""
    with open_session(engine, reason="the person of a launch has no session yet") as session:
        found = (
            identity.actor_standing_in(session, user_id=user_id, unit_id=number, demo=demo)
            for number in standings_within(session, user_id, unit_id)
        )
        return [actor for actor in found if actor is not None]


def unlink(session: Session, actor: Actor, account: LtiAccount) -> None:
    """Whoever keeps the platform takes the link back; sessions that came by it end with their next request."""
    actor.require(Permission.PLATFORM_WRITE)
    if not contains(actor, account):
        raise NotFound
    user = session.get(User, account.user_id)
    account.pending_action = ("delete", f"{user.name}: {account.label}" if user is not None else account.label)
    session.delete(account)
    session.flush()
