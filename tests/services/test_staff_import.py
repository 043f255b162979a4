"""People on the staff brought by a workbook."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.policies.refusal import NotPermitted
from app.services import staff_identity, workbook_import
from app.services.row_verdict import VerdictKind
from tests.factories.training import add_person, add_position
from tests.services.workbook_rounds import brought, judged, means, table

HEAD = ("Организация", "ФИО", "Вид должности", "Должность", "В должности с", "В должности по", "Почта", "СНИЛС")
SCHOOL, SCHOOL2 = "МБОУ СОШ «school»", "МБОУ СОШ «school2»"
SNILS, OTHER, THIRD = "112-233-445 95", "123-456-789 64", "087-654-303 00"


def verdicts(work, tmp_path, *rows, login="municipality"):
    return judged(work(login), "staff_member", table(HEAD, *rows), means(tmp_path), clear_empty=False).verdicts


def test_a_list_makes_cards_and_positions(engine, work, actor, world, tmp_path):
    there = add_person(engine, world, "school", title="директор")
    namesakes = [add_person(engine, world, "school2", last_name="Ким", snils=one) for one in ("11223344595", "")]
    day = date(2025, 9, 1)
    content = table(
        HEAD,
        # Known again whatever the case and ё; a second position of the same person; a number.
        (SCHOOL, "ИВАНОВА АННА ПЕТРОВНА", "директор", None, date(2021, 9, 1), None, "a@b.ru", OTHER),
        (SCHOOL, "Иванова Анна Петровна", "учитель", "учитель физики", day, None, None, None),
        # Namesakes are told apart by the number.
        (SCHOOL2, "Ким Анна Петровна", "методист", None, None, None, None, SNILS),
        # A new one, twice: two positions, one card.
        (SCHOOL2, "Новых Ия Львовна", "заместитель", "завуч", day, None, None, THIRD),
        (SCHOOL2, "Новых Ия Львовна", "учитель", None, None, None, None, None),
    )
    session, by = work("municipality"), means(tmp_path)
    imported = brought(session, "staff_member", content, by, clear_empty=False)
    assert imported.counts["created"] == 1, judged(session, "staff_member", content, by).verdicts
    assert imported.counts["changed"] == 4
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    person = session.get_one(StaffMember, there)
    assert (person.email, person.has_snils) == ("a@b.ru", True)
    held = session.execute(
        select(StaffMember.last_name, StaffMember.id, StaffPosition.kind, StaffPosition.title, StaffPosition.started_on)
        .join(StaffPosition, StaffPosition.staff_member_id == StaffMember.id)
        .order_by(StaffPosition.id)
    ).all()
    made = held[-1].id
    assert [tuple(row) for row in held] == [
        ("Иванова", there, PositionKind.HEAD, "директор", date(2021, 9, 1)),
        ("Ким", namesakes[0], PositionKind.HEAD, "", date(2020, 9, 1)),
        ("Ким", namesakes[1], PositionKind.HEAD, "", date(2020, 9, 1)),
        ("Иванова", there, PositionKind.TEACHER, "учитель физики", day),
        ("Ким", namesakes[0], PositionKind.METHODIST, "", None),
        ("Новых", made, PositionKind.DEPUTY, "завуч", day),
        ("Новых", made, PositionKind.TEACHER, "", None),
    ]
    seen = staff_identity.identities(session, actor("municipality"), [there, made], "проверка")
    assert (seen[there].snils, seen[made].snils) == ("12345678964", "08765430300")
    again = judged(session, "staff_member", content, by, clear_empty=False)
    assert {one.kind for one in again.verdicts} == {VerdictKind.SAME}


def test_what_is_wrong_stands_at_its_column_without_the_number(engine, work, world, tmp_path):
    add_person(engine, world, "school", last_name="Занятый", snils="11223344595")
    for _ in range(2):
        add_person(engine, world, "school", last_name="Двойных")
    rows = [
        (SCHOOL, "Новых Ия Львовна", "директор", None, None, None, None, "112-233-445 96"),
        (SCHOOL, "Новых Ия Львовна", "директор", None, None, None, None, SNILS),
        (SCHOOL, "Двойных Анна Петровна", "директор", None, None, None, None, None),
        ("МБОУ СОШ «school_b»", "Новых Ия Львовна", "директор", None, None, None, None, None),
        (None, "Новых Ия Львовна", "директор", None, None, None, None, None),
        (SCHOOL, "Новых И.Л.", "директор", None, None, None, None, None),
        (SCHOOL, "Новых Ия Львовна", "космонавт", None, None, None, None, None),
        (SCHOOL, "Новых Ия Львовна", None, "завуч", None, None, None, None),
        (SCHOOL, "Новых Ия Львовна", None, None, None, None, None, None),
        (SCHOOL, "Новых Ия Львовна", "иная", None, None, None, None, None),
        (SCHOOL, "Новых Ия Львовна", "директор", None, date(2027, 1, 1), None, None, None),
        (SCHOOL, "Занятый Анна Петровна", "методист", None, None, date(2026, 1, 1), None, None),
        (SCHOOL, "Новых Ия Львовна", "директор", None, None, None, "почта", None),
    ]
    found = verdicts(work, tmp_path, *rows)
    assert [next(iter(one.sentences), None) for one in found] == [
        "snils",
        "snils",
        "full_name",
        "unit",
        "unit",
        "full_name",
        *["position_kind"] * 3,
        "position",
        "started_on",
        "ended_on",
        "email",
    ]
    assert all(one.kind is VerdictKind.WRONG for one in found)
    told = repr(found)
    assert not any(number in told for number in ("112-233", "11223344595", "44596"))


def test_another_number_is_another_person(engine, work, world, tmp_path):
    """A namesake with a number of their own is passed by; one without takes the number of the row."""
    add_person(engine, world, "school", last_name="Ким", snils="11223344595")
    row = (SCHOOL, "Ким Анна Петровна", "руководитель", None, None, None, None, OTHER)
    assert [one.kind for one in verdicts(work, tmp_path, row)] == [VerdictKind.CREATED]
    add_person(engine, world, "school", last_name="Ким")
    (found,) = verdicts(work, tmp_path, row)
    assert (found.kind, [one.key for one in found.changes]) == (VerdictKind.CHANGED, ["snils"])


def test_a_school_loads_its_own_people_and_leaves_guests(engine, work, world, tmp_path):
    guest = add_person(engine, world, "school2", last_name="Гость")
    add_position(engine, world, guest, "school")
    rows = [
        (None, "Новых Ия Львовна", "директор", None, None, None, None, None),
        (SCHOOL2, "Гость Анна Петровна", "директор", None, None, None, None, "указан"),
        (SCHOOL2, "Гость Анна Петровна", "методист", None, None, None, None, None),
        (SCHOOL2, "Новых Ия Львовна", "директор", None, None, None, None, None),
    ]
    found = verdicts(work, tmp_path, *rows, login="school")
    assert [one.kind for one in found] == [VerdictKind.CREATED, VerdictKind.SAME, *[VerdictKind.WRONG] * 2]
    with pytest.raises(NotPermitted):
        verdicts(work, tmp_path, rows[0], login="colleague")
