"""The pages of measures: list, form, report, verdicts, what is refused and what is kept."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import CorrectiveMeasure, EvidenceRevision, Finding, MeasureUnit
from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import (
    EffectVerdict,
    FigureSource,
    FindingStatus,
    MeasurePriority,
    MeasureStatus,
)
from app.policies.unscoped import open_session
from app.services import clock
from tests.factories.measures import add_cause, add_evidence, add_finding, add_measure, add_template, rest_on
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.training import add_person

pytestmark = pytest.mark.once
TODAY = clock.today("Asia/Sakhalin")
BASE = "/corrective-measures"


def rows(engine, model=CorrectiveMeasure):
    with open_session(engine, reason="a test looks") as session:
        return list(session.scalars(select(model).order_by(model.id)))


@pytest.fixture
def weak(engine, world):
    held = hold_round(engine, world, units=("school", "school2"))
    found = {}
    for unit in ("school", "school2"):
        scores = fill_sheet(engine, world, held, unit, {"Д1": "0"}, status=AssessmentStatus.ACCEPTED)
        found[unit] = add_finding(engine, world, unit, score_id=scores["Д1"], text=f"Слабость {unit}")
    return found


def titles(text):
    return re.findall(r'class="row-link"[^>]*>([^<]+)', text)


def test_the_list_is_narrowed_by_what_others_link_to(engine, world, browser, weak):
    cause = add_cause(engine, world)
    told = add_finding(engine, world, "school", text="С причиной", cause_id=cause)
    figure = {"figure_source": FigureSource.TYPED, "figure_name": "Число", "figure_before": 1, "figure_target": 5}
    add_measure(engine, world, title="Просроченная", due_on=TODAY - timedelta(days=1), findings=[told])
    add_measure(engine, world, title="Близкая", due_on=TODAY + timedelta(days=14), priority=MeasurePriority.HIGH)
    add_measure(engine, world, "school2", title="Дальняя", due_on=TODAY + timedelta(days=15), **figure)
    add_measure(
        engine,
        world,
        "municipality",
        title="Общая",
        units=("school", "school2"),
        findings=[weak["school"]],
        status=MeasureStatus.VERIFIED,
        due_on=TODAY - timedelta(days=90),
        effect=EffectVerdict.HELPED,
        effect_on=TODAY,
    )
    add_measure(engine, world, "foreign_school", title="Чужая")
    client = browser("municipality")
    page = client.get(f"{BASE}/").text
    # What is verified stands last, though its term was first.
    assert titles(page) == ["Просроченная", "Близкая", "Дальняя", "Общая"]
    assert "просрочено на 1 день" in page
    assert "1 → 5 → —" in page
    assert "помогло" in page
    for query, expected in (
        ("term=overdue", {"Просроченная"}),
        ("term=soon", {"Близкая"}),
        ("priority=high", {"Близкая"}),
        ("status=verified", {"Общая"}),
        ("effect=helped", {"Общая"}),
        ("effect=none", {"Просроченная", "Близкая", "Дальняя"}),
        (f"cause={cause}", {"Просроченная"}),
        ("criterion=Д1", {"Общая"}),
        (f"finding={weak['school']}", {"Общая"}),
        (f"unit={world.units['school2']}", {"Дальняя", "Общая"}),
        (f"municipality={world.units['municipality']}", {"Просроченная", "Близкая", "Дальняя", "Общая"}),
        ("q=близ", {"Близкая"}),
        ("point=999", set()),
    ):
        assert set(titles(client.get(f"{BASE}/?{query}").text)) == expected, query
    for on_day in (f"on_day={TODAY - timedelta(days=1)}", f"on_day={TODAY - timedelta(days=1)}&criterion=Д1&term=soon"):
        assert client.get(f"{BASE}/?{on_day}").status_code == 200
    assert client.get(f"{BASE}/?term=never").status_code == 400
    assert client.get(f"{BASE}/export").data[:2] == b"PK"
    assert set(titles(browser("school").get(f"{BASE}/").text)) == {"Просроченная", "Близкая", "Общая"}
    assert "Запланировать меру" not in browser("observer").get(f"{BASE}/").text


def test_a_measure_is_planned_with_nothing_typed_but_a_click(engine, world, browser, weak):
    add_person(engine, world, "school", kind="deputy", title="заместитель директора")
    add_template(engine, world, title="Утвердить положение", responsible_position="заместитель директора", days=30)
    add_template(engine, world, title="Провести семинар")
    school = browser("school")
    address = f"{BASE}/new?finding={weak['school']}"
    text = school.client.get(address, follow_redirects=True).text
    assert "Утвердить положение" in text
    assert "Слабость school2" not in text
    chosen = re.search(r'href="(/corrective-measures/new/\?template=[^"]+)"[^>]*>Утвердить', text)
    assert chosen is not None
    form = school.get(chosen[1].replace("&amp;", "&")).text
    assert fields_of(form)["title"] == ["Утвердить положение"]
    assert "Сейчас 0." in form
    assert 'value="Иванова Анна Петровна"' in form
    sent = fields_of(form)
    assert sent["due_on"] == [(TODAY + timedelta(days=30)).isoformat()]
    answer = school.post(f"{BASE}/new/", sent)
    assert answer.status_code == 302, re.findall(r'class="problem".*?</p>', answer.text)
    one = rows(engine)[0]
    assert (one.title, one.figure_before, one.figure_target) == ("Утвердить положение", 0, 2)
    assert (one.responsible_position, one.template_id is not None) == ("заместитель директора", True)
    assert f"/findings/{weak['school']}" in school.get(f"{BASE}/{one.id}").text

    # What is refused leaves everything typed where it was.
    sent |= {"title": ["Своё"], "due_on": ["2020-01-01"], "figure": ["typed"], "figure_target": ["много"]}
    refused = school.post(f"{BASE}/new/", sent)
    assert refused.status_code == 422
    assert fields_of(refused.text)["title"] == ["Своё"]
    assert 'value="много"' in refused.text
    sent |= {"figure_target": ["2,5"], "expected_result": ["Прочное"]}
    refused = school.post(f"{BASE}/new/", sent)
    assert refused.status_code == 422
    kept = fields_of(refused.text)
    assert "Этот срок уже прошёл" in refused.text
    for name, value in (("due_on", "2020-01-01"), ("figure_target", "2,5"), ("expected_result", "Прочное")):
        assert kept[name] == [value]
    assert kept["findings"] == [str(weak["school"])]
    assert len(rows(engine)) == 1
    assert school.get(f"{BASE}/new/?finding={weak['school2']}").status_code == 404
    assert school.get(f"{BASE}/new/?finding=x").status_code == 404
    assert browser("observer").get(f"{BASE}/new/").status_code == 403


def fields_of(text):
    """What a browser would send of the form of a measure, as it stands."""
    form = re.search(r'<form class="form full".*?</form>', text, re.DOTALL)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        box = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and name[1] != "csrf_token" and (not box or "checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [body.strip()]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body) or re.search(r'value="([^"]*)"', body)
        sent[name] = [chosen[1]]
    return sent


def test_a_municipality_plans_one_for_all_or_each_its_own(engine, world, browser, weak):
    town = browser("municipality")
    form = town.get(f"{BASE}/new/?finding={weak['school']}&finding={weak['school2']}").text
    assert "Каждая организация своя мера: будет 2" in form
    sent = fields_of(form) | {"title": ["Семинар"]}
    assert sent["mode"] == ["each"]
    assert town.post(f"{BASE}/new/", sent).status_code == 302
    assert [one.org_unit_id for one in rows(engine)] == [world.units["school"], world.units["school2"]]
    name = sent["carrier"][0]
    refused = town.post(f"{BASE}/new/", sent | {"mode": ["one"], "carrier": ["Нет такой"]})
    assert refused.status_code == 422
    assert "не найдена" in refused.text
    assert 'value="Нет такой"' in refused.text
    assert town.post(f"{BASE}/new/", sent | {"mode": ["one"], "carrier": [name]}).status_code == 302
    whole = rows(engine)[-1]
    assert (whole.org_unit_id, whole.figure_before) == (world.units["municipality"], 0)
    assert len([one for one in rows(engine, MeasureUnit) if one.measure_id == whole.id]) == 2
    # Without a finding, for schools by name.
    blank = fields_of(town.get(f"{BASE}/new/").text) | {"title": ["Без недостатка"]}
    school = "МБОУ СОШ «school2»"
    assert town.post(f"{BASE}/new/", blank | {"more_units": [school]}).status_code == 302
    made = rows(engine)[-1]
    assert [one.org_unit_id for one in rows(engine, MeasureUnit) if one.measure_id == made.id] == [
        world.units["school2"]
    ]
    # The school sees who carries it out, and may not change it.
    school_client = browser("school2")
    page = school_client.get(f"{BASE}/{made.id}").text
    assert "Томаринский" in page
    assert "/edit" not in page
    assert school_client.get(f"{BASE}/{made.id}/edit").status_code == 403
    # A change by two at once keeps both.
    edit = fields_of(town.get(f"{BASE}/{whole.id}/edit").text)
    assert town.post(f"{BASE}/{whole.id}/edit", edit | {"title": ["Первый"]}).status_code == 302
    both = town.post(f"{BASE}/{whole.id}/edit", edit | {"title": ["Второй"]})
    assert both.status_code == 409
    assert "Первый" in both.text
    again = fields_of(both.text)
    assert again["title"] == ["Второй"]
    assert town.post(f"{BASE}/{whole.id}/edit", again).status_code == 302
    assert next(one.title for one in rows(engine) if one.id == whole.id) == "Второй"


def test_the_unit_edits_its_part_of_what_was_set_from_above(engine, world, browser, weak):
    number = add_measure(engine, world, made_by="municipality", findings=[weak["school"]])
    school = browser("school")
    form = school.get(f"{BASE}/{number}/edit").text
    assert "Меру назначила вышестоящая организация" in form
    assert 'name="title"' not in form
    sent = fields_of(form) | {"responsible": ["Петров Пётр"], "title": ["Другое"]}
    assert school.post(f"{BASE}/{number}/edit", sent).status_code == 302
    one = rows(engine)[0]
    assert (one.responsible, one.title) == ("Петров Пётр", "Разработать и утвердить положение")


def test_done_and_verified(engine, world, browser, weak):
    number = add_measure(
        engine,
        world,
        findings=[weak["school"]],
        figure_source=FigureSource.TYPED,
        figure_name="Число",
        figure_target=2,
    )
    old = add_evidence(engine, world, title="Старое положение")
    school, town = browser("school"), browser("municipality")
    assert school.post(f"{BASE}/{number}/start").status_code == 302
    page = school.get(f"{BASE}/{number}").text
    assert "Отметить выполненной" in page
    assert "Старое положение" in page
    future = (TODAY + timedelta(days=1)).isoformat()
    sent = {"done_on": future, "done_note": "Сделали", "figure_after": "1,5", "existing": str(old)}
    refused = school.post(f"{BASE}/{number}/finish", sent)
    assert refused.status_code == 422
    for kept in ("ещё не наступил", "Сделали", 'value="1,5"', f'value="{old}" checked'):
        assert kept in refused.text, kept
    sent["done_on"] = TODAY.isoformat()
    files = {"evidence": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "приказ.pdf")}
    assert school.post(f"{BASE}/{number}/finish", sent | files).status_code == 302
    page = school.get(f"{BASE}/{number}").text
    assert "приказ.pdf" in page
    assert "Старое положение" in page
    assert "Подтвердить" not in page.replace("Подтверждение", "")
    assert school.post(f"{BASE}/{number}/verify").status_code == 403
    page = town.get(f"{BASE}/{number}").text
    assert f'name="resolves" value="{weak["school"]}" checked' in page
    # Whoever verifies reads the proof before the buttons.
    assert page.rindex("приказ.pdf") < page.index("Не подтвердить")
    assert town.post(f"{BASE}/{number}/refuse", {"note": ""}).status_code == 422
    assert town.post(f"{BASE}/{number}/refuse", {"note": "Нет подписи"}).status_code == 302
    assert "Нет подписи" in school.get(f"{BASE}/{number}").text
    assert school.post(f"{BASE}/{number}/resume").status_code == 302
    assert school.post(f"{BASE}/{number}/proof/{old}/detach").status_code == 302
    assert school.post(f"{BASE}/{number}/finish", sent | {"existing": []}).status_code == 302
    stale = town.post(f"{BASE}/{number}/verify", {"version": "1"})
    assert stale.status_code == 409
    assert town.post(f"{BASE}/{number}/verify", {"resolves": str(weak["school"])}).status_code == 302
    finding = next(one for one in rows(engine, Finding) if one.id == weak["school"])
    assert finding.status is FindingStatus.RESOLVED
    page = school.get(f"{BASE}/{number}").text
    for told in ("Взята в работу", "Не подтверждена", "Взята на доработку", "Подтверждена"):
        assert told in page, told
    renewed = "После подтверждения меры приложена новая редакция"
    assert renewed not in page
    with open_session(engine, reason="a test brings a later file") as session:
        session.connection(execution_options={"writes": True})
        for file in session.scalars(select(EvidenceRevision)):
            file.uploaded_at += timedelta(days=2)
    assert renewed in town.get(f"{BASE}/{number}").text


def test_many_at_once(engine, world, browser):
    done = add_measure(engine, world, title="С документом", status=MeasureStatus.DONE)
    rest_on(engine, done, add_evidence(engine, world))
    bare = add_measure(engine, world, "school2", title="Без документа", status=MeasureStatus.DONE)
    early = add_measure(engine, world, "school2", title="Рано")
    foreign = add_measure(engine, world, "foreign_school", status=MeasureStatus.DONE)
    town = browser("municipality")
    text = town.post(f"{BASE}/verify-many", {"id": [f"{done}:1", f"{bare}:1", f"{early}:1"]}).text
    assert re.search(rf'value="{done}:1"[^>]*checked', text)
    assert re.search(rf'value="{bare}:1"[^>]*"\s*>', text)
    assert f'value="{early}:1"' not in text
    verdicts = town.post(f"{BASE}/verify-many", {"sure": "1", "id": [f"{done}:1", f"{early}:1"]}).text
    assert "Сделано: 1 из 2" in verdicts
    asked = town.post(f"{BASE}/refuse-many", {"id": [f"{bare}:1"], "note": ""})
    assert asked.status_code == 422
    assert "Сделано: 1 из 1" in town.post(f"{BASE}/refuse-many", {"id": [f"{bare}:1"], "note": "Нет"}).text
    assert town.post(f"{BASE}/verify-many", {"id": [f"{foreign}:1"]}).status_code == 404
    assert town.post(f"{BASE}/verify-many", {}).status_code == 422
    assert town.get(f"{BASE}/{foreign}").status_code == 404
