"""Reading a workbook from outside: the only user of calamine, behind a check of what the file would make of itself.

calamine keeps a sheet as a full rectangle: two cells, A1 and XFD1048576, in a file of some hundred bytes would take
all memory and end the process. So each part is unpacked and looked through in pieces before calamine sees the file.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_PARTS = 500
MAX_UNPACKED = 100 * 1024 * 1024

_CHUNK = 256 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NOT_READ = "Это не книга Excel (.xlsx) или она повреждена. Сохраните её заново как .xlsx или как .csv."
_TOO_BIG = f"В книге больше {MAX_ROWS} строк или {MAX_COLUMNS} столбцов. Оставьте на первом листе только таблицу."

CellText = str | date


class WorkbookRefused(ValueError):  # noqa: N818 - named by what happened to the workbook, as other refusals are
    """Its text is a whole Russian sentence that says what is wrong and what to do."""


def rows_of(content: bytes) -> list[list[CellText]]:
    """The first sheet of an .xlsx from its first row: texts without outer blanks, days as dates.

    Whole numbers lose the «.0» of a spreadsheet. Raises WorkbookRefused.
    """
    if len(content) > MAX_BYTES:
        raise WorkbookRefused(f"Файл больше {MAX_BYTES // (1024 * 1024)} МБ: для списка организаций это слишком много.")
    _check(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        names = book.sheet_names
        if not names:
            raise WorkbookRefused(_NOT_READ)
        rows: list[list[Any]] = book.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        if isinstance(error, WorkbookRefused):
            raise
        raise WorkbookRefused(_NOT_READ) from error
    return [[_plain(value) for value in row] for row in rows]


def _plain(value: Any) -> CellText:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if value is not None else ""


def _check(content: bytes) -> None:
    """Every XML part is read once; every sheet that the book names must be one of them."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts([part.filename for part in parts])
            left = MAX_UNPACKED
            for part in parts:
                left -= _look_through(archive, part, left)
    except WorkbookRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise WorkbookRefused(_NOT_READ) from error


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """How many bytes the part unpacks to; raises where it is too large or names a cell too far."""
    parser = ParserCreate()
    parser.StartElementHandler = _Bounds().start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    read = 0
    with archive.open(part) as source:
        while chunk := source.read(_CHUNK):
            read += len(chunk)
            if read > most:
                raise WorkbookRefused(_TOO_BIG)
            if is_xml:
                _parse(parser, chunk, final=False)
    if is_xml and read:
        _parse(parser, b"", final=True)
    return read


def _parse(parser: Any, chunk: bytes, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except ExpatError as error:
        raise WorkbookRefused(_NOT_READ) from error


def _refuse_doctype(*_: object) -> None:
    raise WorkbookRefused(_NOT_READ)


class _Bounds:
    """Follows the cells of one part, by their references and, where they have none, by counting."""

    def __init__(self) -> None:
        self.rows = 0
        self.cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self.rows, self.cells = self.rows + 1, 0
            _check_place("A", attributes.get("r", "1"))
        elif name == "c":
            self.cells += 1
            if "r" in attributes:
                found = _REFERENCE.fullmatch(attributes["r"])
                _check_place(*(found.groups() if found is not None else ("A", "")))
        elif _is_hidden_sheet(name, attributes):
            raise WorkbookRefused(_NOT_READ)
        if self.rows > MAX_ROWS or self.cells > MAX_COLUMNS:
            raise WorkbookRefused(_TOO_BIG)


def _is_hidden_sheet(name: str, attributes: dict[str, str]) -> bool:
    """A sheet under another ending would not have been looked through."""
    is_sheet = name == "Relationship" and attributes.get("Type", "").endswith("sheet")
    return is_sheet and not attributes.get("Target", "").lower().endswith(".xml")


def _check_parts(names: list[str]) -> None:
    if len(names) > MAX_PARTS or len(set(names)) != len(names) or "xl/workbook.xml" not in names:
        raise WorkbookRefused(_NOT_READ)


def _check_place(letters: str, digits: str) -> None:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    if not digits.isascii() or not digits.isdecimal() or int(digits[:9]) > MAX_ROWS or column > MAX_COLUMNS:
        raise WorkbookRefused(_TOO_BIG)
