"""The second half of a login: the platform's token is checked, and becomes a launch or a refusal.

The state is used up before anything else is asked, by one statement: of two who bring it together one goes on. Its
platform alone decides whose keys, issuer and client are expected: what another platform has signed fits nowhere.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Engine, select, update
from sqlalchemy.orm import Session

from app.integrations.lti_token import LtiTokenRefused, kid_of, read_id_token
from app.models import LtiAccount, LtiDeployment, LtiPlatform, LtiState, User
from app.policies.unscoped import open_session
from app.services import lti_entry, lti_keyset
from app.services import lti_message as message
from app.services.lti_login import ANOTHER_TOOL, NOT_PLACED, SWITCHED_OFF, digest, is_key
from app.services.lti_message import DEEP_LINKING, LTI, RESOURCE, DeepLinking, Launch, LaunchRefused
from app.services.lti_origin import is_within, origin_of, origins_of
from app.services.outside import outside_of

__all__ = ["DEEP_LINKING", "RESOURCE", "DeepLinking", "Launch", "LaunchRefused", "LaunchWithoutCookie", "receive"]

logger = logging.getLogger(__name__)

LONGEST_STATE = 200
AGAIN = " Откройте задание в учебной платформе ещё раз."
UNKNOWN_STATE = "Вход начат не здесь или очень давно." + AGAIN
USED = "Этот вход уже выполнен: одну и ту же ссылку нельзя использовать дважды." + AGAIN
EXPIRED = "Вход занял больше десяти минут и остановлен." + AGAIN
ANOTHER_BROWSER = "Вход начат в другом браузере. Ничего не открыто." + AGAIN
NO_COOKIE = (
    "Браузер не сохранил отметку о начале входа: внутри чужой страницы ему это запрещено. Откройте систему в новом "
    "окне."
)
NO_KEYS = "Ключи платформы получить не удалось: она не отвечает. Подождите минуту и откройте задание ещё раз."
DENIED = "Платформа не подтвердила, кто вы. Войдите в неё заново и откройте задание ещё раз."
MISSED = "Платформа не дала ответа на вход." + AGAIN
WRONG_MESSAGE = "Платформа прислала сообщение, которого эта система не понимает. Сообщите её администратору."
WRONG_VERSION = "Платформа открывает эту систему не по LTI 1.3. Сообщите её администратору: нужна версия 1.3."
NAMELESS = "Платформа не назвала, кто вы: анонимный вход здесь невозможен. Сообщите её администратору."


class LaunchWithoutCookie(LaunchRefused):
    """The browser did not bring the cookie of the login: nothing was opened; it may begin anew in its own window."""

    def __init__(self, sentence: str, begun_with: Mapping[str, Any], *, platform_origins: tuple[str, ...]) -> None:
        super().__init__(sentence, platform_origins=platform_origins)
        self.begun_with = begun_with


@dataclass(frozen=True, slots=True)
class _Login:
    """What the state says of the login, and its platform as it stands now."""

    platform_id: int
    title: str
    issuer: str
    client_id: str
    jwks_url: str
    origins: tuple[str, ...]
    nonce: str
    target_link_uri: str
    deployment: str


def receive(
    engine: Engine,
    *,
    state: str,
    id_token: str,
    browser_key: str | None,
    now: datetime,
    error: str = "",
) -> Launch:
    """`browser_key`: the cookie of this login, None if the browser brought none; `error`: what the platform says
    instead of a token. Raises LaunchRefused, LaunchWithoutCookie. What is written: the state is used.
    """
    login = _use(engine, state, browser_key, now)
    if error or not id_token:
        raise LaunchRefused(DENIED if error else MISSED, platform_origins=login.origins)
    try:
        return _launch(engine, login, _verified(engine, login, id_token, now))
    except LaunchRefused as refusal:
        refusal.platform_origins = login.origins
        raise


def begun_with(engine: Engine, state: str, now: datetime) -> dict[str, str]:
    """What a login began with whose launch came without its cookie: to begin it anew. Raises LaunchRefused."""
    if not state or len(state) > LONGEST_STATE:
        raise LaunchRefused(UNKNOWN_STATE)
    with open_session(engine, reason="a launch comes before there is an actor") as session:
        row = session.scalars(select(LtiState).where(LtiState.state_digest == digest(state))).one_or_none()
        if row is None or row.used_at is None or row.expires_at <= now:
            raise LaunchRefused(EXPIRED)
        return {name: str(value) for name, value in row.begun_with.items()}


def _use(engine: Engine, state: str, browser_key: str | None, now: datetime) -> _Login:
    """The login that this browser began. Whoever else brings its state uses it up all the same."""
    if not state or len(state) > LONGEST_STATE:
        raise LaunchRefused(UNKNOWN_STATE)
    with open_session(engine, reason="a launch comes before there is an actor") as session:
        session.connection(execution_options={"writes": True})
        row = session.scalars(select(LtiState).where(LtiState.state_digest == digest(state))).one_or_none()
        platform = session.get(LtiPlatform, row.platform_id) if row is not None else None
        if row is None or platform is None:
            raise LaunchRefused(UNKNOWN_STATE)
        refusal = _refused_use(session, row, platform, browser_key, now)
    # The transaction has ended: that the state is used stands, whatever comes.
    if refusal is not None:
        raise refusal
    return _Login(
        platform_id=platform.id,
        title=platform.title,
        issuer=platform.issuer,
        client_id=platform.client_id,
        jwks_url=platform.jwks_url,
        origins=origins_of(platform),
        nonce=row.nonce,
        target_link_uri=row.target_link_uri,
        deployment=str(row.begun_with.get("lti_deployment_id", "")),
    )


def _refused_use(
    session: Session, row: LtiState, platform: LtiPlatform, browser_key: str | None, now: datetime
) -> LaunchRefused | None:
    origins = origins_of(platform)
    used = (
        update(LtiState)
        .where(LtiState.id == row.id, LtiState.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(used)
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        return LaunchRefused(USED, platform_origins=origins)
    if row.expires_at <= now:
        return LaunchRefused(EXPIRED, platform_origins=origins)
    if not platform.is_active or (platform.is_demo and not outside_of(session).demo):
        return LaunchRefused(SWITCHED_OFF, platform_origins=origins)
    if browser_key is None:
        return LaunchWithoutCookie(NO_COOKIE, row.begun_with, platform_origins=origins)
    if not is_key(browser_key) or not hmac.compare_digest(digest(browser_key), row.browser_digest):
        return LaunchRefused(ANOTHER_BROWSER, platform_origins=origins)
    return None


def _verified(engine: Engine, login: _Login, id_token: str, now: datetime) -> dict[str, Any]:
    try:
        keys = lti_keyset.keys_of(engine, login.platform_id, login.jwks_url, kid_of(id_token), now)
        if not keys:
            raise LaunchRefused(NO_KEYS)
        return read_id_token(id_token, keys, issuer=login.issuer, client_id=login.client_id, nonce=login.nonce, now=now)
    except LtiTokenRefused as refused:
        logger.warning("a launch from the platform %d was refused: %s", login.platform_id, refused.reason)
        raise LaunchRefused(refused.sentence) from None


def _launch(engine: Engine, login: _Login, claims: Mapping[str, Any]) -> Launch:
    kind = claims.get(f"{LTI}message_type")
    if kind not in {RESOURCE, DEEP_LINKING}:
        raise LaunchRefused(WRONG_MESSAGE)
    if claims.get(f"{LTI}version") != message.VERSION:
        raise LaunchRefused(WRONG_VERSION)
    outside = outside_of(engine)
    target = claims.get(f"{LTI}target_link_uri")
    # OpenID says nothing of it; LTI 1.3, 5.1.1.2: the login and the message name one and the same.
    if target != login.target_link_uri or not is_within(login.target_link_uri, outside.address):
        raise LaunchRefused(ANOTHER_TOOL)
    if not claims.get("sub"):
        raise LaunchRefused(NAMELESS)
    subject = message.key(claims, "sub", "человека (sub)")
    deployment = message.key(claims, f"{LTI}deployment_id", "размещение (deployment_id)")
    if login.deployment and login.deployment != deployment:
        raise LaunchRefused(NOT_PLACED)
    link = message.part(claims, f"{LTI}resource_link")
    resource_link_id = message.key(link, "id", "ссылку (resource_link)") if kind == RESOURCE else ""
    deep = message.deep_linking_of(claims, login.origins) if kind == DEEP_LINKING else None
    with open_session(engine, reason="a launch comes before there is an actor") as session:
        placed = _placed(session, login.platform_id, deployment)
        account_id, user_id, refusal = _linked(session, login, subject, placed.org_unit_id, demo=outside.demo)
    context = message.part(claims, f"{LTI}context")
    grades = message.part(claims, message.GRADES)
    return Launch(
        platform_id=login.platform_id,
        platform_title=login.title,
        platform_origin=login.origins[0] if login.origins else origin_of(login.issuer),
        platform_origins=login.origins,
        issuer=login.issuer,
        client_id=login.client_id,
        deployment_id=placed.id,
        deployment=deployment,
        unit_id=placed.org_unit_id,
        subject=subject,
        message=kind,
        name=message.text(claims.get("name")),
        given_name=message.text(claims.get("given_name")),
        family_name=message.text(claims.get("family_name")),
        email=message.text(claims.get("email")),
        idnumber=message.text(message.part(claims, f"{LTI}lis").get("person_sourcedid")),
        roles=message.words(claims.get(f"{LTI}roles")),
        context_id=message.text(context.get("id"), message.LONGEST_KEY),
        context_title=message.text(context.get("title") or context.get("label")),
        resource_link_id=resource_link_id,
        custom=message.custom_of(claims),
        memberships_url=message.address(message.part(claims, message.MEMBERSHIPS).get("context_memberships_url")),
        line_items_url=message.address(grades.get("lineitems")),
        line_item_url=message.address(grades.get("lineitem")),
        scopes=message.words(grades.get("scope")),
        deep_linking=deep,
        account_id=account_id,
        user_id=user_id,
        refusal=refusal,
    )


def _placed(session: Session, platform_id: int, deployment: str) -> LtiDeployment:
    placed = session.scalars(
        select(LtiDeployment).where(LtiDeployment.platform_id == platform_id, LtiDeployment.deployment_id == deployment)
    ).one_or_none()
    if placed is None:
        raise LaunchRefused(NOT_PLACED)
    if not lti_entry.lies_open(session.get_one(LtiPlatform, platform_id), placed):
        raise LaunchRefused(SWITCHED_OFF)
    return placed


def _linked(
    session: Session, login: _Login, subject: str, unit_id: int, *, demo: bool
) -> tuple[int | None, int | None, str]:
    """The link and the account of the person, or why the linked person may not enter."""
    found = session.execute(
        select(LtiAccount, User)
        .join(User, User.id == LtiAccount.user_id)
        .where(LtiAccount.platform_id == login.platform_id, LtiAccount.subject == subject)
    ).first()
    if found is None:
        return None, None, ""
    account, user = found
    refusal = lti_entry.obstacle(session, user, unit_id, demo=demo)
    return (None, None, refusal) if refusal else (account.id, user.id, "")
