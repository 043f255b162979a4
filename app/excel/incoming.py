"""Rows of a record out of a table from outside: headings recognised by name, cells typed by their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.excel.cell_reading import read_cell
from app.excel.cell_text import cleaned
from app.excel.heading_match import Headings, Matched, homoglyph_folded
from app.excel.page_form import column_letters
from app.excel.sheet import Column, ColumnRole, Sheet
from app.excel.table import CellInput, Table, WorkbookRefused

EXAMPLE_MARK: Final = "пример"

# Titles, a card of the organisation and remarks may stand above.
_HEADING_ROWS: Final = 200
_LEAST_NUMBERS: Final = 3
_SHOWN_UNKNOWN: Final = 100
_LONGEST_UNKNOWN: Final = 100


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One row of data: `number` as the spreadsheet counts.

    `values` has every loaded column of the file, None where the cell is empty; a cell that cannot be understood, or is
    empty in a required column, stands in `problems` instead, by the key of its column, with a whole Russian sentence.
    """

    number: int
    values: dict[str, CellInput]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incoming:
    """`columns` are positions from 0 by key; `heading_row` and `examples` are numbers as the spreadsheet counts.

    `unknown` are headings of no column of the sheet, `ignored` those of columns that only go out; `examples` are rows
    passed over because the word «пример» marks them.
    """

    columns: dict[str, int]
    unknown: list[str]
    ignored: list[str]
    rows: list[IncomingRow]
    heading_row: int = 1
    examples: list[int] = field(default_factory=list)


def incoming(sheet: Sheet, table: Table) -> Incoming:
    """The rows under the headings of `sheet`, found by name in any order.

    Blank rows, the heading row where it is repeated, a line that numbers the columns, and examples are passed over.
    Raises WorkbookRefused where the headings are missing, incomplete or doubled.
    """
    loaded = {column.key: column for column in sheet.columns if column.loaded}
    headings = Headings(sheet.columns)
    place, cells, matched = _heading(sheet, headings, table.rows)
    _check_doubled(sheet, matched, cells, loaded)
    columns = {key: matched.columns[key] for key in loaded if key in matched.columns}
    result = Incoming(
        columns,
        [_short(_text(cells[position])) for position in matched.others[:_SHOWN_UNKNOWN]],
        [sheet.column(key).title for key in matched.places if key not in loaded],
        [],
        place + 1,
    )
    readers = [(loaded[key], position) for key, position in columns.items()]
    for number, row in _data(table.rows, place, cells, matched):
        if _is_example(row, matched):
            if any(_filled(row, position) for position in columns.values()):
                result.examples.append(number)
            continue
        read = _read(number, row, readers, table)
        if read is not None:
            result.rows.append(read)
    return result


def _heading(
    sheet: Sheet, headings: Headings, rows: Sequence[Sequence[CellInput]]
) -> tuple[int, Sequence[CellInput], Matched]:
    """The row with the most headings, the first of several; two rows where merged headings fill both."""
    loaded = [column.key for column in sheet.columns if column.loaded]
    best: tuple[int, Sequence[CellInput], Matched] | None = None
    found = 0
    for place, cells in enumerate(rows[:_HEADING_ROWS]):
        matched = headings.match(cells)
        known = len(matched.places)
        if known > found and (known > 1 or len(loaded) == 1 or len(matched.others) == 0):
            best, found = (place, cells, matched), known
    if best is None:
        raise WorkbookRefused(f"В файле не нашлась строка с заголовками. Нужны столбцы: {_titles(_needed(sheet))}.")
    place, cells, _ = best
    for last, both in _with_neighbour(rows, place, cells):
        other = headings.match(both)
        if len(other.places) > len(best[2].places):
            best = last, both, other
    place, _, matched = best
    missing = [column for column in _needed(sheet) if column.key not in matched.places]
    if missing:
        words = "столбца" if len(missing) == 1 else "столбцов"
        raise WorkbookRefused(
            f"В строке заголовков ({place + 1}-й) нет {words} {_titles(missing)}. "
            "Добавьте то, чего не хватает, или возьмите заголовки из шаблона."
        )
    return best


def _with_neighbour(
    rows: Sequence[Sequence[CellInput]], place: int, cells: Sequence[CellInput]
) -> Iterator[tuple[int, list[CellInput]]]:
    """The row joined with the one above or below, as headings merged over two rows stand; the lower words win."""
    for upper, lower, last in (
        (rows[place - 1] if place else (), cells, place),
        (cells, rows[place + 1] if place + 1 < len(rows) else (), place + 1),
    ):
        width = max(len(upper), len(lower))
        yield (
            last,
            [
                _cell(lower, position) if _filled(lower, position) else _cell(upper, position)
                for position in range(width)
            ],
        )


def _needed(sheet: Sheet) -> list[Column]:
    """The required columns; an optional key, such as the municipality of a region's own school, may be left out."""
    required = [column for column in sheet.columns if column.loaded and column.required]
    return required or [column for column in sheet.columns if column.role is ColumnRole.KEY]


def _check_doubled(sheet: Sheet, matched: Matched, cells: Sequence[CellInput], loaded: dict[str, Column]) -> None:
    for key, places in matched.places.items():
        if key in loaded and len(places) > 1:
            where = " и ".join(f"{column_letters(place)} («{_text(cells[place])}»)" for place in places)
            raise WorkbookRefused(
                f"Столбец «{sheet.column(key).title}» стоит в файле дважды: {where}. Оставьте один из них."
            )


def _data(
    rows: Sequence[Sequence[CellInput]], place: int, heading: Sequence[CellInput], matched: Matched
) -> Iterator[tuple[int, Sequence[CellInput]]]:
    first, *_ = matched.columns.values()
    words = {position: _text(heading[position]) for position in matched.columns.values()}
    for number, cells in enumerate(rows[place + 1 :], place + 2):
        if not cells:
            continue
        if _text(_cell(cells, first)) == words[first] and all(
            _text(_cell(cells, position)) == word for position, word in words.items()
        ):
            continue
        if number == place + 2 and _numbers_columns(cells):
            continue
        yield number, cells


def _numbers_columns(cells: Sequence[CellInput]) -> bool:
    """Whether the row says 1, 2, 3 … under the headings, as official forms do."""
    filled = [_text(cell) for cell in cells if cell is not None]
    return len(filled) >= _LEAST_NUMBERS and filled == [str(number) for number in range(1, len(filled) + 1)]


def _is_example(cells: Sequence[CellInput], matched: Matched) -> bool:
    if matched.number is None:
        return False
    mark = _cell(cells, matched.number)
    return isinstance(mark, str) and homoglyph_folded(mark).strip(" .:*()") == _EXAMPLE


def _read(
    number: int, cells: Sequence[CellInput], readers: Sequence[tuple[Column, int]], table: Table
) -> IncomingRow | None:
    """None for a row without anything in the columns that are loaded."""
    values: dict[str, CellInput] = {}
    problems: dict[str, str] = {}
    for column, position in readers:
        fault = table.faults.get((number - 1, position)) if table.faults else None
        if fault:
            problems[column.key] = f"В столбце «{column.title}» {fault}."
            continue
        value, problem = read_cell(column, _cell(cells, position))
        if problem:
            problems[column.key] = problem
        else:
            values[column.key] = value
    if not problems and all(value is None for value in values.values()):
        return None
    for column, _position in readers:
        if column.required and column.key in values and values[column.key] is None:
            problems[column.key] = f"Столбец «{column.title}» не заполнен. Заполните его."
            del values[column.key]
    return IncomingRow(number, values, problems)


def _cell(cells: Sequence[CellInput], position: int) -> CellInput:
    return cells[position] if position < len(cells) else None


def _filled(cells: Sequence[CellInput], position: int) -> bool:
    return _text(_cell(cells, position)) != ""


def _text(cell: CellInput) -> str:
    return "" if cell is None else " ".join(cleaned(str(cell)).split())


def _short(heading: str) -> str:
    """Of a heading nobody knows, as much as tells which it is: it may be a page of text."""
    return heading if len(heading) <= _LONGEST_UNKNOWN else f"{heading[: _LONGEST_UNKNOWN - 1]}…"


def _titles(columns: Sequence[Column]) -> str:
    return ", ".join(f"«{column.title}»" for column in columns)


_EXAMPLE: Final = homoglyph_folded(EXAMPLE_MARK)
