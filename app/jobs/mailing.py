"""Mailings by the clock: what is due is made in each recipient's own scope, written, and then sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from app.integrations.mail import Attachment, Letter, LetterRefusedError, MailServer, MailUnavailableError
from app.jobs.post_room import PostRoom, engine_of, room_of
from app.jobs.run import Outcome, Run
from app.jobs.schedule import Every, Turn, schedule
from app.jobs.tasks import task
from app.models import Mailing, MailMessage
from app.models.mailing import MailingStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import NotFound, NotPermitted, Refusal
from app.services import clock, mail_due, mail_message, mail_recipient, mailing
from app.services.mail_content import content_of
from app.services.mail_message import Draft
from app.services.mail_text import LetterFacts, subject_of, text_of
from app.services.mailing import MAKE, SEND

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What common mail servers still take once it is written as text, a third longer.
LARGEST_ATTACHMENT = 15 * 1024 * 1024
NOTHING_TO_SHOW = "Строк для этой организации нет: письмо не составлялось."
NOT_SET_UP = "Почта на этой установке не настроена: письма ждут."


@schedule("mailings due", every=Every.HOUR)
def begin_due(turn: Turn) -> None:
    mail_due.begin_due(turn.session, now=turn.now, demo=room_of(turn.session).demo)
    mail_message.forget_old(turn.session, now=turn.now)


@schedule("letters to send", every=Every.MINUTE)
def ask_to_send(turn: Turn) -> None:
    room = room_of(turn.session)
    if room.server is not None:
        mail_message.ask_to_send(turn.session, now=turn.now, demo=room.demo)


@dataclass(frozen=True, slots=True)
class Addressee:
    user_id: int
    unit_id: int
    name: str
    unit_name: str


@task(MAKE)
def make(run: Run) -> Outcome:
    """With `to_me` a trial letter to the asker alone, whatever the state of the mailing."""
    number, slot, room = int(run.parameters["mailing_id"]), str(run.parameters["slot"]), room_of(run.session)
    is_trial = bool(run.parameters.get("to_me"))
    asked = mailing.the_one(run.session, number)
    sentence = "" if is_trial else mailing.obstacle(run.session, asked, demo=room.demo)
    drafts = [] if sentence else _drafts(run, room, asked, _addressees(run, asked, slot, is_trial=is_trial))
    run.begin_writing()
    kept = mailing.the_one(run.session, number, to_write=True)
    page = f"/mailings/{number}"
    if sentence:
        mailing.stop(run.session, kept, sentence)
        return Outcome(f"Рассылка приостановлена. {sentence}", leads_to=page)
    if kept.status is MailingStatus.PAUSED and not is_trial:
        return Outcome("Рассылка приостановлена: ничего не отправлено.", leads_to=page)
    letters = mail_message.write(run.session, kept, slot, drafts, host=room.host, now=run.now)
    waiting = sum(not letter.told for letter in letters)
    if waiting and room.server is not None:
        title = mail_message.sending_title(kept)
        kept.send_job_id = mail_due.ask(run.session, kept, SEND, title, {}, now=run.now, user_id=run.actor.user_id).id
    told = f"Писем к отправке: {waiting}, без письма: {len(letters) - waiting}."
    return Outcome(told if room.server is not None else f"{told} {NOT_SET_UP}", leads_to=page)


@task(SEND)
def send(run: Run) -> Outcome:
    """Each letter in transactions of its own: taken, sent, written down. A kill leaves at most one in doubt."""
    room, number = room_of(run.session), int(run.parameters["mailing_id"])
    if room.server is None:
        return Outcome(NOT_SET_UP)
    done = 0
    while _send_next(run, room.server, room, number):
        done += 1
        run.progress(done)
    return Outcome(f"Обработано писем: {done}.", leads_to=f"/mailings/{number}")


def _addressees(run: Run, asked: Mailing, slot: str, *, is_trial: bool) -> list[Addressee]:
    actor = run.actor
    if is_trial:
        return [Addressee(actor.user_id or 0, actor.unit_id or 0, actor.user_name, actor.unit_name)]
    known = mail_message.written(run.session, asked, slot)
    found = mail_recipient.of_mailing(run.session, asked)
    return [
        Addressee(one.user_id, one.unit_id, one.name, one.unit_name)
        for one in found
        if (one.user_id, one.unit_id) not in known
    ]


def _drafts(run: Run, room: PostRoom, asked: Mailing, addressees: list[Addressee]) -> list[Draft]:
    drafts = []
    for done, one in enumerate(addressees):
        run.progress(done, len(addressees))
        drafts.append(_draft(run, room, asked, one))
    return drafts


def _draft(run: Run, room: PostRoom, asked: Mailing, one: Addressee) -> Draft:
    """Reads and computes only; the rows that the recipient may see are those of the recipient's own session."""
    to = mail_recipient.reached(run.session, asked.id, one.user_id, one.unit_id, demo=room.demo)
    if to.actor is None:
        return Draft(one.user_id, one.unit_id, one.name, one.unit_name, told=to.obstacle)
    try:
        return _made(run, room, asked, to.actor)
    except NotPermitted:
        told = mail_recipient.NOT_ALLOWED
    except NotFound:
        told = mail_recipient.NOT_OPEN
    except Refusal as refusal:
        told = refusal.sentence
    return Draft(one.user_id, one.unit_id, one.name, one.unit_name, told=told)


def _made(run: Run, room: PostRoom, asked: Mailing, recipient: Actor) -> Draft:
    content = content_of(asked.content)
    for need in content.needs(asked.parameters):
        recipient.require(need)
    origin = {"actor": recipient, "request_id": run.session.info.get("request_id", "")}
    with (
        cast("BinaryIO", TemporaryFile()) as target,
        GuardedSession(engine_of(run.session), info=origin) as theirs,
    ):
        made = content.make(theirs, recipient, asked, run.now, target)
        size = target.seek(0, 2)
        target.seek(0)
        is_attached = size <= LARGEST_ATTACHMENT
        digest = run.store.put(target).digest if made.rows and is_attached else ""
    addressee = (recipient.user_id or 0, recipient.unit_id or 0, recipient.user_name, recipient.unit_name)
    if not made.rows:
        return Draft(*addressee, told=NOTHING_TO_SHOW)
    as_of = clock.local(run.now, recipient.time_zone)
    facts = LetterFacts(
        title=asked.title,
        name=recipient.user_name,
        unit_name=recipient.unit_name,
        as_of=as_of,
        file_name=made.file_name,
        rows=made.rows,
        page=room.link(content.page(asked.order_id, asked.parameters)),
        stop_page=room.link(f"/mail-stop/{asked.id}"),
        made_by=asked.made_by,
        is_attached=is_attached,
    )
    return Draft(
        *addressee,
        subject=subject_of(asked.title, as_of),
        text=text_of(facts),
        digest=digest,
        size=size,
        file_name=made.file_name,
        rows=made.rows,
    )


def _send_next(run: Run, server: MailServer, room: PostRoom, number: int) -> bool:
    """Whether to go on: False where nothing is due or the server is away."""
    with _transaction(run) as session:
        asked = mailing.the_one(session, number)
        message = mail_message.claim(session, asked, now=clock.now())
        if message is None:
            return False
        to = mail_recipient.reached(session, number, message.user_id, message.unit_id, demo=room.demo)
        needs = content_of(asked.content).needs(asked.parameters)
        if to.actor is None or not all(to.actor.may(need) for need in needs):
            mail_message.put_aside(message, to.obstacle or mail_recipient.SWITCHED_OFF)
            return True
        session.flush()
        session.expunge(message)
    is_away = is_refused = False
    try:
        _post(run, server, room, message, to.address)
    except LetterRefusedError:
        is_refused = True
    except MailUnavailableError:
        is_away = True
    with _transaction(run) as session:
        asked = mailing.the_one(session, number)
        kept = session.get(MailMessage, message.id, with_for_update=True)
        if kept is None:
            raise NotFound
        if is_refused:
            mail_message.put_aside(kept, mail_message.NOT_TAKEN, is_failure=True)
        elif is_away:
            mail_message.try_later(session, asked, kept, now=clock.now())
        else:
            mail_message.sent(session, asked, kept, to.actor, now=clock.now())
    return not is_away


def _post(run: Run, server: MailServer, room: PostRoom, message: MailMessage, address: str) -> None:
    letter = Letter(
        address=address,
        name=message.name,
        subject=message.subject,
        text=message.text,
        message_id=message.message_id,
        written_at=message.made_at,
        more=(("List-Unsubscribe", f"<{room.link(f'/mail-stop/{message.mailing_id}')}>"),),
    )
    if not message.digest:
        server.send(letter)
        return
    with run.store.open(message.digest) as stream:
        server.send(letter.with_file(Attachment(message.file_name, WORKBOOK, stream)))


@contextmanager
def _transaction(run: Run) -> Iterator[GuardedSession]:
    """A short one of its own, in the maker's scope: whether a letter left must not hang on the letters after it."""
    info = {"actor": run.actor, "request_id": run.session.info.get("request_id", "")}
    with GuardedSession(engine_of(run.session), info=info, expire_on_commit=False) as session:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
