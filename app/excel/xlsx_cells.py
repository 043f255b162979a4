"""The cells of an .xlsx sheet, read as the XML unpacks: memory grows with what is filled, not with where it stands.

A reader that keeps a full rectangle (calamine does) would take all memory for two cells, A1 and XFD1048576, in a file
of six kilobytes; nor does it tell a formula never computed from an empty cell. So .xlsx has a reader of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.parsers.expat import ParserCreate

from app.excel.package import Package
from app.excel.serial_day import DAYS_TO_1904, day_of
from app.excel.table import (
    DAMAGED,
    EMPTY,
    MAX_CELLS,
    MAX_FAULTS,
    MAX_ROWS,
    NO_VALUES,
    NOT_COMPUTED,
    SERVICE_SHEETS,
    TOO_COMPLEX,
    TOO_MANY_ROWS,
    Budget,
    CellInput,
    Table,
    WorkbookRefused,
)
from app.excel.xlsx_parts import SheetPart, XlsxParts, shown_kinds, xlsx_parts
from app.excel.xlsx_strings import shared_strings, unescaped

# Coloured cells without a value come by whole rows.
_MAX_CELL_TAGS: Final = 3 * MAX_CELLS
# Conditional formats, links and validations of a large sheet.
_MAX_OTHER_TAGS: Final = 1_000_000
_MAX_ODD_ATTRIBUTES: Final = 10_000
_MAX_MERGES: Final = 200_000
_CELL_ATTRIBUTES: Final = frozenset({"r", "s", "t", "cm", "vm", "ph"})
PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_SURE_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """`merges` are ranges of merged cells, as the file names them."""

    part: str
    table: Table
    merges: tuple[str, ...]


def read_xlsx(package: Package, budget: Budget, prefer: str = "") -> FilledSheet:
    """The visible sheet named `prefer`, or else the first with a value in it. Raises WorkbookRefused."""
    parts = xlsx_parts(package)
    reader: _CellReader | None = None
    for sheet in sorted(parts.sheets, key=lambda sheet: sheet.name != prefer):
        if sheet.hidden or sheet.name.casefold() in SERVICE_SHEETS:
            continue
        reader = reader or _CellReader(package, parts, budget)
        table = reader.read(sheet)
        if table.rows:
            return FilledSheet(sheet.part, table, tuple(reader.merges))
    raise WorkbookRefused(EMPTY)


def read_xlsx_sheets(package: Package, budget: Budget, names: Collection[str]) -> dict[str, Table]:
    """The sheets of these names that the book has, hidden ones too. Raises WorkbookRefused."""
    parts = xlsx_parts(package)
    wanted = [sheet for sheet in parts.sheets if sheet.name in names]
    reader = _CellReader(package, parts, budget) if wanted else None
    return {sheet.name: reader.read(sheet) for sheet in wanted if reader is not None}


def column_number(letters: str) -> int:
    """1 for «A», 16,384 for «XFD»."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _CellReader:
    def __init__(self, package: Package, parts: XlsxParts, budget: Budget) -> None:
        self._package, self._budget = package, budget
        self._from_1904 = parts.days_from_1904
        self._kinds = shown_kinds(package, parts.styles)
        self._strings = shared_strings(package, parts.strings, budget) if parts.strings else []
        self._seen: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._tags = self._other_tags = self._odd = 0
        self._begin()

    def _begin(self) -> None:
        self.rows: list[list[CellInput]] = []
        self.faults: dict[tuple[int, int], str] = {}
        self.merges: list[str] = []
        self._row, self._row_text = 0, "0"
        self._cells: list[CellInput] = []
        self._column = 0
        self._type = self._style = ""
        self._formula = self._taking = False
        self._text: list[str] = []
        self._readings = 0

    def read(self, sheet: SheetPart) -> Table:
        self._begin()
        parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            self._package.parse(sheet.part, parser)
        except (ValueError, IndexError, OverflowError) as error:
            if isinstance(error, WorkbookRefused):
                raise
            raise WorkbookRefused(DAMAGED) from error
        for merge in self.merges:
            self._clear_covered(merge)
        while self.rows and not self.rows[-1]:
            self.rows.pop()
        return Table(sheet.name, self.rows, self.faults)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._open_cell(attributes)
        elif tag in {"v", "t"}:
            self._taking = not self._readings
        elif tag == "row":
            given = attributes.get("r")
            self._row = int(given[:9]) if given else self._row + 1
            self._row_text = str(self._row)
            self._cells, self._column = [], 0
        elif tag == "f":
            self._formula = True
        elif ":" in tag:
            self._start(tag.rpartition(":")[2], attributes)
        elif tag == "rPh":
            self._readings += 1
        else:
            self._note_other(tag, attributes)

    def _note_other(self, tag: str, attributes: dict[str, str]) -> None:
        self._other_tags += 1
        if self._other_tags > _MAX_OTHER_TAGS:
            raise WorkbookRefused(TOO_COMPLEX)
        if tag == "mergeCell":
            self.merges.append(attributes.get("ref", ""))
            if len(self.merges) > _MAX_MERGES:
                raise WorkbookRefused(TOO_COMPLEX)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > _MAX_CELL_TAGS:
            raise WorkbookRefused(TOO_COMPLEX)
        if not _CELL_ATTRIBUTES.issuperset(attributes):
            self._odd += len(attributes)
            if self._odd > _MAX_ODD_ATTRIBUTES:
                raise WorkbookRefused(TOO_COMPLEX)
        place = attributes.get("r")
        if place is None:
            self._column += 1
        elif place.endswith(self._row_text):
            letters = place[: -len(self._row_text)]
            column = self._columns.get(letters)
            self._column = self._new_column(letters) if column is None else column
        else:
            raise WorkbookRefused(DAMAGED)
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = False
        self._text = []

    def _new_column(self, letters: str) -> int:
        if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()):  # noqa: PLR2004 - «XFD» is the last
            raise WorkbookRefused(DAMAGED)
        self._columns[letters] = column_number(letters)
        return self._columns[letters]

    def _data(self, text: str) -> None:
        if self._taking:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._taking = False
        elif tag == "c":
            text = self._text[0] if len(self._text) == 1 else "".join(self._text)
            if text or self._formula:
                self._close_cell(text)
        elif tag == "row":
            if self._cells:
                self._close_row()
        elif ":" in tag:
            self._end(tag.rpartition(":")[2])
        elif tag == "rPh":
            self._readings -= 1

    def _close_cell(self, text: str) -> None:
        value = self._value(text)
        if value is None or value == "":
            fault = self._fault(text)
            if not fault:
                return
            value = None
            self._note_fault(fault)
        cells, column = self._cells, self._column
        if column > self._budget.widest:
            raise WorkbookRefused(self._budget.too_many_columns)
        if column > len(cells) + 1:
            cells.extend([None] * (column - 1 - len(cells)))
        if column > len(cells):
            cells.append(value)
        else:
            cells[column - 1] = value

    def _value(self, text: str) -> CellInput:
        kind = self._type
        if kind in {"str", "inlineStr"}:
            return self._kept(text)
        if kind == "e" or not text:
            return None
        if kind == "s":
            return self._strings[int(text)]
        if kind == "b":
            return text.strip() in {"1", "true"}
        return datetime.fromisoformat(text) if kind == "d" else self._number(text)

    def _fault(self, text: str) -> str:
        """Why a cell that has something has no value; a formula may well give an empty text."""
        if self._type == "e":
            return f"ошибка «{text[:20]}»: исправьте её в файле"
        return NOT_COMPUTED if self._type in {"n", "b", "d"} else ""

    def _note_fault(self, fault: str) -> None:
        self.faults[self._row - 1, self._column - 1] = fault
        if len(self.faults) > MAX_FAULTS:
            raise WorkbookRefused(NO_VALUES)

    def _close_row(self) -> None:
        if not 1 <= self._row <= MAX_ROWS:
            raise WorkbookRefused(TOO_MANY_ROWS)
        self._budget.take_cells(len(self._cells))
        while len(self.rows) < self._row:
            self.rows.append([])
        self.rows[self._row - 1] = self._cells

    def _number(self, text: str) -> CellInput:
        number = int(text) if len(text) <= _SURE_DIGITS and text.isdecimal() else float(text)
        if not math.isfinite(number):
            raise WorkbookRefused(DAMAGED)
        style = self._style
        kind = self._kinds[int(style)] if style and int(style) < len(self._kinds) else ""
        if not kind:
            return number
        if kind == "time" and 0 <= number < 1:
            minutes = round(number * 24 * 60) % (24 * 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
        day = day_of(number + (DAYS_TO_1904 if self._from_1904 else 0))
        return number if day is None else day

    def _kept(self, text: str) -> str:
        """One object for equal texts."""
        known = self._seen.get(text)
        if known is None:
            known = unescaped(text)
            self._budget.take_text(len(known))
            self._seen[text] = known
        return known

    def _clear_covered(self, merge: str) -> None:
        """Of merged cells only the first one's value is seen; LibreOffice may keep others beneath it."""
        self._budget.check_time()
        found = PLACE.fullmatch(merge)
        if found is None or found[3] is None:
            return
        left, top = column_number(found[1]) - 1, int(found[2]) - 1
        right, bottom = column_number(found[3]), min(int(found[4]), len(self.rows))
        for number in range(top, bottom):
            cells = self.rows[number]
            for column in range(left, min(right, len(cells))):
                if (number, column) != (top, left):
                    cells[column] = None
                    self.faults.pop((number, column), None)
            while cells and cells[-1] is None and (number, len(cells) - 1) not in self.faults:
                cells.pop()
