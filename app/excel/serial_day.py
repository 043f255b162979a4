"""Days as spreadsheets count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

DAYS_TO_1904: Final = 1462  # between the calendars of Windows and of old Macs

_DAY_ONE: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone; day 1 is 1900-01-01, with a 1900-02-29 that never was
_LEAP_SLIP: Final = 60
_LAST_DAY: Final = 2_958_465  # 9999-12-31
_SECONDS: Final = 86_400


def day_of(number: float) -> date | None:
    """The day, or the moment if it is not midnight, that Excel's calendar of 1900 counts so; None out of its range."""
    if not 0 < number < _LAST_DAY + 1:
        return None
    seconds = round(number * _SECONDS) + (_SECONDS if number < _LEAP_SLIP else 0)
    moment = _DAY_ONE + timedelta(seconds=seconds)
    return moment if seconds % _SECONDS else moment.date()
