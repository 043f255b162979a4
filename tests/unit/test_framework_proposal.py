"""The proposed set against what the design names, and what keeps a set from being published."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from app.models.enumeration import Metric, ScaleKind
from app.services.framework_contents import LevelView
from app.services.framework_difference import differences
from app.services.framework_examination import problems_of
from app.services.framework_outline import GRADED_LEVELS, CriterionValues, Outline, OutlineSection, packed, unpacked
from app.services.framework_proposal import proposal

# Weights of the school sheet; what is not named here weighs one.
HEAVY = {"Д1", "Д2", "Г1", "Г2", "У1"}
SCHOOL = [
    f"{letter}{n}" for letter, count in zip("ДГАУСК", (8, 6, 2, 3, 1, 1), strict=True) for n in range(1, count + 1)
]
MUNICIPAL = [f"М{n}" for n in range(1, 15)]
BASES = {
    "Д1": "распоряжение № 3.12-118-Р, п. 3.2; письмо № 07-12/222; школы: ilinskoe.sakhalinschool.ru/file/card?id=2126 (приказ № 390 от 28.08.2024) (открытый источник)",
    "Д2": "распоряжение № 3.12-118-Р, п. 3.3",
    "Д4": "образец: licei40.karelschool.ru/file/card?id=3642 (открытый источник)",
    "Г2": "правила составления графика оценочных процедур",
    "Г4": "правила составления графика оценочных процедур; считается по графику",
    "У1": "распоряжение № 3.12-118-Р, п. 3.1; управленческий цикл ФИОКО, компонент 8",
    "С1": "tomari2.sakhalinschool.ru/file/card?id=4005",
    "К1": "распоряжение № 3.12-118-Р, п. 2.3",
    "М2": "распоряжение № 3.12-118-Р, п. 2.2",
    "М14": "пример: страница управления образования с графиками школ uo-ningash.ru (открытый источник)",
}


def by_code() -> dict[str, CriterionValues]:
    return {one.code: one for one in proposal().criteria}


def test_the_codes_weights_and_bases_are_those_of_the_design():
    found = by_code()
    assert list(found) == SCHOOL + MUNICIPAL
    assert {code for code, one in found.items() if one.weight == 2} == HEAVY
    assert {one.weight for code, one in found.items() if code not in HEAVY} == {Decimal(1)}
    assert {code: found[code].basis for code in BASES} == BASES
    assert all(one.basis and one.source for one in found.values())
    # A school reads these words: no marks of a research, no bare numbers of sections.
    words = " ".join(f"{one.title} {one.guidance} {one.basis} {one.source}" for one in found.values())
    assert not set("[]§") & set(f"{words} {proposal().source} {proposal().note}")
    assert sum(one.weight for one in found.values() if one.for_schools) == 26
    assert found["Д3"].title == "Документ — электронный (не скан), есть ЭП"
    assert found["К1"].title == "Руководитель и/или зам обучены по ВСОКО"


def test_sections_scales_and_bands_are_those_of_the_design():
    outline = proposal()
    assert [(one.title, len(one.criteria)) for one in outline.sections] == [
        ("Документы", 8),
        ("График", 6),
        ("Анализ", 2),
        ("Управление", 3),
        ("Самообследование", 1),
        ("Кадры", 1),
        ("Муниципальный лист", 14),
    ]
    assert outline.bands == (("высокий", 85), ("средний", 60), ("низкий", 0))
    assert "не официальная форма" in outline.caution
    found = by_code()
    assert Counter(one.scale for one in found.values()) == {ScaleKind.GRADED: 33, ScaleKind.SHARE: 2}
    for one in found.values():
        if one.scale is ScaleKind.GRADED:
            assert [(level.threshold, level.points) for level in one.levels] == [(0, 0), (1, 1), (2, 2)]
            assert all(level.label for level in one.levels)
    assert [level.label for level in found["Д5"].levels] == [
        "нет",
        "есть, но с замечанием",
        "есть, актуально, на месте",
    ]
    assert {code for code, one in found.items() if one.for_schools} == set(SCHOOL)
    assert {code for code, one in found.items() if one.for_municipalities} == set(MUNICIPAL)


def test_what_the_system_counts_and_what_rests_on_what():
    found = by_code()
    counted = {code: one.metric for code, one in found.items() if one.metric}
    assert counted == {
        "Д2": Metric.DOCUMENTS_PUBLISHED,
        "М2": Metric.DOCUMENTS_PUBLISHED,
        "К1": Metric.HEAD_TRAINED,
        "М4": Metric.HEAD_TRAINED,
        **dict.fromkeys(("Г4", "Г5", "Г6"), Metric.CALENDAR_BALANCED),
    }
    assert {found["Д2"].rests_on_code, found["Г2"].rests_on_code} == {"Д1", "Г1"}


def test_the_proposal_can_be_published_and_survives_its_own_form():
    assert problems_of(proposal()) == ()
    assert unpacked(packed(proposal())) == proposal()


# ── the examination ──────────────────────────────────────────────────────────────────────────────────

GOOD = CriterionValues("Д1", "Первый", levels=GRADED_LEVELS)
BANDS = (("высокий", Decimal(85)), ("низкий", Decimal(0)))


def levels(*pairs: tuple[str, str]) -> tuple[LevelView, ...]:
    return tuple(LevelView(Decimal(threshold), Decimal(points), "ответ", "") for threshold, points in pairs)


def outline(*criteria: CriterionValues, bands=BANDS) -> Outline:
    return Outline("Набор", sections=(OutlineSection("Документы", criteria=criteria),), bands=bands)


def told(one: Outline) -> list[str]:
    return [f"{problem.place}: {problem.sentence}" for problem in problems_of(one)]


def test_a_good_set_has_no_problems():
    yes = replace(GOOD, code="Д2", scale=ScaleKind.YES_NO, levels=(), rests_on_code="Д1")
    share = replace(GOOD, code="Д3", scale=ScaleKind.SHARE, levels=(), rests_on_code="Д2")
    number = replace(GOOD, code="Д4", scale=ScaleKind.NUMBER, levels=levels(("0", "2"), ("1", "0")))
    assert told(outline(GOOD, yes, share, number)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"levels": ()}, "нужны хотя бы два уровня"),
        ({"levels": GRADED_LEVELS[:2]}, "три уровня"),
        ({"levels": GRADED_LEVELS[::-1]}, ""),
        ({"levels": levels(("0", "2"), ("1", "1"), ("2", "0"))}, "должны расти"),
        ({"levels": tuple(replace(one, label="") for one in GRADED_LEVELS)}, "нужно название"),
        ({"scale": ScaleKind.CHOICE, "levels": levels(("1", "1"))}, "хотя бы два"),
        ({"scale": ScaleKind.CHOICE, "levels": levels(("1", "1"), ("1", "2"))}, "одно значение"),
        ({"scale": ScaleKind.CHOICE, "levels": levels(("5", "0"), ("7", "3"))}, ""),
        ({"scale": ScaleKind.CHOICE, "levels": levels(("5", "0"), ("7", "0"))}, "не даёт баллов"),
        ({"scale": ScaleKind.NUMBER, "levels": ()}, "хотя бы два"),
        ({"scale": ScaleKind.SHARE, "levels": levels(("0", "0"), ("101", "1"))}, "от 0 до 100"),
        ({"rests_on_code": "Д9"}, "которого в наборе нет"),
        ({"rests_on_code": "Д1"}, "сам на себя"),
    ],
)
def test_what_is_wrong_with_a_criterion_is_told_at_it(changes, words):
    found = told(outline(replace(GOOD, **changes)))
    if not words:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith("Критерий Д1: ")
        assert words in found[0]


def test_rests_may_not_go_round_nor_into_another_sheet():
    other = replace(GOOD, code="Д2", rests_on_code="Д1")
    assert told(outline(GOOD, other)) == []
    assert len(told(outline(replace(GOOD, rests_on_code="Д2"), other))) == 2
    town = replace(other, for_schools=False, for_municipalities=True)
    assert "в листах разных организаций" in told(outline(GOOD, town))[0]


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ((), "не заданы"),
        ((("высокий", Decimal(85)), ("низкий", Decimal(1))), "не с 0 %"),
        ((("а", Decimal(0)), ("б", Decimal(0))), "граница «0 %»"),
        ((("а", Decimal(5)), ("А", Decimal(0))), "название «а»"),
        ((("а", Decimal(101)), ("б", Decimal(0))), "от 0 до 100"),
    ],
)
def test_what_is_wrong_with_the_bands(bands, words):
    [found] = told(outline(GOOD, bands=bands))
    assert found.startswith("Границы уровней: ")
    assert words in found


def test_a_set_without_sections_or_criteria_and_with_a_doubled_code():
    assert "В наборе нет разделов" in told(Outline("Набор", bands=BANDS))[0]
    assert told(outline()) == ["Раздел «Документы»: В разделе нет критериев: добавьте их или удалите раздел."]
    assert told(outline(GOOD, GOOD)) == ["Критерий Д1: Код стоит у нескольких критериев: дайте каждому свой."]
    assert "латинских букв" in told(outline(replace(GOOD, code="К1"), replace(GOOD, code="K1")))[0]


# ── differences ──────────────────────────────────────────────────────────────────────────────────────


def test_differences_are_told_by_code():
    before = outline(GOOD, replace(GOOD, code="Д2"))
    heavier = replace(GOOD, weight=Decimal("1.5"), levels=levels(("0", "0"), ("1", "1"), ("2", "3")))
    after = outline(heavier, replace(GOOD, code="Д3", title="Третий"), bands=(("низкий", Decimal(0)),))
    assert differences(before, before) == ()
    found = {
        (one.kind, one.place): {what: (old, new) for what, old, new in one.changes}
        for one in differences(before, after)
    }
    assert found["изменено", "Критерий Д1"]["вес"] == ("1", "1,5")
    assert "2 – 3 б. ответ" in found["изменено", "Критерий Д1"]["уровни шкалы"][1]
    assert found["добавлено", "Критерий Д3"] == {"критерий": ("", "Третий")}
    assert found["убрано", "Критерий Д2"] == {"критерий": ("Первый", "")}
    assert found["изменено", "Границы уровней"]["уровни"] == ("высокий от 85 %; низкий от 0 %", "низкий от 0 %")
    assert len(found) == 4
