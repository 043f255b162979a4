"""What comes out of files of every kind, and what is refused before it takes memory or time."""

from __future__ import annotations

import resource
import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from app.excel import package, table
from app.excel.reader import MAX_COLUMNS, MAX_ROWS, WorkbookRefused, read_table
from app.excel.table import Budget
from tests.unit.workbook_bytes import (
    FILES,
    SHEET,
    book,
    cell_at,
    ods,
    ods_cell,
    saved,
    with_part,
    with_rows,
    xls,
    zipped,
)

MORNING = datetime.fromisoformat("2015-09-01T10:00")
LIST = [
    ["Код", "Наименование", "Действует с", "Активна"],
    [65001, "Школа № 1", date(2020, 9, 1), True],
    ["065002", "Школа № 2 ", datetime.fromisoformat("2021-01-02T03:04")],
]


def rows(content: bytes, name: str = "список.xlsx") -> list[list[object]]:
    return read_table(content, name).rows


def test_types_of_an_xlsx():
    read = rows(book(("а", None, 1.5), (), (65001, MORNING, date(2020, 1, 2), False, "007")))
    assert read == [["а", None, 1.5], [], [65001, MORNING, date(2020, 1, 2), False, "007"]]
    assert [type(cell) for cell in read[2]] == [int, datetime, date, bool, str]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_files_of_libreoffice_with_a_hidden_sheet_before(kind):
    read = read_table((FILES / f"list.{kind}").read_bytes(), "прочее.xlsx")
    assert read.sheet_name == "Список"
    assert read.rows == LIST  # LibreOffice keeps TRUE as 1 in an .ods, which equals it


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1251", b""),
    ],
)
@pytest.mark.parametrize("separator", ";,\t")
def test_texts_with_separators(encoding, mark, separator):
    text = f'Код{separator}Название\r\n\r\n007{separator}"Школа{separator} «Лицей»\r\nв две строки"\r\n{separator}б\r\n'
    read = rows(mark + text.encode(encoding), "а.csv")
    assert read == [["Код", "Название"], [], ["007", f"Школа{separator} «Лицей»\r\nв две строки"], [None, "б"]]


def test_the_separator_is_that_of_most_records():
    read = rows("Список школ, 2026 год\nКод;Доля\n1;0,5\n2;0,7\n".encode("cp1251"), "а.csv")
    assert read[1:] == [["Код", "Доля"], ["1", "0,5"], ["2", "0,7"]]


def test_a_told_separator_and_a_code_wrapped_in_a_formula():
    assert rows(b'sep=|\r\nA|B\r\n="007"|1;2\r\n', "а.csv") == [["A", "B"], ["007", "1;2"]]


@pytest.mark.parametrize("place", ["XFD1048576", f"A{MAX_ROWS + 1}", "BZ1"])
def test_a_value_too_far_away_is_refused(place):
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    with pytest.raises(WorkbookRefused, match=r"больше \d+ (строк|столбцов)"):
        rows(with_rows(f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'))


def test_far_cells_without_a_value_are_nothing():
    read = rows(
        with_rows('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576"/></row>')
    )
    assert read == [[1]]


@pytest.mark.parametrize("place", ["A999999999999999", "1A", "AAAA1", "a1", "A2", "Й1"])
def test_a_cell_whose_place_is_not_in_its_row_is_refused(place):
    with pytest.raises(WorkbookRefused, match="повреждён"):
        rows(with_rows(f'<row r="1"><c r="{place}"><v>1</v></c></row>'))


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<row><c><v>1</v></c></row>" * (MAX_ROWS + 1), f"больше {MAX_ROWS} строк"),
        ("<row>" + "<c><v>1</v></c>" * (MAX_COLUMNS + 2) + "</row>", f"больше {MAX_COLUMNS} столбцов"),
    ],
)
def test_cells_without_a_place_are_counted(xml, told):
    with pytest.raises(WorkbookRefused, match=told):
        rows(with_rows(xml))


def test_as_many_rows_as_allowed_are_read():
    assert len(rows(with_rows("<row><c><v>1</v></c></row>" * MAX_ROWS))) == MAX_ROWS


@pytest.mark.parametrize(("name", "value"), [("MAX_CELLS", 3), ("MAX_CHARACTERS", 9)])
def test_too_much_in_the_cells_is_refused(monkeypatch, name, value):
    content = book(("один", "два"), ("три", "четыре"))
    assert len(rows(content)) == 2
    monkeypatch.setattr(table, name, value)
    with pytest.raises(WorkbookRefused, match="слишком много"):
        rows(content)


def test_reading_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(table, "MAX_CPU_SECONDS", -1.0)
    with pytest.raises(WorkbookRefused, match="слишком сложно"):
        rows(book(("a",)))


def test_a_file_too_large_is_refused_unread():
    with pytest.raises(WorkbookRefused, match="больше 20 МБ"):
        rows(b"PK\x03\x04" + bytes(20 * 1024 * 1024))


def test_a_workbook_that_unpacks_too_far_is_refused():
    bomb = with_part(book(("a",)), "xl/media/big.bin", lambda _: bytes(package.MAX_UNPACKED))
    assert len(bomb) < 1024 * 1024
    with pytest.raises(WorkbookRefused, match="слишком велика"):
        rows(bomb)


def test_a_lying_directory_gives_no_more_than_it_declares():
    text = b"<sst>" + b" " * 10_000_000 + b"</sst>"
    honest, size = zipped({"xl/a.xml": text}), len(text).to_bytes(4, "little")
    assert honest.count(size) == 2  # before the part and in the directory
    lying = package.Package(honest.replace(size, (100).to_bytes(4, "little")), Budget())
    with pytest.raises(WorkbookRefused, match="повреждён"):
        assert sum(map(len, lying.chunks("xl/a.xml"))) <= 100


def test_countless_parts_are_refused():
    with pytest.raises(WorkbookRefused, match="слишком сложно"):
        rows(zipped({f"p{number}": b"" for number in range(package.MAX_PARTS + 1)}))


def test_a_tag_without_end_is_refused():
    body = b'<worksheet><sheetData><row r="1"><c r="' + b"A" * (3 * 1024 * 1024)
    with pytest.raises(WorkbookRefused, match="слишком сложно"):
        rows(with_part(book(("a",)), SHEET, lambda _: body))


def test_two_parts_of_one_name_are_refused():
    target = BytesIO(book(("a",)))
    with zipfile.ZipFile(target, "a") as made:
        made.writestr(SHEET.upper(), b"<worksheet/>")
    with pytest.raises(WorkbookRefused, match="повреждён"):
        rows(target.getvalue())


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    with pytest.raises(WorkbookRefused, match="повреждён"):
        rows(with_part(book(("a",)), SHEET, lambda _: bomb))


def test_utf_16_is_not_looked_past():
    with pytest.raises(WorkbookRefused, match="повреждён"):
        rows(with_part(book(("a",)), SHEET, lambda _: "<worksheet/>".encode("utf-16")))


def test_a_sheet_under_another_name_is_read():
    def moved(text: bytes) -> bytes:
        return text.replace(b"worksheets/sheet1.xml", b"worksheets/Sheet1.dat")

    content = with_part(book(("a",)), "xl/_rels/workbook.xml.rels", moved)
    assert rows(with_part(content, "xl/worksheets/Sheet1.dat", lambda _: with_sheet("b"))) == [["b"]]


def with_sheet(text: str) -> bytes:
    cell = f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>'
    return f"<worksheet><sheetData>{cell}</sheetData></worksheet>".encode()


@pytest.mark.parametrize(
    "table_xml",
    [
        f'<table:table-row table:number-rows-repeated="1048575"/><table:table-row>{ods_cell("x")}</table:table-row>',
        f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("x")}</table:table-row>',
        f'<table:table-row><table:table-cell table:number-columns-repeated="16383"/>{ods_cell("x")}</table:table-row>',
        "<table:table-row>" + ods_cell("x", ' table:number-columns-repeated="16384"') + "</table:table-row>",
    ],
)
def test_an_ods_that_repeats_its_cells_too_far_is_refused_before_calamine(table_xml, monkeypatch):
    monkeypatch.setattr("app.excel.reader.calamine_table", lambda *_: pytest.fail("calamine saw the file"))
    content = ods(f'<table:table table:name="Л">{table_xml}</table:table>')
    assert len(content) < 6_000
    with pytest.raises(WorkbookRefused, match=r"На листе «Л» больше \d+"):
        rows(content)


def test_an_ods_whose_blank_cells_go_to_the_end_is_read():
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048575">{blank}</table:table-row>'
    content = ods(
        f'<table:table table:name="Л"><table:table-row>{ods_cell("x")}{blank}</table:table-row>{rest}</table:table>'
    )
    assert rows(content) == [["x"]]


@pytest.mark.parametrize(("place", "told"), [((9, 61), "столбцов"), ((65_535, 255), "слишком сложно")])
def test_an_xls_with_a_cell_too_far_away_is_refused(place, told):
    with pytest.raises(WorkbookRefused, match=told):
        rows(xls(cell_at(*place)))
    assert len(rows(xls(cell_at(9, 60)))[9]) == 61


def test_the_answer_of_the_child_has_a_limit(monkeypatch):
    monkeypatch.setattr("app.excel.calamine_table.OUTPUT", 100)
    with pytest.raises(WorkbookRefused, match="слишком сложно"):
        rows(xls())


def test_every_cut_of_a_workbook_is_refused_or_read_whole():
    content = book(("Код", "Имя"), *((number, f"Школа {number}") for number in range(50)))
    for length in range(0, len(content), 211):
        with pytest.raises(WorkbookRefused):
            rows(content[:length])


def test_hidden_empty_and_service_sheets_are_passed_over():
    made = openpyxl.Workbook()
    made.active.title = "Пустой"
    for name in ("Скрытый", "справочники", "Данные"):
        made.create_sheet(name)["A1"] = name
    made["Скрытый"].sheet_state = "veryHidden"
    read = read_table(saved(made), "а.xlsx")
    assert (read.sheet_name, read.rows) == ("Данные", [["Данные"]])


def test_memory_does_not_follow_the_place_of_a_cell():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WorkbookRefused):
        rows(with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_large_table_is_read_in_little_memory():
    school = "".join(f'<c t="inlineStr"><is><t>Столбец {number}</t></is></c>' for number in range(6))
    content = with_rows("".join(f"<row>{school}<c><v>{number}</v></c></row>" for number in range(10_000)))
    tracemalloc.start()
    try:
        read = rows(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(read) == 10_000
    assert peak < 4 * 1024 * 1024  # 70,000 cells; the XML alone has 4 MiB, and is never held whole
