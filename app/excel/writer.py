"""The bytes of a spreadsheet: the only user of XlsxWriter. Rows are written in order and leave memory at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from html import escape
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.excel.cell_format import format_properties, number_format_of
from app.excel.cell_value import TEXT_LIMIT, CellValue, clean_text, clipped, is_active, sheet_name, typed, utf16_units
from app.excel.look import BODY, HEAD, META, PLAIN, SUBTITLE, TITLE, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import room, row_room

SHEET_ROWS = 1_048_576  # a limit of Excel
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
    """One worksheet. Cells go in by rows from the top; a cell of an earlier row raises."""

    def __init__(self, book: Book, worksheet: Worksheet, widths: Sequence[float]) -> None:
        self.widths = tuple(widths)
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
            case datetime():
                code = sheet.write_datetime(row, column, cell, cell_format)
            case date():
                code = sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), cell_format)  # noqa: DTZ001 - a cell has no zone
            case _:
                code = sheet.write_number(row, column, cell, cell_format)
        return code


class Book:
    """A workbook on its way to `target`, which is written at the end, by `opened`, or not at all."""

    def __init__(self, workbook: Workbook, zone: tzinfo) -> None:
        self.zone = zone
        self._workbook = workbook
        self._names: set[str] = set()
        self._formats: dict[tuple[Look, str, bool], Format] = {}

    def page(self, name: str, widths: Sequence[float]) -> Page:
        """Add a worksheet; its name is made fit for Excel and unlike the others."""
        fitting = sheet_name(name, self._names)
        self._names.add(fitting)
        return Page(self, self._workbook.add_worksheet(fitting), widths)

    def format(self, look: Look, kind: ColumnKind, cell: CellValue) -> Format:
        number_format = number_format_of(look, kind, cell)
        quoted = isinstance(cell, str) and is_active(cell)
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


def write_register(target: BinaryIO, sheet: Sheet, rows: Iterable[Sequence[object]], heading: Heading) -> int:
    """Write the rows, each in the order of `sheet.columns`, under the heading, and return their number.

    Past Excel's 1,048,576 rows they go on on a further sheet of the same shape. Memory does not grow with the rows.
    Raises ValueError for a row of another length; `target` is untouched after any error in the rows.
    """
    title = heading.lines[0] if heading.lines else sheet.title
    source = iter(rows)
    written = 0
    with opened(target, title, heading) as book:
        first = next(source, None)
        while True:
            page = book.page(sheet.name, [column.width for column in sheet.columns])
            head = write_heading(page, heading, sheet.title)
            write_header(page, head, [column.title for column in sheet.columns])
            here = chain(() if first is None else (first,), islice(source, SHEET_ROWS - head - 2))
            last = write_rows(page, head + 1, sheet.columns, here)
            written += last - head
            page.finish(Frame(head, head, last, page.columns), "A4", sheet.title)
            first = next(source, None)
            if first is None:
                break
    return written


def write_rows(page: Page, row: int, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> int:
    """Write table rows from `row` on, each high enough for its wrapped text; return the last row written."""
    looks = [body_look(column) for column in columns]
    wrapped = [number for number, column in enumerate(columns) if column.wrap]
    last = row - 1
    for last, values in enumerate(rows, start=row):
        if len(values) != len(columns):
            raise ValueError(f"{len(values)} values for {len(columns)} columns: {values!r:.200}")
        if wrapped:
            page.height(last, max(room(str(values[n] or ""), columns[n].width, looks[n]) for n in wrapped))
        for number, (value, column, look) in enumerate(zip(values, columns, looks, strict=True)):
            page.put(last, number, value, look, column.kind)
    return last


def body_look(column: Column) -> Look:
    side: Literal["left", "center", "right"] = "left"
    if column.kind in {ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.BOOLEAN}:
        side = "center"
    elif column.kind is not ColumnKind.TEXT:
        side = "right"
    return replace(BODY, side=side, wrap=column.wrap)


def write_heading(page: Page, heading: Heading, title: str = "") -> int:
    """Write the official lines, the day and the author at the top; return the next free row."""
    lines = [(text, SUBTITLE) for text in heading.lines] or [(title, TITLE)]
    lines[0] = (lines[0][0], TITLE)
    lines += [(heading.as_of_label, META), (heading.author_label, META)]
    if heading.filter_label:
        lines.append((f"Отбор: {heading.filter_label}", META))
    for row, (text, look) in enumerate(lines):
        page.line(row, text, look)
    page.gap(len(lines), 6)
    return len(lines) + 1


def write_header(page: Page, row: int, titles: Sequence[str], look: Look = HEAD) -> None:
    """Write one row of column titles, high enough for the tallest of them."""
    page.height(row, row_room([(title, width, look) for title, width in zip(titles, page.widths, strict=True)]))
    for number, title in enumerate(titles):
        page.put(row, number, title, look)


def write_signatures(page: Page, row: int, signatures: Iterable[Signature]) -> int:
    """Write lines to be signed by hand, each after a free row; return the next free row."""
    for signature in signatures:
        page.gap(row, 14)
        page.line(row + 1, f"{signature.role} {'_' * 24} / {signature.name or '_' * 30} /", PLAIN)
        row += 2
    return row


def _inline(text: str) -> str:
    """XlsxWriter copies a string that stands between «<r>» and «</r>» into the file as raw XML: wrap it in its own."""
    if not (text.startswith("<r>") and text.endswith("</r>")):
        return text
    wrapped = f'<r><t xml:space="preserve">{escape(text, quote=False)}</t></r>'
    return wrapped if utf16_units(wrapped) <= TEXT_LIMIT else text[:-1] + "…"


def _checked(code: int | None) -> None:
    if code:
        raise SheetWriteError(f"XlsxWriter refused a cell or a setting with code {code}")
