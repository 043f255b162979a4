from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest

from app.excel.look import BODY
from app.excel.page_form import (
    Asked,
    CellRange,
    ChoiceRule,
    DateRule,
    LengthRule,
    NumberRule,
    Rule,
    column_letters,
    fits_formula,
    validation,
)
from app.excel.sheet import ColumnKind, Heading
from app.excel.writer import opened

HEADING = Heading(("Шаблон",), datetime(2026, 11, 21, tzinfo=UTC), "Фамилия-003", "Анивский")
OPEN = replace(BODY, unlocked=True)
ASKED = Asked("Состояние", "Выберите из списка.", "Такого состояния нет. Выберите из списка.")


def form() -> io.BytesIO:
    """Headings in row 0, one written row, five rows to be filled in; the words of the drop-down on a hidden sheet."""
    target = io.BytesIO()
    with opened(target, "Шаблон", HEADING) as book:
        page = book.page("О'кей, лист", [10, 12, 14, 9])
        page.set_column(0, hidden=True)
        page.set_column(1, OPEN)
        page.set_column(2, OPEN, ColumnKind.DATE)
        for column, title in enumerate(("Ключ", "Состояние", "Срок", "Часы")):
            page.put(0, column, title, BODY)
        page.note(0, 2, "Дата до 31.12.2026.\nПусто, если срока нет. <b>&")
        page.put(1, 0, "x1", BODY)
        page.put(1, 1, None, OPEN)
        words = book.page("Справочники", [30])
        for row, word in enumerate(("назначено, в работе", "исполнено")):
            words.put(row, 0, word, BODY)
        words.hide()
        book.page("Ключи", [30]).hide(very=True)
        page.ask(1, 1, 5, ChoiceRule(words.cells(0, 0, 1)), ASKED)
        page.ask(2, 1, 5, DateRule(date(2020, 1, 1), date(2030, 1, 1)), Asked("Срок", refusal="Не дата.", strict=False))
        page.ask(3, 1, 5, NumberRule(0, 500, whole=True), Asked())
        page.ask(3, 6, 7, ChoiceRule(("да", "нет")), Asked())
        page.protect()
    target.seek(0)
    return target


def test_drop_downs_and_checks_stand_on_their_rows_with_their_words() -> None:
    page = openpyxl.load_workbook(form()).worksheets[0]
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert list(rules) == ["B2:B6", "C2:C6", "D2:D6", "D7:D8"]
    choice, day, number, short = rules.values()
    assert (choice.type, choice.formula1) == ("list", "'Справочники'!$A$1:$A$2")
    assert (choice.promptTitle, choice.prompt, choice.error) == (ASKED.title, ASKED.prompt, ASKED.refusal)
    assert (choice.errorStyle or "stop", choice.allowBlank) == ("stop", True)
    assert (day.type, day.formula1, day.formula2) == ("date", "43831", "47484")
    assert (day.prompt, day.error, day.errorStyle) == (None, "Не дата.", "warning")
    assert (number.type, number.formula1, number.formula2) == ("whole", "0", "500")
    assert short.formula1 == '"да,нет"'


def test_only_unlocked_cells_can_be_changed() -> None:
    page = openpyxl.load_workbook(form()).worksheets[0]
    assert page.protection.sheet
    assert not page.protection.autoFilter  # false means: not forbidden
    assert page["A2"].protection.locked
    assert not page["B2"].protection.locked
    assert not page.column_dimensions["B"].protection.locked


def test_columns_and_sheets_are_hidden() -> None:
    book = openpyxl.load_workbook(form())
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "hidden", "veryHidden"]
    columns = book.worksheets[0].column_dimensions
    assert columns["A"].hidden
    assert not columns["B"].hidden
    assert (columns["B"].number_format, columns["C"].number_format) == ("@", "dd.mm.yyyy")


def test_a_note_stands_on_its_cell() -> None:
    page = openpyxl.load_workbook(form()).worksheets[0]
    assert page["C1"].comment.text == "Дата до 31.12.2026.\nПусто, если срока нет. <b>&"
    assert page["C1"].value == "Срок"


def test_the_first_sheet_cannot_be_hidden() -> None:
    with pytest.raises(ValueError, match="cannot be hidden"), opened(io.BytesIO(), "Шаблон", HEADING) as book:
        book.page("Лист", [10]).hide()


@pytest.mark.parametrize(
    ("choices", "fits"),
    [
        (("да", "нет"), True),
        ((), False),
        (("да, нет",), False),
        (('"да"',), False),
        (("да ", "нет"), False),
        (("=A1", "нет"), False),
        (("я" * 255,), True),
        (("я" * 127, "я" * 128), False),
    ],
)
def test_words_that_a_formula_would_take_apart_need_a_sheet(choices: tuple[str, ...], fits: bool) -> None:
    assert fits_formula(choices) is fits
    if not fits:
        with pytest.raises(ValueError, match="put them on a sheet"):
            validation(ChoiceRule(choices), Asked())


@pytest.mark.parametrize(
    "rule", [ChoiceRule(CellRange("Лист", 0, 0, 5)), DateRule(), NumberRule(0.5, 1), LengthRule(3)]
)
def test_long_words_are_cut_to_what_excel_takes(rule: Rule) -> None:
    options = validation(rule, Asked("т" * 40, "п" * 300, "о" * 300))
    assert [len(str(options[key])) for key in ("input_title", "error_title")] == [32, 32]
    assert [len(str(options[key])) for key in ("input_message", "error_message")] == [255, 255]
    with opened(io.BytesIO(), "Шаблон", HEADING) as book:
        book.page("Лист", [10]).ask(0, 0, 5, rule, Asked("т" * 40, "п" * 300, "о" * 300))


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
)
def test_columns_are_named_as_excel_names_them(column: int, letters: str) -> None:
    assert column_letters(column) == letters
