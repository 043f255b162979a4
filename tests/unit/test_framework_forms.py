"""Numbers in the forms of sets of criteria: what a person means, and nothing that only a machine would read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.forms.framework import decimal_of


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0,5", "0.5"), ("1 000", "1000"), ("1\u00a0000,25", "1000.25"), ("−3", "-3"), ("50 %", "50"), (",5", "0.5")],
)
def test_a_number_as_people_type_it(typed, number):
    assert decimal_of(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["", "1_0", "٣", "1e3", "1e400", "NaN", "Infinity", "0x1", "1,5,5", "½", "9" * 21, "2\x00"]
)
def test_what_is_no_number_to_people(typed):
    with pytest.raises(ValueError, match="Введите число"):
        decimal_of(typed)
