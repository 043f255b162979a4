from __future__ import annotations

import importlib
import io
from datetime import UTC, datetime, timedelta, timezone

import openpyxl
import pytest

from app.excel.look import BODY
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, offset_label
from app.excel.text_room import ROW_LIMIT, lines, room
from app.excel.writer import write_register

RECORDS = ("order", "assignment", "org_unit", "user", "audit_event")


def sheet_of(record: str) -> Sheet:
    sheet = importlib.import_module(f"app.excel.{record}").SHEET
    assert isinstance(sheet, Sheet)
    return sheet


@pytest.mark.parametrize("record", RECORDS)
def test_every_register_has_a_sheet_that_can_be_written(record: str) -> None:
    sheet = sheet_of(record)
    target = io.BytesIO()
    heading = Heading((), datetime(2026, 11, 21, tzinfo=UTC), "Фамилия-001", "Анивский")
    assert write_register(target, sheet, [tuple(column.title for column in sheet.columns)], heading) == 1
    page = openpyxl.load_workbook(target).active
    assert page.title == sheet.name
    assert page.cell(1, 1).value == sheet.title
    titles = [cell.value for cell in page[5]]
    assert titles == [column.title for column in sheet.columns]
    assert sum(column.width for column in sheet.columns) < 255


def test_sheet_names_of_registers_differ() -> None:
    assert len({sheet_of(record).name for record in RECORDS}) == len(RECORDS)


def test_columns_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="key stands twice: a"):
        Sheet("Л", "Л", (Column("a", "А"), Column("a", "Б")))
    with pytest.raises(ValueError, match="title stands twice: а"):
        Sheet("Л", "Л", (Column("a", "А"), Column("b", "а")))
    with pytest.raises(ValueError, match="needs a column"):
        Sheet("Л", "Л", ())
    assert Sheet("Л", "Л", (Column("a", "А"), Column("b", "Б", ColumnKind.DATE))).keys == ("a", "b")


def test_a_heading_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Heading((), datetime(2026, 11, 21), "Фамилия-001", "Анивский")  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("offset", "label"),
    [
        (timedelta(hours=11), "UTC+11"),
        (timedelta(0), "UTC+0"),
        (timedelta(hours=5, minutes=30), "UTC+5:30"),
        (-timedelta(hours=3, minutes=30), "UTC−3:30"),
    ],
)
def test_the_zone_is_named_by_its_offset(offset: timedelta, label: str) -> None:
    assert offset_label(datetime(2026, 11, 21, tzinfo=timezone(offset))) == label


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [
        ("", 10, 1),
        ("слово", 10, 1),
        ("раз\nдва\n", 10, 3),
        ("слово " * 10, 15, 4),
        ("щ" * 100, 10, 14),
        # Seen in LibreOffice: fourteen lines in a column a twentieth wider.
        ("Довести до сведения органов местного самоуправления аналитические материалы " * 7, 38, 15),
    ],
)
def test_lines_are_counted_as_readers_wrap_them(text: str, width: float, count: int) -> None:
    assert lines(text, width, BODY) == pytest.approx(count, abs=1)


def test_a_row_is_never_higher_than_excel_allows() -> None:
    assert room("слово\n" * 500, 10, BODY) == ROW_LIMIT
