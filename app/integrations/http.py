"""Requests to learning platforms: with time-outs, a limit of size, retries with backoff, and nowhere but outside.

An administrator types the addresses, so they are hostile until checked: only https, only public addresses of the
network (by name once resolved), no redirects. Hosts named in INNER_HOSTS may lie inside and speak http.
"""

from __future__ import annotations

import json
import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from app.integrations.http_address import Resolve, looked_up, target_of
from app.integrations.http_error import OF_ADDRESS, HttpError, Reason
from app.integrations.http_exchange import Limits, exchange

__all__ = ["MIB", "MOST", "OF_ADDRESS", "HttpAnswer", "HttpClient", "HttpError", "HttpRequest", "Reason"]

MIB: Final = 1024 * 1024
MOST: Final = 16 * MIB
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 30.0, 120.0
BACKOFF_SECONDS, LONGEST_WAIT = 0.5, 60.0
BUSY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
USER_AGENT = "monitoring-vsoko"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`form` is sent as fields of a form, `body` as it is; neither is ever shown or logged."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Names of headers in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """Raises HttpError where it is none."""
        try:
            return json.loads(self.body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise HttpError(
                Reason.UNREADABLE, "Платформа ответила не тем, чего от неё ждут: проверьте адрес."
            ) from None


@dataclass(frozen=True, slots=True)
class HttpClient:
    """`total_seconds`: a whole try, however slowly bytes come. `tls`: other authorities than those of the system."""

    inner_hosts: frozenset[str] = frozenset()
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    total_seconds: float = TOTAL_SECONDS
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    resolve: Resolve = field(default=looked_up, repr=False, compare=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)
    jitter: Callable[[], float] = field(default=random.random, repr=False, compare=False)

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer:
        """Any status is an answer. `tries` above one: again after 429, 502, 503, 504 and broken connections.

        Raises HttpError where there is no answer, where it is larger than `most` bytes, or the address is forbidden.
        """
        for left in range(tries - 1, -1, -1):
            pause = BACKOFF_SECONDS * 2.0 ** (tries - 1 - left) * (1 + self.jitter())
            try:
                answer = self._once(request, most)
            except HttpError as error:
                if not left or error.reason != Reason.BROKEN:
                    raise
            else:
                asked = _retry_after(answer.headers)
                if not left or answer.status not in BUSY or asked > LONGEST_WAIT:
                    return answer
                pause = max(pause, asked)
            self.sleep(pause)
        raise ValueError("tries")

    def _once(self, request: HttpRequest, most: int) -> HttpAnswer:
        target = target_of(request.url, inner_hosts=self.inner_hosts, resolve=self.resolve)
        ours = {"host": target.host_header, "accept-encoding": "identity", "connection": "close"}
        if request.form is not None:
            ours["content-type"] = "application/x-www-form-urlencoded"
        theirs = {name.lower(): text for name, text in request.headers.items()}
        headers = {"user-agent": USER_AGENT, "accept": "*/*", **theirs, **ours}
        body = request.body if request.form is None else urlencode(request.form).encode("ascii")
        limits = Limits(self.connect_seconds, self.read_seconds, self.total_seconds, most)
        tls = (self.tls or ssl.create_default_context()) if target.is_tls else None
        status, told, content = exchange(target, request.method, headers, body, limits=limits, tls=tls)
        return HttpAnswer(status, told, _decoded(content, told.get("content-encoding", ""), most))


def _decoded(content: bytes, encoding: str, most: int) -> bytes:
    """Some servers compress unasked. Never more than `most` bytes are unpacked."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"} or not content:
        return content
    broken = HttpError(Reason.UNREADABLE, "Платформа прислала ответ, который не удаётся распаковать.")
    if encoding not in {"gzip", "x-gzip"}:
        raise broken
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(content, most + 1)
    except zlib.error:
        raise broken from None
    if len(unpacked) > most:
        raise HttpError(Reason.TOO_LARGE, "Платформа прислала больше, чем можно принять за один раз.")
    if not unpacker.eof:
        raise broken
    return unpacked


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to wait, given as such or as a moment of its own clock; 0 where it asks nothing."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        until, since = (parsedate_to_datetime(each).replace(tzinfo=UTC) for each in (told, headers.get("date", "")))
    except (ValueError, TypeError):
        return 0
    return max(0.0, (until - since).total_seconds())


def _no_number(name: str) -> None:
    raise ValueError(name)
