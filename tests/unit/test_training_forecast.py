from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.analysis.training_forecast import Forecast, Pace, forecast

TODAY, STARTS, DUE = date(2026, 11, 22), date(2026, 1, 1), date(2026, 12, 31)
WINDOW = TODAY - timedelta(days=89)


def told(total: int, covered: dict[date, int], **more: date) -> Forecast:
    return forecast(total, covered, **{"starts_on": STARTS, "due_on": DUE, "today": TODAY} | more)


@pytest.mark.parametrize(
    ("total", "covered", "expected"),
    [
        (3, {STARTS: 1, TODAY: 2}, Forecast(Pace.REACHED, TODAY)),
        # 9 in 90 days is one in ten: three more take 30 days, four take 40.
        (12, {WINDOW: 4, TODAY: 5}, Forecast(Pace.IN_TERM, TODAY + timedelta(30), 9, 90)),
        (13, {WINDOW: 4, TODAY: 5}, Forecast(Pace.AFTER_TERM, TODAY + timedelta(40), 9, 90)),
        # What was covered before the window counts in the whole and not in the pace; a part of a day is a day.
        (4, {WINDOW - timedelta(1): 1, WINDOW: 2}, Forecast(Pace.AFTER_TERM, TODAY + timedelta(45), 2, 90)),
        (5, {WINDOW: 4}, Forecast(Pace.IN_TERM, TODAY + timedelta(23), 4, 90)),
        # A document dated ahead covers, and says nothing of the pace until its day.
        (4, {TODAY + timedelta(1): 1}, Forecast(Pace.NO_PACE, None, 0, 90)),
        (4, {}, Forecast(Pace.NO_PACE, None, 0, 90)),
        (0, {}, Forecast(Pace.NO_PACE, None, 0, 90)),
        (10**7, {TODAY: 1}, Forecast(Pace.AFTER_TERM, None, 1, 90)),
    ],
)
def test_the_pace_of_the_last_days_goes_on(total, covered, expected):
    assert told(total, covered) == expected


def test_the_last_day_in_term_is_in_term():
    assert told(2, {WINDOW: 1}, due_on=TODAY + timedelta(90)).pace is Pace.IN_TERM
    assert told(2, {WINDOW: 1}, due_on=TODAY + timedelta(89)).pace is Pace.AFTER_TERM


def test_a_period_that_has_just_begun_has_a_short_window():
    assert told(3, {TODAY: 1}, starts_on=TODAY) == Forecast(Pace.IN_TERM, TODAY + timedelta(2), 1, 1)
    # A document from before the period is no pace of it.
    assert told(3, {TODAY - timedelta(1): 1}, starts_on=TODAY) == Forecast(Pace.NO_PACE, None, 0, 1)
    assert told(3, {}, starts_on=TODAY + timedelta(5)) == Forecast(Pace.NO_PACE, None, 0, 0)


def test_after_the_term_nothing_is_expected():
    assert told(3, {WINDOW: 2}, today=DUE + timedelta(1)) == Forecast(Pace.TERM_PASSED)
    assert told(3, {WINDOW: 2}, today=DUE).pace is not Pace.TERM_PASSED
    assert told(2, {WINDOW: 2}, today=DUE + timedelta(1)) == Forecast(Pace.REACHED, WINDOW)


def test_more_than_all_is_an_error():
    with pytest.raises(ValueError, match="3 covered of 2"):
        told(2, {TODAY: 3})
