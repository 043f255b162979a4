"""The pages of a played platform on a port of this machine: for a browser."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Served:
    """`/course` opens the tool in a frame, `/window` in its own window."""

    def page(self, method: str, path: str, query: str, body: bytes) -> tuple[int, str, bytes]:
        """`/course` opens the tool in a frame, `/window` in its own window; auth.php posts the token by itself."""
        if path == "/mod/lti/auth.php":
            fields = self.authenticate(f"{path}?{query}", **getattr(self, "changes", {}))
            return 200, "text/html; charset=utf-8", _posting(self.launch_url, fields, "").encode()
        if path in {"/course", "/window"}:
            inside = _posting(f"{self.tool}/lti/login", self.login(), "tool" if path == "/course" else "")
            frame = '<iframe name="tool" width="900" height="700"></iframe>' if path == "/course" else ""
            return 200, "text/html; charset=utf-8", f"<h1>Курс</h1>{frame}{inside}".encode()
        answer = self._answer(method, path, query, {}, dict(parse_qsl(body.decode())), body)
        return answer.status, answer.headers.get("content-type", "application/json"), answer.body

    @contextmanager
    def served(self, host: str = "localhost") -> Iterator[str]:
        """On a free port of this machine, under its own name: `issuer` becomes its origin there."""
        server = make_server("127.0.0.1", 0, self._wsgi, server_class=WSGIServer, handler_class=_Silent)
        self.issuer = f"http://{host}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self.issuer
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _wsgi(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        status, kind, content = self.page(
            environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), body
        )
        start(f"{status} OK", [("Content-Type", kind), ("Content-Length", str(len(content)))])
        return [content]


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        del args


def _posting(action: str, fields: Mapping[str, str], target: str) -> str:
    """A form that sends itself, as Moodle's pages do."""
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    aimed = f' target="{target}"' if target else ""
    form = f'<form id="go" method="post" action="{html.escape(action)}"{aimed}>{inputs}</form>'
    return f'<!DOCTYPE html><meta charset="utf-8">{form}<script>document.getElementById("go").submit()</script>'
