"""The first half of a login, begun by a platform in somebody's browser: a state for that browser, and where to go."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models import LtiDeployment, LtiPlatform, LtiState
from app.policies.unscoped import open_session
from app.services.lti_message import LaunchRefused
from app.services.lti_origin import is_within, origins_of
from app.services.outside import Outside, outside_of

LIVES = timedelta(minutes=10)
# In the order of the standard; whatever else comes along is left.
PARAMETERS = ("iss", "login_hint", "target_link_uri", "client_id", "lti_deployment_id", "lti_message_hint")
LONGEST = 4000
LAUNCH_PATH = "/lti/launch"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")

BROKEN = (
    "Платформа начала вход неполным запросом. Откройте задание ещё раз; если не поможет, сообщите её администратору."
)
UNKNOWN = (
    "Эта учебная платформа здесь не зарегистрирована. Её регистрирует администратор организации: раздел "
    "«Учебные платформы»."
)
SWITCHED_OFF = "Вход из этой учебной платформы отключён. Обратитесь к администратору своей организации."
NOT_PLACED = (
    "Платформа открывает эту систему из размещения, которое здесь не зарегистрировано. Его добавляет администратор "
    "организации на странице платформы."
)
ANOTHER_TOOL = "Ссылка в учебной платформе ведёт в другую систему. Сообщите об этом её администратору."


@dataclass(frozen=True, slots=True)
class Begun:
    """`state` goes through the platform; `browser_key` stays in this browser, in a cookie named after the state."""

    redirect_url: str = field(repr=False)
    state: str = field(repr=False)
    browser_key: str = field(repr=False)
    platform_origins: tuple[str, ...] = ()

    @property
    def cookie(self) -> str:
        return cookie_of(self.state)


def cookie_of(state: str) -> str:
    """Each login has a cookie of its own: several frames of one page begin theirs at once."""
    return f"lti-{digest(state)[:16]}"


def digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()


def is_key(value: str | None) -> bool:
    """Whether it looks like what `begin` has given out."""
    return bool(value) and _KEY.fullmatch(value or "") is not None


def begin(engine: Engine, params: Mapping[str, str], now: datetime) -> Begun:
    """Raises LaunchRefused. What is written: one state, for ten minutes."""
    told = {name: params.get(name, "") for name in PARAMETERS}
    if not all(told[name] for name in ("iss", "login_hint", "target_link_uri")):
        raise LaunchRefused(BROKEN)
    if any(len(value) > LONGEST or not value.isprintable() for value in told.values()):
        raise LaunchRefused(BROKEN)
    outside = outside_of(engine)
    state, nonce, browser_key = (secrets.token_urlsafe(32) for _ in range(3))
    with open_session(engine, reason="a login begins before there is an actor") as session:
        session.connection(execution_options={"writes": True})
        platform = _platform(session, told, outside)
        _check_target(session, platform, told, outside)
        session.add(
            LtiState(
                state_digest=digest(state),
                browser_digest=digest(browser_key),
                nonce=nonce,
                platform_id=platform.id,
                target_link_uri=told["target_link_uri"],
                begun_with={name: value for name, value in told.items() if value},
                expires_at=now + LIVES,
            )
        )
        return Begun(_authentication(platform, told, outside, state, nonce), state, browser_key, origins_of(platform))


def _platform(session: Session, told: Mapping[str, str], outside: Outside) -> LtiPlatform:
    """By issuer and client; without a client the only one of that issuer."""
    statement = select(LtiPlatform).where(LtiPlatform.issuer == told["iss"]).limit(2)
    if told["client_id"]:
        statement = statement.where(LtiPlatform.client_id == told["client_id"])
    found = session.scalars(statement).all()
    if len(found) != 1:
        raise LaunchRefused(UNKNOWN)
    platform = found[0]
    if not platform.is_active or (platform.is_demo and not outside.demo):
        raise LaunchRefused(SWITCHED_OFF, platform_origins=origins_of(platform))
    return platform


def _check_target(session: Session, platform: LtiPlatform, told: Mapping[str, str], outside: Outside) -> None:
    origins = origins_of(platform)
    if not is_within(told["target_link_uri"], outside.address):
        raise LaunchRefused(ANOTHER_TOOL, platform_origins=origins)
    if not told["lti_deployment_id"]:
        return
    placed = session.scalars(
        select(LtiDeployment).where(
            LtiDeployment.platform_id == platform.id, LtiDeployment.deployment_id == told["lti_deployment_id"]
        )
    ).one_or_none()
    if placed is None:
        raise LaunchRefused(NOT_PLACED, platform_origins=origins)
    if not placed.is_active:
        raise LaunchRefused(SWITCHED_OFF, platform_origins=origins)


def _authentication(platform: LtiPlatform, told: Mapping[str, str], outside: Outside, state: str, nonce: str) -> str:
    """The platform's own address of authentication, which may have a query already."""
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": outside.url(LAUNCH_PATH),
        "login_hint": told["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    if told["lti_message_hint"]:
        asked["lti_message_hint"] = told["lti_message_hint"]
    parts = urlsplit(platform.auth_url)
    query = "&".join(one for one in (parts.query, urlencode(asked)) if one)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
