"""A mail server that keeps what it is given, and a region's mailing of an order to three places with decoys beside."""

from __future__ import annotations

import email
import email.policy
import io
import socket
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.integrations.mail import MailServer
from app.jobs.post_room import PostRoom, open_for
from app.models import AuditEvent, Job, Mailing, MailMessage, Membership, User
from app.models.enumeration import JobStatus
from app.models.mailing import MailTiming
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session
from app.services import mail_recipient, mailing
from app.services.mailing import Plan
from tests.factories.order import Point, issue_order

PUBLIC = "https://vsoko.example.ru"
# Monday; 08:00 on Sakhalin is 21:00 of the day before in UTC.
SET_UP = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DUE = datetime(2026, 11, 22, 21, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
PLACES = ("municipality", "school", "school_b")
WEEKLY = Plan("Исполнение", MailTiming.WEEKLY, hour=8, weekday=0)


@dataclass
class Keeper:
    """aiosmtpd's handler; `answers` are given in turn in the place of taking a letter."""

    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802 - aiosmtpd's own form
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802 - aiosmtpd's own form
        if self.answers:
            return self.answers.pop(0)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one, (_, to) in zip(self.letters, self.envelopes, strict=True) if to == [address]]


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def serve(keeper: Keeper) -> Controller:
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller


def room_for(engine, port: int | None) -> None:
    server = MailServer("127.0.0.1", port, "noreply@vsoko.example.ru", "Мониторинг", timeout=5) if port else None
    open_for(engine, PostRoom(server, PUBLIC))


def give_addresses(engine, world, *logins: str) -> None:
    with open_session(engine, reason="tests give addresses") as session:
        session.connection(execution_options={"writes": True})
        for login in logins:
            session.get_one(User, world.users[login]).email = f"{login}@example.ru"


def an_order(engine, world, **values):
    to = ("municipality", "municipality2", "school", "school2", "school_b")
    return issue_order(
        engine,
        world,
        points=(Point("1", date(2026, 12, 25), {key: {"responsible": f"у {key} свой"} for key in to}),),
        **values,
    )


def set_up(engine, world, actor, order_id, *to, login="region", plan=WEEKLY, now=SET_UP, **given) -> int:
    """The mailing's number; `to` are logins, each standing in the unit of that name."""
    with GuardedSession(engine, info={"actor": actor(login)}) as session:
        session.connection(execution_options={"writes": True})
        made = mailing.create(
            session, actor(login), given.get("kind", "order_execution"), plan,
            order_id=order_id, parameters=given.get("parameters"), now=now,
        )  # fmt: skip
        pairs = [(world.users[one], world.units[one]) for one in to]
        mail_recipient.add(session, actor(login), made, pairs)
        session.commit()
        return made.id


def run_all(engine, hands) -> int:
    """Every waiting job, and those that they ask for; how many ran."""
    ran = 0
    while True:
        with open_session(engine, reason="tests look") as session:
            waiting = session.scalars(select(Job.id).where(Job.status == JobStatus.WAITING).order_by(Job.id)).all()
        if not waiting:
            return ran
        for number in waiting:
            assert hands.run(number)
            ran += 1


def letters_of(engine, number: int) -> list[MailMessage]:
    with open_session(engine, reason="tests look") as session:
        return list(
            session.scalars(select(MailMessage).where(MailMessage.mailing_id == number).order_by(MailMessage.id))
        )


def the_mailing(engine, number: int) -> Mailing:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(Mailing, number)


def jobs_of(engine) -> list[Job]:
    with open_session(engine, reason="tests look") as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def change(engine, model, number, **values) -> None:
    with open_session(engine, reason="tests change") as session:
        session.connection(execution_options={"writes": True})
        row = session.get_one(model, number)
        for name, value in values.items():
            setattr(row, name, value)


def words_of(letter: EmailMessage) -> str:
    """All that the letter and the workbook in it say."""
    body = letter.get_body(("plain",))
    told = [str(letter), body.get_content() if body else ""]
    for part in letter.iter_attachments():
        with zipfile.ZipFile(io.BytesIO(part.get_content())) as book:
            told += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    return " ".join(told)


def journal(engine, action="export"):
    with open_session(engine, reason="tests look") as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def drop_duties(engine, user_id, unit_id):
    with open_session(engine, reason="tests take duties") as session:
        session.connection(execution_options={"writes": True})
        wanted = select(Membership).where(Membership.user_id == user_id, Membership.org_unit_id == unit_id)
        for one in session.scalars(wanted):
            session.delete(one)
