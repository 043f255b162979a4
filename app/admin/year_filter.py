"""The year of a day as a condition of a list: the years that its rows have, of those that the reader sees."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, select

from app.admin.listing import ListFilter, Option
from app.web.session import guarded

EARLIEST, LATEST = 1990, 2100


def year_filter(label: str, day: Any) -> ListFilter:
    """`day` is a date column of the model; NULL belongs to no year."""

    def within(year: int) -> ColumnElement[bool]:
        return and_(day >= date(year, 1, 1), day <= date(year, 12, 31))

    def years() -> list[Option]:
        found = guarded().scalars(select(extract("year", day)).where(day.is_not(None)).distinct())
        return [Option(str(int(each)), str(int(each))) for each in sorted(found, reverse=True)]

    return ListFilter("year", label, within, _read, years)


def _read(raw: str) -> int:
    if not raw.isascii() or not raw.isdecimal() or not EARLIEST <= int(raw) <= LATEST:
        raise ValueError(raw)
    return int(raw)
