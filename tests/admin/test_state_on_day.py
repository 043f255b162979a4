"""The registers on a past day: what they showed then is what they show of it now, to everybody."""

from __future__ import annotations

import html
import io
import re
from datetime import datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from flask import g
from werkzeug.datastructures import MultiDict

from app.admin.assignment_register import LISTING as ASSIGNMENTS
from app.admin.audit_event import LISTING as JOURNAL
from app.admin.order_register import LISTING as ORDERS
from app.admin.org_unit_register import LISTING as UNITS
from app.admin.user_register import LISTING as USERS
from app.admin.user_register import grouped
from app.models import Assignment
from app.policies.guard import GuardedSession
from app.services import assignment as assignments
from app.services import clock
from tests.factories.order import Point, issue_order
from tests.services.past_days import ZONE, days, people
from tests.services.past_order_deeds import ORDER_DEEDS
from tests.services.past_unit_deeds import UNIT_DEEDS
from tests.services.statements import counted

__all__ = ["days", "people"]

LISTINGS = {"orders": ORDERS, "assignments": ASSIGNMENTS, "units": UNITS, "users": USERS, "journal": JOURNAL}
READERS = (
    "region",
    "observer",
    "municipality",
    "municipality2",
    "school",
    "school_b",
    "provider",
    "foreign_region",
    "admin",
)
ASKED = (
    {},
    {"q": "отчет", "sort": "number"},
    {"overdue": "1", "kind": "order", "duty": "operator", "active": "1"},
)


@pytest.fixture
def shown(app, engine, actor, days):
    """The rows of a register as somebody gets them, now or about a day."""

    def read(login, register, arguments, on_day=None):
        listing = LISTINGS[register]
        known = {one.key for one in listing.filters} | {"q"} | ({"sort"} if register == "orders" else set())
        asked = {key: value for key, value in arguments.items() if key in known}
        if register in {"units", "journal"}:
            asked.pop("kind", None)
        if on_day is not None:
            asked["on_day"] = on_day.isoformat()
        me = actor(login)
        with app.test_request_context(), GuardedSession(engine, info={"actor": me}) as session:
            g.actor = me
            state = listing.read(MultiDict(asked), (days.today, ZONE))
            state.unit_id, g.day_shown = me.unit_id, state.on_day
            rows = session.execute(listing.every_row(state)).all()
            if on_day is not None and not arguments:
                assert session.scalar(listing.count(state)) == len(rows)
                assert len(session.execute(*listing.rows(state)).all()) == min(51, len(rows))
        return {row.id: _plain(row, listing) for row in rows}

    return read


def _plain(row, listing):
    told = row._asdict()
    for key in ("version", "last_sign_in_at"):
        told.pop(key, None)
    if "duties" in told:
        told["duties"] = grouped(told["duties"])
    return told


def test_what_was_shown_then_is_shown_of_it_now(people, shown, days):
    snapshots = {}
    for _ in range(3):
        people.a_day([*ORDER_DEEDS, *UNIT_DEEDS])
        for login in READERS:
            for register in LISTINGS:
                for number, asked in enumerate(ASKED):
                    snapshots[days.today, login, register, number] = shown(login, register, asked)
        days.pass_one()
    assert {"issue", "take", "report", "judge", "rename", "revoke", "edit_draft"} <= people.done
    present = {(login, register): shown(login, register, {}) for login in READERS for register in LISTINGS}
    compared = 0
    for (day, login, register, number), then in snapshots.items():
        now = shown(login, register, ASKED[number], on_day=day)
        # Who may see a row is decided by today's rights.
        expected = {key: row for key, row in then.items() if key in present[login, register]}
        if register == "users":
            # Whoever came under the reader since is shown with what they were.
            now = {key: row for key, row in now.items() if key in expected}
        assert now == expected, (day, login, register, ASKED[number])
        compared += len(now)
    assert compared > 1000


@pytest.fixture
def changed(engine, world, people, days):
    """An order whose assignments were taken on the third day; and nothing since."""
    points = (Point("1", due_on=days.today + timedelta(days=1), to=("school", "school2", "school_b")),)
    issued = issue_order(engine, world, points=points)
    days.pass_one(72)

    def take(people, session, me):
        found = session.get_one(Assignment, issued.assignments["1", "school"])
        assignments.take(session, me, found, today=days.today, responsible="Петрова")
        return True

    assert people.as_one("school", take)
    days.pass_one()
    return issued


def test_a_list_about_a_day_says_so_and_keeps_to_it(changed, browser, days):
    then = days.today - timedelta(days=4)
    region = browser("region")
    present = region.get("/assignments/").text
    page = region.get(f"/assignments/?on_day={then}&status=assigned&sort=due_on&desc=0&filters=1").text
    assert "late" in present
    assert "s-accepted" in present
    assert 'name="id"' in present
    assert "term late" not in page
    assert "s-accepted" not in page
    assert page.count('class="row-link"') == 3
    # Nothing is done to what was.
    assert 'name="id"' not in page
    assert f"<b>Состояние на:</b> {then:%d.%m.%Y}" in page
    assert f'name="on_day" value="{then}"' in page
    links = re.findall(r'href="(/assignments/[^"]*)"', html.unescape(page))
    assert all(f"on_day={then}" in link for link in links if "sort=" in link or "/export" in link)
    # The chip takes back the day and nothing else.
    assert any("status=assigned" in link and "on_day" not in link for link in links)
    assert f'type="hidden" name="on_day" value="{then}"' in region.get(f"/assignments/?on_day={then}").text


def test_overdue_is_by_that_day(changed, browser, days):
    region = browser("region")
    for day, overdue in ((days.today, 3), (days.today - timedelta(days=3), 0), (days.today - timedelta(days=2), 3)):
        page = region.get(f"/assignments/?on_day={day}&overdue=1").text
        assert page.count('class="row-link"') == overdue, day
        assert page.count("term late") == overdue
        orders = region.get(f"/orders/?on_day={day}").text
        assert ('<span class="term late">3</span>' in orders) is bool(overdue)


@pytest.mark.parametrize("raw", ["вчера", "20260901", "2026-02-30", "0001-01-01", "9999-12-31", "%00"])
@pytest.mark.parametrize("page", ["/assignments/", "/assignments/export", "/orders/{}/annex", "/orders/{}/matrix"])
def test_what_is_no_day_is_not_understood(changed, browser, page, raw):
    assert browser("region").get(f"{page.format(changed.order_id)}?on_day={raw}").status_code == 400


@pytest.mark.parametrize("page", ["/assignments/", "/assignments/export", "/orders/{}/annex", "/orders/{}/matrix"])
def test_a_day_that_has_not_come_is_told_in_words(changed, browser, days, page):
    answer = browser("region").get(f"{page.format(changed.order_id)}?on_day={days.today + timedelta(days=1)}")
    assert answer.status_code == 422
    assert "Этот день ещё не наступил" in answer.text


def test_the_sheet_is_of_that_day_and_says_so(changed, browser, days):
    then = days.today - timedelta(days=4)
    cells = cells_of(browser("region").get(f"/assignments/export?on_day={then}").data)
    present = cells_of(browser("region").get("/assignments/export").data)
    assert "Петрова" in present
    assert "Петрова" not in cells
    assert any(str(cell).startswith(f"Состояние на {then:%d.%m.%Y} по истории изменений") for cell in cells)
    assert any(f"по состоянию на {then:%d.%m.%Y} 23:59" in str(cell) for cell in cells)
    assert any(f"Состояние на: {then:%d.%m.%Y}" in str(cell) for cell in cells)
    assert not any("состояние на" in str(cell).casefold() and "по истории" in str(cell) for cell in present)


@pytest.mark.parametrize("page", ["/assignments/export", "/orders/{}/annex"])
def test_nothing_is_said_of_the_hours_of_today_that_have_not_come(changed, browser, days, page):
    cells = cells_of(browser("region").get(f"{page.format(changed.order_id)}?on_day={days.today}").data)
    told = next(str(cell) for cell in cells if str(cell).startswith("по состоянию на "))
    moment = datetime.strptime(told[16:32], "%d.%m.%Y %H:%M").replace(tzinfo=ZoneInfo(ZONE))
    assert moment.date() == days.today
    assert moment <= clock.now()


def test_the_annex_and_the_matrix_are_of_that_day(changed, world, browser, days):
    then, before = days.today - timedelta(days=4), days.today - timedelta(days=5)
    region, base = browser("region"), f"/orders/{changed.order_id}"
    annex = region.get(f"{base}/annex?on_day={then}")
    assert "Петрова" not in cells_of(annex.data)
    assert "Петрова" in cells_of(region.get(f"{base}/annex").data)
    assert f"{then:%d.%m.%Y}.xlsx" in unquote(annex.headers["Content-Disposition"])
    page = html.unescape(region.get(f"{base}/matrix?on_day={then}").text)
    assert f"{base}/annex?on_day={then}" in page
    assert f"<b>Состояние на:</b> {then:%d.%m.%Y}" in page
    town = world.units["municipality"]
    panels = re.findall(rf'href="({base}/matrix\?municipality={town}&point=\d+)(&on_day={then})"', page)
    assert len(panels) == 1
    here, of_day = panels[0]
    for address, taken in ((here, True), (here + of_day, False)):
        panel = region.get(address, headers={"HX-Request": "true"}).text
        assert "МБОУ СОШ «school»" in panel
        assert ("s-accepted" in panel) is taken
    assert region.get(f"{base}/annex?on_day={before}").status_code == 409
    assert "ещё не было выпущено" in region.get(f"{base}/matrix?on_day={before}").text
    assert browser("foreign_region").get(f"{base}/annex?on_day={then}").status_code == 404
    assert browser("foreign_region").get(f"{base}/matrix?on_day={then}").status_code == 404


def test_a_list_costs_no_more_statements_about_a_day(changed, engine, browser, days):
    region = browser("region")
    address = f"/assignments/?on_day={days.today - timedelta(days=4)}"
    region.get(address)
    with counted(engine) as sent:
        region.get("/assignments/")
    present = len(sent)
    with counted(engine) as sent:
        region.get(address)
    assert len(sent) == present


def cells_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
