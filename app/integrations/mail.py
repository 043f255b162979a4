"""Letters by SMTP. Server, password and sender come from the environment; nothing of them is told or logged."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS: Final = 30.0
SMTP_PORT, SMTPS_PORT = 587, 465
LONGEST_HEADER = 200
PERMANENT = range(500, 600)
# Answers that speak of us (sign-in, the sender's right) and not of the letter: worth another try when they are mended.
OURS = frozenset({530, 534, 535, 538})
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_HOST = re.compile(r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}")


class MailSettingsError(ValueError):
    """MAIL_URL or MAIL_FROM cannot be understood; the message never repeats them."""


class LetterRefusedError(RuntimeError):
    """The server will not take this letter, however often it is tried."""


class MailUnavailableError(RuntimeError):
    """Not now: no connection, no sign-in, a busy server. `reason` is a word for the log without data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Letter:
    """`address` is bare; `message_id` without its angle brackets; `more` are headers of ours."""

    address: str
    name: str
    subject: str
    text: str
    message_id: str
    written_at: datetime
    attachment: Attachment | None = None
    more: tuple[tuple[str, str], ...] = ()

    def with_file(self, attachment: Attachment) -> Letter:
        return replace(self, attachment=attachment)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters go out. A password or a letter never travels in the clear, except within this computer."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    is_tls: bool = False
    timeout: float = TIMEOUT_SECONDS

    def send(self, letter: Letter) -> None:
        """Returns once the server has answered for the letter. Raises LetterRefusedError, MailUnavailableError."""
        message = composed(letter, self.sender, self.sender_name)
        try:
            with self._connected() as connection:
                connection.send_message(message, self.sender, [ascii_address(letter.address)])
        except smtplib.SMTPRecipientsRefused as error:
            raise _told(next(iter(error.recipients.values()))[0], "recipient") from None
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code, type(error).__name__) from None
        except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
            # The text of the error may hold addresses.
            raise MailUnavailableError(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self.is_tls:
                self._secured(connection, context)
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _secured(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif not _is_loopback(self.host):
            raise MailUnavailableError("no STARTTLS")


def server_from(url: str, sender: str) -> MailServer | None:
    """`smtp://user:password@host:port` (STARTTLS) or `smtps://…` (TLS from the start); None without a URL.

    Raises MailSettingsError.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailSettingsError("MAIL_URL must look like smtp://user:password@host:port.") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise MailSettingsError("MAIL_URL must look like smtp://user:password@host:port or smtps://….")
    name, address = split_sender(sender)
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=port or (SMTPS_PORT if is_tls else SMTP_PORT),
        sender=address,
        sender_name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
    )


def split_sender(sender: str) -> tuple[str, str]:
    """«Мониторинг <noreply@example.ru>» as name and address. Raises MailSettingsError."""
    name, _, rest = sender.rpartition("<")
    address = ascii_address((rest.rstrip("> ") if name or "<" in sender else sender).strip())
    if not address:
        raise MailSettingsError("MAIL_FROM must be an address, as «Мониторинг <noreply@example.ru>».")
    return line(name).strip('" '), address


def ascii_address(address: str) -> str:
    """The address as a server of any age takes it, a Cyrillic domain in its ASCII form; empty where it is none."""
    local, _, host = address.strip().rpartition("@")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"{local}@{host}" if _LOCAL.fullmatch(local) and _HOST.fullmatch(host) else ""


def line(text: str) -> str:
    """What people typed, as one line that can stand in a header: no breaks, nothing that does not print."""
    one = " ".join(text.split())
    return "".join(letter for letter in one if letter.isprintable())[:LONGEST_HEADER]


def composed(letter: Letter, sender: str, sender_name: str) -> EmailMessage:
    """Raises LetterRefusedError for what is no address."""
    address = ascii_address(letter.address)
    if not address:
        raise LetterRefusedError
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender_name, sender)
    message["To"] = _address(letter.name, address)
    message["Subject"] = line(letter.subject)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.message_id}>"
    # Robots that answer for people on leave keep silent.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.more:
        message[name] = line(value)
    message.set_content(letter.text, cte="base64")
    if letter.attachment is not None:
        kind, _, subkind = letter.attachment.media_type.partition("/")
        message.add_attachment(letter.attachment.stream.read(), kind, subkind, filename=line(letter.attachment.name))
    return message


def _address(name: str, address: str) -> Address:
    local, _, host = address.rpartition("@")
    return Address(line(name), local, host)


def _told(code: int, reason: str) -> Exception:
    if code in PERMANENT and code not in OURS:
        return LetterRefusedError(f"{reason} {code}")
    return MailUnavailableError(f"{reason} {code}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
