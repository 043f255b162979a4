"""One-time tickets: 32 random bytes, kept as their digest, taken once and in time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Engine, select, update
from sqlalchemy.orm import Session

from app.models import LtiTicket
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.refusal import NotFound
from app.policies.unscoped import open_session

LIVES = timedelta(minutes=10)
LONGEST = 200
GONE = "Страница устарела или уже использована. Откройте задание в учебной платформе ещё раз."


class TicketGone(NotFound):
    """Unknown, used or too old: they are one."""

    def __init__(self) -> None:
        super().__init__(GONE)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What stood behind the token when it was issued; whether it still holds is asked anew by whoever takes it."""

    id: int
    purpose: TicketPurpose
    platform_id: int | None
    deployment_id: int | None
    user_id: int | None
    unit_id: int | None
    payload: Mapping[str, Any] = field(default_factory=dict)


def issue(
    where: Engine | Session,
    purpose: TicketPurpose,
    *,
    platform_id: int | None = None,
    deployment_id: int | None = None,
    user_id: int | None = None,
    unit_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    now: datetime,
    lives: timedelta = LIVES,
) -> str:
    """The token, shown once. With an engine it is committed at once, with a session along with its transaction."""
    token = secrets.token_urlsafe(32)
    row = LtiTicket(
        token_digest=_digest(token),
        purpose=purpose,
        platform_id=platform_id,
        deployment_id=deployment_id,
        user_id=user_id,
        unit_id=unit_id,
        payload=dict(payload or {}),
        expires_at=now + lives,
    )
    if isinstance(where, Session):
        where.add(row)
        where.flush()
        return token
    with open_session(where, reason="a ticket of a launch is nobody's row") as session:
        session.connection(execution_options={"writes": True})
        session.add(row)
    return token


def take(engine: Engine, purpose: TicketPurpose, token: str, now: datetime) -> Ticket:
    """Once: of two who come together one gets it. Raises TicketGone."""
    with open_session(engine, reason="the bearer of a ticket has no session") as session:
        session.connection(execution_options={"writes": True})
        return take_in(session, purpose, token, now)


def take_in(session: Session, purpose: TicketPurpose, token: str, now: datetime) -> Ticket:
    """The same within an open session of the caller: used only if its transaction stands. Raises TicketGone."""
    used = (
        update(LtiTicket)
        .where(
            LtiTicket.token_digest == _digest(token),
            LtiTicket.purpose == purpose,
            LtiTicket.used_at.is_(None),
            LtiTicket.expires_at > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(used)
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise TicketGone
    row = session.scalars(
        select(LtiTicket).where(LtiTicket.token_digest == _digest(token)).execution_options(populate_existing=True)
    ).one()
    return _read(row)


def peek(engine: Engine, purpose: TicketPurpose, token: str, now: datetime) -> Ticket:
    """What an unused ticket says, leaving it unused. Raises TicketGone."""
    with open_session(engine, reason="the bearer of a ticket has no session") as session:
        row = session.scalars(
            select(LtiTicket).where(
                LtiTicket.token_digest == _digest(token),
                LtiTicket.purpose == purpose,
                LtiTicket.used_at.is_(None),
                LtiTicket.expires_at > now,
            )
        ).one_or_none()
        if row is None:
            raise TicketGone
        return _read(row)


def recall(engine: Engine, purpose: TicketPurpose, token: str) -> Ticket | None:
    """What a ticket said, used or too old though it may be, until it is swept: for telling its bearer so."""
    with open_session(engine, reason="the bearer of a ticket has no session") as session:
        asked = select(LtiTicket).where(LtiTicket.token_digest == _digest(token), LtiTicket.purpose == purpose)
        row = session.scalars(asked).one_or_none()
        return _read(row) if row is not None else None


def _read(row: LtiTicket) -> Ticket:
    return Ticket(row.id, row.purpose, row.platform_id, row.deployment_id, row.user_id, row.unit_id, dict(row.payload))


def _digest(token: str) -> str:
    return hashlib.sha256(token[:LONGEST].encode(errors="replace")).hexdigest()
