"""What a teacher downloads from a course of Moodle: the report known by its headings, its people and results."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from app.excel.cell_reading import as_text, read_cell
from app.excel.cell_text import cleaned
from app.excel.csv_text import DAMAGED_UTF_8, unfolded
from app.excel.moodle_columns import ExportColumns, ExportKind, columns_of
from app.excel.moodle_words import Progress, progress_of
from app.excel.reader import read_table
from app.excel.sheet import Column, ColumnKind
from app.excel.table import Budget, CellInput, Table, WorkbookRefused

# Two columns for each activity of a large course, four for each grade.
MOST_COLUMNS: Final = 2_000
MOST_PEOPLE: Final = 2_000
LONGEST: Final = 200

_HOW: Final = "В Moodle скачайте отчёт как «CSV» или «Excel» и загрузите его."
_HINTS: Final = (
    (
        (b"[", b"{"),
        (
            "Это файл JSON. Moodle портит в нём русские заголовки, и данные в нём уже потеряны. Скачайте тот же отчёт "
            "как «Таблица CSV» или «Microsoft Excel» и загрузите его."
        ),
    ),
    ((b"<!doctype html", b"<html"), f"Это веб-страница (HTML), а не таблица. {_HOW}"),
    (
        (b"<results",),
        (
            "Это выгрузка оценок в XML: в ней нет ни имён, ни итоговой оценки. В Moodle откройте «Оценки», «Экспорт», "
            "«Текстовый файл» или «Электронная таблица Excel», скачайте и загрузите этот файл."
        ),
    ),
    ((b"%pdf-",), f"Это документ PDF, а не таблица. {_HOW}"),
)
_GARBLED: Final = (
    "Русские буквы в файле испорчены: скорее всего, его открыли в Excel и сохранили. Скачайте отчёт в Moodle ещё раз "
    "и загрузите, не открывая."
)
_LEAST_GARBLED: Final = 2
# «Р» and «С» are the first halves of Russian letters, these signs are second ones that stand in no Russian word.
_HALVES: Final = re.compile("[РС][ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЄЇІіґєјЅѕї°±µ¶¤¦†‡‰‹›™©®]")
_MOMENT: Final = "moment"
_DASHES: Final = frozenset({"-", "–", "—", "−"})
_ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;:\\]+@[^\s@<>\"'(),;:\\]+")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A person of a report; `number` as the spreadsheet counts.

    `idnumber` may be a СНИЛС as well: so some sites keep it. `completed_on` is the day by the clocks of whoever
    downloaded the file. `grade` is the course total in points, `percent` in per cent, as people write numbers («82,5»),
    a word where it is graded in words; empty where none. `problems` are whole sentences without the number of the row.
    """

    number: int
    full_name: str = ""
    last_name: str = ""
    first_name: str = ""
    account: str = ""
    email: str = ""
    idnumber: str = ""
    snils: str = field(default="", repr=False)
    institution: str = ""
    position: str = ""
    groups: str = ""
    completed_on: date | None = None
    done: int = 0
    failed: int = 0
    last_done_on: date | None = None
    grade: str = ""
    percent: str = ""
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.full_name or " ".join(part for part in (self.last_name, self.first_name) if part)


@dataclass(frozen=True, slots=True)
class MoodleExport:
    """`activities`: how many the report counts. `completed_by`, `graded_by`: headings that were taken for the course.

    `in_points`: grades are not per cent. `skipped`: numbers of rows without anybody.
    """

    kind: ExportKind
    file_name: str
    rows: tuple[ExportRow, ...]
    activities: int = 0
    completed_by: str = ""
    graded_by: str = ""
    in_points: bool = False
    skipped: tuple[int, ...] = field(default=())


def read_export(content: bytes, file_name: str) -> MoodleExport:
    """Raises WorkbookRefused with what to download instead, for a file that is none of these reports."""
    opening = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    try:
        table = read_table(content, file_name, columns=MOST_COLUMNS)
    except WorkbookRefused as refusal:
        hint = next((told for starts, told in _HINTS if opening.startswith(starts)), "")
        raise WorkbookRefused(hint or _with_way_out(str(refusal), content)) from refusal
    table, place, columns = _known(table)
    rows: list[ExportRow] = []
    skipped: list[int] = []
    for number, cells in enumerate(table.rows[place + 1 :], place + 2):
        if not any(cleaned(cell) if isinstance(cell, str) else cell is not None for cell in cells):
            continue
        row = _read(columns, number, cells, table)
        if row.name or row.email or row.idnumber:
            rows.append(row)
        else:
            skipped.append(number)
        if len(rows) > MOST_PEOPLE:
            raise WorkbookRefused(f"В файле больше {MOST_PEOPLE} человек. Скачайте отчёт по одной группе курса.")
    if not rows:
        raise WorkbookRefused(
            f"Это отчёт «{columns.kind.label}», но людей в нём нет. Проверьте, что в Moodle выбраны все участники."
        )
    return MoodleExport(
        columns.kind,
        file_name,
        tuple(rows),
        activities=len(columns.activities),
        completed_by=columns.completed_by,
        graded_by=columns.graded_by,
        in_points=any(row.grade and not row.percent for row in rows),
        skipped=tuple(skipped),
    )


def _known(table: Table) -> tuple[Table, int, ExportColumns]:
    """The table with its headings and columns; unfolded where a person has opened and saved it in Excel."""
    if any(_is_garbled(cell) for row in table.rows[:1] for cell in row):
        raise WorkbookRefused(_GARBLED)
    try:
        return (table, *columns_of(table.rows))
    except WorkbookRefused:
        opened = unfolded(table, Budget(MOST_COLUMNS))
        if opened is not None:
            with suppress(WorkbookRefused):
                return (opened, *columns_of(opened.rows))
        raise


def _is_garbled(cell: CellInput) -> bool:
    """Whether UTF-8 was taken for Windows-1251."""
    return isinstance(cell, str) and len(_HALVES.findall(cell)) >= _LEAST_GARBLED


def _with_way_out(sentence: str, content: bytes) -> str:
    """What to do about a broken .ods (Moodle writes one where a name begins with «=») and about lost letters."""
    if content.startswith(b"PK") and b"opendocument" in content[:200]:
        return "Файл .ods повреждён: так Moodle записывает имена, которые начинаются со знака «=». " + _HOW
    return _GARBLED if sentence == DAMAGED_UTF_8 else sentence


def _read(columns: ExportColumns, number: int, cells: Sequence[CellInput], table: Table) -> ExportRow:
    problems: list[str] = []

    def cell(place: int | None) -> CellInput:
        return cells[place] if place is not None and place < len(cells) else None

    def text(key: str) -> str:
        place = columns.person.get(key)
        if place is not None and (number - 1, place) in table.faults:
            problems.append(f"В столбце «{columns.titles[place]}» {table.faults[number - 1, place]}.")
        return _text(cell(place), problems)

    last, first, middle = text("last_name"), text("first_name"), text("middle_name")
    states = [progress_of(_text(cell(place), problems)) for place, _ in columns.activities]
    days = [_day(columns.titles[day], cell(day), []) for _, day in columns.activities if day is not None]
    graded = {kind: _grade(cell(place)) for kind, place in columns.total.items()}
    email = text("email").casefold()
    return ExportRow(
        number,
        full_name=text("full_name"),
        last_name=last,
        first_name=" ".join(part for part in (first, middle) if part),
        account=text("account"),
        email=email if _ADDRESS.fullmatch(email) else "",
        idnumber=_unless_dash(text("idnumber")),
        snils=_unless_dash(text("snils")),
        institution=text("institution"),
        position=text("position"),
        groups=text("groups"),
        completed_on=_completed(columns, cell, problems),
        done=states.count(Progress.DONE),
        failed=states.count(Progress.FAILED),
        last_done_on=max((day for day in days if day is not None), default=None),
        grade=graded.get("real", "") or graded.get("letter", ""),
        percent=graded.get("percent", ""),
        problems=tuple(problems),
    )


def _completed(columns: ExportColumns, cell: Callable[[int | None], CellInput], problems: list[str]) -> date | None:
    place = columns.completed
    return None if place is None else _day(columns.titles[place], cell(place), problems)


def _day(title: str, cell: CellInput, problems: list[str]) -> date | None:
    """The day of a moment; a problem where there is something that is no day."""
    if isinstance(cell, str) and cleaned(cell) in _DASHES:
        return None
    value, problem = read_cell(Column(_MOMENT, title, ColumnKind.DATETIME), cell)
    if problem:
        problems.append(problem)
    return value.date() if isinstance(value, datetime) else None


def _text(cell: CellInput, problems: list[str]) -> str:
    """In one line and no longer than what is kept of it."""
    try:
        found = " ".join(cleaned(as_text(cell)).split())
    except ValueError as error:
        problems.append(f"В ячейке {error}.")
        return ""
    return found[:LONGEST].rstrip()


def _unless_dash(text: str) -> str:
    return "" if text in _DASHES else text


def _grade(cell: CellInput) -> str:
    """«164.00» as «164», «82.50 %» as «82,5»; a word as it stands."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(str(cell))
    text = _text(cell, [])
    return _unless_dash(_number(text.removesuffix("%").strip()) or text)


def _number(text: str) -> str:
    """As people write it; empty for what is no number."""
    try:
        found = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return ""
    if not found.is_finite() or abs(found) >= Decimal(10) ** 9:
        return ""
    return f"{found.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".").replace(".", ",")
