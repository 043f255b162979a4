from __future__ import annotations

from datetime import timedelta

import pytest

from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import OrderStatus
from app.services import clock
from tests.factories.order import Point, add_report, ask_extension, issue_order
from tests.services.statements import counted

LATE = clock.today("Asia/Sakhalin") - timedelta(days=3)


@pytest.fixture
def issued(engine, world):
    to = {"school": {}, "school_b": {}, "municipality": {"status": Status.SUBMITTED}, "provider": {}}
    found = issue_order(engine, world, points=(Point("2", due_on=LATE, to=to, text="<i>разместить</i>"),))
    add_report(engine, world, "municipality", found.assignments["2", "municipality"])
    ask_extension(engine, world, "provider", found.assignments["2", "provider"])
    issue_order(engine, world, number="черновик-7", status=OrderStatus.DRAFT)
    issue_order(
        engine,
        world,
        issuer="foreign_region",
        number="чужой-7",
        points=(Point("1", due_on=LATE, to=["foreign_school"]),),
    )
    return found


def test_a_school_sees_its_own_work(browser, issued):
    page = browser("school").get("/").text
    assert f'href="/assignments/{issued.assignments["2", "school"]}"' in page
    assert "просрочено на 3 дня" in page
    assert "&lt;i&gt;разместить" in page
    assert "school_b" not in page
    assert f'href="/orders/{issued.order_id}/matrix"' in page
    assert 'href="/assignments/?overdue=1"' in page


def test_a_region_sees_what_waits_for_it(browser, issued):
    page = browser("region").get("/").text
    assert "Ждут вашей проверки" in page
    assert "Просят продлить срок" in page
    assert "черновик-7" in page
    assert "чужой" not in page
    assert f'href="/assignments/{issued.assignments["2", "municipality"]}"' in page


def test_figures_open_into_the_lists_that_they_count(browser, issued):
    page = browser("region")
    home = page.get("/").text
    assert "<b>4</b><span>просрочено</span>" in home
    assert page.get("/assignments/?overdue=1").text.count("<tr>") - 1 == 4


@pytest.mark.parametrize("login", ["region", "municipality", "school", "provider", "observer"])
def test_an_empty_page_says_what_will_be_here(browser, login):
    page = browser(login).get("/")
    assert page.status_code == 200
    assert "Поручений пока нет" in page.text


def test_everything_done_is_told(browser, engine, world):
    issue_order(engine, world, points=(Point("1", to={"school": {"status": Status.DONE}}),))
    assert "Сейчас всё сделано" in browser("school").get("/").text


def test_who_stands_nowhere_reads_what_to_do(browser, issued):
    assert "Вам ещё не дали полномочий" in browser("nobody").get("/").text
    admin = browser("admin").get("/")
    assert admin.status_code == 200
    assert "разместить" not in admin.text


def test_the_bell_is_a_bare_number(browser, issued):
    assert browser("school").get("/counts").text == "1"
    assert browser("region").get("/counts").text == "2"
    assert browser("observer").get("/counts").text == ""
    assert browser("nobody").get("/counts").text == ""
    assert browser("school2").get("/counts").text == ""


def test_statements_of_the_page(browser, engine, issued):
    client = browser("municipality")
    client.get("/")
    with counted(engine) as sent:
        client.get("/")
    # One says who is asking.
    assert len(sent) <= 11, sent
