"""The federal register's workbook: its list of columns, out and back again, dirty files."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pytest

from app.analysis import personal_number
from app.excel.cell_cleaning import Cleaning
from app.excel.document_register import DATA, read_documents
from app.models.enumeration import Duty, UnitKind
from app.models.enumeration_of_training import DocumentKind, Sex
from app.policies.actor import Actor
from app.policies.refusal import Invalid
from app.services.document_register_cleaning import MOST_ROWS, cells_of, clean_book, write_clean
from tests.unit.document_register_books import (
    BORN,
    HEADING,
    NUMBER,
    PRINTED,
    ROW,
    SHAPE,
    TITLES,
    dirty,
    the_row,
    written,
)
from tests.unit.workbook_bytes import book

pytestmark = pytest.mark.once


def test_the_list_of_columns_is_whole_and_says_where_it_comes_from():
    told = json.loads(DATA.read_text(encoding="utf-8"))
    assert [one["number"] for one in told["columns"]] == list(range(1, len(told["columns"]) + 1))
    assert all(told[key] for key in ("source", "caution", "checked_on"))
    assert len({column.key for column in SHAPE.columns}) == len(SHAPE.columns)
    assert {column.key for column in SHAPE.required} == {
        *("document_kind", "number", "issued_on", "programme_title", "last_name", "first_name"),
        *("born_on", "sex", "snils"),
    }
    for column in SHAPE.columns:
        assert set(column.spellings) <= set(column.words)
        assert not column.words or column.given in {"", *column.words}
    assert set(SHAPE.column("sex").words) == {one.value for one in Sex}
    assert set(SHAPE.column("document_kind").words) == {one.value for one in DocumentKind} - {"other"}


def test_the_workbook_goes_out_in_the_registers_own_shape():
    sheet = openpyxl.load_workbook(io.BytesIO(written(ROW))).active
    assert sheet.title == SHAPE.sheet_name
    assert [cell.value for cell in sheet[1]] == list(TITLES.values())
    cells = dict(zip(TITLES, sheet[2], strict=True))
    # Days are days, everything else is text, zeros and all.
    assert (cells["issued_on"].is_date, cells["issued_on"].number_format) == (True, "dd.mm.yyyy")
    assert (cells["number"].value, cells["number"].data_type) == ("000123", "s")
    assert (cells["hours"].value, cells["ended_in"].value) == ("36", "2026")
    assert (cells["series"].value, cells["snils"].value, cells["sex"].value) == ("нет", PRINTED, "Жен")
    assert (cells["lost"].value, cells["document_status"].value) == ("Нет", "Оригинал")
    assert cells["study_form"].value == "Очно-заочная"
    assert cells["original_number"].value is None
    assert any(rule.formula1 == '"Муж,Жен"' for rule in sheet.data_validations.dataValidation)


def test_what_went_out_comes_back_without_a_cell_cleaned():
    row = the_row(written(ROW))
    assert dict(row.values) == ROW
    assert not row.problems
    assert not row.gaps
    # The usual word of an empty series is no dirt, but it is told.
    assert dict(row.done) == {"series": (Cleaning.NOTHING,)}


DIRTY = {
    "number": ("\u200b000\u00ad123\t", "000123", {Cleaning.UNSEEN, Cleaning.BLANKS}),
    "programme_title": (
        "Система\u00a0 оценки\nкачества  oбразования",
        "Система оценки качества образования",
        {Cleaning.BLANKS, Cleaning.LOOK_ALIKES},
    ),
    "last_name": ("ИВАНОВА-КИМ ", "Иванова-Ким", {Cleaning.BLANKS, Cleaning.CASE}),
    "patronymic": ("мамед ОГЛЫ".upper(), "Мамед оглы", {Cleaning.CASE}),
    "issued_on": (46296, date(2026, 10, 1), {Cleaning.DAY_NUMBER}),
    "born_on": ("1980-03-05", BORN, {Cleaning.DAY_TEXT}),
    "sex": ("МУЖСКОЙ", "male", {Cleaning.WORD}),
    "snils": ("112 233 445-95\u200b", NUMBER, {Cleaning.DIGITS}),
    "citizenship": ("рф", "643", {Cleaning.WORD}),
    "hours": ("36 ч.", 36, {Cleaning.FIGURE}),
    "study_form": ("ОЧНО - ЗАОЧНАЯ".replace(" ", ""), "mixed", {Cleaning.WORD}),
    "document_kind": ("УДОСТОВЕРЕНИЕ о повышении квалификации.", "advanced", {Cleaning.WORD}),
}


def test_a_dirty_row_is_understood_and_the_report_says_what_was_done_where():
    found = clean_book(dirty(**{key: cell for key, (cell, _, _) in DIRTY.items()}), "книга.xlsx")
    (row,) = found.rows
    assert not row.problems
    for key, (_, value, done) in DIRTY.items():
        assert (key, row.values[key], set(row.done[key])) == (key, value, done)
    told = {(one.title, one.cleaning): (one.count, one.rows) for one in found.report}
    assert told[TITLES["snils"], Cleaning.DIGITS] == (1, (2,))
    assert all(value not in repr(told) for value in (NUMBER, PRINTED, "05.03.1980", "1980"))
    assert found.cleaned_cells == len(DIRTY) + 1


@pytest.mark.parametrize(
    "day",
    ["05.03.1980", "5.3.80", "05/03/1980", "1980-03-05", "5 марта 1980 г.", "«05» МАРТА 1980", "29285", 29285, 29285.5],
)
def test_a_day_is_read_in_every_form(day):
    assert the_row(dirty(born_on=day)).values["born_on"] == BORN


@pytest.mark.parametrize(
    "number",
    [PRINTED, NUMBER, 11223344595, 11223344595.0, "112.233.445.95", "112 233 445 95", "СНИЛС 112\u00a0233\u00a0445 95"],
)
def test_a_number_is_read_in_every_form(number):
    assert the_row(dirty(snils=number)).values["snils"] == NUMBER


def test_a_number_cell_gets_its_leading_zeros_back():
    short = "00123456789"
    short = short[:9] + f"{personal_number.check_digits(short[:9]):02}"
    assert the_row(dirty(snils=int(short))).values["snils"] == short


def test_what_cannot_be_understood_is_told_without_what_the_law_hides():
    cells = {"snils": "112-233-445 96", "born_on": "31.02.1980", "sex": "неизвестно", "citizenship": "Марс"}
    row = the_row(dirty(**cells, issued_on="вчера", study_form="вечерняя"))
    assert set(row.problems) == {*cells, "issued_on", "study_form"}
    told = " ".join(row.problems.values())
    for hidden in ("112", "445", "96", "31.02", "1980", "неизвестно", "Марс"):
        assert hidden not in told
    assert "«вчера»" in row.problems["issued_on"]
    assert "«Очная»" in row.problems["study_form"]
    assert not {one for one in (NUMBER, "1980") if one in repr(the_row(dirty()))}


def test_headings_are_known_in_any_case_order_and_under_other_names():
    told = cells_of(ROW)
    headings = {
        "number": "НОМЕР",
        "issued_on": "дата  выдачи",
        "programme_title": "Название программы",
        "hours": "Срок обучения,часов",
        "last_name": "фамилия",
        "first_name": "ИМЯ *",
        "born_on": "Дата рождения",
        "snils": "Cнилс",  # the first letter is Latin
        "document_kind": "ВИД ДОКУМЕНТА*",
    }
    content = book(
        ("Ведомость выдачи",),
        ("№ п/п", *headings.values(), "Телефон"),
        (1, *(told[key] for key in headings), "8-900"),
    )
    found = clean_book(content, "книга.xlsx")
    (only,) = found.rows
    assert {key: only.values.get(key) for key in headings} == {key: ROW[key] for key in headings}
    assert found.book.unknown == ("Телефон",)
    assert found.book.absent == ("Пол получателя",)
    assert ("НОМЕР", "Номер документа") in found.book.renamed
    assert "ВИД ДОКУМЕНТА*" not in dict(found.book.renamed)


def test_files_that_are_no_such_book_are_refused_in_words():
    for content, told in (
        (b"\x00\x01", "Файл"),
        (book(("Фамилия", "Имя"), ("Иванова", "Анна")), "Номер документа"),
        (book(tuple(TITLES.values())), "нет ни одной строки"),
        (book(tuple(TITLES.values()), *[tuple(cells_of(ROW).get(key) for key in TITLES)] * (MOST_ROWS + 1)), "1000"),
    ):
        with pytest.raises(Invalid, match=told) as refusal:
            clean_book(content, "книга.xlsx")
        assert refusal.value.field == "file"


def test_empty_cells_are_told_and_formulas_without_values_too():
    row = the_row(dirty(number=None, snils=None, born_on="", hours="=1/0"))
    assert row.problems["number"] == "Столбец «Номер документа» не заполнен. Заполните его."
    assert "формула" in row.problems["hours"]
    assert set(row.gaps) == {TITLES["snils"], TITLES["born_on"]}


def test_the_clean_book_is_what_a_clean_hand_would_have_written(once_a_coordinator):
    target = io.BytesIO()
    cells = {key: cell for key, (cell, _, _) in DIRTY.items()}
    assert write_clean(once_a_coordinator, clean_book(dirty(**cells), "книга.xlsx"), target, HEADING) == 1
    row = the_row(target.getvalue())
    assert {key: row.values[key] for key in DIRTY} == {key: value for key, (_, value, _) in DIRTY.items()}
    assert set(row.done) == {"series"}


@pytest.fixture
def once_a_coordinator():
    return Actor(1, "Координатор", 1, UnitKind.PROVIDER, duties=frozenset({Duty.TRAINING_COORDINATOR}))


def test_a_book_reads_itself_whatever_the_hidden_sheets_say():
    made = openpyxl.load_workbook(io.BytesIO(written(ROW, ROW | {"number": "000124"})))
    made.create_sheet("Справочник", 0).append(["Муж", "Жен"])
    target = io.BytesIO()
    made.save(target)
    assert [row.number for row in read_documents(target.getvalue(), "книга.xlsx").rows] == [2, 3]
