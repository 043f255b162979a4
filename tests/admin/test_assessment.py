"""The page of a sheet by plain forms and by its script's requests: filled, proved, sent, checked, returned, agreed."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore, Membership
from app.models.enumeration import AssessmentStatus, Duty
from app.policies.unscoped import open_session
from app.services import clock, expertise
from app.services.expertise import TypedScore
from tests.factories.monitoring import Held, fill_sheet, hold_round
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

GOOD = {"Д1": "2", "Д2": "2", "Г1": "1"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def held(engine, world) -> Held:
    hold_round(engine, world, holder="foreign_region", units=("foreign_school",))
    return hold_round(engine, world)


def sheet(engine, number: int) -> Assessment:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(Assessment, number)


def score(engine, held: Held, unit: str, code: str) -> CriterionScore:
    with open_session(engine, reason="tests look") as session:
        return session.scalars(
            select(CriterionScore).where(
                CriterionScore.assessment_id == held.assessments[unit],
                CriterionScore.criterion_id == held.criteria[code],
            )
        ).one()


def at(held: Held, code: str, act: str = "", unit: str = "school") -> str:
    return f"/assessments/{held.assessments[unit]}/criteria/{held.criteria[code]}{act}"


def test_an_answer_by_a_plain_form(held, engine, browser):
    school = browser("school")
    answer = school.post(at(held, "Д1"), {"value": "2", "comment": "Приказ № 17", "version": ""})
    assert answer.status_code == 302
    assert answer.location.endswith(f"#criterion-{held.criteria['Д1']}")
    kept = score(engine, held, "school", "Д1")
    assert (kept.value, kept.comment) == (2, "Приказ № 17")
    page = school.get(f"/assessments/{held.assessments['school']}").text
    assert "1 из 3" in page
    assert re.search(r'name="value" value="2"\s+checked', page)


def test_an_answer_by_the_script(held, engine, browser):
    school = browser("school")
    told = school.post(at(held, "Д1"), {"value": "2"}, headers=JSON).json
    assert told["version"] == score(engine, held, "school", "Д1").version
    assert told["answered"] is True
    assert told["sheet"]["now"] == sheet(engine, held.assessments["school"]).version
    assert "1 из 3" in told["parts"]["sheet-progress"]
    assert "<html" not in str(told)


@pytest.mark.parametrize(
    ("value", "sentence"), [("7", "Выберите один из ответов"), ("много", "Введите число"), ("0_2", "Введите число")]
)
def test_an_answer_that_the_scale_does_not_have(held, browser, value, sentence):
    school = browser("school")
    refused = school.post(at(held, "Д1"), {"value": value, "comment": "Моё пояснение"})
    assert refused.status_code == 422
    assert sentence in refused.text
    # What was typed is still there.
    assert "Моё пояснение" in refused.text
    told = school.post(at(held, "Д1"), {"value": value}, headers=JSON)
    assert (told.status_code, told.json["field"]) == (422, "value")


def test_two_windows_lose_neither_answer(held, engine, browser):
    school = browser("school")
    first = school.post(at(held, "Д1"), {"value": "2", "comment": "из первого окна"}, headers=JSON).json
    conflict = school.post(at(held, "Д1"), {"value": "1", "comment": "из второго"}, headers=JSON)
    assert conflict.status_code == 409
    assert conflict.json["kind"] == "conflict"
    assert conflict.json["theirs"] == {
        "value": "2",
        "comment": "из первого окна",
        "na_reason": "",
        "dispute_reason": "",
        "remark": "",
        "version": first["version"],
    }
    # Without a script both stand on the page, and the next try is against what is there now.
    page = school.post(at(held, "Д1"), {"value": "1", "comment": "из второго"})
    assert page.status_code == 409
    assert "из первого окна" in page.text
    assert ">из второго</textarea>" in page.text
    assert f'name="version" value="{first["version"]}"' in page.text
    assert score(engine, held, "school", "Д1").comment == "из первого окна"


def test_shares_are_typed_as_people_write_them(held, engine, browser):
    town = browser("municipality")
    assert town.post(at(held, "М2", unit="municipality"), {"value": " 83,5 %"}).status_code == 302
    assert str(score(engine, held, "municipality", "М2").value) == "83.50"
    assert 'value="83,5"' in town.get(f"/assessments/{held.assessments['municipality']}").text
    assert town.post(at(held, "М2", unit="municipality"), {"value": "83,555"}).status_code == 422
    version = str(score(engine, held, "municipality", "М2").version)
    typed = {"na": "1", "na_reason": "нет школ", "version": version}
    assert town.post(at(held, "М2", unit="municipality"), typed).status_code == 302
    assert score(engine, held, "municipality", "М2").is_na


def test_proof_is_attached_and_taken_away(held, browser):
    school = browser("school")
    assert "Новый файл" in school.get(at(held, "Д1", "/evidence")).text
    refused = school.post(at(held, "Д1", "/evidence"), {"evidence_kind": "local_act"})
    assert refused.status_code == 422
    assert "выберите файл или вставьте ссылку" in refused.text
    typed = {"evidence_kind": "local_act", "evidence_title": "Положение", "evidence": (io.BytesIO(b"text"), "p.txt")}
    assert school.post(at(held, "Д1", "/evidence"), typed, content_type="multipart/form-data").status_code == 302
    page = school.get(f"/assessments/{held.assessments['school']}").text
    assert "Положение" in page
    assert "p.txt" in page
    # What is there is offered to the next criterion.
    part = school.get(at(held, "Д2", "/evidence"), headers={"HX-Request": "true"}).text
    assert "<html" not in part
    # A refused form comes back into its own place: what is attached stays on the page.
    refused = school.post(at(held, "Д2", "/evidence"), {"evidence_kind": "local_act"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert f'id="{refused.headers["HX-Retarget"].removeprefix("#")}"' in refused.text
    chosen = re.search(r'name="existing" value="(\d+)"', part)
    assert chosen is not None
    fresh = school.post(at(held, "Д2", "/evidence"), {"existing": chosen[1]}, headers={"HX-Request": "true"}).text
    assert "Положение" in fresh
    assert 'id="sheet-progress"' in fresh
    assert school.post(at(held, "Д2", f"/evidence/{chosen[1]}/detach")).status_code == 302
    assert school.post(at(held, "Д2", f"/evidence/{chosen[1]}/detach")).status_code == 404


def test_the_sending_lists_what_is_missing(held, engine, world, browser):
    school, number = browser("school"), held.assessments["school"]
    school.post(at(held, "Д1"), {"value": "2"})
    page = school.get(f"/assessments/{number}/send").text
    for code in ("Д2", "Г1"):
        assert f'href="/assessments/{number}#criterion-{held.criteria[code]}"' in page
    assert "приложите подтверждение" in page
    assert "Отправить на проверку" not in page
    refused = school.post(f"/assessments/{number}/submit", {"version": ""})
    assert refused.status_code == 422
    assert "Лист не отправлен" in refused.text
    assert sheet(engine, number).status is AssessmentStatus.DRAFT


def test_the_checker_differs_returns_and_the_school_reads_it(held, engine, world, browser):
    fill_sheet(engine, world, held, "school", GOOD, status=AssessmentStatus.SUBMITTED)
    town, number = browser("municipality"), held.assessments["school"]
    version = str(score(engine, held, "school", "Д1").version)
    typed = {"value": "1", "comment": "Нет подписи", "remark": "Подпишите положение", "version": version}
    told = town.post(at(held, "Д1", "/check"), typed, headers=JSON)
    assert (told.status_code, told.json["differs"], told.json["points"]) == (200, True, "1 балл из 2")
    page = town.get(f"/assessments/{number}").text
    assert re.search(r"data-differs >\s*оценки расходятся", page)
    assert page.count("Нет подписи") == 1
    assert town.post(f"/assessments/{number}/return", {"note": "  "}).status_code == 302
    mine = browser("school").get(f"/assessments/{number}").text
    assert "Подпишите положение" in mine
    assert "Нет подписи" in mine
    # The unit's own answer is as it was; an empty value of the checker agrees with it again.
    assert score(engine, held, "school", "Д1").value == 2


def test_an_empty_value_of_the_checker_takes_theirs_back(held, engine, world, browser):
    fill_sheet(engine, world, held, "school", GOOD, status=AssessmentStatus.SUBMITTED)
    town = browser("municipality")
    town.post(at(held, "Д1", "/check"), {"value": "1", "version": "1"})
    version = str(score(engine, held, "school", "Д1").version)
    assert town.post(at(held, "Д1", "/check"), {"value": "", "comment": "но", "version": version}).status_code == 422
    assert town.post(at(held, "Д1", "/check"), {"value": "", "version": version}).status_code == 302
    assert score(engine, held, "school", "Д1").checked_value is None


def test_experts_are_given_the_sheet_and_their_values_agreed(held, engine, world, browser, work, actor):
    fill_sheet(engine, world, held, "school", GOOD, status=AssessmentStatus.SUBMITTED)
    with open_session(engine, reason="tests give a duty") as session:
        session.connection(execution_options={"writes": True})
        region = world.units["region"]
        session.add(Membership(user_id=world.users["observer"], org_unit_id=region, duty=Duty.EXPERT))
    town, number = browser("region"), held.assessments["school"]
    assert "Сотрудник observer" in town.get(f"/assessments/{number}").text
    chosen = {"user_ids": str(world.users["observer"])}
    assert town.post(f"/assessments/{number}/experts", chosen).status_code == 302
    assert town.post(f"/assessments/{number}/experts", {"user_ids": "999"}).status_code == 404
    session = work("observer")
    session.connection(execution_options={"writes": True})
    mine = expertise.of_assessment(session, session.get_one(Assessment, number))[0]
    expertise.score(session, actor("observer"), mine, held.criteria["Д1"], TypedScore(Decimal(1), comment="слабо"))
    assert "слабо" not in town.get(f"/assessments/{number}").text
    expertise.hand_in(session, actor("observer"), mine, "В целом", now=clock.now(), partial=True)
    session.commit()
    page = town.get(f"/assessments/{number}").text
    assert "слабо" in page
    assert "Согласовать совпавшие (1)" in page
    typed = {"value": "0", "comment": "так решили", "version": str(score(engine, held, "school", "Д1").version)}
    assert town.post(at(held, "Д1", "/agree"), typed).status_code == 302
    assert score(engine, held, "school", "Д1").agreed_value == 0
    assert town.post(f"/assessments/{number}/experts/{mine.id}/unassign").status_code == 409


def test_a_foreign_sheet_is_an_absent_one(held, world, browser):
    for login in ("school2", "municipality2", "foreign_region", "provider"):
        client = browser(login)
        closed = 403 if login == "provider" else 404
        assert client.get(f"/assessments/{held.assessments['school']}").status_code == closed, login
        assert client.post(at(held, "Д1"), {"value": "1"}).status_code == closed, login
    # A criterion of the municipal sheet is none of a school's.
    assert browser("school").post(at(held, "М1"), {"value": "1"}).status_code == 404
    assert browser("municipality").post(at(held, "Д1"), {"value": "1"}).status_code == 403


def test_statements_do_not_grow_with_the_criteria(held, engine, world, browser):
    school = browser("school")
    address = f"/assessments/{held.assessments['school']}"
    school.get(address)
    with counted(engine) as empty:
        school.get(address)
    fill_sheet(engine, world, held, "school", GOOD)
    with counted(engine) as filled:
        school.get(address)
    assert len(filled) <= len(empty) + 1, filled
    assert len(filled) < 45, len(filled)
