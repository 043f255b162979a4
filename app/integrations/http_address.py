"""Which addresses of the network may be asked in somebody's name: a URL taken apart once, its host looked up once.

What is checked is what is connected to: a name that answers otherwise the next moment changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from app.integrations.http_error import HttpError, Reason

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

LONGEST_URL = 2000
MOST_ADDRESSES = 4
_PATH: Final = "/%:@!$&'()*+,;=~-._"
_QUERY: Final = _PATH + "?[]"
# Addresses that carry another one inside; on networks that translate, they lead to that other one.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# What Python's registry of special addresses tells differently from release to release.
_NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "fec0::/10",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: addresses that were found fit, the name that the certificate must bear, the rest of it."""

    is_tls: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        named = f"[{self.host}]" if ":" in self.host else self.host
        return named if self.port == (443 if self.is_tls else 80) else f"{named}:{self.port}"


def looked_up(host: str, port: int) -> list[str]:
    """Addresses of a name, as the system finds them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def target_of(url: str, *, inner_hosts: frozenset[str], resolve: Resolve = looked_up) -> Target:
    """Raises HttpError where the URL is none, is not https, or any address of its host lies inside.

    `inner_hosts` may lie inside and may be asked without TLS; what is nobody's server stays forbidden for them too.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        raise _not_an_address() from None
    is_inner = host in inner_hosts or (parts.hostname or "") in inner_hosts
    if not host or not url.isprintable() or " " in url or "\\" in url or len(url) > LONGEST_URL or "@" in parts.netloc:
        raise _not_an_address()
    if parts.scheme != "https" and not (is_inner and parts.scheme == "http"):
        raise HttpError(
            Reason.ADDRESS, "Адрес должен начинаться с https://: без этого ключи и данные людей увидит любой по дороге."
        )
    is_tls = parts.scheme == "https"
    port = port if port is not None else (443 if is_tls else 80)
    addresses = _found(host, port, resolve)
    if not addresses or not all(fit(each, is_inner=is_inner) for each in addresses):
        raise HttpError(
            Reason.INNER,
            f"Узел {host} стоит не в интернете, а во внутренней сети: сервер туда не обращается. Если платформа и "
            "правда внутри, администратор сервера вписывает имя узла в настройку INNER_HOSTS.",
        )
    path = quote(parts.path or "/", safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    return Target(is_tls, host, port, path, tuple(addresses[:MOST_ADDRESSES]))


def fit(text: str, *, is_inner: bool = False) -> bool:
    """A server may stand there: somewhere in the internet or, for hosts of one's own, inside."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    for inside in _carried(address):
        if inside.is_unspecified or inside.is_multicast or inside.is_link_local:
            return False
        if is_inner:
            continue
        if not inside.is_global or inside.is_reserved or any(inside in each for each in _NEVER):
            return False
    return True


def _carried(address: Address) -> tuple[Address, ...]:
    """The address that counts: of one written within another, the inner one as well where both do."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def _found(host: str, port: int, resolve: Resolve) -> list[str]:
    try:
        return list(resolve(host, port))
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise HttpError(Reason.BROKEN, "Имя узла сейчас не удаётся найти: повторите позже.") from None
        raise HttpError(Reason.NO_HOST, f"Сайта {host} в сети нет: проверьте, нет ли в адресе опечатки.") from None
    except (OSError, UnicodeError):
        raise HttpError(Reason.NO_HOST, f"Сайта {host} в сети нет: проверьте, нет ли в адресе опечатки.") from None


def _ascii_host(host: str) -> str:
    """A Cyrillic name in its ASCII form. Raises ValueError."""
    if "%" in host:
        raise ValueError
    named = host.rstrip(".") if host.isascii() else host.encode("idna").decode("ascii").rstrip(".")
    return named.lower()


def _not_an_address() -> HttpError:
    return HttpError(Reason.ADDRESS, "Это не адрес сайта: нужен такой, как https://sdo.example.ru.")
