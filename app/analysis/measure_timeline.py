"""Where the terms of a plan stand on a line of months: all months are equally wide."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MONTH_WIDTH = 100
SCHOOL_YEAR_BEGINS = 9
YEAR = 12
LONGEST = 24
_NAMES = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Window:
    """Whole months from the first day of `first`; `x` runs from 0 to `width`."""

    first: date
    months: int

    @property
    def width(self) -> int:
        return self.months * MONTH_WIDTH

    @property
    def shown(self) -> tuple[Month, ...]:
        found = []
        for step in range(self.months):
            years, index = divmod(self.first.month - 1 + step, YEAR)
            found.append(Month(self.first.year + years, index + 1, _NAMES[index]))
        return tuple(found)

    @property
    def grid(self) -> range:
        """Where one month ends and the next begins."""
        return range(MONTH_WIDTH, self.width, MONTH_WIDTH)

    def x(self, day: date, *, at_end: bool = False) -> float:
        """Where the day begins, or ends; days outside stand at the edges."""
        whole = (day.year - self.first.year) * YEAR + day.month - self.first.month
        part = (day.day if at_end else day.day - 1) / monthrange(day.year, day.month)[1]
        return round(min(max((whole + part) * MONTH_WIDTH, 0), self.width), 1)

    def holds(self, day: date) -> bool:
        return 0 <= (day.year - self.first.year) * YEAR + day.month - self.first.month < self.months


@dataclass(frozen=True, slots=True)
class Bar:
    """The planned time from `x` over `width`; the time past the term, and the day on which it was done, if any."""

    x: float
    width: float
    late_x: float
    late_width: float
    done_x: float | None
    is_cut: bool


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of the day began."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


def school_year(begins: int) -> tuple[date, date]:
    return date(begins, SCHOOL_YEAR_BEGINS, 1), date(begins + 1, SCHOOL_YEAR_BEGINS - 1, 31)


def window(begins: int, ends: Iterable[date]) -> Window:
    """The school year, prolonged by whole months to the last of the days, up to two years."""
    first, last = school_year(begins)
    latest = max([last, *ends])
    months = (latest.year - first.year) * YEAR + latest.month - first.month + 1
    return Window(first, min(months, LONGEST))


def bar(shown: Window, starts_on: date, due_on: date, done_on: date | None, *, late_until: date | None) -> Bar:
    """`late_until` is the day until which it is late: the day on which it was done, or today; None if it is not."""
    x, end = shown.x(starts_on), shown.x(due_on, at_end=True)
    late = max(shown.x(late_until, at_end=True) - end, 0) if late_until is not None else 0
    outside = not shown.holds(starts_on) or not shown.holds(due_on)
    done_x = shown.x(done_on) if done_on is not None and shown.holds(done_on) else None
    return Bar(x, round(max(end - x, 0), 1), end, round(late, 1), done_x, outside)
