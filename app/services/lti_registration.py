"""Dynamic registration (1EdTech LTI Dynamic Registration 1.0): one link, pasted in a platform, registers it here.

Whoever keeps platforms makes the link for one unit and one address; for a day, once. The platform opens it with the
address of its configuration; that address, the issuer and the place of registration must be of the site for which the
link was made, so a link that has gone astray registers nobody else's platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.models import OrgUnit
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.policies.unscoped import open_session
from app.services import identity, lti_configuration, lti_deployment, lti_platform, lti_ticket
from app.services.lti_address import checked, inner_hosts, root_of_moodle, with_scheme
from app.services.lti_configuration import Tool
from app.services.lti_origin import origin_of
from app.services.lti_platform import TypedPlatform
from app.services.outside import outside_of

LIVES: Final = timedelta(hours=24)
GONE: Final = (
    "Ссылка регистрации не действует: она уже использована или прошли сутки. Получите новую в «Мониторинг ВСОКО», "
    "в разделе «Учебные платформы»."
)
ASKER_GONE: Final = (
    "Тот, кто получил эту ссылку, больше не ведёт учебные платформы организации. Ссылку должен получить другой "
    "администратор."
)


@dataclass(frozen=True, slots=True)
class Invited:
    """For which site the link was made; only pages of that site may frame the answer."""

    origin: str
    title: str


@dataclass(frozen=True, slots=True)
class Registered:
    platform_id: int
    title: str
    # Without a number of placement a platform still has to tell it.
    is_placed: bool


def invite(session: Session, actor: Actor, *, unit: OrgUnit, title: str, address: str, now: datetime) -> str:
    """The token of a link that registers the platform at `address` for `unit`. Raises NotFound, Invalid."""
    actor.require(Permission.PLATFORM_WRITE)
    lti_platform.require_unit(actor, unit)
    inner = inner_hosts(outside_of(session))
    site = root_of_moodle(checked(with_scheme(address), inner=inner, field="address", what="Адрес сайта"))
    name = " ".join(title.split())
    if not name or len(name) > lti_platform.LONGEST_TITLE or not name.isprintable():
        raise Invalid("Назовите платформу так, как её знают люди.", field="title")
    return lti_ticket.issue(
        session,
        TicketPurpose.REGISTER,
        user_id=actor.user_id,
        unit_id=unit.id,
        payload={"title": name, "origin": origin_of(site), "stands_in": actor.unit_id},
        now=now,
        lives=LIVES,
    )


def invited(engine: Engine, token: str, now: datetime) -> Invited:
    """Raises NotFound for a link that does not act."""
    try:
        ticket = lti_ticket.peek(engine, TicketPurpose.REGISTER, token, now)
    except NotFound:
        raise NotFound(GONE) from None
    return Invited(str(ticket.payload.get("origin", "")), str(ticket.payload.get("title", "")))


def once_invited(engine: Engine, token: str) -> str:
    """The site for which a link was made that acts no more: its page may still show why. Empty for an unknown one."""
    ticket = lti_ticket.recall(engine, TicketPurpose.REGISTER, token)
    return str(ticket.payload.get("origin", "")) if ticket is not None else ""


def register(
    engine: Engine, token: str, *, configuration_url: str, registration_token: str, tool: Tool, now: datetime
) -> Registered:
    """Asks the platform for its configuration, tells it ours, and saves both with the journal in one transaction.

    No transaction is held while the platform is asked. Raises NotFound for a link that does not act, Invalid and
    WrongState with a sentence for whoever stands before the platform's page; nothing is saved then.
    """
    site = invited(engine, token, now)
    outside = outside_of(engine)
    told = lti_configuration.configuration(outside, configuration_url, site.origin)
    client_id, deployment_id = lti_configuration.registered(outside, told, registration_token, tool)
    with open_session(engine, reason="whoever opens the link of a registration has no session here") as session:
        session.connection(execution_options={"writes": True})
        try:
            ticket = lti_ticket.take_in(session, TicketPurpose.REGISTER, token, now)
        except NotFound:
            raise NotFound(GONE) from None
        actor, unit = _asker(session, ticket, demo=outside.demo)
        session.info["actor"] = actor
        typed = TypedPlatform(
            title=site.title,
            issuer=told.issuer,
            client_id=client_id,
            auth_url=told.auth_url,
            token_url=told.token_url,
            jwks_url=told.jwks_url,
            family=told.family,
        )
        made = lti_platform.create(session, actor, typed, unit=unit, as_told=True)
        if deployment_id:
            lti_deployment.place(session, actor, made, deployment_id=deployment_id, unit=unit)
        return Registered(made.id, made.title, bool(deployment_id))


def _asker(session: Session, ticket: lti_ticket.Ticket, *, demo: bool) -> tuple[Actor, OrgUnit]:
    """Who made the link, with the duties of this moment, and the unit for which it was made."""
    stands_in = ticket.payload.get("stands_in")
    unit = session.get(OrgUnit, ticket.unit_id) if ticket.unit_id is not None else None
    if ticket.user_id is None or not isinstance(stands_in, int) or unit is None:
        raise WrongState(ASKER_GONE)
    actor = identity.actor_standing_in(session, user_id=ticket.user_id, unit_id=stands_in, demo=demo)
    if actor is None or not actor.may(Permission.PLATFORM_WRITE):
        raise WrongState(ASKER_GONE)
    return actor, unit
