from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.personal_number import check, check_digits, digits_of, is_valid, masked, shown

pytestmark = pytest.mark.once
GOOD = "11223344595"


@pytest.mark.parametrize(
    "number",
    # The number of the rule itself; remainders 100 and 101 give 00, greater ones are taken modulo 101.
    [GOOD, "08765430300", "08765430200", "10399999917", "12345678964"],
)
def test_numbers_with_right_check_digits(number):
    assert check(number) is None
    for wrong in range(100):
        if wrong != int(number[9:]):
            assert not is_valid(f"{number[:9]}{wrong:02d}")


def test_small_numbers_carry_no_check_digits():
    assert is_valid("00100199899")
    assert is_valid("00000000199")
    assert not is_valid("00100199999")
    assert not is_valid("00000000000")


@pytest.mark.parametrize("digits", ["", "1122334459", "112233445950", "1122334459а", "١١٢٢٣٣٤٤٥٩٥"])
def test_eleven_digits_or_a_sentence_without_them(digits):
    told = check(digits)
    assert told is not None
    assert told.endswith(".")
    assert digits == "" or digits not in told


@pytest.mark.parametrize(
    "written",
    [
        "112-233-445 95",
        "112 233 445 95",
        "112\u2011233\u2011445\u00a095",
        "\ufeff112-\u200b233-445\u202f95 ",
        "СНИЛС: 112-233-445 95",
        "１１２２３３４４５９５",
        11223344595,
        11223344595.0,
        "11223344595.0",
        "11223344595,00",
    ],
)
def test_any_form_is_read(written):
    assert digits_of(written) == GOOD


def test_a_number_cell_has_lost_its_noughts():
    assert digits_of(1100199864) == "01100199864"
    assert digits_of(112233445950) == ""
    assert digits_of(-5) == ""
    assert digits_of(None) == ""
    assert digits_of(True) == ""
    assert digits_of("нет") == ""


def test_shown_and_masked():
    assert shown(GOOD) == "112-233-445 95"
    assert masked(GOOD) == "***-***-*** 95"
    assert shown("") == masked("") == ""


@given(st.integers(1_001_999, 999_999_999))
def test_every_serial_has_one_pair_of_check_digits(serial):
    head = f"{serial:09d}"
    good = [tail for tail in range(100) if is_valid(f"{head}{tail:02d}")]
    assert good == [check_digits(head)]


@given(st.integers(1_001_999, 999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found_but_for_the_blind_spot(serial, place, change):
    """The remainder 100 and the remainder 0 are both written 00: that is the only slip that passes."""
    head = f"{serial:09d}"
    other = f"{head[:place]}{(int(head[place]) + change) % 10}{head[place + 1 :]}"
    if int(other) <= 1_001_998:
        return
    sums = {sum(int(digit) * (9 - at) for at, digit in enumerate(one)) % 101 for one in (head, other)}
    assert is_valid(f"{other}{check_digits(head):02d}") == (sums <= {0, 100})


@given(st.text(max_size=40))
def test_nothing_breaks_it(text):
    digits = digits_of(text)
    assert digits == "" or digits.isdecimal()
    check(digits)


def test_dots_between_the_parts_are_no_fraction():
    assert digits_of("087.654.303.00") == "08765430300"
    assert digits_of("11223344595.0") == "11223344595"
