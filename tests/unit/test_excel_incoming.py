"""Headings recognised however they are written, and cells typed by their columns."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.excel.cell_reading import read_cell
from app.excel.heading_match import homoglyph_folded
from app.excel.incoming import Incoming, incoming
from app.excel.reader import Table, WorkbookRefused
from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD
SHEET = Sheet(
    "Организации",
    "Организации",
    (
        Column("code", "Код", role=KEY, required=True, aliases=("ОКТМО",)),
        Column("name", "Наименование", role=FIELD, required=True),
        Column("opened_on", "Действует с", ColumnKind.DATE, role=FIELD),
        Column("share", "Доля охвата (%)", ColumnKind.PERCENT, role=FIELD),
        Column("email", "E-mail", role=FIELD),
        Column("term", "Срок", role=FIELD),
        Column("place", "Муниципалитет", role=KEY),
        Column("points", "Пунктов", ColumnKind.INTEGER),
    ),
)
HEADINGS = ["Код", "Наименование", "Действует с"]


def taken(*rows: list[object], faults: dict[tuple[int, int], str] | None = None) -> Incoming:
    return incoming(SHEET, Table("Лист1", [list(row) for row in rows], faults or {}))


def test_rows_in_any_order_of_columns_under_titles():
    read = taken(
        ["Организации"],
        ["по состоянию на 01.09.2026 10:00 (UTC+3)"],
        [],
        ["Действует с", "Пунктов", "Прочее", "Наименование", "Код", None],
        [date(2020, 9, 1), 4, "да", "Школа № 1", 65001.0],
        [],
        [None, None, "примечание"],
        [None, None, None, "Школа № 2", "065002", None],
    )
    assert read.columns == {"code": 4, "name": 3, "opened_on": 0}
    assert (read.unknown, read.ignored, read.heading_row) == (["Прочее"], ["Пунктов"], 4)
    assert [(row.number, row.values, row.problems) for row in read.rows] == [
        (5, {"code": "65001", "name": "Школа № 1", "opened_on": date(2020, 9, 1)}, {}),
        (8, {"code": "065002", "name": "Школа № 2", "opened_on": None}, {}),
    ]


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("code", "КОД"),
        ("code", " код *"),
        ("code", "Koд"),  # two Latin letters
        ("code", "октмо:"),
        ("code", "OKTMO"),  # all Latin
        ("code", "Код (обязательно)"),
        ("opened_on", "действует\u00a0 с"),
        ("opened_on", "Действует\nс"),
        ("opened_on", "Дейст-\nвует с"),
        ("opened_on", "Действует с\u200b"),
        ("share", "Доля охвата"),
        ("share", "доля охвата, (проценты)"),
        ("email", "Е-MAIL"),  # the first letter is Cyrillic
        ("term", "Cpок"),
    ],
)
def test_a_heading_is_known_however_it_is_written(key, heading):
    needed = [column.title for column in SHEET.columns if column.key in {"code", "name"} - {key}]
    read = taken([*needed, heading], ["а", "б", None])
    assert read.columns[key] == len(needed)


def test_a_whole_heading_wins_over_one_known_without_its_brackets():
    read = taken(["Код", "Наименование", "Срок (факт)", "Срок"], ["1", "а", "б", "в"])
    assert (read.columns["term"], read.unknown) == (3, ["Срок (факт)"])


def test_of_long_and_many_unknown_headings_little_is_told():
    others = [f"{number} {'ж' * 5_000}" for number in range(50)]
    told = taken(["Код", "Наименование", *others], ["1", "а"]).unknown
    assert len(told) == 50
    assert {len(heading) for heading in told} == {100}
    assert told[7].startswith("7 ж")


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (["Наименование", "Действует с"], "нет столбца «Код»"),
        (["Действует с", "Срок"], "нет столбцов «Код», «Наименование»"),
        (["Код", "Наименование", "код:"], r"«Код» стоит в файле дважды: A \(«Код»\) и C \(«код:»\)"),
        (["Код", "ОКТМО", "Наименование"], "«Код» стоит в файле дважды"),
        (["Фамилия", "Имя"], "не нашлась строка с заголовками. Нужны столбцы: «Код», «Наименование»"),
        (["Приказ", "Код"], "не нашлась строка с заголовками"),
    ],
)
def test_headings_that_are_missing_or_doubled_are_named(headings, told):
    with pytest.raises(WorkbookRefused, match=told):
        taken(["Отчёт"], headings, ["1", "2", "3"])


def test_a_sheet_without_required_columns_needs_its_keys():
    sheet = Sheet("С", "С", (Column("code", "Код", role=KEY), Column("name", "Имя", role=FIELD)))
    with pytest.raises(WorkbookRefused, match="нет столбца «Код»"):
        incoming(sheet, Table("", [["Имя"], ["а"]]))


def test_doubled_headings_of_columns_that_only_go_out_do_no_harm():
    assert taken(["Код", "Наименование", "Пунктов", "Пунктов"], ["1", "а", 2, 3]).ignored == ["Пунктов"]


def test_headings_merged_over_two_rows():
    read = taken(
        ["Код", "Наименование", "Сроки", None],
        [None, None, "Действует с", "Срок"],
        ["1", "а", date(2020, 9, 1), "скоро"],
    )
    assert (read.columns["opened_on"], read.heading_row) == (2, 2)
    assert [row.number for row in read.rows] == [3]


def test_repeated_headings_numbers_of_columns_and_examples_are_passed_over():
    read = taken(
        ["№", *HEADINGS, "Что исправить"],
        [1, 2, 3, 4],
        [" Пpимep ", "000", "Школа", None],  # three Latin letters
        [1, "65001", "Школа № 1", None, "Нет такого кода."],
        ["№", *HEADINGS],
        [2, "65002", "Школа № 2"],
        [3],
        ["пример"],
    )
    assert [row.number for row in read.rows] == [4, 6]
    assert (read.examples, read.unknown) == ([3], [])


def test_the_word_that_marks_an_example_marks_nothing_in_other_columns():
    assert len(taken(["№", *HEADINGS], [1, "1", "пример"]).rows) == 1
    assert len(taken(HEADINGS, ["пример", "а"]).rows) == 1


def test_a_cell_that_is_not_understood_is_a_problem_and_no_value():
    read = taken(HEADINGS, [7, "Школа", "завтра"], ["8", " \u00a0", None], faults={(1, 0): "ошибка «#N/A»: исправьте"})
    first, second = read.rows
    assert first.values == {"name": "Школа"}
    assert first.problems == {
        "code": "В столбце «Код» ошибка «#N/A»: исправьте.",
        "opened_on": "В столбце «Действует с» стоит «завтра»: это не дата. Напишите её как 01.09.2026.",
    }
    assert second.problems == {"name": "Столбец «Наименование» не заполнен. Заполните его."}


DAYS = [
    "01.09.2026",
    "1.9.26",
    "1/9/2026",
    "01-09-2026",
    "2026-09-01",
    "2026.09.01",
    "«1» сентября 2026 г.",
    "1 сен 2026",
]


@pytest.mark.parametrize(
    "cell",
    [
        *DAYS,
        "1 cентября 2026 года",
        "01.09.2026 г.",
        " 01.09.2026\u00a0",
        46266,
        46266.0,
        "46266",
        "2026-09-01T00:00:00",
    ],
)
def test_days(cell):
    assert read_cell(Column("x", "День", ColumnKind.DATE), cell) == (date(2026, 9, 1), "")


@pytest.mark.parametrize(
    "cell", ["01.09.2026 10:30", "2026-09-01T10:30:00Z", "1 сентября 2026 г. в 10:30", 46266.4375, "1.9.26 10.30"]
)
def test_moments(cell):
    moment = datetime.fromisoformat("2026-09-01T10:30")
    assert read_cell(Column("x", "День", ColumnKind.DATETIME), cell) == (moment, "")
    assert read_cell(Column("x", "День", ColumnKind.DATE), cell) == (moment.date(), "")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (ColumnKind.INTEGER, "1\u00a0234", 1234),
        (ColumnKind.INTEGER, 12.0, 12),
        (ColumnKind.INTEGER, "−5", -5),
        (ColumnKind.NUMBER, "12,5", 12.5),
        (ColumnKind.NUMBER, "1 234,5", 1234.5),
        (ColumnKind.NUMBER, "1,234.5", 1234.5),
        (ColumnKind.NUMBER, "1.234.567,5", 1234567.5),
        (ColumnKind.NUMBER, "1,234,567", 1234567.0),
        (ColumnKind.NUMBER, 3, 3.0),
        (ColumnKind.PERCENT, "50 %", 0.5),
        (ColumnKind.PERCENT, "12,5%", 0.125),
        (ColumnKind.PERCENT, 0.5, 0.5),
        (ColumnKind.PERCENT, "150 %", 1.5),
        (ColumnKind.PERCENT, 1, 1.0),
        (ColumnKind.BOOLEAN, "Да", True),
        (ColumnKind.BOOLEAN, "нет", False),
        (ColumnKind.BOOLEAN, "нeт", False),  # a Latin «e»
        (ColumnKind.BOOLEAN, "+", True),
        (ColumnKind.BOOLEAN, "ИСТИНА", True),
        (ColumnKind.BOOLEAN, 1, True),
        (ColumnKind.BOOLEAN, 0.0, False),
        (ColumnKind.BOOLEAN, False, False),
        (ColumnKind.TEXT, 65001.0, "65001"),
        (ColumnKind.TEXT, 0.1 + 0.2, "0.3"),
        (ColumnKind.TEXT, True, "да"),
        (ColumnKind.TEXT, date(2026, 9, 1), "01.09.2026"),
        (ColumnKind.TEXT, " Школа\u00a0№\u00a01\u200b \r\n ", "Школа № 1"),
        (ColumnKind.TEXT, "а\r\nб", "а\nб"),
        (ColumnKind.TEXT, "\u00a0", None),
        (ColumnKind.DATE, None, None),
    ],
)
def test_values(kind, cell, value):
    read, problem = read_cell(Column("x", "Столбец", kind), cell)
    assert (read, type(read), problem) == (value, type(value), "")


@pytest.mark.parametrize(
    ("kind", "cell", "told"),
    [
        (ColumnKind.DATE, 2026, "стоит «2026»: это не дата"),
        (ColumnKind.DATE, "31.02.2026", "это не дата"),
        (ColumnKind.DATE, "1 мартобря 2026", "это не дата"),
        (ColumnKind.DATE, True, "это не дата"),
        (ColumnKind.DATE, "9" * 400, "это не дата"),
        (ColumnKind.INTEGER, 1.5, "не целое"),
        (ColumnKind.INTEGER, "пять", "не число"),
        (ColumnKind.INTEGER, "1e400", "не целое|слишком велико|не число"),
        (ColumnKind.NUMBER, date(2026, 9, 1), "стоит «01.09.2026»: это не число"),
        (ColumnKind.NUMBER, "1,2,3", "не число"),
        (ColumnKind.NUMBER, "nan", "не число"),
        (ColumnKind.NUMBER, "1" * 400, "слишком велико|не число"),
        (ColumnKind.PERCENT, "половина", "не число"),
        (ColumnKind.PERCENT, 1.5, "доля это или проценты"),
        (ColumnKind.PERCENT, "50", "доля это или проценты"),
        (ColumnKind.BOOLEAN, "иногда", "«да» или «нет»"),
        (ColumnKind.BOOLEAN, 2, "«да» или «нет»"),
        (ColumnKind.TEXT, 12345678901234567890.0, "больше 15 цифр"),
    ],
)
def test_problems_are_whole_sentences_with_the_column_and_the_value(kind, cell, told):
    value, problem = read_cell(Column("x", "Столбец", kind), cell)
    assert value is None
    assert problem.startswith("В столбце «Столбец» стоит «")
    assert problem.endswith(".")
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(problem)
    assert len(problem) < 300


def test_words_that_look_alike_are_folded_alike():
    assert homoglyph_folded("  ШKOЛА \u00a0Ёлка ") == homoglyph_folded("школа елка")
    assert homoglyph_folded("TEXT") == homoglyph_folded("text")
    assert homoglyph_folded("школа 1") != homoglyph_folded("школа 2")
    assert homoglyph_folded("мир") != homoglyph_folded("мор")
