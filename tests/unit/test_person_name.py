from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.person_name import NameParts, alike, alike_but_for_half, split_name

pytestmark = pytest.mark.once
ANNA = "Фёдорова-Ким Анна Петровна"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Иванова Анна Петровна", ("Иванова", "Анна", "Петровна")),
        ("  Ким -  Фёдорова\u00a0Анна\tПетровна ", ("Ким-Фёдорова", "Анна", "Петровна")),
        ("Ким–Фёдорова Анна", ("Ким-Фёдорова", "Анна", "")),
        ("Фёдорова Ким Анна Петровна", ("Фёдорова Ким", "Анна", "Петровна")),
        ("Алиев Мамед Гасан оглы", ("Алиев", "Мамед", "Гасан оглы")),
        ("Алиева Кызы Мамед Гасан Кызы", ("Алиева Кызы", "Мамед", "Гасан Кызы")),
        ("Иванова А.П.", ("Иванова", "А.", "П.")),
        ("Ива\u00adнова, Анна Петровна\ufeff", ("Иванова", "Анна", "Петровна")),
        ("Ли", ("Ли", "", "")),
        ("", ("", "", "")),
    ],
)
def test_names_are_taken_apart(text, parts):
    assert split_name(text) == NameParts(*parts)


@pytest.mark.parametrize(
    "other",
    [
        "ФЕДОРОВА-КИМ АННА ПЕТРОВНА",
        "Ким-Федорова Анна Петровна",
        "Ким Фёдорова Анна Петровна",
        "Фёдорова - Ким  А. П.",
        "Фёдорова-Ким Анна",
        "Фёдорова-Ким Анна Перовна",
        "Фёдорова-Ким Анна Петроовна",
        "Фёдорова-Ким Анна Петорвна",
        "Фёдорова-Ким Анна Пeтpoвна",
    ],
)
def test_spellings_of_one_name(other):
    assert alike(ANNA, other)
    assert alike(other, ANNA)


@pytest.mark.parametrize(
    "other",
    [
        "Фёдорова Анна Петровна",
        "Федорова-Ли Анна Петровна",
        "Фёдорова-Ким Инна Петровна",
        "Фёдорова-Ким Анна Павловна",
        "Фёдорова-Ким И. П.",
        "Фёдорова-Ким",
        "",
    ],
)
def test_other_people(other):
    assert not alike(ANNA, other)
    assert not alike(other, ANNA)


def test_the_sex_tells_people_apart():
    assert not alike("Петров Саша Иванович", "Петров Саша Ивановна")
    assert not alike("Петров Саша", "Петрова Саша")
    # Short patronymics are no slip of one another.
    assert not alike("Ким Ан Ли", "Ким Ан Ло")


def test_one_name_in_two_spellings():
    assert alike("Иванова Наталия Геннадиевна", "Иванова Наталья Геннадьевна")
    assert alike("Иванова Ия Петровна", "Иванова И. П.")
    assert not alike("Иванова Марина Петровна", "Иванова Мария Петровна")


def test_half_of_a_double_surname():
    assert alike_but_for_half(ANNA, "Ким Анна Петровна")
    assert not alike_but_for_half(ANNA, "Ли Анна Петровна")
    assert not alike_but_for_half(ANNA, ANNA)
    # Without a patronymic half a surname says too little.
    assert not alike_but_for_half(ANNA, "Ким Анна")


WORDS = st.text("абвеёийьoА-. ", max_size=12)


@given(WORDS, WORDS)
def test_likeness_is_mutual(one, other):
    assert alike(one, other) == alike(other, one)
    assert alike_but_for_half(one, other) == alike_but_for_half(other, one)


@given(st.text(max_size=40))
def test_nothing_breaks_it(text):
    parts = split_name(text)
    assert split_name(" ".join(part for part in parts if part)) is not None
    alike(text, text.upper())
