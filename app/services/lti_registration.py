"""Dynamic registration (1EdTech LTI Dynamic Registration 1.0): one link, pasted in a platform, registers it here.

Whoever keeps platforms makes the link for one unit and one address; for a day, once. The platform opens it with the
address of its configuration; that address, the issuer and the place of registration must be of the site for which the
link was made, so a link that has gone astray registers nobody else's platform.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.integrations.http import HttpAnswer, HttpError, HttpRequest
from app.models import OrgUnit
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.policies.unscoped import open_session
from app.services import identity, lti_platform, lti_ticket
from app.services.lti_address import checked, inner_hosts, origin_of, root_of_moodle
from app.services.lti_platform import TypedPlatform
from app.services.outside import Outside, outside_of

LIVES: Final = timedelta(hours=24)
LONGEST_TOKEN: Final = 8_000
_TOKEN: Final = re.compile(r"[!-~]+")
LONGEST_ANSWER: Final = 256 * 1024
TITLE: Final = "Мониторинг ВСОКО"
DESCRIPTION: Final = "Листы оценки, обучение и корректирующие меры по внутренней системе оценки качества образования."
PLATFORM_KEY: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_KEY: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
DEEP_LINKING: Final = "LtiDeepLinkingRequest"
# What the product uses: the roster of a course, and «сделано» in its gradebook.
SCOPES: Final = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
CLAIMS: Final = ("iss", "sub", "name", "given_name", "family_name", "email")
CUSTOM: Final = {"person_idnumber": "$Person.sourcedId", "course_idnumber": "$CourseSection.sourcedId"}
GONE: Final = (
    "Ссылка регистрации не действует: она уже использована или прошли сутки. Получите новую в «Мониторинг ВСОКО», "
    "в разделе «Учебные платформы»."
)
ASKER_GONE: Final = (
    "Тот, кто получил эту ссылку, больше не ведёт учебные платформы организации. Ссылку должен получить другой "
    "администратор."
)
ODD: Final = "Платформа ответила не так, как требует стандарт LTI 1.3. Зарегистрируйте её вручную."


@dataclass(frozen=True, slots=True)
class Tool:
    """Our own absolute addresses, and how the product is called in the platform."""

    launch: str
    login: str
    jwks: str
    title: str = TITLE


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


@dataclass(frozen=True, slots=True)
class _Told:
    """The part of the platform's configuration that is used."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    family: str
    scopes: tuple[str, ...]
    deep_links: bool


def invite(session: Session, actor: Actor, *, unit: OrgUnit, title: str, address: str, now: datetime) -> str:
    """The token of a link that registers the platform at `address` for `unit`. Raises NotFound, Invalid."""
    actor.require(Permission.PLATFORM_WRITE)
    lti_platform.require_unit(actor, unit)
    inner = inner_hosts(outside_of(session))
    site = root_of_moodle(checked(address, inner=inner, field="address", what="Адрес сайта"))
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


def register(
    engine: Engine, token: str, *, configuration_url: str, registration_token: str, tool: Tool, now: datetime
) -> Registered:
    """Asks the platform for its configuration, tells it ours, and saves both with the journal in one transaction.

    No transaction is held while the platform is asked. Raises NotFound for a link that does not act, Invalid and
    WrongState with a sentence for whoever stands before the platform's page; nothing is saved then.
    """
    site = invited(engine, token, now)
    outside = outside_of(engine)
    told = _configuration(outside, configuration_url, site.origin)
    client_id, deployment_id = _registered(outside, told, registration_token, tool)
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
            lti_platform.place(session, actor, made, deployment_id=deployment_id, unit=unit)
        return Registered(made.id, made.title, bool(deployment_id))


def request_of(tool: Tool, scopes: tuple[str, ...], *, deep_links: bool) -> dict[str, Any]:
    """What a tool tells a platform of itself, as OpenID Connect registration with the claims of LTI."""
    messages = [{"type": DEEP_LINKING, "target_link_uri": tool.launch, "label": "Выбрать страницу"}]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": tool.login,
        "redirect_uris": [tool.launch],
        "client_name": tool.title,
        "jwks_uri": tool.jwks,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        TOOL_KEY: {
            "domain": origin_of(tool.launch).partition("://")[2],
            "description": DESCRIPTION,
            "target_link_uri": tool.launch,
            "custom_parameters": dict(CUSTOM),
            "claims": list(CLAIMS),
            "messages": messages if deep_links else [],
        },
    }


# ── the platform's part ──────────────────────────────────────────────────────────────────────────────────


def _configuration(outside: Outside, url: str, origin: str) -> _Told:
    inner = inner_hosts(outside)
    address = checked(url, inner=inner, field="openid_configuration", what="Адрес настроек платформы")
    _same_site(address, origin)
    told = _json(_asked(outside, HttpRequest("GET", address, {"Accept": "application/json"})))
    issuer = _text(told, "issuer")
    registration_url = _text(told, "registration_endpoint")
    for one in (issuer, registration_url):
        _same_site(checked(one, inner=inner, field="issuer", what="Адрес платформы"), origin)
    algorithms = told.get("id_token_signing_alg_values_supported")
    if isinstance(algorithms, list) and "RS256" not in algorithms:
        raise WrongState("Платформа не подписывает входы способом RS256, которого требует LTI 1.3.")
    about = told.get(PLATFORM_KEY)
    about = about if isinstance(about, dict) else {}
    messages = about.get("messages_supported")
    kinds = {one.get("type") for one in messages if isinstance(one, dict)} if isinstance(messages, list) else set()
    offered = told.get("scopes_supported")
    return _Told(
        issuer=issuer,
        auth_url=_text(told, "authorization_endpoint"),
        token_url=_text(told, "token_endpoint"),
        jwks_url=_text(told, "jwks_uri"),
        registration_url=registration_url,
        family=str(about.get("product_family_code") or "")[: lti_platform.LONGEST_WORD],
        scopes=tuple(one for one in SCOPES if not isinstance(offered, list) or one in offered),
        deep_links=DEEP_LINKING in kinds,
    )


def _registered(outside: Outside, told: _Told, registration_token: str, tool: Tool) -> tuple[str, str]:
    """The client and the placement that the platform gave; the second may be empty."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if registration_token:
        if len(registration_token) > LONGEST_TOKEN or not _TOKEN.fullmatch(registration_token):
            raise Invalid("Адрес открыт не полностью: вернитесь в платформу и вставьте ссылку ещё раз.")
        headers["Authorization"] = f"Bearer {registration_token}"
    body = json.dumps(request_of(tool, told.scopes, deep_links=told.deep_links), ensure_ascii=False).encode()
    answer = _json(_asked(outside, HttpRequest("POST", told.registration_url, headers, body=body)))
    about = answer.get(TOOL_KEY)
    number = about.get("deployment_id") if isinstance(about, dict) else None
    return _text(answer, "client_id"), str(number) if isinstance(number, str | int) else ""


def _asked(outside: Outside, request: HttpRequest) -> HttpAnswer:
    try:
        answer = outside.http.ask(request, most=LONGEST_ANSWER)
    except HttpError as error:
        raise WrongState(error.sentence) from None
    if answer.status in {401, 403}:
        raise WrongState(
            "Платформа не приняла регистрацию: её разрешение действует час и один раз. Вставьте ссылку в платформе ещё "
            "раз."
        )
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - the range of success in HTTP
        raise WrongState(
            f"Платформа отказала в регистрации (код {answer.status}). Повторите или подключите её вручную."
        )
    return answer


def _json(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except HttpError as error:
        raise WrongState(error.sentence) from None
    if not isinstance(told, dict):
        raise WrongState(ODD)
    return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise WrongState(ODD)
    return value.strip()


def _same_site(address: str, origin: str) -> None:
    if origin_of(address) != origin:
        raise Invalid(
            f"Ссылка регистрации выдана для сайта {origin}, а открыта с другого: {origin_of(address)}. Получите ссылку "
            "для этого сайта."
        )


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
