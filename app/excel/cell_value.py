"""What may stand in a cell: types that a spreadsheet has, text that XML can hold."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, tzinfo
from decimal import Decimal

from app.excel.sheet import ColumnKind
from app.models.enumeration import Labelled

TEXT_LIMIT = 32_767  # characters of a cell in UTF-16 units, a limit of Excel
SHEET_NAME_LIMIT = 31

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_ACTIVE = ("=", "+", "-", "@", "\t", "\n", "'")  # Excel reads these anew as a formula when a cell is edited
_FIRST_YEAR = 1900  # Excel's calendar begins here
DIGITS = 10**15  # beyond this Excel drops digits

_BEFORE_FIRST_DAY = date(1899, 12, 31).toordinal()
_DAYS_TO_29_FEBRUARY = 59  # Excel counts a 29 February 1900, which never was
_SECONDS_OF_DAY = 86_400

CellValue = str | bool | int | float | date | None


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, the cut marked by «…»; no pair of surrogates is cut apart."""
    if len(text) * 2 <= limit or utf16_units(text) <= limit:
        return text
    return text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"


def clean_text(text: str) -> str:
    """The same visible text without what XML 1.0 cannot hold, with one kind of line end, cut to Excel's limit."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATE.sub("\ufffd", _UNWRITABLE.sub("", text))
    return clipped(text, TEXT_LIMIT)


def is_active(text: str) -> bool:
    """Whether Excel would take the text for a formula once somebody edits the cell."""
    return text.startswith(_ACTIVE)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts, unlike any of `taken` (compared without case)."""
    name = _IN_SHEET_NAME.sub(" ", clean_text(wanted)).strip().strip("'").strip()
    base = name or "Лист"
    if base.casefold() == "history":  # Excel keeps this name for itself
        base += "_"
    others = {each.casefold() for each in taken}
    candidate, number = clipped(base, SHEET_NAME_LIMIT), 1
    while candidate.casefold() in others:
        number += 1
        ending = f" ({number})"
        candidate = clipped(base, SHEET_NAME_LIMIT - len(ending)) + ending
    return candidate


def typed(value: object, kind: ColumnKind, zone: tzinfo) -> CellValue:
    """The value as a cell of `kind` holds it; aware moments become local to `zone`, which Excel's have not.

    What does not fit its column (a word among dates, a date before 1900, 16 digits) is written as text.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and value.utcoffset() is not None:
        value = _local(value, zone).replace(tzinfo=None)
    fitting = _fitting(value, kind)
    return fitting if fitting is not None else _as_text(value) or None


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the last hours of the year 9999, a common word for «for ever»
        return moment


def _fitting(value: object, kind: ColumnKind) -> CellValue:
    match kind:
        case ColumnKind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case ColumnKind.INTEGER | ColumnKind.NUMBER | ColumnKind.PERCENT:
            return _number(value)
        case ColumnKind.DATE | ColumnKind.DATETIME:
            return _moment(value, kind)
        case _:
            return None


def _number(value: object) -> float | None:
    if isinstance(value, Decimal) and value.is_finite():
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < DIGITS else None


def _moment(value: object, kind: ColumnKind) -> date | None:
    if not isinstance(value, date) or value.year < _FIRST_YEAR:
        return None
    if not isinstance(value, datetime):
        return value
    return value.date() if kind is ColumnKind.DATE else value.replace(microsecond=0)


def _as_text(value: object) -> str:
    match value:
        case Labelled():
            text = value.label
        case bool():
            text = "да" if value else "нет"
        case datetime():
            text = f"{value:%d.%m.%Y %H:%M}"
        case date():
            text = f"{value:%d.%m.%Y}"
        case float() if not math.isfinite(value):
            text = ""
        case Decimal() if not value.is_finite():
            text = ""
        case _:
            text = str(value)
    return clean_text(text)


def serial(moment: date) -> float:
    """The number by which a spreadsheet keeps a day (1 for 1 January 1900) or a naive moment of it."""
    days = moment.toordinal() - _BEFORE_FIRST_DAY
    days += days > _DAYS_TO_29_FEBRUARY
    if not isinstance(moment, datetime):
        return days
    return days + (moment.hour * 3600 + moment.minute * 60 + moment.second) / _SECONDS_OF_DAY
