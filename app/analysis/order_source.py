"""The text of an order as given, beside copies of equal length that are easier to read by machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.analysis.order_proposal import Quote

# Every replacement is one character for one character: an offset in a copy is an offset in the source.
_BREAKS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
_BLANKS = dict.fromkeys(map(ord, "*\\#\r\u00a0\u2002\u2003\u2007\u2009\u202f\u200b\ufeff"), " ")
_PLAIN = {**_BREAKS, **_BLANKS}
_FOLDED = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, '“”„"'), "«"),
    ord("ё"): "е",
}
_WORD = re.compile(r"№|[^\W_]+(?:-[^\W_]+)*")
_EDGES = " \t\n*\\#\r\u00a0\u2002\u2003\u2007\u2009\u202f\u200b\ufeff\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its break; `start` and `end` lie around its words, equal when it is blank."""

    start: int
    end: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Word:
    folded: str
    start: int
    end: int


class Source:
    """The given text with `plain` (markup blanked) and `folded` (lower case, ё = е, one dash) of the same length."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text.translate(_PLAIN)
        lowered = self.plain.lower()
        if len(lowered) != len(text):  # «İ» becomes two characters
            lowered = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in self.plain)
        self.folded = lowered.translate(_FOLDED)
        self.lines = tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        start = 0
        for raw in self.plain.split("\n"):
            body = raw.strip()
            left = start + len(raw) - len(raw.lstrip()) if body else start
            yield Line(left, left + len(body))
            start += len(raw) + 1

    def quote(self, start: int, end: int) -> Quote:
        """The words between two offsets, without blanks and markup at the ends."""
        while end > start and self.text[end - 1] in _EDGES:
            end -= 1
        while start < end and self.text[start] in _EDGES:
            start += 1
        return Quote(self.text[start:end], start, end)

    def clean(self, start: int, end: int) -> str:
        """The words between two offsets as people read them: no markup, single blanks."""
        return " ".join(self.plain[start:end].split())

    def words(self, start: int, end: int) -> list[Word]:
        return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(self.folded, start, end)]

    def raw(self, word: Word) -> str:
        return self.plain[word.start : word.end]
