"""The journal: read only, the newest first, each row with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from markupsafe import escape
from sqlalchemy import ColumnElement, Select, select

from app.admin.audit_event_words import PAGES, RECORDS, action_word, all_actions, record_word, told_changes
from app.admin.cells import moment_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number
from app.admin.record_view import RecordView
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW, unit_search
from app.excel.audit_event import SHEET
from app.models import AuditEvent, User
from app.policies.permission import Permission
from app.web.session import current_actor, guarded

MOST_PEOPLE = 300
NEW = {"create", "grant"}
# Years beyond these overflow when a day becomes a moment.
YEARS = range(1990, 2101)


def _joins(statement: Select[Any]) -> Select[Any]:
    """An event of an account has no unit; the unit of every other event in scope is a label of it."""
    return statement.outerjoin(UNIT_OF_ROW, UNIT_OF_ROW.c.id == AuditEvent.org_unit_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    """By the unit of the record or by the person who acted: both are searched within the actor's scope."""
    people = select(User.id).where(User.search.like(pattern, escape="\\"))
    return [unit_search(AuditEvent, pattern), AuditEvent.actor_user_id.in_(people)]


def _day(raw: str) -> date:
    day = date.fromisoformat(raw)
    if day.year not in YEARS:
        raise ValueError(raw)
    return day


def _midnight(day: date) -> datetime:
    """The beginning of a day on the clocks of the actor's region."""
    return datetime.combine(day, time.min, ZoneInfo(current_actor().time_zone))


def _people() -> Sequence[Option]:
    """The list of people is for those who may read it anywhere."""
    if not current_actor().may(Permission.USER_READ):
        return ()
    rows = guarded().execute(select(User.id, User.name).order_by(User.name).limit(MOST_PEOPLE))
    return [Option(str(row.id), row.name) for row in rows]


def _who_cell(value: str, row: Any) -> str:
    unit = f'<div class="quiet small">{escape(row.actor_unit_name)}</div>' if row.actor_unit_name else ""
    return f"<td>{escape(value)}{unit}</td>"


def _record_cell(value: str, row: Any) -> str:
    word = record_word(value)
    name = f"{word} «{row.record_label}»" if row.record_label else f"{word} № {row.record_id}"
    page = PAGES.get(value)
    if page is None or row.action == "delete":
        return f"<td>{escape(name)}</td>"
    return f'<td><a href="{page}{row.record_id:d}">{escape(name)}</a></td>'


def _action_cell(value: str, row: Any) -> str:
    note = f'<div class="quiet small">{escape(row.note)}</div>' if row.note else ""
    return f"<td>{escape(action_word(row.record_type, value))}{note}</td>"


def _changes_cell(value: dict[str, Any] | None, row: Any) -> str:
    """Closed at first: a row of a hundred words would push the others off the screen."""
    told = told_changes(row.record_type, value or {}, current_actor().time_zone)
    if not told:
        return "<td></td>"
    parts = "".join(
        f"<div><dt>{escape(name)}:</dt><dd>{_turn(before, after, new=row.action in NEW)}</dd></div>"
        for name, before, after in told
    )
    names = ", ".join(name for name, _, _ in told[:3]) + (f" и ещё {len(told) - 3}" if len(told) > 3 else "")  # noqa: PLR2004 - three names fit
    return f'<td><details><summary>{escape(names)}</summary><dl class="diff">{parts}</dl></details></td>'


def _turn(before: str, after: str, *, new: bool) -> str:
    """Of a new record there is no «before» to show."""
    return f"<ins>{escape(after)}</ins>" if new else f"<del>{escape(before)}</del> → <ins>{escape(after)}</ins>"


def _unit_cell(value: str | None, row: Any) -> str:
    del row
    return f"<td>{escape(value)}</td>" if value else '<td class="quiet">–</td>'


LISTING = Listing(
    model=AuditEvent,
    columns=(
        ListColumn("at", "Когда", AuditEvent.at, moment_cell),
        ListColumn("actor_name", "Кто", AuditEvent.actor_name, _who_cell),
        ListColumn("record_type", "Запись", AuditEvent.record_type, _record_cell),
        ListColumn("unit", "Организация", UNIT_NAME, _unit_cell),
        ListColumn("action", "Действие", AuditEvent.action, _action_cell),
        ListColumn("changes", "Что изменилось", AuditEvent.changes, _changes_cell),
        ListColumn("actor_unit_name", "", AuditEvent.actor_unit_name, hidden=True),
        ListColumn("record_id", "", AuditEvent.record_id, hidden=True),
        ListColumn("record_label", "", AuditEvent.record_label, hidden=True),
        ListColumn("note", "", AuditEvent.note, hidden=True),
    ),
    filters=(
        ListFilter(
            "record_type",
            "Запись",
            lambda value: AuditEvent.record_type == value,
            options=lambda: [Option(key, word) for key, word in RECORDS.items()],
        ),
        ListFilter(
            "action",
            "Действие",
            lambda value: AuditEvent.action == value,
            options=lambda: [Option(key, word) for key, word in all_actions()],
        ),
        ListFilter("person", "Кто", lambda value: AuditEvent.actor_user_id == value, number, _people),
        ListFilter("since", "С дня", lambda day: AuditEvent.at >= _midnight(day), _day, kind="date"),
        ListFilter("until", "По день", lambda day: AuditEvent.at < _midnight(day + timedelta(1)), _day, kind="date"),
        ListFilter("record", "Номер записи", lambda value: AuditEvent.record_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
)


class AuditEventView(RecordView):
    model_class = AuditEvent
    read = Permission.AUDIT_READ
    listing = LISTING
    sheet = SHEET
    title = "Журнал"
    lead = "Кто, когда и что изменил. Записи журнала не меняются и не удаляются."
    empty: ClassVar[tuple[str, str]] = ("Журнал пуст", "Здесь появится каждое изменение в вашей части дерева.")

    @classmethod
    def address(cls) -> str:
        return "/journal"

    def sheet_row(self, row: Any) -> Sequence[object]:
        told = told_changes(row.record_type, row.changes or {}, current_actor().time_zone)
        word = record_word(row.record_type)
        return (
            row.at,
            row.actor_name,
            row.actor_unit_name,
            f"{word} «{row.record_label}»" if row.record_label else f"{word} № {row.record_id}",
            action_word(row.record_type, row.action),
            row.note,
            "\n".join(f"{name}: {before} → {after}" for name, before, after in told),
        )
