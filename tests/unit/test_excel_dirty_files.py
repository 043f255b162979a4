"""A corpus of files as people and other systems make them: the same two schools come out of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from app.excel.incoming import incoming
from app.excel.reader import WorkbookRefused, read_table
from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet
from tests.unit.workbook_bytes import SHEET, book, ods, ods_cell, parts_of, saved, with_part, with_rows, zipped

SCHOOLS = Sheet(
    "Организации",
    "Организации",
    (
        Column("code", "Код", role=ColumnRole.KEY, required=True, aliases=("Код ОО",)),
        Column("name", "Наименование", role=ColumnRole.FIELD, required=True),
        Column("opened_on", "Действует с", ColumnKind.DATE, role=ColumnRole.FIELD),
    ),
)
HEADINGS = ("Код", "Наименование", "Действует с")
DAY = date(2020, 9, 1)
FIRST, SECOND = (65001, "Школа № 1", DAY), (65002, "Школа № 2", DAY)
EXPECTED = [
    {"code": "65001", "name": "Школа № 1", "opened_on": DAY},
    {"code": "65002", "name": "Школа № 2", "opened_on": DAY},
]
CORPUS: dict[str, Callable[[], bytes]] = {}


def dirty(make: Callable[[], bytes]) -> Callable[[], bytes]:
    CORPUS[make.__name__] = make
    return make


def by_openpyxl(change: Callable[[Worksheet], None], *rows: tuple[object, ...]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows or (HEADINGS, FIRST, SECOND):
        made.active.append(row)
    change(made.active)
    return saved(made)


@dirty
def clean():
    return book(HEADINGS, FIRST, SECOND)


@dirty
def merged_titles_and_blank_rows():
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 4)
        sheet["A1"] = "Сведения об организациях, действует с 2020 года"
        sheet.merge_cells("A1:F2")
        sheet.insert_rows(7, 3)

    return by_openpyxl(change)


@dirty
def dates_as_text_and_as_numbers():
    return book(HEADINGS, (65001, "Школа № 1", "1.9.2020 г."), (65002, "Школа № 2", 44075))


@dirty
def moments_instead_of_days():
    moment = datetime.fromisoformat("2020-09-01T13:45")
    return book(HEADINGS, (65001, "Школа № 1", moment), (65002, "Школа № 2", "2020-09-01 00:00:00"))


@dirty
def trailing_and_unbreakable_blanks():
    return book(
        (" Код\u00a0", "Наименование\n", "Действует\u00a0\u00a0с:"),
        ("65001 ", "\u00a0Школа\u00a0№\u00a01\u200b", "\ufeff01.09.2020 "),
        ("\t65002", "Школа № 2  \n", DAY),
        ("\u00a0", " ", "\u200b"),
    )


@dirty
def latin_letters_in_cyrillic_headings():
    return book(("Koд", "Haимeнoвaниe", "Дeйcтвyeт c"), FIRST, SECOND)


@dirty
def headings_in_capitals_with_marks_and_remarks():
    return book(("КОД ОО*", "НАИМЕНОВАНИЕ (полное)", "Действует с (дд.мм.гггг) *"), FIRST, SECOND)


@dirty
def other_order_and_other_columns():
    rows = (("№ п/п", "Действует с", "Директор", "Наименование", "Код"), (1, DAY, "Иванов", "Школа № 1", 65001))
    return book(*rows, (2, DAY, None, "Школа № 2", "65002"), (3,), (4,))


@dirty
def headings_repeated_for_print():
    return book(("Приложение 1",), HEADINGS, (1, 2, 3), FIRST, HEADINGS, SECOND)


@dirty
def a_protected_sheet():
    def change(sheet: Worksheet) -> None:
        sheet.protection.set_password("тайна")
        sheet.protection.enable()

    return by_openpyxl(change)


@dirty
def hidden_rows_and_columns_and_a_filter():
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.auto_filter.ref = "A1:C3"

    return by_openpyxl(change)


@dirty
def computed_formulas():
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet()
        day = made.add_format({"num_format": "d mmmm yyyy\\ \\г."})
        sheet.write_row(0, 0, HEADINGS)
        for row, (code, name, _day) in enumerate((FIRST, SECOND), 1):
            sheet.write_formula(row, 0, "=65000+1", None, code)
            sheet.write_formula(row, 1, '="Школа"', None, name)
            sheet.write_formula(row, 2, "=TODAY()", day, 44075)
            sheet.write_formula(row, 3, '=IF(1,"","")', None, "")
    return target.getvalue()


@dirty
def a_calendar_of_1904():
    content = by_openpyxl(lambda _sheet: None)
    moved = with_part(
        content, SHEET, lambda xml: xml.replace(b">44075<", str(44075 - 1462).encode().join((b">", b"<")))
    )
    return with_part(moved, "xl/workbook.xml", lambda xml: xml.replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>'))


@dirty
def texts_of_several_looks_with_escapes():
    strings = (
        "<sst><si><t>Код</t></si><si><r><t>Наимено</t></r><r><rPr><b/></rPr><t>вание</t></r></si>"
        '<si><t>Действует с</t></si><si><t xml:space="preserve">Школа № 1_x000D_</t></si>'
        "<si><r><t>Школа </t></r><r><t>№ 2</t></r><rPh><t>лишнее</t></rPh></si></sst>"
    )
    row = '<row><c t="s"><v>{}</v></c><c t="s"><v>{}</v></c><c t="{}"><v>{}</v></c></row>'
    rows = row.format(0, 1, "s", 2) + "".join(
        f'<row><c><v>{code}</v></c><c t="s"><v>{name}</v></c><c t="d"><v>2020-09-01</v></c></row>'
        for code, name in ((65001, 3), (65002, 4))
    )
    content = with_part(computed_formulas(), SHEET, lambda _: parts_of(with_rows(rows))[SHEET])
    return with_part(content, "xl/sharedStrings.xml", lambda _: strings.encode())


@dirty
def prefixed_tags_and_names_by_an_exporter_of_its_own():
    parts = parts_of(by_openpyxl(lambda _sheet: None))
    xml = parts[SHEET].decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    xml = xml.replace("xmlns=", "xmlns:x=")
    return zipped({name.replace("/", "\\"): text for name, text in (parts | {SHEET: xml.encode()}).items()})


@dirty
def an_ods_with_repeats():
    day = '<table:table-cell office:value-type="date" office:date-value="2020-09-01"><text:p>1 сентября</text:p></table:table-cell>'
    code = '<table:table-cell office:value-type="float" office:value="{}"><text:p>65 тыс.</text:p></table:table-cell>'
    rows = "".join(
        f'<table:table-row>{code.format(number)}{ods_cell(name)}{day}<table:table-cell table:number-columns-repeated="9"/>'
        "</table:table-row>"
        for number, name, _day in (FIRST, SECOND)
    )
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    heads = f"<table:table-row>{''.join(map(ods_cell, HEADINGS))}</table:table-row>"
    return ods(f'<table:table table:name="Лист">{blank}{heads}{blank}{rows}</table:table>')


@dirty
def a_csv_of_windows():
    text = (
        'Код;"Наименование";Действует с;\r\n65001;Школа № 1;01.09.2020;\r\n;;;\r\n="65002";"Школа № 2 ";01.09.20;\r\n'
    )
    return text.encode("cp1251")


@dirty
def a_text_of_unicode_from_excel():
    return (
        b"\xff\xfe"
        + "Код\tНаименование\tДействует с\r\n65001\tШкола № 1\t01.09.2020\r\n65002\tШкола № 2\t44075\r\n".encode(
            "utf-16-le"
        )
    )


@pytest.mark.parametrize("name", CORPUS)
def test_the_same_schools_come_out_of_each_file(name):
    read = incoming(SCHOOLS, read_table(CORPUS[name](), "файл"))
    assert [row.values for row in read.rows] == EXPECTED
    assert not any(row.problems for row in read.rows)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("<c><f>SUM(1)</f></c>", "формула без сохранённого значения"),
        ("<c><f>SUM(1)</f><v/></c>", "формула без сохранённого значения"),
        ('<c t="e"><f>NA()</f><v>#N/A</v></c>', "ошибка «#N/A»"),
    ],
)
def test_a_cell_without_a_value_to_be_had_is_a_problem_of_its_row(cell, told):
    head = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in HEADINGS)
    name = '<c t="inlineStr"><is><t>Школа</t></is></c>'
    content = with_rows(f"<row>{head}</row><row>{cell}{name}</row><row><c><v>2</v></c>{name}</row>")
    bad, good = incoming(SCHOOLS, read_table(content, "а.xlsx")).rows
    assert told in bad.problems["code"]
    assert (good.number, good.values["code"], good.problems) == (3, "2", {})


def test_formulas_of_an_ods_without_a_value_are_problems_too():
    heads = "".join(map(ods_cell, HEADINGS))
    formulas = (
        '<table:table-cell table:formula="of:=1"/>',
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"/>',
    )
    rows = "".join(f"<table:table-row>{cell}{ods_cell('Школа')}</table:table-row>" for cell in formulas)
    content = ods(f'<table:table table:name="Л"><table:table-row>{heads}</table:table-row>{rows}</table:table>')
    first, second = incoming(SCHOOLS, read_table(content, "а.ods")).rows
    assert "без сохранённого значения" in first.problems["code"]
    assert "ошибка" in second.problems["code"]


def test_the_reading_of_an_east_asian_word_is_no_part_of_it():
    content = with_rows('<row><c t="inlineStr"><is><r><t>東京</t></r><rPh><t>トウキョウ</t></rPh></is></c></row>')
    assert read_table(content, "а.xlsx").rows == [["東京"]]


def test_of_merged_cells_only_the_first_has_a_value():
    rows = "".join(f"<row>{'<c><v>1</v></c>' * 4}</row>" for _ in range(3))
    content = with_part(
        with_rows(rows), SHEET, lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCell ref="A2:C3"/>')
    )
    assert read_table(content, "а.xlsx").rows == [[1, 1, 1, 1], [1, None, None, 1], [None, None, None, 1]]


@pytest.mark.parametrize("heading", ["Наименование", "наименование *", "Hаименование"])
def test_doubled_headings_are_refused(heading):
    with pytest.raises(WorkbookRefused, match="«Наименование» стоит в файле дважды"):
        incoming(SCHOOLS, read_table(book((*HEADINGS, heading), (*FIRST, "ещё")), "а.xlsx"))


def test_renamed_headings_are_told_with_those_that_are_missing():
    with pytest.raises(WorkbookRefused, match="нет столбца «Наименование»"):
        incoming(SCHOOLS, read_table(book(("Код", "Учреждение", "Действует с"), FIRST), "а.xlsx"))


@pytest.mark.parametrize(
    ("number_format", "value"),
    [
        ("dd.mm.yyyy", DAY),
        ("[$-419]d\\ mmmm\\ yyyy;@", DAY),
        ('yyyy"-"mm', DAY),
        ("mmm", DAY),
        ("General", 44075),
        ("#,##0.00\\ [$р.-419]", 44075),
        ('0" дней d"', 44075),
        ("[h]:mm", 44075),
        ("[Red]0;[Blue]-0", 44075),
    ],
)
def test_a_number_is_a_day_by_its_format(number_format, value):
    def change(sheet: Worksheet) -> None:
        sheet["A1"] = 44075
        sheet["A1"].number_format = number_format

    assert read_table(by_openpyxl(change, ()), "а.xlsx").rows == [[value]]


@pytest.mark.parametrize(
    ("serial", "day"), [("1", date(1900, 1, 1)), ("59", date(1900, 2, 28)), ("61", date(1900, 3, 1))]
)
def test_days_of_a_calendar_with_a_day_that_never_was(serial, day):
    def change(sheet: Worksheet) -> None:
        sheet["A1"] = 44075
        sheet["A1"].number_format = "dd.mm.yyyy"

    content = with_part(by_openpyxl(change, ()), SHEET, lambda xml: xml.replace(b"44075", serial.encode()))
    assert read_table(content, "а.xlsx").rows == [[day]]
