"""The history of one order in words: its journal rows and those of its points and acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select

from app.admin.audit_event_words import value_words
from app.models import AmendmentChange, AuditEvent, Order, OrderAmendment, OrderGround, OrderPoint
from app.policies.guard import GuardedSession
from app.services import clock

LATEST = 300
_ACTIONS = {
    "create": "Создано",
    "change": "Изменено",
    "delete": "Удалено",
    "issue": "Документ выпущен",
    "close": "Списано в дело",
    "reopen": "Возвращено на контроль",
    "amend": "Изменяющий акт",
    "export": "Выгружено в Excel",
}
_RECORDS = {
    "order": "документ",
    "order_point": "пункт",
    "order_ground": "основание",
    "order_amendment": "изменяющий акт",
    "amendment_change": "изменение",
}
_FIELDS = {
    "kind": "Вид",
    "number": "Номер",
    "dated_on": "Дата",
    "title": "Заголовок",
    "issuer_name": "Кем выпущен",
    "signed_by": "Подписал",
    "controller": "Контроль",
    "status": "Состояние",
    "stage": "Этап",
    "intro": "Вводная фраза",
    "text": "Текст",
    "modality": "Требование",
    "term_kind": "Вид срока",
    "due_on": "Срок",
    "term_written": "Срок, как написано",
    "recurrence": "Повторение",
    "recurrence_day": "Число месяца",
    "recurrence_month": "Месяц года",
    "recurs_until": "Последний день отчётов",
    "evidence_required": "Подтверждение",
    "evidence_note": "Что приложить",
    "revoked_on": "Отменён",
    "due_before": "Срок был",
    "due_after": "Срок стал",
    "touched": "Затронуто поручений",
    "note": "Пояснение",
}


@dataclass
class Happening:
    """One row of the timeline."""

    who: str
    when: str
    action: str
    note: str = ""
    status: str = ""
    changes: list[tuple[str | None, ...]] = field(default_factory=list)


def history_of(session: GuardedSession, order: Order, time_zone: str) -> list[Happening]:
    """The newest first, as far as the reader may see the journal."""
    parts = (
        ("order_point", select(OrderPoint.id).where(OrderPoint.order_id == order.id)),
        ("order_ground", select(OrderGround.id).where(OrderGround.order_id == order.id)),
        ("order_amendment", select(OrderAmendment.id).where(OrderAmendment.order_id == order.id)),
        ("amendment_change", select(AmendmentChange.id).where(AmendmentChange.order_id == order.id)),
    )
    wanted = select(AuditEvent).where(
        or_(
            and_(AuditEvent.record_type == "order", AuditEvent.record_id == order.id),
            *(and_(AuditEvent.record_type == name, AuditEvent.record_id.in_(ids)) for name, ids in parts),
        )
    )
    rows = session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(LATEST))
    return [_happening(row, time_zone) for row in rows]


def _happening(row: AuditEvent, time_zone: str) -> Happening:
    action = _ACTIONS.get(row.action, row.action)
    if row.action in {"create", "change", "delete"}:
        action = f"{action}: {_RECORDS.get(row.record_type, row.record_type)} {row.record_label}".rstrip()
    elif row.record_type == "order_point":
        action = f"{action}: пункт {row.record_label}"
    shown = row.changes if row.action != "create" else {}
    return Happening(
        who=f"{row.actor_name} ({row.actor_unit_name})" if row.actor_unit_name else row.actor_name,
        when=f"{clock.local(row.at, time_zone):%d.%m.%Y %H:%M}",
        action=action,
        note=row.note,
        status="done" if row.action == "issue" else "",
        changes=[
            (_FIELDS[name], *(_said(row.record_type, name, value, time_zone) for value in pair))
            for name, pair in shown.items()
            if name in _FIELDS
        ],
    )


def _said(record_type: str, name: str, value: Any, time_zone: str) -> str | None:
    """The timeline has its own words for what was not there."""
    return None if value in (None, "", []) else value_words(record_type, name, value, time_zone)
