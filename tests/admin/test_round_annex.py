"""The annex of a round as a workbook: each one's own part, its heading, its name, its row in the journal."""

from __future__ import annotations

import io
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Assessment, AuditEvent
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus
from app.policies.unscoped import open_session
from tests.factories.monitoring import build_framework, fill_sheet, hold_round

pytestmark = pytest.mark.once

UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "regional_school")
NAMES = {
    "municipality": "Томаринский муниципальный округ",
    "municipality2": "Анивский муниципальный округ",
    "school": "МБОУ СОШ «school»",
    "school2": "МБОУ СОШ «school2»",
    "school_b": "МБОУ СОШ «school_b»",
    "regional_school": "Областной лицей: Сахалинская",
}
SEEN = {
    "region": set(UNITS),
    "observer": set(UNITS),
    "municipality": {"municipality", "school", "school2"},
    "municipality2": {"municipality2", "school_b"},
    # Units above are plain labels.
    "school": {"school", "municipality"},
    "regional_school": {"regional_school"},
}


@pytest.fixture
def held(engine, world):
    framework = build_framework(engine, world, caution="Предложение, не официальная форма.")
    hold_round(engine, world, units=UNITS, title="decoy", framework=framework)
    found = hold_round(engine, world, units=UNITS, title="Мониторинг ВСОКО 2026/27", framework=framework)
    for unit in UNITS:
        if not unit.startswith("municipality"):
            fill_sheet(engine, world, found, unit, {"Д1": "2", "Д2": None, "Г1": "0"}, status=Status.ACCEPTED)
    with open_session(engine, reason="tests name a reason") as session:
        session.connection(execution_options={"writes": True})
        for unit in ("municipality", "municipality2"):
            sheet = session.get_one(Assessment, found.assessments[unit])
            sheet.excused_reason, sheet.status = f"kanarejka-{unit}", Status.EXCUSED
    return found


def book_of(answer) -> openpyxl.Workbook:
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def words_of(book: openpyxl.Workbook) -> str:
    return "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value)


@pytest.mark.parametrize("login", SEEN)
def test_it_holds_the_asker_s_part_and_no_word_of_others(browser, held, login):
    words = words_of(book_of(browser(login).get(f"/monitoring-rounds/{held.round_id}/annex")))
    for unit, name in NAMES.items():
        assert (name in words) == (unit in SEEN[login]), unit
    for unit in ("municipality", "municipality2"):
        assert (f"kanarejka-{unit}\n" in f"{words}\n") == (unit in SEEN[login] and login != "school"), unit
    assert "decoy" not in words


def test_its_sheets_its_heading_and_its_row_in_the_journal(browser, engine, world, held):
    answer = browser("municipality").get(f"/monitoring-rounds/{held.round_id}/annex")
    book = book_of(answer)
    assert book.sheetnames == [
        "Реестр листов",
        "Матрица",
        "Матрица (муниципалитеты)",
        "Свод по муниципалитетам",
        "Изменено после утверждения",
    ]
    words = words_of(book)
    for said in (
        "Мониторинг ВСОКО 2026/27. Реестр листов оценки",
        "Набор критериев: Школьный лист ВСОКО, редакция 1 (предложение, не официальная форма)",
        "Сформировал: Сотрудник municipality, в пределах: Томаринский муниципальный округ",
        "(UTC+11)",
    ):
        assert said in words, said
    assert unquote(answer.headers["Content-Disposition"]).startswith("attachment;")
    assert "Мониторинг ВСОКО 2026-27 на " in unquote(answer.headers["Content-Disposition"])
    with open_session(engine, reason="tests read the journal") as session:
        [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert (event.record_type, event.record_id) == ("monitoring_round", held.round_id)
    assert (event.actor_user_id, event.changes) == (world.users["municipality"], {"rows": [None, 3]})


def test_a_foreign_round_is_absent_and_a_draft_says_why(browser, engine, world, held):
    draft = hold_round(
        engine, world, status=RoundStatus.DRAFT, title="Будущий", framework=(held.framework_id, held.criteria)
    )
    assert browser("foreign_region").get(f"/monitoring-rounds/{held.round_id}/annex").status_code == 404
    assert browser("provider").get(f"/monitoring-rounds/{held.round_id}/annex").status_code == 403
    assert browser("municipality").get(f"/monitoring-rounds/{draft.round_id}/annex").status_code == 404
    assert browser("region").get(f"/monitoring-rounds/{draft.round_id}/annex").status_code == 409


def test_it_is_reached_from_the_catalogue_of_reports(browser, held):
    client = browser("municipality")
    page = client.get("/reports/").text
    assert f'<option value="{held.round_id}">Мониторинг ВСОКО 2026/27</option>' in page
    before = page.count("Последний раз")
    answer = client.get(f"/reports/round-results?round={held.round_id}")
    assert answer.location == f"/monitoring-rounds/{held.round_id}/annex"
    assert client.get(answer.location).status_code == 200
    assert client.get("/reports/").text.count("Последний раз") == before + 1
    assert client.get("/reports/round-results?round=x").status_code == 400
    assert "Результаты мониторинга" not in browser("provider").get("/reports/").text
