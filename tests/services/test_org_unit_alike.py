"""A slip in a name or a place must not quietly make a second record of a school."""

from __future__ import annotations

import pytest

from app.services.org_unit_alike import AlikeUnits, suggestion
from tests.services.workbook_rounds import judged, means, table

HEADS = ("Вид", "Наименование", "Муниципалитет", "Код")


@pytest.fixture
def known():
    found = AlikeUnits()
    for name in ("Гимназия № 3", "МБОУ СОШ № 1", "МБОУ «Школа № 7» с. Чехов"):
        found.add(name, "Холмский")
    return found


@pytest.mark.parametrize(
    ("name", "place", "told"),
    [
        ("Гимназия №3 г. Холмска", "Холмский", "Похоже на «Гимназия № 3»"),
        ("МБОУ Школа №7", "Холмский", "Похоже на «МБОУ «Школа № 7» с. Чехов»"),
        ("МБОУ СОШ № 1", "Анивский", "уже записана: Холмский"),
        ("МБОУ СОШ № 10", "Холмский", ""),
        ("МБОУ СОШ № 2", "Холмский", ""),
        ("Гимназия № 3 г. Анива", "Анивский", ""),
        ("Гимназия", "Холмский", ""),
    ],
)
def test_who_is_alike(known, name, place, told):
    sentence = known.sentence(name, place)
    assert told in sentence
    assert bool(sentence) == bool(told)


def test_a_slip_is_guessed_and_nonsense_is_not():
    assert suggestion("Смирныховскй", ("Холмский", "Смирныховский")) == " Возможно, это «Смирныховский»."
    assert suggestion("Нигде", ("Холмский", "Смирныховский")) == ""


def test_the_dry_run_says_what_a_new_unit_will_be_and_whom_it_resembles(work, tmp_path):
    content = table(
        HEADS,
        ("школа", "МБОУ СОШ «school»", "Анивский муниципальный округ", None),
        ("школа", "Совсем новая", "Анивский муниципальный округ", "77"),
        ("школа", "МБОУ СОШ «school_b»", "Анивский муниципальный округ", "77"),
        ("школа", "Совсем новая", "Анивский муниципальный округ", "77"),
    )
    judgement = judged(work("unit_admin"), "org_unit", content, means(tmp_path), clear_empty=False)
    moved, new, doubled, repeated = judgement.verdicts
    assert (moved.kind.value, new.kind.value) == ("created", "created")
    assert "уже записана: Томаринский" in moved.told
    assert new.told == ""
    assert {change.key: change.after for change in new.changes} == {
        "kind": "общеобразовательная организация",
        "name": "Совсем новая",
        "municipality": "Анивский муниципальный округ",
        "code": "77",
    }
    assert judgement.counts()["doubtful"] == 1
    assert doubled.kind.value == "wrong"
    assert repeated.told == "Повторяет строку 3: оставьте одну из них."
