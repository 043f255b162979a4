"""Report periods against a brute force over days, and what overdue means."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.terms import Occurrence, is_overdue, occurrences
from app.models.enumeration import Recurrence

LENGTH = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEARLY: 6, Recurrence.YEARLY: 12}
DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))


def brute_force(recurrence: Recurrence, day: int | None, starts_on: date, until: date) -> list[Occurrence]:
    """Walk the days one by one; the period of a day is the months that share its number."""
    length = LENGTH[recurrence]
    found: list[Occurrence] = []
    today = starts_on
    while today <= until:
        first_month = (today.month - 1) // length * length + 1
        begin = date(today.year, first_month, 1)
        if not found or found[-1].starts_on != begin:
            end = today
            while (end.month - 1) // length == (today.month - 1) // length and end.year == today.year:
                end += timedelta(days=1)
            due = end - timedelta(days=1)
            if day is not None:
                due = end
                while due.day < day and (due + timedelta(days=1)).month == end.month:
                    due += timedelta(days=1)
            found.append(Occurrence(begin, end - timedelta(days=1), due))
        today += timedelta(days=1)
    return found


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(Recurrence)), st.none() | st.integers(1, 31), DAYS, st.integers(-40, 900))
def test_periods_are_those_of_a_walk_over_the_days(
    recurrence: Recurrence, day: int | None, starts_on: date, length: int
) -> None:
    until = starts_on + timedelta(days=length)
    assert occurrences(recurrence, day, starts_on, until) == brute_force(recurrence, day, starts_on, until)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 31), st.integers(1, 12), DAYS, st.integers(-40, 2000))
def test_a_yearly_day_comes_once_in_each_year(day: int, month: int, starts_on: date, length: int) -> None:
    until = starts_on + timedelta(days=length)
    found = occurrences(Recurrence.YEARLY, day, starts_on, until, month=month)
    walked = [starts_on + timedelta(days=step) for step in range(max(0, length + 1))]
    wanted = [d for d in walked if d.month == month and d.day == min(day, calendar.monthrange(d.year, month)[1])]
    assert [occurrence.due_on for occurrence in found] == wanted
    assert all(occurrence.ends_on == occurrence.due_on for occurrence in found)
    assert all(one.ends_on + timedelta(days=1) == other.starts_on for one, other in pairwise(found))


def test_a_quarter_is_due_on_the_fifth_of_the_month_after() -> None:
    found = occurrences(Recurrence.QUARTERLY, 5, date(2024, 2, 10), date(2024, 7, 1))
    assert found == [
        Occurrence(date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 5)),
        Occurrence(date(2024, 4, 1), date(2024, 6, 30), date(2024, 7, 5)),
        Occurrence(date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 5)),
    ]


def test_a_day_that_the_month_lacks_is_its_last_day() -> None:
    (found,) = occurrences(Recurrence.MONTHLY, 31, date(2024, 1, 1), date(2024, 1, 31))
    assert found.due_on == date(2024, 2, 29)


def test_nothing_comes_after_the_end() -> None:
    assert occurrences(Recurrence.MONTHLY, 5, date(2024, 2, 20), date(2024, 2, 10)) == []


@pytest.mark.parametrize(("day", "month"), [(0, None), (32, None), (-1, None), (5, 0), (5, 13)])
def test_an_impossible_day_is_refused(day: int, month: int | None) -> None:
    with pytest.raises(ValueError, match="укажите число"):
        occurrences(Recurrence.YEARLY, day, date(2024, 1, 1), date(2024, 12, 31), month=month)


def test_overdue_begins_on_the_next_day() -> None:
    assert not is_overdue(date(2023, 1, 30), date(2023, 1, 29))
    assert not is_overdue(date(2023, 1, 30), date(2023, 1, 30))
    assert is_overdue(date(2023, 1, 30), date(2023, 1, 31))
    assert not is_overdue(None, date(2023, 1, 31))
