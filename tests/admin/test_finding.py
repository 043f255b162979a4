"""Findings in pages: from the place where the weakness is seen to the register, and what becomes of them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.models import AuditEvent, Finding, FindingCause, MeasureTemplate
from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import FindingSeverity, FindingStatus, MeasureStatus
from app.policies.unscoped import open_session
from app.services import clock
from tests.factories.measures import add_cause, add_finding, add_measure, add_template
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.order import Point, issue_order
from tests.factories.training import writing

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once
HOSTILE = "Положения <b>нет</b>"
TYPED = {"text": HOSTILE, "severity": "major", "found_on": "2026-11-01", "cause_id": ""}


def all_of(engine, **values):
    with writing(engine) as session:
        found = session.query(Finding).filter_by(**values).order_by(Finding.id).all()
        for one in found:
            session.expunge(one)
        return found


def test_a_weak_answer_is_written_down_on_the_sheet_and_lives_its_life(engine, world, browser):
    cause = add_cause(engine, world)
    held = hold_round(engine, world)
    scores = fill_sheet(
        engine, world, held, "school", {"Д1": "0", "Д2": "2"}, status=AssessmentStatus.SUBMITTED, comment="нет"
    )
    above, school = browser("municipality"), browser("school")
    sheet, way = f"/assessments/{held.assessments['school']}", f"/findings/new/?score={scores['Д1']}"
    for one in (above, school):
        page = one.get(sheet).text
        assert way in page
        assert f"?score={scores['Д2']}" not in page
    page = above.get(way).text
    assert "Критерий Д1: 0 из 2 — ответ 0" in page
    assert '<option selected value="critical">' in page
    assert browser("school2").get(way).status_code == 404
    assert above.post(way, TYPED | {"text": " "}).status_code == 422
    assert above.post(way, TYPED).status_code == 302
    [made] = all_of(engine, score_id=scores["Д1"])
    here = f"/findings/{made.id}"
    assert above.get(way).headers["Location"] == here
    assert f'href="{here}">недостаток открыт' in above.get(sheet).text
    page = above.get(here).text
    assert "&lt;b&gt;нет&lt;/b&gt;" in page
    assert HOSTILE not in page
    assert f"/corrective-measures/new/?finding={made.id}" in page
    assert "Отметить устранённым" in page
    # The unit tells the cause, and neither the wording nor the end is its.
    page = school.get(here).text
    assert "Отметить устранённым" not in page
    assert f"{here}/edit" not in page
    assert school.get(f"{here}/edit").status_code == 403
    assert school.post(f"{here}/resolve", {"version": "1"}).status_code == 403
    told = {"cause_id": str(cause), "why1": "некому", "why2": "вакансия", "version": "1"}
    assert school.post(f"{here}/analysis", told | {"why1": "я" * 1001}).status_code == 422
    assert school.post(f"{here}/analysis", told).status_code == 302
    assert school.post(f"{here}/analysis", told).status_code == 409
    page = above.get(here).text
    assert "вакансия" in page
    assert "Не хватает времени" in page
    # Two windows: the one that saves last is told what stands.
    answer = above.post(f"{here}/edit", TYPED | {"text": "другое", "version": "1"})
    assert answer.status_code == 409
    assert "Сейчас сохранено:</strong> Положения &lt;b&gt;нет" in answer.text
    changed = TYPED | {"text": "другое", "version": "2", "cause_id": str(cause)}
    assert above.post(f"{here}/edit", changed).status_code == 302
    assert above.post(f"{here}/dismiss", {"note": " "}).status_code == 422
    assert above.post(f"{here}/resolve", {"note": "проверено"}).status_code == 302
    assert all_of(engine, id=made.id)[0].status is FindingStatus.RESOLVED
    assert above.post(f"{here}/reopen", {"note": "снова"}).status_code == 302
    for stranger in ("school2", "municipality2", "foreign_region"):
        assert browser(stranger).get(here).status_code == 404
        assert browser(stranger).post(f"{here}/dismiss", {"note": "x"}).status_code == 404
    assert browser("admin").get(here).status_code in {403, 404}


def test_by_hand_and_from_a_late_assignment(engine, world, browser):
    today = clock.today("Asia/Sakhalin")
    issued = issue_order(
        engine,
        world,
        points=(
            Point("1", to=("school",), due_on=today - timedelta(days=3)),
            Point("2", to=("school",), due_on=today + timedelta(days=30)),
        ),
    )
    late, fresh = issued.assignments["1", "school"], issued.assignments["2", "school"]
    region = browser("region")
    assert f"/findings/new/?assignment={late}" in region.get(f"/assignments/{late}").text
    assert f"/findings/new/?assignment={fresh}" not in region.get(f"/assignments/{fresh}").text
    page = region.get(f"/findings/new/?assignment={late}").text
    assert re.search(r"<textarea[^>]*>\s*Распоряжение № .+, пункт 1: не исполнено в срок", page)
    assert region.get(f"/findings/new/?assignment={fresh}").status_code == 409
    assert region.post(f"/findings/new/?assignment={late}", TYPED).status_code == 302
    [made] = all_of(engine, assignment_id=late)
    assert f"/findings/{made.id}" in region.get(f"/assignments/{late}").text
    page = region.get("/findings/new/").text
    assert "МБОУ СОШ «school»" in page
    assert "foreign_school" not in page
    typed = TYPED | {"unit_id": str(world.units["school_b"]), "source": "inspection", "ground": ""}
    answer = region.post("/findings/new/", typed)
    assert answer.status_code == 422
    assert "чей акт" in answer.text
    assert region.post("/findings/new/", typed | {"ground": "акт № 1"}).status_code == 302
    assert region.post("/findings/new/", typed | {"unit_id": ""}).status_code == 422
    foreign = typed | {"unit_id": str(world.units["foreign_school"]), "ground": "акт"}
    assert region.post("/findings/new/", foreign).status_code == 404
    assert browser("observer").get("/findings/new/").status_code == 403
    assert "/findings/sweep" not in browser("provider").get("/findings/").text
    assert browser("provider").get("/findings/sweep").status_code == 403


def test_the_register_is_narrowed_and_acts_on_what_is_ticked(engine, world, browser):
    cause = add_cause(engine, world)
    held = hold_round(engine, world)
    scores = fill_sheet(engine, world, held, "school", {"Д1": "0"}, status=AssessmentStatus.ACCEPTED)
    bare = add_finding(engine, world, "school", text="Голый", score_id=scores["Д1"], cause_id=cause)
    live = add_finding(engine, world, "school2", text="Живой", severity=FindingSeverity.CRITICAL)
    done = add_finding(engine, world, "school_b", text="Сделанный", found_by="region")
    closed = add_finding(
        engine, world, "municipality2", text="Снятый", found_by="region", status=FindingStatus.DISMISSED
    )
    add_finding(engine, world, "foreign_school", text="Чужой", found_by="foreign_region")
    add_measure(engine, world, "municipality", findings=[live], units=("school2",))
    add_measure(engine, world, "school_b", findings=[done], status=MeasureStatus.DONE)
    add_measure(engine, world, "school", findings=[bare], status=MeasureStatus.CANCELLED)
    region = browser("region")
    texts = {"Голый": bare, "Живой": live, "Сделанный": done, "Снятый": closed}

    def listed(query: str, who=region) -> set[str]:
        page = who.get(f"/findings/?{query}").text
        assert "Чужой" not in page
        return {text for text in texts if text in page}

    for query, expected in (
        ("", set(texts)),
        ("measures=none", {"Голый", "Снятый"}),
        ("measures=live", {"Живой"}),
        ("measures=done", {"Сделанный"}),
        (f"cause={cause}", {"Голый"}),
        ("cause=none", {"Живой", "Сделанный", "Снятый"}),
        ("criterion=Д1", {"Голый"}),
        (f"round={held.round_id}", {"Голый"}),
        ("status=dismissed", {"Снятый"}),
        ("severity=critical&source=manual", {"Живой"}),
        (f"municipality={world.units['municipality']}", {"Голый", "Живой"}),
        (f"unit={world.units['school_b']}", {"Сделанный"}),
        ("q=жив", {"Живой"}),
        ("on_day=2026-11-01", set()),
    ):
        assert listed(query) == expected, query
    assert listed("", browser("municipality")) == {"Голый", "Живой"}
    for query in ("measures=some", "cause=x", "severity=bad"):
        assert region.get(f"/findings/?{query}").status_code == 400
    assert region.get("/findings/?filters=1").status_code == 200
    ids = [f"{bare}:1", f"{live}:1"]
    answer = region.post("/findings/plan", {"id": ids})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/corrective-measures/new/?finding={bare}&finding={live}",
    )
    assert region.post("/findings/to-order", {"id": ids}).headers["Location"].startswith("/findings/order?finding=")
    assert region.post("/findings/plan", {"id": [f"{n}:1" for n in range(1, 202)]}).status_code == 422
    assert region.post("/findings/plan", {}).status_code == 422
    assert region.post("/findings/cause-many", {"id": ids, "cause_id": ""}).status_code == 422
    assert "Причина записана".lower() in region.post("/findings/cause-many", {"id": ids, "cause_id": str(cause)}).text
    assert region.post("/findings/dismiss-many", {"id": [f"{bare}:1"], "note": ""}).status_code == 422
    page = region.post("/findings/dismiss-many", {"id": [f"{bare}:1", f"{live}:1"], "note": "ошибка"}).text
    assert "Сделано: 1 из 2" in page
    assert [one.status for one in all_of(engine, org_unit_id=world.units["school"])] == [FindingStatus.DISMISSED]
    assert "Сделано: 1 из 1" in region.post("/findings/resolve-many", {"id": [f"{done}:1"], "note": ""}).text
    assert browser("school").post("/findings/resolve-many", {"id": [f"{bare}:3"]}).status_code in {200, 403}
    book = load_workbook(io.BytesIO(region.get("/findings/export").data))
    assert {"Голый", "Живой"} <= {str(cell.value) for row in book.active for cell in row}


def test_all_below_a_threshold_in_one_act(engine, world, browser):
    held = hold_round(engine, world, units=("school", "school2", "school_b"))
    numbers = {
        unit: fill_sheet(engine, world, held, unit, values, status=AssessmentStatus.ACCEPTED)
        for unit, values in (("school", {"Д1": "0"}), ("school2", {"Д1": "1"}), ("school_b", {"Д1": "0"}))
    }
    region = browser("region")
    way = f"/findings/sweep?round={held.round_id}&amp;criterion={held.criteria['Д1']}"
    assert way in region.get(f"/monitoring-rounds/{held.round_id}/results").text
    assert f"/findings/sweep?round={held.round_id}" in region.get(f"/monitoring-rounds/{held.round_id}/grid").text
    assert f"/findings/sweep?round={held.round_id}" in region.get("/findings/sweep").text
    page = region.get(way.replace("&amp;", "&")).text
    for unit in numbers:
        assert f'name="score" value="{numbers[unit]["Д1"]}"' in page
    page = region.get(f"/findings/sweep?round={held.round_id}").text
    assert f'name="score" value="{numbers["school2"]["Д1"]}"' not in page
    assert "Порог — число" in region.get(f"/findings/sweep?round={held.round_id}&limit=много").text
    assert region.get(f"/findings/sweep?round={held.round_id}&by=eye").status_code == 400
    assert region.get("/findings/sweep?round=77777").status_code == 404
    sent = {"round": str(held.round_id), "limit": "100", "by": "percent", "severity": "share", "critical_to": "0"}
    sent |= {"major_to": "40", "cause_id": ""}
    assert region.post("/findings/sweep", sent).status_code == 422
    assert region.post("/findings/sweep", sent | {"major_to": "500", "score": "1"}).status_code == 422
    chosen = {"score": [str(numbers["school"]["Д1"]), str(numbers["school2"]["Д1"])]}
    page = region.post("/findings/sweep", sent | chosen).text
    assert "Сделано: 2 из 2" in page
    assert f"/findings/order?round={held.round_id}&amp;criterion=%D0%941" in page
    made = {one.org_unit_id: one.severity for one in all_of(engine, round_id=held.round_id)}
    assert made == {
        world.units["school"]: FindingSeverity.CRITICAL,
        world.units["school2"]: FindingSeverity.MINOR,
    }
    page = region.get(f"/findings/sweep?round={held.round_id}").text
    assert "Уже записан" in page
    foreign = sent | {"score": [str(numbers["school_b"]["Д1"])]}
    assert browser("municipality").post("/findings/sweep", foreign).status_code == 404


def test_the_annex_is_cut_to_the_scope_and_told_in_the_journal(engine, world, browser):
    cause = add_cause(engine, world)
    one = add_finding(engine, world, "school", text="Голый", cause_id=cause, ground="акт № 7")
    add_finding(engine, world, "school_b", text="Дальний", found_by="region", status=FindingStatus.RESOLVED)
    add_measure(engine, world, "school", findings=[one], title="Утвердить положение")

    def annex(login: str, query: str = "") -> tuple[list[str], list[tuple]]:
        answer = browser(login).get(f"/findings/annex{query}")
        assert answer.status_code == 200
        book = load_workbook(io.BytesIO(answer.data))
        texts = [str(cell.value) for row in book["Реестр"] for cell in row if cell.value is not None]
        return texts, [tuple(cell.value for cell in row) for row in book["Свод"]]

    texts, summary = annex("region")
    assert {"Голый", "Дальний", "замечание проверки: акт № 7"} <= set(texts)
    assert "Утвердить положение, до 20.12.2026: запланирована" in texts
    assert ("Всего", 2, 1, 0, 1, 0) in summary
    assert ("Не хватает времени", 1, 1, 0, 0, 0) in summary
    texts, summary = annex("school")
    assert "Дальний" not in texts
    assert ("Всего", 1, 1, 0, 0, 0) in summary
    texts, _ = annex("region", f"?municipality={world.units['municipality2']}")
    assert "Голый" not in texts
    assert "Дальний" in texts
    for query in ("?round=99999", f"?municipality={world.units['foreign_municipality']}"):
        assert browser("region").get(f"/findings/annex{query}").status_code == 404
    assert 'action="/findings/annex"' in browser("school").get("/reports/").text
    with open_session(engine, reason="a test reads the journal") as session:
        events = session.query(AuditEvent).filter_by(record_type="finding_register", action="export").all()
        assert [event.changes["rows"][1] for event in events] == [2, 1, 1]


def test_the_region_keeps_causes_and_templates(engine, world, browser):
    region, school = browser("region"), browser("school")
    assert region.post("/measure-catalogue/causes/starter").status_code == 302
    assert region.post("/measure-catalogue/causes/starter").status_code == 409
    assert region.post("/measure-catalogue/templates/starter").status_code == 302
    assert region.post("/measure-catalogue/templates/starter").status_code == 409
    assert region.post("/measure-catalogue/causes", {"title": "нет  ВНУТРЕННЕГО контроля"}).status_code == 422
    assert region.post("/measure-catalogue/causes", {"title": "Своя <i>причина"}).status_code == 302
    with writing(engine) as session:
        cause = session.query(FindingCause).filter_by(title="Своя <i>причина").one().id
        template = session.query(MeasureTemplate).filter_by(criterion_code="Д1").one().id
    add_finding(engine, world, cause_id=cause)
    change = {"title": "Своя", "position": "3", "version": "1"}
    assert region.post(f"/measure-catalogue/causes/{cause}/edit", change).status_code == 302
    assert region.post(f"/measure-catalogue/causes/{cause}/edit", change).status_code == 409
    # Out of use, it is not offered any more and stays with what has it.
    assert ">Своя</option>" not in region.get("/findings/new/").text
    typed = {"criterion_code": "Д1", "title": "Сделать", "days": "30", "target": "2", "is_active": "y"}
    assert region.post("/measure-catalogue/templates/new", typed | {"days": "0"}).status_code == 422
    assert region.post("/measure-catalogue/templates/new", typed).status_code == 302
    assert region.post("/measure-catalogue/templates/new", typed | {"title": "СДЕЛАТЬ"}).status_code == 422
    edit = f"/measure-catalogue/templates/{template}/edit"
    assert region.post(edit, typed | {"title": "Иначе", "version": "1"}).status_code == 302
    assert region.post(edit, typed | {"title": "Иначе", "version": "1"}).status_code == 409
    page = school.get("/measure-catalogue/").text
    assert "Иначе" in page
    assert "Добавить причину" not in page
    for path in (edit, f"/measure-catalogue/causes/{cause}/edit", "/measure-catalogue/templates/new"):
        assert school.get(path).status_code == 403
    assert school.post("/measure-catalogue/causes/starter").status_code == 403
    foreign = add_template(engine, world, "foreign_region", title="Чужой")
    assert region.get(f"/measure-catalogue/templates/{foreign}/edit").status_code == 404
    assert "Чужой" not in region.get("/measure-catalogue/").text
