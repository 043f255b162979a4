"""The person's own file given back with a column that says what to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import PurePath
from typing import Final

from app.excel.content_kind import ContentKind, content_kind
from app.excel.heading_match import MARK_TITLE, is_mark
from app.excel.look import HEAD, Look
from app.excel.marked_csv import marked_csv
from app.excel.marked_xlsx import marked_xlsx
from app.excel.package import Package
from app.excel.page import Page, opened
from app.excel.reader import read_table
from app.excel.sheet import ColumnKind, Heading
from app.excel.table import Budget, CellInput, Table
from app.excel.xlsx_cells import read_xlsx

_ENDING: Final = " (что исправить)"
_HEADING_ROWS: Final = 200
_WIDTH: Final = 18.0
_MARK_WIDTH: Final = 60.0
_CELL: Final = Look(size=10, number_format="General")
_MARK: Final = Look(size=10, wrap=True)
# The moment a workbook says it was made at; this house reads the clock elsewhere.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)


def marked_copy(
    content: bytes, file_name: str, sentences: Mapping[int, str], *, heading_row: int = 0, prefer: str = ""
) -> tuple[bytes, str]:
    """The file with the sentences in a last column of the rows so numbered, and its new name.

    An .xlsx keeps every other part and cell byte for byte, a text its encoding, separator and other fields; .xls and
    .ods come back as a plain .xlsx of their values. A column from the last time is replaced. Its heading goes to
    `heading_row` (`Incoming.heading_row`; guessed where 0). `prefer`, and WorkbookRefused, as in `read_table`.
    """
    kind = content_kind(content)
    stem = PurePath(file_name.replace("\\", "/")).stem.removesuffix(_ENDING) or "Таблица"
    name = f"{stem}{_ENDING}"
    if kind is ContentKind.TEXT:
        table = read_table(content, file_name)
        heading_row = heading_row or _guessed(table, sentences)
        return marked_csv(content, table, sentences, heading_row), f"{name}{PurePath(file_name).suffix or '.csv'}"
    if kind is ContentKind.XLSX:
        budget = Budget()
        package = Package(content, budget)
        filled = read_xlsx(package, budget, prefer)
        heading_row = heading_row or _guessed(filled.table, sentences)
        return marked_xlsx(package, filled, sentences, heading_row), f"{name}.xlsx"
    table = read_table(content, file_name)
    return _rewritten(table, sentences, heading_row or _guessed(table, sentences)), f"{name}.xlsx"


def _guessed(table: Table, sentences: Mapping[int, str]) -> int:
    """The first of the fullest rows above the rows in question."""
    most = min(_HEADING_ROWS, *(number - 1 for number in sentences)) if sentences else _HEADING_ROWS
    filled = [sum(cell is not None for cell in row) for row in table.rows[: max(1, most)]]
    return filled.index(max(filled)) + 1 if filled else 1


def _rewritten(table: Table, sentences: Mapping[int, str], heading_row: int) -> bytes:
    heading = table.rows[heading_row - 1] if heading_row <= len(table.rows) else []
    old = next((place for place, cell in enumerate(heading) if is_mark(cell)), None)
    rows = [[cell for place, cell in enumerate(row) if place != old] for row in table.rows]
    target = BytesIO()
    with opened(target, table.sheet_name, Heading((), _MADE, "", "")) as book:
        page = book.page(table.sheet_name, [_WIDTH] * max(map(len, rows)) + [_MARK_WIDTH])
        _write_rows(page, rows, {**sentences, heading_row: MARK_TITLE}, heading_row)
    return target.getvalue()


def _write_rows(page: Page, rows: Sequence[Sequence[CellInput]], marks: Mapping[int, str], heading_row: int) -> None:
    for row, cells in enumerate(rows):
        is_heading = row + 1 == heading_row
        for place, cell in enumerate(cells):
            if cell is not None:
                page.put(row, place, cell, HEAD if is_heading else _CELL, _kind(cell))
        if row + 1 in marks:
            page.put(row, page.columns - 1, marks[row + 1], HEAD if is_heading else _MARK)


def _kind(cell: CellInput) -> ColumnKind:
    match cell:
        case bool():
            return ColumnKind.BOOLEAN
        case datetime():
            return ColumnKind.DATETIME
        case date():
            return ColumnKind.DATE
        case int() | float():
            return ColumnKind.NUMBER
        case _:
            return ColumnKind.TEXT
