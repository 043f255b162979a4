"""The person's own file with what to mend, and nothing else in it changed."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from app.excel.incoming import incoming
from app.excel.marked import marked_copy
from app.excel.reader import WorkbookRefused, read_table
from app.excel.sheet import Column, ColumnRole, Sheet
from tests.unit.workbook_bytes import FILES, SHEET, book, parts_of, saved, with_part, with_rows

TITLE = "Что исправить"
ROWS = (("Список",), ("Код", "Имя", "День"), (1, "а", date(2026, 9, 1)), (2, "б"), (3, "в <г> & «д»", None))
SENTENCES = {3: "Нет кода «1» & <2>: «_x000D_».", 5: "Строка\nдва."}


def rows(content: bytes, name: str = "а") -> list[list[object]]:
    return read_table(content, name).rows


def coloured() -> bytes:
    """A workbook with looks, widths, a drop-down, a merge, a second sheet, and coloured cells beside the table."""
    made = Workbook()
    page = made.active
    for row in ROWS:
        page.append(row)
    page.merge_cells("A1:C1")
    page.column_dimensions["B"].width = 33
    page.column_dimensions["D"].hidden = True
    for letter in "CDE":
        page[f"{letter}2"].fill = PatternFill("solid", fgColor="FFEEAA")
    page["D3"].fill = page["E3"].fill = PatternFill("solid", fgColor="FFEEAA")
    page.auto_filter.ref = "A2:C5"
    made.create_sheet("Другой")["A1"] = "=1+1"
    return saved(made)


def test_an_xlsx_gets_a_column_and_keeps_everything_else():
    before = coloured()
    after, name = marked_copy(before, "C:\\Документы\\Список школ.XLSX", SENTENCES)
    assert name == "Список школ (что исправить).xlsx"
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)
    assert {part for part in old if old[part] != new[part]} == {SHEET}
    expected = [list(row) for row in ROWS]
    expected[1:] = [
        ["Код", "Имя", "День", TITLE],
        [1, "а", date(2026, 9, 1), SENTENCES[3]],
        [2, "б"],
        [3, ROWS[4][1], None, SENTENCES[5]],
    ]
    assert rows(after) == expected


def test_the_patched_sheet_is_sound_and_its_new_column_is_seen():
    page = openpyxl.load_workbook(BytesIO(marked_copy(coloured(), "а.xlsx", SENTENCES)[0])).worksheets[0]
    assert page.dimensions == "A1:E5"
    assert (page.column_dimensions["B"].width, page.column_dimensions["D"].width) == (33, 60)
    assert not page.column_dimensions["D"].hidden
    assert page["D2"].fill.fgColor.rgb == page["C2"].fill.fgColor.rgb
    assert page["D3"].fill.fgColor.rgb == page["E3"].fill.fgColor.rgb == "00FFEEAA"
    assert page.auto_filter.ref == "A2:C5"


@pytest.mark.parametrize(
    ("made", "widths"),
    [
        ("", ""),
        ('<cols><col min="1" max="2" width="5"/></cols>', '<col min="1" max="2" width="5"/>{}'),
        ('<cols><col min="5" max="9" width="5"/></cols>', '{}<col min="5" max="9" width="5"/>'),
        (
            '<cols><col min="1" max="16384" width="5" hidden="1"/></cols>',
            '<col min="1" max="3" width="5" hidden="1"/>{}<col min="5" max="16384" width="5" hidden="1"/>',
        ),
        ('<cols><col min="4" max="4" width="9"/></cols>', '<col min="4" max="4" width="9"/>'),
    ],
)
def test_widths_are_shared_anew(made, widths):
    def change(xml: bytes) -> bytes:
        return xml.replace(b"<sheetData>", made.encode() + b"<sheetData>")

    plain = with_part(book(*ROWS), SHEET, change)
    xml = parts_of(marked_copy(plain, "а.xlsx", SENTENCES)[0])[SHEET].decode()
    new = '<col min="4" max="4" width="60" customWidth="1"/>'
    assert b'<dimension ref="A1:C5"/>' in parts_of(plain)[SHEET]
    assert '<dimension ref="A1:D5"/>' in xml
    assert f"<cols>{(widths or '{}').format(new)}</cols><sheetData>" in xml


def test_rows_say_how_far_they_go_and_foreign_prefixes_are_kept():
    row = '<x:row r="{n}" spans="1:2"><x:c r="A{n}"><x:v>{n}</x:v></x:c><x:c r="XFD{n}"/></x:row>'
    body = f'<x:worksheet xmlns:x="urn"><x:sheetData>{row.format(n=1)}{row.format(n=2)}<x:row r="3"/></x:sheetData></x:worksheet>'
    plain = with_part(book(("a",)), SHEET, lambda _: body.encode())
    xml = parts_of(marked_copy(plain, "а.xlsx", {2: "да", 3: "и тут"}, heading_row=1)[0])[SHEET].decode()
    cell = '<x:c r="B{}" t="inlineStr"><x:is><x:t xml:space="preserve">{}</x:t></x:is></x:c>'
    assert (
        f'<x:row r="2" spans="1:2"><x:c r="A2"><x:v>2</x:v></x:c>{cell.format(2, "да")}<x:c r="XFD2"/></x:row>' in xml
    )
    assert f'<x:row r="3">{cell.format(3, "и тут")}</x:row>' in xml
    assert cell.format(1, TITLE) in xml


def test_a_column_from_the_last_time_is_replaced():
    once, name = marked_copy(coloured(), "а.xlsx", SENTENCES)
    twice, name = marked_copy(once, name, {4: "Теперь здесь."})
    assert name == "а (что исправить).xlsx"
    read = rows(twice)
    assert read[1] == ["Код", "Имя", "День", TITLE]
    assert [row[3:] for row in read[2:]] == [[], ["Теперь здесь."], []]


def test_the_marks_are_not_loaded():
    sheet = Sheet("С", "С", (Column("code", "Код", role=ColumnRole.KEY), Column("name", "Имя", role=ColumnRole.FIELD)))
    read = incoming(sheet, read_table(marked_copy(coloured(), "а.xlsx", SENTENCES)[0], "а.xlsx"))
    assert (read.unknown, list(read.columns)) == (["День"], ["code", "name"])
    assert [row.values["code"] for row in read.rows] == ["1", "2", "3"]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", ";\t,")
def test_a_text_keeps_its_encoding_separator_and_quotes(encoding, separator):
    lines = ['Код;"Имя"', '"007";"а;""б"""', "", "2;в;;;", '3;"две\r\nстроки"']
    plain = "\r\n".join(lines).replace(";", separator).encode(encoding)
    after, name = marked_copy(plain, "список.txt", {2: 'Плохо "б"; да', 5: "Тоже"}, heading_row=1)
    assert name == "список (что исправить).txt"
    marked = [
        'Код;"Имя";"Что исправить"',
        '"007";"а;""б""";"Плохо ""б""{} да"',
        "",
        "2;в;;;",
        '3;"две\r\nстроки";"Тоже"',
    ]
    expected = [line.replace(";", separator).replace("{}", ";") for line in marked]
    assert after.decode(encoding).split("\r\n") == "\r\n".join(expected).split("\r\n")
    again = marked_copy(after, name, {4: "=Иначе −1"}, heading_row=1)[0].decode(encoding).split("\r\n")
    assert again[1] == lines[1].replace(";", separator) + separator
    sign = "?" if encoding == "cp1251" else "−"
    assert again[3] == f'2;в;"\'=Иначе {sign}1";;'.replace(";", separator)


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_old_book_comes_back_as_a_new_one(kind):
    plain = (FILES / f"list.{kind}").read_bytes()
    after, name = marked_copy(plain, f"список.{kind}", {2: "Первая.", 3: "Вторая."})
    assert name == "список (что исправить).xlsx"
    read = rows(after)
    assert read[0][4] == TITLE
    assert [row[4] for row in read[1:]] == ["Первая.", "Вторая."]
    assert [row[:3] for row in read] == [row[:3] for row in rows(plain)]
    once_more = rows(marked_copy(after, name, {3: "Снова."})[0])
    assert [row[4:] for row in once_more] == [[TITLE], [], ["Снова."]]


def test_a_hostile_file_is_refused_as_when_it_is_read():
    with pytest.raises(WorkbookRefused, match="больше"):
        marked_copy(with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "а.xlsx", {1: "а"})
    with pytest.raises(WorkbookRefused, match="повреждён"):
        marked_copy(book(("a",))[:500], "а.xlsx", {1: "а"})
