from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.excel.cell_value import TEXT_LIMIT, clean_text, is_active, serial, sheet_name, typed, utf16_units
from app.excel.sheet import ColumnKind
from app.models.enumeration import AssignmentStatus

SAKHALIN = timezone(timedelta(hours=11))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, ColumnKind.TEXT, None),
        ("", ColumnKind.DATE, None),
        ("2.1", ColumnKind.TEXT, "2.1"),
        (7, ColumnKind.TEXT, "7"),
        (True, ColumnKind.TEXT, "да"),
        (date(2023, 1, 30), ColumnKind.TEXT, "30.01.2023"),
        (AssignmentStatus.OFF_CONTROL, ColumnKind.TEXT, "снято с контроля"),
        (7, ColumnKind.INTEGER, 7),
        (0, ColumnKind.INTEGER, 0),
        ("семь", ColumnKind.INTEGER, "семь"),
        (True, ColumnKind.INTEGER, "да"),
        (Decimal("2.5"), ColumnKind.NUMBER, 2.5),
        (0.25, ColumnKind.PERCENT, 0.25),
        (float("nan"), ColumnKind.NUMBER, None),
        (Decimal("Infinity"), ColumnKind.NUMBER, None),
        (12345678901234567, ColumnKind.INTEGER, "12345678901234567"),
        (False, ColumnKind.BOOLEAN, False),
        ("да", ColumnKind.BOOLEAN, "да"),
        (date(2023, 1, 30), ColumnKind.DATE, date(2023, 1, 30)),
        ("без срока", ColumnKind.DATE, "без срока"),
        (date(1899, 12, 31), ColumnKind.DATE, "31.12.1899"),
        # 20:30 UTC is the next day on Sakhalin.
        (datetime(2026, 11, 20, 20, 30, tzinfo=UTC), ColumnKind.DATE, date(2026, 11, 21)),
        (
            datetime(2026, 11, 20, 20, 30, 5, 999, tzinfo=UTC),
            ColumnKind.DATETIME,
            datetime.fromisoformat("2026-11-21T07:30:05"),
        ),
        (datetime(2026, 11, 20, 20, 30, tzinfo=UTC), ColumnKind.TEXT, "21.11.2026 07:30"),
    ],
)
def test_a_value_takes_the_type_of_its_column(value: object, kind: ColumnKind, expected: object) -> None:
    got = typed(value, kind, SAKHALIN)
    assert got == expected
    assert type(got) is type(expected)


def test_text_keeps_what_is_visible_and_loses_what_xml_cannot_hold() -> None:
    assert clean_text("а\x00б\x0bв\ud800г\r\nд\rе\tж\uffff") == "абв\ufffdг\nд\nе\tж"


def test_long_text_is_cut_at_a_whole_character() -> None:
    assert clean_text("я" * TEXT_LIMIT) == "я" * TEXT_LIMIT
    assert clean_text("я" * (TEXT_LIMIT + 1)) == "я" * (TEXT_LIMIT - 1) + "…"
    assert clean_text("🙂" * TEXT_LIMIT) == "🙂" * ((TEXT_LIMIT - 1) // 2) + "…"


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("text", ["=1+1", "+7 (42446) 2-12-34", "-1", "@SUM(A1)", "\t=1", "\n=1", "'='"])
def test_what_excel_would_take_for_a_formula_is_recognised(text: str) -> None:
    assert is_active(text)
    assert not is_active("п. " + text)


@given(st.text(st.characters(exclude_categories=()), max_size=50), st.integers(0, 3))
def test_sheet_names_fit_excel_and_are_never_doubled(wanted: str, doubles: int) -> None:
    taken: set[str] = set()
    for _ in range(doubles + 1):
        name = sheet_name(wanted, taken)
        assert name
        assert utf16_units(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() not in {each.casefold() for each in taken}
        taken.add(name)


def test_sheet_names_excel_keeps_for_itself_or_compares_without_case() -> None:
    assert sheet_name("History", set()) != "History"
    assert sheet_name("[*]", set()) == "Лист"
    assert sheet_name("СВОД", {"свод"}) == "СВОД (2)"
    assert sheet_name("я" * 40, {"Я" * 30 + "…"}) == "я" * 26 + "… (2)"


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (date(1900, 1, 1), 1),
        (datetime(1900, 1, 1), 1),  # noqa: DTZ001 - a cell has no zone
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),  # Excel has a 29 February between them
        (date(2000, 1, 1), 36_526),
        (date(9999, 12, 31), 2_958_465),
        (datetime(2000, 1, 1, 18), 36_526.75),  # noqa: DTZ001 - a cell has no zone
    ],
)
def test_days_are_numbered_as_excel_numbers_them(moment: date, number: float) -> None:
    assert serial(moment) == number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("sNaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1e400"), "1E+400"),
        (10**20, "1" + "0" * 20),
        (10**400, "1" + "0" * 400),
    ],
)
def test_numbers_that_no_cell_can_hold_are_text_or_nothing(value: object, expected: object) -> None:
    assert typed(value, ColumnKind.NUMBER, SAKHALIN) == expected


def test_a_moment_past_the_last_of_the_calendar_keeps_its_own_zone() -> None:
    moment = datetime.max.replace(tzinfo=UTC)
    assert typed(moment, ColumnKind.DATE, SAKHALIN) == date(9999, 12, 31)
