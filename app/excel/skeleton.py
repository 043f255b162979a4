"""Everything of a register's workbook but its rows, as XlsxWriter makes it: heading, header, styles, print set-up."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from app.excel.look import body_look
from app.excel.page import Frame, Page, SheetWriteError, opened
from app.excel.page_lines import write_header, write_heading
from app.excel.row_xml import Variant
from app.excel.sheet import Column, ColumnKind, Heading, Sheet

_CELL = re.compile(r'<c r="[A-Z]+([0-9]+)" s="([0-9]+)"')
_DIMENSION = re.compile("<dimension [^>]*/>")
_ROWS_END = "</sheetData>"

# A value for each variant, which comes out as it in a column of the kinds named; in all others nothing does.
_SAMPLES: dict[Variant, tuple[object, frozenset[ColumnKind]]] = {
    Variant.PLAIN: (None, frozenset(ColumnKind)),
    Variant.TEXT: ("x", frozenset(ColumnKind)),
    Variant.QUOTED: ("=x", frozenset(ColumnKind)),
    Variant.BOOLEAN: (True, frozenset({ColumnKind.BOOLEAN})),
    Variant.DATE: (date(2000, 1, 1), frozenset({ColumnKind.DATE, ColumnKind.DATETIME})),
    Variant.DATETIME: (datetime(2000, 1, 1), frozenset({ColumnKind.DATETIME})),  # noqa: DTZ001 - a cell has no zone
}


@dataclass(frozen=True, slots=True)
class Frameless:
    """One sheet without its rows: the XML before the first, which is row `first_row` (from 1), and after the last.

    `styles` are the numbers of the formats by column.
    """

    first_row: int
    before: str
    after: str
    styles: tuple[Mapping[Variant, int], ...]

    def carries_on(self, other: Frameless) -> bool:
        """Whether rows begun in `other` are still right here: the same XML before them, the same formats."""
        return (self.before, self.styles, self.first_row) == (other.before, other.styles, other.first_row)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The sheets without their rows, and all other parts of the file."""

    sheets: tuple[Frameless, ...]
    parts: Mapping[str, bytes]


def skeleton(pages: Sequence[tuple[Sheet, Heading, int]]) -> Skeleton:
    """The workbook of these sheets, each under its heading and with so many rows.

    XlsxWriter writes a row for each format that the cells of a column can have: their numbers are read out of its XML,
    and the rows are dropped.
    """
    target, first_rows = BytesIO(), []
    first_sheet, first_heading, _ = pages[0]
    title = first_heading.lines[0] if first_heading.lines else first_sheet.title
    with opened(target, title, first_heading) as book:
        for sheet, heading, count in pages:
            page = book.page(sheet.name, [column.width for column in sheet.columns])
            head = write_heading(page, heading, sheet.title)
            write_header(page, head, [column.title for column in sheet.columns])
            _write_samples(page, head + 1, sheet.columns)
            page.finish(Frame(head, head, head + count, page.columns), "A4", sheet.title)
            first_rows.append(head + 2)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = []
    for number, ((sheet, _, _), first_row) in enumerate(zip(pages, first_rows, strict=True), start=1):
        before, samples, after = _cut(parts.pop(f"xl/worksheets/sheet{number}.xml").decode(), first_row)
        sheets.append(Frameless(first_row, before, after, _styles(samples, first_row, sheet.columns)))
    return Skeleton(tuple(sheets), parts)


def _write_samples(page: Page, row: int, columns: Sequence[Column]) -> None:
    for offset, (value, kinds) in enumerate(_SAMPLES.values()):
        for number, column in enumerate(columns):
            page.put(row + offset, number, value if column.kind in kinds else None, body_look(column), column.kind)


def _cut(xml: str, first_row: int) -> tuple[str, str, str]:
    """The XML before the sample rows, those rows, and what follows them.

    The extent of the cells, which the format lets a sheet leave out, is not known before the rows.
    """
    start, end = xml.find(f'<row r="{first_row}"'), xml.rfind(_ROWS_END)
    if not 0 < start < end:
        raise SheetWriteError("XlsxWriter has changed the form of its sheets: the sample rows are not found")
    return _DIMENSION.sub("", xml[:start], count=1), xml[start:end], xml[end:]


def _styles(samples: str, first_row: int, columns: Sequence[Column]) -> tuple[Mapping[Variant, int], ...]:
    found: dict[int, list[int]] = {}
    for row, style in _CELL.findall(samples):
        found.setdefault(int(row) - first_row, []).append(int(style))
    if [len(found.get(offset, ())) for offset in range(len(_SAMPLES))] != [len(columns)] * len(_SAMPLES):
        raise SheetWriteError("XlsxWriter has changed the form of its cells: their formats are not found")
    return tuple(
        {
            variant: found[offset][number]
            for offset, variant in enumerate(_SAMPLES)
            if column.kind in _SAMPLES[variant][1]
        }
        for number, column in enumerate(columns)
    )
