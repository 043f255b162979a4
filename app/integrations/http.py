"""Requests to learning platforms: with time-outs, a limit of size, retries with backoff, and nowhere but outside.

An administrator types the addresses, so they are hostile until checked: only https, only public addresses of the
network (by name once resolved), no redirects. Hosts named in INNER_HOSTS may lie inside and speak http.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MIB: Final = 1024 * 1024
MOST: Final = 16 * MIB
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0


class HttpError(RuntimeError):
    """`reason` is a word for the log without data; `sentence` is for people."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = sentence


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
            return json.loads(self.body)
        except ValueError:
            raise HttpError("no JSON", "Платформа ответила не тем, чего от неё ждут: проверьте адрес.") from None


@dataclass(frozen=True, slots=True)
class HttpClient:
    inner_hosts: frozenset[str] = frozenset()
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer:
        """Any status is an answer. `tries` above one: again after 429, 502, 503, 504 and broken connections.

        Raises HttpError where there is no answer, where it is larger than `most` bytes, or the address is forbidden.
        """
        raise NotImplementedError
