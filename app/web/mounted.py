"""The edge of a product that lives under a prefix of another application.

Inside, addresses are those of a site of its own: pages carry them as plain paths, which costs nothing to render. Here,
and nowhere else, they get the prefix on their way out: where an element leads, where a redirect goes, where a cookie
is sent back. What people typed is never touched: a quotation mark in a text is always escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LEADS = re.compile(rb'(\s(?:href|src|action|formaction|poster|hx-(?:get|post|put|patch|delete|push-url))=")/(?!/)')
_PATH = re.compile(r"(;\s*path=)(/[^;]*)", re.IGNORECASE)
# Headers that send the browser on.
_GOING = frozenset({"location", "hx-location", "hx-push-url", "hx-redirect", "hx-replace-url", "content-location"})


class Mounted:
    """`prefix` begins with a slash and does not end with one; the host has cut it off PATH_INFO already."""

    def __init__(self, inner: WSGIApplication, prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix
        self._leads = rb"\g<1>" + prefix.encode("ascii") + b"/"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO"):
            # «/monitoring» without its slash is the home page.
            environ = environ | {"PATH_INFO": "/"}
        answer = _Answer(start_response, self._headers)
        body = self._inner(environ | {"SCRIPT_NAME": ""}, answer.start)
        if answer.headers is None:
            # An application may begin its answer with its first bytes.
            body = _begun(body)
        if not answer.is_page:
            answer.pass_on()
            return body
        return self._page(body, answer)

    def _page(self, body: Iterable[bytes], answer: _Answer) -> Iterable[bytes]:
        """A page is whole before it goes: its length changes."""
        try:
            whole = b"".join(body)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        written = _LEADS.sub(self._leads, whole)
        answer.pass_on(length=len(written) if whole else None)
        return [written]

    def _headers(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(name, self._led(name.lower(), value)) for name, value in headers]

    def _led(self, name: str, value: str) -> str:
        if name in _GOING and value.startswith("/") and not value.startswith("//"):
            return self._prefix + value
        if name == "set-cookie":
            return _PATH.sub(lambda found: found[1] + self._prefix + found[2].rstrip("/"), value, count=1)
        return value


class _Answer:
    """Holds the beginning of an answer back until it is known what becomes of its body."""

    def __init__(self, start: StartResponse, told: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> None:
        self._start = start
        self._told = told
        self._status = ""
        self._more: tuple[Any, ...] = ()
        self.headers: list[tuple[str, str]] | None = None

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        self._status, self.headers = status, self._told(headers)
        self._more = (exc_info,) if exc_info else ()
        return self._no_writing

    @property
    def is_page(self) -> bool:
        kinds = [value for name, value in self.headers or () if name.lower() == "content-type"]
        packed = any(name.lower() == "content-encoding" for name, _ in self.headers or ())
        return not packed and any(kind.startswith("text/html") for kind in kinds)

    def pass_on(self, *, length: int | None = None) -> None:
        headers = self.headers or []
        if length is not None:
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            headers.append(("Content-Length", str(length)))
        self._start(self._status, headers, *self._more)

    @staticmethod
    def _no_writing(data: bytes) -> object:
        del data
        raise NotImplementedError("Flask's answers are iterables: nothing writes past them")


def _begun(body: Iterable[bytes]) -> Iterator[bytes]:
    """The body with its first piece already asked for."""
    pieces = iter(body)
    first = next(pieces, b"")

    def whole() -> Iterator[bytes]:
        try:
            yield first
            yield from pieces
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return whole()
