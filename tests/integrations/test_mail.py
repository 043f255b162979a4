"""Letters by SMTP: what may stand in a header, who is told what, and that nothing secret is told at all."""

from __future__ import annotations

import io
import socket
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import AuthResult

from app.integrations import mail
from app.integrations.mail import (
    Attachment,
    Letter,
    LetterRefusedError,
    MailServer,
    MailSettingsError,
    MailUnavailableError,
    ascii_address,
    composed,
    server_from,
)
from tests.jobs.mail_world import Keeper, free_port, serve

LETTER = Letter(
    address="school@example.ru",
    name="Анна Петровна",
    subject="Исполнение",
    text="Здравствуйте!\nСтрока.\n",
    message_id="abc@vsoko.example.ru",
    written_at=datetime(2026, 11, 23, 8, 5, tzinfo=UTC),
)


@pytest.fixture
def keeper():
    kept = Keeper()
    server = serve(kept)
    kept.server = MailServer("127.0.0.1", server.port, "noreply@vsoko.example.ru", timeout=5)
    yield kept
    server.stop()


@contextmanager
def server_that(answer):
    """A server that says what it is told on each connection, and nothing more."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            answer(self)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_letter_arrives_with_its_file_under_its_russian_name(keeper):
    content = bytes(range(256)) * 500
    file = Attachment("Исполнение № 5.xlsx", "application/octet-stream", io.BytesIO(content))
    keeper.server.send(LETTER.with_file(file))
    [letter] = keeper.letters
    assert letter["Message-ID"] == "<abc@vsoko.example.ru>"
    assert letter["Subject"] == "Исполнение"
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    [part] = letter.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("Исполнение № 5.xlsx", content)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"])
def test_what_people_typed_makes_no_headers(keeper, end):
    evil = f"Анна{end}Bcc: victim@example.ru{end}{end}<script>"
    file = Attachment(f'a{end}b".xlsx', "application/octet-stream", io.BytesIO(b"x"))
    keeper.server.send(replace(LETTER, name=evil, subject=evil, more=(("List-Unsubscribe", evil),)).with_file(file))
    [letter] = keeper.letters
    assert {key.lower() for key in letter} <= {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "list-unsubscribe", "mime-version",
        "content-type", "x-peer", "x-mailfrom", "x-rcptto",
    }  # fmt: skip
    assert keeper.envelopes == [("noreply@vsoko.example.ru", ["school@example.ru"])]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "school",
        "a@b",
        "a@@b.ru",
        "a b@c.ru",
        "a@b.ru\r\nRCPT TO:<x@y.ru>",
        "a@b.ru, c@d.ru",
        "<a@b.ru>",
        "школа@b.ru",
    ],
)
def test_what_is_no_address_is_refused_before_any_server(address):
    assert ascii_address(address) == "" or address.strip() == ascii_address(address)
    with pytest.raises(LetterRefusedError):
        composed(replace(LETTER, address=address), "noreply@example.ru", "")


def test_a_cyrillic_domain_goes_out_in_its_ascii_form():
    assert ascii_address("school@школа.рф") == "school@xn--80atdl2c.xn--p1ai"


def test_a_mailbox_that_does_not_exist_is_final_and_a_busy_server_is_not(keeper):
    keeper.refused = {"school@example.ru"}
    with pytest.raises(LetterRefusedError):
        keeper.server.send(LETTER)
    keeper.refused = set()
    keeper.answers = ["451 later", "554 spam"]
    with pytest.raises(MailUnavailableError):
        keeper.server.send(LETTER)
    with pytest.raises(LetterRefusedError):
        keeper.server.send(LETTER)


def test_nobody_there_and_a_silent_server_are_away(keeper):
    with pytest.raises(MailUnavailableError):
        MailServer("127.0.0.1", free_port(), "a@example.ru", timeout=2).send(LETTER)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailUnavailableError):
        MailServer("127.0.0.1", silent.getsockname()[1], "a@example.ru", timeout=0.3).send(LETTER)


def test_without_starttls_nothing_is_said_outside_this_computer(monkeypatch):
    heard = []

    def plain(handler):
        handler.wfile.write(b"220 hello\r\n")
        while line := handler.rfile.readline():
            heard.append(line)
            handler.wfile.write(b"250-hello\r\n250 AUTH PLAIN LOGIN\r\n" if line[:4] == b"ehlo" else b"250 OK\r\n")

    monkeypatch.setattr(mail, "_is_loopback", lambda host: False)
    with server_that(plain) as port:
        server = MailServer("127.0.0.1", port, "a@example.ru", user="u", password="secret", timeout=5)
        with pytest.raises(MailUnavailableError, match="STARTTLS"):
            server.send(LETTER)
    assert heard
    assert not [line for line in heard if b"AUTH" in line or b"secret" in line or b"MAIL" in line]


def test_a_wrong_password_is_worth_another_try(monkeypatch):
    from aiosmtpd.controller import Controller

    def refuse(server, session, envelope, mechanism, data):
        return AuthResult(success=False, handled=False)

    controller = Controller(
        Keeper(), hostname="127.0.0.1", port=free_port(), authenticator=refuse, auth_require_tls=False
    )
    controller.start()
    try:
        server = MailServer("127.0.0.1", controller.port, "a@example.ru", user="u", password="secret", timeout=5)
        with pytest.raises(MailUnavailableError) as caught:
            server.send(LETTER)
        assert "secret" not in str(caught.value)
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://u%40x:p%3Aw@mail.example.ru", ("mail.example.ru", 587, "u@x", "p:w", False)),
        ("smtps://mail.example.ru", ("mail.example.ru", 465, "", "", True)),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False)),
    ],
)
def test_the_settings(url, expected):
    server = server_from(url, "Мониторинг <noreply@example.ru>")
    assert (server.host, server.port, server.user, server.password, server.is_tls) == expected
    assert (server.sender_name, server.sender) == ("Мониторинг", "noreply@example.ru")
    assert "p:w" not in repr(server)
    assert "u@x" not in repr(server)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://u:secret@mail.example.ru", "a@example.ru"),
        ("smtp://", "a@example.ru"),
        ("smtp://u:secret@mail.example.ru:port", "a@example.ru"),
        ("smtp://u:secret@mail.example.ru/path", "a@example.ru"),
        ("smtp://u:secret@mail.example.ru", ""),
        ("smtp://u:secret@mail.example.ru", "не адрес"),
    ],
)
def test_settings_that_cannot_be_understood_are_told_without_their_secrets(url, sender):
    with pytest.raises(MailSettingsError) as caught:
        server_from(url, sender)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value.__cause__)


def test_no_url_is_no_server():
    assert server_from("", "") is None
