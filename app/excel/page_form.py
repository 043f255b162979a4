"""What a sheet to be filled in asks of its cells, in the words of this house; `Page` puts it into the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.excel.cell_value import clean_text, clipped, utf16_units

_LIST_LIMIT = 255  # UTF-16 units of a list in a validation formula, a limit of Excel
_MESSAGE_LIMIT = 255
_TITLE_LIMIT = 32
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)  # Excel's calendar


@dataclass(frozen=True, slots=True)
class CellRange:
    """One column of a sheet, from row `first` to row `last` (all from 0), as the source of a drop-down."""

    sheet: str
    column: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What Excel says while a cell is chosen (`prompt`) and when a wrong value is typed (`refusal`).

    A `strict` cell takes no other value; otherwise Excel asks whether to keep it. Empty cells are always allowed.
    Texts past Excel's 255 characters (titles: 32) are cut with «…».
    """

    title: str = ""
    prompt: str = ""
    refusal: str = ""
    strict: bool = True


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """A drop-down of words; words that do not fit a formula (see `fits_formula`) need a CellRange instead."""

    choices: tuple[str, ...] | CellRange


@dataclass(frozen=True, slots=True)
class DateRule:
    earliest: date = _FIRST_DAY
    latest: date = _LAST_DAY


@dataclass(frozen=True, slots=True)
class NumberRule:
    least: float
    most: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class LengthRule:
    most: int


Rule = ChoiceRule | DateRule | NumberRule | LengthRule


def fits_formula(choices: Sequence[str]) -> bool:
    """Whether a drop-down can hold the words itself: 255 characters in all, no commas, quotes or outer blanks."""
    plain = all(word and word == word.strip() and not set(word) & set(',"\n\t') for word in choices)
    return bool(choices) and plain and utf16_units(",".join(choices)) <= _LIST_LIMIT and choices[0][0] != "="


def validation(rule: Rule, asked: Asked) -> dict[str, object]:
    """The rule as XlsxWriter's options. Raises ValueError for words that do not fit a formula."""
    options = _condition(rule) | {"error_type": "stop" if asked.strict else "warning"}
    texts = {
        "input_title": (asked.title if asked.prompt else "", _TITLE_LIMIT),
        "input_message": (asked.prompt, _MESSAGE_LIMIT),
        "error_title": (asked.title if asked.refusal else "", _TITLE_LIMIT),
        "error_message": (asked.refusal, _MESSAGE_LIMIT),
    }
    return options | {key: clipped(clean_text(text), limit) for key, (text, limit) in texts.items() if text}


def _condition(rule: Rule) -> dict[str, object]:
    if isinstance(rule, ChoiceRule):
        return {"validate": "list", "source": _source(rule.choices)}
    if isinstance(rule, DateRule):
        return {"validate": "date", "criteria": "between", "minimum": rule.earliest, "maximum": rule.latest}
    if isinstance(rule, NumberRule):
        kind = "integer" if rule.whole else "decimal"
        return {"validate": kind, "criteria": "between", "minimum": rule.least, "maximum": rule.most}
    return {"validate": "length", "criteria": "<=", "value": rule.most}


def _source(choices: tuple[str, ...] | CellRange) -> str | list[str]:
    if isinstance(choices, CellRange):
        return _formula(choices)
    if not fits_formula(choices):
        raise ValueError(f"{len(choices)} words do not fit a drop-down's formula: put them on a sheet")
    return list(choices)


def _formula(cells: CellRange) -> str:
    quoted = cells.sheet.replace("'", "''")
    letters = column_letters(cells.column)
    return f"='{quoted}'!${letters}${cells.first + 1}:${letters}${cells.last + 1}"


def column_letters(column: int) -> str:
    """«A» for 0, «XFD» for 16,383."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
