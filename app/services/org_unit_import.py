"""Units from a list (.csv, .xlsx): first judged as a whole, then made as a whole or not at all.

A row is known again by its code, or else by what it stands under and its name: a second load of the same file changes
nothing. Names and places have a history, so the load does not change them: those are acts of a person.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.plain_text import decoded
from app.excel.reader import MAX_BYTES, MAX_ROWS, CellText, rows_of
from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.refusal import Invalid, Refusal
from app.services import org_unit
from app.services.org_unit_details import UnitDetails

HEADINGS = {
    "kind": ("вид",),
    "name": ("наименование", "полное наименование", "название"),
    "short_name": ("краткое", "краткое наименование"),
    "code": ("код", "октмо"),
    "parent": ("муниципалитет", "родитель", "муниципалитет/родитель"),
    "site": ("сайт",),
    "email": ("почта", "эл. почта", "e-mail"),
    "opened_on": ("действует с", "открыта"),
}
KINDS = {
    UnitKind.MUNICIPALITY: ("муниципалитет", "муниципальное образование", "мо", "моуо", "municipality"),
    UnitKind.SCHOOL: ("школа", "оо", "общеобразовательная организация", "филиал", "school"),
    UnitKind.PROVIDER: ("организация дпо", "институт", "дпо", "provider"),
}
ORDER = (UnitKind.MUNICIPALITY, UnitKind.PROVIDER, UnitKind.SCHOOL)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` as the spreadsheet numbers it: the headings stand in the first filled row."""

    row: int
    sentence: str


@dataclass(slots=True)
class Outcome:
    made: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    kind: UnitKind
    parent: str
    details: UnitDetails


def table_of(content: bytes, file_name: str) -> list[list[CellText]]:
    """The cells of an .xlsx, or of a .csv with «;», «,» or tabs in UTF-8 or Windows-1251.

    Raises ValueError with a Russian sentence (DocumentRefused, WorkbookRefused are such).
    """
    if content.startswith(b"PK") or file_name.lower().endswith(".xlsx"):
        return rows_of(content)
    if len(content) > MAX_BYTES:
        raise ValueError("Файл слишком большой для списка организаций.")
    text = decoded(content)
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        rows: list[list[CellText]] = [
            [cell.strip() for cell in row] for row in csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise ValueError(
            "Файл .csv прочитать не удалось: сохраните его заново как «CSV (разделители — точка с запятой)»."
        ) from error
    if len(rows) > MAX_ROWS:
        raise ValueError(f"В файле больше {MAX_ROWS} строк.")
    return rows


def import_units(session: Session, actor: Actor, region: OrgUnit, table: Sequence[Sequence[CellText]]) -> Outcome:
    """Makes what is new and fills in what was empty; with any problem the caller must roll back, nothing stays.

    Raises Invalid where the headings are missing.
    """
    outcome = Outcome()
    rows = sorted(_rows(table, outcome), key=lambda row: ORDER.index(row.kind))
    known = _Known(session, region)
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        identity = ("code", row.details.code) if row.details.code else (folded(row.parent), folded(row.details.name))
        if identity in seen:
            outcome.problems.append(Problem(row.number, f"Повторяет строку {seen[identity]}."))
            continue
        seen[identity] = row.number
        try:
            _put(session, actor, known, row, outcome)
        except Refusal as refusal:
            outcome.problems.append(Problem(row.number, refusal.sentence))
    outcome.problems.sort(key=lambda problem: problem.row)
    return outcome


class _Known:
    """The acting units of the region by code, and by name for those that may be a parent."""

    def __init__(self, session: Session, region: OrgUnit) -> None:
        self.region = region
        self.by_code: dict[str, OrgUnit] = {}
        self.by_name: dict[tuple[int | None, str], OrgUnit] = {}
        self.parents: dict[str, list[OrgUnit]] = {}
        for unit in session.scalars(
            select(OrgUnit).where(OrgUnit.region_id == region.id, OrgUnit.closed_on.is_(None)).order_by(OrgUnit.id)
        ):
            self.add(unit)

    def add(self, unit: OrgUnit) -> None:
        if unit.code:
            self.by_code[unit.code] = unit
        self.by_name[unit.parent_id, folded(unit.name)] = unit
        if unit.kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
            for word in {unit.code, folded(unit.name), folded(unit.short_name)} - {""}:
                self.parents.setdefault(word, []).append(unit)

    def parent(self, written: str) -> OrgUnit:
        if not written:
            return self.region
        found = self.parents.get(written) or self.parents.get(folded(written)) or []
        if not found:
            raise Invalid(f"Нет муниципалитета «{written}»: проверьте наименование или код.")
        if len(found) > 1:
            raise Invalid(f"Под «{written}» подходит несколько муниципалитетов: укажите код.")
        return found[0]


def _put(session: Session, actor: Actor, known: _Known, row: _Row, outcome: Outcome) -> None:
    parent = known.parent(row.parent)
    there = known.by_code.get(row.details.code) if row.details.code else None
    there = there or known.by_name.get((parent.id, folded(row.details.name)))
    if there is None:
        made = org_unit.create(
            session,
            actor,
            kind=row.kind,
            parent=parent,
            name=row.details.name,
            short_name=row.details.short_name,
            code=row.details.code,
            site=row.details.site,
            email=row.details.email,
            opened_on=row.details.opened_on,
        )
        known.add(made)
        outcome.made.append(made.name)
        return
    _check_same(there, parent, row)
    added = {
        key: getattr(row.details, key)
        for key in ("short_name", "code", "site", "email", "opened_on")
        if getattr(row.details, key) and not getattr(there, key)
    }
    if not added:
        outcome.known += 1
        return
    now = UnitDetails(
        there.name,
        there.short_name,
        there.code,
        there.site,
        there.email,
        there.time_zone,
        there.is_small,
        there.opened_on,
        there.head_school_id,
    )
    day = there.opened_on or row.details.opened_on or date.min
    org_unit.change(
        session, actor, there, version=there.version, details=replace(now, **added), renaming=None, today=day
    )
    known.add(there)
    outcome.completed.append(there.name)


def _check_same(there: OrgUnit, parent: OrgUnit, row: _Row) -> None:
    if there.kind is not row.kind:
        raise Invalid(f"Под этим кодом или именем уже есть другой вид: {there.kind.label}.")
    if folded(there.name) != folded(row.details.name):
        raise Invalid(
            f"Под кодом {row.details.code} есть «{there.name}». Если она переименована, "
            "измените наименование в её карточке: там указывают день и основание."
        )
    if row.details.code and there.code and there.code != row.details.code:
        raise Invalid(f"«{there.name}» уже есть с кодом {there.code}. Проверьте код.")
    if there.parent_id != parent.id:
        raise Invalid(f"«{there.name}» стоит под другой организацией. Перевод делается в её карточке.")


def _rows(table: Sequence[Sequence[CellText]], outcome: Outcome) -> Iterator[_Row]:
    start = next((number for number, cells in enumerate(table) if any(cells)), None)
    if start is None:
        raise Invalid("Файл пуст: нужна таблица с заголовками «вид», «наименование».")
    places = _places(table[start])
    for number, cells in enumerate(table[start + 1 :], start + 2):
        if not any(cells):
            continue
        values = {key: cells[place] if place < len(cells) else "" for key, place in places.items()}
        try:
            yield _row(number, values)
        except Invalid as refusal:
            outcome.problems.append(Problem(number, refusal.sentence))


def _places(headings: Sequence[CellText]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        word = folded(str(heading)).removesuffix(":").replace(" / ", "/")
        key = next((key for key, words in HEADINGS.items() if word in words), None)
        if key is not None and key in places:
            raise Invalid(f"Столбец «{heading}» стоит дважды: оставьте один.")
        if key is not None:
            places[key] = place
    missing = [HEADINGS[key][0] for key in ("kind", "name") if key not in places]
    if missing:
        raise Invalid(f"Нет столбца «{'», «'.join(missing)}». Заголовки стоят в первой строке.")
    return places


def _row(number: int, values: dict[str, CellText]) -> _Row:
    word = folded(str(values["kind"]))
    kind = next((kind for kind, words in KINDS.items() if word in words or word == folded(kind.label)), None)
    if kind is None:
        raise Invalid(f"Вид «{values['kind']}» не понят: муниципалитет, школа или организация ДПО.")
    name, short_name, code, site, email = (
        str(values.get(key, "")) for key in ("name", "short_name", "code", "site", "email")
    )
    details = UnitDetails(name, short_name, code, site, email, opened_on=_day(values.get("opened_on", "")))
    return _Row(number, kind, str(values.get("parent", "")).strip(), details)


def _day(value: CellText) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not value:
        return None
    found = _DAY.fullmatch(value)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(value)
    except ValueError:
        raise Invalid(f"«{value}» — не день: напишите его как 01.09.2015.") from None
