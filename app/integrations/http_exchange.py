"""One request and its answer over one connection, to an address that was checked, within limits."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from threading import Timer

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.integrations.http_address import Target
from app.integrations.http_error import HttpError, Reason

CHUNK = 64 * 1024
# OpenSSL's own numbers of what is wrong with a certificate.
_EXPIRED, _OTHER_NAME = 10, 62


@dataclass(frozen=True, slots=True)
class Limits:
    """`total` begins with the connection; `most` is of bytes as they come."""

    connect: float
    read: float
    total: float
    most: int


def exchange(
    target: Target,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    limits: Limits,
    tls: ssl.SSLContext | None,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by small letters, and the body. Raises HttpError."""
    connection = _connected(target, limits, tls)
    try:
        with _cut_after(connection, limits.total) as cut:
            try:
                connection.request(
                    method, target.path, body=body, headers=headers, preload_content=False, decode_content=False
                )
                # An answer that ends with its connection has taken the socket along: it is closed by itself.
                with closing(connection.getresponse()) as answer:
                    content = _read(answer, limits.most)
            except (HTTPError, HTTPException, OSError) as error:
                raise _told(error, was_cut=cut.done) from None
            except ValueError:
                raise HttpError(Reason.ADDRESS, "Такого запроса платформе послать нельзя: проверьте адрес.") from None
            if cut.done:
                # The end of a body without a length looks the same as being cut off.
                raise _late()
            return answer.status, {name.lower(): value for name, value in answer.headers.itermerged()}, content
    finally:
        connection.close()


def _connected(target: Target, limits: Limits, tls: ssl.SSLContext | None) -> HTTPConnection:
    """To the first of the checked addresses that takes it; the certificate is of the name, not of the address."""
    for number, address in enumerate(target.addresses, start=1):
        connection: HTTPConnection = (
            HTTPConnection(address, target.port, timeout=limits.connect)
            if tls is None
            else HTTPSConnection(
                address,
                target.port,
                timeout=limits.connect,
                ssl_context=tls,
                cert_reqs=ssl.CERT_REQUIRED,
                server_hostname=target.host,
            )
        )
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            if number == len(target.addresses) or _certificate(error) is not None:
                raise _told(error, was_cut=False, connecting=True) from None
        else:
            connection.timeout = limits.read
            return connection
    raise HttpError(Reason.BROKEN, _AWAY)


def _read(answer: BaseHTTPResponse, most: int) -> bytes:
    too_large = HttpError(Reason.TOO_LARGE, "Платформа прислала больше, чем можно принять за один раз.")
    length = answer.headers.get("content-length", "")
    if length.isdigit() and (len(length) > len(str(most)) or int(length) > most):
        raise too_large
    content = bytearray()
    while chunk := answer.read(CHUNK, decode_content=False):
        content += chunk
        if len(content) > most:
            raise too_large
    return bytes(content)


class _Cut:
    """Ends a connection from aside. A time-out of the socket begins anew with every byte; this one does not."""

    def __init__(self, sock: socket.socket) -> None:
        # A second handle: TLS takes the first one away.
        self._handle = socket.socket(fileno=os.dup(sock.fileno()))
        self.done = False

    def now(self) -> None:
        self.done = True
        try:
            self._handle.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        self._handle.close()


@contextmanager
def _cut_after(connection: HTTPConnection, seconds: float) -> Iterator[_Cut]:
    sock = connection.sock
    if sock is None:
        raise HttpError(Reason.BROKEN, _AWAY)
    cut = _Cut(sock)
    timer = Timer(seconds, cut.now)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
        timer.join()
        cut.close()


_AWAY = "Платформа не отвечает: проверьте, открывается ли она в браузере, и повторите позже."


def _told(error: Exception, *, was_cut: bool, connecting: bool = False) -> HttpError:
    """The text of an error of the network may hold addresses and data: only its kind is looked at."""
    certificate = _certificate(error)
    if certificate is not None:
        return HttpError(Reason.CERTIFICATE, _of_certificate(certificate))
    if was_cut:
        return _late()
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return HttpError(Reason.BROKEN, _AWAY) if connecting else _late()
    if isinstance(error, ssl.SSLError) and connecting:
        return HttpError(
            Reason.CERTIFICATE, "Защищённое соединение (https) с платформой не устанавливается: проверьте адрес и порт."
        )
    return HttpError(Reason.BROKEN, _AWAY)


def _late() -> HttpError:
    return HttpError(Reason.TIME_OUT, "Платформа не успела ответить за отведённое время. Повторите позже.")


def _certificate(error: BaseException) -> ssl.SSLCertVerificationError | None:
    for each in (error, *error.args):
        if isinstance(each, ssl.SSLCertVerificationError):
            return each
    return None


def _of_certificate(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "Срок сертификата сайта истёк: администратор сайта должен его обновить."
    if error.verify_code == _OTHER_NAME:
        return "Сертификат сайта выписан на другое имя: проверьте адрес; если он верен, это чинит администратор сайта."
    return (
        "Сертификат сайта выдан центром, которому этот сервер не доверяет. Если это центр Минцифры или свой, "
        "администратор сервера добавляет его корневой сертификат в системное хранилище."
    )
