"""A unit's workbook there and back: given out sealed, merged on its return cell by cell with what stands by then.

The seal is an HMAC over all that was given out: for which unit, when, which records in which versions with which
values. A file of another unit, or one whose service sheet was touched, is refused before anything of it is used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, BinaryIO

from app.analysis.three_way import Merged, Side, merged
from app.excel.cell_text import cleaned
from app.excel.incoming import IncomingRow, incoming
from app.excel.personal_workbook import PersonalPart, read_personal, write_personal
from app.excel.sheet import Heading
from app.excel.table import WorkbookRefused
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, Refusal
from app.services import assessment_workbook, assignment_workbook, audit, clock, measure_workbook
from app.services.bulk_import import Tell, silent
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind, wrong
from app.services.unit_workbook import Merge, UnitPart, UnitRow

REGISTER = "personal"
FORMAT = 1
# Sheets that slices put into the workbook, in the order of its tabs.
PARTS: tuple[UnitPart, ...] = (assignment_workbook.PART, assessment_workbook.PART, measure_workbook.PART)
_BROKEN = "Служебный лист книги повреждён или изменён: скачайте книгу заново и перенесите в неё свои записи."
_FOREIGN = "Эта книга выдана другой организации: вернуть её может только она."

Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Issued:
    """What the seal proves was given out."""

    issued_at: datetime
    # Word of the part → key of the row → (version, values).
    rows: Mapping[str, Mapping[str, tuple[int, Mapping[str, str]]]]


def key_of(secret: str) -> bytes:
    """The seal's own key: what signs sessions signs nothing else."""
    return hashlib.sha256(b"personal workbook\0" + secret.encode()).digest()


def parts_for(actor: Actor) -> list[UnitPart]:
    return [part for part in PARTS if actor.unit_id is not None and actor.may(part.permission)]


def issue(
    session: GuardedSession, actor: Actor, target: BinaryIO, heading: Heading, *, key: bytes, now: datetime
) -> int:
    """Write the workbook of the actor's unit; returns the number of rows. Raises NotPermitted."""
    parts = parts_for(actor)
    if not parts:
        actor.require(Permission.ASSIGNMENT_REPORT)
    today = clock.local(now, actor.time_zone).date()
    found = [(part, part.rows(session, actor, today)) for part in parts]
    # A sheet without rows only puzzles; a book needs one.
    given = [(part, rows) for part, rows in found if rows] or found[:1]
    told = {part.word: {row.key: [row.version, dict(row.fields)] for row in rows} for part, rows in given}
    sealed = _packed({"format": FORMAT, "unit": actor.unit_id, "at": now.isoformat(), "rows": told})
    sheets = [_sheet(part, rows) for part, rows in given]
    write_personal(target, "Рабочая книга организации", heading, sheets, sealed=sealed, seal=_seal(key, sealed))
    return sum(len(rows) for _, rows in given)


def _sheet(part: UnitPart, rows: Sequence[UnitRow]) -> PersonalPart:
    return PersonalPart(
        part.sheet,
        [part.cells(row) for row in rows],
        part.choices,
        {(place, key): takes for place, row in enumerate(rows) for key, takes in row.takes.items()},
        frozenset((place, key) for place, row in enumerate(rows) for key in row.locked),
        part.lead,
    )


def record_issue(session: GuardedSession, actor: Actor, rows: int) -> None:
    audit.record_list_export(session, REGISTER, "Рабочая книга", rows=rows, narrowed=actor.unit_name)


def judge(
    session: GuardedSession,
    actor: Actor,
    content: bytes,
    *,
    key: bytes,
    today: date,
    now: datetime,
    choices: Choices,
    tell: Tell = silent,
) -> tuple[list[Planned], list[str]]:
    """What each row of the file would do, and sentences about the file. Only reads.

    Raises Invalid at `file` for a file that was not given out to this unit or whose seal is broken.
    """
    parts = parts_for(actor)
    if not parts:
        actor.require(Permission.ASSIGNMENT_REPORT)
    try:
        tables, sealed, seal = read_personal(content, [part.sheet.name for part in parts])
        issued = _proved(actor, sealed, seal, key)
        brought = {
            part.word: incoming(part.sheet, tables[part.sheet.name]) for part in parts if part.sheet.name in tables
        }
    except WorkbookRefused as refusal:
        raise Invalid(str(refusal), field="file") from refusal
    plans = []
    with session.no_autoflush:
        for part in parts:
            if part.word not in brought:
                continue
            merge = part.merge(session, actor, today=today, now=now)
            taking = _Taking(part, merge, issued.rows.get(part.word, {}), choices)
            rows = brought[part.word].rows
            for number, row in enumerate(rows, start=1):
                plan = taking.judged(row)
                plan.verdict = replace(plan.verdict, sheet=part.sheet.name)
                plans.append(plan)
                tell(number, len(rows))
    return plans, [f"Книга выдана {clock.local(issued.issued_at, actor.time_zone):%d.%m.%Y %H:%M}."]


@dataclass(slots=True)
class _Taking:
    """One sheet of the book on its way back."""

    part: UnitPart
    merge: Merge
    given: Mapping[str, tuple[int, Mapping[str, str]]]
    choices: Choices
    seen: set[str] = field(default_factory=set)

    def judged(self, row: IncomingRow) -> Planned:
        key = str(row.values.get("row_key") or "").strip()
        if key not in self.given:
            return wrong(row.number, "", {"": "Такой строки в книге не было: новые строки не загружаются."})
        if key in self.seen:
            return wrong(row.number, self._label(key), {"": "Строка повторена: оставьте одну из них."})
        self.seen.add(key)
        if row.problems:
            return wrong(row.number, self._label(key), row.problems)
        base = {name: _text(value) for name, value in self.given[key][1].items()}
        file = {
            name: text
            if (text := _text(row.values[name])) == base.get(name, "")
            else self.merge.written(key, name, text)
            for name in self.part.fields
            if name in row.values
        }
        there = self.merge.present(key)
        if there is None:
            if all(value == base.get(name, "") for name, value in file.items()):
                return Planned(RowVerdict(row.number, VerdictKind.SAME, self._label(key)))
            return wrong(row.number, self._label(key), {"": self.merge.gone(key)})
        present = {name: _text(value) for name, value in there.fields.items()}
        chosen = {name: Side(side) for name, side in self.choices.get(str(row.number), {}).items()}
        found = merged(base, file, present, chosen)
        changes = tuple(
            Change(name, self.part.sheet.column(name).title, present[name], file[name], base.get(name, ""))
            for name in self.part.fields
            if name in found.own or name in found.conflicts
        )
        return self._planned(RowVerdict(row.number, VerdictKind.CHANGED, there.label, changes), key, found)

    def _label(self, key: str) -> str:
        there = self.merge.present(key)
        return there.label if there is not None else ""

    def _planned(self, verdict: RowVerdict, key: str, found: Merged) -> Planned:
        if found.conflicts:
            return Planned(replace(verdict, kind=VerdictKind.CONFLICT))
        if not found.own:
            return Planned(replace(verdict, kind=VerdictKind.SAME))
        try:
            return Planned(verdict, self.merge.act(key, found.values, found.own))
        except Refusal as refusal:
            told = {refusal.field or "": refusal.sentence}
            return Planned(replace(verdict, kind=VerdictKind.WRONG, sentences=told))


def _text(value: object) -> str:
    """A cell as it is compared: outer blanks and what nobody sees are the spreadsheet's, not the person's."""
    return "" if value is None else cleaned(str(value))


def _packed(told: Mapping[str, Any]) -> str:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _seal(key: bytes, sealed: str) -> str:
    return hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()


def _proved(actor: Actor, sealed: str, seal: str, key: bytes) -> Issued:
    """Nothing of the sealed text is unpacked before the seal is proved."""
    if not hmac.compare_digest(_seal(key, sealed).encode(), seal.encode()):
        raise Invalid(_BROKEN, field="file")
    told = json.loads(zlib.decompress(base64.b64decode(sealed)))
    if told["unit"] != actor.unit_id:
        raise Invalid(_FOREIGN, field="file")
    if told["format"] != FORMAT:
        raise Invalid("Книга выдана прежней версией системы: скачайте её заново.", field="file")
    rows: dict[str, dict[str, tuple[int, Mapping[str, str]]]] = {
        word: {key: (one[0], one[1]) for key, one in given.items()} for word, given in told["rows"].items()
    }
    return Issued(datetime.fromisoformat(told["at"]), rows)
