"""One person at one browser: signs in, keeps what the browser complains of."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.factories.world import PASSWORD

# A loaded machine of two cores is slow; nothing here waits longer than it must.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
# A refused form and a foreign record are answers, but the browser calls them errors.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
# The policy tells its breaches to the page; the page tells them to us.
LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""


class Person:
    def __init__(self, chromium: Browser, address: str, **context) -> None:
        given = {"viewport": {"width": 1366, "height": 900}, "locale": "ru-RU"} | context
        self.context = chromium.new_context(base_url=address, **given)
        self.context.set_default_timeout(PATIENCE)
        self.context.set_default_navigation_timeout(2 * PATIENCE)
        self.context.add_init_script(LISTEN)
        self.troubles: list[str] = []
        self.expected = {422}
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        refused = REFUSED.match(message.text)
        if refused is None or int(refused[1]) not in self.expected:
            self.troubles.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def sign_in(self, login: str) -> Person:
        self.go("/sign-in")
        self.page.get_by_label("Имя для входа").fill(login)
        self.page.get_by_label("Пароль", exact=True).fill(PASSWORD)
        self.press("Войти")
        expect(self.heading).to_have_text("Моя работа")
        return self

    def go(self, path: str) -> Response:
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        (within or self.page).get_by_role("link", name=name).first.click()

    def open(self, name: str, within: Locator | None = None) -> None:
        """Unfolds what stands behind this word, where it is folded."""
        word = (within or self.page).locator("summary", has_text=name)
        if word.locator("..").get_attribute("open") is None:
            word.click()

    def evaluate(self, script: str):
        return self.page.evaluate(script)

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    @property
    def message(self) -> Locator:
        return self.page.locator(".messages .message").first

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")
