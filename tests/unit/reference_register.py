"""The register as XlsxWriter's own loop writes it, cell by cell: what the streamed workbook is compared with."""

from __future__ import annotations

import io
from collections.abc import Sequence

from app.excel.cell_value import typed
from app.excel.look import body_look
from app.excel.page import Book, Frame, Page, opened
from app.excel.page_lines import write_header, write_heading
from app.excel.sheet import Heading, Sheet
from app.excel.streamed_workbook import Table
from app.excel.text_room import room


def reference_register(
    sheet: Sheet, rows: Sequence[Sequence[object]], heading: Heading, sheet_rows: int = 1_048_576
) -> io.BytesIO:
    return reference_registers([Table(sheet, rows, heading)], sheet_rows)


def reference_registers(tables: Sequence[Table], sheet_rows: int = 1_048_576) -> io.BytesIO:
    target = io.BytesIO()
    first = tables[0]
    title = first.heading.lines[0] if first.heading.lines else first.sheet.title
    with opened(target, title, first.heading) as book:
        for table in tables:
            _write_table(book, table, sheet_rows)
    target.seek(0)
    return target


def _write_table(book: Book, table: Table, sheet_rows: int) -> None:
    sheet, left = table.sheet, list(table.rows)
    while True:
        page = book.page(sheet.name, [column.width for column in sheet.columns])
        head = write_heading(page, table.heading, sheet.title)
        write_header(page, head, [column.title for column in sheet.columns])
        here, left = left[: sheet_rows - head - 1], left[sheet_rows - head - 1 :]
        for number, values in enumerate(here, start=head + 1):
            _write_row(page, number, sheet, values, table.heading)
        page.finish(Frame(head, head, head + len(here), page.columns), "A4", sheet.title)
        if not left:
            break


def _write_row(page: Page, row: int, sheet: Sheet, values: Sequence[object], heading: Heading) -> None:
    looks = [body_look(column) for column in sheet.columns]
    cells = zip(sheet.columns, values, looks, strict=True)
    wrapped = [
        room(text if isinstance(text := typed(value, column.kind, heading.zone), str) else "", column.width, look)
        for column, value, look in cells
        if column.wrap
    ]
    if wrapped:
        page.height(row, max(wrapped))
    for number, (column, value, look) in enumerate(zip(sheet.columns, values, looks, strict=True)):
        page.put(row, number, value, look, column.kind)
