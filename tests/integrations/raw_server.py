"""A server that says exactly the bytes a test gives it, on a port of 127.0.0.1."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Play = Callable[[socket.socket], None]


class RawServer:
    """Every connection is played by the next of `plays`, the last one again and again; `heard` are the requests."""

    def __init__(self, *plays: Play, tls: ssl.SSLContext | None = None) -> None:
        self._plays = list(plays)
        self._tls = tls
        self.heard: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            play = self._plays.pop(0) if len(self._plays) > 1 else self._plays[0]
            with suppress(OSError), connection:
                connection.settimeout(5)
                if self._tls is None:
                    self._one(connection, play)
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as secured:
                        self._one(secured, play)

    def _one(self, connection: socket.socket, play: Play) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += _received(connection)
        head, _, body = heard.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
        )
        while len(body) < length:
            body += _received(connection)
        self.heard.append(head + b"\r\n\r\n" + body)
        play(connection)

    def stop(self) -> None:
        # A thread that waits in accept() is woken by a shutdown, not by a close.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _received(connection: socket.socket) -> bytes:
    found = connection.recv(65536)
    if not found:
        raise ConnectionError
    return found


@contextmanager
def raw_server(*plays: Play, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    server = RawServer(*plays, tls=tls)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def says(*parts: bytes) -> Play:
    return lambda connection: [connection.sendall(part) for part in parts] and None


def answers(status: int = 200, body: bytes = b"{}", **headers: str) -> Play:
    lines = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return says(f"HTTP/1.1 {status} Told\r\n{head}\r\n".encode(), body)


def drips(head: bytes, drop: bytes) -> Play:
    """The beginning, and then a drop at a time for as long as anybody listens."""

    def play(connection: socket.socket) -> None:
        connection.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.02):
            connection.sendall(drop)

    return play


def silent(connection: socket.socket) -> None:
    """Until the other side has had enough."""
    connection.recv(1)
