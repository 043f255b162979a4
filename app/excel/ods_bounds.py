"""How far the filled cells of an .ods go, found before calamine, which writes repeated cells out, sees the file.

Names are compared with their usual prefixes, as calamine does: what is named otherwise neither of the two reads.
"""

from __future__ import annotations

from typing import Final
from xml.parsers.expat import ParserCreate

from app.excel.package import Package
from app.excel.table import (
    MAX_CELLS,
    MAX_FAULTS,
    MAX_ROWS,
    NO_VALUES,
    NOT_COMPUTED,
    TOO_COMPLEX,
    TOO_MUCH,
    Budget,
    WorkbookRefused,
)

_MAX_TAGS: Final = 6 * MAX_CELLS
_DIGITS: Final = 9
# calamine keeps a full rectangle, empty cells included, and ends its process where memory does.
_MAX_AREA: Final = 2 * MAX_CELLS
_WITH_ERROR: Final = "ошибка в формуле: исправьте её в файле"

Faults = dict[tuple[int, int], str]


def check_ods(package: Package, budget: Budget) -> dict[str, Faults]:
    """Cells without a value to be had, by sheet. Raises WorkbookRefused for a filled cell beyond the limits."""
    bounds = _Bounds(budget)
    parser = ParserCreate("utf-8")
    parser.StartElementHandler = bounds.start
    package.parse("content.xml", parser)
    return bounds.faults


class _Bounds:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.faults: dict[str, Faults] = {}
        self._tags = self._area = self._fault_count = 0
        self._begin("")

    def _begin(self, name: str) -> None:
        self._name = name
        self._row = self._row_end = self._column = self._column_end = 0
        self._width = self._height = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > _MAX_TAGS:
            raise WorkbookRefused(TOO_COMPLEX)
        if tag == "text:p":
            self._fill()
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self._column = self._column_end
            self._column_end += _count(attributes.get("table:number-columns-repeated"))
            kind = attributes.get("office:value-type")
            if kind or "table:formula" in attributes:
                self._fill()
                if not kind or attributes.get("calcext:value-type") == "error":
                    self._note_fault(_WITH_ERROR if kind else NOT_COMPUTED)
        elif tag == "table:table-row":
            self._row = self._row_end
            self._row_end += _count(attributes.get("table:number-rows-repeated"))
            self._column = self._column_end = 0
        elif tag == "table:table":
            self._begin(attributes.get("table:name", ""))

    def _note_fault(self, fault: str) -> None:
        self._fault_count += 1
        if self._fault_count > MAX_FAULTS:
            raise WorkbookRefused(NO_VALUES)
        self.faults.setdefault(self._name, {})[self._row, self._column] = fault

    def _fill(self) -> None:
        if self._row_end <= self._height and self._column_end <= self._width:
            return
        before = self._width * self._height
        self._height = max(self._height, self._row_end)
        self._width = max(self._width, self._column_end)
        if self._height > MAX_ROWS:
            raise WorkbookRefused(
                f"На листе «{self._name}» больше {MAX_ROWS} строк. Оставьте в файле только нужную таблицу."
            )
        if self._width > self._budget.widest:
            raise WorkbookRefused(
                f"На листе «{self._name}» больше {self._budget.columns} столбцов. "
                "Оставьте в файле только нужную таблицу."
            )
        self._area += self._width * self._height - before
        if self._area > _MAX_AREA:
            raise WorkbookRefused(TOO_MUCH)


def _count(text: str | None) -> int:
    return int(text[:_DIGITS]) if text and text.isascii() and text.isdecimal() else 1
