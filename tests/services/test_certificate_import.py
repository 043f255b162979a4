"""Documents from a workbook: found again by person, kind and number; a row that fits none says where to look."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Certificate
from app.models.enumeration_of_training import CertificateStatus as S
from app.models.enumeration_of_training import DocumentKind, PositionKind
from app.services import workbook_import
from app.services.row_verdict import VerdictKind
from tests.factories.training import add_certificate, add_person, add_position, add_topic
from tests.services.workbook_rounds import brought, judged, means, table

HEADS = (
    "ОО",
    "ФИО",
    "Документ",
    "Серия",
    "Номер документа",
    "Выдан",
    "Количество часов",
    "Тема курсов",
    "Тема",
    "Место обучения",
)
UNIT = "МБОУ СОШ «school»"
ROW = (
    UNIT,
    "Иванова Анна Петровна",
    "удостоверение",
    "нет",
    "6524 001",
    "10.10.2026",
    36,
    "Система оценки",
    "всоко",
    "Академия",
)


def row(**changes):
    places = {
        "unit": 0,
        "name": 1,
        "kind": 2,
        "number": 4,
        "issued": 5,
        "hours": 6,
        "title": 7,
        "topic": 8,
        "issuer": 9,
    }
    values = list(ROW)
    for key, value in changes.items():
        values[places[key]] = value
    return tuple(values)


@pytest.fixture
def person(engine, world):
    add_topic(engine, world)
    return add_person(engine, world)


def test_a_list_is_entered_and_waits_for_confirmation(engine, world, work, tmp_path, person):
    other = add_person(engine, world, "school_b", last_name="Фёдорова - Ким")
    add_position(engine, world, other, "school", kind=PositionKind.DEPUTY)
    known = add_certificate(engine, world, person, number="777", status=S.ENTERED)
    sure = add_certificate(engine, world, person, number="778")
    session, by = work("school"), means(tmp_path)
    content = table(
        HEADS,
        row(),
        row(name="ФЕДОРОВА-КИМ Анна Петровна", number="2", topic=None),
        row(number="777", hours=72),
        row(number="778", hours=72),
        row(),
        row(number="3", hours=8),
        row(number="4", topic="иное"),
        row(number="5", kind="грамота"),
        row(number="6", name="Неизвестный Иван"),
        row(number="7", unit="МБОУ СОШ «school2»"),
        row(number="8", issued="01.01.2027"),
    )
    imported = brought(session, "certificate", content, by, clear_empty=False)
    session.commit()
    judgement = judged(work("school"), "certificate", content, by, clear_empty=False)
    told = [(one.kind, next(iter(one.sentences), "")) for one in judgement.verdicts]
    created, changed, wrong = VerdictKind.CREATED, VerdictKind.CHANGED, VerdictKind.WRONG
    assert told == [
        (created, ""), (created, ""), (changed, ""), (wrong, ""), (wrong, "number"), (wrong, "hours"),
        (wrong, "topic"), (wrong, "kind"), (wrong, "person"), (wrong, "unit"), (wrong, "issued_on"),
    ]  # fmt: skip
    assert "снимает вышестоящая" in judgement.verdicts[3].told
    assert "Есть такие: ВСОКО" in judgement.verdicts[6].told
    workbook_import.apply(session, session.actor, imported, means=by, only_right=True)
    session.commit()
    rows = {one.number: one for one in work("region").scalars(select(Certificate))}
    assert set(rows) == {"6524001", "2", "777", "778"}
    made = rows["6524001"]
    assert (made.staff_member_id, made.document_kind, made.series, made.issued_on, made.valid_until) == (
        person, DocumentKind.ADVANCED, "", date(2026, 10, 10), date(2029, 10, 9)
    )  # fmt: skip
    assert (made.status, made.entered_by_unit_id, made.topic_id is None) == (S.ENTERED, world.units["school"], False)
    assert (rows["2"].staff_member_id, rows["2"].topic_id) == (other, None)
    assert (rows["777"].id, rows["777"].hours, rows["778"].hours, rows["778"].id) == (known, 72, 36, sure)


def test_namesakes_are_entered_by_hand_and_another_unit_is_nobodys(engine, world, work, tmp_path, person):
    add_person(engine, world, title="завуч", kind=PositionKind.DEPUTY)
    by = means(tmp_path)
    (verdict,) = judged(work("school"), "certificate", table(HEADS, row()), by).verdicts
    assert list(verdict.sentences) == ["person"]
    assert "несколько" in verdict.told
    # The municipality may load its schools' lists, a neighbour finds no such unit.
    other = add_person(engine, world, "school2", last_name="Ли")
    assert other
    content = table(HEADS, row(unit="МБОУ СОШ «school2»", name="Ли Анна Петровна"))
    assert judged(work("municipality"), "certificate", content, by).verdicts[0].kind is VerdictKind.CREATED
    assert list(judged(work("municipality2"), "certificate", content, by).verdicts[0].sentences) == ["unit"]
