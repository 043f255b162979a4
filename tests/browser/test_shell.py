"""What every page does for the hand and the eye: keys, narrow and zoomed windows, what was typed, questions, many rows."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from app.models.enumeration import AssignmentStatus, OrderStatus
from tests.browser.measure_pages import measure_pages
from tests.browser.monitoring_pages import monitoring_pages
from tests.browser.platform_pages import platform_pages
from tests.browser.site import HOME_SCHOOL
from tests.browser.training_pages import training_pages
from tests.factories.order import Point, add_report, issue_order
from tests.factories.world import PASSWORD

pytestmark = pytest.mark.browser
TOWNS = ("municipality2", "Долинский", "Курильский", "Макаровский", "Невельский", "Холмский", "Ногликский")
ZOOMED = {"width": 683, "height": 450}  # 1366 × 900 at 200 %
NARROW = {"width": 360, "height": 800}


def FILL(engine, world):  # noqa: N802 - the fixture asks for this name
    """One order of the region with a report to check, and a draft; a round with the one before it, a set being made."""
    submitted = {"municipality2": {"status": AssignmentStatus.SUBMITTED}}
    points = (
        Point("1", date(2023, 2, 24), {"municipality": {}} | {key: {} for key in TOWNS} | submitted),
        Point(
            "2",
            date(2023, 1, 30),
            {"school": {"status": AssignmentStatus.ACCEPTED}, "school_b": {}, "regional_school": {}},
        ),
        Point("3", None, ("provider", "school2")),
    )
    signed = {"dated_on": date(2023, 1, 25), "issued_at": datetime(2023, 1, 25, 20, tzinfo=UTC)}
    issued = issue_order(engine, world, points=points, **signed)
    add_report(engine, world, "municipality2", issued.assignments["1", "municipality2"])
    draft = issue_order(
        engine, world, points=(Point("1", to=()),), status=OrderStatus.DRAFT, number="15-Р", title="О лагерях"
    )
    return {
        "order": f"/orders/{issued.order_id}",
        "draft": f"/orders/{draft.order_id}",
        "school's": f"/assignments/{issued.assignments['2', 'school']}",
        "submitted": f"/assignments/{issued.assignments['1', 'municipality2']}",
        "monitoring": monitoring_pages(engine, world),
        "training": training_pages(engine, world),
        "measures": measure_pages(engine, world, issued),
        "platforms": platform_pages(engine, world),
    }


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_sign_in_to_an_assignment_by_keys_alone(person):
    school = person()
    school.go("/")
    # A person types where the page has put the cursor; a machine may be there before it.
    expect(school.page.locator("#login")).to_be_focused()
    keys = school.page.keyboard
    keys.type("school")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(school.heading).to_have_text("Моя работа")
    keys.press("Tab")
    expect(school.focused).to_have_text("Перейти к содержанию")
    keys.press("Enter")
    expect(school.page.locator("#main")).to_be_focused()
    keys.press("Tab")
    expect(school.focused).to_contain_text("Пункт 2")
    keys.press("Enter")
    expect(school.heading).to_contain_text(f"Пункт 2. {HOME_SCHOOL}")


def test_keys_of_a_list(person):
    region = person("region")
    region.go("/assignments/")
    keys = region.page.keyboard
    keys.press("/")
    expect(region.page.locator("#search")).to_be_focused()
    keys.press("Escape")
    region.heading.click()
    keys.press("j")
    keys.press("j")
    keys.press("x")
    expect(region.page.locator("[data-bulk-row]").nth(1)).to_be_checked()
    expect(region.page.locator("[data-bulk-row]").nth(0)).not_to_be_checked()


def test_arrows_lead_through_the_matrix_and_the_panel_gives_the_focus_back(person, site):
    region = person("region")
    region.go(f"{site.records['order']}/matrix")
    cells = region.page.locator("a.cell")
    expect(region.page.locator('a.cell[tabindex="0"]')).to_have_count(1)
    cells.first.focus()
    first = region.focused.get_attribute("href")
    keys = region.page.keyboard
    keys.press("ArrowDown")
    below = region.focused.get_attribute("href")
    assert below != first
    expect(region.page.locator('a.cell[tabindex="0"]')).to_have_count(1)
    expect(region.page.locator(".tip")).to_contain_text("рок")
    keys.press("Enter")
    expect(region.page.locator("[data-panel-title]")).to_be_focused()
    expect(region.page).to_have_url(re.compile("/matrix$"))
    keys.press("Escape")
    expect(region.panel).to_be_hidden()
    expect(region.focused).to_have_attribute("href", below)
    keys.press("ArrowUp")
    expect(region.focused).to_have_attribute("href", first)


# ── windows ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SOUND = """() => {
  const said = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) said.push(`scrolls sideways by ${wide}`);
  const seen = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (seen.has(id)) said.push(`two elements have the id ${id}`);
    seen.add(id);
  }
  for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!control.labels?.length && !control.ariaLabel) said.push(`has no label: ${control.outerHTML.slice(0, 80)}`);
  for (const button of document.querySelectorAll("button, summary, a[href]"))
    if (!button.textContent.trim() && !button.ariaLabel && !button.title) said.push(`has no name: ${button.outerHTML.slice(0, 80)}`);
  for (const icon of document.querySelectorAll(".icon"))
    if (getComputedStyle(icon).maskImage === "none") said.push(`has no picture: ${icon.className}`);
  if (document.querySelectorAll("h1").length !== 1) said.push("has not one h1");
  return said;
}"""


@pytest.mark.parametrize("window", [ZOOMED, NARROW], ids=["zoomed", "narrow"])
@pytest.mark.parametrize("login", ["region", "school"])
def test_pages_are_sound(person, site, *, window, login):
    """No sideways scroll, every control with its name, every icon with its picture, no id twice."""
    order, draft = site.records["order"], site.records["draft"]
    pages = ["/", "/orders/", order, f"{order}/matrix", "/assignments/", "/org-units/", "/journal/", "/users/"]
    pages += ["/search/?q=ВСОКО", "/assignments/?q=яяя", "/assignments/?filters=1&on_day=2023-01-26"]
    pages += ["/reports/", "/imports/", "/imports/new?register=user", "/jobs/", "/assignments/export-columns"]
    if login == "region":
        pages += [
            draft,
            f"{draft}/issue",
            f"{draft}/points/new",
            f"{draft}/heading",
            f"{order}/amend",
            f"{order}/history",
        ]
        pages += ["/orders/new", "/orders/new/by-hand", site.records["submitted"], "/org-units/new/", "/users/new/"]
        pages += [f"/org-units/{site.world.units['school']}", f"/users/{site.world.users['school']}"]
        pages += ["/mailings/", "/mailings/new"]
    else:
        pages += [site.records["school's"], "/workbook/"]
    for part in ("monitoring", "training", "measures", "platforms"):
        pages += site.records[part][login]
    one = person(login, viewport=window)
    pages.append(_import_with_a_mistake(one))
    complaints = []
    for address in pages:
        answer = one.go(address)
        assert answer.status == 200, (address, answer.status)
        complaints += [f"{address} {each}" for each in one.evaluate(SOUND)]
    assert not complaints, "\n".join(complaints)


def _import_with_a_mistake(one) -> str:
    """The page of a list whose rows would create, and could not."""
    rows = f"ФИО;Логин;Организации и полномочия\nПетрова П. П.;petrova;{HOME_SCHOOL}: исполнитель\nБез логина;;{'слово ' * 40}\n"
    one.go("/imports/new?register=user")
    one.page.locator("#file").set_input_files({"name": "список.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    one.press("Проверить файл")
    expect(one.page.locator("#import-state")).to_contain_text("ошибк")
    return one.page.url


def test_the_drawer_of_a_narrow_window(person):
    region = person("region", viewport=NARROW)
    menu = region.page.get_by_role("button", name="Открыть разделы")
    menu.click()
    assert region.evaluate("Boolean(document.activeElement.closest('#sidebar'))")
    region.page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.click()
    region.page.locator("#sidebar").get_by_role("link", name="Поручения").click()
    expect(region.heading).to_have_text("Поручения")


def test_the_dark_look_is_kept(person):
    region = person("region")
    light = region.evaluate("getComputedStyle(document.body).backgroundColor")
    region.page.locator("summary[aria-label*='моё меню']").click()
    region.press("Тёмное")
    expect(region.page.locator("html")).to_have_attribute("data-theme", "dark")
    region.page.reload()
    expect(region.page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = region.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = [sum(int(part) for part in re.findall(r"\d+", colour)[:3]) for colour in (light, dark)]
    assert brightness[0] > 600
    assert brightness[1] < 150


# ── what was typed ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_session_loses_nothing_that_was_typed(person, site):
    school = person("school")
    school.go(site.records["school's"])
    words = "Документы размещены, приказ подписан."
    school.page.get_by_label("Что сделано").fill(words)
    school.page.get_by_label("исполнено частично").check()
    school.context.clear_cookies()
    school.press("Отправить отчёт")
    expect(school.heading).to_have_text("Вход в систему")
    school.sign_in("school")
    school.go(site.records["school's"])
    expect(school.page.get_by_label("Что сделано")).to_have_value("")
    school.press("Восстановить")
    expect(school.page.get_by_label("Что сделано")).to_have_value(words)
    expect(school.page.get_by_label("исполнено частично")).to_be_checked()
    # What one has typed is nobody else's: signing out takes it away.
    school.page.locator("summary[aria-label*='моё меню']").click()
    school.press("Выйти")
    expect(school.heading).to_have_text("Вход в систему")
    assert school.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('typed:')).length") == 0


def test_a_lost_session_in_the_panel_leads_to_the_sign_in(person, site):
    region = person("region")
    region.go(f"{site.records['order']}/matrix")
    region.context.clear_cookies()
    # The bell finds out by itself and must not lead away.
    with region.page.expect_response("**/counts"):
        region.evaluate("void htmx.ajax('GET', '/counts', {source: '.bell-count', target: '.bell-count'})")
    expect(region.heading).to_contain_text("Исполнение")
    region.page.locator("a.cell").first.click()
    expect(region.heading).to_have_text("Вход в систему")


# ── questions and many rows ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_destroys_asks_first(person, site):
    region = person("region")
    region.go(site.records["draft"])
    posts = []
    region.page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    dialog = region.page.locator("#confirm")

    def ask() -> None:
        region.page.locator("summary[aria-label='Ещё действия с документом']").click()
        region.press("Удалить черновик", region.page.locator(".menu-list"))
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text("15-Р")
        expect(dialog.get_by_role("button", name="Отмена")).to_be_focused()

    ask()
    region.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(region.page).to_have_url(re.compile(f"{site.records['draft']}$"))
    assert not posts
    # Not for good: other tests open this draft.
    region.page.route(
        "**/delete",
        lambda route: route.fulfill(status=200, body="<h1>Удалено</h1>", content_type="text/html; charset=utf-8"),
    )
    region.page.keyboard.press("Escape")
    ask()
    region.press("Удалить черновик", dialog)
    expect(region.heading).to_have_text("Удалено")
    assert len(posts) == 1


def test_many_rows_at_once_with_a_verdict_for_each(person):
    region = person("region")
    region.go("/assignments/?point=1")
    rows = region.page.locator("[data-bulk-row]")
    bar = region.page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    rows.nth(0).click()
    rows.nth(3).click(modifiers=["Shift"])
    expect(bar).to_contain_text("Выбрано: 4 строки")
    expect(region.page.locator("#announce")).to_have_text("Выбрано: 4 строки")
    region.press("Снять выбор")
    expect(bar).to_be_hidden()
    for town in ("Анивский", "Холмский"):
        region.page.get_by_role("row").filter(has_text=f"{town} муниципальный").get_by_role("checkbox").check()
    expect(bar).to_contain_text("Выбрано: 2 строки")
    region.press("Принять отчёты")
    expect(region.page.locator(".lead")).to_contain_text("Сделано: 1 из 2")
    expect(region.page.locator(".queue li").filter(has_text="Анивский")).to_contain_text("сделано")
    expect(region.page.locator(".queue li").filter(has_text="Холмский")).to_contain_text("не сделано")
