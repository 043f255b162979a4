"""Keys of this product: RSA of 2048 bits, published a day before they sign, signing for 90 days, published 30 more."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.models import LtiKey
from app.policies.refusal import WrongState
from app.policies.unscoped import open_session
from app.services.outside import outside_of
from app.services.secret_box import NO_KEY, SecretBox

logger = logging.getLogger(__name__)

ALGORITHM = "RS256"
BITS = 2048
# Platforms keep our keys in a cache: a key is known to them before anything bears its signature, and after.
BEFORE, SIGNS, AFTER = timedelta(days=1), timedelta(days=90), timedelta(days=30)


def jwks(engine: Engine, now: datetime) -> dict[str, Any]:
    """All published keys as a JSON Web Key Set: public halves only."""
    with open_session(engine, reason="public keys are everybody's") as session:
        rows = select(LtiKey.public_jwk).where(LtiKey.published_until > now).order_by(LtiKey.signs_from, LtiKey.id)
        return {"keys": list(session.scalars(rows))}


def sign(engine: Engine, claims: Mapping[str, Any], now: datetime) -> str:
    """The claims as a signed token. Makes the first key where there is none. Raises WrongState without SECRETS_KEY."""
    box = outside_of(engine).box
    if not box.is_open:
        raise WrongState(NO_KEY)
    found = _signing(engine, now)
    if found is None:
        rotate(engine, now)
        found = _signing(engine, now)
    if found is None:
        raise WrongState(NO_KEY)
    kid, sealed = found
    return jwt.encode(dict(claims), box.unseal(sealed), algorithm=ALGORITHM, headers={"kid": kid})


def rotate(where: Engine | Session, now: datetime) -> bool:
    """Whether a key was made: the first one, one due a day before the last has signed for its days, or one in place
    of a key that no longer opens. Forgets keys whose days of publication are over. Nothing without SECRETS_KEY.
    """
    if isinstance(where, Session):
        return _rotate(where, outside_of(where).box, now)
    with open_session(where, reason="keys of the product are nobody's rows") as session:
        session.connection(execution_options={"writes": True})
        return _rotate(session, outside_of(where).box, now)


def replace(engine: Engine, now: datetime) -> None:
    """For keys that have fallen into other hands: all are withdrawn at once, a new one signs from now.

    Platforms that keep our keys in a cache refuse the new one until they read them again. Raises WrongState.
    """
    box = outside_of(engine).box
    with open_session(engine, reason="keys of the product are nobody's rows") as session:
        session.connection(execution_options={"writes": True})
        made = _made(box, now, signs_from=now)
        session.execute(delete(LtiKey))
        session.add(made)


def _rotate(session: Session, box: SecretBox, now: datetime) -> bool:
    if not box.is_open:
        return False
    session.execute(delete(LtiKey).where(LtiKey.published_until <= now))
    last = session.scalars(select(LtiKey).order_by(LtiKey.signs_from.desc(), LtiKey.id.desc()).limit(1)).one_or_none()
    if last is None or not _opens(box, last):
        # Nothing can be signed until then: this one need not wait until caches know it.
        session.add(_made(box, now, signs_from=now))
        return True
    if last.signs_from + SIGNS > now + BEFORE:
        return False
    made = _made(box, now, signs_from=max(now + BEFORE, last.signs_from + SIGNS))
    # A rotation that came late: the old key has signed until now.
    last.published_until = max(last.published_until, made.signs_from + AFTER)
    session.add(made)
    return True


def _made(box: SecretBox, now: datetime, *, signs_from: datetime) -> LtiKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    numbers = private.public_key().public_numbers()
    public = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    told = hashlib.sha256(f"{public['n']}.{secrets.token_hex(8)}".encode()).hexdigest()[:24]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return LtiKey(
        kid=told,
        public_jwk={**public, "alg": ALGORITHM, "use": "sig", "kid": told},
        private_sealed=box.seal(pem.decode("ascii")),
        made_at=now,
        signs_from=signs_from,
        published_until=signs_from + SIGNS + AFTER,
    )


def _signing(engine: Engine, now: datetime) -> tuple[str, str] | None:
    """The newest of those that sign already and open."""
    box = outside_of(engine).box
    with open_session(engine, reason="keys of the product are nobody's rows") as session:
        rows = session.scalars(
            select(LtiKey)
            .where(LtiKey.signs_from <= now, LtiKey.published_until > now)
            .order_by(LtiKey.signs_from.desc(), LtiKey.id.desc())
        )
        return next(((row.kid, row.private_sealed) for row in rows if _opens(box, row)), None)


def _opens(box: SecretBox, key: LtiKey) -> bool:
    try:
        box.unseal(key.private_sealed)
    except WrongState:
        logger.warning("the private key %s does not open with SECRETS_KEY", key.kid)
        return False
    return True


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).rstrip(b"=").decode("ascii")
