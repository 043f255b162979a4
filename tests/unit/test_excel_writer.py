from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.excel import writer
from app.excel.cell_value import TEXT_LIMIT, clean_text, is_active
from app.excel.look import PLAIN
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.writer import SheetWriteError, opened, write_register

SAKHALIN = timezone(timedelta(hours=11))
HEADING = Heading(
    ("Поручения",),
    datetime(2026, 11, 21, 14, 5, tzinfo=SAKHALIN),
    "Фамилия-003",
    "Томаринский муниципальный округ",
    "состояние: назначено",
)
SHEET = Sheet(
    "Поручения",
    "Поручения",
    (
        Column("text", "Текст", width=20, wrap=True),
        Column("count", "Сколько", ColumnKind.INTEGER, 9),
        Column("share", "Доля", ColumnKind.PERCENT, 9),
        Column("due_on", "Срок", ColumnKind.DATE, 12),
        Column("at", "Когда", ColumnKind.DATETIME, 17),
        Column("late", "Просрочено", ColumnKind.BOOLEAN, 12),
    ),
)
ROW = ("=1+1", 1234, 0.5, date(2023, 1, 30), datetime(2026, 11, 21, 3, 5, tzinfo=UTC), True)
TEXTS = Sheet("Тексты", "Тексты", (Column("text", "Текст", width=20),))
BOOLEAN_OF_LIBREOFFICE = '"TRUE";"TRUE";"FALSE"'
HEAD = 6  # in openpyxl's counting from 1: title, day, author, filter, gap, header


def written(sheet: Sheet, rows: Sequence[Sequence[object]], heading: Heading = HEADING) -> io.BytesIO:
    target = io.BytesIO()
    assert write_register(target, sheet, iter(rows), heading) == len(rows)
    target.seek(0)
    return target


def test_each_cell_comes_back_with_its_type_and_format() -> None:
    page = openpyxl.load_workbook(written(SHEET, [ROW, ("", None, None, None, None, False)])).active
    cells = page[HEAD + 1]
    assert [cell.value for cell in cells] == [
        "=1+1",
        1234,
        0.5,
        datetime.fromisoformat("2023-01-30"),
        datetime.fromisoformat("2026-11-21T14:05"),
        True,
    ]
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "d", "d", "b"]
    assert [cell.number_format for cell in cells[:5]] == ["@", "#,##0", "0.0%", "dd.mm.yyyy", "dd.mm.yyyy hh:mm"]
    assert cells[5].number_format == BOOLEAN_OF_LIBREOFFICE
    assert [cell.value for cell in page[HEAD + 2]] == [None, None, None, None, None, False]


def test_calamine_reads_the_same_values() -> None:
    rows = CalamineWorkbook.from_filelike(written(SHEET, [ROW])).get_sheet_by_index(0).to_python()
    assert rows[HEAD] == ["=1+1", 1234, 0.5, date(2023, 1, 30), datetime.fromisoformat("2026-11-21T14:05"), True]


def test_the_heading_says_the_day_the_author_the_scope_and_the_filter() -> None:
    page = openpyxl.load_workbook(written(SHEET, [ROW])).active
    assert [page.cell(row, 1).value for row in range(1, HEAD)] == [
        "Поручения",
        "по состоянию на 21.11.2026 14:05 (UTC+11)",
        "Сформировал: Фамилия-003, в пределах: Томаринский муниципальный округ",
        "Отбор: состояние: назначено",
        None,
    ]
    assert [cell.value for cell in page[HEAD]] == [column.title for column in SHEET.columns]
    assert "A1:F1" in {str(each) for each in page.merged_cells.ranges}


def test_header_is_held_filtered_and_repeated_on_landscape_a4() -> None:
    book = openpyxl.load_workbook(written(SHEET, [ROW, ROW]))
    page = book.active
    assert page.freeze_panes == f"A{HEAD + 1}"
    assert page.auto_filter.ref == f"A{HEAD}:F{HEAD + 2}"
    assert page.print_title_rows == f"${HEAD}:${HEAD}"
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 9
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.oddFooter.center.text == "Стр. &P из &N"
    assert page.oddFooter.right.text == "Напечатано &D &T"
    assert page.column_dimensions["A"].width == pytest.approx(20.7, abs=0.1)
    assert (book.properties.title, book.properties.creator) == ("Поручения", "Фамилия-003")
    assert book.properties.created == datetime.fromisoformat("2026-11-21T03:05")


def test_an_empty_register_has_its_header_and_can_be_filtered() -> None:
    page = openpyxl.load_workbook(written(SHEET, [])).active
    assert page.max_row == HEAD
    assert page.auto_filter.ref == f"A{HEAD}:F{HEAD}"


def test_a_wrapped_row_is_as_high_as_its_text_even_the_last_and_the_gap() -> None:
    page = openpyxl.load_workbook(written(SHEET, [("слово " * 40, *ROW[1:]), ROW])).active
    assert page.row_dimensions[HEAD + 1].height > 6 * page.row_dimensions[HEAD + 2].height
    assert page.row_dimensions[HEAD - 1].height == 6


@pytest.mark.parametrize("count", [0, 3, 4, 5, 8, 9])
def test_rows_past_the_limit_go_on_on_a_further_sheet(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SHEET_ROWS", HEAD + 4)
    book = openpyxl.load_workbook(written(SHEET, [(f"строка {n}", *ROW[1:]) for n in range(count)]))
    assert book.sheetnames == ["Поручения", "Поручения (2)", "Поручения (3)"][: max(1, -(-count // 4))]
    read = []
    for page in book:
        assert page.cell(HEAD, 1).value == "Текст"
        assert page.max_row <= HEAD + 4
        assert page.auto_filter.ref == f"A{HEAD}:F{page.max_row}"
        read += [page.cell(row, 1).value for row in range(HEAD + 1, page.max_row + 1)]
    assert read == [f"строка {n}" for n in range(count)]


HOSTILE = [
    '=HYPERLINK("http://example.org";"x")',
    "=cmd|'/c calc'!A1",
    "+7 (42446) 2-12-34",
    "-1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "{=1}",
    "https://example.org/?a=1&b=<2>",
    "mailto:a@example.org",
    "internal:Лист1!A1",
    "007",
    "2.1",
    "1E5",
    "  с краёв  ",
    "две\nстроки",
    "\u202eсправа налево\u202c",
    "שלום",
    "<r><t>x</t></r>",
    "<r></c></row></r>",
    "<r>_x0041_&</r>",
    "_x0041_",
    "_x005F_",
    "]]>",
    "&lt;",
    "\x00\x07\x1f",
    "\ud83d",
    "🙂",
    "TRUE",
    "#N/A",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(HOSTILE), max_size=12))
@example(HOSTILE)
@example(["я" * (TEXT_LIMIT + 5), "=" * (TEXT_LIMIT + 5), "<r>" + "&" * 20_000 + "</r>"])
def test_hostile_text_stays_text_and_keeps_its_visible_form(texts: list[str]) -> None:
    target = written(TEXTS, [(text,) for text in texts])
    with zipfile.ZipFile(target) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
        names = archive.namelist()
    assert not re.search(rb"<(f|hyperlink)[ />]", xml)
    assert not any("rels" in name and "worksheets" in name for name in names)
    expected = [clean_text(text) or None for text in texts]
    page = openpyxl.load_workbook(target).active
    cells = [page.cell(HEAD + 1 + number, 1) for number in range(len(texts))]
    assert [unescaped(cell.value) for cell in cells] == expected
    for cell in cells:
        if cell.value is not None:
            assert cell.data_type == "s"
            assert cell.number_format == "@"
            assert cell.quotePrefix == is_active(unescaped(cell.value) or "")


def unescaped(text: str | None) -> str | None:
    """Openpyxl leaves Excel's own escape of «_xHHHH_» as it stands in the file."""
    return text and re.sub("_x005F(_x[0-9a-fA-F]{4}_)", r"\1", text)


def put_in_rows(*rows: int) -> None:
    with opened(io.BytesIO(), "Книга", HEADING) as book:
        page = book.page("Лист", [10])
        for row in rows:
            page.put(row, 0, f"строка {row}", PLAIN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<r><t>x</t></r>", "<r><t>x</t></r>"),
        ("<r></c></row></r>", "<r></c></row></r>"),
        ("<r>" + "&" * 20_000 + "</r>", "<r>" + "&" * 20_000 + "</r…"),
    ],
)
def test_a_page_takes_no_text_for_the_markup_of_xlsxwriter(text: str, shown: str) -> None:
    """Its own wrapping of such a text may pass Excel's limit; then the last sign is cut, which is enough."""
    target = io.BytesIO()
    with opened(target, "Книга", HEADING) as book:
        book.page("Лист", [10]).put(0, 0, text, PLAIN)
    cell = openpyxl.load_workbook(target, rich_text=False).active["A1"]
    assert cell.value == shown


@pytest.mark.parametrize("rows", [(5, 6, 2), (1_048_576,)])
def test_a_cell_that_xlsxwriter_would_lose_silently_raises(rows: tuple[int, ...]) -> None:
    with pytest.raises(SheetWriteError, match="with code"):
        put_in_rows(*rows)


def test_an_error_in_the_rows_leaves_the_target_and_the_disk_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        yield ROW
        raise LookupError("база недоступна")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    target = io.BytesIO()
    with pytest.raises(LookupError):
        write_register(target, SHEET, rows(), HEADING)
    assert target.getvalue() == b""
    written(SHEET, [ROW])
    assert list(tmp_path.iterdir()) == []


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="5 values for 6 columns"):
        write_register(io.BytesIO(), SHEET, [ROW[:5]], HEADING)


def test_sheets_of_one_name_are_told_apart() -> None:
    target = io.BytesIO()
    with opened(target, "Книга", HEADING) as book:
        for _ in range(3):
            book.page("Свод: все/вся", [10]).put(0, 0, "x", PLAIN)
    assert openpyxl.load_workbook(target).sheetnames == ["Свод  все вся", "Свод  все вся (2)", "Свод  все вся (3)"]
