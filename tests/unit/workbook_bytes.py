"""Workbooks as they come from outside: clean ones by openpyxl, and those no program would write, by hand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import openpyxl

FILES = Path(__file__).parents[1] / "files"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(made: openpyxl.Workbook) -> bytes:
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def book(*rows: tuple[object, ...]) -> bytes:
    """An .xlsx of one sheet."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return saved(made)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as source:
        return {name: source.read(name) for name in source.namelist()}


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part rewritten, or added."""
    parts = parts_of(content)
    return zipped(parts | {name: change(parts.get(name, b""))})


def with_rows(xml: str) -> bytes:
    """An .xlsx whose sheet has these rows as they are written."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'
    return with_part(book(("a",)), SHEET, lambda _: body.encode())


def ods(table: str, *, manifest: str = "<manifest/>", media_type: str = "spreadsheet") -> bytes:
    """An .ods with this inside its body."""
    spaces = {"office": "office", "table": "table", "text": "text", "style": "style", "calcext": "calcext"}
    names = " ".join(f'xmlns:{prefix}="urn:{space}"' for prefix, space in spaces.items())
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>{table}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{media_type}",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


def ods_cell(text: str, repeated: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{repeated}><text:p>{text}</text:p></table:table-cell>'


def ole(*names: str) -> bytes:
    """The head and the directory of an OLE2 file with these entries."""
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *names))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def xls(change: Callable[[bytearray], None] = lambda _: None) -> bytes:
    """A small .xls made by LibreOffice, with bytes changed."""
    content = bytearray((FILES / "list.xls").read_bytes())
    change(content)
    return bytes(content)


def cell_at(row: int, column: int) -> Callable[[bytearray], None]:
    """Sends the last text cell of an .xls (record LABELSST) to this place, from 0."""

    def change(content: bytearray) -> None:
        *_, last = re.finditer(rb"\xfd\x00\x0a\x00", bytes(content))
        content[last.end() : last.end() + 4] = row.to_bytes(2, "little") + column.to_bytes(2, "little")

    return change


def with_password(content: bytearray) -> None:
    """The record after the first becomes FILEPASS."""
    start = bytes(content).index(b"\x09\x08\x10\x00") + 4 + 16
    content[start : start + 2] = b"\x2f\x00"
