"""The arithmetic of results: exact, and equal to a formula written here independently."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.round_figures import (
    Earned,
    Movement,
    change,
    change_text,
    distribution,
    heat_step,
    level_counts,
    movement,
    percent_text,
    weighted,
)

hundredths = st.integers(0, 2000).map(lambda whole: Decimal(whole) / 100)
positive = st.integers(1, 2000).map(lambda whole: Decimal(whole) / 100)


@given(st.lists(st.one_of(st.none(), hundredths), max_size=30), positive)
def test_the_mean_of_a_criterion_leaves_out_the_sheets_where_it_does_not_apply(points, best):
    known = [one for one in points if one is not None]
    earned = Earned()
    for one in points:
        earned += Earned(na=1) if one is None else Earned(one, 1)
    assert (earned.n, earned.na) == (len(known), len(points) - len(known))
    if not known:
        assert earned.mean(best) is None
        return
    # Sheet by sheet: the mean of each one's percent, in hundredths of a point.
    each = [Fraction(int(one * 100), int(best * 100)) * 100 for one in known]
    assert earned.mean(best) == sum(each, Fraction(0)) / len(each)


def test_a_third_is_a_third():
    assert Earned(Decimal(1), 3).mean(Decimal(1)) == Fraction(100, 3)
    assert Earned(Decimal("0.1") + Decimal("0.2"), 1).mean(Decimal("0.3")) == 100


@given(st.lists(st.tuples(positive, positive, st.integers(0, 9), hundredths), max_size=8))
def test_a_section_weighs_its_criteria_and_their_answers(parts):
    given_ = [(weight, best, Earned(points if n else Decimal(0), n)) for weight, best, n, points in parts]
    found = weighted(given_)
    # Answer by answer: the same points spread over n equal answers.
    top = bottom = Fraction(0)
    for weight, best, earned in given_:
        for _ in range(earned.n):
            top += Fraction(weight) * Fraction(earned.points) / earned.n / Fraction(best)
            bottom += Fraction(weight)
    assert found == (None if bottom == 0 else 100 * top / bottom)


def test_bins_are_of_ten_percent_and_the_last_one_is_closed():
    shares = [Decimal(0), Decimal("9.9999"), Decimal(10), Decimal("89.99"), Decimal(90), Decimal(100), None]
    assert distribution(shares) == (2, 1, 0, 0, 0, 0, 0, 0, 1, 2)
    assert distribution([]) == (0,) * 10


def test_levels_are_counted_in_the_order_of_the_set():
    bands = ("высокий", "средний", "низкий")
    assert level_counts(["средний", "средний", "высокий"], bands) == (("высокий", 1), ("средний", 2), ("низкий", 0))
    assert level_counts(["", "иной"], bands)[-1] == ("", 2)


@pytest.mark.parametrize(
    ("share", "step"), [(0, 0), (Fraction(1999, 100), 0), (20, 1), (50, 2), (Fraction(7999, 100), 3), (80, 4), (100, 4)]
)
def test_the_steps_of_colour_are_fifths(share, step):
    assert heat_step(Fraction(share)) == step


def test_no_figure_has_no_step():
    assert heat_step(None) is None


def test_movement_goes_by_the_ranks_of_the_later_edition():
    ranks = {"высокий": Decimal(85), "средний": Decimal(60), "низкий": Decimal(0)}
    assert movement("низкий", "средний", ranks) is Movement.ROSE
    assert movement("высокий", "средний", ranks) is Movement.FELL
    assert movement("средний", "средний", ranks) is Movement.KEPT
    assert movement("удовлетворительный", "средний", ranks) is Movement.UNKNOWN
    assert movement("", "средний", ranks) is Movement.UNKNOWN


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(250, 3), "83,3"),
        (Fraction(8345, 100), "83,5"),
        (Decimal("0.05"), "0,1"),
        (Decimal(100), "100,0"),
        (None, "–"),
    ],
)
def test_percents_are_rounded_half_up_where_they_are_shown(share, text):
    assert percent_text(share) == text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(50, Fraction(5005, 100), "+0,1"), (Fraction(5005, 100), 50, "−0,1"), (50, 50, "0,0"), (None, 50, "–")],
)
def test_a_change_is_rounded_away_from_zero_and_bears_its_sign(before, after, text):
    found = change(None if before is None else Fraction(before), Fraction(after))
    assert change_text(found) == text


def test_a_change_too_small_to_show_has_no_sign():
    assert change_text(Fraction(-1, 1000)) == "0,0"
