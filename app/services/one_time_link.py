"""One-time links: a token of 32 random bytes, kept as its digest, used once, within its days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models import OneTimeLink, User
from app.models.enumeration import LinkPurpose
from app.policies.refusal import NotFound
from app.policies.unscoped import open_session
from app.services import password as passwords

LIFETIME = timedelta(days=7)
GONE = "Ссылка не действует: она уже использована или прошло семь дней. Попросите администратора прислать новую."


def issue(session: Session, user: User, purpose: LinkPurpose, now: datetime) -> str:
    """The token, shown once; the caller builds the address. Earlier links of the user stay as they are."""
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            user_id=user.id,
            purpose=purpose,
            token_digest=_digest(token),
            auth_epoch=user.auth_epoch,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return token


def login_of(engine: Engine, token: str, now: datetime) -> str:
    """Raises NotFound for a link that does not act."""
    with open_session(engine, reason="the holder of a link has no actor yet") as session:
        return _holder(session, token, now)[1].login


def set_password(engine: Engine, token: str, password: str, now: datetime) -> None:
    """Ends every session of the user and every other link. Raises NotFound, Invalid."""
    with open_session(engine, reason="the holder of a link has no actor yet") as session:
        session.connection(execution_options={"writes": True})
        link, user = _holder(session, token, now)
        passwords.check_strength(password, login=user.login, name=user.name)
        user.password_hash = passwords.hashed(password)
        user.auth_epoch += 1
        user.pending_action = ("set_password", "")
        link.used_at = now
        for other in session.scalars(select(OneTimeLink).where(OneTimeLink.user_id == user.id)):
            other.used_at = other.used_at or now


def _holder(session: Session, token: str, now: datetime) -> tuple[OneTimeLink, User]:
    statement = (
        select(OneTimeLink, User)
        .join(User, User.id == OneTimeLink.user_id)
        .where(OneTimeLink.token_digest == _digest(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .where(User.is_active, User.auth_epoch == OneTimeLink.auth_epoch)
        .with_for_update(of=OneTimeLink)
    )
    found = session.execute(statement).first()
    if found is None:
        raise NotFound(GONE)
    return found[0], found[1]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
