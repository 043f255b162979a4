"""The only place that reads the time. Use cases take the day as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime, time_zone: str) -> datetime:
    """The moment on the clocks of the region; terms are days in the region's own zone."""
    return moment.astimezone(ZoneInfo(time_zone or "Europe/Moscow"))


def today(time_zone: str) -> date:
    return local(now(), time_zone).date()
