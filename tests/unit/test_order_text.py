"""The two founding documents, read exactly, and thirteen orders with other phrasings."""

from __future__ import annotations

import json
import textwrap
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.analysis.addressees import resolve
from app.analysis.order_proposal import NothingToPropose, OrderProposal, PointProposal
from app.analysis.order_text import parse_order
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import GroundEffect, Modality, OrderKind, TermKind, UnitKind
from tests.unit.order_text_tree import id_of, sakhalin, zaoksky

TEXTS = Path(__file__).parents[1] / "texts"
SAKHALIN = (TEXTS / "sakhalin-order-3.12-118-r.txt").read_text()
ZAOKSKY = (TEXTS / "zaoksky-letter-07-12-222.txt").read_text()
UNITS = sakhalin()
OWN = sorted(path.stem for path in TEXTS.glob("*.json"))


@pytest.fixture(scope="module")
def order() -> OrderProposal:
    return parse_order(SAKHALIN, UNITS)


@pytest.fixture(scope="module")
def letter() -> OrderProposal:
    return parse_order(ZAOKSKY, zaoksky())


def by_label(order: OrderProposal) -> dict[str, PointProposal]:
    return {point.label: point for point in order.points}


def addressed(point: PointProposal) -> list[int]:
    return resolve(point.addressees, UNITS, 1)


def test_the_order_has_nine_assignable_points_and_a_controller(order: OrderProposal) -> None:
    assert [point.label for point in order.points] == ["1", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4а", "4б"]
    assert order.controller is not None
    assert order.controller.value == "первый заместитель министра образования"
    assert order.controller.quote is not None
    assert order.controller.quote.text == "первого заместителя министра образования"
    assert order.controller.doubt is None


def test_the_order_is_recognised_by_its_heading(order: OrderProposal) -> None:
    assert order.kind is not None
    assert order.issuer is not None
    assert order.number is not None
    assert order.dated_on is not None
    assert order.title is not None
    assert order.signed_by is not None
    assert order.kind.value is OrderKind.DIRECTIVE
    assert order.issuer.value == "министерство образования Сахалинской области"
    assert order.issuer_unit_id == 1
    assert order.number.value == "3.12-118-Р"
    assert order.dated_on.value == date(2023, 1, 25)
    assert order.title.value == (
        "О результатах мониторинга внутришкольных систем оценки качества образования и сбалансированности системы "
        "оценочных процедур образовательных организаций Сахалинской области в 2022-2023 учебном году"
    )
    assert order.signed_by.value == "А.Н. Киктева"
    assert order.doubts == ()


def test_the_order_has_three_grounds_and_the_third_moves_dates(order: OrderProposal) -> None:
    found = [(ground.kind, ground.number, ground.dated_on, ground.effect) for ground in order.grounds]
    assert found == [
        ("распоряжение", "3.12-502-р", date(2022, 4, 21), GroundEffect.BASIS),
        ("распоряжение", "3.12-1299-р", date(2022, 10, 10), GroundEffect.BASIS),
        ("распоряжение", "3.12-1589-р", date(2022, 12, 21), GroundEffect.MOVES_DATES),
    ]
    assert order.grounds[0].title == (
        "О проведении мониторинга по созданию условий для реализации основных образовательных программ"
    )
    assert order.grounds[2].title.startswith("Об изменении сроков проведения мониторинга")
    assert [ground.doubt for ground in order.grounds] == [None, None, None]


def test_each_point_of_the_order_goes_to_whom_it_names(order: OrderProposal) -> None:
    points = by_label(order)
    municipalities = {unit.id for unit in UNITS if unit.kind is UnitKind.MUNICIPALITY}
    schools = {unit.id for unit in UNITS if unit.kind is UnitKind.SCHOOL}
    institute = id_of(UNITS, "ИРОСО")
    six = {
        id_of(UNITS, name)
        for name in ("Томаринский", "Анивский", "Долинский", "Курильский", "Макаровский", "Невельский")
    }
    assert len(municipalities) == 18
    assert set(addressed(points["1"])) == {*municipalities, institute}
    for label in ("2.1", "2.2", "2.3"):
        assert set(addressed(points[label])) == six
        assert {clause.kind for clause in points[label].addressees} == {Kind.UNIT}
    for label in ("3.1", "3.2", "3.3"):
        assert set(addressed(points[label])) == schools
    assert addressed(points["4а"]) == addressed(points["4б"]) == [institute]
    assert {clause.kind for clause in points["1"].addressees} == {Kind.UNIT, Kind.ALL_MUNICIPALITIES}
    assert all(clause.doubt is None for point in order.points for clause in point.addressees)


def test_each_point_of_the_order_has_its_term(order: OrderProposal) -> None:
    points = by_label(order)
    due = {label: point.term.due_on for label, point in points.items() if point.term.kind is not TermKind.NONE}
    assert due == {
        "2.2": date(2023, 1, 30),
        "2.3": date(2023, 12, 31),
        "3.3": date(2023, 1, 30),
        "4а": date(2023, 2, 24),
        "4б": date(2023, 6, 1),
    }
    assert points["2.3"].term.kind is TermKind.PERIOD
    assert points["2.2"].term.written == "в срок до 30 января 2023 года"
    assert all(point.term.doubt is None for point in order.points)


def test_each_point_of_the_order_binds_as_it_says(order: OrderProposal) -> None:
    found = {label: point.modality.value for label, point in by_label(order).items()}
    assert found.pop("1") is Modality.INFORM
    assert {found.pop("4а"), found.pop("4б")} == {Modality.INSTRUCT}
    assert set(found.values()) == {Modality.RECOMMEND}
    assert all(point.modality.doubt is None and point.doubts == () for point in order.points)


def test_stages_split_the_text_of_their_point(order: OrderProposal) -> None:
    points = by_label(order)
    assert points["4а"].text.startswith("разработать программу повышения квалификации")
    assert "с последующим согласованием в министерстве" in points["4а"].text
    assert points["4б"].text.startswith("размещением в федеральном реестре программ")
    assert points["4а"].quote.end <= points["4б"].quote.start
    assert points["2.1"].intro.startswith("Рекомендовать органам местного самоуправления")
    assert points["1"].text.endswith("(прилагается)"), "a point goes on over a blank line"


def test_the_letter_asks_every_school_of_the_district_for_a_report(letter: OrderProposal) -> None:
    assert letter.kind is not None
    assert letter.number is not None
    assert letter.dated_on is not None
    assert letter.signed_by is not None
    assert letter.kind.value is OrderKind.LETTER
    assert letter.number.value == "07-12/222"
    assert letter.dated_on.value == date(2023, 4, 12)
    assert letter.signed_by.value == "Е.Н. Рябкина"
    assert letter.issuer_unit_id == 2
    (point,) = letter.points
    assert [clause.kind for clause in point.addressees] == [Kind.ALL_SCHOOLS]
    assert resolve(point.addressees, zaoksky(), letter.issuer_unit_id) == [4, 5]
    assert (point.term.kind, point.term.due_on) == (TermKind.DATE, date(2023, 6, 30))
    assert point.modality.value is Modality.REPORT
    assert point.evidence_required
    assert point.evidence_note == "с приложением ВСОКО"
    assert [(ground.number, ground.dated_on) for ground in letter.grounds] == [("273-ФЗ", date(2012, 12, 29))]


def summary(order: OrderProposal) -> dict[str, Any]:
    """What the expectation files hold: units by short name, doubts as there or not there."""
    names = {unit.id: unit.short_name for unit in UNITS}
    plain = order.to_json()
    found: dict[str, Any] = {
        name: plain[name] and plain[name]["value"]
        for name in ("kind", "issuer", "number", "dated_on", "title", "signed_by", "controller")
    }
    found["issuer_unit"] = names.get(order.issuer_unit_id or 0)
    found["doubts"] = plain["doubts"]
    found["grounds"] = [[g["kind"], g["number"], g["dated_on"], g["effect"]] for g in plain["grounds"]]
    found["points"] = [
        {
            "label": point["label"],
            "modality": point["modality"]["value"],
            "text": point["text"],
            "addressees": [
                [c["kind"], names.get(c["unit_id"]), len(c["candidates"]), c["doubt"] is not None]
                for c in point["addressees"]
            ],
            "term": [
                *(point["term"][part] for part in ("kind", "due_on", "recurrence", "day")),
                point["term"]["doubt"] is not None,
            ],
            "evidence": point["evidence_note"],
            "doubts": point["doubts"],
        }
        for point in plain["points"]
    ]
    return found


def test_there_are_at_least_twelve_orders_of_our_own() -> None:
    assert len(OWN) >= 12


@pytest.mark.parametrize("name", OWN)
def test_an_order_gives_what_stands_beside_it(name: str) -> None:
    order = parse_order((TEXTS / f"{name}.txt").read_text(), UNITS)
    assert summary(order) == json.loads((TEXTS / f"{name}.json").read_text())


def test_the_same_text_gives_the_same_proposal_and_it_is_plain_json(order: OrderProposal) -> None:
    assert parse_order(SAKHALIN, UNITS) == order
    plain = order.to_json()
    assert json.loads(json.dumps(plain, ensure_ascii=False)) == plain
    assert plain["dated_on"]["value"] == "2023-01-25"
    assert [point["label"] for point in plain["points"]][-1] == "4б"


def test_line_ends_and_blanks_of_windows_change_nothing_but_offsets(order: OrderProposal) -> None:
    other = parse_order(SAKHALIN.replace("\n", "\r\n").replace("№ ", "№\u00a0"), UNITS)
    assert summary(other) == summary(order)


@pytest.mark.parametrize("width", [40, 61, 79, 100])
def test_a_text_broken_into_short_lines_is_read_alike(order: OrderProposal, width: int) -> None:
    wrapped = "\n".join(textwrap.fill(line, width, break_on_hyphens=False) for line in SAKHALIN.splitlines())
    assert wrapped != SAKHALIN
    assert summary(parse_order(wrapped, UNITS)) == summary(order)


def test_a_text_without_blank_lines_is_read_alike(order: OrderProposal, letter: OrderProposal) -> None:
    dense = "\n".join(line for line in SAKHALIN.splitlines() if line.strip())
    assert summary(parse_order(dense, UNITS)) == summary(order)
    dense = "\n".join(line for line in ZAOKSKY.splitlines() if line.strip())
    assert summary(parse_order(dense, zaoksky())) == summary(letter)


def test_the_issuer_given_goes_before_the_issuer_read() -> None:
    order = parse_order(SAKHALIN, UNITS, issuer_id=id_of(UNITS, "Анивский"))
    assert order.issuer_unit_id == id_of(UNITS, "Анивский")
    point = by_label(order)["2.1"]
    assert [clause.unit_id for clause in point.addressees] == [None] * len(point.addressees), "nobody outside its tree"
    assert all(clause.doubt for clause in point.addressees)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "нет текста"),
        (" \n\t ", "нет текста"),
        ("Сегодня хорошая погода.", "не найдено ни одного пункта"),
        ("РАСПОРЯЖЕНИЕ\n25.01.2023 № 1\nО разном\nМинистр А.Н. Киктева", "не найдено ни одного пункта"),
        ("ПРИКАЗ\n1. Контроль за исполнением приказа возложить на директора.", "не найдено ни одного пункта"),
    ],
)
def test_where_there_is_nothing_to_propose_it_says_so(text: str, said: str) -> None:
    with pytest.raises(NothingToPropose, match=said) as refusal:
        parse_order(text, UNITS)
    assert str(refusal.value).endswith(".")


def test_a_missing_number_or_date_is_a_doubt_of_the_order() -> None:
    order = parse_order("РАСПОРЯЖЕНИЕ\n1. ИРОСО разработать план до 1 марта.", UNITS)
    assert any("Номер" in doubt for doubt in order.doubts)
    assert any("Дата" in doubt for doubt in order.doubts)
    assert any("Издавшая организация" in doubt for doubt in order.doubts)
    assert order.points[0].term.due_on is None
    assert order.points[0].term.doubt is not None


def test_a_day_said_twice_makes_no_stages_and_a_person_named_in_a_point_signs_nothing() -> None:
    text = (
        "РАСПОРЯЖЕНИЕ\n01.02.2024 № 5\n1. ИРОСО разработать план до 1 марта 2024 года и направить его до 01.03.2024, "
        "ответственный:\nИ.И. Иванов\n2. ИРОСО провести семинар.\nМинистр А.Н. Киктева\n"
    )
    order = parse_order(text, UNITS)
    assert [point.label for point in order.points] == ["1", "2"]
    assert order.points[0].term.due_on == date(2024, 3, 1)
    assert order.signed_by is not None
    assert order.signed_by.value == "А.Н. Киктева"


def test_a_gap_in_the_numbers_is_a_doubt_and_a_stray_number_is_text() -> None:
    text = "РАСПОРЯЖЕНИЕ\n1. ИРОСО разработать план на\n2023. год;\n3. ИРОСО представить отчёт.\n"
    order = parse_order(text, UNITS)
    assert [point.label for point in order.points] == ["1", "3"]
    assert order.points[1].doubts == ("После пункта 1 идёт пункт 3: проверьте, все ли пункты найдены.",)
    assert order.points[0].doubts == ()
    assert "2023. год" in order.points[0].text
