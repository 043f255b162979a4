from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from app.excel.reader import MAX_COLUMNS, MAX_ROWS, WorkbookRefused, rows_of


def book(*rows: tuple[object, ...]) -> bytes:
    made, target = openpyxl.Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(target)
    return target.getvalue()


def with_part(content: bytes, name: str, change) -> bytes:
    """The same archive with one part rewritten."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            text = source.read(part)
            made.writestr(part, change(text) if part == name else text)
    return target.getvalue()


MORNING = datetime.fromisoformat("2015-09-01T10:00")
SHEET = "xl/worksheets/sheet1.xml"


def test_cells_come_as_texts_and_days():
    rows = rows_of(book(("Вид", " Код "), (None, 64748000), (1.5, MORNING), (date(2020, 1, 2), True)))
    assert rows == [["Вид", "Код"], ["", "64748000"], ["1.5", date(2015, 9, 1)], [date(2020, 1, 2), "True"]]


@pytest.mark.parametrize("place", ["XFD1048576", f"A{MAX_ROWS + 1}", "BZ1", "A999999999999999", "1A", "AAAA1"])
def test_a_cell_too_far_away_is_refused_before_it_takes_memory(place):
    hostile = with_part(book(("a",)), SHEET, lambda text: text.replace(b'r="A1"', f'r="{place}"'.encode()))
    with pytest.raises(WorkbookRefused):
        rows_of(hostile)


@pytest.mark.parametrize(
    "row", [b"<row><c><v>1</v></c></row>" * (MAX_ROWS + 1), b"<row>" + b"<c/>" * (MAX_COLUMNS + 1) + b"</row>"]
)
def test_cells_without_a_place_are_counted(row):
    def change(text: bytes) -> bytes:
        return text.replace(b"<sheetData>", b"<sheetData>" + row)

    with pytest.raises(WorkbookRefused, match="Оставьте на первом листе"):
        rows_of(with_part(book(("a",)), SHEET, change))


def test_a_sheet_that_would_not_be_looked_through_is_refused():
    def change(text: bytes) -> bytes:
        return text.replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.dat")

    with pytest.raises(WorkbookRefused):
        rows_of(with_part(book(("a",)), "xl/_rels/workbook.xml.rels", change))


def test_entities_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'

    def change(text: bytes) -> bytes:
        return b'<?xml version="1.0"?>' + bomb + text.split(b"?>", 1)[-1]

    with pytest.raises(WorkbookRefused):
        rows_of(with_part(book(("a",)), SHEET, change))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a workbook", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(WorkbookRefused, match="не книга Excel"):
        rows_of(content)


def test_a_workbook_that_unpacks_too_far_is_refused():
    target = BytesIO(book(("a",)))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/media/big.bin", bytes(101 * 1024 * 1024))
    with pytest.raises(WorkbookRefused):
        rows_of(target.getvalue())
