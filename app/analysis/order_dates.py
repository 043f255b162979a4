"""Dates as orders write them: «25 01. 2023», «25.01.2023», «25 января 2023 года», «1 марта т.г.»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
MONTH_WORD = r"(?:январ|феврал|март|апрел|ма(?=[яеюй]\b)|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]{0,3}"
_GAP = r"[\s.]{1,4}"
THIS_YEAR = r"(?:т\.\s?г\b\.?|тек\.\s?г(?:ода|\.)|текущего\s{1,3}(?:календарного\s{1,3})?года|этого\s{1,3}года)"

# Named groups carry the prefix so that two dates may stand in one pattern.
WORDS = (
    r"«?(?P<{p}day>\d{{1,2}})(?:-?го)?»?\s{{1,4}}(?P<{p}word>" + MONTH_WORD.replace("{", "{{").replace("}", "}}") + r")"
    r"(?:\s{{1,4}}(?:(?P<{p}year>\d{{4}})(?!\d)(?:\s{{0,3}}(?:года|год|г\b\.?))?"
    r"|(?P<{p}now>" + THIS_YEAR.replace("{", "{{").replace("}", "}}") + r")))?"
)
DIGITS = (
    r"(?<![\d.])(?P<{p}d>\d{{1,2}})" + _GAP.replace("{", "{{").replace("}", "}}") + r"(?P<{p}m>\d{{1,2}})"
    r"[\s.]{{1,4}}(?P<{p}y>\d{{4}}|\d{{2}}(?=[\s,;.)гa-zа-я|]|$))(?!\d)(?:\s{{0,3}}(?:года|год|г\b\.?))?"
)


def pattern(prefix: str = "") -> str:
    """A regular expression for a date in folded text; its groups carry the prefix."""
    return "(?:" + WORDS.format(p=prefix) + "|" + DIGITS.format(p=prefix) + ")"


_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """Day, month and, where written, the year; `this_year` for «т.г.»."""

    day: int
    month: int
    year: int | None
    this_year: bool

    def on(self, year: int) -> date | None:
        """The day in that year, or None where the calendar has no such day."""
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None

    @property
    def exact(self) -> date | None:
        return self.on(self.year) if self.year is not None else None


def month_of(word: str) -> int:
    """1 to 12 for a month in any case."""
    return next(index for index, stem in enumerate(_MONTHS, start=1) if word.startswith(stem) and _is(stem, word))


def _is(stem: str, word: str) -> bool:
    return stem != "ма" or not word.startswith("март")


def read(found: re.Match[str], prefix: str = "") -> WrittenDate:
    """The date that `pattern(prefix)` found."""
    parts = found.groupdict()
    if parts.get(f"{prefix}day"):
        year = parts[f"{prefix}year"]
        return WrittenDate(
            int(parts[f"{prefix}day"]),
            month_of(parts[f"{prefix}word"]),
            int(year) if year else None,
            parts[f"{prefix}now"] is not None,
        )
    year = parts[f"{prefix}y"]
    full = int(year) if len(year) == 4 else 2000 + int(year)  # noqa: PLR2004 - a year of four digits
    return WrittenDate(int(parts[f"{prefix}d"]), int(parts[f"{prefix}m"]), full, this_year=False)
