"""Where terms stand on the line of months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.measure_timeline import MONTH_WIDTH, bar, school_year, school_year_of, window

pytestmark = pytest.mark.once

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
YEAR = window(2026, ())


def test_a_school_year_is_twelve_months_from_september():
    assert (YEAR.first, YEAR.months, YEAR.width) == (date(2026, 9, 1), 12, 12 * MONTH_WIDTH)
    assert list(YEAR.grid) == [MONTH_WIDTH * number for number in range(1, 12)]
    labels = [(month.label, month.year) for month in YEAR.shown]
    assert (labels[0], labels[3], labels[4], labels[-1]) == (
        ("сен", 2026),
        ("дек", 2026),
        ("янв", 2027),
        ("авг", 2027),
    )
    assert [school_year_of(day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [2025, 2026]
    assert school_year(2026) == (date(2026, 9, 1), date(2027, 8, 31))


def test_a_later_term_prolongs_it_by_whole_months_up_to_two_years():
    assert window(2026, [date(2027, 8, 31)]).months == 12
    assert window(2026, [date(2027, 9, 1), date(2026, 10, 1)]).months == 13
    assert window(2026, [date(2040, 1, 1)]).months == 24


def test_days_stand_in_their_month_and_outside_at_the_edge():
    assert YEAR.x(date(2026, 9, 1)) == 0
    assert YEAR.x(date(2026, 10, 1)) == MONTH_WIDTH
    assert YEAR.x(date(2026, 9, 30), at_end=True) == MONTH_WIDTH
    assert YEAR.x(date(2027, 2, 15)) == 5 * MONTH_WIDTH + 50
    assert (YEAR.x(date(2020, 1, 1)), YEAR.x(date(2030, 1, 1))) == (0, YEAR.width)
    assert [YEAR.holds(day) for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 8, 31), date(2027, 9, 1))] == [
        False,
        True,
        True,
        False,
    ]


def test_what_ran_past_the_term_is_drawn_after_it():
    term = date(2026, 10, 31)
    made = bar(YEAR, date(2026, 9, 16), term, date(2026, 11, 16), late_until=date(2026, 11, 15))
    assert (made.x, made.width, made.late_x, made.late_width, made.done_x) == (50, 150, 200, 50, 250)
    assert bar(YEAR, date(2026, 9, 16), term, None, late_until=None).late_width == 0
    assert bar(YEAR, date(2026, 9, 16), term, date(2028, 1, 1), late_until=None).done_x is None
    assert bar(YEAR, date(2026, 8, 1), term, None, late_until=None).is_cut


@given(days, days, days)
def test_the_line_keeps_the_order_of_days_and_its_edges(first, second, late):
    begins, ends = sorted((first, second))
    drawn = bar(YEAR, begins, ends, None, late_until=max(ends, late))
    assert 0 <= drawn.x <= drawn.x + drawn.width <= YEAR.width
    assert drawn.late_x + drawn.late_width <= YEAR.width
    assert YEAR.x(begins) <= YEAR.x(ends) <= YEAR.x(ends, at_end=True)
    if YEAR.holds(ends) and begins < ends:
        assert YEAR.x(ends, at_end=True) - YEAR.x(begins) >= MONTH_WIDTH / 31 - 0.2
    assert YEAR.x(ends + timedelta(1)) >= YEAR.x(ends)
