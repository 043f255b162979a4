"""Addresses of learning platforms as people type them and as platforms tell them: hostile until they fit.

Only their form is judged here; whether a name leads inside the network is seen by the client when it asks.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.policies.refusal import Invalid
from app.services.lti_origin import origin_of
from app.services.outside import Outside

LONGEST: Final = 500
# Pages of a Moodle in which somebody may stand when they copy the address.
_INSIDE: Final = re.compile(r"/(?:mod/|my(?:[/?]|$)|login/|admin/|(?:course|user)/\w+\.php|index\.php|\?).*", re.DOTALL)


def inner_hosts(outside: Outside) -> frozenset[str]:
    """Hosts of one's own network that the installation allows."""
    return frozenset(getattr(outside.http, "inner_hosts", frozenset()))


def with_scheme(raw: str) -> str:
    """Browsers show a site without its scheme, and so people type it."""
    text = raw.strip()
    return text if not text or "://" in text else f"https://{text}"


def checked(raw: str, *, inner: frozenset[str], field: str, what: str) -> str:
    """The address without blanks around it. Raises Invalid at `field`; `what` begins the sentence: «Адрес входа»."""
    text = raw.strip()
    if not text:
        raise Invalid(f"{what}: введите его целиком, начиная с https://.", field=field)
    if len(text) > LONGEST:
        raise Invalid(f"{what}: слишком длинно, не больше {LONGEST} знаков.", field=field)
    parts = _split(text)
    if parts is None or not parts.hostname or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise Invalid(f"{what}: это не адрес. Скопируйте его целиком, начиная с https://.", field=field)
    if not text.isascii():
        raise Invalid(
            f"{what}: имя сайта пишется латиницей. У имени кириллицей есть запись вида xn--…: её показывает платформа.",
            field=field,
        )
    is_inner = parts.hostname in inner or parts.netloc.lower() in inner
    if parts.scheme.lower() != "https" and not (is_inner and parts.scheme.lower() == "http"):
        raise Invalid(f"{what} должен начинаться с https://: без шифрования платформе не верят.", field=field)
    if parts.username or parts.password or "@" in parts.netloc or "\\" in text:
        raise Invalid(f"{what}: уберите из него имя пользователя и пароль.", field=field)
    if parts.fragment or "#" in text:
        raise Invalid(f"{what}: уберите всё, начиная со знака «#».", field=field)
    if not origin_of(text):
        raise Invalid(f"{what}: это не адрес. Скопируйте его целиком, начиная с https://.", field=field)
    if not is_inner and is_inside(parts.hostname):
        raise Invalid(
            f"{what} ведёт внутрь сети. Если платформа стоит в вашей сети, её имя вносит в INNER_HOSTS администратор "
            "сервера.",
            field=field,
        )
    return text


def root_of_moodle(address: str) -> str:
    """The address of a Moodle out of that of any of its pages: without a slash at the end, as it names itself."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{_INSIDE.sub('', rest, count=1)}".rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_inside(host: str) -> bool:
    """Whether the host is told to be of one's own network, as far as its name says."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        # Names are resolved by the client; a name of one word is of one's own network.
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))
