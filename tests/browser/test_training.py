"""Training from the list of those who are not trained to the point of the order: school, institute, ministry."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.test_shell import SOUND
from tests.factories.order import Point, issue_order
from tests.factories.training import add_group, add_person, add_programme, add_requirement

pytestmark = pytest.mark.browser
# A message, or the list of what became of each row.
VERDICT = ".messages .message, main .queue .s-done"
# The day on which the site is served.
TODAY, DAY = date(2023, 1, 26), timedelta(days=1)


def FILL(engine, world):  # noqa: N802 - the fixture asks for this name
    """Heads of two schools, an agreed programme, a group that takes applications, and a point that asks for it."""
    add_person(engine, world, "school", last_name="Обучаемая", title="директор")
    add_person(engine, world, "school_b", last_name="Посторонняя", title="директор")
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, starts_on=TODAY, ends_on=TODAY + 5 * DAY, apply_until=TODAY)
    year = {"starts_on": date(2023, 1, 1), "due_on": date(2023, 12, 31)}
    requirement = add_requirement(engine, world, **year)
    text = "обеспечить повышение квалификации руководителей ОО и/или их заместителей по вопросам ВСОКО"
    order = issue_order(
        engine, world, number="3.12-118-р", points=(Point("2.3", year["due_on"], ("municipality",), text=text),)
    )
    return {"group": group, "requirement": requirement, "order": order.order_id}


def test_an_application_becomes_coverage_of_the_point(person, site):
    held = site.records
    region, school, institute = person("region"), person("school"), person("provider")
    _bind(region, held)
    _apply(school, held)
    _teach(institute, held)
    _issue(institute, held)
    region.go(f"/orders/{held['order']}")
    expect(region.page.locator("main")).to_contain_text("охват 1 из 14 (7,1 %)")
    region.go(f"/training-requirements/{held['requirement']}/coverage")
    row = region.page.get_by_role("row", name=re.compile("Томаринский"))
    expect(row).to_contain_text("1 из ")
    assert region.evaluate(SOUND) == []
    school.go("/certificates/")
    expect(school.page.locator("table.register tbody tr")).to_have_count(1)
    expect(school.page.locator("table.register")).to_contain_text("Обучаемая")
    # The neighbour's people are in nobody's list but their own.
    for one in (school, institute):
        one.go("/staff-members/")
        expect(one.page.locator("main")).not_to_contain_text("Посторонняя")


def _bind(region, held):
    """«Пункт 2.3» is bound to the requirement: its progress is the coverage from now on."""
    region.go(f"/training-requirements/{held['requirement']}")
    option = region.page.locator("#bind-point option", has_text="п. 2.3").get_attribute("value")
    region.page.get_by_label("Пункт", exact=True).select_option(option)
    region.press("Сохранить связь")
    expect(region.message).to_be_visible()
    region.go(f"/orders/{held['order']}")
    expect(region.page.locator("main")).to_contain_text("охват 0 из 14")


def _apply(school, held):
    """Straight from «кто не обучен»."""
    school.go(f"/training-requirements/{held['requirement']}/missing")
    school.page.get_by_label("Заявить: Обучаемая").check()
    school.press("Заявить в поток")
    expect(school.page.locator("main")).to_contain_text("Обучаемая")
    school.go(f"/training-groups/{held['group']}")
    expect(school.page.locator("#trainees")).to_contain_text("заявлен")


def _teach(institute, held):
    """The institute sees the trainee, enrols by its order, teaches and notes the result."""
    page = institute.page
    institute.go(f"/training-groups/{held['group']}")
    expect(page.locator("#trainees")).to_contain_text("Обучаемая")
    assert institute.evaluate(SOUND) == []
    page.get_by_label("Выбрать: Обучаемая").check()
    institute.press("Зачислить приказом…")
    page.locator("#ask-trainees input[name=act]").fill("приказ № 12-уч")
    institute.press("Зачислить приказом")
    expect(page.locator(VERDICT).first).to_be_visible()
    institute.go(f"/training-groups/{held['group']}")
    expect(page.locator("#trainees")).to_contain_text("зачислен")
    institute.press("Начать обучение")
    institute.press("Начать обучение", page.get_by_role("dialog"))
    expect(page.locator(VERDICT).first).to_be_visible()
    institute.go(f"/training-groups/{held['group']}/results")
    page.get_by_label("Результат: Обучаемая").select_option("passed")
    institute.press("Сохранить результаты")
    expect(page.locator(VERDICT).first).to_be_visible()
    institute.go(f"/training-groups/{held['group']}")
    expect(page.locator("#trainees")).to_contain_text("завершил")


def _issue(institute, held):
    institute.go(f"/training-groups/{held['group']}/issue")
    page = institute.page
    page.get_by_label("Выдать: Обучаемая").check()
    institute.press("Выдать")
    expect(page.locator(VERDICT).first).to_be_visible()
    institute.go(f"/training-groups/{held['group']}")
    expect(page.locator("#trainees")).to_contain_text("документ выдан")
