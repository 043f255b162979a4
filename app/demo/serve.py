"""The demo's server: on the loopback address and nowhere else, since its passwords are known to everybody."""

from __future__ import annotations

import errno
import ipaddress
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

import waitress  # type: ignore[import-untyped] # Waitress ships no types
from flask import Flask

from app.policies.refusal import Invalid

THREADS = 4


def require_free(host: str, port: int) -> None:
    """Raises Invalid where the address is no loopback one or the port is taken."""
    _require_loopback(host)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as attempt:
        # As the server will: a port that merely waits out its old connections is free.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise Invalid(_taken(port, error)) from error


def serve(app: Flask, host: str, port: int, *, on_ready: Callable[[], None]) -> None:
    """Until Ctrl-C or SIGTERM. Raises Invalid as `require_free` does."""
    _require_loopback(host)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=THREADS, ident=None)
    except OSError as error:
        raise Invalid(_taken(port, error)) from error
    # A page asks for its parts at once: that they wait in a queue for a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # A start from the background of a shell leaves SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    on_ready()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _require_loopback(host: str) -> None:
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if not is_loopback:
        raise Invalid(
            f"Демонстрация открывается только на этом компьютере (127.0.0.1), а не на {host}: её пароли всем известны."
        )


def _taken(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Порт {port} занят другой программой. Выберите другой: make run PORT={port + 1}."
    if error.errno == errno.EACCES:
        return f"Порт {port} этому пользователю не разрешён. Выберите номер больше 1023: make run PORT=8001."
    return f"Не удалось открыть порт {port}: {error.strerror}."
