"""The sheet on paper, the check of its code, and the rows behind a counted number."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from app.models import Assessment, CriterionScore
from app.models.enumeration import AssessmentStatus, Metric
from app.policies.unscoped import open_session
from app.services import assessment as assessments
from app.services import assessment_approval as approvals
from tests.factories.monitoring import C, build_framework, fill_sheet, hold_round
from tests.factories.training import add_certificate, add_person
from tests.services.approved_sheets import tamper

pytestmark = pytest.mark.once

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
ACT = {"version": None, "today": TODAY, "now": NOW}
CRITERIA = (C("Д1", title="Положение о ВСОКО"), C("О1", "Кадры", more={"metric": Metric.HEAD_TRAINED}))


@pytest.fixture
def held(engine, world):
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=CRITERIA))
    for unit in ("school", "school2"):
        values = {"Д1": "2", "О1": None}
        fill_sheet(engine, world, held, unit, values, status=AssessmentStatus.ACCEPTED, comment=f"слово {unit}")
    return held


def approve(work, actor, held, unit="school"):
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments[unit])
    assessments.approve(session, actor("region"), sheet, **ACT)
    code, digest = approvals.latest(session, sheet).code, approvals.latest(session, sheet).digest
    session.commit()
    return code, digest


def test_the_paper_shows_the_snapshot_with_its_code(engine, world, work, actor, browser, held):
    address = f"/assessment-papers/{held.assessments['school']}"
    draft = browser("school").get(address)
    assert draft.status_code == 200
    assert "Проект, не утверждён" in draft.text
    assert "SHA-256" not in draft.text
    code, digest = approve(work, actor, held)
    for login in ("school", "municipality", "region"):
        page = browser(login).get(address).text
        assert code in page
        assert digest in page
        assert "Положение о ВСОКО" in page
        assert "слово school<" in page
        assert "2 — ответ 2" in page
        # As on the page of the sheet: no ten thousandths of a percent.
        assert "100\u202f%, уровень высокий" in page
        assert "н/п" in page
        assert "Проект, не утверждён" not in page
        assert "Изменено после утверждения" not in page
    for login in ("school2", "municipality2", "foreign_region"):
        assert browser(login).get(address).status_code == 404
    with open_session(engine, reason="tests change a word") as session:
        session.connection(execution_options={"writes": True})
        score = session.query(CriterionScore).filter_by(criterion_id=held.criteria["Д1"], comment="слово school").one()
        score.comment = "другое слово"
    page = browser("school").get(address).text
    assert "Изменено после утверждения: 1." in page
    # What was approved is printed, and beside it what has changed.
    assert re.search(r"<td>слово school</td>\s*<td>другое слово</td>", page)
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assessments.unapprove(session, actor("region"), sheet, note="ошибка", **ACT)
    session.commit()
    page = browser("school").get(address).text
    assert "Проект, не утверждён" in page
    assert code not in page


def test_a_spoilt_record_is_told_on_paper_and_by_its_code(engine, world, work, actor, browser, held):
    code, digest = approve(work, actor, held)
    session = work("region")
    number = approvals.latest(session, session.get_one(Assessment, held.assessments["school"])).id
    session.close()
    tamper(engine, number, canonical='{"format":1}')
    page = browser("school").get(f"/assessment-papers/{held.assessments['school']}").text
    assert "Запись об утверждении повреждена" in page
    assert digest not in page
    page = browser("school").get("/assessment-papers/", query_string={"code": code})
    assert page.status_code == 200
    assert "Запись об утверждении повреждена" in page.text
    assert "соответствует" not in page.text


def test_a_code_is_checked_only_in_scope(engine, world, work, actor, browser, held):
    code, digest = approve(work, actor, held)
    for login in ("school", "municipality", "region"):
        page = browser(login).get("/assessment-papers/", query_string={"code": code.lower()})
        assert page.status_code == 200
        assert "Бумага соответствует записи" in page.text
        assert digest in page.text
    unknown = browser("school2").get("/assessment-papers/", query_string={"code": "0000-0000-00"})
    foreign = browser("school2").get("/assessment-papers/", query_string={"code": code})
    assert (unknown.status_code, foreign.status_code) == (404, 404)

    def without_what_varies(page, typed):
        return re.sub(r'(nonce|value|content)="[^"]*"', "", page.text.replace(typed, ""))

    assert without_what_varies(unknown, "0000-0000-00") == without_what_varies(foreign, code)
    assert browser("region").get("/assessment-papers/").status_code == 200
    assert browser("provider").get("/assessment-papers/", query_string={"code": code}).status_code == 403
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assessments.unapprove(session, actor("region"), sheet, note="ошибка", **ACT)
    session.commit()
    page = browser("school").get("/assessment-papers/", query_string={"code": code}).text
    assert "Утверждение снято: сейчас лист «принят»" in page
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assessments.approve(session, actor("region"), sheet, **ACT)
    session.commit()
    page = browser("school").get("/assessment-papers/", query_string={"code": code}).text
    assert "Бумага от прежнего утверждения" in page


def test_a_counted_number_opens_into_its_rows(engine, world, work, actor, browser, held):
    for unit in ("school", "school2"):
        person = add_person(engine, world, unit, last_name=f"Директор-{unit}")
        paper = add_certificate(engine, world, person, number=unit)
        if unit == "school":
            waiting = paper
    base = f"/assessment-papers/{held.assessments['school']}/counted"
    page = browser("municipality").get(f"{base}/{held.criteria['О1']}")
    assert page.status_code == 200
    assert f'href="/certificates/{waiting}"' in page.text
    assert "тема документа не указана" in page.text
    assert "Директор-school2" not in page.text
    assert browser("school2").get(f"{base}/{held.criteria['О1']}").status_code == 404
    for number in (held.criteria["Д1"], 2**70):
        assert browser("school").get(f"{base}/{number}").status_code == 404
