"""A note through the pages: composed, sent as a letter, read and acknowledged; and who may download it when."""

from __future__ import annotations

import io
import os
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from docx import Document
from sqlalchemy import select

from app.models import AnalyticalNote, Assignment, Order
from app.models.enumeration import AssessmentStatus, AssignmentStatus, RoundStatus
from app.policies.unscoped import open_session
from app.services import clock
from tests.admin.order_pages import issue
from tests.factories.monitoring import build_framework, fill_sheet, hold_round

pytestmark = pytest.mark.once

UNITS = ("municipality", "municipality2", "school", "school2", "school_b")
DUE = clock.today("Asia/Sakhalin") + timedelta(days=30)


@pytest.fixture
def held(engine, world):
    framework = build_framework(engine, world)
    found = hold_round(engine, world, units=UNITS, framework=framework, due_on=DUE, locks_on=DUE)
    for unit in ("school", "school_b"):
        fill_sheet(engine, world, found, unit, {"Д1": "2", "Д2": "1", "Г1": "0"}, status=AssessmentStatus.ACCEPTED)
    return found


def compose(client, held, unit_id) -> int:
    answer = client.post(f"/analytical-notes/round/{held.round_id}", {"about": str(unit_id)})
    assert answer.status_code == 302, answer.text
    return int(re.fullmatch(r"/analytical-notes/(\d+)", answer.location)[1])


def prepare(client, note: int) -> int:
    answer = client.post(f"/analytical-notes/{note}/send")
    assert answer.status_code == 302, answer.text
    order = int(re.fullmatch(r"/orders/(\d+)", answer.location)[1])
    typed = {"kind": "letter", "number": "15", "dated_on": DUE.isoformat(), "title": "О справке", "version": "1"}
    assert client.post(f"/orders/{order}/heading", {**typed, "issuer_name": "Министерство"}).status_code == 302
    return order


def test_from_the_figures_to_the_acknowledgement(browser, engine, world, held):
    region, town = browser("region"), browser("municipality")
    page = region.get(f"/monitoring-rounds/{held.round_id}/notes", follow_redirects=True).text
    assert "Справок по этому циклу нет" in page
    assert "справка будет предварительной" in page
    note = compose(region, held, world.units["region"])
    page = region.get(f"/analytical-notes/{note}").text
    assert "Письмо будет адресовано всем муниципалитетам. В справке названы результаты каждого муниципалитета" in page
    assert "не отправлена" in region.get(f"/analytical-notes/round/{held.round_id}").text

    order = prepare(region, note)
    draft = region.get(f"/orders/{order}").text
    assert f'Приложение: <a href="/analytical-notes/{note}">' in draft
    assert "Подготовить письмо" not in region.get(f"/analytical-notes/{note}").text
    assert region.post(f"/analytical-notes/{note}/send").status_code == 409
    assert town.get(f"/analytical-notes/{note}").status_code == 404
    assert town.get(f"/analytical-notes/{note}/download").status_code == 404
    assert issue(region, order) == 2

    with open_session(engine, reason="tests look for the assignment") as session:
        wanted = select(Assignment.id).where(Assignment.order_id == order)
        given = session.scalar(wanted.where(Assignment.org_unit_id == world.units["municipality"]))
    for address in (f"/orders/{order}", f"/assignments/{given}"):
        assert f'<a href="/analytical-notes/{note}/download" download>скачать</a>' in town.get(address).text
    answer = town.get(f"/analytical-notes/{note}/download")
    assert answer.status_code == 200
    assert unquote(answer.headers["Content-Disposition"]).startswith("attachment;")
    assert "Аналитическая справка" in unquote(answer.headers["Content-Disposition"])
    assert "Аналитическая справка" in [each.text for each in Document(io.BytesIO(answer.data)).paragraphs]
    assert "0 из 1 ознакомились" in town.get("/analytical-notes/").text

    assert town.post(f"/assignments/{given}/acknowledge").status_code == 302
    page = region.get(f"/analytical-notes/{note}").text
    assert "1 из 2 ознакомились" in page
    assert f"ознакомлены {clock.today('Asia/Sakhalin'):%d.%m.%Y}" in page
    assert page.count("ещё не подтвердили") == 1
    seen_below = town.get(f"/analytical-notes/{note}").text
    assert "Анивский" not in seen_below
    assert "1 из 1 ознакомились" in seen_below


def test_who_may_download_it(browser, world, held):
    everybody = ("municipality2", "school", "school2", "school_b", "provider", "foreign_region", "foreign_municipality")
    note = compose(browser("municipality"), held, world.units["municipality"])
    for login in everybody:
        for path in ("", "/download"):
            assert browser(login).get(f"/analytical-notes/{note}{path}").status_code == 404, login
    # The unit above sees what is made below it.
    assert browser("region").get(f"/analytical-notes/{note}/download").status_code == 200
    client = browser("municipality")
    page = client.get(f"/analytical-notes/{note}").text
    assert "В справке названы результаты каждой школы: их увидят все" in page
    assert issue(client, prepare(client, note)) == 2
    allowed = {
        login for login in everybody if browser(login).get(f"/analytical-notes/{note}/download").status_code == 200
    }
    assert allowed == {"school", "school2"}


def test_who_may_compose_and_send(browser, engine, world, held):
    address = f"/analytical-notes/round/{held.round_id}"
    about = {"about": str(world.units["region"])}
    for login, status in (
        ("observer", 403),
        ("school", 403),
        ("provider", 403),
        ("municipality", 404),
        ("foreign_region", 404),
    ):
        # A provider is not told which rounds there are.
        expected = {404, 403} if login == "provider" else {status}
        assert browser(login).post(address, about).status_code in expected, login
    assert "Составить справку" not in browser("observer").get(address).text
    assert browser("region").post(address, {"about": "x"}).status_code == 400
    draft = hold_round(
        engine, world, status=RoundStatus.DRAFT, title="Будущий", framework=(held.framework_id, held.criteria)
    )
    assert "Цикл ещё не открыт" in browser("region").get(f"/analytical-notes/round/{draft.round_id}").text
    assert browser("region").post(f"/analytical-notes/round/{draft.round_id}", about).status_code == 409
    note = compose(browser("municipality"), held, world.units["municipality"])
    assert browser("region").post(f"/analytical-notes/{note}/send").status_code == 403
    assert browser("school").post(f"/analytical-notes/{note}/send").status_code == 404


def test_a_deleted_letter_gives_the_note_back(browser, engine, world, held):
    client = browser("region")
    note = compose(client, held, world.units["municipality"])
    order = prepare(client, note)
    assert client.post(f"/orders/{order}/delete").status_code == 302
    with open_session(engine, reason="tests look at the note") as session:
        assert session.get_one(AnalyticalNote, note).order_id is None
        assert session.get(Order, order) is None
    assert "Подготовить письмо" in client.get(f"/analytical-notes/{note}").text


def test_a_withdrawn_addressee_is_no_reader(browser, engine, world, held):
    client = browser("region")
    note = compose(client, held, world.units["region"])
    order = prepare(client, note)
    issue(client, order)
    with open_session(engine, reason="tests withdraw an assignment") as session:
        session.connection(execution_options={"writes": True})
        wanted = select(Assignment).where(
            Assignment.order_id == order, Assignment.org_unit_id == world.units["municipality2"]
        )
        row = session.scalars(wanted).one()
        row.withdrawn_on, row.closing_reason, row.status = DUE, "ошибка", AssignmentStatus.WITHDRAWN
    page = client.get(f"/analytical-notes/{note}").text
    assert "0 из 1 ознакомились" in page
    assert "Анивский" not in page


def test_the_file_of_a_note_is_no_orphan(app, browser, engine, world, held):
    note = compose(browser("region"), held, world.units["region"])
    with open_session(engine, reason="tests look for the file") as session:
        digest = session.get_one(AnalyticalNote, note).digest
    path = app.extensions["file_store"].path_of(digest)
    os.utime(path, (1, 1))
    assert "Убрано файлов: 0; нужных файлов: 1." in app.test_cli_runner().invoke(args=("sweep-files",)).output
    assert path.exists()
