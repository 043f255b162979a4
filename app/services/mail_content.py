"""What may be sent by mail: a registry of kinds, each made at the moment of sending in the recipient's own scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from app.excel.annexes.order_execution import write
from app.models import Mailing, Order
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import audit, clock, order_execution

BY_MAIL = "отправлено по почте"


@dataclass(frozen=True, slots=True)
class Made:
    """The workbook is in `target`; without rows nothing is sent."""

    file_name: str
    rows: int


@dataclass(frozen=True, slots=True)
class MailContent:
    """`make` writes the workbook as the session's actor; `journal` tells that the session's actor got it."""

    kind: str
    label: str
    # From the mailing's parameters: what its maker and each of its recipients must be allowed.
    needs: Callable[[Mapping[str, Any]], tuple[Permission, ...]]
    make: Callable[[GuardedSession, Actor, Mailing, datetime, BinaryIO], Made]
    page: Callable[[int | None, Mapping[str, Any]], str]
    journal: Callable[[GuardedSession, Mailing, int], None]


_CONTENTS: dict[str, MailContent] = {}


def offer(content: MailContent) -> MailContent:
    """Called where a kind is defined, when its module is imported."""
    if _CONTENTS.setdefault(content.kind, content) is not content:
        raise ValueError(f"two kinds of mail named {content.kind}")
    return content


def content_of(kind: str) -> MailContent:
    """Raises Invalid for a kind that this version does not know."""
    found = _CONTENTS.get(kind)
    if found is None:
        raise Invalid("Такой рассылки нет. Выберите, что присылать, из списка.", field="content")
    return found


def _annex(session: GuardedSession, actor: Actor, mailing: Mailing, now: datetime, target: BinaryIO) -> Made:
    order_id = mailing.order_id or 0
    annex = order_execution.build(session, actor, order_id, as_of=clock.local(now, actor.time_zone))
    write(target, annex.execution)
    return Made(annex.file_name, annex.rows_taken)


def _annex_page(order_id: int | None, parameters: Mapping[str, Any]) -> str:
    del parameters
    return f"/orders/{order_id}/matrix"


def _annex_taken(session: GuardedSession, mailing: Mailing, rows: int) -> None:
    order = session.get(Order, mailing.order_id or 0)
    if order is not None:
        audit.record_event(session, order, "export", BY_MAIL, rows=rows)


def _annex_needs(parameters: Mapping[str, Any]) -> tuple[Permission, ...]:
    del parameters
    return Permission.EXPORT, Permission.ORDER_READ, Permission.ASSIGNMENT_READ


ANNEX = offer(
    MailContent(
        kind="order_execution",
        label="исполнение распоряжения",
        needs=_annex_needs,
        make=_annex,
        page=_annex_page,
        journal=_annex_taken,
    )
)
