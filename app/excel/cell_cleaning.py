"""Cells of the federal register's workbooks set right: what was meant, and what was cleaned to get at it.

Every function is idempotent: what it gives, it takes back without cleaning anything. `problem` is a whole sentence for
what cannot be understood; of a personal column it never tells what stands in the cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Generic, TypeVar

from app.excel.cell_reading import read_cell
from app.excel.cell_text import cleaned
from app.excel.heading_match import homoglyph_folded
from app.excel.sheet import Column, ColumnKind
from app.excel.table import CellInput
from app.models.enumeration import Labelled

Value = TypeVar("Value")


class Cleaning(Labelled):
    """What was done to a cell, in the words of the report."""

    UNSEEN = "unseen", "убраны невидимые знаки"
    BLANKS = "blanks", "убраны лишние пробелы, табуляции и переводы строк"
    LOOK_ALIKES = "look_alikes", "латинские буквы среди русских заменены русскими"
    CASE = "case", "исправлен регистр букв"
    NUMBER_CELL = "number_cell", "число сделано текстом"
    DAY_NUMBER = "day_number", "дата прочитана из числа Excel"
    DAY_TEXT = "day_text", "дата прочитана из текста"
    DAY_TIME = "day_time", "у даты убрано время"
    WORD = "word", "значение приведено к справочнику"
    DIGITS = "digits", "номер приведён к виду 000-000-000 00"
    FIGURE = "figure", "число выделено из текста"
    NOTHING = "nothing", "слово «нет» понято как пустая ячейка"


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[Value]):
    """`value` is None for an empty cell and for one that cannot be understood."""

    value: Value | None = field(default=None, repr=False)
    done: tuple[Cleaning, ...] = ()
    problem: str = field(default="", repr=False)


_LATIN: Final = "ABCEHKMOPTXYaceopxy"
_CYRILLIC: Final = "АВСЕНКМОРТХУасеорху"
_TO_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)
_IS_CYRILLIC: Final = re.compile("[а-яё]", re.IGNORECASE)
_OTHER_LATIN: Final = re.compile(f"(?![{_LATIN}])[a-z]", re.IGNORECASE)
# Letters of other alphabets may have no capital, or a capital of two letters.
_PLAIN_NAME: Final = re.compile(r"[А-Яа-яЁёA-Za-z .'’()-]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
# The second halves of patronymics stay small.
_SMALL: Final = frozenset({"оглы", "оглу", "кызы", "гызы", "кизи", "улы", "уулу", "угли"})
_FIGURE: Final = re.compile(r"(\d{1,6})(?:[.,]0+)?\s*(?:ч|час|часа|часов|ак\.?\s*ч|г|год|года)?\.?", re.IGNORECASE)
_FRACTION: Final = re.compile(r"(?<=\d)[.,]0+$")
_COUNTRY: Final = re.compile(r"\d{1,3}")
_RUSSIA: Final = frozenset(map(homoglyph_folded, ("рф", "россия", "российская федерация", "rus", "ru")))
_EARLIEST_YEAR, _LATEST_YEAR = 1950, 2100
_MOST: Final = 999_999
_LONGEST: Final = 500


def clean_text(column: Column, cell: CellInput) -> Cleaned[str]:
    """The visible text in one line. A number cell becomes its figures: «000123» kept as a number is already lost."""
    if isinstance(cell, str):
        text, done = _tidied(cell)
        return Cleaned(text[:_LONGEST].rstrip() or None, done if text else ())
    value, problem = read_cell(column, cell)
    if problem:
        return Cleaned(problem=problem)
    return Cleaned(None if value is None else str(value), () if value is None else (Cleaning.NUMBER_CELL,))


def without_words(found: Cleaned[str], blank_words: Sequence[str]) -> Cleaned[str]:
    """The same; nothing, where the cell only says that there is nothing."""
    if found.value is not None and homoglyph_folded(found.value) in set(map(homoglyph_folded, blank_words)):
        return Cleaned(None, (*found.done, Cleaning.NOTHING))
    return found


def clean_name(column: Column, cell: CellInput) -> Cleaned[str]:
    """A name: «ИВАНОВА-КИМ» as «Иванова-Ким»; a name in letters of both cases keeps them."""
    found = clean_text(column, cell)
    text = found.value or ""
    if len(text) > 1 and _PLAIN_NAME.fullmatch(text) and (text.isupper() or text.islower()):
        proper = _LETTERS.sub(_capitalised, text)
        if proper != text:
            return Cleaned(proper, (*found.done, Cleaning.CASE))
    return found


def clean_day(column: Column, cell: CellInput, *, is_personal: bool = False) -> Cleaned[date]:
    """A day out of a date cell, a number of Excel's calendar, 01.09.2026, 2026-09-01 or 1 сентября 2026 г."""
    value, problem = read_cell(Column(column.key, column.title, ColumnKind.DATE), cell)
    if problem:
        told = f"В столбце «{column.title}» не дата: напишите её как 01.09.2026."
        return Cleaned(problem=told if is_personal else problem)
    if not isinstance(value, date):
        return Cleaned()
    match cell:
        case datetime():
            done: tuple[Cleaning, ...] = (Cleaning.DAY_TIME,)
        case date():
            done = ()
        case str() if not cleaned(cell).isdecimal():
            done = (Cleaning.DAY_TEXT,)
        case _:
            done = (Cleaning.DAY_NUMBER,)
    return Cleaned(value, done)


def clean_word(
    column: Column,
    cell: CellInput,
    words: Mapping[str, str],
    spellings: Mapping[str, Sequence[str]],
    *,
    is_personal: bool = False,
) -> Cleaned[str]:
    """The code of a word of the list, written in any case, with a point behind it, or in one of its spellings."""
    text = "" if cell is None else cleaned(str(cell))
    if not text:
        return Cleaned()
    folded = _loosened(text)
    for code, word in words.items():
        if folded in {_loosened(word), *(_loosened(each) for each in spellings.get(code, ()))}:
            return Cleaned(code, () if cell == word else (Cleaning.WORD,))
    choices = ", ".join(f"«{word}»" for word in words.values())
    told = "" if is_personal else f" Сейчас там «{text[:60]}»."
    return Cleaned(problem=f"В столбце «{column.title}» нужно одно из значений: {choices}.{told}")


def clean_figure(column: Column, cell: CellInput, *, is_year: bool = False) -> Cleaned[int]:
    """A whole number, with «ч.» or «год» behind it or without."""
    if cell is None or (isinstance(cell, str) and not cleaned(cell)):
        return Cleaned()
    done: tuple[Cleaning, ...] = ()
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
        number = int(cell)
    else:
        text = cleaned(str(cell)) if isinstance(cell, str) else ""
        found = _FIGURE.fullmatch(text)
        if found is None:
            return Cleaned(problem=f"В столбце «{column.title}» не целое число: напишите его цифрами.")
        number = int(found[1])
        done = () if cell == found[1] else (Cleaning.FIGURE,)
    if not 0 <= number <= _MOST or (is_year and not _EARLIEST_YEAR <= number <= _LATEST_YEAR):
        what = "не год: напишите четыре цифры" if is_year else f"не число от 0 до {_MOST}: исправьте его"
        return Cleaned(problem=f"В столбце «{column.title}» {what}.")
    return Cleaned(number, done)


def clean_country(column: Column, cell: CellInput) -> Cleaned[str]:
    """Three digits of the classifier of countries; «РФ» and «Россия» are 643."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = f"{cell:g}"
    else:
        text = "" if cell is None else _FRACTION.sub("", cleaned(str(cell)))
    if not text:
        return Cleaned()
    if homoglyph_folded(text).rstrip(".") in _RUSSIA:
        return Cleaned("643", (Cleaning.WORD,))
    if _COUNTRY.fullmatch(text) is None or not text.isascii():
        return Cleaned(problem=f"В столбце «{column.title}» не код страны: у России 643.")
    code = text.zfill(3)
    return Cleaned(
        code, () if cell == code else (Cleaning.NUMBER_CELL if not isinstance(cell, str) else Cleaning.WORD,)
    )


def _tidied(text: str) -> tuple[str, tuple[Cleaning, ...]]:
    done = []
    seen = "".join(letter for letter in text if letter.isalnum() or not _is_unseen(letter))
    if seen != text:
        done.append(Cleaning.UNSEEN)
    tidy = " ".join(cleaned(seen).split())
    if tidy != seen:
        done.append(Cleaning.BLANKS)
    plain = _LETTERS.sub(_in_one_alphabet, tidy)
    if plain != tidy:
        done.append(Cleaning.LOOK_ALIKES)
    return plain, tuple(done)


def _is_unseen(letter: str) -> bool:
    return cleaned(f"x{letter}x") == "xx"


def _in_one_alphabet(found: re.Match[str]) -> str:
    """A word of both alphabets whose Latin letters all look Russian was meant in Russian."""
    word = found[0]
    if _IS_CYRILLIC.search(word) is None or _OTHER_LATIN.search(word) is not None:
        return word
    return word.translate(_TO_CYRILLIC)


def _capitalised(found: re.Match[str]) -> str:
    word = found[0].lower()
    return word if word in _SMALL else word[:1].upper() + word[1:]


def _loosened(text: str) -> str:
    return homoglyph_folded(text).strip(" .")
