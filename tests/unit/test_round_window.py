"""The window of a round is a rule over days: asked of every border, against the table written here."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app.models.enumeration import RoundStatus
from app.services.round_window import WindowState, window_on

OPENS, DUE, LOCKS, LATE = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 15), date(2026, 11, 1)
DAY = timedelta(days=1)
IN_TIME, TAKEN_LATE, BY_PERMIT, CLOSED = WindowState


def held(status=RoundStatus.OPEN, late_until=LATE, locks_on=LOCKS):
    return SimpleNamespace(status=status, opens_on=OPENS, due_on=DUE, locks_on=locks_on, late_until=late_until)


@pytest.mark.parametrize(
    ("today", "permit", "state", "until"),
    [
        (OPENS - DAY, None, CLOSED, None),
        (OPENS, None, IN_TIME, DUE),
        (DUE, None, IN_TIME, DUE),
        (DUE + DAY, None, TAKEN_LATE, LOCKS),
        (LOCKS, None, TAKEN_LATE, LOCKS),
        (LOCKS + DAY, None, CLOSED, None),
        (LOCKS + DAY, LOCKS + 5 * DAY, BY_PERMIT, LOCKS + 5 * DAY),
        (LOCKS + 5 * DAY, LOCKS + 5 * DAY, BY_PERMIT, LOCKS + 5 * DAY),
        (LOCKS + 6 * DAY, LOCKS + 5 * DAY, CLOSED, None),
        # An act has brought the last day nearer than the permit.
        (LATE, LATE + 9 * DAY, BY_PERMIT, LATE),
        (LATE + DAY, LATE + 9 * DAY, CLOSED, None),
        # A permit adds nothing while everybody may send.
        (DUE, LATE, IN_TIME, DUE),
    ],
)
def test_the_window_of_an_open_round(today, permit, state, until):
    window = window_on(held(), permit, today)
    assert (window.state, window.until) == (state, until)
    assert window.is_open is (state is not CLOSED)
    assert [window.in_time, window.late, window.by_permit, window.closed].count(True) == 1
    assert window.sentence.endswith(".")


def test_without_a_late_window_no_permit_helps():
    assert window_on(held(late_until=None), LATE, LOCKS + DAY).closed


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.CLOSED])
def test_a_round_that_does_not_run_takes_nothing(status):
    assert window_on(held(status=status), LATE, DUE).closed
