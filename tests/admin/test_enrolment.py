"""The register of trainees, the list of a group in Excel, and the page of one: cut to whoever reads."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Attendance, AuditEvent, Enrolment, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, PositionKind, TrainingResult
from app.services import clock
from tests.factories.training import add_group, add_person, add_position, add_programme, enrol, writing

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

Status = EnrolmentStatus
TODAY = clock.today("Asia/Sakhalin")


def day(shift: int) -> date:
    return TODAY + timedelta(days=shift)


@pytest.fixture
def open_group(engine, world) -> int:
    programme = add_programme(engine, world, positions=[PositionKind.HEAD.value, PositionKind.DEPUTY.value])
    return add_group(engine, world, programme, seats=2, starts_on=day(10), ends_on=day(20))


def test_the_list_in_excel_and_the_register_are_cut_to_the_reader(engine, world, browser, work, open_group):
    mine, theirs = (
        add_person(engine, world, unit, last_name=name, snils="11223344595")
        for unit, name in (("school", "Своя"), ("school_b", "Чужая"))
    )
    first = enrol(engine, open_group, mine, status=Status.COMPLETED)
    enrol(engine, open_group, theirs, status=Status.DROPPED)
    planned = enrol(engine, open_group, add_person(engine, world, last_name="Замысел"), status=Status.PLANNED)
    with writing(engine) as session:
        held = TrainingSession(group_id=open_group, held_on=day(-1), title="Введение")
        session.add(held)
        session.flush()
        session.add(Attendance(staff_member_id=mine, enrolment_id=first, session_id=held.id, present=True))

    def book_of(login: str, address: str) -> dict[str, str]:
        answer = browser(login).get(address)
        assert answer.status_code == 200
        book = openpyxl.load_workbook(BytesIO(answer.data))
        return {
            sheet.title: " | ".join(str(cell.value) for row in sheet for cell in row if cell.value is not None)
            for sheet in book
        }

    whole, own = (book_of(login, f"/training-groups/{open_group}/annex") for login in ("provider", "school"))
    assert "Своя" in whole["Список"]
    assert "Чужая" in whole["Список"]
    assert "Замысел" not in whole["Список"]
    assert "причина" in whole["Список"]
    assert "1 из 1" in whole["Список"]
    assert "+" in whole["Посещаемость"]
    assert "Введение" in whole["Посещаемость"]
    assert "Чужая" not in own["Список"] + own["Посещаемость"]
    assert "Замысел" in own["Список"]
    assert "112" not in whole["Список"].replace("-", "")
    taken = work("provider").execute(select(AuditEvent.action, AuditEvent.record_label, AuditEvent.changes)
                                     .where(AuditEvent.action == "export")).all()  # fmt: skip
    assert [(row.record_label, row.changes["rows"]) for row in taken] == [("Поток 1", [None, 2])]

    for login, seen in (("provider", {"Своя", "Чужая"}), ("school", {"Своя", "Замысел"}), ("school_b", {"Чужая"}),
                        ("municipality2", {"Чужая"}), ("region", {"Своя", "Чужая", "Замысел"}),
                        ("foreign_region", set()), ("foreign_provider", set())):  # fmt: skip
        found = browser(login).get("/enrolments/").text
        assert {name for name in ("Своя", "Чужая", "Замысел") if f"{name} Анна" in found} == seen, login
    region = browser("region")
    for query, seen in (
        ("q=чуж", {"Чужая"}),
        (f"group={open_group}&status=planned", {"Замысел"}),
        (f"municipality={world.units['municipality2']}", {"Чужая"}),
        (f"unit={world.units['school']}", {"Своя", "Замысел"}),
        ("programme=999", set()),
        ("on_day=2020-01-01", set()),
        ("sort=person&desc=0", {"Своя", "Чужая", "Замысел"}),
    ):
        found = region.get(f"/enrolments/?{query}").text
        assert {name for name in ("Своя", "Чужая", "Замысел") if f"{name} Анна" in found} == seen, query
    exported = book_of("school", "/enrolments/export")["Слушатели"]
    assert "Своя" in exported
    assert "Чужая" not in exported
    assert planned


def test_one_act_on_the_page_of_one(engine, world, browser, work, open_group):
    person = add_person(engine, world)
    add_position(engine, world, person, "school_b", kind=PositionKind.DEPUTY)
    one = enrol(engine, open_group, person)
    school = browser("school")
    page = school.get(f"/enrolments/{one}").text
    assert f'action="/enrolments/{one}/withdraw"' in page
    assert "/refuse" not in page
    assert school.post(f"/enrolments/{one}/withdraw", {"note": ""}).status_code == 422
    assert school.post(f"/enrolments/{one}/withdraw", {"note": "передумали", "version": "1"}).status_code == 302
    page = school.get(f"/enrolments/{one}").text
    assert "передумали" in page
    # She works there besides: that school sees the application as well.
    beside = browser("school_b")
    assert beside.post(f"/enrolments/{one}/apply", {"version": "1"}).status_code == 409
    assert beside.post(f"/enrolments/{one}/apply", {"version": "2"}).status_code == 302
    row = work("region").get(Enrolment, one)
    assert (row.status, row.sent_by_unit_id, row.result) == (Status.APPLIED, world.units["school_b"], None)
    assert browser("school2").get(f"/enrolments/{one}").status_code == 404
    assert TrainingResult.PASSED.label not in page
