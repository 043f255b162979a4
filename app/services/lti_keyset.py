"""The public keys of a platform: kept, read again when a day old or when a token names one that is not there.

However many launches name an unknown key, the platform is asked once a minute at most. While it is away, keys younger
than a week still serve. No transaction stands while it is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Engine, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.integrations.http import HttpError, HttpRequest
from app.integrations.lti_token import LtiTokenRefused, fit_keys
from app.models import LtiKeyset
from app.policies.unscoped import open_session
from app.services.outside import outside_of

logger = logging.getLogger(__name__)

FRESH, SERVES, AGAIN = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)
LARGEST = 256 * 1024
OK = 200

Keys = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Keys
    read_at: datetime | None


def keys_of(engine: Engine, platform_id: int, jwks_url: str, kid: str, now: datetime) -> Keys:
    """JWKs by kid, this one among them if the platform has it. Empty where no keys may be believed any more."""
    kept = _kept(engine, platform_id, jwks_url)
    fresh = kept.read_at is not None and now - kept.read_at < FRESH
    if (kid not in kept.keys or not fresh) and _claimed(engine, platform_id, now):
        kept = _read(engine, platform_id, jwks_url, now) or kept
    serves = kept.read_at is not None and now - kept.read_at < SERVES
    return kept.keys if serves else {}


def _kept(engine: Engine, platform_id: int, jwks_url: str) -> _Kept:
    """What was read at this address: keys of an address that has been changed are believed no more."""
    with open_session(engine, reason="keys of platforms are nobody's rows") as session:
        row = session.scalars(select(LtiKeyset).where(LtiKeyset.platform_id == platform_id)).one_or_none()
        if row is None or row.keys.get("address") != jwks_url:
            return _Kept({}, None)
        return _Kept(row.keys["keys"], row.read_at)


def _claimed(engine: Engine, platform_id: int, now: datetime) -> bool:
    """Whether it is ours to ask the platform now: of all who come within the minute one asks."""
    try:
        with open_session(engine, reason="keys of platforms are nobody's rows") as session:
            session.connection(execution_options={"writes": True})
            if session.scalar(select(LtiKeyset.id).where(LtiKeyset.platform_id == platform_id)) is None:
                session.add(LtiKeyset(platform_id=platform_id, keys={}, tried_at=now))
                session.flush()
                return True
            done = session.execute(
                update(LtiKeyset)
                .where(
                    LtiKeyset.platform_id == platform_id,
                    or_(LtiKeyset.tried_at.is_(None), LtiKeyset.tried_at <= now - AGAIN),
                )
                .values(tried_at=now)
                .execution_options(synchronize_session=False)
            )
            return isinstance(done, CursorResult) and done.rowcount == 1
    except IntegrityError:
        return False


def _read(engine: Engine, platform_id: int, jwks_url: str, now: datetime) -> _Kept | None:
    """None where the platform does not answer with keys: what was kept stays."""
    request = HttpRequest("GET", jwks_url, headers={"Accept": "application/json"})
    try:
        answer = outside_of(engine).http.ask(request, most=LARGEST)
        found = fit_keys(answer.json()) if answer.status == OK else {}
    except (HttpError, LtiTokenRefused, RecursionError) as error:
        logger.warning("keys of the platform %d were not read: %s", platform_id, getattr(error, "reason", "nested"))
        return None
    if not found:
        logger.warning("keys of the platform %d were not read: answer %d without keys", platform_id, answer.status)
        return None
    with open_session(engine, reason="keys of platforms are nobody's rows") as session:
        session.connection(execution_options={"writes": True})
        row = session.scalars(select(LtiKeyset).where(LtiKeyset.platform_id == platform_id)).one_or_none()
        if row is not None:
            row.keys, row.read_at = {"address": jwks_url, "keys": found}, now
    return _Kept(found, now)
