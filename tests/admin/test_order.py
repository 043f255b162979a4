"""Who sees and who writes an order, its register, and the acts that change it."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Assignment, Order
from app.models.enumeration import AssignmentStatus, OrderStatus
from tests.factories.order import Point, issue_order
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


def test_a_draft_is_its_issuers_alone(engine, world, browser):
    draft = issue_order(engine, world, status=OrderStatus.DRAFT, title="КАНАРЕЙКА")
    place, point = f"/orders/{draft.order_id}", draft.points["1"]
    for login in ("municipality", "school", "provider", "foreign_region", "nobody", "admin"):
        client = browser(login)
        refused = {403, 404} if login in {"nobody", "admin"} else {404}
        for path in (
            "",
            "/history",
            "/issue",
            "/heading",
            "/source",
            f"/points/{point}",
            f"/points/{point}/edit",
            "/amend",
        ):
            answer = client.get(place + path)
            assert answer.status_code in refused | ({403} if path in {"/issue", "/amend"} else set()), (login, path)
            assert "КАНАРЕЙКА" not in answer.text
        assert "КАНАРЕЙКА" not in client.get("/orders/").text
    observer = browser("observer")
    page = observer.get(place)
    assert page.status_code == 200
    assert "КАНАРЕЙКА" in page.text
    assert "Изменить" not in page.text
    assert "Выпустить" not in page.text


WRITES = (
    "/heading", "/delete", "/grounds", "/grounds/1/delete", "/issue", "/amend", "/close", "/reopen", "/points",
    "/points/{point}/save", "/points/{point}/delete", "/points/{point}/split", "/points/{point}/move",
    "/points/{point}/settle",
)  # fmt: skip


@pytest.mark.parametrize("login", ["observer", "municipality", "foreign_region", "school"])
def test_nobody_else_writes(engine, world, browser, work, login):
    draft = issue_order(engine, world, status=OrderStatus.DRAFT)
    issued = issue_order(engine, world, points=(Point("1", to=("municipality", "school")),), number="2")
    client = browser(login)
    values = {"number": "99", "text": "x", "dated_on": "2026-11-01", "note": "x", "kind": "order", "version": "1"}
    for made in (draft, issued):
        for path in WRITES:
            answer = client.post(f"/orders/{made.order_id}{path.format(point=made.points['1'])}", values)
            assert answer.status_code in {403, 404, 409}, (login, path, answer.status_code)
    session = work("region")
    assert session.get(Order, draft.order_id).number == "3.12-118-Р"
    assert session.get(Order, draft.order_id).status is OrderStatus.DRAFT
    assert len(session.get(Order, draft.order_id).points) == 1
    assert session.get(Order, issued.order_id).status is OrderStatus.ISSUED


def test_the_addressed_see_what_is_theirs_and_no_buttons(engine, world, browser):
    issued = issue_order(
        engine,
        world,
        points=(Point("1", to=("municipality", "municipality2")), Point("2", to=("school", "school_b"))),
        source_text="Текст распоряжения",
    )
    page = browser("school").get(f"/orders/{issued.order_id}").text
    assert page.count(">нам<") == 1
    assert "Текст распоряжения" in page
    for word in ("Изменяющий акт</a>", "Внести акт", "Списать в дело", "/points/"):
        assert word not in page
    assert browser("municipality").get(f"/orders/{issued.order_id}").text.count(">нам<") == 1
    assert "Внести акт" in browser("region").get(f"/orders/{issued.order_id}").text


def test_an_act_moves_terms_and_keeps_what_was_typed_when_refused(engine, world, browser, work):
    issued = issue_order(engine, world, points=(Point("1", due_on=date(2026, 12, 1)),))
    region, place = browser("region"), f"/orders/{issued.order_id}/amend"
    point = issued.points["1"]
    assert region.get(place).status_code == 200
    values = {"kind": "directive", "number": "77", "dated_on": "2026-11-20", f"due-{point}": "2026-12-24"}
    for wrong in (
        {f"due-{point}": "завтра"},
        {f"due-{point}": "2026-01-01"},
        {f"add-{point}": "МБОУ СОШ «foreign_school»"},
        {f"revoke-{point}": "1"},
        {"dated_on": "2020-01-01"},
    ):
        answer = region.post(place, values | wrong)
        assert answer.status_code == 422, wrong
        assert 'value="77"' in answer.text
    assert region.post(place, values).status_code == 302
    page = region.get(f"/orders/{issued.order_id}").text
    assert "№ 77 от 20.11.2026" in page
    assert "01.12.2026 → 24.12.2026" in page
    days = work("region").scalars(select(Assignment.due_on)).all()
    assert days == [date(2026, 12, 24)] * 2
    assert "№ 77" in browser("municipality").get(f"/orders/{issued.order_id}").text


def test_an_order_is_closed_and_reopened(engine, world, browser, work):
    still_open = issue_order(engine, world, number="открытое")
    refused = browser("region").post(f"/orders/{still_open.order_id}/close")
    assert refused.status_code == 409
    assert "Не исполнено поручений: 2" in refused.text
    done = {"municipality": {"status": AssignmentStatus.DONE}}
    issued = issue_order(engine, world, points=(Point("1", to=done),))
    region, place = browser("region"), f"/orders/{issued.order_id}"
    assert region.post(f"{place}/close").status_code == 302
    assert region.get(f"{place}/amend").status_code == 409
    assert region.post(f"{place}/reopen").status_code == 422
    assert region.post(f"{place}/reopen", {"note": "рано"}).status_code == 302
    assert work("region").get(Order, issued.order_id).status is OrderStatus.ISSUED


def test_the_register_counts_filters_and_exports_within_the_scope(engine, world, browser):
    for number in range(6):
        issue_order(
            engine,
            world,
            number=f"{number}-Р",
            dated_on=date(2021 + number, 3, 1),
            points=(Point("1", due_on=date(2026, 6, 1), to=("municipality", "municipality2", "school", "school_b")),),
        )
    issue_order(engine, world, issuer="foreign_region", number="чужое", points=(Point("1", to=("foreign_school",)),))
    region, school = browser("region"), browser("school")
    region.get("/orders/")
    with counted(engine) as statements:
        page = region.get("/orders/").text
    # One of them reads who the person is.
    assert len(statements) <= 4 + 1, statements
    assert "чужое" not in page
    assert page.count('class="row-link"') == 6
    assert '<td class="number">4</td>' in page
    assert '<td class="number">1</td>' in school.get("/orders/").text
    found = region.get("/orders/", query_string={"year": "2023", "status": "issued", "kind": "directive"}).text
    assert found.count('class="row-link"') == 1
    assert region.get("/orders/", query_string={"q": "5-р"}).text.count('class="row-link"') == 1
    assert region.get("/orders/", query_string={"sort": "number", "desc": "0"}).status_code == 200
    for wrong in ({"year": "12"}, {"status": "x"}, {"kind": "x"}, {"dated_from": "x"}):
        assert region.get("/orders/", query_string=wrong).status_code == 400
    with region.get("/orders/export") as export:
        assert export.status_code == 200
        assert export.data[:2] == b"PK"


def test_the_page_of_an_order_costs_the_same_however_many_points_it_has(engine, world, browser):
    region = browser("region")
    for status in (OrderStatus.DRAFT, OrderStatus.ISSUED):
        costs = set()
        for size in (1, 9):
            points = tuple(Point(str(number), to=("school",)) for number in range(1, size + 1))
            order = issue_order(engine, world, status=status, points=points, number=f"{size}-{status.value}")
            with counted(engine) as sent:
                assert region.get(f"/orders/{order.order_id}").status_code == 200
            costs.add(len(sent))
        assert len(costs) == 1, (status, costs)
