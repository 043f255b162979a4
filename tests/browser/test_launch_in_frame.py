"""A learning platform on another origin of this machine opens the product in its frame; the product itself opens in none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from app.services import outside
from app.services.secret_box import SecretBox
from tests.browser.site import Site
from tests.databases import SECRETS_KEY
from tests.factories.lti import add_account, add_deployment, add_platform
from tests.factories.world import PASSWORD
from tests.platform import CLIENT, TEACHER, PlayedPlatform

pytestmark = pytest.mark.browser
SESSION = "monitoring"


@pytest.fixture(scope="module")
def platform(site: Site) -> Iterator[PlayedPlatform]:
    """http://localhost is another site than http://127.0.0.1, where the product is served."""
    played = PlayedPlatform()
    with played.served() as issuer:
        played.tool = site.address
        reach = outside.Outside(SecretBox([SECRETS_KEY]), played, site.address)
        outside.open_for(site.engine, reach)
        number = add_platform(
            site.engine, site.world, issuer=issuer, client_id=CLIENT, title="ТестСДО", **played.addresses
        )
        add_deployment(site.engine, site.world, number)
        add_account(site.engine, site.world, number, "school", subject="21")
        played.number = number
        yield played


def course(person, platform: PlayedPlatform, user: str):
    """The course page of the platform, with the product in its frame, as this person of the platform."""
    platform.changes = {"sub": user}
    # The played platform has no icon.
    person.expected |= {404}
    person.page.goto(f"{platform.issuer}/course")
    return person.page.frame_locator("iframe[name=tool]")


def sessions(person) -> list[dict]:
    return [cookie for cookie in person.context.cookies() if cookie["name"] == SESSION]


def test_a_linked_person_works_in_a_window_of_its_own(person, site, platform):
    teacher = person()
    frame = course(teacher, platform, "21")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Моя работа")
    expect(frame.get_by_text("Сотрудник school", exact=True)).to_be_visible()
    # The page in the frame stands without a session of the product.
    assert sessions(teacher) == []
    with teacher.context.expect_page() as opened:
        frame.get_by_role("button", name="Открыть в новом окне").click()
    window: Page = opened.value
    expect(window.get_by_role("heading", level=1)).to_have_text("Моя работа")
    assert window.url.startswith(site.address)
    (kept,) = sessions(teacher)
    assert (kept["sameSite"], kept["httpOnly"]) == ("Lax", True)
    # The ticket was for once: in the frame the button is spent, and the window does not need it.
    window.reload()
    expect(window.get_by_role("heading", level=1)).to_have_text("Моя работа")


def test_the_product_itself_stands_in_no_frame(person, site, platform):
    teacher = person("school")
    teacher.expected |= {404}
    teacher.page.goto(f"{platform.issuer}/nothing")
    teacher.page.evaluate(
        """(address) => { const frame = document.createElement("iframe");
        frame.name = "thief"; frame.src = address; document.body.append(frame); }""",
        f"{site.address}/",
    )
    teacher.page.wait_for_timeout(500)
    assert not any("Моя работа" in frame.content() for frame in teacher.page.frames)
    assert "frame-ancestors" in " ".join(teacher.troubles), "the browser has not refused it"
    teacher.troubles.clear()


def test_a_page_of_a_launch_stands_in_no_other_frame(person, site, platform):
    """Another origin than the platform's frames the page of a launch: the browser refuses it."""
    stranger = PlayedPlatform()
    with stranger.served() as elsewhere:
        teacher = person()
        # The form of the platform, sent from a page of somebody else into a frame there.
        platform.changes = {"sub": "21"}
        teacher.page.goto(f"{elsewhere}/nothing")
        teacher.page.evaluate(
            """(address) => { document.body.innerHTML = '<iframe name="tool"></iframe>';
            document.querySelector("iframe").src = address; }""",
            f"{platform.issuer}/window",
        )
        teacher.page.wait_for_timeout(1500)
        assert not any("Сотрудник school" in frame.content() for frame in teacher.page.frames)
        assert "frame-ancestors" in " ".join(teacher.troubles), "the browser has not refused it"
        teacher.troubles.clear()


def test_an_unlinked_person_proves_an_account_once(person, site, platform):
    teacher = person()
    frame = course(teacher, platform, TEACHER)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Учётная запись ещё не связана")
    assert frame.locator("input[type=password]").count() == 0, "a password is never typed in a frame"
    with teacher.context.expect_page() as opened:
        frame.get_by_role("button", name="Войти один раз и связать").click()
    window: Page = opened.value
    window.get_by_label("Имя для входа").fill("municipality")
    window.get_by_label("Пароль", exact=True).fill("wrong")
    window.get_by_role("button", name="Войти и связать").click()
    expect(window.get_by_role("alert")).to_contain_text("не подходят")
    expect(window.get_by_label("Имя для входа")).to_have_value("municipality")
    window.get_by_label("Пароль", exact=True).fill(PASSWORD)
    window.get_by_role("button", name="Войти и связать").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Моя работа")
    window.close()
    # From now on the platform's word is enough, in another browser as well.
    again = person()
    frame = course(again, platform, TEACHER)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Моя работа")
    expect(frame.get_by_text("Сотрудник municipality", exact=True)).to_be_visible()


def test_in_a_window_of_its_own_a_launch_signs_in_at_once(person, site, platform):
    teacher = person()
    teacher.expected |= {404}
    platform.changes = {"sub": "21"}
    teacher.page.goto(f"{platform.issuer}/window")
    expect(teacher.heading).to_have_text("Моя работа")
    assert teacher.page.url.startswith(site.address)


def test_a_browser_that_keeps_no_cookies_in_frames_opens_a_window(person, site, platform):
    teacher = person()
    teacher.expected |= {403}

    def without_cookies(route: Route) -> None:
        teacher.context.clear_cookies()
        route.continue_()

    teacher.page.route("**/lti/launch", without_cookies)
    frame = course(teacher, platform, "21")
    expect(frame.get_by_text("Браузер не сохранил отметку")).to_be_visible()
    assert sessions(teacher) == []
    with teacher.context.expect_page() as opened:
        frame.get_by_role("button", name="Открыть в новом окне").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Моя работа")
    assert len(sessions(teacher)) == 1
