"""CPU time of calls, interleaved, so that a busy neighbour weighs on both sides alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from urllib.parse import quote

Call = Callable[[], object]


def interleaved(calls: Sequence[Call], rounds: int, warm_up: int = 5) -> list[list[float]]:
    """CPU milliseconds of each call, round by round: A B A B …"""
    for _ in range(warm_up):
        for call in calls:
            call()
    spent: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for index, call in enumerate(calls):
            before = time.process_time_ns()
            call()
            spent[index].append((time.process_time_ns() - before) / 1e6)
    return spent


def told(name: str, spent: Sequence[float], floor: Sequence[float] | None = None) -> str:
    line = f"{name:<44} {statistics.median(spent):9.2f} ms  (min {min(spent):.2f})"
    if floor is not None:
        ratio = statistics.median(a / b for a, b in zip(spent, floor, strict=True))
        line += f"  {ratio:6.2f} × floor"
    return line


def get(app: Callable[..., object], path: str, cookie: str) -> bytes:
    """One GET through WSGI; raises AssertionError for any answer but 200."""
    address, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": quote(query, safe="=&~%"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "HTTP_USER_AGENT": "bench",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    status: list[str] = []

    def start(code: str, headers: object, error: object = None) -> None:
        del headers, error
        status.append(code)

    parts = app(environ, start)
    body = b"".join(parts)  # type: ignore[arg-type] # WSGI: an iterable of bytes
    close = getattr(parts, "close", None)
    if close is not None:
        close()
    assert status[0].startswith("200"), (path, status[0])
    return body
