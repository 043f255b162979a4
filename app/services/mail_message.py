"""Letters of a mailing: written once with what they carry, sent one by one, their history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import Job, Mailing, MailMessage
from app.models.enumeration import JobStatus
from app.models.mailing import MailingStatus, MessageStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services.job import UNFINISHED
from app.services.mail_content import content_of
from app.services.mail_due import ask
from app.services.mailing import SEND, SYSTEM, TEST, obstacle, stop
from app.workflows.mailing import MESSAGE

# A letter on its way belongs to one worker for so long: longer than any conversation with a mail server.
ON_ITS_WAY = timedelta(minutes=15)
KEPT = timedelta(days=3)
# How long after each try in vain the next one follows; then the letter is given up.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
BROKEN_REST = timedelta(minutes=15)
GIVEN_UP = "Почтовый сервер не принял письмо за трое суток: больше не пробуем."
NOT_TAKEN = "Почтовый сервер не принял письмо для этого адреса: проверьте почту в учётной записи."
TOO_OLD = "Письмо не ушло за трое суток и устарело."
PAUSED = "Рассылка приостановлена раньше, чем письмо ушло."
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is a row; with a `told` sentence there is nothing to send."""

    user_id: int
    unit_id: int
    name: str
    unit_name: str
    subject: str = ""
    text: str = ""
    digest: str = ""
    size: int = 0
    file_name: str = ""
    rows: int = 0
    told: str = ""


def message_id(mailing: Mailing, slot: str, draft: Draft, host: str) -> str:
    """The same for the same mailing, slot and recipient: a letter sent again is known for the same one."""
    told = f"{mailing.seal}:{mailing.id}:{slot}:{draft.user_id}:{draft.unit_id}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:40]}@{host}"


def written(session: Session, mailing: Mailing, slot: str) -> set[tuple[int, int]]:
    """Who already has a letter of this sending, sent or not."""
    wanted = select(MailMessage.user_id, MailMessage.unit_id)
    found = session.execute(wanted.where(MailMessage.mailing_id == mailing.id, MailMessage.slot == slot))
    return {(user_id, unit_id) for user_id, unit_id in found}


def write(
    session: Session, mailing: Mailing, slot: str, drafts: Iterable[Draft], *, host: str, now: datetime
) -> list[MailMessage]:
    """The outbox: rows for those who have none of this sending yet."""
    known = written(session, mailing, slot)
    rows = [
        MailMessage(
            org_unit_id=mailing.org_unit_id,
            mailing_id=mailing.id,
            slot=slot,
            user_id=draft.user_id,
            unit_id=draft.unit_id,
            name=draft.name,
            unit_name=draft.unit_name,
            subject=draft.subject,
            text=draft.text,
            message_id=message_id(mailing, slot, draft, host),
            digest=draft.digest,
            size=draft.size,
            file_name=draft.file_name,
            rows=draft.rows,
            status=MessageStatus.SKIPPED if draft.told else MessageStatus.WAITING,
            told=draft.told,
            made_at=now,
            next_try_at=None if draft.told else now,
        )
        for draft in drafts
        if (draft.user_id, draft.unit_id) not in known
    ]
    session.add_all(rows)
    session.flush()
    return rows


def claim(session: Session, mailing: Mailing, *, now: datetime) -> MailMessage | None:
    """The next letter to try, for this caller alone; what has become too old or is paused is put aside on the way."""
    due = (MailMessage.mailing_id == mailing.id, MailMessage.status == MessageStatus.WAITING)
    statement = (
        select(MailMessage)
        .where(*due, MailMessage.next_try_at <= now)
        .order_by(MailMessage.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for message in session.scalars(statement).all():
        if message.made_at < now - KEPT:
            put_aside(message, TOO_OLD, is_failure=True)
        elif mailing.status is MailingStatus.PAUSED and not message.slot.startswith(TEST):
            put_aside(message, PAUSED)
        else:
            message.attempts += 1
            message.next_try_at = now + ON_ITS_WAY
            session.flush()
            return message
    session.flush()
    return None


def sent(session: GuardedSession, mailing: Mailing, message: MailMessage, recipient: Actor, *, now: datetime) -> None:
    """The journal tells that the recipient got the rows, as if they had taken them from the page."""
    MESSAGE.apply("send", message, SYSTEM)
    message.sent_at, message.next_try_at, message.told = now, None, ""
    session.flush()
    with _in_the_place_of(session, recipient):
        content_of(mailing.content).journal(session, mailing, message.rows)


def put_aside(message: MailMessage, sentence: str, *, is_failure: bool = False) -> None:
    MESSAGE.apply("fail" if is_failure else "skip", message, SYSTEM)
    message.next_try_at, message.told = None, sentence


def try_later(session: Session, mailing: Mailing, message: MailMessage, *, now: datetime) -> None:
    """The server is away: this letter is counted as tried, the others of the mailing wait with it."""
    if message.attempts > len(BACKOFF) or message.made_at < now - KEPT:
        put_aside(message, GIVEN_UP, is_failure=True)
        session.flush()
        return
    at = now + BACKOFF[message.attempts - 1]
    message.next_try_at = at
    message.told = f"Почтовый сервер недоступен, попыток: {message.attempts}. Письмо будет отправлено позже."
    waiting = select(MailMessage).where(
        MailMessage.mailing_id == mailing.id,
        MailMessage.status == MessageStatus.WAITING,
        MailMessage.next_try_at < at,
    )
    for other in session.scalars(waiting.with_for_update(skip_locked=True)):
        other.next_try_at = at
    session.flush()


def ask_to_send(session: Session, *, now: datetime, demo: bool) -> list[Job]:
    """A job for each mailing with letters to try that has none at work. `session` sees all rows."""
    waiting = select(MailMessage.mailing_id).where(
        MailMessage.status == MessageStatus.WAITING, MailMessage.next_try_at <= now
    )
    statement = (
        select(Mailing, Job)
        .outerjoin(Job, Job.id == Mailing.send_job_id)
        .where(Mailing.id.in_(waiting))
        .order_by(Mailing.id)
        .with_for_update(of=Mailing)
        .execution_options(populate_existing=True)
    )
    asked = []
    for mailing, last in session.execute(statement).all():
        if last is not None and _is_busy(last, now):
            continue
        sentence = obstacle(session, mailing, demo=demo)
        if sentence:
            stop(session, mailing, sentence)
            put_all_aside(session, MailMessage.mailing_id == mailing.id, sentence)
            continue
        asked.append(ask(session, mailing, SEND, sending_title(mailing), {}, now=now))
        mailing.send_job_id = asked[-1].id
    session.flush()
    return asked


def sending_title(mailing: Mailing) -> str:
    return f"Рассылка «{mailing.title}»: отправка писем"


def forget_old(session: Session, *, now: datetime) -> None:
    """Where mail was never set up, letters do not wait for ever."""
    put_all_aside(session, MailMessage.made_at < now - KEPT, TOO_OLD, is_failure=True)


def put_all_aside(session: Session, which: ColumnElement[bool], sentence: str, *, is_failure: bool = False) -> None:
    statement = select(MailMessage).where(which, MailMessage.status == MessageStatus.WAITING)
    for message in session.scalars(statement.with_for_update(skip_locked=True)).all():
        put_aside(message, sentence, is_failure=is_failure)
    session.flush()


def history(session: Session, mailing: Mailing) -> Sequence[MailMessage]:
    """The newest letters first."""
    wanted = select(MailMessage).where(MailMessage.mailing_id == mailing.id)
    return session.scalars(wanted.order_by(MailMessage.id.desc()).limit(MOST_SHOWN)).all()


def last_sent(session: Session) -> dict[int, datetime]:
    """When each mailing's last letter left."""
    found = session.execute(
        select(MailMessage.mailing_id, func.max(MailMessage.sent_at))
        .where(MailMessage.status == MessageStatus.SENT)
        .group_by(MailMessage.mailing_id)
    )
    return {int(number): moment for number, moment in found if moment is not None}


def _is_busy(job: Job, now: datetime) -> bool:
    if job.status in UNFINISHED:
        return True
    is_broken = job.status in {JobStatus.FAILED, JobStatus.INTERRUPTED}
    return is_broken and job.finished_at is not None and job.finished_at > now - BROKEN_REST


@contextmanager
def _in_the_place_of(session: GuardedSession, recipient: Actor) -> Iterator[None]:
    """The journal takes who did it from the session."""
    maker = session.info["actor"]
    session.info["actor"] = recipient
    try:
        yield
    finally:
        session.info["actor"] = maker
