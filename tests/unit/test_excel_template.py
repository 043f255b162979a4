"""The workbook to be filled in: what stands in it, and that nothing of it is loaded but what people add."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest

from app.excel.incoming import incoming
from app.excel.reader import read_table
from app.excel.sheet import Column, ColumnKind, ColumnRole, Heading, Sheet
from app.excel.template import write_template
from tests.unit.workbook_bytes import saved

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD
SHEET = Sheet(
    "Курсы",
    "Повышение квалификации",
    (
        Column("person", "Сотрудник", role=KEY, required=True, choices="people", example="Иванова Анна"),
        Column("form", "Форма", role=FIELD, choices="forms", example="очная", note="как в удостоверении"),
        Column("ended_on", "Окончен", ColumnKind.DATE, role=FIELD, example="01.09.2026"),
        Column("hours", "Часов", ColumnKind.INTEGER, role=FIELD, example=72),
        Column("rate", "Ставка", ColumnKind.NUMBER, role=FIELD, example=0.5),
        Column("share", "Доля", ColumnKind.PERCENT, role=FIELD, example="50 %"),
        Column("paid", "Оплачен", ColumnKind.BOOLEAN, role=FIELD, example=True),
        Column("place", "Место", role=FIELD, choices="places"),
        Column("code", "Номер", role=FIELD, example="000123"),
        Column("count", "Всего", ColumnKind.INTEGER),
    ),
)
HEADING = Heading((), datetime(2026, 9, 1, tzinfo=UTC), "Петров П. П.", "Южный район")
PEOPLE = [f"Сотрудник, № {number}" for number in range(300)]
HEAD = 5  # the row of headings


def template(**choices: list[str]) -> bytes:
    target = BytesIO()
    write_template(target, SHEET, HEADING, {"people": PEOPLE, "forms": ["очная", "заочная"]} | choices)
    return target.getvalue()


@pytest.fixture(name="book")
def opened():
    return openpyxl.load_workbook(BytesIO(template()))


def test_headings_are_those_of_loaded_columns_and_the_required_are_marked(book):
    row = [cell.value for cell in book["Курсы"][HEAD]]
    assert row == ["№", "Сотрудник *", "Форма", "Окончен", "Часов", "Ставка", "Доля", "Оплачен", "Место", "Номер"]
    assert book["Курсы"].freeze_panes == f"A{HEAD + 1}"


def test_notes_say_how_to_fill_in(book):
    notes = {cell.value: cell.comment.text for cell in book["Курсы"][HEAD]}
    assert "Обязательный столбец." in notes["Сотрудник *"]
    assert "Можно оставить пустым.\nКак в удостоверении.\nВыберите из списка." in notes["Форма"]
    assert "Дата: 01.09.2026." in notes["Окончен"]
    assert "пример" in notes["№"]


def test_drop_downs_and_checks(book):
    rules = {str(rule.sqref).split(":")[0][0]: rule for rule in book["Курсы"].data_validations.dataValidation}
    assert set(rules) == set("BCDEFGH")  # nothing for a list nobody gave and for plain text
    assert rules["B"].formula1.replace("'", "") == f"Справочники!$A$1:$A${len(PEOPLE)}"
    assert rules["C"].formula1 == '"очная,заочная"'
    assert [rules[letter].type for letter in "DEFGH"] == ["date", "whole", "decimal", "decimal", "list"]
    assert rules["D"].error == "Здесь нужна дата. Напишите её как 01.09.2026."
    assert all(rule.error.startswith(("Здесь", "Такого")) for rule in rules.values())
    first, last = str(rules["D"].sqref).split(":")
    assert (first, last) == (f"D{HEAD + 1}", "D100000")


def test_long_lists_stand_on_a_hidden_sheet(book):
    lists = book["Справочники"]
    assert lists.sheet_state == "hidden"
    assert [cell.value for cell in lists["A"]] == PEOPLE
    assert book.sheetnames == ["Курсы", "Справочники"]


def test_without_long_lists_there_is_no_second_sheet():
    book = openpyxl.load_workbook(BytesIO(template(people=["Иванова", "Петров"])))
    assert book.sheetnames == ["Курсы"]


def test_untouched_cells_keep_codes_as_texts_and_days_as_days(book):
    page = book["Курсы"]
    assert page.column_dimensions["I"].max == 10  # «Место» and «Номер» share their look
    assert page.column_dimensions["I"].number_format == "@"
    assert page.column_dimensions["D"].number_format == "dd.mm.yyyy"


def test_the_example_is_typed_and_not_loaded(book):
    shown = [cell.value for cell in book["Курсы"][HEAD + 1]]
    day = datetime.combine(date(2026, 9, 1), datetime.min.time())
    assert shown == ["пример", "Иванова Анна", "очная", day, 72, 0.5, 0.5, "да", None, "000123"]
    read = incoming(SHEET, read_table(template(), "шаблон.xlsx"))
    assert (read.rows, read.examples, read.unknown, read.ignored) == ([], [HEAD + 1], [], [])


def test_what_people_fill_in_comes_back(book):
    row = [1, "Петров", "заочная", date(2026, 9, 2), 16, 1.5, 0.25, "нет", "Уфа", "0007"]
    book["Курсы"].append(row)
    read = incoming(SHEET, read_table(saved(book), "шаблон.xlsx"))
    values = dict(zip(read.columns, row[1:], strict=True)) | {"paid": False}
    assert [(each.number, each.values, each.problems) for each in read.rows] == [(HEAD + 2, values, {})]


def test_an_example_written_over_is_still_passed_over_and_told(book):
    book["Курсы"].cell(HEAD + 1, 2).value = "Петров"
    assert incoming(SHEET, read_table(saved(book), "шаблон.xlsx")).examples == [HEAD + 1]


def test_a_sheet_that_is_not_loaded_has_no_template():
    sheet = Sheet("Журнал", "Журнал", (Column("at", "Когда"),), not_loaded="Журнал ведёт система.")
    with pytest.raises(ValueError, match="Журнал ведёт система"):
        write_template(BytesIO(), sheet, HEADING, {})
