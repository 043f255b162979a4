"""Headings and words compared as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.excel.cell_text import cleaned
from app.excel.sheet import Column
from app.excel.table import CellInput

# What a person takes for the same letter, in capitals or in small letters.
_LOOK_ALIKES: Final = str.maketrans("abcehkmoptxyё", "авсенкмортхуе")
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_OUTER: Final = " \t\n*:;.,"
_LINE_HYPHEN: Final = re.compile(r"(?<=\w)-\s*\n\s*(?=\w)")

MARK_TITLE: Final = "Что исправить"
NUMBER_TITLE: Final = "№"
_NUMBER_TITLES: Final = ("№", "№ п/п", "№п/п", "п/п", "n", "nn")


def homoglyph_folded(text: str) -> str:
    """One form for all texts that look alike: no case, no «ё», single blanks, Latin look-alikes as Cyrillic letters.

    For comparing only: fold both sides. Words that differ by letters of one alphabet stay different.
    """
    return " ".join(cleaned(text).casefold().translate(_LOOK_ALIKES).split())


def heading_folded(text: str) -> str:
    """The same for a heading, without the marks of required columns, colons and word breaks around it."""
    return homoglyph_folded(_LINE_HYPHEN.sub("", text)).strip(_OUTER)


def without_brackets(text: str) -> str:
    return heading_folded(_BRACKETS.sub(" ", text))


_MARK: Final = heading_folded(MARK_TITLE)
_NUMBERS: Final = frozenset(map(heading_folded, _NUMBER_TITLES)) - {""}


def is_mark(cell: CellInput) -> bool:
    """Whether this is the heading of the column that says what to mend."""
    return isinstance(cell, str) and heading_folded(cell) == _MARK


def is_number(cell: CellInput) -> bool:
    """Whether this heads the numbers of the lines."""
    return isinstance(cell, str) and heading_folded(cell) in _NUMBERS


@dataclass(slots=True)
class Matched:
    """Positions from 0 of the headings of a row: by key, doubled ones too; `others` are of no column."""

    places: dict[str, list[int]] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    number: int | None = None

    @property
    def columns(self) -> dict[str, int]:
        return {key: places[0] for key, places in self.places.items()}


class Headings:
    """The headings by which the columns of a sheet are known."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._whole: dict[str, str] = {}
        self._bare: dict[str, set[str]] = {}
        for column in columns:
            for words in (column.title, *column.aliases):
                self._whole.setdefault(heading_folded(words), column.key)
                self._bare.setdefault(without_brackets(words), set()).add(column.key)

    def match(self, cells: Iterable[CellInput]) -> Matched:
        """Whole headings first; text in brackets is passed over where one column only remains, and it is free."""
        matched = Matched()
        left: list[tuple[int, str]] = []
        for place, cell in enumerate(cells):
            if cell is None or is_mark(cell):
                continue
            text = cell if isinstance(cell, str) else str(cell)
            key = self._whole.get(heading_folded(text))
            if key is not None:
                matched.places.setdefault(key, []).append(place)
            elif is_number(cell):
                matched.number = place if matched.number is None else matched.number
            elif cleaned(text):
                left.append((place, text))
        whole = set(matched.places)
        for place, text in left:
            keys = self._bare.get(without_brackets(text), set()) - whole
            if len(keys) == 1:
                matched.places.setdefault(next(iter(keys)), []).append(place)
            else:
                matched.others.append(place)
        return matched
