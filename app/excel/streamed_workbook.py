"""A register's workbook as a stream of bytes: rows leave as they come, and the file is never anywhere as a whole."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, cast

from app.excel.page import SheetWriteError
from app.excel.row_xml import RowXml
from app.excel.sheet import Heading, Sheet
from app.excel.skeleton import Frameless, skeleton

_PIECE = 256 * 1024  # characters of XML that are packed at once
# A part whose length is not known beforehand may not pass 2 GiB without an extension that Excel takes for damage.
_PART_LIMIT = 3 * 2**29
_LEVEL = 1  # of zlib: higher ones cost more than making the rows does


class _Sink:
    """Where the archive goes: bytes wait here until they are taken away. It has no place to seek or tell."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> Iterator[bytes]:
        """What waits, in one piece, if anything does: to some servers an empty piece is the end."""
        if self._waiting:
            piece = b"".join(self._waiting)
            self._waiting.clear()
            yield piece


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its heading and the rows that stand in it, each in the order of the sheet's columns."""

    sheet: Sheet
    rows: Iterable[Sequence[object]]
    heading: Heading


def stream(tables: Sequence[Table], sheet_rows: int) -> Generator[bytes, None, int]:
    """Yield the bytes of the workbook as the rows come, a sheet for each table; return the number of rows.

    A sheet holds at most `sheet_rows` rows, heading included; the rest goes on on further sheets of the same shape.
    Raises ValueError for a row of another length; what has been yielded before is no whole file.
    """
    sink = _Sink()
    # Of each table its first sheet and one to go on: only the first sheet of a workbook begins otherwise.
    known = skeleton([(table.sheet, table.heading, 0) for table in tables for _ in (0, 1)]).sheets
    pages: list[tuple[Sheet, Heading, int]] = []
    begun: list[Frameless] = []
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for number, table in enumerate(tables):
            source, first = iter(table.rows), True
            ahead: tuple[Sequence[object], ...] = ()
            row_xml = RowXml(table.sheet.columns, known[2 * number].styles, table.heading.zone)
            while first or ahead:
                beginning = known[2 * number + (0 if first else 1)]
                first = False
                with archive.open(f"xl/worksheets/sheet{len(pages) + 1}.xml", "w") as part:
                    part.write(beginning.before.encode())
                    yield from sink.taken()
                    here = _Rows(row_xml, beginning.first_row, sheet_rows)
                    for piece in here.pieces(chain(ahead, source)):
                        part.write(piece)
                        yield from sink.taken()
                    ahead = here.ahead
                    pages.append((table.sheet, table.heading, here.count))
                    begun.append(beginning)
                    whole = skeleton(pages)
                    part.write(whole.sheets[-1].after.encode())
        if not all(sheet.carries_on(beginning) for sheet, beginning in zip(whole.sheets, begun, strict=True)):
            raise SheetWriteError("XlsxWriter made another beginning of the same sheet: the rows would not fit it")
        for name, content in whole.parts.items():
            with archive.open(name, "w") as part:  # unlike writestr, it gives every part the same fixed day
                part.write(content)
    yield from sink.taken()
    return sum(count for _, _, count in pages)


class _Rows:
    """The rows of one sheet; afterwards their `count`, and in `ahead` the row that found no room."""

    def __init__(self, row_xml: RowXml, first: int, last: int) -> None:
        self.count = 0
        self.ahead: tuple[Sequence[object], ...] = ()
        self._row_xml, self._first, self._last = row_xml, first, last

    def pieces(self, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
        row_xml, number, last = self._row_xml, self._first, self._last
        waiting: list[str] = []
        size, packed = 0, 0
        for values in rows:
            if number > last or packed > _PART_LIMIT:
                self.ahead = (values,)
                break
            xml = row_xml(number, values)
            number += 1
            waiting.append(xml)
            size += len(xml)
            if size > _PIECE:
                piece = "".join(waiting).encode()
                waiting.clear()
                size, packed = 0, packed + len(piece)
                yield piece
        self.count = number - self._first
        yield "".join(waiting).encode()
