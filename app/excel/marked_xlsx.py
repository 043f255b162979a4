"""An .xlsx with one more column of texts, all its other bytes copied: the sheet's XML is patched, not written anew."""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Final
from xml.parsers.expat import ExpatError, ParserCreate

from app.excel.cell_value import clean_text
from app.excel.heading_match import MARK_TITLE, is_mark
from app.excel.package import MAX_UNPACKED, Package
from app.excel.page_form import column_letters
from app.excel.table import DAMAGED, MAX_COLUMNS, WorkbookRefused
from app.excel.xlsx_cells import PLACE, FilledSheet, column_number

_CHUNK: Final = 256 * 1024
_TAG: Final = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_SPANS: Final = re.compile(rb"""(\sspans\s*=\s*["'][0-9]+:)([0-9]+)(["'])""")
_REF: Final = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)(["'])""")
_BOUND: Final = re.compile(rb"""(\s)(min|max)(\s*=\s*["'])[0-9]+(["'])""")
_LIKE_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDTH: Final = 60


def marked_xlsx(package: Package, filled: FilledSheet, sentences: Mapping[int, str], heading_row: int) -> bytes:
    """The whole file; rows that the sheet does not have are passed over. Raises WorkbookRefused."""
    rows = filled.table.rows
    heading = rows[heading_row - 1] if heading_row <= len(rows) else []
    old = next((place for place, cell in enumerate(heading) if is_mark(cell)), None)
    column = old + 1 if old is not None else max([*map(len, rows), *_merged_edges(filled, heading_row)]) + 1
    wanted = {**sentences, heading_row: MARK_TITLE}
    target = BytesIO()
    with TemporaryFile() as unpacked, zipfile.ZipFile(target, "w") as made:
        for chunk in package.chunks(filled.part):
            unpacked.write(chunk)
        unpacked.flush()
        with mmap.mmap(unpacked.fileno(), 0, access=mmap.ACCESS_READ) as xml:
            patch = _Patch(xml, column, wanted, heading_row, replaces=old is not None)
            patch.find()
            sheet = package.info(filled.part)
            for info in package.archive.infolist():
                copied = zipfile.ZipInfo(info.filename, info.date_time)
                copied.compress_type, copied.external_attr = info.compress_type, info.external_attr
                copied.create_system = info.create_system
                with made.open(copied, "w") as part:
                    if info is sheet:
                        patch.write(part)
                    else:
                        for chunk in package.chunks(info.filename, MAX_UNPACKED):
                            part.write(chunk)
    return target.getvalue()


def _merged_edges(filled: FilledSheet, heading_row: int) -> Iterator[int]:
    """Last columns of merged cells beside or below the heading: a text under them would not be seen."""
    for merge in filled.merges:
        found = PLACE.fullmatch(merge)
        if found is not None and found[3] is not None and int(found[4]) >= heading_row:
            right = column_number(found[3])
            if right <= MAX_COLUMNS:
                yield right


class _Patch:
    """Pieces of the XML to be replaced, as (start, end, bytes) in order."""

    def __init__(
        self, xml: mmap.mmap, column: int, wanted: Mapping[int, str], heading_row: int, *, replaces: bool
    ) -> None:
        self._xml, self._column, self._wanted, self._heading_row = xml, column, wanted, heading_row
        self._replaces = replaces
        self._edits: list[tuple[int, int, bytes]] = []
        self._parser = ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._prefix = ""
        self._row = self._cell = 0
        self._placed = self._has_columns = self._column_placed = False
        self._cell_start = -1
        self._styles: dict[str, str] = {}

    def find(self) -> None:
        try:
            for place in range(0, len(self._xml), _CHUNK):
                self._parser.Parse(self._xml[place : place + _CHUNK], False)
            self._parser.Parse(b"", True)
        except ExpatError as error:
            raise WorkbookRefused(DAMAGED) from error

    def write(self, part: IO[bytes]) -> None:
        done = 0
        for start, end, made in self._edits:
            self._copy(part, done, start)
            part.write(made)
            done = end
        self._copy(part, done, len(self._xml))

    def _copy(self, part: IO[bytes], start: int, end: int) -> None:
        self._xml.seek(start)
        left = end - start
        while left > 0:
            part.write(self._xml.read(min(left, _CHUNK)))
            left -= _CHUNK

    def _tag_end(self, start: int) -> int:
        found = _TAG.match(self._xml, start)
        if found is None:
            raise WorkbookRefused(DAMAGED)
        return found.end()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, colon, name = tag.rpartition(":")
        at = self._parser.CurrentByteIndex
        if name == "c":
            self._open_cell(at, attributes)
        elif name == "row":
            self._prefix = prefix + colon
            self._open_row(at, attributes)
        elif name == "dimension":
            self._widen(at, attributes.get("ref", ""))
        elif name == "col":
            self._split_columns(at, attributes)
        elif name == "cols":
            self._has_columns, self._prefix = True, prefix + colon
        elif name == "sheetData" and not self._has_columns:
            self._prefix = prefix + colon
            self._edit(at, at, b"<%bcols>%b</%bcols>" % (self._name, self._new_column(), self._name))

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        at = self._parser.CurrentByteIndex
        if name == "c" and self._cell_start >= 0:
            self._edit(self._cell_start, self._tag_end(at), self._new_cell())
            self._cell_start, self._placed = -1, True
        elif name == "row" and self._row in self._wanted and not self._placed:
            self._edit(at, at, self._new_cell())
        elif name == "cols" and not self._column_placed:
            self._edit(at, at, self._new_column())

    @property
    def _name(self) -> bytes:
        return self._prefix.encode()

    def _edit(self, start: int, end: int, made: bytes) -> None:
        self._edits.append((start, end, made))

    def _open_row(self, at: int, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        self._row = int(given) if given else self._row + 1
        self._cell, self._placed = 0, False
        self._styles.clear()
        if self._row not in self._wanted:
            return
        end = self._tag_end(at)
        tag = self._xml[at:end]
        widened = _SPANS.sub(
            lambda found: found[1] + str(max(int(found[2]), self._column)).encode() + found[3], tag, count=1
        )
        if widened.endswith(b"/>"):
            closing = b"</%brow>" % self._name
            widened, self._placed = widened[:-2] + b">" + self._new_cell() + closing, True
        if widened != tag:
            self._edit(at, end, widened)

    def _open_cell(self, at: int, attributes: dict[str, str]) -> None:
        found = PLACE.fullmatch(attributes.get("r", ""))
        self._cell = column_number(found[1]) if found is not None else self._cell + 1
        wanted = self._row in self._wanted
        if self._cell == self._column and (wanted or (self._replaces and self._row > self._heading_row)):
            self._styles["own"] = attributes.get("s", "")
            self._cell_start = at
        elif self._cell > self._column and wanted and not self._placed:
            self._edit(at, at, self._new_cell())
            self._placed = True
        elif self._cell < self._column:
            self._styles["left"] = attributes.get("s", "")

    def _new_cell(self) -> bytes:
        """With the look of the cell that stood there; a heading with that of its neighbour."""
        text = self._wanted.get(self._row)
        if text is None:
            return b""
        style = self._styles.get("own") or (self._styles.get("left") if self._row == self._heading_row else "")
        name = self._prefix
        shown = escape(_LIKE_ESCAPE.sub("_x005F_", clean_text(text)), quote=False)
        look = f' s="{int(style)}"' if style and style.isdecimal() else ""
        place = f"{column_letters(self._column - 1)}{self._row}"
        made = f'<{name}c r="{place}"{look} t="inlineStr"><{name}is><{name}t xml:space="preserve">{shown}'
        return f"{made}</{name}t></{name}is></{name}c>".encode()

    def _new_column(self) -> bytes:
        self._column_placed = True
        place = str(self._column).encode()
        return b'<%bcol min="%b" max="%b" width="%d" customWidth="1"/>' % (self._name, place, place, _WIDTH)

    def _split_columns(self, at: int, attributes: dict[str, str]) -> None:
        """Columns share their widths in ranges, which stand in order and do not overlap."""
        first, last = int(attributes.get("min", "0")), int(attributes.get("max", "0"))
        if self._column_placed or last < self._column:
            return
        if first == last == self._column and attributes.get("hidden", "0") in {"0", "false"}:
            self._column_placed = True
            return
        if first > self._column:
            self._edit(at, at, self._new_column())
            return
        end = self._tag_end(at)
        tag = self._xml[at:end]
        if not tag.endswith(b"/>"):  # nobody writes <col></col>: such a width stays as it is
            self._column_placed = True
            return
        made = _bounded(tag, first, self._column - 1) if first < self._column else b""
        made += self._new_column()
        made += _bounded(tag, self._column + 1, last) if last > self._column else b""
        self._edit(at, end, made)

    def _widen(self, at: int, reference: str) -> None:
        found = PLACE.fullmatch(reference)
        if found is None:
            return
        right = max(column_number(found[3] or found[1]), self._column)
        bottom = max(int(found[4] or found[2]), self._heading_row)
        end = self._tag_end(at)
        wide = f"{found[1]}{found[2]}:{column_letters(right - 1)}{bottom}".encode()
        self._edit(at, end, _REF.sub(lambda told: told[1] + wide + told[3], self._xml[at:end], count=1))


def _bounded(tag: bytes, first: int, last: int) -> bytes:
    """The same range of columns with other ends."""
    ends = {b"min": first, b"max": last}
    return _BOUND.sub(lambda found: b"%b%b%b%d%b" % (found[1], found[2], found[3], ends[found[2]], found[4]), tag)
