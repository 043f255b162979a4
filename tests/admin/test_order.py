"""The way of an order in a browser: text in, corrected, issued, seen by those it addresses and by nobody else."""

import re
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.models import Assignment, Order, OrderPoint
from app.models.enumeration import OrderStatus
from tests.services.order_world import TEXT, add_sakhalin

LETTER = """УПРАВЛЕНИЕ ОБРАЗОВАНИЯ
ПИСЬМО
01.11.2026 № 7

Уважаемые руководители!
Прошу всех руководителей общеобразовательных организаций разместить план ВСОКО на сайте в срок до 20 декабря 2026 года.
"""


@pytest.fixture
def sakhalin(engine, world):
    add_sakhalin(engine, world)
    return world


def paste(client, text=TEXT):
    answer = client.post("/orders/new", {"text": text})
    assert answer.status_code == 302, answer.text
    return int(re.search(r"/orders/(\d+)", answer.location)[1])


def issue(client, order_id):
    page = client.get(f"/orders/{order_id}/issue").text
    expected = re.search(r'name="expected" value="(\d+)"', page)[1]
    answer = client.post(f"/orders/{order_id}/issue", {"expected": expected})
    assert answer.status_code == 302, answer.text
    return int(expected)


def test_the_real_order_from_text_to_assignments(sakhalin, browser, work):
    region = browser("region")
    order_id = paste(region)
    session = work("region")
    order = session.get(Order, order_id)
    assert [point.label for point in order.points] == ["1", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4а", "4б"]
    page = region.get(f"/orders/{order_id}").text
    assert page.count('class="card proposal"') == 9

    session.rollback()
    made = issue(region, order_id)
    assert made == session.scalar(select(func.count(Assignment.id)))
    rows = session.execute(
        select(OrderPoint.number, Assignment.org_unit_id).join(Assignment, Assignment.order_point_id == OrderPoint.id)
    ).all()
    units = sakhalin.units
    towns = {units[key] for key in ("municipality", "municipality2", "Долинский", "Курильский", "Макаровский", "Невельский")}
    schools = {units[key] for key in units if key.startswith("school") or key == "regional_school"}
    by_number = {}
    for number, unit in rows:
        by_number.setdefault(number, Counter())[unit] += 1
    assert set(by_number["1"]) == towns | {units["provider"]}
    assert set(by_number["2.2"]) == towns
    assert set(by_number["3.3"]) == schools
    assert by_number["4"] == Counter({units["provider"]: 2})
    session.expire_all()
    assert order.status is OrderStatus.ISSUED
    details = region.get(f"/orders/{order_id}")
    assert details.status_code == 200, details.text
    assert region.get(f"/orders/{order_id}/history").status_code == 200
