"""What became of one record, as its page tells it: out of the journal, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from app.admin.audit_event_words import action_word, told_changes
from app.models import AuditEvent
from app.policies.guard import GuardedSession
from app.services import clock

LATEST = 100
Changes = dict[str, Any]


def history_of(
    session: GuardedSession,
    record_type: str,
    record_id: int,
    time_zone: str,
    *,
    words: Mapping[str, str],
    look: str = "",
    untold: Collection[str] = (),
    tell: Callable[[AuditEvent, Changes], Changes] | None = None,
    only: Sequence[ColumnElement[bool]] = (),
) -> list[dict[str, Any]]:
    """For `components/timeline.html`. `words` name the acts of this page, `look` is the kind of its states' badges;
    `untold` fields say nothing to people, `tell` puts the others into words or takes some away.
    """
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.record_type == record_type, AuditEvent.record_id == record_id, *only)
        .order_by(AuditEvent.id.desc())
        .limit(LATEST)
    )

    def changes(row: AuditEvent) -> list[tuple[str, str, str]]:
        if row.action == "create":
            return []
        shown = {key: pair for key, pair in row.changes.items() if key not in untold}
        return told_changes(record_type, shown if tell is None else tell(row, shown), time_zone)

    return [
        {
            "who": f"{row.actor_name}, {row.actor_unit_name}" if row.actor_unit_name else row.actor_name,
            "when": f"{clock.local(row.at, time_zone):%d.%m.%Y %H:%M}",
            "action": words.get(row.action) or action_word(record_type, row.action),
            "note": row.note,
            "status": f"{look}-{changed[1]}" if look and (changed := row.changes.get("status")) else "",
            "changes": changes(row),
        }
        for row in rows
    ]
