"""A workbook by pages: the only user of XlsxWriter. Rows are written in order and leave memory at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from html import escape
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.excel.cell_format import awaited_format_of, format_properties, number_format_of
from app.excel.cell_value import (
    TEXT_LIMIT,
    CellValue,
    clean_text,
    clipped,
    is_active,
    serial,
    sheet_name,
    typed,
    utf16_units,
)
from app.excel.look import PLAIN, Look
from app.excel.page_form import Asked, CellRange, Rule, validation
from app.excel.sheet import ColumnKind, Heading
from app.excel.text_room import room

Paper = Literal["A4", "A3"]

_PAPERS: dict[Paper, int] = {"A3": 8, "A4": 9}
_FOOTER_TEXT = 90  # of the 255 characters of a footer


class SheetWriteError(RuntimeError):
    """XlsxWriter dropped a cell: outside the sheet, too long, or in a row that has already left memory."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a table stands on its page (rows and columns from 0), which says what is held, filtered and repeated."""

    first_header: int
    last_header: int
    last_row: int
    columns: int
    held_columns: int = 0


class Page:
    """One worksheet. Cells go in by rows from the top; a cell of an earlier row raises.

    Sheets to be filled in: `ask` (drop-downs and checks on the rows of a column), `note` (a comment on a cell),
    `set_column` (how its untouched cells look; hidden), `protect` with `Look.unlocked`, `hide`.
    """

    def __init__(self, book: Book, worksheet: Worksheet, name: str, widths: Sequence[float]) -> None:
        self.widths = tuple(widths)
        self.name = name
        self._book, self._worksheet = book, worksheet
        self._set_heights: deque[int] = deque()
        for number, width in enumerate(self.widths):
            _checked(worksheet.set_column(number, number, width))

    @property
    def columns(self) -> int:
        return len(self.widths)

    def put(self, row: int, column: int, value: object, look: Look, kind: ColumnKind = ColumnKind.TEXT) -> None:
        """Write one cell by its kind; text is never taken for a formula, a link or a number."""
        cell = typed(value, kind, self._book.zone)
        _checked(self._write(row, column, cell, self._book.format(look, kind, cell)))

    def span(self, row: int, first: int, last: int, text: str, look: Look) -> None:
        """Write one text over several columns of a row."""
        if last > first:
            cell = typed(text, ColumnKind.TEXT, self._book.zone)
            cell_format = self._book.format(look, ColumnKind.TEXT, cell)
            _checked(self._worksheet.merge_range(row, first, row, last, "", cell_format))
        self.put(row, first, text, look)

    def line(self, row: int, text: str, look: Look) -> None:
        """Write one text over all columns, in a row high enough for it."""
        self.height(row, room(text, sum(self.widths), look))
        self.span(row, 0, self.columns - 1, text, look)

    def height(self, row: int, points: float) -> None:
        """Set a row's height; call before its cells, of which it needs at least one."""
        _checked(self._worksheet.set_row(row, points))
        self._set_heights.append(row)
        while self._set_heights[0] < self._worksheet.previous_row:  # those rows are in the file: let them go
            gone = self._set_heights.popleft()
            self._worksheet.row_info.pop(gone, None)
            self._worksheet.row_sizes.pop(gone, None)

    def gap(self, row: int, points: float) -> None:
        """Leave an empty row of this height."""
        self.height(row, points)
        self.put(row, 0, None, PLAIN)

    def ask(self, column: int, first: int, last: int, rule: Rule, asked: Asked) -> None:
        """Check what people type into rows `first` to `last` of a column, in any order with its cells."""
        _checked(self._worksheet.data_validation(first, column, last, column, validation(rule, asked)))

    def cells(self, column: int, first: int, last: int) -> CellRange:
        """A piece of a column of this sheet, to be the source of a drop-down of any sheet."""
        return CellRange(self.name, column, first, last)

    def note(self, row: int, column: int, text: str) -> None:
        """Put a comment on a cell of the row being written, after the cell itself; shown while the pointer is on it."""
        text = clean_text(text)
        size = {"width": 240, "height": 20 + 1.4 * room(text, 34, PLAIN)}
        look = {"font_name": "Arial", "font_size": 9, "color": "#FFFFFF"}
        _checked(self._worksheet.write_comment(row, column, text, size | look))

    def set_column(
        self, column: int, look: Look | None = None, kind: ColumnKind = ColumnKind.TEXT, *, hidden: bool = False
    ) -> None:
        """Say how the untouched cells of a column look, so that what is typed there keeps its kind; or hide it."""
        style = None if look is None else self._book.empty_format(look, kind)
        _checked(self._worksheet.set_column(column, column, self.widths[column], style, {"hidden": hidden}))

    def protect(self, password: str = "") -> None:
        """Only cells of an unlocked look can be changed; filtering, widths and copying stay allowed.

        Without a password anybody may lift the protection in Excel: it guards against slips, not against people.
        """
        allowed = ("format_columns", "format_rows", "autofilter", "select_locked_cells", "select_unlocked_cells")
        self._worksheet.protect(password, dict.fromkeys(allowed, True))

    def hide(self, *, very: bool = False) -> None:
        """Hide the sheet; a very hidden one is not in Excel's list of hidden sheets. Raises for the first sheet."""
        if self._book.is_first(self.name):
            raise ValueError(f"«{self.name}»: Excel opens a workbook at its first sheet, which cannot be hidden")
        if very:
            self._worksheet.very_hidden()
        else:
            self._worksheet.hide()

    def finish(self, frame: Frame, paper: Paper, footer: str) -> None:
        """Hold the header, filter by it, repeat it in print; call once, after the table's last row."""
        sheet, last_column = self._worksheet, frame.columns - 1
        bottom = max(frame.last_row, frame.last_header)
        sheet.freeze_panes(frame.last_header + 1, frame.held_columns)
        _checked(sheet.autofilter(frame.last_header, 0, bottom, last_column))
        _checked(sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{bottom + 1}"}))
        sheet.set_landscape()
        sheet.center_horizontally()
        sheet.set_paper(_PAPERS[paper])
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(frame.first_header, frame.last_header)
        left = clipped(clean_text(footer).replace("\n", " "), _FOOTER_TEXT).replace("&", "&&")
        sheet.set_footer(f"&L&8 {left}&C&8Стр. &P из &N&R&8Напечатано &D &T")

    def _write(self, row: int, column: int, cell: CellValue, cell_format: Format) -> int:
        sheet, code = self._worksheet, 0
        match cell:
            case None:
                code = sheet.write_blank(row, column, None, cell_format)
            case bool():
                code = sheet.write_boolean(row, column, cell, cell_format)
            case str():
                code = sheet.write_string(row, column, _inline(cell), cell_format)
            case date():
                code = sheet.write_number(row, column, serial(cell), cell_format)
            case _:
                code = sheet.write_number(row, column, cell, cell_format)
        return code


class Book:
    """A workbook on its way to `target`, which is written at the end, by `opened`, or not at all."""

    def __init__(self, workbook: Workbook, zone: tzinfo) -> None:
        self.zone = zone
        self._workbook = workbook
        self._names: list[str] = []
        self._formats: dict[tuple[Look, str, bool], Format] = {}

    def page(self, name: str, widths: Sequence[float]) -> Page:
        """Add a worksheet; its name is made fit for Excel and unlike the others."""
        fitting = sheet_name(name, set(self._names))
        self._names.append(fitting)
        return Page(self, self._workbook.add_worksheet(fitting), fitting, widths)

    def is_first(self, name: str) -> bool:
        return self._names[0] == name

    def format(self, look: Look, kind: ColumnKind, cell: CellValue) -> Format:
        return self._format(look, number_format_of(look, kind, cell), quoted=isinstance(cell, str) and is_active(cell))

    def empty_format(self, look: Look, kind: ColumnKind) -> Format:
        """The format of a cell where something of this kind will be typed."""
        return self._format(look, awaited_format_of(look, kind), quoted=False)

    def _format(self, look: Look, number_format: str, *, quoted: bool) -> Format:
        key = (look, number_format, quoted)
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(format_properties(look, number_format, quoted=quoted))
        return self._formats[key]


@contextmanager
def opened(target: BinaryIO, title: str, heading: Heading) -> Iterator[Book]:
    """A workbook that is written to `target` when the block ends well; after an error nothing is written."""
    with TemporaryDirectory() as folder:
        workbook = Workbook(
            target,
            {
                "constant_memory": True,
                "in_memory": False,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
                # Column widths are counted in digits of this font; Arial has a metric twin on every system.
                "default_format_properties": {"font_name": "Arial", "font_size": 10},
                "default_row_height": 17,
            },
        )
        workbook.set_properties(
            {
                "title": clipped(clean_text(title), 250),
                "author": clipped(clean_text(heading.made_by), 250),
                "company": clipped(clean_text(heading.scope_label), 250),
                "created": heading.as_of.astimezone(UTC).replace(tzinfo=None),
            }
        )
        try:
            yield Book(workbook, heading.zone)
        except BaseException:
            for worksheet in workbook.worksheets():
                worksheet._opt_close()  # noqa: SLF001 - there is no public way to give up a workbook half-way
            raise
        workbook.close()


def _inline(text: str) -> str:
    """XlsxWriter copies a string that stands between «<r>» and «</r>» into the file as raw XML: wrap it in its own."""
    if not (text.startswith("<r>") and text.endswith("</r>")):
        return text
    wrapped = f'<r><t xml:space="preserve">{escape(text, quote=False)}</t></r>'
    return wrapped if utf16_units(wrapped) <= TEXT_LIMIT else text[:-1] + "…"


def _checked(code: int | None) -> None:
    if code:
        raise SheetWriteError(f"XlsxWriter refused a cell or a setting with code {code}")
