"""The letter of a report through the pages: proposed, saved, downloaded with what it lists; and who may do which."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from docx import Document
from sqlalchemy import select

from app.models import AnswerLetter, AssignmentReport, AuditEvent, OrgUnit
from app.models.enumeration import ReportOutcome
from app.policies.unscoped import open_session
from tests.admin.assignment_pages import LATER, a_file, report
from tests.factories.order import Point, add_report, issue_order

pytestmark = pytest.mark.once

SIGNED = "И.о. начальника отдела образования администрации Е.Н.Рябкина"


@pytest.fixture
def issued(engine, world):
    with open_session(engine, reason="tests name the site") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(OrgUnit, world.units["school"]).email = "school@example.ru"
    return issue_order(
        engine,
        world,
        issuer="municipality",
        points=(Point("1", due_on=LATER, to=("school", "school2"), text="проработать ВСОКО"),),
        number="07-12/222",
        title="О проработке ВСОКО",
        issuer_name="Отдел образования",
        signed_by=SIGNED,
    )


def reported(client, engine, issued, unit="school", **typed) -> str:
    number = issued.assignments["1", unit]
    client.post(f"/assignments/{number}/take")
    answer = report(client, number, **{"version": "2", "text": "ВСОКО утверждена.\nСайт обновлён.", **typed})
    assert answer.status_code == 302, answer.text
    with open_session(engine, reason="tests look") as session:
        found = session.scalar(select(AssignmentReport.id).where(AssignmentReport.assignment_id == number))
    return f"/assignments/{number}/reports/{found}/letter"


def values_of(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    found = {name: value for name, value in found.items() if name not in {"csrf_token", "q"}}
    return found | {name: text.strip() for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)', page)}


def texts(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    return [text.replace("\xa0", " ") for text in cells + [paragraph.text for paragraph in document.paragraphs]]


def test_from_the_report_to_the_package(browser, engine, issued):
    school, town, other = browser("school"), browser("municipality"), browser("school2")
    proof = {"evidence": a_file("Положение.txt"), "evidence_title": "Положение о ВСОКО", "evidence_number": "5"}
    address = reported(school, engine, issued, **proof, url="https://school.example.ru/vsoko")
    page = school.get(address).text
    assert "ещё не сохранено" in page
    assert f'<a class="button small" href="{address}">' in school.get(address.split("/reports")[0]).text
    assert town.get(address).status_code == other.get(address).status_code == 404
    assert school.get(f"{address}.docx").status_code == 404

    typed = values_of(page)
    assert typed["addressee"] == "И.о. начальника отдела образования администрации\nРябкиной Е. Н."
    assert typed["title"] == "Информация о выполненной работе по пункту 1 распоряжения от 01.09.2026 № 07-12/222"
    assert typed["body"].endswith("ВСОКО утверждена.\nСайт обновлён.")
    assert typed["executor"] == "Сотрудник school"
    refused = school.post(address, typed | {"title": " ", "number": "15"})
    assert refused.status_code == 422
    assert 'value="15"' in refused.text
    assert "Напишите заголовок" in refused.text
    saying = {
        "number": "15/2",
        "dated_on": "2026-11-20",
        "signatory_position": "Директор",
        "signatory_name": "А. & <Б>",
    }
    typed |= saying | {"body": f"Уважаемая Елена Николаевна!\n{typed['body']}"}
    assert school.post(address, typed).status_code == 302
    # A window that was open before does not write over it unseen.
    stale = school.post(address, typed | {"title": "О другом"})
    assert stale.status_code == 409
    assert "О другом" in stale.text
    assert "Письмо успели изменить" in stale.text

    answer = school.get(f"{address}.docx")
    assert answer.status_code == 200
    assert unquote(answer.headers["Content-Disposition"]).endswith("Письмо № 15-2 от 20.11.2026.docx")
    told = texts(answer.data)
    for line in (
        "МБОУ СОШ «school»",
        "Томаринский муниципальный округ",
        "school@example.ru",
        "20.11.2026 № 15/2",
        "на № 07-12/222 от 01.09.2026",
        "Уважаемая Елена Николаевна!",
        "Сайт обновлён.",
        "1.\tПоложение о ВСОКО № 5 (файл «01 Положение.txt»);",
        "2.\tПоложение о ВСОКО № 5: https://school.example.ru/vsoko.",
        "А. & <Б>",
        "Исп. Сотрудник school",
    ):
        assert line in told, line

    package = school.get(f"{address}.zip")
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        names = archive.namelist()
        assert names == ["Письмо № 15-2 от 20.11.2026.docx", "01 Положение.txt", "Ссылки.txt"]
        assert texts(archive.read(names[0])) == told
        assert archive.read(names[1]).decode() == "Положение о ВСОКО"
        assert "https://school.example.ru/vsoko" in archive.read(names[2]).decode("utf-8-sig")

    # Those above read what is saved and change nothing; a neighbour does not know of it.
    seen = town.get(address)
    assert seen.status_code == 200
    assert "<textarea" not in seen.text
    assert town.post(address, typed).status_code == 403
    assert town.get(f"{address}.docx").status_code == 200
    assert other.get(f"{address}.zip").status_code == other.post(address, typed).status_code == 404
    with open_session(engine, reason="tests look into the journal") as session:
        taken = select(AuditEvent.note).where(AuditEvent.record_type == "answer_letter", AuditEvent.action == "export")
        assert session.scalars(taken.order_by(AuditEvent.id)).all() == ["письмо", "письмо с приложениями", "письмо"]


def test_the_next_letter_knows_who_signs_and_a_recalled_report_has_none(browser, engine, world, issued):
    school = browser("school")
    address = reported(school, engine, issued)
    typed = values_of(school.get(address).text) | {"signatory_position": "Директор", "signatory_name": "И. И. Иванова"}
    assert school.post(address, typed | {"executor": "Сотрудник school, 2-82-09"}).status_code == 302
    assert school.post(f"{address.split('/reports')[0]}/recall").status_code == 302
    assert school.post(address, typed | {"version": "1"}).status_code == 409
    number = issued.assignments["1", "school"]
    assert report(school, number, version="4", text="Заново").status_code == 302
    with open_session(engine, reason="tests look") as session:
        assert session.scalar(select(AnswerLetter.executor)) == "Сотрудник school, 2-82-09"
        again = session.scalar(select(AssignmentReport.id).order_by(AssignmentReport.id.desc()))
    page = values_of(school.get(f"/assignments/{number}/reports/{again}/letter").text)
    assert page["signatory_name"] == "И. И. Иванова"
    assert page["executor"] == "Сотрудник school, 2-82-09"
    assert page["version"] == "0"
    foreign = issued.assignments["1", "school2"]
    assert school.get(f"/assignments/{foreign}/reports/{again}/letter").status_code == 404


def test_what_a_municipality_passed_on_is_answered_to_it(browser, engine, world):
    to = {"municipality": {}, "school": {"parent": "municipality"}}
    issued = issue_order(engine, world, points=(Point("1", due_on=LATER, to=to),), signed_by="Министр А.Н. Киктева")
    written = {}
    for unit in to:
        number = issued.assignments["1", unit]
        found = add_report(engine, world, unit, number, outcome=ReportOutcome.PARTIAL, reason="нет учителя")
        written[unit] = values_of(browser(unit).get(f"/assignments/{number}/reports/{found}/letter").text)
    assert written["municipality"]["addressee"] == "Министру\nКиктевой А. Н."
    assert written["school"]["addressee"] == "Томаринскому муниципальному округу"
    assert written["school"]["body"].endswith("Сделано\nПоручение исполнено частично.\nПричина: нет учителя")
