"""Rows of a federal register's workbook set right, column by column, with all that was done to them.

Nothing is read from the database and nothing is kept: what comes in goes out as values or as a clean workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from app.analysis import personal_number
from app.excel.cell_cleaning import (
    Cleaned,
    Cleaning,
    clean_country,
    clean_day,
    clean_figure,
    clean_name,
    clean_text,
    clean_word,
    without_words,
)
from app.excel.document_register import (
    RegisterBook,
    RegisterColumn,
    RegisterRow,
    read_documents,
    register_shape,
    write_documents,
)
from app.excel.sheet import Column, Heading
from app.excel.table import CellInput, WorkbookRefused
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid

# One page shows every row of a dry run.
MOST_ROWS = 1000
SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class CleanRow:
    """`values` by key: codes of words, days, whole numbers, eleven digits, texts; nothing for an empty cell.

    `problems` are sentences by key, `gaps` the headings of columns that the register requires and that are empty.
    Its representation tells only its number: there are personal data in it.
    """

    number: int
    values: Mapping[str, object] = field(repr=False)
    done: Mapping[str, tuple[Cleaning, ...]]
    problems: Mapping[str, str] = field(repr=False)
    gaps: tuple[str, ...] = ()

    def text(self, key: str) -> str:
        return str(self.values.get(key) or "")

    def day(self, key: str) -> date | None:
        found = self.values.get(key)
        return found if isinstance(found, date) else None

    def figure(self, key: str) -> int | None:
        found = self.values.get(key)
        return found if isinstance(found, int) else None


@dataclass(frozen=True, slots=True)
class CleanedColumn:
    """One line of the report: what was done in a column, how often, in which rows (the first of them)."""

    title: str
    cleaning: Cleaning
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CleanBook:
    rows: tuple[CleanRow, ...]
    book: RegisterBook

    @property
    def report(self) -> tuple[CleanedColumn, ...]:
        """In the order of the columns; what stood in the cells is not told."""
        places: dict[tuple[str, Cleaning], list[int]] = {}
        for row in self.rows:
            for key, done in row.done.items():
                for cleaning in dict.fromkeys(done):
                    places.setdefault((key, cleaning), []).append(row.number)
        return tuple(
            CleanedColumn(column.title, cleaning, len(rows), tuple(rows[:SHOWN_ROWS]))
            for column in register_shape().columns
            for cleaning in Cleaning
            if (rows := places.get((column.key, cleaning)))
        )

    @property
    def cleaned_cells(self) -> int:
        return sum(len(row.done) for row in self.rows)

    @property
    def gaps(self) -> Mapping[str, int]:
        """Of the columns that the register requires: in how many rows each is empty."""
        return Counter(title for row in self.rows for title in row.gaps)


def clean_book(content: bytes, file_name: str) -> CleanBook:
    """Raises Invalid at `file` for what is no such workbook, or is too long for one page."""
    try:
        book = read_documents(content, file_name)
    except WorkbookRefused as refusal:
        raise Invalid(str(refusal), field="file") from refusal
    if not book.rows:
        raise Invalid("В книге есть заголовки, но нет ни одной строки.", field="file")
    if len(book.rows) > MOST_ROWS:
        raise Invalid(f"В книге больше {MOST_ROWS} строк: разделите её на части.", field="file")
    return CleanBook(tuple(clean_row(row) for row in book.rows), book)


def clean_row(row: RegisterRow) -> CleanRow:
    values: dict[str, object] = {}
    done: dict[str, tuple[Cleaning, ...]] = {}
    problems: dict[str, str] = {}
    gaps = []
    for column in register_shape().columns:
        if column.key in row.faults:
            problems[column.key] = f"В столбце «{column.title}» {row.faults[column.key]}."
            continue
        found = clean_cell(column, row.cells.get(column.key))
        if found.problem:
            problems[column.key] = found.problem
        elif found.value is not None:
            values[column.key] = found.value
        elif column.asked:
            problems[column.key] = f"Столбец «{column.title}» не заполнен. Заполните его."
        elif column.required:
            gaps.append(column.title)
        if found.done:
            done[column.key] = found.done
    return CleanRow(row.number, values, done, problems, tuple(gaps))


def clean_cell(column: RegisterColumn, cell: CellInput) -> Cleaned[str] | Cleaned[date] | Cleaned[int]:
    shown = Column(column.key, column.title)
    if column.kind == "word":
        return clean_word(shown, cell, column.words, column.spellings, is_personal=column.personal)
    if column.kind in {"year", "number"}:
        return clean_figure(shown, cell, is_year=column.kind == "year")
    if column.kind == "day":
        return clean_day(shown, cell, is_personal=column.personal)
    return _clean_words(column, shown, cell)


def _clean_words(column: RegisterColumn, shown: Column, cell: CellInput) -> Cleaned[str]:
    match column.kind:
        case "country":
            found = clean_country(shown, cell)
        case "snils":
            found = _clean_number(shown, cell)
        case "name":
            found = clean_name(shown, cell)
        case _:
            found = clean_text(shown, cell)
            if found.problem and column.personal:
                found = Cleaned(problem=f"В столбце «{column.title}» непонятное значение: введите его текстом.")
    return without_words(found, column.blank_words)


def write_clean(actor: Actor, cleaned: CleanBook, target: BinaryIO, heading: Heading) -> int:
    """The same rows in the register's own shape; what could not be understood is left empty. Raises NotPermitted."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    return write_documents(target, (cells_of(row.values) for row in cleaned.rows), heading)


def cells_of(values: Mapping[str, object]) -> dict[str, object]:
    """Values as the workbook holds them: words for codes, texts for figures, the number as people write it."""
    cells: dict[str, object] = {}
    for column in register_shape().columns:
        value = values.get(column.key)
        if value is None or value == "":
            continue
        if column.kind == "word":
            cells[column.key] = column.words.get(str(value), "")
        elif column.kind == "snils":
            cells[column.key] = personal_number.shown(str(value))
        else:
            cells[column.key] = value if column.kind == "day" else str(value)
    return cells


def _clean_number(column: Column, cell: CellInput) -> Cleaned[str]:
    digits = personal_number.digits_of(cell)
    if not digits:
        told = without_words(clean_text(column, cell), ("нет", "-", "–", "—"))
        if told.value is None and not told.problem:
            return Cleaned()
        return Cleaned(problem=f"В столбце «{column.title}» нет цифр: впишите номер или оставьте ячейку пустой.")
    wrong = personal_number.check(digits)
    if wrong is not None:
        return Cleaned(problem=wrong)
    return Cleaned(digits, () if cell == personal_number.shown(digits) else (Cleaning.DIGITS,))


def sentences_of(row: CleanRow, keys: Sequence[str]) -> dict[str, str]:
    """The problems of these columns only."""
    return {key: sentence for key, sentence in row.problems.items() if key in keys}
