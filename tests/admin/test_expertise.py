"""The expert's pages: what is given to them, values typed and refused, handed in and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Expertise, ExpertScore, Membership
from app.models.enumeration import AssessmentStatus, Duty, ExpertiseStatus, ScaleKind
from app.policies.unscoped import open_session
from tests.factories.monitoring import C, build_framework, fill_sheet, hold_round
from tests.factories.world import add_user

pytestmark = pytest.mark.once

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
CRITERIA = (C("Д1"), C("Ч1", "Число", scale=ScaleKind.SHARE, max_points="100", levels=()))


@pytest.fixture
def given(engine, world):
    """Two experts on one sheet: their expertises by login, and the round."""
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=CRITERIA))
    fill_sheet(engine, world, held, "school", {"Д1": "2", "Ч1": "50"}, status=AssessmentStatus.SUBMITTED, comment="так")
    numbers = {}
    with open_session(engine, reason="tests give a sheet to experts") as session:
        session.connection(execution_options={"writes": True})
        for login in ("expert1", "expert2"):
            person = add_user(session, world, login, world.units["municipality"], Duty.EXPERT)
            made = Expertise(
                org_unit_id=world.units["school"],
                assessment_id=held.assessments["school"],
                user_id=person.id,
                expert_name=person.name,
                assigned_at=NOW,
                assigned_by="Кто-то",
            )
            session.add(made)
            session.flush()
            numbers[login] = made.id
    return numbers, held


def stored(engine, number):
    with open_session(engine, reason="tests look at all rows") as session:
        rows = session.scalars(select(ExpertScore).where(ExpertScore.expertise_id == number))
        return session.get_one(Expertise, number).status, {row.criterion_id: row for row in rows}


def test_the_work_of_an_expert(engine, world, browser, given):
    numbers, held = given
    graded, share = held.criteria["Д1"], held.criteria["Ч1"]
    me = browser("expert1")
    page = me.get("/expertises/").text
    assert "Ждут ваших значений: 1" in page
    assert "МБОУ СОШ «school»" in page
    assert "Мои экспертизы" not in browser("region").get("/expertises/").text
    base = f"/expertises/{numbers['expert1']}"
    page = me.get(base).text
    assert "50\u00a0%" in page
    assert ">так<" in page
    # What is wrong is told at its place, and everything typed stays in the page.
    typed = {f"c{graded}-value": "1", f"c{graded}-comment": "почти", f"c{share}-value": "сто"}
    answer = me.post(f"{base}/scores", typed)
    assert answer.status_code == 422
    assert f'href="#criterion-{share}"' in answer.text
    assert 'value="сто"' in answer.text
    assert ">почти</textarea>" in answer.text
    assert stored(engine, numbers["expert1"])[1] == {}
    answer = me.post(f"{base}/scores", typed | {f"c{share}-value": "120"})
    assert answer.status_code == 422
    assert "от 0 до 100" in answer.text
    assert me.post(f"{base}/scores", typed | {f"c{share}-value": ""}).status_code == 302
    status, rows = stored(engine, numbers["expert1"])
    assert (status, set(rows)) == (ExpertiseStatus.ASSIGNED, {graded})
    assert (rows[graded].value, rows[graded].comment) == (Decimal(1), "почти")
    # Handing in saves what stands in the page, and names what is missing.
    answer = me.post(f"{base}/hand-in", {f"c{graded}-value": "na", f"c{share}-value": "", "conclusion": "Вывод"})
    assert answer.status_code == 422
    assert "Нет значений по критериям: Ч1" in answer.text
    assert "Вывод</textarea>" in answer.text
    full = {f"c{graded}-value": "na", f"c{share}-value": "83,5 %", "conclusion": "Вывод"}
    assert me.post(f"{base}/hand-in", full).status_code == 302
    status, rows = stored(engine, numbers["expert1"])
    assert (status, rows[graded].is_na, rows[share].value) == (ExpertiseStatus.HANDED_IN, True, Decimal("83.5"))
    assert me.post(f"{base}/scores", full).status_code == 409
    assert me.post(f"{base}/take-back", {"note": ""}).status_code == 422
    assert me.post(f"{base}/take-back", {"note": "ошибся"}).status_code == 302
    assert stored(engine, numbers["expert1"])[0] is ExpertiseStatus.ASSIGNED


def test_another_expertise_is_closed_until_it_is_handed_in(engine, world, browser, given):
    numbers, held = given
    base = f"/expertises/{numbers['expert1']}"
    full = {f"c{held.criteria['Д1']}-value": "2", f"c{held.criteria['Ч1']}-value": "7"}

    def answers():
        logins = ("expert2", "municipality", "region", "school", "municipality2", "foreign_region")
        return {login: browser(login).get(base).status_code for login in logins}

    away = {"school": 403, "municipality2": 404, "foreign_region": 404}
    assert answers() == {"expert2": 403, "municipality": 403, "region": 403} | away
    assert browser("expert2").post(f"{base}/scores", full).status_code == 403
    assert browser("expert1").post(f"{base}/hand-in", full).status_code == 302
    assert answers() == {"expert2": 403, "municipality": 200, "region": 200} | away
    page = browser("municipality").get(base)
    assert "7\u00a0%" in page.text
    assert "<textarea" not in page.text
    assert browser("municipality").post(f"{base}/scores", full).status_code == 403


def test_a_conclusion_is_no_news_to_an_expert_who_still_owes(engine, world, browser, work, given):
    """Nor by the sheet, nor by the other's page to one who also leads the check, nor by the journal."""
    numbers, held = given
    with open_session(engine, reason="tests give an expert more duties") as session:
        session.connection(execution_options={"writes": True})
        here = world.units["municipality"]
        session.add(Membership(user_id=world.users["expert2"], org_unit_id=here, duty=Duty.APPROVER))
    full = {f"c{held.criteria['Д1']}-value": "2", f"c{held.criteria['Ч1']}-value": "7", "conclusion": "Сильная школа"}
    pages = (f"/expertises/{numbers['expert1']}", f"/assessments/{held.assessments['school']}")
    assert browser("expert1").post(f"/expertises/{numbers['expert1']}/hand-in", full).status_code == 302

    def told(login):
        return ["Сильная школа" in browser(login).get(page).text for page in pages]

    assert told("expert2") == [False, False]
    assert told("municipality") == [True, True]
    journal = select(AuditEvent).where(AuditEvent.record_type == "expertise")
    assert not [row for row in work("expert2").scalars(journal) if "Сильная" in str(row.changes)]
    own = {name: value for name, value in full.items() if name != "conclusion"}
    assert browser("expert2").post(f"/expertises/{numbers['expert2']}/hand-in", own).status_code == 302
    assert told("expert2") == [True, True]
