"""Mailings: what is sent by the clock, to whom, and the letters that came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import Labelled
from app.models.scoped import OfPerson, OwnedByUnit, scope_key


class MailTiming(Labelled):
    WEEKLY = "weekly", "каждую неделю"
    BEFORE_TERM = "before_term", "перед сроком"


class MailingStatus(Labelled):
    ACTIVE = "active", "действует"
    PAUSED = "paused", "приостановлена"


class MessageStatus(Labelled):
    WAITING = "waiting", "ждёт отправки"
    SENT = "sent", "отправлено"
    SKIPPED = "skipped", "не отправлялось"
    FAILED = "failed", "не удалось отправить"


class Mailing(Identified, OwnedByUnit, Versioned, Audited, Base):
    """The unit's own: it outlives its maker's stay there. It acts in the name of `made_by_id`, with their rights.

    `last_slot` is the last sending that was begun; nothing whose moment lies before `armed_at` is made up for.
    """

    __tablename__ = "mailing"
    __unaudited__ = frozenset({"parameters", "armed_at", "last_slot", "job_id", "send_job_id", "seal"})
    __table_args__ = (
        *scope_key("mailing"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("(timing = 'weekly') = (weekday IS NOT NULL)", name="weekly_has_its_day"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_a_week"),
        CheckConstraint("(timing = 'before_term') = (days_before IS NOT NULL)", name="before_term_has_its_days"),
        CheckConstraint("days_before BETWEEN 1 AND 60", name="days_before_in_reach"),
        CheckConstraint("timing <> 'before_term' OR order_id IS NOT NULL", name="terms_are_an_orders"),
        CheckConstraint("status <> 'paused' OR pause_note <> ''", name="paused_says_why"),
    )

    title: Mapped[str]
    # The kind of what is sent: `app/services/mail_content.py`.
    content: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    timing: Mapped[MailTiming] = mapped_column(stored_by_value(MailTiming))
    # Monday is 0; the hour is that of the region's clocks.
    weekday: Mapped[int | None]
    hour: Mapped[int]
    days_before: Mapped[int | None]
    status: Mapped[MailingStatus] = mapped_column(stored_by_value(MailingStatus), default=MailingStatus.ACTIVE)
    pause_note: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_by: Mapped[str]
    armed_at: Mapped[datetime]
    last_slot: Mapped[str] = mapped_column(default="")
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    send_job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    # Numbers of deleted rows come again: what makes the names of letters unlike all others.
    seal: Mapped[str]

    @property
    def label(self) -> str:
        return self.title


class MailingRecipient(Identified, OwnedByUnit, Audited, Base):
    """A person, and the unit in which they stand when their letter is computed. The row is the mailing's unit's."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (*scope_key("mailing_recipient"), UniqueConstraint("mailing_id", "user_id", "unit_id"))

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str]
    unit_name: Mapped[str]


class MailMessage(Identified, OwnedByUnit, Base):
    """One letter of one sending. Written with what is sent in one transaction, sent by a job afterwards.

    The key over mailing, slot and recipient is what keeps it one. The address stands nowhere: it is read when the
    letter goes out. A letter on its way is not tried by anybody else before `next_try_at`.
    """

    __tablename__ = "mail_message"
    __table_args__ = (
        *scope_key("mail_message"),
        UniqueConstraint("mailing_id", "slot", "user_id", "unit_id"),
        UniqueConstraint("message_id"),
        Index("ix_mail_message_status", "status", "next_try_at"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        CheckConstraint("(status = 'waiting') = (next_try_at IS NOT NULL)", name="waiting_has_its_next_try"),
        CheckConstraint("status NOT IN ('skipped', 'failed') OR told <> ''", name="unsent_says_why"),
    )

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    slot: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str]
    unit_name: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str]
    # Of the file in the store of results; empty where the letter has a link in its place.
    digest: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(default="")
    rows: Mapped[int] = mapped_column(default=0)
    status: Mapped[MessageStatus] = mapped_column(stored_by_value(MessageStatus), default=MessageStatus.WAITING)
    # A whole Russian sentence: why it was not sent, or what is in the way.
    told: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class MailRefusal(Identified, OfPerson, Audited, Base):
    """A person wants no more letters of a mailing; its maker cannot overrule it."""

    __tablename__ = "mail_refusal"
    __table_args__ = (UniqueConstraint("mailing_id", "user_id"),)

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]

    @property
    def label(self) -> str:
        return self.title
