"""What a workbook would do, judged by reading only: the plans behind its rows, and what the page says of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.documents.result_store import ResultStore
from app.excel.incoming import Incoming, incoming
from app.excel.reader import read_table
from app.excel.sheet import PAST_STATE
from app.excel.table import Table, WorkbookRefused
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import bulk_import, personal_workbook
from app.services.bulk_import import Tell, silent
from app.services.importers import importer_of
from app.services.row_verdict import Planned, RowVerdict, VerdictKind, counted

# A unit's own workbook is merged at once: it holds what was given out and no more.
LONGEST_PERSONAL = 4 * 1024 * 1024
EMPTIES, MERGE = "clear_empty", "merge"


@dataclass(frozen=True, slots=True)
class Means:
    """What judging needs besides the file: the store, the day and the moment, the key of seals (none in a job)."""

    store: ResultStore
    today: date
    now: datetime
    seal_key: bytes = b""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the file would do. `notes` are sentences about the file as a whole."""

    plans: Sequence[Planned]
    verdicts: Sequence[RowVerdict]
    notes: Sequence[str]
    # As the spreadsheet numbers it; 0 where it need not be told.
    heading_row: int = 0

    def counts(self, verdicts: Sequence[RowVerdict] | None = None) -> dict[str, Any]:
        """What the page shows of the file as a whole."""
        found = self.verdicts if verdicts is None else verdicts
        doubtful = sum(one.kind is VerdictKind.CREATED and bool(one.sentences) for one in found)
        return {**counted(found), "doubtful": doubtful, "notes": list(self.notes), "heading_row": self.heading_row}


def judge(
    session: GuardedSession,
    actor: Actor,
    register: str,
    content: bytes,
    file_name: str,
    *,
    means: Means,
    choices: Mapping[str, Any],
    tell: Tell = silent,
) -> Judgement:
    """Reads only. Raises Invalid at `file` for a file that cannot be taken, NotPermitted."""
    actor.require(Permission.WORKBOOK_IMPORT)
    if register == personal_workbook.REGISTER:
        return _merged(session, actor, content, means=means, choices=choices, tell=tell)
    importer = importer_of(register)
    try:
        table = read_table(content, file_name, importer.sheet.name)
        brought = incoming(importer.sheet, table)
    except WorkbookRefused as refusal:
        raise Invalid(str(refusal), field="file") from refusal
    if not brought.rows:
        raise Invalid("Под заголовками нет ни одной строки: заполните таблицу.", field="file")
    plans = bulk_import.plan(
        session, actor, importer, brought, today=means.today, clear_empty=bool(choices.get(EMPTIES)), tell=tell
    )
    notes = [*_of_the_past(table, brought.heading_row), *_notes(brought)]
    return Judgement(plans, bulk_import.verdicts_of(plans), notes, brought.heading_row)


def _merged(
    session: GuardedSession, actor: Actor, content: bytes, *, means: Means, choices: Mapping[str, Any], tell: Tell
) -> Judgement:
    if len(content) > LONGEST_PERSONAL:
        raise Invalid("Файл больше любой выданной книги: верните ту, что скачали.", field="file")
    plans, notes = personal_workbook.judge(
        session,
        actor,
        content,
        key=means.seal_key,
        today=means.today,
        now=means.now,
        choices=choices.get(MERGE, {}),
        tell=tell,
    )
    return Judgement(plans, bulk_import.verdicts_of(plans), notes)


def _of_the_past(table: Table, heading_row: int) -> list[str]:
    """Our own export of a past day says so above its headings: loaded, it would turn the present back."""
    above = (cell for row in table.rows[: heading_row - 1] for cell in row if isinstance(cell, str))
    if any(cell.startswith(PAST_STATE) for cell in above):
        return ["Это выгрузка на прошедший день: запись вернёт карточки к тому, какими они были тогда."]
    return []


def _notes(brought: Incoming) -> list[str]:
    notes = []
    if brought.unknown:
        notes.append(f"Незнакомые столбцы не читаются: {', '.join(brought.unknown)}.")
    if brought.ignored:
        notes.append(f"Эти столбцы загрузка не меняет, что бы в них ни стояло: {', '.join(brought.ignored)}.")
    if brought.examples:
        notes.append("Строка-пример из шаблона пропущена.")
    return notes
