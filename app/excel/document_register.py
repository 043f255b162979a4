"""The workbook by which documents on training go to the federal register (ФИС ФРДО), and back.

The list of columns is data (document_register_columns.json, with its source): headings, kinds, words of lists, what a
column holds where there is nothing to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from app.excel.heading_match import heading_folded
from app.excel.incoming import incoming
from app.excel.look import HEAD, body_look
from app.excel.page_form import Asked, ChoiceRule
from app.excel.reader import read_table
from app.excel.sheet import Column, ColumnKind, ColumnRole, Heading, Sheet
from app.excel.table import CellInput
from app.excel.writer import Frame, opened, write_header

DATA: Final = Path(__file__).with_name("document_register_columns.json")
# Rows below the last one that still have their drop-downs.
_FREE_ROWS: Final = 100

RegisterKind = Literal["text", "name", "word", "day", "year", "number", "snils", "country"]


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """`required` by the register, `asked` by the import; `personal`: no sentence may tell what stands in it.

    `given` stands in an exported cell with nothing to say: a code of `words` where the column has them. `spellings` are
    what else people write for a code; `blank_words` mean nothing.
    """

    number: int
    key: str
    title: str
    kind: RegisterKind
    width: float
    required: bool = False
    asked: bool = False
    personal: bool = False
    given: str = ""
    aliases: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blank_words: tuple[str, ...] = ()

    @property
    def usual(self) -> str:
        """What an exported cell holds where there is nothing to say."""
        return self.words.get(self.given, self.given)


@dataclass(frozen=True, slots=True)
class RegisterShape:
    sheet_name: str
    source: str
    caution: str
    checked_on: date
    columns: tuple[RegisterColumn, ...]

    def column(self, key: str) -> RegisterColumn:
        return next(column for column in self.columns if column.key == key)

    @property
    def required(self) -> tuple[RegisterColumn, ...]:
        return tuple(column for column in self.columns if column.required)

    @property
    def sheet(self) -> Sheet:
        """Every cell is text but for days."""
        return Sheet(
            self.sheet_name,
            "ФИС ФРДО",
            tuple(
                Column(
                    column.key,
                    column.title,
                    ColumnKind.DATE if column.kind == "day" else ColumnKind.TEXT,
                    column.width,
                    wrap=column.width >= 20,  # noqa: PLR2004 - titles of programmes, not numbers
                    role=ColumnRole.FIELD,
                    required=column.asked,
                    aliases=column.aliases,
                )
                for column in self.columns
            ),
        )


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row as it stands in the file: `number` as the spreadsheet counts, cells by key, untouched.

    Its representation tells only its number: there are personal data in it.
    """

    number: int
    cells: Mapping[str, CellInput] = field(repr=False)
    faults: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RegisterBook:
    """`unknown` are headings of no column; `absent` are columns that the register requires and the file has not;
    `renamed` are headings told by other words, with the register's own.
    """

    rows: tuple[RegisterRow, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def register_shape() -> RegisterShape:
    told = json.loads(DATA.read_text(encoding="utf-8"))
    columns = tuple(
        RegisterColumn(
            number=one["number"],
            key=one["key"],
            title=one["title"],
            kind=cast(RegisterKind, one["kind"]),
            width=one["width"],
            required=one.get("required", False),
            asked=one.get("asked", False),
            personal=one.get("personal", False),
            given=one.get("given", ""),
            aliases=tuple(one.get("aliases", ())),
            words=one.get("words", {}),
            spellings={code: tuple(words) for code, words in one.get("spellings", {}).items()},
            blank_words=tuple(one.get("blank_words", ())),
        )
        for one in told["columns"]
    )
    return RegisterShape(
        told["sheet"], told["source"], told["caution"], date.fromisoformat(told["checked_on"]), columns
    )


def write_documents(target: BinaryIO, rows: Iterable[Mapping[str, object]], heading: Heading) -> int:
    """Write the workbook and return the number of rows; `target` is untouched after an error in the rows.

    Headings stand in the first row and nothing stands above them: the register's own reader wants it so. A key that is
    left out, or None, gives the column's usual word.
    """
    shape = register_shape()
    sheet = shape.sheet
    last = 0
    with opened(target, sheet.title, heading) as book:
        page = book.page(sheet.name, [column.width for column in sheet.columns])
        for place, column in enumerate(sheet.columns):
            page.set_column(place, body_look(column), column.kind)
        write_header(page, 0, [column.title for column in sheet.columns], HEAD)
        for last, row in enumerate(rows, start=1):
            for place, (column, told) in enumerate(zip(sheet.columns, shape.columns, strict=True)):
                value = row.get(told.key)
                shown = told.usual if value is None or value == "" else value
                page.put(last, place, shown, body_look(column), column.kind)
        for place, told in enumerate(shape.columns):
            if told.words:
                rule = ChoiceRule(tuple(told.words.values()))
                page.ask(place, 1, last + _FREE_ROWS, rule, Asked(refusal="Выберите значение из списка."))
        page.finish(Frame(0, 0, last, page.columns), "A3", sheet.title)
    return last


def read_documents(content: bytes, file_name: str) -> RegisterBook:
    """The rows of such a workbook, its columns in any order under headings in any case. Raises WorkbookRefused."""
    shape = register_shape()
    table = read_table(content, file_name, shape.sheet_name)
    found = incoming(shape.sheet, table)
    heading = table.rows[found.heading_row - 1]
    rows = []
    for one in found.rows:
        cells = table.rows[one.number - 1]
        faults = {
            key: table.faults[one.number - 1, place]
            for key, place in found.columns.items()
            if (one.number - 1, place) in table.faults
        }
        present = {key: cells[place] if place < len(cells) else None for key, place in found.columns.items()}
        rows.append(RegisterRow(one.number, present, faults))
    renamed = tuple(
        (told, title)
        for key, place in found.columns.items()
        # A heading merged over two rows may stand in the upper one.
        if place < len(heading)
        and heading[place] is not None
        and heading_folded(told := str(heading[place])) != heading_folded(title := shape.column(key).title)
    )
    absent = tuple(column.title for column in shape.required if column.key not in found.columns)
    return RegisterBook(tuple(rows), tuple(found.unknown), absent, renamed)
