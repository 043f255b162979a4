"""Report periods of recurring terms, and what overdue means. Days are local days of the region."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.enumeration import Recurrence

_MONTHS_IN = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEARLY: 6, Recurrence.YEARLY: 12}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One report period (both days included) and the last day on which its report is in time."""

    starts_on: date
    ends_on: date
    due_on: date


def occurrences(
    recurrence: Recurrence, day: int | None, starts_on: date, until: date, *, month: int | None = None
) -> list[Occurrence]:
    """The report periods that have a day between `starts_on` and `until`, both included, oldest first.

    A period is a whole calendar month, quarter, half-year or year, also when `starts_on` lies inside it. Its
    report is due on `day` of the month after it («ежеквартально до 5 числа» → 5 April for January to March;
    the last day of a shorter month), or on its last day where `day` is None.
    «Ежегодно до 1 сентября» has a `month`: then the report is due on that day of each year between
    `starts_on` and `until`, and its period is the year that ends with it.
    ValueError where day is not 1–31 or month not 1–12.
    """
    if day is not None and not 1 <= day <= 31:  # noqa: PLR2004 - days of a month
        raise ValueError(f"День {day} не может быть днём месяца: укажите число от 1 до 31.")
    if month is not None and not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        raise ValueError(f"Месяц {month} не существует: укажите число от 1 до 12.")
    if recurrence is Recurrence.YEARLY and month is not None:
        return _yearly(day, month, starts_on, until)
    length = _MONTHS_IN[recurrence]
    found: list[Occurrence] = []
    index = _index(starts_on) // length * length
    while _first_day(index) <= until:
        ends_on = _first_day(index + length) - timedelta(days=1)
        due_on = ends_on if day is None else day_in(index + length, day)
        found.append(Occurrence(_first_day(index), ends_on, due_on))
        index += length
    return found if starts_on <= until else []


def _yearly(day: int | None, month: int, starts_on: date, until: date) -> list[Occurrence]:
    found: list[Occurrence] = []
    for year in range(starts_on.year, until.year + 1):
        due_on = day_in(year * 12 + month - 1, day or 31)
        if starts_on <= due_on <= until:
            before = day_in((year - 1) * 12 + month - 1, day or 31)
            found.append(Occurrence(before + timedelta(days=1), due_on, due_on))
    return found


def is_overdue(due_on: date | None, today: date) -> bool:
    """A term is overdue from the day after it; no term is never overdue."""
    return due_on is not None and today > due_on


def _index(day: date) -> int:
    """Months since the year 0: neighbours differ by one."""
    return day.year * 12 + day.month - 1


def _first_day(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def day_in(index: int, day: int) -> date:
    """That day of the month, or its last day where the month is shorter."""
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
