from __future__ import annotations

import re

import pytest

from app.models import OrgUnit
from app.policies.unscoped import open_session
from app.services import search
from tests.factories.monitoring import build_framework, hold_round
from tests.factories.order import Point, issue_order


@pytest.fixture
def issued(engine, world):
    issue_order(
        engine,
        world,
        issuer="foreign_region",
        number="77-Ф",
        title="Об учёте Ёлок",
        points=(Point("9", to=["foreign_school"], text="посадить ЁЛКИ"),),
    )
    return issue_order(
        engine,
        world,
        number="55-Р",
        title="Об учёте Ёлок",
        points=(
            Point("1", to=["school", "municipality2"], text="посадить ЁЛКИ у школы"),
            Point("2", to=["school_b"], text="полить"),
        ),
    )


def links(page: str) -> set[str]:
    return set(re.findall(r'class="what" href="([^"]+)"', page))


@pytest.mark.parametrize("asked", ["ёлок", "ЕЛОК", "елОк", " учете   елок "])
def test_an_order_is_found_whatever_the_case_and_yo(browser, issued, asked):
    page = browser("region").get("/search", query_string={"q": asked}, follow_redirects=True)
    assert page.status_code == 200
    assert f"/orders/{issued.order_id}" in links(page.text)
    assert "77-Ф" not in page.text


def test_points_are_found_by_their_text(browser, issued):
    place = f"/orders/{issued.order_id}#point-"
    assert links(browser("school").get("/search/?q=елки").text) == {f"{place}{issued.points['1']}"}
    assert links(browser("region").get("/search/?q=ПОЛИТЬ").text) == {f"{place}{issued.points['2']}"}


def test_assignments_units_and_people_in_scope(browser, issued, world):
    page = browser("region").get("/search/?q=school").text
    found = links(page)
    assert f"/assignments/{issued.assignments['1', 'school']}" in found
    assert f"/assignments/{issued.assignments['2', 'school_b']}" in found
    assert f"/org-units/{world.units['school']}" in found
    assert f"/users/{world.users['school_b']}" in found
    assert "foreign" not in page
    own = browser("school").get("/search/?q=school").text
    assert links(own) == {
        f"/assignments/{issued.assignments['1', 'school']}",
        f"/org-units/{world.units['school']}",
        f"/users/{world.users['school']}",
    }


def test_people_need_a_duty(browser, issued):
    assert "/users/" not in "".join(links(browser("observer").get("/search/?q=school").text))


def test_ten_of_each_and_the_rest_in_the_register(browser, engine, world):
    with open_session(engine, reason="tests add schools") as session:
        session.connection(execution_options={"writes": True})
        town = session.get_one(OrgUnit, world.units["municipality"])
        for number in range(11):
            session.add(
                OrgUnit(
                    kind="school",
                    name=f"Гимназия {number}",
                    parent_id=town.id,
                    region_id=town.region_id,
                    municipality_id=town.id,
                )
            )
    page = browser("region").get("/search/?q=гимназия").text
    assert len([link for link in links(page) if link.startswith("/org-units/")]) == 10
    assert "/org-units/?q=%D0%B3%D0%B8%D0%BC%D0%BD%D0%B0%D0%B7%D0%B8%D1%8F" in page


@pytest.mark.parametrize("asked", ["", "я", " ё ", "%"])
def test_one_letter_is_too_short(browser, issued, asked):
    page = browser("region").get("/search/", query_string={"q": asked})
    assert page.status_code == 200
    assert "не меньше двух букв" in page.text


@pytest.mark.parametrize(
    "asked",
    ["%%", "__", "\\\\", "'; --", "<script>", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 2],
)
def test_hostile_words_find_nothing_and_break_nothing(browser, issued, asked):
    page = browser("region").get("/search/", query_string={"q": asked})
    assert page.status_code == 200
    assert "Ничего не найдено" in page.text
    assert "<script>;" not in page.text


@pytest.mark.parametrize("asked", ["a\x00b", "я" * 201])
def test_what_cannot_be_meant_is_refused(browser, issued, asked):
    assert browser("region").get("/search/", query_string={"q": asked}).status_code == 400


def test_who_stands_nowhere(browser, issued, world):
    assert browser("nobody").get("/search/?q=school").status_code == 403
    found = links(browser("admin").get("/search/?q=school").text)
    assert f"/org-units/{world.units['foreign_school']}" in found
    assert not [link for link in found if link.startswith(("/orders", "/assignments"))]


def test_nothing_for_a_short_query(work, actor, issued):
    assert search.everywhere(work("region"), actor("region"), "я").is_empty


def test_monitoring_is_found_in_scope(engine, world, browser):
    framework = build_framework(engine, world, title="Набор об учёте")
    held = hold_round(engine, world, units=("school", "school_b"), framework=framework, title="Учёт ВСОКО")
    elsewhere = hold_round(engine, world, holder="foreign_region", units=("foreign_school",), title="Учёт чужой")
    found = links(browser("municipality").get("/search/?q=учет").text)
    assert f"/monitoring-rounds/{held.round_id}" in found
    assert f"/frameworks/{framework[0]}" in found
    assert f"/monitoring-rounds/{elsewhere.round_id}" not in found
    found = links(browser("municipality").get("/search/?q=school").text)
    assert f"/assessments/{held.assessments['school']}" in found
    assert f"/assessments/{held.assessments['school_b']}" not in found
    page = browser("provider").get("/search/?q=учет").text
    assert not {link for link in links(page) if "round" in link or "framework" in link}
