"""The matrix page, its panel, and the annex as a workbook, each for its own part of the tree."""

from __future__ import annotations

import io
from datetime import date, timedelta
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select

from app.admin.matrix_cell import folded_state
from app.admin.matrix_cell import words_of as cell_words
from app.admin.order_matrix import _narrow
from app.models import AuditEvent, OrgUnit
from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import OrderStatus, ReportOutcome, ReportStatus, UnitKind
from app.policies.unscoped import open_session
from app.services import clock
from app.services.order_matrix import Cell, Held, Row
from tests.factories.order import Point, add_report, issue_order

LATE = clock.today("Asia/Sakhalin") - timedelta(days=3)
UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "regional_school", "provider")


def canary(unit: str, where: str) -> str:
    return f"kanarejka-{where}-{unit}-end"


@pytest.fixture
def issued(engine, world):
    issue_order(engine, world, number="decoy", points=(Point("77", to=UNITS, text="decoy"),))
    to = {unit: {"responsible": canary(unit, "responsible"), "status": Status.RETURNED} for unit in UNITS}
    to["school"]["parent"] = "municipality"
    to["school2"] = {"status": Status.WITHDRAWN, "closing_reason": canary("school2", "closing")}
    found = issue_order(
        engine,
        world,
        points=(Point("2", stage="а", due_on=LATE, to=to, text="<b>разместить</b>"), Point("3", to=["school"])),
    )
    for unit in UNITS:
        if unit != "school2":
            add_report(
                engine,
                world,
                unit,
                found.assignments["2а", unit],
                text=canary(unit, "text"),
                outcome=ReportOutcome.NOT_DONE,
                reason=canary(unit, "reason"),
                status=ReportStatus.RETURNED,
                remark=canary(unit, "remark"),
                evidence=({"title": canary(unit, "evidence"), "url": f"https://x.example/{canary(unit, 'link')}"},),
            )
    return found


SEEN = {
    "region": set(UNITS),
    "observer": set(UNITS),
    "municipality": {"municipality", "school", "school2"},
    "municipality2": {"municipality2", "school_b"},
    "school": {"school"},
    "school2": {"school2"},
    "regional_school": {"regional_school"},
    "provider": {"provider"},
}


def words_of(workbook: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value)


@pytest.mark.parametrize("login", SEEN)
def test_the_annex_holds_the_asker_s_part_and_no_word_of_others(browser, issued, login):
    answer = browser(login).get(f"/orders/{issued.order_id}/annex")
    assert answer.status_code == 200
    words = words_of(answer.data)
    for unit in UNITS:
        for where in ("evidence", "link", "reason", "responsible", "closing"):
            holds = where == "closing" if unit == "school2" else where != "closing"
            assert (canary(unit, where) in words) == (unit in SEEN[login] and holds), (unit, where)
    assert "decoy" not in words
    assert "kanarejka-text" not in words


def test_the_annex_is_a_download_with_a_name_and_leaves_a_row_in_the_journal(browser, engine, issued, world):
    answer = browser("municipality").get(f"/orders/{issued.order_id}/annex")
    disposition = unquote(answer.headers["Content-Disposition"])
    assert disposition.startswith("attachment;")
    assert "Исполнение распоряжения № 3.12-118-Р на " in disposition
    assert "Информация об исполнении распоряжения министерства образования" in words_of(answer.data)
    with open_session(engine, reason="tests read the journal") as session:
        [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert (event.record_type, event.record_id) == ("order", issued.order_id)
    assert (event.actor_user_id, event.changes) == (world.users["municipality"], {"rows": [None, 4]})


def test_the_region_sees_municipalities_folded(browser, issued):
    page = browser("region").get(f"/orders/{issued.order_id}/matrix")
    assert page.status_code == 200
    assert ">Томаринский</a>" in page.text
    assert "МБОУ СОШ «school»" not in page.text
    assert f'href="/assignments/{issued.assignments["2а", "municipality"]}"' in page.text
    assert "исполнено в 0 из 1 школы, просрочено 1" in page.text
    assert f"отвечает {canary('municipality', 'responsible')}" in page.text
    assert "просрочено на 3 дня" in page.text
    assert "&lt;b&gt;разместить" in page.text
    assert "<b>разместить" not in page.text


def test_a_row_opens_into_its_schools_and_keeps_the_filter_in_the_address(browser, issued, world):
    client, number = browser("region"), world.units["municipality"]
    page = client.get(f"/orders/{issued.order_id}/matrix?municipality={number}&overdue=1")
    assert "МБОУ СОШ «school»" in page.text
    assert "МБОУ СОШ «school_b»" not in page.text
    assert "Областной лицей" not in page.text
    assert f'href="/orders/{issued.order_id}/matrix?municipality={number}"' in page.text


def test_a_school_sees_its_own_row(browser, issued):
    page = browser("school").get(f"/orders/{issued.order_id}/matrix").text
    assert canary("school", "responsible") in page
    assert page.count("kanarejka") == 1
    assert "Анивский" not in page


def test_the_panel_behind_a_folded_cell(browser, issued, world):
    address = f"/orders/{issued.order_id}/matrix?municipality={world.units['municipality']}&point={issued.points['3']}"
    part = browser("region").get(address, headers={"HX-Request": "true"})
    assert "<!DOCTYPE" not in part.text
    assert f'href="/assignments/{issued.assignments["3", "school"]}" data-panel' in part.text
    assert "МБОУ СОШ «school2»" not in part.text
    # Without htmx the same address opens the municipality.
    assert "<!DOCTYPE" in browser("region").get(address).text


@pytest.mark.parametrize("page", ["matrix", "annex"])
def test_a_foreign_order_is_absent(browser, engine, world, issued, page):
    draft = issue_order(engine, world, number="9", status=OrderStatus.DRAFT)
    assert browser("foreign_region").get(f"/orders/{issued.order_id}/{page}").status_code == 404
    assert browser("foreign_school").get(f"/orders/{issued.order_id}/{page}").status_code == 404
    assert browser("municipality").get(f"/orders/{draft.order_id}/{page}").status_code == 404
    assert browser("region").get(f"/orders/{10**30}/{page}").status_code == 404
    assert browser("region").get(f"/orders/x/{page}").status_code == 404


def test_whoever_stands_nowhere_sees_nothing(browser, issued):
    for login in ("admin", "nobody"):
        for page in ("matrix", "annex"):
            assert browser(login).get(f"/orders/{issued.order_id}/{page}").status_code == 403


def test_a_draft_says_that_it_is_one(browser, engine, world):
    draft = issue_order(engine, world, number="9", status=OrderStatus.DRAFT)
    page = browser("region").get(f"/orders/{draft.order_id}/matrix")
    assert "Распоряжение ещё не выпущено" in page.text
    assert browser("region").get(f"/orders/{draft.order_id}/annex").status_code == 409


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("municipality=x", 400),
        ("municipality=-1", 400),
        (f"municipality={10**30}", 400),
        ("municipality=%00", 400),
        ("overdue=2", 400),
        ("point=a", 400),
        ("municipality=999999", 404),
        ("municipality=", 200),
        ("overdue=0", 200),
    ],
)
def test_what_cannot_be_meant_is_refused(browser, issued, query, status):
    assert browser("region").get(f"/orders/{issued.order_id}/matrix?{query}").status_code == status


def test_a_foreign_municipality_is_absent(browser, issued, world):
    for login, key in (
        ("region", "foreign_municipality"),
        ("municipality", "municipality2"),
        ("school", "municipality"),
    ):
        address = f"/orders/{issued.order_id}/matrix?municipality={world.units[key]}"
        assert browser(login).get(address).status_code == 404
        part = browser(login).get(f"{address}&point={issued.points['3']}", headers={"HX-Request": "1"})
        assert part.status_code == 404


def test_a_closed_unit_stays_with_a_mark(browser, engine, issued, world):
    with open_session(engine, reason="tests close a school") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(OrgUnit, world.units["school_b"]).closed_on = date(2026, 1, 15)
    page = browser("municipality2").get(f"/orders/{issued.order_id}/matrix").text
    assert "МБОУ СОШ «school_b» (закрыта 15.01.2026)" in page
    words = words_of(browser("municipality2").get(f"/orders/{issued.order_id}/annex").data)
    assert "МБОУ СОШ «school_b» (закрыта 15.01.2026)" in words


@pytest.mark.parametrize(
    ("states", "mark"),
    [
        ({Status.ASSIGNED}, Status.ASSIGNED),
        ({Status.ASSIGNED, Status.WITHDRAWN}, Status.ASSIGNED),
        ({Status.WITHDRAWN}, Status.WITHDRAWN),
        ({Status.DONE, Status.OFF_CONTROL}, Status.DONE),
        ({Status.OFF_CONTROL}, Status.OFF_CONTROL),
        ({Status.DONE, Status.SUBMITTED}, Status.SUBMITTED),
        ({Status.RETURNED}, Status.RETURNED),
        ({Status.DONE, Status.ASSIGNED}, Status.ACCEPTED),
        ({Status.RETURNED, Status.SUBMITTED}, Status.ACCEPTED),
    ],
)
def test_one_mark_stands_for_many_schools(states, mark):
    assert folded_state(Cell(states=states)) is mark


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Томаринский муниципальный округ", "Томаринский"),
        ("Городской округ «Город Южно-Сахалинск»", "Город Южно-Сахалинск"),
        ("Управление образования", "Управление образования"),
        ("Муниципальный округ", "Муниципальный округ"),
    ],
)
def test_a_municipality_stands_in_its_column_without_its_kind(name, shown):
    assert _narrow(name) == shown


def held(**values) -> Held:
    given = {"id": 1, "status": Status.ACCEPTED, "due_on": None, "done_on": None, "responsible": "", "overdue": False}
    return Held(**(given | {"cascaded": False} | values))


def test_a_cell_says_who_holds_it():
    today = date(2026, 11, 21)
    school = Row(3, UnitKind.SCHOOL, "Школа", None, 2, 1)
    regional = Row(3, UnitKind.SCHOOL, "Лицей", None, 1, 1)
    submitted = held(status=Status.SUBMITTED, due_on=date(2026, 11, 22), responsible="Иванова")
    assert cell_words(submitted, school, today) == "отчёт на проверке, срок 22.11.2026, завтра\nпроверяет муниципалитет"
    assert cell_words(submitted, regional, today).endswith("проверяет регион")
    assert (
        cell_words(held(status=Status.ASSIGNED), school, today) == "назначено, без срока\nк исполнению ещё не принято"
    )
    done = held(status=Status.DONE, done_on=date(2026, 11, 2), due_on=date(2026, 11, 1))
    assert cell_words(done, school, today) == "исполнено 02.11.2026, срок 01.11.2026"
