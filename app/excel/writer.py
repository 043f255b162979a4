"""The bytes of a spreadsheet. Registers are streamed; other workbooks are put together by pages."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from app.excel.page import Book, Frame, Page, Paper, SheetWriteError, opened
from app.excel.page_lines import write_header, write_heading, write_signatures
from app.excel.sheet import Heading, Sheet
from app.excel.streamed_workbook import Table, stream

__all__ = [
    "Book",
    "Frame",
    "Page",
    "Paper",
    "SheetWriteError",
    "Table",
    "opened",
    "stream_register",
    "write_header",
    "write_heading",
    "write_register",
    "write_registers",
    "write_signatures",
]

SHEET_ROWS = 1_048_576  # a limit of Excel

_HELD = 1024 * 1024  # bytes of a workbook that wait in memory, not on disk


def stream_register(sheet: Sheet, rows: Iterable[Sequence[object]], heading: Heading) -> Generator[bytes, None, int]:
    """Yield the workbook of the rows, each in the order of `sheet.columns`, under the heading, as the rows come.

    The first bytes come before the first row is asked for; the generator returns the number of rows. Past Excel's
    1,048,576 rows they go on on a further sheet of the same shape. Memory does not grow with the rows. Raises
    ValueError for a row of another length, and what the rows raise: the bytes until then are a broken file.
    """
    return stream([Table(sheet, rows, heading)], SHEET_ROWS)


def write_register(target: BinaryIO, sheet: Sheet, rows: Iterable[Sequence[object]], heading: Heading) -> int:
    """Write the same workbook and return the number of rows; `target` is untouched after any error in the rows."""
    return write_registers(target, [Table(sheet, rows, heading)])


def write_registers(target: BinaryIO, tables: Sequence[Table]) -> int:
    """Write one workbook with a sheet for each table and return the number of rows; as `write_register` otherwise."""
    with SpooledTemporaryFile(_HELD) as spool:
        pieces = stream(tables, SHEET_ROWS)
        while True:
            try:
                spool.write(next(pieces))
            except StopIteration as end:
                written = int(end.value)
                break
        spool.seek(0)
        shutil.copyfileobj(spool, target)
    return written
