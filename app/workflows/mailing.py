"""The life of a mailing (действует ↔ приостановлена) and of each of its letters."""

from __future__ import annotations

from app.models.mailing import Mailing, MailingStatus, MessageStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_unit(mailing: Mailing, actor: Actor) -> str | None:
    if mailing.org_unit_id == actor.unit_id and not actor.is_system:
        return None
    return "Рассылку ведёт та организация, чей сотрудник её настроил."


def by_system(record: object, actor: Actor) -> str | None:
    del record
    return None if actor.is_system else "Это делает сама программа."


ACTIVE, PAUSED, WAITING = (MailingStatus.ACTIVE,), (MailingStatus.PAUSED,), (MessageStatus.WAITING,)
WRITE = Permission.MAILING_WRITE
WORKFLOW = Workflow(
    transition("pause", "Приостановить", ACTIVE, MailingStatus.PAUSED, WRITE, who=by_unit),
    transition("resume", "Возобновить", PAUSED, MailingStatus.ACTIVE, WRITE, who=by_unit),
    # Its maker lost the right to it, or its order has gone into the files.
    transition("stop", "Остановить", ACTIVE, MailingStatus.PAUSED, WRITE, who=by_system),
)
MESSAGE = Workflow(
    transition("send", "Отправить", WAITING, MessageStatus.SENT, WRITE, who=by_system),
    transition("skip", "Не отправлять", WAITING, MessageStatus.SKIPPED, WRITE, who=by_system),
    transition("fail", "Признать неудачным", WAITING, MessageStatus.FAILED, WRITE, who=by_system),
)
