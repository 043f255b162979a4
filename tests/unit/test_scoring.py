"""Scoring against a second formula, in whole numbers only: weights, н/п, thresholds, fractions, exact sums, rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.scoring import Answer, Scale, UnfitAnswerError, level_of, mean, points_of, rounded, share_of
from app.models.enumeration import ScaleKind

HUNDREDTHS = st.integers(0, 20_000)
# Hundredths: (weight, best, earned or None, not applicable).
ROWS = st.lists(
    st.tuples(st.integers(1, 1_000), st.integers(1, 20_000), st.none() | HUNDREDTHS, st.booleans()), max_size=12
)


def dec(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def answers(rows) -> list[Answer]:
    return [
        Answer(dec(weight), dec(best), None if earned is None else dec(min(earned, best)), na)
        for weight, best, earned, na in rows
    ]


def whole_share(rows) -> tuple[int, int] | None:
    """100 × Σ weight × earned ÷ best, over Σ weight, brought to one denominator by hand: (numerator, denominator)."""
    counted = [(weight, best, min(earned or 0, best)) for weight, best, earned, na in rows if not na]
    if not counted:
        return None
    together = prod(best for _, best, _ in counted)
    earned_sum = sum(weight * earned * (together // best) for weight, best, earned in counted)
    return 100 * earned_sum, together * sum(weight for weight, _, _ in counted)


def half_up(numerator: int, denominator: int, places: int) -> int:
    """The whole number of last places nearest to the ratio, found by trying; of two equally near ones the greater."""
    scaled = numerator * 10**places
    near = scaled // denominator
    return max(
        (candidate for candidate in range(max(near - 2, 0), near + 3)),
        key=lambda candidate: (-abs(candidate * denominator - scaled), candidate),
    )


@given(ROWS)
def test_the_share_is_what_whole_numbers_say(rows):
    found, expected = share_of(answers(rows)), whole_share(rows)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert found.numerator * expected[1] == expected[0] * found.denominator
        assert 0 <= found <= 100


@given(ROWS, st.integers(0, 6))
def test_rounding_is_half_up(rows, places):
    expected = whole_share(rows)
    found = rounded(share_of(answers(rows)), places)
    if expected is None:
        assert found is None
    else:
        assert found == Decimal(half_up(*expected, places)).scaleb(-places)
        assert -found.as_tuple().exponent == places


@pytest.mark.parametrize(
    ("share", "places", "told"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(249, 2000), 2, "0.12"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(7, 2), 0, "4"),
        # Binary floats say 0.285 is less than it is.
        (Fraction(285, 1000), 2, "0.29"),
        (Fraction(200, 3), 4, "66.6667"),
        (Fraction(100), 4, "100.0000"),
    ],
)
def test_halves_go_up(share, places, told):
    assert str(rounded(share, places)) == told


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_matter(rows, random):
    turned = list(rows)
    random.shuffle(turned)
    assert share_of(answers(rows)) == share_of(answers(turned))


@given(ROWS, st.integers(1, 1_000), st.integers(1, 20_000), st.none() | HUNDREDTHS)
def test_what_does_not_apply_weighs_nothing(rows, weight, best, earned):
    without = [(*row[:3], False) for row in rows]
    assert share_of(answers([*without, (weight, best, earned, True)])) == share_of(answers(without))


@given(ROWS, st.integers(1, 50))
def test_weights_count_by_their_proportion_only(rows, times):
    heavier = [(weight * times, best, earned, na) for weight, best, earned, na in rows]
    assert share_of(answers(heavier)) == share_of(answers(rows))


@given(ROWS.filter(bool), st.data())
def test_a_weight_of_two_is_the_same_criterion_twice(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    weight, *rest = rows[place]
    doubled = [*rows[:place], (2 * weight, *rest), *rows[place + 1 :]]
    assert share_of(answers(doubled)) == share_of(answers([*rows, rows[place]]))


def test_an_unanswered_criterion_earns_nothing_and_still_weighs():
    one = Answer(Decimal(1), Decimal(2), Decimal(2))
    assert share_of([one, Answer(Decimal(1), Decimal(2), None)]) == 50
    assert share_of([one, Answer(Decimal(1), Decimal(2), None, is_na=True)]) == 100
    assert share_of([Answer(Decimal(1), Decimal(2), None, is_na=True)]) is None
    assert share_of([]) is None


def test_thirds_sum_to_the_whole():
    third = Answer(Decimal(1), Decimal(3), Decimal(1))
    two = Answer(Decimal(1), Decimal(3), Decimal(2))
    assert share_of([third, two]) == 50
    tenths = [Answer(Decimal("0.1"), Decimal("0.3"), Decimal("0.1")) for _ in range(3)]
    assert share_of(tenths) == Fraction(100, 3)


# ── scales ───────────────────────────────────────────────────────────────────────────────────────────

LEVELS = st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)), min_size=1, max_size=6).map(
    lambda rows: sorted(dict(rows).items())
)


def scale(kind: ScaleKind, levels) -> Scale:
    return Scale(kind, Decimal(10), tuple((dec(threshold), dec(points)) for threshold, points in levels))


@given(LEVELS, st.integers(0, 1_100), st.sampled_from([ScaleKind.SHARE, ScaleKind.NUMBER]))
def test_thresholds_are_reached_from_below(levels, value, kind):
    # By trying every whole hundredth from the value downwards until one is a threshold.
    told = dict(levels)
    expected = next((told[step] for step in range(value, -1, -1) if step in told), 0)
    assert points_of(scale(kind, levels), dec(value)) == dec(expected)


@given(LEVELS, st.data())
def test_at_a_threshold_its_own_points_count_and_a_hundredth_below_the_ones_before(levels, data):
    place = data.draw(st.integers(0, len(levels) - 1))
    threshold, points = levels[place]
    made = scale(ScaleKind.NUMBER, levels)
    assert points_of(made, dec(threshold)) == dec(points)
    below = points_of(made, dec(threshold) - Decimal("0.01"))
    gap = place > 0 and levels[place - 1][0] <= threshold - 1
    assert below == (dec(levels[place - 1][1]) if gap else 0)


@given(LEVELS, st.integers(0, 1_100), st.sampled_from([ScaleKind.GRADED, ScaleKind.CHOICE]))
def test_a_picked_answer_is_one_of_the_scale(levels, value, kind):
    made = scale(kind, levels)
    if value in dict(levels):
        assert points_of(made, dec(value)) == dec(dict(levels)[value])
    else:
        with pytest.raises(UnfitAnswerError, match="один из ответов"):
            points_of(made, dec(value))


def test_fewer_may_be_better():
    breaches = scale(ScaleKind.NUMBER, [(0, 200), (100, 100), (300, 0)])
    assert [points_of(breaches, Decimal(n)) for n in (0, 1, 2, 3, 40)] == [2, 1, 1, 0, 0]


def test_yes_no_and_a_plain_share():
    yes_no = Scale(ScaleKind.YES_NO, Decimal("1.5"))
    assert (points_of(yes_no, Decimal(1)), points_of(yes_no, Decimal(0))) == (Decimal("1.5"), 0)
    with pytest.raises(UnfitAnswerError, match="«да» или «нет»"):
        points_of(yes_no, Decimal(2))
    share = Scale(ScaleKind.SHARE, Decimal(100))
    assert points_of(share, Decimal("83.5")) == Decimal("83.5")
    for value in ("-0.01", "100.01"):
        with pytest.raises(UnfitAnswerError, match="от 0 до 100"):
            points_of(share, Decimal(value))


# ── levels of the result ─────────────────────────────────────────────────────────────────────────────

BANDS = [("высокий", Decimal(85)), ("средний", Decimal(60)), ("низкий", Decimal(0))]
TINY = Fraction(1, 10**30)


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (Fraction(100), "высокий"),
        (Fraction(85), "высокий"),
        (85 - TINY, "средний"),
        (Fraction(60), "средний"),
        # Shown as 60 %, it is not 60 %: the level goes by the exact share.
        (60 - TINY, "низкий"),
        (Fraction(0), "низкий"),
        (None, ""),
    ],
)
def test_a_level_begins_exactly_at_its_boundary(share, name):
    assert level_of(share, BANDS) == name
    assert level_of(share, BANDS[::-1]) == name


def test_below_every_band_there_is_no_level():
    assert level_of(Fraction(10), BANDS[:2]) == ""
    assert level_of(Fraction(10), []) == ""


@given(ROWS, st.lists(st.integers(0, 10_000), min_size=1, max_size=5, unique=True))
def test_the_level_is_the_last_band_not_above_the_share(rows, boundaries):
    expected = whole_share(rows)
    found = level_of(share_of(answers(rows)), [(f"от {least}", dec(least)) for least in boundaries])
    if expected is None:
        assert found == ""
        return
    numerator, denominator = expected
    reached = [least for least in boundaries if numerator * 100 >= least * denominator]
    assert found == (f"от {max(reached)}" if reached else "")


@given(st.lists(st.none() | HUNDREDTHS, max_size=20))
def test_the_mean_leaves_out_sheets_without_a_share(shares):
    found = mean([None if one is None else dec(one) for one in shares])
    known = [one for one in shares if one is not None]
    if not known:
        assert found is None
    else:
        assert found is not None
        assert found * 100 * len(known) == sum(known)
