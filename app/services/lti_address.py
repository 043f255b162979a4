"""Addresses of learning platforms as people type them and as platforms tell them: hostile until they fit.

Only their form is judged here; whether a name leads inside the network is seen by the client when it asks.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.models import LtiPlatform
from app.policies.refusal import Invalid
from app.services.outside import Outside

LONGEST: Final = 500
_PORTS: Final = {"https": 443, "http": 80}
# Pages of a Moodle in which somebody may stand when they copy the address.
_INSIDE: Final = re.compile(r"/(?:mod/|my(?:[/?]|$)|login/|admin/|(?:course|user)/\w+\.php|index\.php|\?).*", re.DOTALL)


def inner_hosts(outside: Outside) -> frozenset[str]:
    """Hosts of one's own network that the installation allows."""
    return frozenset(getattr(outside.http, "inner_hosts", frozenset()))


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
    is_inner = parts.hostname in inner or parts.netloc.lower() in inner
    if parts.scheme.lower() != "https" and not (is_inner and parts.scheme.lower() == "http"):
        raise Invalid(f"{what} должен начинаться с https://: без шифрования платформе не верят.", field=field)
    if parts.username or parts.password or "@" in parts.netloc or "\\" in text:
        raise Invalid(f"{what}: уберите из него имя пользователя и пароль.", field=field)
    if parts.fragment or "#" in text:
        raise Invalid(f"{what}: уберите всё, начиная со знака «#».", field=field)
    if not is_inner and _is_inside(parts.hostname):
        raise Invalid(
            f"{what} ведёт внутрь сети. Если платформа стоит в вашей сети, её имя вносит в INNER_HOSTS администратор "
            "сервера.",
            field=field,
        )
    return text


def origin_of(address: str) -> str:
    """«https://lms.example.org:8443» of any address there; empty for what is none."""
    parts = _split(address)
    scheme = parts.scheme.lower() if parts is not None else ""
    if parts is None or not parts.hostname or scheme not in _PORTS or "\\" in address or not address.isprintable():
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port not in {None, _PORTS[scheme]} else ""
    return f"{scheme}://{host}{port}"


def origins_of(platform: LtiPlatform) -> tuple[str, ...]:
    """Where pages and services of the platform stand: its issuer's first, each once."""
    told = (platform.issuer, platform.auth_url, platform.token_url, platform.jwks_url)
    return tuple(dict.fromkeys(origin for one in told if (origin := origin_of(one))))


def is_within(address: str, site: str) -> bool:
    """Whether the address stands in the site: of its origin, at its path or below."""
    if not origin_of(address) or origin_of(address) != origin_of(site):
        return False
    root, path = urlsplit(site).path.rstrip("/"), urlsplit(address).path
    return ".." not in path and (path == root or path.startswith(f"{root}/"))


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


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        # Names are resolved by the client; a name of one word is of one's own network.
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))
