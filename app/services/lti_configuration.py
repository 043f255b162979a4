"""What a platform and the product tell each other at a dynamic registration; nothing is kept here.

The platform's answers are hostile until they fit: its configuration, its name of itself and the place of registration
must be of the one site that is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from app.integrations.http import HttpAnswer, HttpError, HttpRequest
from app.policies.refusal import Invalid, WrongState
from app.services.lti_address import checked, inner_hosts, is_inside
from app.services.lti_origin import origin_of
from app.services.outside import Outside

LONGEST_FAMILY: Final = 255
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
ODD: Final = "Платформа ответила не так, как требует стандарт LTI 1.3. Зарегистрируйте её вручную."


@dataclass(frozen=True, slots=True)
class Tool:
    """Our own absolute addresses, and how the product is called in the platform."""

    launch: str
    login: str
    jwks: str
    title: str = TITLE

    @property
    def origin(self) -> str:
        return origin_of(self.launch)

    @property
    def is_reachable(self) -> bool:
        """Whether a platform elsewhere could open it at all: by TLS, and not by an address of one's own network."""
        return self.launch.startswith("https://") and not is_inside(urlsplit(self.launch).hostname or "")


@dataclass(frozen=True, slots=True)
class Told:
    """The part of the platform's configuration that is used."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    family: str
    scopes: tuple[str, ...]
    deep_links: bool


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
            "domain": tool.origin.partition("://")[2],
            "description": DESCRIPTION,
            "target_link_uri": tool.launch,
            "custom_parameters": dict(CUSTOM),
            "claims": list(CLAIMS),
            "messages": messages if deep_links else [],
        },
    }


def configuration(outside: Outside, url: str, origin: str) -> Told:
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
    return Told(
        issuer=issuer,
        auth_url=_text(told, "authorization_endpoint"),
        token_url=_text(told, "token_endpoint"),
        jwks_url=_text(told, "jwks_uri"),
        registration_url=registration_url,
        family=str(about.get("product_family_code") or "")[:LONGEST_FAMILY],
        scopes=tuple(one for one in SCOPES if not isinstance(offered, list) or one in offered),
        deep_links=DEEP_LINKING in kinds,
    )


def registered(outside: Outside, told: Told, registration_token: str, tool: Tool) -> tuple[str, str]:
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
