"""What a verified token says, as a value: nothing of it is believed beyond what the launch needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.policies.refusal import Refusal
from app.services.lti_origin import LONGEST as LONGEST_ADDRESS
from app.services.lti_origin import origin_of

LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
MEMBERSHIPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADES: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
RESOURCE, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
VERSION: Final = "1.3.0"
# LTI 1.3, 5.3.6: a subject has at most 255 ASCII characters, as has a deployment.
LONGEST_KEY, LONGEST_TEXT, LONGEST_VALUE, MOST_VALUES = 255, 500, 1000, 50


class LaunchRefused(Refusal):
    """`platform_origins`: whose frame may show the sentence; empty where the platform is not known."""

    def __init__(self, sentence: str, *, platform_origins: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.platform_origins = platform_origins


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """Where the chosen content goes; `return_url` lies at one of the platform's registered origins."""

    return_url: str
    data: str = ""
    accept_multiple: bool = False
    accept_types: tuple[str, ...] = ()
    accept_line_item: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch whose every check has passed. Names and roles are what the platform says: they grant nothing.

    `user_id` and `account_id` stand only where the person is linked and may enter; `refusal` is a whole sentence
    where they are linked and may not. `deployment_id` is our row, `deployment` the platform's word for it.
    """

    platform_id: int
    platform_title: str
    platform_origin: str
    platform_origins: tuple[str, ...]
    issuer: str
    client_id: str
    deployment_id: int
    deployment: str
    unit_id: int
    subject: str
    message: str
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    idnumber: str = ""
    roles: tuple[str, ...] = ()
    context_id: str = ""
    context_title: str = ""
    resource_link_id: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    memberships_url: str = ""
    line_items_url: str = ""
    line_item_url: str = ""
    scopes: tuple[str, ...] = ()
    deep_linking: DeepLinking | None = None
    account_id: int | None = None
    user_id: int | None = None
    refusal: str = ""


def key(claims: Mapping[str, Any], name: str, what: str) -> str:
    """A name of something in the platform: present, of bounded length, of printable ASCII. Raises LaunchRefused."""
    value = claims.get(name)
    if not isinstance(value, str) or not value or len(value) > LONGEST_KEY:
        raise LaunchRefused(f"Платформа не назвала {what} или назвала слишком длинно. Скажите её администратору.")
    if not value.isascii() or not value.isprintable():
        raise LaunchRefused(f"Платформа назвала {what} недопустимыми знаками. Скажите её администратору.")
    return value


def text(value: object, most: int = LONGEST_TEXT) -> str:
    """Words of the platform for people to read: cut, without what cannot be shown or stored."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(one if one.isprintable() else " " for one in value[: 2 * most]).split())[:most]


def address(value: object) -> str:
    """A web address or nothing."""
    return value if isinstance(value, str) and len(value) <= LONGEST_ADDRESS and origin_of(value) else ""


def part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def words(value: object) -> tuple[str, ...]:
    """A list of strings, bounded; a single string counts as one."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(text(one) for one in listed[:MOST_VALUES] if isinstance(one, str))


def custom_of(claims: Mapping[str, Any]) -> dict[str, str]:
    """Own parameters of the link. An unknown variable stays as its literal «$Name.of.it» in Moodle: it says nothing."""
    found = list(part(claims, f"{LTI}custom").items())[:MOST_VALUES]
    return {
        text(name): text(value, LONGEST_VALUE)
        for name, value in found
        if isinstance(value, str) and not value.startswith("$")
    }


def _storable(value: str) -> bool:
    """Neither NUL, which PostgreSQL refuses, nor halves of letters, which no encoding takes."""
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)


def deep_linking_of(claims: Mapping[str, Any], origins: tuple[str, ...]) -> DeepLinking:
    """Raises LaunchRefused where the answer would go elsewhere than to the platform."""
    settings = part(claims, DEEP)
    return_url = address(settings.get("deep_link_return_url"))
    if not return_url or origin_of(return_url) not in origins:
        raise LaunchRefused(
            "Платформа просит вернуть выбранное не на свой адрес. Ничего не выбрано. Сообщите её администратору."
        )
    types = words(settings.get("accept_types"))
    if "ltiResourceLink" not in types:
        raise LaunchRefused("Платформа не принимает ссылки на страницы этой системы. Скажите её администратору.")
    data = settings.get("data")
    if isinstance(data, str) and (len(data) > 8 * LONGEST_VALUE or not _storable(data)):
        raise LaunchRefused("Платформа прислала слишком длинный запрос на выбор содержимого. Ничего не выбрано.")
    return DeepLinking(
        return_url=return_url,
        data=data if isinstance(data, str) else "",
        accept_multiple=settings.get("accept_multiple") is True,
        accept_types=types,
        # Absent means that the platform decides: an item with a line item is legal then.
        accept_line_item=settings.get("accept_lineitem") is not False,
    )
