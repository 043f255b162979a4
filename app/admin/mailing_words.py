"""How pages speak of mailings and their letters."""

from __future__ import annotations

from dataclasses import dataclass

from app.admin.cells import plural
from app.forms.mailing import WEEKDAYS
from app.models import Mailing, MailMessage
from app.models.mailing import MailingStatus as State
from app.models.mailing import MailTiming, MessageStatus
from app.services import clock
from app.services.mailing import TEST

__all__ = ["MessageWords", "State", "message_words", "state_of", "when_words"]

TONES = {
    MessageStatus.WAITING: "s-submitted",
    MessageStatus.SENT: "s-done",
    MessageStatus.SKIPPED: "s-none",
    MessageStatus.FAILED: "s-overdue",
}


@dataclass(frozen=True, slots=True)
class MessageWords:
    when: str
    to: str
    unit: str
    state: str
    tone: str
    told: str
    is_trial: bool


def state_of(mailing: Mailing) -> State:
    return mailing.status


def when_words(mailing: Mailing) -> str:
    at = f"в {mailing.hour:02d}:00"
    if mailing.timing is MailTiming.WEEKLY:
        return f"{WEEKDAYS[mailing.weekday or 0]}, {at}"
    days = mailing.days_before or 0
    return f"за {days} {plural(days, 'день', 'дня', 'дней')} до срока, {at}"


def message_words(message: MailMessage, time_zone: str) -> MessageWords:
    moment = clock.local(message.sent_at or message.made_at, time_zone)
    file = f"{message.file_name}, строк: {message.rows}" if message.status is MessageStatus.SENT else ""
    return MessageWords(
        when=f"{moment:%d.%m.%Y %H:%M}",
        to=message.name,
        unit=message.unit_name,
        state=message.status.label,
        tone=TONES[message.status],
        told=message.told or file,
        is_trial=message.slot.startswith(TEST),
    )
