"""An assessment sheet on its way up: filled in a school, returned once, accepted by the municipality, approved."""

import re
import time
from datetime import date

import pytest
from playwright.sync_api import expect

from app.models.enumeration import AssessmentStatus, RoundStatus
from tests.browser.test_shell import NARROW, SOUND
from tests.factories.monitoring import build_framework, fill_sheet, hold_round

pytestmark = pytest.mark.browser
LAST = {"opens_on": date(2022, 9, 1), "due_on": date(2022, 10, 1), "locks_on": date(2022, 10, 15)}
DAYS = {"opens_on": date(2023, 1, 9), "due_on": date(2023, 2, 1), "locks_on": date(2023, 2, 15)}


def FILL(engine, world):  # noqa: N802 - the fixture asks for this name
    """The same set in two rounds: the last one's answers stand beside this one's."""
    framework = build_framework(engine, world)
    last = hold_round(engine, world, framework=framework, title="Осень 2022", status=RoundStatus.CLOSED, **LAST)
    approved = {"status": AssessmentStatus.APPROVED, "day": date(2022, 9, 20)}
    fill_sheet(engine, world, last, "school", {"Д1": "1", "Д2": "1", "Г1": "1"}, **approved)
    now = hold_round(engine, world, framework=framework, title="Весна 2023", previous_round_id=last.round_id, **DAYS)
    fill_sheet(engine, world, now, "municipality", {"М1": "2", "М2": "90"})
    return now


def card(one, held, code):
    return one.page.locator(f"#criterion-{held.criteria[code]}")


def saved(one, held, code):
    expect(card(one, held, code).locator("[data-save-state]")).to_contain_text("сохранено в")


def slowly(route):
    time.sleep(0.5)
    route.continue_()


def test_a_sheet_climbs_the_tree_with_one_return(person, site):
    held = site.records
    address = f"/assessments/{held.assessments['school']}"
    school, town = person("school"), person("municipality")
    _fill(school, held, address)
    _refused(town, f"/assessments/{held.assessments['municipality']}")
    _return(town, held, address)
    _send_again(school, held, address)
    town.go(address)
    town.press("Принять лист")
    expect(town.message).to_contain_text("Лист принят")
    region = person("region")
    region.go(address)
    region.press("Утвердить лист")
    expect(region.message).to_contain_text("Лист утверждён")
    expect(region.page.locator("main .badge").first).to_have_text("утверждён")
    region.go(f"/assessments/?round={held.round_id}&status=approved")
    expect(region.page.locator("table.register tbody tr")).to_have_count(1)


def _fill(school, held, address):
    school.go(address)
    first = card(school, held, "Д1")
    expect(first).to_contain_text("В прошлый раз")
    first.get_by_label("2 — ответ 2").check()
    saved(school, held, "Д1")
    expect(school.page.locator("#sheet-progress")).to_contain_text("1 из 3")
    # Д1 asks for a proof: a link will do.
    first.get_by_role("link", name="Приложить").click()
    school.press("Приложить", first)
    expect(first).to_contain_text("выберите файл или вставьте ссылку")
    first.get_by_label("Ссылка").fill("https://ilinskoe.example/vsoko")
    school.press("Приложить", first)
    expect(first.get_by_role("link", name="ilinskoe.example")).to_be_visible()
    second = card(school, held, "Д2")
    school.press("Оставить как в прошлый раз", second)
    expect(second.get_by_label("1 — ответ 1")).to_be_checked()
    expect(second.locator("[data-source]")).to_contain_text("перенесено")
    expect(school.page.locator("#sheet-progress")).to_contain_text("не хватает: 1")
    school.page.locator("#sheet-progress summary").click()
    school.follow("Г1", school.page.locator("#sheet-progress"))
    third = card(school, held, "Г1")
    expect(third).to_be_in_viewport()
    third.get_by_label("неприменимо", exact=True).check()
    third.get_by_label("Почему неприменимо").fill("Школа открыта в этом году")
    # Going on to send takes along what was typed a moment ago.
    school.follow("Проверить и отправить")
    expect(school.heading).to_have_text("Отправка листа")
    school.press("Отправить на проверку")
    expect(school.message).to_contain_text("Лист отправлен")


def _refused(town, address):
    """A school is not done: the municipality's own sheet waits."""
    town.go(f"{address}/send")
    main = town.page.locator("main")
    expect(main).to_contain_text("МБОУ СОШ № 2 г. Томари")
    expect(main.get_by_role("button", name="Отправить на проверку")).to_have_count(0)


def _return(town, held, address):
    town.go(address)
    line = card(town, held, "Д1")
    town.open("Своя оценка или замечание", line)
    line.get_by_label("1 — ответ 1").check()
    saved(town, held, "Д1")
    assert town.evaluate(SOUND) == []
    town.open("Вернуть с замечаниями")
    town.page.get_by_label("Что исправить в целом").fill("Поправьте Д1.")
    line.get_by_label("Замечание").fill("Ссылка ведёт не туда.")
    # On a slow line what was typed a moment ago goes along all the same.
    town.page.route("**/check", slowly)
    town.press("Вернуть с замечаниями", town.page.locator("#acts form[action$='/return']"))
    expect(town.message).to_contain_text("возвращён")


def _send_again(school, held, address):
    school.go(address)
    expect(school.page.locator("main")).to_contain_text("Поправьте Д1.")
    first = card(school, held, "Д1")
    expect(first).to_contain_text("Ссылка ведёт не туда.")
    first.get_by_label("1 — ответ 1").check()
    saved(school, held, "Д1")
    school.follow("Проверить и отправить")
    school.press("Отправить на проверку")
    expect(school.message).to_contain_text("Лист отправлен")


def test_the_line_drops_and_no_answer_is_lost(person, site):
    held = site.records
    school = person("school2", viewport=NARROW)
    address = f"/assessments/{held.assessments['school2']}"
    for page in ("/assessments/", f"{address}/send", f"{address}/criteria/{held.criteria['Д1']}/evidence", address):
        school.go(page)
        assert school.evaluate(SOUND) == [], page
    card(school, held, "Д1").get_by_label("0 — ответ 0").check()
    saved(school, held, "Д1")
    school.context.set_offline(True)
    second = card(school, held, "Д2")
    second.get_by_label("2 — ответ 2").check()
    second.get_by_label("Пояснение").fill("Новое положение с сентября.")
    told = school.page.locator("[data-sheet-saved]")
    expect(told).to_contain_text("нет связи — черновик хранится в этом браузере (1)")
    # The line is back only after the page was left: what waited is offered.
    school.context.route("**/criteria/**", lambda route: route.abort())
    school.context.set_offline(False)
    school.page.reload()
    school.context.unroute("**/criteria/**")
    school.troubles.clear()
    expect(second.get_by_label("2 — ответ 2")).not_to_be_checked()
    expect(school.page.locator(".restore")).to_contain_text("Найдено 1 несохранённый ответ")
    school.press("Восстановить")
    saved(school, held, "Д2")
    school.page.reload()
    expect(second.get_by_label("2 — ответ 2")).to_be_checked()
    expect(second.get_by_label("Пояснение")).to_have_value("Новое положение с сентября.")
    expect(school.page.locator(".restore")).to_have_count(0)
    _answered_elsewhere(school, person("school2"), held)


def _answered_elsewhere(one, other, held):
    """Two windows, one question: both answers are shown, and the person chooses."""
    other.expected.add(409)
    other.go(f"/assessments/{held.assessments['school2']}")
    card(one, held, "Г1").get_by_label("нет").check()
    saved(one, held, "Г1")
    line = card(other, held, "Г1")
    line.get_by_label("да", exact=True).check()
    expect(line.locator("[data-refused]")).to_contain_text("записал ответ «нет»")
    expect(line.get_by_label("да", exact=True)).to_be_checked()
    other.press("Записать мой ответ", line)
    saved(other, held, "Г1")
    one.page.reload()
    expect(card(one, held, "Г1").get_by_label("да", exact=True)).to_be_checked()
    assert re.search("answer:", one.evaluate("Object.keys(localStorage).join()")) is None
