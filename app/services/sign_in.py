"""Signing in: throttled, the same answer for a wrong password and an unknown login, every attempt kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import SignInAttempt, User
from app.policies.refusal import Refusal
from app.policies.unscoped import open_session
from app.services import audit, password

WINDOW = timedelta(minutes=15)
MOST_PER_LOGIN = 5
MOST_PER_ADDRESS = 50
KEPT = timedelta(days=366)

WRONG = "Имя для входа или пароль не подходят. Проверьте раскладку клавиатуры и Caps Lock."
WAIT = "Слишком много попыток входа. Подождите 15 минут или попросите администратора сбросить пароль."


class SignInRefused(Refusal):
    pass


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: int
    auth_epoch: int


def sign_in(engine: Engine, *, login: str, typed_password: str, address: str, now: datetime, demo: bool) -> SignedIn:
    """Raises SignInRefused. The attempt is committed by itself: a refusal must not be rolled back with it."""
    digest = hashlib.sha256(login.strip().casefold().encode()).hexdigest()
    with open_session(engine, reason="an attempt is counted before its password is tried") as session:
        session.connection(execution_options={"writes": True})
        if _failures(session, SignInAttempt.login_digest, digest, now) >= MOST_PER_LOGIN:
            raise SignInRefused(WAIT)
        if _failures(session, SignInAttempt.address, address, now) >= MOST_PER_ADDRESS:
            raise SignInRefused(WAIT)
        attempt = SignInAttempt(login_digest=digest, address=address, at=now, succeeded=False)
        session.add(attempt)
        session.flush()
        attempt_id = attempt.id
    with open_session(engine, reason="the user is read before an actor exists") as session:
        user = session.scalar(select(User).where(User.login == login.strip().lower()))
        known = user is not None and user.is_active and (demo or not user.is_demo)
        fits = password.matches(user.password_hash if user is not None and known else "", typed_password)
    if user is None or not fits:
        raise SignInRefused(WRONG)
    with open_session(engine, reason="the attempt is marked as successful") as session:
        session.connection(execution_options={"writes": True})
        kept = session.get_one(User, user.id)
        kept.last_sign_in_at = now
        session.get_one(SignInAttempt, attempt_id).succeeded = True
        audit.record_event(session, kept, "sign_in")
        return SignedIn(user.id, user.auth_epoch)


def _failures(session: Session, column: InstrumentedAttribute[str], value: str, now: datetime) -> int:
    """Failures of the last quarter of an hour, since the last success."""
    last_success = (
        select(func.max(SignInAttempt.at)).where(column == value, SignInAttempt.succeeded.is_(True)).scalar_subquery()
    )
    return int(
        session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(
                column == value,
                SignInAttempt.succeeded.is_(False),
                SignInAttempt.at > now - WINDOW,
                (last_success.is_(None)) | (SignInAttempt.at > last_success),
            )
        )
        or 0
    )
