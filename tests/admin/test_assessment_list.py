"""The register of assessment sheets: cut to the part of the tree, narrowed, told of a past day, accepted many at once."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.models import Assessment
from app.models.enumeration import AssessmentStatus
from app.policies.unscoped import open_session
from app.services import clock
from tests.factories.monitoring import Held, fill_sheet, hold_round
from tests.services.statements import counted

TODAY = clock.today("Asia/Sakhalin")


@pytest.fixture
def held(engine, world) -> Held:
    """A sheet of each kind of state; a round of the other region beside it."""
    hold_round(engine, world, holder="foreign_region", units=("foreign_municipality", "foreign_school"))
    made = hold_round(engine, world, units=("municipality", "school", "school2", "school_b"), due_on=date(2026, 10, 20))
    good = {"Д1": "2", "Д2": "2", "Г1": "1"}
    fill_sheet(engine, world, made, "school", good, status=AssessmentStatus.SUBMITTED)
    late = date(2026, 10, 21)
    fill_sheet(engine, world, made, "school_b", {"Д1": "1"}, status=AssessmentStatus.SUBMITTED, day=late)
    return made


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>', page)


def test_each_sees_the_sheets_of_the_part_of_the_tree(held, browser):
    assert rows(browser("school").get("/assessments/").text) == ["МБОУ СОШ «school»"]
    town = "Томаринский муниципальный округ"
    assert set(rows(browser("municipality").get("/assessments/").text)) == {
        town,
        "МБОУ СОШ «school»",
        "МБОУ СОШ «school2»",
    }
    page = browser("region").get("/assessments/").text
    assert len(rows(page)) == 4
    assert "foreign" not in page
    assert "3 из 3" in page
    assert "не начат" in page
    assert "100\u202f%" in page


NARROWED = {
    "status=submitted": {"school", "school_b"},
    "status=draft&started=0": {"municipality", "school2"},
    "started=1": {"school", "school_b"},
    "late=1": {"municipality", "school2", "school_b"},
    "late=0": {"school"},
    "kind=municipality": {"municipality"},
    "level=высокий": {"school"},
    "changed=1": set(),
    "round=999999": set(),
    "q=SCHOOL_B": {"school_b"},
}
SENSELESS = ("status=no", "kind=region", "late=2", "round=x", "level=%00", "sort=share&after=x~1")


def test_the_list_is_narrowed(held, browser):
    region = browser("region")
    names = {"municipality": "Томаринский муниципальный округ"}
    for query, found in NARROWED.items():
        wanted = {names.get(key, f"МБОУ СОШ «{key}»") for key in found}
        assert set(rows(region.get(f"/assessments/?{query}").text)) == wanted, query
    for query in SENSELESS:
        assert region.get(f"/assessments/?{query}").status_code == 400, query


def test_sorting_by_the_result_and_paging(held, browser):
    page = browser("region").get("/assessments/?sort=share").text
    assert rows(page)[:2] == ["МБОУ СОШ «school»", "МБОУ СОШ «school_b»"]
    page = browser("region").get("/assessments/?sort=share&desc=0&after=2~999999").text
    assert rows(page) == ["МБОУ СОШ «school_b»", "МБОУ СОШ «school»"]


def test_a_page_costs_three_statements(held, engine, browser):
    region = browser("region")
    for query in ("", "?status=submitted&late=1&sort=share", f"?on_day={TODAY.isoformat()}"):
        region.get(f"/assessments/{query}")
        with counted(engine) as statements:
            assert region.get(f"/assessments/{query}").status_code == 200
        assert len(statements) == 3, statements


def test_the_state_of_a_past_day(held, engine, browser, monkeypatch):
    """What was accepted today was «отправлен» yesterday; the count of answers is not kept, and not told."""
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=2))
    region, number = browser("region"), held.assessments["school"]
    assert region.post(f"/assessments/{number}/accept", {"version": str(version_of(engine, number))}).status_code == 302
    before = (TODAY + timedelta(days=1)).isoformat()
    assert rows(region.get("/assessments/?status=accepted").text) == ["МБОУ СОШ «school»"]
    page = region.get(f"/assessments/?on_day={before}&status=submitted").text
    assert set(rows(page)) == {"МБОУ СОШ «school»", "МБОУ СОШ «school_b»"}
    assert "100\u202f%" in page
    assert "3 из 3" not in page


def test_many_are_accepted_with_a_verdict_for_each(held, engine, browser):
    town = browser("municipality")
    chosen = re.findall(r'name="id" value="(\d+:\d+)"', town.get("/assessments/").text)
    page = town.post("/assessments/accept-many", {"id": chosen}).text
    assert "Сделано: 1 из 3" in page
    assert "собственный лист" in page.lower()
    with open_session(engine, reason="tests look") as session:
        assert session.get_one(Assessment, held.assessments["school"]).status is AssessmentStatus.ACCEPTED
    foreign = held.assessments["school_b"]
    assert town.post("/assessments/accept-many", {"id": [f"{foreign}:1"]}).status_code == 404
    assert town.post("/assessments/accept-many").status_code == 422


def version_of(engine, number: int) -> int:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(Assessment, number).version
