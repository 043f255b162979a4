"""Cells set right: never a failure, nothing cleaned twice, no letter lost; days, numbers and words in all their forms."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.analysis import personal_number
from app.excel import cell_cleaning as cleaning
from app.excel.sheet import Column
from app.services.document_register_cleaning import cells_of, clean_cell
from tests.unit.document_register_books import SHAPE

pytestmark = pytest.mark.once

ANY = Column("any", "Столбец")
TEXTS = st.text(
    st.one_of(
        st.sampled_from("аеоАЕОaeoABCяЯжЖ \t\u00a0\u200b\u00ad\ufeff\u2028-.'«»№ё1"),
        st.characters(codec="utf-8", exclude_categories=["Cs"]),
    ),
    max_size=30,
)
CELLS = st.one_of(
    st.none(), st.booleans(), TEXTS, st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(), st.datetimes(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cell=CELLS)
@example(cell="ИВАНОВ\u200bА")
@example(cell="112-233-445 95")
@example(cell=46296)
@example(cell="a" * 499 + " я")
@example(cell="ǅ")
def test_cleaning_never_fails_and_cleans_nothing_twice(cell):
    for column in SHAPE.columns:
        once = clean_cell(column, cell)
        assert not (once.problem and once.value is not None)
        if once.value is None:
            continue
        (again,) = [
            clean_cell(column, value)
            for value in [cells_of({column.key: once.value})[column.key]]
        ]  # fmt: skip
        assert (again.value, again.done, again.problem) == (once.value, (), ""), column.key


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_a_cleaned_text_has_nothing_unseen_and_loses_no_letter(text):
    found = cleaning.clean_text(ANY, text)
    value = found.value or ""
    assert value == " ".join(value.split())
    assert not any(one in value for one in "\t\n\u00a0\u200b\u00ad\ufeff\u2028")
    # Letters stay, but for Latin ones that became the Russian ones they look like.
    assert len([one for one in value if one.isalnum()]) == len([one for one in text if one.isalnum()])
    assert bool(found.done) == (value != text) or not value


@settings(max_examples=100, deadline=None)
@given(day=st.dates(date(1950, 1, 1), date(2068, 12, 31)))
def test_a_day_is_the_same_day_in_all_its_forms(day):
    serial = (day - date(1899, 12, 30)).days
    month = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сент", "окт", "ноя", "дек")[day.month - 1]
    forms = (
        f"{day:%d.%m.%Y}",
        day.isoformat(),
        f" {day.day} {month}. {day.year} года",
        serial,
        str(serial),
        day,
    )
    for form in forms:
        assert cleaning.clean_day(ANY, form).value == day, form


@settings(max_examples=100, deadline=None)
@given(
    serial=st.integers(1_002_000, 999_999_999),
    # A point before the last two digits would be the fraction of a number.
    between=st.lists(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u200b", " - "]), min_size=8, max_size=8),
    last=st.sampled_from(["", " ", "-", "\u00a0"]),
)
def test_a_number_is_found_between_any_signs(serial, between, last):
    digits = f"{serial:09}{personal_number.check_digits(f'{serial:09}'):02}"
    typed = "".join(digit + sign for digit, sign in zip(digits, [*between, last, "", ""], strict=True))
    found = clean_cell(SHAPE.column("snils"), typed)
    assert found.value == digits
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert "не сходится" in clean_cell(SHAPE.column("snils"), wrong).problem


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from([column.key for column in SHAPE.columns if column.words]), data=st.data())
def test_a_word_of_a_list_is_known_in_any_case(key, data):
    column = SHAPE.column(key)
    code = data.draw(st.sampled_from(sorted(column.words)))
    letters = [data.draw(st.sampled_from([one.lower(), one.upper()])) for one in column.words[code]]
    assert clean_cell(column, f" {''.join(letters)}\u00a0").value == code
