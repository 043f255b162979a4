"""Services of a platform (its lists of people, its grades): asked with a token that it gives for our signature.

A token is kept in the process until it runs out. Nothing is asked for but at the addresses of the platform itself:
what a launch or an answer names is another's word.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.integrations.http import HttpAnswer, HttpError, HttpRequest
from app.models import LtiDeployment, LtiPlatform
from app.policies.refusal import Refusal, WrongState
from app.policies.unscoped import open_session
from app.services import lti_key
from app.services.lti_entry import lies_open
from app.services.lti_origin import origin_of, origins_of
from app.services.outside import Outside, outside_of

MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIVES = timedelta(minutes=5)
# A token is not used in its last minute: the platform's clock is not ours.
TOKEN_MARGIN = timedelta(minutes=1)
LONGEST_TOKEN_LIFE = 3600
MOST_PAGES = 100
MOST_BYTES: Final = 4 * 1024 * 1024
TRIES = 3
# So many seconds somebody waits before a page for the whole list: a platform must not hold the server longer.
PATIENCE: Final = 60.0
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel\s*=\s*"?next"?', re.IGNORECASE)


class PlatformRefused(Refusal):
    """The platform did not do what it was asked for."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What is needed of a platform to ask it, so that no transaction stays open meanwhile."""

    platform_id: int
    title: str
    client_id: str
    token_url: str
    origins: frozenset[str]
    issuer: str = ""
    family: str = ""

    def is_its_own(self, url: str) -> bool:
        return origin_of(url) in self.origins


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: datetime


_Kept = dict[tuple[int, str, str, str], _Token]
_TOKENS: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def reached(engine: Engine, platform_id: int, *, placed_for: Collection[int] | None = None) -> Reached:
    """For whoever holds something of the platform, though the platform itself be kept by a unit above.

    `placed_for`: one of these units has it placed for it. Raises WrongState for one that is switched off.
    """
    with open_session(engine, reason="a course of a platform is read at the addresses of the platform") as session:
        platform = session.get(LtiPlatform, platform_id)
        if platform is None or not platform.is_active or not _is_placed(session, platform, placed_for):
            raise WrongState("Учебная платформа отключена: обратитесь к тому, кто её подключал.")
        return Reached(
            platform_id=platform.id,
            title=platform.title,
            client_id=platform.client_id,
            token_url=platform.token_url,
            origins=frozenset(origins_of(platform)),
            issuer=platform.issuer,
            family=platform.family,
        )


def _is_placed(session: Session, platform: LtiPlatform, units: Collection[int] | None) -> bool:
    if units is None:
        return True
    placed = select(LtiDeployment).where(
        LtiDeployment.platform_id == platform.id, LtiDeployment.org_unit_id.in_(list(units))
    )
    return any(lies_open(platform, one) for one in session.scalars(placed))


def pages(engine: Engine, platform: Reached, url: str, *, scope: str, accept: str, now: datetime) -> Iterator[Any]:
    """The JSON of each page, following the Link header as far as it stays at the platform. Raises PlatformRefused."""
    seen: set[str] = set()
    begun = monotonic()
    while url and url not in seen and len(seen) < MOST_PAGES:
        if monotonic() - begun > PATIENCE:
            raise PlatformRefused(f"Платформа «{platform.title}» отвечает слишком медленно. Повторите позже.")
        seen.add(url)
        answer = ask(engine, platform, HttpRequest("GET", url, {"Accept": accept}), scope=scope, now=now)
        if answer.status != HTTPStatus.OK:
            raise PlatformRefused(said(platform, answer.status))
        try:
            yield answer.json()
        except HttpError as error:
            raise PlatformRefused(error.sentence) from None
        found = _NEXT.search(answer.headers.get("link", ""))
        url = urljoin(url, found[1]) if found is not None else ""


def ask(engine: Engine, platform: Reached, request: HttpRequest, *, scope: str, now: datetime) -> HttpAnswer:
    """The answer to the request with a token for the scope; with a fresh one where the kept one is refused.

    Raises PlatformRefused for an address that is not the platform's, and where there is no answer or no token.
    """
    if not platform.is_its_own(request.url):
        raise PlatformRefused(f"Платформа «{platform.title}» назвала чужой адрес: туда ничего не отправлено.")
    answer = _ask_once(engine, platform, request, scope, now)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        _TOKENS.get(engine, {}).pop(_key(platform, scope), None)
        answer = _ask_once(engine, platform, request, scope, now)
    return answer


def _ask_once(engine: Engine, platform: Reached, request: HttpRequest, scope: str, now: datetime) -> HttpAnswer:
    outside = outside_of(engine)
    headers = {**request.headers, "Authorization": f"Bearer {_token(engine, platform, scope, now)}"}
    asked = HttpRequest(request.method, request.url, headers, request.form, request.body)
    # What was sent once may have been done: only reading is tried again at once.
    return _answer(outside, asked, tries=TRIES if request.method == "GET" else 1)


def _answer(outside: Outside, request: HttpRequest, *, tries: int) -> HttpAnswer:
    try:
        return outside.http.ask(request, tries=tries, most=MOST_BYTES)
    except HttpError as error:
        raise PlatformRefused(error.sentence) from None


def _key(platform: Reached, scope: str) -> tuple[int, str, str, str]:
    return platform.platform_id, platform.client_id, platform.token_url, scope


def _token(engine: Engine, platform: Reached, scope: str, now: datetime) -> str:
    kept = _TOKENS.setdefault(engine, {})
    known = kept.get(_key(platform, scope))
    if known is not None and known.until > now:
        return known.text
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_url,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIVES).timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": lti_key.sign(engine, claims, now),
        "scope": scope,
    }
    request = HttpRequest("POST", platform.token_url, {"Accept": "application/json"}, form=form)
    answer = _answer(outside_of(engine), request, tries=1)
    text, lives = _given(platform, answer)
    kept[_key(platform, scope)] = _Token(text, now + timedelta(seconds=lives) - TOKEN_MARGIN)
    return text


def _given(platform: Reached, answer: HttpAnswer) -> tuple[str, int]:
    """The token and how many seconds it lives. Moodle says that its JSON is text/html."""
    if answer.status == HTTPStatus.NOT_FOUND:
        # Moodle fails so where it cannot fetch the keys of a tool.
        raise PlatformRefused(
            f"Платформа «{platform.title}» не смогла прочитать наш набор ключей. Обычно ей запрещено обращаться к "
            "нашему адресу: в Moodle это «Безопасность HTTP» в администрировании сайта."
        )
    try:
        told = answer.json()
    except HttpError as error:
        raise PlatformRefused(error.sentence) from None
    told = told if isinstance(told, dict) else {}
    text, lives = told.get("access_token"), told.get("expires_in")
    if answer.status == HTTPStatus.OK and isinstance(text, str) and text:
        seconds = lives if isinstance(lives, int) else LONGEST_TOKEN_LIFE
        return text, max(0, min(seconds, LONGEST_TOKEN_LIFE))
    fault = told.get("error")
    if fault == "invalid_scope":
        raise PlatformRefused(
            f"Платформа «{platform.title}» не даёт этой службы. Её включает администратор платформы в настройках "
            "инструмента: «Службы» в Moodle (список участников, оценки)."
        )
    if fault in {"invalid_client", "unauthorized_client"}:
        raise PlatformRefused(
            f"Платформа «{platform.title}» не признала нас. Проверьте, что инструмент в ней не удалён, его "
            "идентификатор клиента тот же, а набор ключей указан адресом."
        )
    raise PlatformRefused(said(platform, answer.status))


def said(platform: Reached, status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"Платформа «{platform.title}» отказала в доступе: проверьте в ней, какие службы даны инструменту."
    if status == HTTPStatus.NOT_FOUND:
        return f"В платформе «{platform.title}» этого больше нет: курс или ссылка на инструмент удалены."
    return f"Платформа «{platform.title}» ответила ошибкой {int(status)}. Повторите позже."
