"""A cell from outside as a value of its column, or a sentence that says why it is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

from app.excel.cell_text import cleaned
from app.excel.heading_match import homoglyph_folded
from app.excel.serial_day import day_of
from app.excel.sheet import Column, ColumnKind
from app.excel.table import CellInput

_SURE_DIGITS: Final = 15
_SHOWN: Final = 60
# A bare number is a day of the spreadsheet's calendar from 1950 to 2100; «2026» is a year.
_FIRST_SERIAL: Final = 18_264
_LAST_SERIAL: Final = 73_415
_CENTURY_BREAK: Final = 70
_TIME: Final = r"(?:[ T,]+(?:в )?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*Z?)?"
_TAIL: Final = r"(?:\s*(?:г|год|года)\.?)?"
_DAY_FIRST: Final = re.compile(
    rf"(\d{{1,2}})\s*[./-]\s*(\d{{1,2}})\s*[./-]\s*(\d{{4}}|\d{{2}}){_TAIL}{_TIME}", re.IGNORECASE
)
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})[-./](\d{{1,2}})[-./](\d{{1,2}}){_TIME}", re.IGNORECASE)
_IN_WORDS: Final = re.compile(rf"[«\"]?(\d{{1,2}})[»\"]?\s+([^\W\d_]+)\.?\s+(\d{{4}}){_TAIL}{_TIME}", re.IGNORECASE)
_MONTHS: Final = tuple(
    (homoglyph_folded(name), homoglyph_folded(of_it))
    for name, of_it in (
        ("январь", "января"),
        ("февраль", "февраля"),
        ("март", "марта"),
        ("апрель", "апреля"),
        ("май", "мая"),
        ("июнь", "июня"),
        ("июль", "июля"),
        ("август", "августа"),
        ("сентябрь", "сентября"),
        ("октябрь", "октября"),
        ("ноябрь", "ноября"),
        ("декабрь", "декабря"),
    )
)
_SHORT_MONTH: Final = 3
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?|[+-]?[.,]\d+")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_TRUE: Final = frozenset(map(homoglyph_folded, ("да", "истина", "true", "yes", "1", "+", "✓", "✔", "v", "д", "есть")))
_FALSE: Final = frozenset(map(homoglyph_folded, ("нет", "ложь", "false", "no", "0", "-", "−", "–", "—", "н")))


class _NotOfKindError(ValueError):
    pass


def read_cell(column: Column, cell: CellInput) -> tuple[CellInput, str]:
    """(value, "") or (None, sentence); an empty cell is (None, "").

    TEXT gives a str, INTEGER an int, NUMBER a float, PERCENT a share as a float (50 % is 0.5), DATE a date,
    DATETIME a naive datetime, BOOLEAN a bool.
    """
    if isinstance(cell, str):
        cell = cleaned(cell)
    if cell is None or cell == "":
        return None, ""
    try:
        return _READERS[column.kind](cell), ""
    except _NotOfKindError as error:
        return None, f"В столбце «{column.title}» стоит «{_shown(cell)}»: {error}."


def _shown(cell: CellInput) -> str:
    text = as_text(cell) if not isinstance(cell, int | float) else _plain_number(cell)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def as_text(cell: CellInput) -> str:
    """A number without «.0», a day as 01.09.2026, a boolean as «да» or «нет»."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "да" if cell else "нет"
        case int() | float():
            if abs(cell) >= 10**_SURE_DIGITS:
                raise _NotOfKindError(
                    f"в числе больше {_SURE_DIGITS} цифр, и Excel последние теряет. "
                    "Сделайте ячейку текстовой и введите значение заново"
                )
            return _plain_number(cell)
        case datetime():
            return f"{cell:%d.%m.%Y %H:%M}"
        case _:
            return f"{cell:%d.%m.%Y}"


def _plain_number(number: float) -> str:
    if isinstance(number, int) or (number.is_integer() and abs(number) < 10**_SURE_DIGITS):
        return str(int(number))
    return f"{number:.{_SURE_DIGITS}g}"


def _number(cell: CellInput) -> float:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise _NotOfKindError("это не число. Напишите число цифрами, например 12,5")
    if not isinstance(cell, str):
        return cell
    text = "".join(cell.split()).replace("−", "-").replace("'", "")
    if _GROUPED.fullmatch(text) and len(set(text) & {",", "."}) + text.count(",") > 1:
        text = _ungrouped(text)
    elif not _NUMBER.fullmatch(text):
        raise _NotOfKindError("это не число. Напишите число цифрами, например 12,5")
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise _NotOfKindError("число слишком велико. Проверьте его")
    return number


def _ungrouped(text: str) -> str:
    """«1,234.5», «1.234,5» and «1,234,567» without the marks between thousands."""
    place = max(text.rfind(","), text.rfind(".")) if {",", "."} <= set(text) else len(text)
    return re.sub("[.,]", "", text[:place]) + text[place:]


def _integer(cell: CellInput) -> int:
    number = _number(cell)
    if number != int(number):
        raise _NotOfKindError("это не целое число. Напишите число без дробной части")
    if abs(number) >= 10**_SURE_DIGITS:
        raise _NotOfKindError("число слишком велико. Проверьте его")
    return int(number)


def _share(cell: CellInput) -> float:
    text = cell.strip() if isinstance(cell, str) else ""
    if text.endswith("%"):
        return _number(text[:-1]) / 100
    number = float(_number(cell))
    if abs(number) > 1:  # 1.5 may be 150 % of an export or 1.5 % of another system
        raise _NotOfKindError("непонятно, доля это или проценты. Напишите со знаком %, например 50 %")
    return number


def _boolean(cell: CellInput) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float) and cell in {0, 1}:
        return bool(cell)
    if isinstance(cell, str):
        word = homoglyph_folded(cell).rstrip(".")
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    raise _NotOfKindError("это не «да» и не «нет». Напишите «да» или «нет»")


def _moment(cell: CellInput) -> date:
    """A date, or a datetime where a time is told."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and not cell.isdecimal():
        found = _day_in(cell)
        if found is not None:
            return found
    elif not isinstance(cell, bool) and cell is not None:
        number = float(cell) if not isinstance(cell, str) or len(cell) <= _SURE_DIGITS else 0.0
        found = day_of(number) if _FIRST_SERIAL <= number < _LAST_SERIAL else None
        if found is not None:
            return found
    raise _NotOfKindError("это не дата. Напишите её как 01.09.2026")


def _day(cell: CellInput) -> date:
    found = _moment(cell)
    return found.date() if isinstance(found, datetime) else found


def _datetime(cell: CellInput) -> datetime:
    found = _moment(cell)
    return found if isinstance(found, datetime) else datetime.combine(found, time())


def _day_in(text: str) -> date | None:
    text = " ".join(text.split())
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3)), (_IN_WORDS, (3, 2, 1))):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        year, month, day = (found[place] for place in order)
        number = int(month) if month.isdecimal() else _month(month)
        hour, minute, second = (int(found[place] or 0) for place in (4, 5, 6))
        try:
            made = datetime(_year(year), number, int(day), hour, minute, second)  # noqa: DTZ001 - a cell has no zone
        except ValueError:
            return None
        return made if found[4] else made.date()
    return None


def _year(text: str) -> int:
    number = int(text)
    if len(text) > 2:  # noqa: PLR2004 - digits of a year without its century
        return number
    return number + (2000 if number < _CENTURY_BREAK else 1900)


def _month(word: str) -> int:
    """1 to 12 for the whole word in either case or its first letters; 0 for another word."""
    folded = homoglyph_folded(word)
    if len(folded) < _SHORT_MONTH:
        return 0
    return next(
        (number for number, (name, of_it) in enumerate(_MONTHS, 1) if folded == name or of_it.startswith(folded)), 0
    )


_READERS: Final[dict[ColumnKind, Callable[[CellInput], CellInput]]] = {
    ColumnKind.TEXT: as_text,
    ColumnKind.INTEGER: _integer,
    ColumnKind.NUMBER: lambda cell: float(_number(cell)),
    ColumnKind.PERCENT: _share,
    ColumnKind.DATE: _day,
    ColumnKind.DATETIME: _datetime,
    ColumnKind.BOOLEAN: _boolean,
}
