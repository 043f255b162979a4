"""Where platforms live, as they and their tokens tell: what of an address may stand in a header, and what is ours."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from app.models import LtiPlatform

LONGEST = 2000
_HOST = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str:
    """«https://host» or «https://host:port», fit to stand in a header; empty for anything but a whole web address."""
    parts = _split(address)
    if parts is None:
        return ""
    host, port = (parts.hostname or "").lower(), parts.port
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, _PORTS[parts.scheme]} else "")


def is_within(address: str, base: str) -> bool:
    """Whether the address lies at or below the base: same origin, and its path below the base's."""
    parts, root = _split(address), _split(base)
    if parts is None or root is None or not origin_of(address) or origin_of(address) != origin_of(base):
        return False
    path, above = parts.path or "/", root.path.rstrip("/") + "/"
    # A path that climbs names another place than it seems to.
    climbs = any(step in {".", ".."} for step in unquote(path).split("/"))
    return not climbs and (path + "/").startswith(above)


def origins_of(platform: LtiPlatform) -> tuple[str, ...]:
    """Where the platform lives by its registration: what may frame its launches and take its answers."""
    found = (origin_of(address) for address in (platform.auth_url, platform.issuer, platform.token_url))
    return tuple(dict.fromkeys(one for one in found if one))


def _split(address: str) -> SplitResult | None:
    if not address or len(address) > LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    plain = parts.username is None and parts.password is None and "\\" not in address and port != 0
    return parts if parts.scheme in _PORTS and parts.hostname and plain else None
