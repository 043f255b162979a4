"""Numbers of documents that run on."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.running_number import following, prefix_of, run

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        ("0099", ["0099", "0100", "0101"]),
        ("ПК-2026/0009", ["ПК-2026/0009", "ПК-2026/0010", "ПК-2026/0011"]),
        ("99", ["99", "100", "101"]),
        ("652400000001", ["652400000001", "652400000002", "652400000003"]),
    ],
)
def test_prefix_and_zeros_are_kept(first, wanted):
    assert run(first, 3) == wanted
    assert run(first, 0) == []


@pytest.mark.parametrize("number", ["", "б/н", "12А", "12 ", "١٢"])
def test_a_number_that_does_not_end_in_figures_does_not_run(number):
    assert prefix_of(number) is None
    assert following(number, 2026, 2026) == ""
    with pytest.raises(ValueError) as refused:
        run(number, 2)
    assert str(refused.value) == number


def test_a_new_year_begins_at_one_only_where_the_prefix_names_the_year():
    assert following("2026-0157", 2026, 2026) == "2026-0158"
    assert following("2026-0157", 2026, 2027) == "2027-0001"
    assert following("ПК 0157", 2026, 2027) == "ПК 0158"
    # The year stands in the figures themselves: they run on.
    assert following("20260157", 2026, 2027) == "20260158"


@given(st.text("АБ-/ 07", max_size=6), st.integers(0, 10**8), st.integers(1, 10), st.integers(2, 30))
def test_a_run_has_no_number_twice_and_goes_up(prefix, value, width, count):
    first = prefix + str(value).zfill(width)
    numbers = run(first, count)
    assert numbers[0] == first
    assert len(set(numbers)) == count
    assert all(following(one, 2026, 2026) == after for one, after in itertools.pairwise(numbers))
    figures = [int(one.removeprefix(prefix_of(first) or "")) for one in numbers]
    assert figures == list(range(figures[0], figures[0] + count))
