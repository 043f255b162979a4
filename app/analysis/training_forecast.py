"""When everyone will be trained, at the present pace."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

# The pace is that of so many days up to today: groups come in waves, and a shorter window would see none of them.
WINDOW_DAYS = 90


class Pace(enum.StrEnum):
    """How the forecast stands to the term."""

    REACHED = "reached"
    IN_TERM = "in_term"
    AFTER_TERM = "after_term"
    NO_PACE = "no_pace"
    TERM_PASSED = "term_passed"


@dataclass(frozen=True, slots=True)
class Forecast:
    """`day`: of full coverage, reached or expected. `gained` of the last `days` is the pace that it is told from."""

    pace: Pace
    day: date | None = None
    gained: int = 0
    days: int = 0


def forecast(total: int, covered_on: Mapping[date, int], *, starts_on: date, due_on: date, today: date) -> Forecast:
    """`covered_on`: how many of the `total` were first covered on each day, today's included.

    The pace is what was gained in the last 90 days, or since the period began where that is less, divided evenly.
    Once the term has passed nothing more counts, and there is no forecast. Raises ValueError where more are covered
    than there are.
    """
    covered = sum(covered_on.values())
    if covered > total:
        raise ValueError(f"{covered} covered of {total}")
    if total and covered == total:
        return Forecast(Pace.REACHED, max(covered_on))
    if today > due_on:
        return Forecast(Pace.TERM_PASSED)
    since = max(starts_on, today - timedelta(days=WINDOW_DAYS - 1))
    days = (today - since).days + 1
    gained = sum(count for day, count in covered_on.items() if since <= day <= today)
    if days < 1 or not gained:
        return Forecast(Pace.NO_PACE, gained=0, days=max(days, 0))
    left = total - covered
    # Rounded up: the last of them must be trained on that day.
    wait = -(-left * days // gained)
    if wait > (date.max - today).days:
        return Forecast(Pace.AFTER_TERM, None, gained, days)
    day = today + timedelta(days=wait)
    return Forecast(Pace.IN_TERM if day <= due_on else Pace.AFTER_TERM, day, gained, days)
