from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import inspect

import app
from app.admin.audit_event_fields import field_word
from app.admin.audit_event_words import ACTIONS, RECORDS, action_word, all_actions, told_changes
from app.models import Assignment, Base, OrgUnit
from app.models.base import Audited
from app.services import audit
from tests.factories.order import Point, issue_order


@pytest.fixture
def written(engine, work, world):
    """One change of an assignment in each of three schools, by whom it belongs to."""
    issued = issue_order(engine, world, points=(Point("1", None, ("school", "school2", "school_b")),))
    for login in ("school", "school2", "school_b"):
        session = work(login)
        session.get_one(Assignment, issued.assignments["1", login]).responsible = f"Ответственный {login}"
        session.commit()
    return issued


def test_the_journal_is_cut_to_the_scope(browser, written):
    page = browser("municipality").get("/journal/").text
    assert "Ответственный school<" in page
    assert "Ответственный school2" in page
    assert "school_b" not in page
    assert "foreign_" not in page
    school = browser("school").get("/journal/").text
    assert "Ответственный school<" in school
    assert "school2" not in school
    assert "school_b" in browser("region").get("/journal/").text


@pytest.mark.parametrize("login", ["colleague", "observer"])
def test_who_approves_or_observes_reads_it(browser, login):
    assert browser(login).get("/journal/").status_code == 200


def test_the_newest_stands_first_with_russian_words(browser, written):
    page = browser("region").get("/journal/?record_type=assignment&action=change").text
    rows = page.split("<tbody>")[1]
    assert rows.index("school_b") < rows.index("Ответственный school2") < rows.index("Ответственный school<")
    assert "<dt>ответственный:</dt><dd><del>пусто</del> → <ins>Ответственный school2</ins>" in rows
    assert "изменение" in rows
    assert f'href="/assignments/{written.assignments["1", "school"]}"' in rows


def test_filters_by_record_action_person_and_day(browser, written, world):
    chief = browser("region")

    def rows(**asked: object) -> str:
        answer = chief.get("/journal/", query_string=asked)
        assert answer.status_code == 200, asked
        return answer.text.split("<main")[1]

    only = rows(record_type="assignment", action="change", person=world.users["school2"])
    assert "Ответственный school2" in only
    assert "Ответственный school<" not in only
    assert "Ответственный" not in rows(action="delete")
    number = written.assignments["1", "school"]
    one = rows(record_type="assignment", record=number)
    assert "Ответственный school<" in one
    assert "Ответственный school2" not in one
    assert "Ответственный" in rows(since="2020-01-01", until="2100-12-31")
    assert "Ответственный" not in rows(until="2020-01-01")
    for wrong in ("since=1900-01-01", "until=9999-12-31", "since=never", "person=x", "record=-1"):
        assert chief.get(f"/journal/?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("typed", ["АНИВСКИЙ", "school_b"])
def test_search_by_unit_or_person(browser, written, work, typed):
    session = work("region")
    session.get_one(OrgUnit, session.info["actor"].unit_id).email = "region@sakhalin.ru"
    session.commit()
    page = browser("region").get("/journal/", query_string={"q": typed}).text.split("<main")[1]
    assert ("school_b" in page) is (typed == "school_b")
    assert "Ответственный school<" not in page


def test_the_day_is_the_region_s_own(browser, engine, work, world, monkeypatch):
    """23:30 UTC on the 9th is the 10th in Sakhalin."""
    monkeypatch.setattr(audit.clock, "now", lambda: datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    session = work("region")
    session.get_one(OrgUnit, world.units["school"]).email = "a@school.ru"
    session.commit()
    monkeypatch.undo()
    chief = browser("region")
    there = chief.get("/journal/?since=2026-03-10&until=2026-03-10").text
    assert "a@school.ru" in there
    assert "10.03.2026 10:30" in there
    assert "a@school.ru" not in chief.get("/journal/?until=2026-03-09").text


def test_the_installation_administrator_reads_of_accounts_and_units_only(browser, written):
    admin = browser("admin")
    page = admin.get("/journal/").text
    assert "учётная запись" in page
    assert "Ответственный" not in page


def test_nothing_in_the_journal_is_written_by_hand(browser, written):
    chief = browser("region")
    for address in ("new/", "edit/?id=1", "delete/", "details/?id=1", "ajax/update/"):
        assert chief.get(f"/journal/{address}").status_code in {404, 405}
        assert chief.post(f"/journal/{address}", {"id": 1}).status_code in {404, 405}


def test_the_export_tells_what_changed(browser, written):
    answer = browser("municipality").get("/journal/export?action=change&record_type=assignment")
    told = [str(cell.value) for row in openpyxl.load_workbook(BytesIO(answer.data)).active for cell in row]
    assert "ответственный: пусто → Ответственный school2" in told
    assert not [each for each in told if "school_b" in each]


def test_markup_in_values_is_shown_as_typed(browser, work, world):
    chief = work("municipality")
    chief.get_one(OrgUnit, world.units["school"]).short_name = "<script>alert(1)</script>"
    chief.commit()
    page = browser("municipality").get("/journal/").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_field_and_record_that_the_journal_names_has_its_word():
    missing = [
        f"{mapper.class_.__tablename__}.{column.key}"
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Audited)
        for column in inspect(mapper.class_).column_attrs
        if audit._told(mapper.class_, column.key) and field_word(mapper.class_.__tablename__, column.key) == column.key
    ]
    assert missing == []
    tables = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Audited)}
    assert tables <= set(RECORDS)


def test_every_action_that_the_code_writes_has_its_word():
    sources = [path.read_text(encoding="utf-8") for path in Path(app.__file__).parent.rglob("*.py")]
    written = {
        action
        for source in sources
        for action in re.findall(r'pending_action = \("(\w+)"|record_event\([^()]*?, "(\w+)"', source)
        for action in action
        if action
    }
    assert {"extend", "amend", "export", "rename"} <= written
    assert written - {action for action, _ in all_actions()} == set()
    # Nobody is offered to look for what is never written.
    told = "".join(source for source in sources if "all_actions()" not in source)
    assert [action for action in ACTIONS if f'"{action}"' not in told] == []


def test_values_are_told_in_words():
    told = told_changes(
        "assignment",
        {
            "status": ["assigned", "done"],
            "due_on": [None, "2023-01-30"],
            "stepped_in": [False, True],
            "given_by_id": [1, 2],
        },
        "Asia/Sakhalin",
    )
    assert told == [
        ("состояние", "назначено", "исполнено"),
        ("срок", "пусто", "30.01.2023"),
        ("проверено регионом", "нет", "да"),
        ("кто дал", "№ 1", "№ 2"),
    ]
    issued = told_changes("order", {"issued_at": [None, "2023-01-24T23:30:00+00:00"]}, "Asia/Sakhalin")
    assert issued == [("выпущено", "пусто", "25.01.2023 10:30")]
    assert action_word("assignment", "return") == "Вернуть с замечанием"
    assert action_word("org_unit", "move") == ACTIONS["move"]
    assert action_word("unknown", "whatever") == "whatever"
    assert field_word("lti_account", "origin") == "как связана"
