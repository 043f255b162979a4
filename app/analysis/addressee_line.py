"""Whom a letter is addressed to: a signature under a document turned into the lines of an address, in the dative."""

from __future__ import annotations

import re
from typing import Final

from app.analysis.word_forms import gender_of, name_to_dative, to_dative

_INITIAL: Final = r"[А-ЯЁ]\.\s*"
_SURNAME: Final = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_WITH_INITIALS: Final = re.compile(
    rf"(?:(?P<before>(?:{_INITIAL}){{1,2}})(?P<one>{_SURNAME})|(?P<two>{_SURNAME})\s+(?P<after>(?:{_INITIAL}){{1,2}}))\s*$"
)
_IN_FULL: Final = re.compile(rf"(?P<surname>{_SURNAME})\s+(?P<name>[А-ЯЁ][а-яё]+)\s+(?P<patronymic>[А-ЯЁ][а-яё]+)\s*$")
_ACTING: Final = re.compile(r"^(и\.\s*о\.|врио|исполняющ\w+ обязанности)\s", re.IGNORECASE)
_PATRONYMIC: Final = re.compile(r"(вич|вна|ична|инична|ьич)$")


def address(signed_by: str) -> list[str]:
    """«И.о. начальника отдела Е.Н.Рябкина» → [«И.о. начальника отдела», «Рябкиной Е. Н.»]; what is not clear stays.

    Nothing for an empty signature. A person edits what comes out: no rule declines every name.
    """
    written = " ".join(signed_by.split())
    if not written:
        return []
    found = _WITH_INITIALS.search(written)
    if found:
        surname = found["one"] or found["two"]
        initials = " ".join(re.findall(r"[А-ЯЁ]\.", found["before"] or found["after"]))
        return [*_position(written[: found.start()]), f"{name_to_dative(surname, 'Surn')} {initials}"]
    full = _IN_FULL.search(written)
    if full and _PATRONYMIC.search(full["patronymic"]):
        gender = gender_of(full["patronymic"], "Patr") or gender_of(full["name"], "Name")
        surname = name_to_dative(full["surname"], "Surn", gender)
        person = f"{surname} {full['name'][0]}. {full['patronymic'][0]}."
        return [*_position(written[: full.start()]), person]
    return [written]


def body(name: str) -> str:
    """«министерство образования области» → «Министерству образования области»; an abbreviation stays."""
    return " ".join(_position(name))


def _position(written: str) -> list[str]:
    position = written.strip(" ,—–-")
    if not position:
        return []
    if _ACTING.match(position):
        # Whose duties they are stands in the genitive already.
        return [position]
    words = " ".join(to_dative(position.split()))
    return [words[:1].upper() + words[1:]]


def with_initials(last_name: str, first_name: str, patronymic: str = "") -> str:
    """«И. И. Иванова», as a signature is deciphered."""
    initials = " ".join(f"{part[0]}." for part in (first_name, patronymic) if part)
    return f"{initials} {last_name}".strip()
