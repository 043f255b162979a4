"""Dictionary forms against a comparison of stems, on names of the unit tree declined by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.analysis import word_forms

TEXTS = Path(__file__).parents[1] / "texts"


def listed(words: str) -> list[str]:
    return words.split()


DISTRICTS = listed(
    "александровск-сахалинский анивский долинский корсаковский курильский макаровский невельский ногликский охинский "
    "поронайский северо-курильский смирныховский томаринский тымовский углегорский холмский южно-курильский заокский"
)
ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ие", "их", "ими")
DECLINED = {
    **{district: [district[:-2] + ending for ending in ADJECTIVE] for district in DISTRICTS},
    "южно-сахалинск": ["южно-сахалинск" + ending for ending in ("", "а", "у", "ом", "е")],
    "институт": ["институт" + ending for ending in ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")],
    "гимназия": listed("гимназия гимназии гимназию гимназией гимназий гимназиям гимназиями гимназиях"),
    "школа": listed("школа школы школе школу школой школ школам школами школах"),
    "лицей": listed("лицей лицея лицею лицеем лицее лицеи лицеев лицеям"),
    "сад": listed("сад сада саду садом саде"),
    "оха": listed("оха охи охе оху охой"),
    "анива": listed("анива анивы аниве аниву анивой"),
    "чехов": listed("чехов чехова чехову чехове"),
    "ильинское": listed("ильинское ильинского ильинскому"),
    "развитие": listed("развитие развития развитию развитием развитии"),
}
TOWNS = {
    "холмский": "холмск холмска холмску холмске",
    "курильский": "курильск курильска курильску северо-курильского южно-курильскому",
    "невельский": "невельск невельска невельску",
    "углегорский": "углегорск углегорска",
    "анивский": "анива анивы аниве",
    "охинский": "оха охи охе",
    "северо-курильский": "курильского южно-курильского",
    "александровск-сахалинский": "сахалинского сахалинской",
    "южно-сахалинск": "сахалинск южно-курильск",
    "макаровский": "макаров макарова",
}
ENDINGS = sorted(
    listed(
        "ого ому ему ыми ими ый ий ой ая ое ые ие ых их ым им ом ем ую ей ам ами ах ям ями ях ия ии ию ией ию а я о е ы и у ю ь й ов"
    ),
    key=len,
    reverse=True,
)


def stem(word: str) -> str:
    return next(
        (word[: -len(ending)] for ending in ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), word
    )


def by_stem(one: str, other: str) -> bool:
    return stem(one) == stem(other)


def missed(same: Callable[[str, str], bool]) -> list[tuple[str, str]]:
    return [(name, form) for name, declined in DECLINED.items() for form in declined if not same(name, form)]


def confused(same: Callable[[str, str], bool]) -> list[tuple[str, str]]:
    return [(name, other) for name, others in TOWNS.items() for other in others.split() if same(name, other)]


def test_every_declined_name_is_known_and_no_town_is_taken_for_its_district() -> None:
    assert missed(word_forms.same) == []
    assert confused(word_forms.same) == []


def test_the_measured_comparison_that_the_decision_stands_on() -> None:
    total = sum(len(declined) for declined in DECLINED.values())
    others = sum(len(words.split()) for words in TOWNS.values())
    measured = (total, len(missed(by_stem)), others, len(confused(by_stem)))
    assert measured == (211, 18, 28, 12)
    assert f"{measured[3]} of {measured[2]}" in (word_forms.__doc__ or "")


def test_infinitives_are_told_from_nouns_with_the_same_ending() -> None:
    text = "".join(path.read_text() for path in sorted(TEXTS.glob("*.txt"))).lower()
    words = sorted(set(re.findall(r"[а-яё]+(?:ть|ти|чь|ться|тись)\b", text)))
    nouns = [word for word in words if not word_forms.is_infinitive(word)]
    assert set(nouns) >= {"области", "деятельности"}
    assert {"довести", "провести", "обеспечить"}.isdisjoint(nouns)
    assert {"сети", "части", "ответственность", "ведомость"}.isdisjoint(
        {word for word in ("сети", "части", "ответственность", "ведомость") if word_forms.is_infinitive(word)}
    )


@pytest.mark.parametrize(
    ("accusative", "nominative"),
    [
        ("первого заместителя министра образования", "первый заместитель министра образования"),
        ("начальника отдела общего образования", "начальник отдела общего образования"),
        ("заместителя министра Петрову О.С.", "заместитель министра Петрова О.С."),
        ("Петрова И.И.", "Петров И.И."),
    ],
)
def test_a_position_is_turned_to_the_nominative(accusative: str, nominative: str) -> None:
    turned = word_forms.to_nominative(accusative.split(" "))
    assert turned is not None
    assert " ".join(turned) == nominative


def test_what_cannot_be_turned_is_said_to_be_unsure() -> None:
    assert word_forms.to_nominative(["123"]) is None


@pytest.mark.parametrize("word", ["а" * 100_000, "а-" * 50_000 + "а", "12ть", "ть", ""])
def test_words_that_nobody_writes_are_left_alone(word: str) -> None:
    assert word_forms.forms(word) == {word}
    assert not word_forms.is_infinitive(word)
