"""Russian word forms: which words are one word, which is an infinitive, what stands in which case.

Decision: pymorphy3. Measured on names of the unit tree declined by hand (`tests/unit/test_word_forms.py`):
a comparison of stems misses 18 of 211 forms («Охе», «гимназий», «школа») and takes 12 of 28 other names for
the one asked («Холмска» for «Холмский», «Анивы» for «Анивский»); dictionary forms miss none and confuse none.
Stems also cannot say where an infinitive begins («области» ends like one), which case a word stands in
(«ОО Анивского округа» and «ОО и Анивскому округу»), nor turn a controller to the nominative.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import pymorphy3

_LONGEST_WORD = 40
_MOST_HYPHENS = 3
_INFINITIVE_ENDINGS = ("ть", "ти", "чь", "ться", "тись", "чься")


@cache
def _analyzer() -> Any:
    """Loaded on first use: the dictionaries take 16 MB and 0.15 s."""
    return pymorphy3.MorphAnalyzer()  # type: ignore[no-untyped-call]  # the library carries no annotations


@lru_cache(maxsize=20_000)
def _parses(word: str) -> tuple[Any, ...]:
    # The predictors take more than linear time on words that no person writes.
    if len(word) > _LONGEST_WORD or word.count("-") > _MOST_HYPHENS or not word.replace("-", "").isalpha():
        return ()
    return tuple(_analyzer().parse(word))


@lru_cache(maxsize=20_000)
def forms(word: str) -> frozenset[str]:
    """Everything that this folded word may be in the dictionary form, and the word itself."""
    return frozenset({word, *(parse.normal_form.replace("ё", "е") for parse in _parses(word))})


def same(one: str, other: str) -> bool:
    return one == other or not forms(one).isdisjoint(forms(other))


def is_infinitive(word: str) -> bool:
    if not word.endswith(_INFINITIVE_ENDINGS):
        return False
    parses = _parses(word)
    return bool(parses) and "INFN" in parses[0].tag


def is_finite_verb(word: str) -> bool:
    parses = _parses(word)
    return bool(parses) and ("VERB" in parses[0].tag or "PRED" in parses[0].tag)


@lru_cache(maxsize=20_000)
def cases(word: str) -> frozenset[str]:
    """The cases that a noun, adjective or participle may stand in; empty for anything else."""
    return frozenset(
        str(parse.tag.case)
        for parse in _parses(word)
        if parse.tag.case is not None and parse.tag.POS in {"NOUN", "ADJF", "PRTF", "NUMR"}
    )


def is_dative_noun(word: str) -> bool:
    """A noun that stands in the dative and in no other case that a list of addressees may have."""
    return only_dative(word) and any("NOUN" in parse.tag and parse.tag.case == "datv" for parse in _parses(word))


@lru_cache(maxsize=20_000)
def is_person(word: str) -> bool:
    return any("NOUN" in parse.tag and "anim" in parse.tag for parse in _parses(word))


def only_dative(word: str) -> bool:
    found = cases(word)
    return "datv" in found and "gent" not in found and "accs" not in found


def to_nominative(words: list[str]) -> list[str] | None:
    """A phrase in the accusative («первого заместителя министра») turned to the nominative; None where unsure.

    The adjectives before the first noun and that noun are turned; what follows is a genitive and stays.
    """
    turned: list[str] = []
    for position, word in enumerate(words):
        candidates = [p for p in _parses(word.lower().replace("ё", "е")) if p.tag.case in {"accs", "gent"}]
        candidates = [p for p in candidates if p.tag.POS in {"NOUN", "ADJF", "PRTF"}] or []
        candidates.sort(key=lambda p: p.tag.case != "accs")
        if not candidates:
            return None
        noun = next((p for p in candidates if p.tag.POS == "NOUN"), None)
        chosen = candidates[0] if candidates[0].tag.POS != "NOUN" or noun is None else noun
        form = chosen.inflect({"nomn"})
        if form is None:
            return None
        turned.append(_as_written(form.word, word))
        if chosen.tag.POS == "NOUN":
            return [*turned, *_with_surname(words[position + 1 :])]
    return None


def _as_written(word: str, before: str) -> str:
    if before.isupper() and len(before) > 1:
        return before
    return "-".join(part.capitalize() for part in word.split("-")) if before[:1].isupper() else word


def _with_surname(words: list[str]) -> list[str]:
    """A surname beside initials turned to the nominative too, where it is known as a surname."""
    result = list(words)
    for index, word in enumerate(words):
        beside = [*words[max(0, index - 1) : index], *words[index + 1 : index + 2]]
        if not word[:1].isupper() or "." in word or not any("." in other for other in beside):
            continue
        parse = next(
            (p for p in _parses(word.lower().replace("ё", "е")) if "Surn" in p.tag and p.tag.case == "accs"), None
        )
        form = parse.inflect({"nomn"}) if parse else None
        if form is not None:
            result[index] = _as_written(form.word, word)
    return result


def to_dative(words: list[str]) -> list[str]:
    """A position in the nominative («первый заместитель министра») turned to the dative; unsure words stay.

    The adjectives before the first noun and that noun are turned; what follows is a genitive and stays.
    """
    turned: list[str] = []
    for position, word in enumerate(words):
        found = [p for p in _parses(word.lower()) if p.tag.case == "nomn" and p.tag.number == "sing"]
        found = [p for p in found if p.tag.POS in {"NOUN", "ADJF", "PRTF"}]
        form = found[0].inflect({"datv"}) if found else None
        if form is None:
            return words
        turned.append(_as_written(form.word, word))
        if found[0].tag.POS == "NOUN":
            return [*turned, *words[position + 1 :]]
    return words


def name_to_dative(word: str, kind: str, gender: str = "") -> str:
    """A part of a person's name in the nominative; `kind` is Surn, Name or Patr, `gender` masc, femn or unknown."""
    found = [p for p in _parses(word.lower()) if kind in p.tag and p.tag.case == "nomn" and p.tag.number == "sing"]
    known = [p for p in found if gender in {"", p.tag.gender}] or found
    form = known[0].inflect({"datv"}) if known else None
    return _as_written(form.word, word) if form is not None else word


def gender_of(word: str, kind: str) -> str:
    """Of a name or a patronymic in the nominative: masc, femn, or nothing where it is not known."""
    found = [p for p in _parses(word.lower()) if kind in p.tag and p.tag.case == "nomn"]
    return str(found[0].tag.gender) if found else ""
