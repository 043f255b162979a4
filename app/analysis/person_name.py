"""Names of people: taken apart, and told whether two spellings may be of one person."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_HYPHENS = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_INITIALS = re.compile(r"\.(?=[^\W\d_])")
# Words that stand after a patronymic or are its second half: «Мамед оглы».
_SECOND_HALVES = frozenset({"оглы", "оглу", "кызы", "гызы", "кизи", "улы", "уулу", "угли"})
_PATRONYMIC = re.compile(r"(?:вич|ьич|мич|кич|тич|нич|вна|чна|шна)$", re.IGNORECASE)
_SURNAME_BEFORE = 3
# «Наталия» and «Наталья», «Геннадиевна» and «Геннадьевна» are one name.
_SOFT = re.compile(r"(?<!^)и(?=[аеиоуыэюя])")
_LOOK_ALIKE = str.maketrans("aceopxykmhtbё", "асеорхукмнтве")
_LEAST_FOR_SLIP = 5


class NameParts(NamedTuple):
    last_name: str
    first_name: str
    patronymic: str


def split_name(text: str) -> NameParts:
    """«Фамилия Имя Отчество» in its parts; what is missing is empty. Blanks and hyphens are set right, letters stay.

    Of four words and more the patronymic (by its ending, or with «оглы», «кызы») is at the end and the first name
    before it; whatever stands before these is the surname.
    """
    cleaned = "".join(" " if letter.isspace() else letter for letter in text if not _is_invisible(letter))
    words = _INITIALS.sub(". ", _HYPHENS.sub("-", cleaned.replace(",", " "))).split()
    if len(words) > 2 and words[-1].casefold() in _SECOND_HALVES:  # noqa: PLR2004 - a surname alone has no patronymic
        words[-2:] = [" ".join(words[-2:])]
    if len(words) > _SURNAME_BEFORE and _is_patronymic(words[-1]):
        words = [" ".join(words[:-2]), *words[-2:]]
    last, first, *rest = [*words, "", ""]
    return NameParts(last, first, " ".join(word for word in rest if word))


def alike(one: str | NameParts, other: str | NameParts) -> bool:
    """Whether two full names may be of one person.

    The rule: case, «ё», Latin look-alikes and «и» for «ь» before a vowel do not matter. Surnames have the same parts,
    in either order, by hyphen or blank. First names are equal or one is the other's initial. Patronymics are equal, or
    one is the other's initial, or one is missing, or they are a slip apart (one letter put, lost, changed, or two
    swapped).
    """
    mine, theirs = _parts(one), _parts(other)
    return (
        surname_parts(mine.last_name) == surname_parts(theirs.last_name)
        and _same_or_initial(_letters(mine.first_name), _letters(theirs.first_name))
        and _alike_patronymics(_letters(mine.patronymic), _letters(theirs.patronymic))
    )


def alike_but_for_half(one: str | NameParts, other: str | NameParts) -> bool:
    """As `alike`, where one surname is only a part of the other's double one: «Ким» and «Ким-Фёдорова»."""
    mine, theirs = _parts(one), _parts(other)
    ours, others = set(surname_parts(mine.last_name)), set(surname_parts(theirs.last_name))
    return (
        bool(ours and others)
        and (ours < others or others < ours)
        and bool(mine.patronymic and theirs.patronymic)
        and _same_or_initial(_letters(mine.first_name), _letters(theirs.first_name))
        and _alike_patronymics(_letters(mine.patronymic), _letters(theirs.patronymic))
    )


@lru_cache(maxsize=65_536)
def surname_parts(last_name: str) -> tuple[str, ...]:
    """The parts of a double surname as they are compared, sorted."""
    return tuple(sorted(_letters(part) for part in _HYPHENS.sub(" ", last_name).split() if _letters(part)))


def _parts(name: str | NameParts) -> NameParts:
    return split_name(name) if isinstance(name, str) else name


def _is_patronymic(word: str) -> bool:
    return " " in word or bool(_PATRONYMIC.search(word))


def _is_invisible(letter: str) -> bool:
    """Marks of width nothing: soft hyphens, zero-width blanks, byte order marks."""
    return unicodedata.category(letter) in {"Cf", "Cc"} and not letter.isspace()


@lru_cache(maxsize=65_536)
def _letters(word: str) -> str:
    folded = "".join(letter for letter in word.casefold().translate(_LOOK_ALIKE) if letter.isalpha())
    return _SOFT.sub("ь", folded)


def _same_or_initial(one: str, other: str) -> bool:
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) == 1 and long.startswith(short))


def _alike_patronymics(one: str, other: str) -> bool:
    return not one or not other or _same_or_initial(one, other) or _a_slip_apart(one, other)


def _a_slip_apart(one: str, other: str) -> bool:
    """One letter put, lost or changed, or two neighbours swapped."""
    short, long = sorted((one, other), key=len)
    if len(short) < _LEAST_FOR_SLIP or len(long) - len(short) > 1:
        return False
    start = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    after = slice(start + 2, None)
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[after] == long[after]
    return short[start + 1 :] == long[start + 1 :] or swapped
