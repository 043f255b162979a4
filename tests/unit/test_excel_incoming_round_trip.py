"""What a register writes out comes back as the same values, whatever people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from app.excel.cell_text import cleaned
from app.excel.cell_value import TEXT_LIMIT, clean_text
from app.excel.incoming import incoming
from app.excel.reader import read_table
from app.excel.sheet import Column, ColumnKind, ColumnRole, Heading, Sheet
from app.excel.writer import write_register

FIELD = ColumnRole.FIELD
SHEET = Sheet(
    "Записи",
    "Все записи",
    (
        Column("number", "Номер", ColumnKind.INTEGER, role=ColumnRole.KEY, required=True),
        Column("text", "Содержание", role=FIELD, wrap=True),
        Column("rate", "Ставка", ColumnKind.NUMBER, role=FIELD),
        Column("share", "Доля", ColumnKind.PERCENT, role=FIELD),
        Column("day", "День", ColumnKind.DATE, role=FIELD),
        Column("moment", "Когда", ColumnKind.DATETIME, role=FIELD),
        Column("yes", "Принято", ColumnKind.BOOLEAN, role=FIELD),
        Column("count", "Всего", ColumnKind.INTEGER),
    ),
)
HEADING = Heading(("Реестр записей",), datetime(2026, 9, 1, tzinfo=UTC), "Петров", "Район", "номер; содержание")

texts = st.text(max_size=60) | st.sampled_from(
    [
        "=1+1",
        "+7 900",
        "-",
        "@x",
        "'",
        "<r>x</r>",
        "_x000D_",
        "_x0041_",
        "а\r\nб",
        "  а",
        "007",
        "1.10",
        "да",
        "№",
        "2026-09-01",
    ]
)
shares = st.integers(0, 1000).map(lambda share: share / 1000)
days = st.dates(date(1900, 3, 1), date(9999, 12, 31))
moments = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001 - cells have no zone
numbers = st.integers(-(10**14), 10**14).map(lambda number: number / 1000)
rows = st.tuples(
    texts, st.none() | numbers, st.none() | shares, st.none() | days, st.none() | moments, st.none() | st.booleans()
)


@settings(deadline=None, max_examples=150)
@given(st.lists(rows, min_size=1, max_size=5))
def test_a_register_comes_back_as_it_went(values):
    target = BytesIO()
    write_register(target, SHEET, [(number, *row, 7) for number, row in enumerate(values)], HEADING)
    read = incoming(SHEET, read_table(target.getvalue(), "записи.xlsx"))
    assert (read.unknown, read.ignored, read.heading_row) == ([], ["Всего"], 6)
    keys = [column.key for column in SHEET.columns[:-1]]
    expected = [
        dict(zip(keys, (number, cleaned(clean_text(text)) or None, *others), strict=True))
        for number, (text, *others) in enumerate(values)
    ]
    assert [row.values for row in read.rows] == expected
    assert not any(row.problems for row in read.rows)


def test_a_text_as_long_as_a_cell_holds_comes_back():
    target = BytesIO()
    text = "ж" * TEXT_LIMIT
    write_register(target, SHEET, [(1, text, None, None, None, None, None, 7)], HEADING)
    assert incoming(SHEET, read_table(target.getvalue(), "а")).rows[0].values["text"] == text
