from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models import Assessment, LatePermit, MonitoringRound, RoundDateChange
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus
from app.services import clock
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TODAY = clock.today("Asia/Sakhalin")


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


def typed(framework_id: int, **given):
    return {
        "title": "Мониторинг <ВСОКО> 2026",
        "framework_id": framework_id,
        "opens_on": day(0),
        "due_on": day(30),
        "groups": ["all_schools", "all_municipalities"],
        "basis": "приказ № 5",
        **given,
    }


def only_round(work, login="region"):
    return work(login).scalars(select(MonitoringRound)).one()


def test_a_round_from_the_form_to_its_opening(engine, world, browser, work):
    framework_id, _ = build_framework(engine, world)
    build_framework(engine, world, maker="foreign_region", title="Тульский набор")
    region = browser("region")
    form = region.get("/monitoring-rounds/new/").text
    assert "Школьный лист ВСОКО, редакция 1" in form
    assert "Тульский набор" not in form
    assert "Сейчас лист получат: 2 муниципалитета и 5 школ · 7 листов" in form
    reached = region.get(f"/monitoring-rounds/reached?schools_of={world.units['municipality']}")
    assert reached.text == "Сейчас лист получат: 2 школы · 2 листа"
    assert region.get("/monitoring-rounds/reached?groups=all_providers").text == "Сейчас лист получат: никого"
    foreign = f"/monitoring-rounds/reached?schools_of={world.units['foreign_municipality']}"
    assert region.get(foreign).status_code == 404
    refused = region.post("/monitoring-rounds/new/", typed(framework_id, due_on=day(-90), units="Школа, которой нет"))
    assert refused.status_code == 422
    assert "не найдена среди подведомственных" in refused.text
    assert "Школа, которой нет" in refused.text
    refused = region.post("/monitoring-rounds/new/", typed(framework_id, locks_on=day(20)))
    assert (refused.status_code, "Приём не может закрыться раньше" in refused.text) == (422, True)
    assert "приказ № 5" in refused.text
    made = region.post("/monitoring-rounds/new/", typed(framework_id, excepts="МБОУ СОШ «school2»", late_until=day(60)))
    held = only_round(work)
    assert (made.status_code, made.location) == (302, f"/monitoring-rounds/{held.id}")
    assert (held.locks_on, held.status) == (held.due_on, RoundStatus.DRAFT)
    # A draft is nobody else's, and does not exist for the others.
    for login in ("school", "municipality", "foreign_region"):
        assert browser(login).get(f"/monitoring-rounds/{held.id}").status_code == 404
    page = region.get(f"/monitoring-rounds/{held.id}").text
    assert "2 муниципалитета и 4 школы · 6 листов" in page
    assert "Мониторинг &lt;ВСОКО&gt; 2026" in page
    assert "кроме: МБОУ СОШ «school2»" in page
    stale = region.post(f"/monitoring-rounds/{held.id}/open", {"expected": "7"})
    assert (stale.status_code, "листов будет 6, а не 7" in stale.text) == (409, True)
    assert region.post(f"/monitoring-rounds/{held.id}/open").status_code == 409
    done = region.post(f"/monitoring-rounds/{held.id}/open", {"expected": "6"})
    assert done.status_code == 302
    assert work("region").scalar(select(func.count(Assessment.id))) == 6
    assert browser("municipality").get(f"/monitoring-rounds/{held.id}").status_code == 200
    assert browser("foreign_region").get(f"/monitoring-rounds/{held.id}").status_code == 404


def test_two_versions_of_a_draft_stand_side_by_side(engine, world, browser, work):
    framework_id, _ = build_framework(engine, world)
    region = browser("region")
    region.post("/monitoring-rounds/new/", typed(framework_id))
    held = only_round(work)
    seen = re.search(r'name="version" value="(\d+)"', region.get(f"/monitoring-rounds/{held.id}/edit").text)[1]
    first = region.post(f"/monitoring-rounds/{held.id}/edit", typed(framework_id, version=seen, basis="приказ № 6"))
    assert first.status_code == 302
    second = region.post(f"/monitoring-rounds/{held.id}/edit", typed(framework_id, version=seen, basis="приказ № 7"))
    assert second.status_code == 409
    assert "приказ № 6" in second.text
    assert "приказ № 7" in second.text
    fresh = re.search(r'name="version" value="(\d+)"', second.text)[1]
    assert int(fresh) > int(seen)
    third = region.post(f"/monitoring-rounds/{held.id}/edit", typed(framework_id, version=fresh, basis="приказ № 7"))
    assert third.status_code == 302
    gone = region.post(f"/monitoring-rounds/{held.id}/delete")
    assert (gone.status_code, work("region").scalars(select(MonitoringRound)).all()) == (302, [])


@pytest.fixture
def held(engine, world):
    units = ("municipality", "school", "school2", "municipality2", "school_b")
    made = hold_round(
        engine,
        world,
        units=units,
        opens_on=TODAY - timedelta(30),
        due_on=TODAY - timedelta(5),
        locks_on=TODAY + timedelta(5),
        late_until=TODAY + timedelta(20),
    )
    fill_sheet(engine, world, made, "school", {"Г1": "1"}, status=Status.SUBMITTED, day=TODAY - timedelta(9))
    fill_sheet(engine, world, made, "school_b", {"Г1": "1"})
    return made


def test_the_page_is_each_roles_own(engine, world, browser, held):
    address = f"/monitoring-rounds/{held.round_id}"
    region = browser("region").get(address).text
    towns = (world.units["municipality"], world.units["municipality2"])
    for link in (
        f"/assessments/?round={held.round_id}&amp;municipality={towns[0]}&amp;status=submitted",
        f"/assessments/?round={held.round_id}&amp;municipality={towns[0]}&amp;status=draft&amp;started=0",
        f"/assessments/?round={held.round_id}&amp;municipality={towns[1]}&amp;status=draft&amp;started=1",
        f"/assessments/?round={held.round_id}&amp;municipality={towns[1]}&amp;late=1",
        f"{address}/dates",
    ):
        assert f'href="{link}"' in region, link
    # A bar says in words what its colours say.
    assert "Томаринский муниципальный округ: не начали: 2, на проверке: 1" in region
    # Every figure opens into as many sheets as it says.
    figures = re.findall(r'class="figure-link" href="([^"]+)" aria-label="[^"]*: (\d+)"', region)
    figures += re.findall(r'class="figure[^"]*" href="([^"]+)"><b>(\d+)</b>', region)
    assert len(figures) == 13
    reader = browser("region")
    for link, count in figures:
        listed = reader.get(html.unescape(link)).text
        assert len(re.findall(r'<a class="row-link"', listed)) == int(count), link
    municipality = browser("municipality").get(address).text
    assert "Заполнить муниципальный лист" in municipality
    assert "Срок сдачи прошёл" in municipality
    assert f'href="/assessments/{held.assessments["school"]}"' in municipality
    for foreign in ("school_b", "Анивский", f"{address}/dates", "Завершить цикл"):
        assert foreign not in municipality, foreign
    school = browser("school2").get(address).text
    assert f'class="button primary" href="/assessments/{held.assessments["school2"]}">Заполнить лист' in school
    assert "сданный с опозданием" in school
    for above in ("Сетка проверки", "school»", "Ход по муниципалитетам", "Разрешить"):
        assert above not in school, above
    sent = browser("school").get(address).text
    assert "Открыть лист" in sent
    assert browser("regional_school").get(address).status_code == 404


def test_acts_on_an_opened_round(engine, world, browser, work, held):
    region, address = browser("region"), f"/monitoring-rounds/{held.round_id}"
    dates = {"due_on": day(3), "locks_on": day(10), "late_until": day(20)}
    refused = region.post(f"{address}/dates", {**dates, "act": ""})
    assert (refused.status_code, "без него даты не переносятся" in refused.text) == (422, True)
    refused = region.post(f"{address}/dates", {**dates, "locks_on": day(1), "act": "приказ № 15 <b>"})
    assert (refused.status_code, "Приём не может закрыться раньше" in refused.text) == (422, True)
    assert region.post(f"{address}/dates", {**dates, "act": "приказ № 15 <b>"}).status_code == 302
    assert len(work("region").scalars(select(RoundDateChange)).all()) == 2
    # The act is told to everyone in the round.
    assert "приказ № 15 &lt;b&gt;" in browser("school").get(address).text
    refused = region.post(f"{address}/units", {"act": "приказ № 16", "units": "МБОУ СОШ «school»"})
    assert (refused.status_code, "Лист в этом цикле уже есть" in refused.text) == (422, True)
    assert region.post(f"{address}/units", {"act": "приказ № 16", "units": "МБОУ СОШ «school_c»"}).status_code == 302
    permit = {"unit": "МБОУ СОШ «school_c»", "until": day(21), "reason": "ремонт"}
    refused = region.post(f"{address}/permits", permit)
    assert (refused.status_code, "это последний день цикла" in refused.text) == (422, True)
    assert region.post(f"{address}/permits", {**permit, "until": day(19)}).status_code == 302
    row = work("region").scalars(select(LatePermit)).one()
    # What was done by which act is the holder's to read.
    assert "приказ № 16. Добавлены: МБОУ СОШ «school_c»" in region.get(address).text
    assert "ремонт" in browser("school_c").get(address).text
    assert "ремонт" not in browser("school").get(address).text
    assert region.post(f"{address}/permits/{row.id}/revoke").status_code == 302
    again = region.post(f"{address}/again")
    assert again.status_code == 302
    assert "Предыдущий цикл" in region.get(again.location).text
    assert region.post(f"{address}/close").status_code == 302
    assert region.get(f"{address}/dates").status_code == 409
    assert region.post(f"{address}/reopen", {"note": ""}).status_code == 422
    assert region.post(f"{address}/reopen", {"note": "не все сдали"}).status_code == 302


@pytest.mark.parametrize("login", ["municipality", "school", "observer"])
def test_nobody_else_changes_a_round(engine, world, browser, work, login, held):
    person, address = browser(login), f"/monitoring-rounds/{held.round_id}"
    assert person.get(address).status_code == 200
    for page in ("dates", "units", "permits"):
        assert person.get(f"{address}/{page}").status_code == 403, page
    for act in ("close", "reopen", "again", "delete", "open"):
        assert person.post(f"{address}/{act}", {"note": "а"}).status_code in {403, 409}, act
    assert only_round(work).status is RoundStatus.OPEN


def test_the_register_counts_within_the_scope_and_goes_out(engine, world, browser, held):
    hold_round(engine, world, holder="foreign_region", units=("foreign_school",), title="Тульский цикл")
    hold_round(engine, world, holder="municipality2", units=("school_b",), title="Анивский цикл")
    region = browser("region")
    listed = region.get("/monitoring-rounds/").text
    assert "Мониторинг ВСОКО 2026" in listed
    assert "Анивский цикл" in listed
    assert "Тульский цикл" not in listed
    assert "Анивский цикл" not in browser("municipality").get("/monitoring-rounds/").text
    narrowed = region.get("/monitoring-rounds/?held_by=municipality&status=open").text
    assert "Анивский цикл" in narrowed
    assert "Мониторинг ВСОКО 2026" not in narrowed
    # Yesterday none of them was there.
    past = region.get(f"/monitoring-rounds/?on_day={day(-1)}")
    assert (past.status_code, "Мониторинг ВСОКО 2026" in past.text) == (200, False)
    for login, row in (("region", (5, 3, 1, 0, 4)), ("municipality", (3, 2, 1, 0, 2))):
        book = browser(login).get("/monitoring-rounds/export?q=ВСОКО")
        cells = openpyxl.load_workbook(io.BytesIO(book.data)).active
        lines = [line for line in cells.iter_rows(values_only=True) if "Мониторинг ВСОКО 2026" in line]
        assert [line[9:14] for line in lines] == [row], login


def test_the_page_costs_the_same_however_many_units_there_are(engine, world, browser, held):
    region = browser("region")
    few = hold_round(engine, world, units=("school",), framework=(held.framework_id, held.criteria), title="Малый")

    def cost(round_id):
        region.get(f"/monitoring-rounds/{round_id}")
        with counted(engine) as sent:
            assert region.get(f"/monitoring-rounds/{round_id}").status_code == 200
        return len(sent)

    assert cost(few.round_id) + 1 == cost(held.round_id) <= 24
