"""From a weak score to a measure that was verified, and to its effect in the next round: school and municipality."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from app.models import OrgUnit
from app.models.enumeration import AssessmentStatus, RoundStatus, UnitKind
from app.policies.unscoped import open_session
from tests.browser.test_shell import SOUND
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.factories.world import add_unit

pytestmark = pytest.mark.browser
# The day on which the site is served.
TODAY = date(2023, 1, 26)
WEAK = "Положение о ВСОКО утверждено"
# As weak as the school, and nobody does anything about it.
SIMILAR = ("school_c", "school_b", "regional_school", "green", "blue")


def FILL(engine, world):  # noqa: N802 - the fixture asks for this name
    """A closed round in which six schools are at nought, and one that goes on, in which one of them has risen."""
    with open_session(engine, reason="tests add schools") as session:
        session.connection(execution_options={"writes": True})
        parent = session.get_one(OrgUnit, world.units["municipality2"])
        for key in ("green", "blue"):
            add_unit(session, world, key, UnitKind.SCHOOL, f"Школа {key}", parent)
    framework = build_framework(engine, world)
    schools = ("school", *SIMILAR)
    days = {"opens_on": date(2022, 9, 1), "due_on": date(2022, 12, 1), "locks_on": date(2022, 12, 15)}
    last = hold_round(
        engine, world, units=schools, framework=framework, status=RoundStatus.CLOSED, title="Мониторинг 2022", **days
    )
    days = {"opens_on": date(2023, 1, 10), "due_on": date(2023, 2, 20), "locks_on": date(2023, 3, 1)}
    now = hold_round(
        engine,
        world,
        units=schools,
        framework=framework,
        title="Мониторинг 2023",
        previous_round_id=last.round_id,
        **days,
    )
    for unit in schools:
        fill_sheet(
            engine,
            world,
            last,
            unit,
            {"Д1": "0", "Д2": "2", "Г1": "1"},
            status=AssessmentStatus.APPROVED,
            submitter="region",
            day=date(2022, 11, 20),
        )
        risen = {"Д1": "2" if unit == "school" else "0", "Д2": "2", "Г1": "1"}
        fill_sheet(engine, world, now, unit, risen, status=AssessmentStatus.ACCEPTED, submitter="region", day=TODAY)
    return {"sheet": last.assessments["school"], "round": last.round_id, "criterion": framework[1]["Д1"]}


def test_a_weak_score_becomes_a_measure_that_helped(person, site):
    held = site.records
    town, school, sister = person("municipality"), person("school"), person("school2")
    finding = _find(town, held)
    measure = _plan(school, finding)
    _finish(school, measure)
    _verify(town, measure)
    _helped(school, measure)
    # The sister school of the same municipality knows nothing of it.
    sister.expected.add(404)
    for place in (finding, measure):
        assert sister.go(place).status == 404
    sister.go("/corrective-measures/")
    expect(sister.page.locator("main")).not_to_contain_text("Разработать")


def _find(town, held) -> str:
    """The municipality writes the weakness down where it is seen: the proposed words are taken as they are."""
    town.go(f"/assessments/{held['sheet']}")
    town.follow("Записать недостаток", town.page.locator(".criterion, article").filter(has_text="Д1").first)
    expect(town.page.get_by_label("Недостаток")).not_to_be_empty()
    assert town.evaluate(SOUND) == []
    town.press("Записать недостаток")
    expect(town.message).to_be_visible()
    expect(town.page.locator("main")).to_contain_text("Д1")
    return re.search(r"/findings/\d+", town.page.url)[0]


def _plan(school, finding: str) -> str:
    school.go(finding)
    school.follow("Запланировать меру")
    school.page.get_by_label("Что будет сделано").fill("Разработать и утвердить положение")
    assert school.evaluate(SOUND) == []
    school.press("Запланировать")
    expect(school.message).to_be_visible()
    return re.search(r"/corrective-measures/\d+", school.page.url)[0]


def _finish(school, measure: str) -> None:
    """Without proof it is not taken, and what was typed stays."""
    page = school.page
    school.press("Взять в работу")
    expect(school.message).to_be_visible()
    school.open("Отметить выполненной")
    page.get_by_label("Что сделано").fill("Положение утверждено приказом № 7")
    school.press("Отметить выполненной")
    expect(page.locator("main")).to_contain_text("Приложите хотя бы одно подтверждение")
    expect(page.get_by_label("Что сделано")).to_have_value("Положение утверждено приказом № 7")
    page.get_by_label("Ссылка").first.fill("https://school.example.ru/polozhenie")
    school.press("Отметить выполненной")
    expect(school.message).to_be_visible()
    expect(page.locator("main")).to_contain_text("выполнена")


def _verify(town, measure: str) -> None:
    town.go("/")
    expect(town.page.locator("main")).to_contain_text("Проверить выполненные меры")
    town.go(measure)
    town.page.locator("summary", has_text=re.compile("^Подтвердить$")).click()
    town.page.locator("details[open]").get_by_role("button", name="Подтвердить", exact=True).click()
    expect(town.message).to_be_visible()


def _helped(school, measure: str) -> None:
    """The next round is accepted: the school rose, five that were alike did not."""
    school.go(measure)
    effect = school.page.locator("#effect")
    expect(effect).to_contain_text("помогло")
    expect(effect).to_contain_text("предварительно")
    expect(effect).to_contain_text("5 организаций")
    school.follow("Цепочка")
    main = school.page.locator("main")
    for word in ("Критерий", "Недостаток", "Мера", "Пункт распоряжения", "Обучение", "Следующий цикл", "помогло"):
        expect(main).to_contain_text(word)
    assert school.evaluate(SOUND) == []
