"""Addressees in every grammatical case, and the frozen list that a rule gives."""

from __future__ import annotations

import pytest

from app.analysis.addressee_words import abbreviations_of
from app.analysis.addressees import clauses_in, resolve
from app.analysis.order_proposal import AddresseeClause, RegisterUnit
from app.analysis.order_source import Source
from app.analysis.unit_names import UnitNames
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import UnitKind
from tests.unit.order_text_tree import MUNICIPALITIES, id_of, sakhalin

UNITS = sakhalin()
NAMES = UnitNames(UNITS)
SHORT = {unit.id: unit.short_name for unit in UNITS}


def read(text: str) -> tuple[AddresseeClause, ...]:
    source = Source(text)
    return clauses_in(source, 0, len(text), NAMES, abbreviations_of(source, NAMES))


def found(text: str) -> list[tuple[str, str | None]]:
    return [(str(clause.kind), SHORT.get(clause.unit_id or 0)) for clause in read(text)]


@pytest.mark.parametrize("name", MUNICIPALITIES)
@pytest.mark.parametrize("ending", ["ий", "ого", "ому", "им", "ом"])
@pytest.mark.parametrize("kind", ["городского округа", "муниципальному округу", "муниципального района", ""])
def test_a_municipality_is_known_in_every_case_whatever_its_kind(name: str, ending: str, kind: str) -> None:
    clauses = read(f"{name[:-2]}{ending} {kind}".strip())
    assert [(clause.kind, SHORT[clause.unit_id or 0]) for clause in clauses] == [(Kind.UNIT, name)]


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("Администрации Охинского муниципального округа", [("unit", "Охинский")]),
        ("городскому округу «Город Южно-Сахалинск»", [("unit", "Южно-Сахалинск")]),
        ("администрации г. Южно-Сахалинска", [("unit", "Южно-Сахалинск")]),
        ("Южно-Сахалинскому городскому округу", [("unit", "Южно-Сахалинск")]),
        ("Александровск-Сахалинского городского округа", [("unit", "Александровск-Сахалинский")]),
        ("Курильскому округу", [("unit", "Курильский")]),
        ("Северо–Курильского округа", [("unit", "Северо-Курильский")]),
        ("Южно - Курильского округа", [("unit", "Южно-Курильский")]),
        ("всем муниципальным органам управления образованием", [("all_municipalities", None)]),
        ("МОУО", [("all_municipalities", None)]),
        (
            "органам местного самоуправления, осуществляющим управление в сфере образования",
            [("all_municipalities", None)],
        ),
        ("главам городских округов", [("all_municipalities", None)]),
        ("руководителям ОО", [("all_schools", None)]),
        ("руководителям общеобразовательных организаций муниципальных образований", [("all_schools", None)]),
        ("образовательным организациям Сахалинской области", [("all_schools", None)]),
        ("общеобразовательным организациям Анивского округа", [("schools_of", "Анивский")]),
        (
            "школам Анивского, Долинского и Холмского округов",
            [("schools_of", "Анивский"), ("schools_of", "Долинский"), ("schools_of", "Холмский")],
        ),
        ("ОО и Анивскому округу", [("unit", "Анивский"), ("all_schools", None)]),
        ("организациям дополнительного профессионального образования", [("all_providers", None)]),
        ("ИРОСО", [("unit", "ИРОСО")]),
        ("Институту развития образования Сахалинской области", [("unit", "ИРОСО")]),
        (
            (
                "государственному автономному образовательному учреждению дополнительного профессионального образования "
                "«Институт развития образования Сахалинской области»"
            ),
            [("unit", "ИРОСО")],
        ),
        ("МОУО и ИРОСО", [("unit", "ИРОСО"), ("all_municipalities", None)]),
        ("Директору МБОУ СОШ с. Ильинское", [("unit", "МБОУ СОШ с. Ильинское")]),
        ("директору средней общеобразовательной школы с. Ильинское", [("unit", "МБОУ СОШ с. Ильинское")]),
        ("гимназии № 3 и лицею № 7", [("unit", "гимназия № 3"), ("unit", None)]),
        ("гимназией №3", [("unit", "гимназия № 3")]),
        ("коррекционной школе «Надежда»", [("unit", "коррекционная школа «Надежда»")]),
        ("СОШ № 24", [("unit", "СОШ № 24 (1260 мест, с 01.09.2025)")]),
        ("ИРОСО (далее – ОО ДПО)", [("unit", "ИРОСО")]),
        ("ИРОСО (Петрова О.С.)", [("unit", "ИРОСО")]),
        (
            "МОУО (кроме Охинского) и ИРОСО",
            [("all_municipalities", None), ("except", "Охинский"), ("unit", "ИРОСО")],
        ),
        (
            "МОУО, кроме Охинского и Ногликского, а также ИРОСО",
            [("all_municipalities", None), ("except", "Охинский"), ("except", "Ногликский"), ("unit", "ИРОСО")],
        ),
        ("МОУО, кроме Охинского", [("all_municipalities", None), ("except", "Охинский")]),
        (
            "всем ОО (за исключением ОО Охинского и Ногликского округов)",
            [("all_schools", None), ("except", "Охинский"), ("except", "Ногликский")],
        ),
    ],
)
def test_a_phrase_gives_its_clauses(phrase: str, wanted: list[tuple[str, str | None]]) -> None:
    assert sorted(found(phrase), key=str) == sorted(wanted, key=str)


def test_a_name_of_two_units_is_never_guessed() -> None:
    (clause,) = read("Директору МБОУ СОШ № 1")
    assert clause.unit_id is None
    assert len(clause.candidates) == 2
    assert clause.doubt is not None
    assert "нескольким организациям" in clause.doubt
    (known,) = read("Директору МБОУ СОШ № 1 Холмского округа")
    assert known.unit_id is not None
    owner = next(unit.parent_id for unit in UNITS if unit.id == known.unit_id)
    assert owner == id_of(UNITS, "Холмский")


@pytest.mark.parametrize(
    "phrase", ["Ленинскому району", "отделу мониторинга", "школе № 9 г. Южно-Сахалинска", "ГБУ РЦОКО"]
)
def test_a_name_that_nobody_bears_is_kept_with_a_doubt(phrase: str) -> None:
    (clause,) = read(phrase)
    assert (clause.kind, clause.unit_id, clause.candidates) == (Kind.UNIT, None, ())
    assert clause.doubt is not None
    assert clause.doubt.startswith("Адресат «")


@pytest.mark.parametrize(
    "phrase",
    [
        "сельским школам",
        "общеобразовательным организациям, показавшим низкие результаты",
        "сельским школам Анивского округа",
    ],
)
def test_words_that_narrow_a_class_are_a_doubt(phrase: str) -> None:
    (clause,) = read(phrase)
    assert clause.kind in {Kind.ALL_SCHOOLS, Kind.SCHOOLS_OF}
    assert clause.doubt is not None
    assert "уточнены" in clause.doubt


def test_a_name_after_an_exception_and_a_comma_is_a_doubt() -> None:
    clauses = read("всем МОУО, кроме Охинского и Ногликского, и ИРОСО")
    assert [str(clause.kind) for clause in clauses] == ["all_municipalities", "except", "except", "unit"]
    assert [clause.doubt is not None for clause in clauses] == [False, False, False, True]


def test_an_abbreviation_stands_for_what_it_was_given_to() -> None:
    text = "Институт развития образования Сахалинской области (далее – Институт). Поручить Институту"
    source = Source(text)
    clauses = clauses_in(source, text.index("Поручить"), len(text), NAMES, abbreviations_of(source, NAMES))
    assert clauses[-1].unit_id == id_of(UNITS, "ИРОСО")


def clause(kind: Kind, name: str | None = None) -> AddresseeClause:
    return AddresseeClause(kind, id_of(UNITS, name) if name else None, None)


def test_a_rule_gives_distinct_units_below_the_issuer_in_the_order_of_the_register() -> None:
    rule = [clause(Kind.UNIT, "ИРОСО"), clause(Kind.ALL_MUNICIPALITIES), clause(Kind.UNIT, "Анивский")]
    ids = resolve(rule, UNITS, 1)
    assert len(ids) == len(set(ids)) == 19
    assert ids == [unit.id for unit in UNITS if unit.id in set(ids)]


def test_the_issuer_and_what_is_not_below_it_are_never_addressed() -> None:
    aniva = id_of(UNITS, "Анивский")
    rule = [clause(Kind.ALL_SCHOOLS), clause(Kind.UNIT, "ИРОСО"), clause(Kind.UNIT, "Анивский")]
    assert resolve(rule, UNITS, aniva) == [unit.id for unit in UNITS if unit.parent_id == aniva]
    other = RegisterUnit(900, UnitKind.SCHOOL, "чужая школа", "чужая школа", 901)
    assert 900 not in resolve([clause(Kind.ALL_SCHOOLS)], [*UNITS, other], 1)


def test_an_exception_takes_away_the_unit_and_what_is_below_it() -> None:
    okha = id_of(UNITS, "Охинский")
    everything = resolve([clause(Kind.ALL_SCHOOLS), clause(Kind.ALL_MUNICIPALITIES)], UNITS, 1)
    left = resolve(
        [clause(Kind.ALL_SCHOOLS), clause(Kind.ALL_MUNICIPALITIES), clause(Kind.EXCEPT, "Охинский")], UNITS, 1
    )
    assert set(everything) - set(left) == {okha, id_of(UNITS, "школа № 5 г. Оха")}
    assert resolve([clause(Kind.EXCEPT, "Охинский")], UNITS, 1) == []


def test_an_exception_goes_before_a_clause_that_comes_after_it() -> None:
    rule = [clause(Kind.EXCEPT, "Анивский"), clause(Kind.ALL_MUNICIPALITIES)]
    assert id_of(UNITS, "Анивский") not in resolve(rule, UNITS, 1)


def test_schools_of_a_municipality_are_its_own() -> None:
    tomari = id_of(UNITS, "Томаринский")
    wanted = [unit.id for unit in UNITS if unit.municipality_id == tomari]
    assert len(wanted) == 3
    assert resolve([clause(Kind.SCHOOLS_OF, "Томаринский")], UNITS, 1) == wanted


def test_a_clause_without_a_unit_gives_nothing() -> None:
    assert resolve([clause(Kind.UNIT), clause(Kind.SCHOOLS_OF), clause(Kind.EXCEPT)], UNITS, 1) == []
