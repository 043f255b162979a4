"""The verdict on a measure: thresholds at their edges, and what no data may ever change."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.measure_effect import EffectRule, Level, by_figures, is_alike
from app.analysis.measure_effect import verdict as verdict_of_levels
from app.models.enumeration_of_measures import EffectVerdict

pytestmark = pytest.mark.once
HELPED, NOT_SEEN, TOO_LITTLE = EffectVerdict.HELPED, EffectVerdict.NOT_SEEN, EffectVerdict.TOO_LITTLE
RULE = EffectRule(min_similar=3, margin=Fraction(1, 10), tolerance=Fraction(1, 20))
NOUGHT, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)

shares = st.fractions(min_value=0, max_value=1, max_denominator=20)
pairs = st.lists(st.tuples(shares, shares), max_size=6)


def level(treated, similar, first=0):
    return Level(dict(enumerate(treated, first)), dict(enumerate(similar, first + 100)))


def verdict(treated, similar, rule):
    """Of units that all began at one level."""
    return verdict_of_levels([level(treated, similar)], rule)


def test_thresholds_at_their_edges():
    kept = [(NOUGHT, NOUGHT)] * 3
    cases = [
        ([], kept, TOO_LITTLE),
        ([(NOUGHT, ONE)], kept[:2], TOO_LITTLE),
        ([(NOUGHT, ONE)], kept, HELPED),
        # Exactly by the margin is enough, less is not.
        ([(NOUGHT, Fraction(1, 10))], kept, HELPED),
        ([(NOUGHT, Fraction(99, 1000))], kept, NOT_SEEN),
        # Others rose as much without the measure.
        ([(NOUGHT, HALF)], [(NOUGHT, HALF)] * 3, NOT_SEEN),
        ([(NOUGHT, HALF)], [(NOUGHT, Fraction(4, 10))] * 3, HELPED),
        # Fell less than others: that is no help.
        ([(ONE, HALF)], [(ONE, NOUGHT)] * 3, NOT_SEEN),
        ([(HALF, HALF)], [(HALF, NOUGHT)] * 3, NOT_SEEN),
        # One of two rose: the mean decides.
        ([(NOUGHT, NOUGHT), (NOUGHT, ONE)], kept, HELPED),
    ]
    for treated, similar, expected in cases:
        assert verdict(treated, similar, RULE)[0] is expected, (treated, similar)


def test_figures_are_the_means():
    _, figures = verdict([(NOUGHT, HALF), (HALF, ONE)], [(NOUGHT, NOUGHT), (NOUGHT, HALF), (NOUGHT, ONE)], RULE)
    assert (figures.treated.n, figures.treated.before, figures.treated.after) == (2, Fraction(1, 4), Fraction(3, 4))
    assert (figures.similar.n, figures.similar.before, figures.similar.after) == (3, NOUGHT, HALF)
    assert figures.excess == NOUGHT
    _, none = verdict([], [], RULE)
    assert (none.treated.n, none.treated.before, none.treated.change, none.excess) == (0, None, None, None)


def test_units_are_compared_with_those_that_began_alike():
    """Whoever begins at nought rises anyway: many such among the similar must not hide, nor make, an effect."""
    low = level([(NOUGHT, HALF)], [(NOUGHT, HALF)] * 9)
    high = level([(HALF, ONE)] * 2, [(HALF, HALF)] * 3, first=50)
    found, figures = verdict_of_levels([low, high], RULE)
    assert found is HELPED
    assert (figures.treated.n, figures.similar.n, figures.left_out) == (3, 12, 0)
    # One of three began at nought, so a third of the weight: not nine of twelve.
    assert (figures.similar.before, figures.similar.after) == (Fraction(1, 3), HALF)
    assert figures.excess == Fraction(1, 3)


def test_a_level_with_too_few_similar_ones_is_left_out_and_not_told_of():
    alone = level([(ONE, NOUGHT)] * 2, [(ONE, ONE)] * 2, first=50)
    found, figures = verdict_of_levels([level([(NOUGHT, ONE)], [(NOUGHT, NOUGHT)] * 3), alone], RULE)
    assert found is HELPED
    assert (figures.treated.n, figures.treated.after, figures.similar.n, figures.left_out) == (1, ONE, 3, 2)
    found, figures = verdict_of_levels([alone], RULE)
    assert found is TOO_LITTLE
    assert (figures.treated.n, figures.similar.n, figures.similar.after, figures.left_out) == (2, 0, None, 2)


def test_a_unit_alike_to_two_levels_is_counted_once():
    shared = {100 + number: (HALF, HALF) for number in range(3)}
    levels = [Level({1: (HALF, ONE)}, shared), Level({2: (HALF + Fraction(1, 50), ONE)}, shared)]
    assert verdict_of_levels(levels, RULE)[1].similar.n == 3


@settings(max_examples=40)
@given(pairs, pairs)
def test_order_changes_nothing(treated, similar):
    assert verdict(treated, similar, RULE) == verdict(treated[::-1], similar[::-1], RULE)


@settings(max_examples=40)
@given(pairs.filter(bool), pairs, st.integers(0, 5), shares)
def test_a_better_after_never_makes_it_worse(treated, similar, place, better):
    first = verdict(treated, similar, RULE)[0]
    place %= len(treated)
    before, after = treated[place]
    raised = [*treated[:place], (before, max(after, better)), *treated[place + 1 :]]
    second = verdict(raised, similar, RULE)[0]
    assert second is first or (first, second) == (NOT_SEEN, HELPED)


@settings(max_examples=40)
@given(pairs, pairs)
def test_never_helped_where_nobody_of_the_treated_rose(treated, similar):
    fallen = [(max(pair), min(pair)) for pair in treated]
    assert verdict(fallen, similar, RULE)[0] is not HELPED


@settings(max_examples=40)
@given(pairs.filter(lambda found: len(found) >= 3))
def test_against_themselves_nothing_is_seen(group):
    assert verdict(group, group, RULE)[0] is NOT_SEEN


@settings(max_examples=40)
@given(pairs, pairs)
def test_both_cannot_have_helped_more_than_the_other(one, other):
    assert (verdict(one, other, RULE)[0], verdict(other, one, RULE)[0]) != (HELPED, HELPED)


def test_alike_within_the_tolerance():
    assert is_alike(HALF, HALF + Fraction(1, 20), RULE)
    assert is_alike(HALF, HALF - Fraction(1, 20), RULE)
    assert not is_alike(HALF, HALF + Fraction(51, 1000), RULE)


@pytest.mark.parametrize(
    ("before", "target", "after", "expected"),
    [
        ("1", "5", "5", HELPED),
        ("1", "5", "4.99", NOT_SEEN),
        ("1", "5", "7", HELPED),
        # A number that should fall.
        ("5", "1", "1", HELPED),
        ("5", "1", "2", NOT_SEEN),
        ("5", "1", "9", NOT_SEEN),
        ("5", "5", "9", TOO_LITTLE),
        (None, "5", "9", TOO_LITTLE),
        ("5", None, "9", TOO_LITTLE),
        ("5", "9", None, TOO_LITTLE),
    ],
)
def test_a_figure_of_its_own_is_judged_by_its_target(before, target, after, expected):
    values = (None if one is None else Decimal(one) for one in (before, target, after))
    assert by_figures(*values) is expected
