"""A real Chromium, the product served to it, and people who open it."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts import need_chromium
from tests.browser.person import Person
from tests.browser.site import Site, serve

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or need_chromium.find()
    assert program, need_chromium.MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, world_template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Served once for a module; what the module names `FILL` is there from the start; jobs are done where it `WORKS`."""
    source, world = world_template
    fill = getattr(request.module, "FILL", lambda engine, world: None)
    works = getattr(request.module, "WORKS", False)
    with serve(source, copy.deepcopy(world), tmp_path_factory.mktemp("site"), fill=fill, works=works) as served:
        yield served


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """A failure tells what each person had on the screen."""
    report = yield
    if report.when == "call" and report.failed:
        for one in getattr(item, "people", ()):
            report.sections.append((one.page.url, one.page.locator("body").inner_text()[:3000]))
    return report


@pytest.fixture
def person(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """`person("region")` is signed in at a browser of their own; whatever the browser complains of fails the test."""
    people: list[Person] = []
    request.node.people = people

    def open_for(login: str = "", **context) -> Person:
        known = site.states.get(login)
        found = Person(chromium, site.address, **({"storage_state": known} if known else {}), **context)
        people.append(found)
        if login and not known:
            found.sign_in(login)
            site.states[login] = found.context.storage_state()
        elif login:
            found.go("/")
        return found

    yield open_for
    troubles = [trouble for one in people for trouble in one.troubles]
    for one in people:
        one.context.close()
    assert not troubles, "\n".join(troubles)
