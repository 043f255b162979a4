"""The audit trail: one row for every changed record, written in the flush that makes the change."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, event, insert, inspect
from sqlalchemy.orm import UOWTransaction

from app.models import AuditEvent, FindingPoint, OrgUnit, User
from app.models.base import Audited
from app.models.scoped import (
    OfPerson,
    PartOfFramework,
    PartOfGroup,
    PartOfOrder,
    PartOfRequirement,
    PartOfRound,
    ScopeColumns,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import clock

JOURNAL = cast(Table, AuditEvent.__table__)
SCOPE = ("org_unit_id", "region_id", "municipality_id")
# Longer values are cut in the journal: it says that a text changed, the record holds the text.
LONGEST = 500
# The unit of a record with its region and municipality; all None for what belongs to the installation.
Belonging = tuple[int | None, int | None, int | None]
SYSTEM = Actor(user_id=None, user_name="Система")


@event.listens_for(GuardedSession, "after_flush")
def _write_rows(session: GuardedSession, context: UOWTransaction) -> None:
    """The histories of attributes still stand here, and new records already have their numbers."""
    # Parts taken out of their order's collection are deleted as orphans: the flush knows them, the session does not.
    deleted = [
        state.obj() for state, (is_deleted, listed_only) in context.states.items() if is_deleted and not listed_only
    ]
    rows = [
        *(_row(session, record, "create", _values(record)) for record in session.new if isinstance(record, Audited)),
        *(
            _row(session, record, "change", changes)
            for record in session.dirty
            if isinstance(record, Audited) and (changes := _changes(record))
        ),
        *(_row(session, record, "delete", {}) for record in deleted if isinstance(record, Audited)),
    ]
    if rows:
        session.connection().execute(insert(JOURNAL), rows)


def record_event(session: GuardedSession, record: Any, action: str, note: str = "", **changes: Any) -> None:
    """For what is worth a row and changes nothing: an export, a sign-in, a look at a hidden number."""
    session.flush()
    values = {name: [None, _plain(value)] for name, value in changes.items()}
    session.connection().execute(insert(JOURNAL), [_row(session, record, action, values, note)])


def record_list_export(session: GuardedSession, table: str, label: str, *, rows: int, narrowed: str) -> None:
    """Who took which list away: a register is no record, so its row stands under the actor's own unit."""
    unit = session.actor.unit_id, session.actor.region_id, session.actor.municipality_id
    row = _told_by(session, unit, "export", narrowed, {"rows": [None, rows]})
    row |= {"record_type": table, "record_id": 0, "record_label": label}
    session.connection().execute(insert(JOURNAL), [row])


def _row(session: GuardedSession, record: Any, action: str, changes: dict[str, Any], note: str = "") -> dict[str, Any]:
    if record.pending_action is not None:
        action, note = record.pending_action
        record.pending_action = None
    return _told_by(session, _belonging(session, record), action, note, changes) | {
        "record_type": record.__tablename__,
        "record_id": record.id,
        "record_label": str(getattr(record, "label", "") or getattr(record, "name", ""))[:LONGEST],
    }


def _told_by(
    session: GuardedSession, belongs_to: Belonging, action: str, note: str, changes: dict[str, Any]
) -> dict[str, Any]:
    """Who did what, when and in which request; which record it was stands beside."""
    actor = session.info.get("actor", SYSTEM)
    unit, region, municipality = belongs_to
    return {
        "org_unit_id": unit,
        "region_id": region,
        "municipality_id": municipality,
        "at": session.info.get("moment") or clock.now(),
        "actor_user_id": actor.user_id,
        "actor_name": actor.user_name,
        "actor_unit_name": actor.unit_name,
        "action": action,
        "note": note,
        "changes": changes,
        "request_id": session.info.get("request_id", ""),
    }


def _belonging(session: GuardedSession, record: Any) -> Belonging:
    if isinstance(record, ScopeColumns) and not isinstance(record, FindingPoint):
        return record.org_unit_id, record.region_id, record.municipality_id
    if isinstance(record, OrgUnit):
        return record.id, record.region_id, record.municipality_id
    actor = session.info.get("actor")
    # Which finding a point answers is told with the point, which may stand in a draft.
    parts = PartOfOrder | PartOfFramework | PartOfRound | PartOfGroup | PartOfRequirement
    of_no_unit = parts | FindingPoint | OfPerson | User
    if isinstance(record, of_no_unit) and isinstance(actor, Actor) and actor.unit_id is not None:
        # Only the issuer writes the parts of a whole; a person may stand in many units, the act was done in one.
        return actor.unit_id, actor.region_id, actor.municipality_id
    return None, None, None


def _values(record: Audited) -> dict[str, Any]:
    mapper = inspect(type(record))
    return {
        column.key: [None, _plain(value)]
        for column in mapper.column_attrs
        if _told(record, column.key) and (value := getattr(record, column.key)) not in (None, "", [], False)
    }


def _changes(record: Audited) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    state = inspect(record)
    for column in state.mapper.column_attrs:
        if not _told(record, column.key):
            continue
        history = state.attrs[column.key].history
        if not history.has_changes():
            continue
        before = _plain(history.deleted[0]) if history.deleted else None
        after = _plain(history.added[0]) if history.added else None
        if before != after:
            changes[column.key] = [before, after]
    return changes


def _told(record: Audited, key: str) -> bool:
    return key not in record.__unaudited__ and key not in {"id", "version", *SCOPE}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    return value
