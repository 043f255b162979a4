"""Steps that several tests of the pages of orders take."""

import re

from sqlalchemy import select

from app.models import OrderPoint
from tests.services.order_world import TEXT

HX = {"HX-Request": "true"}
LETTER = """УПРАВЛЕНИЕ ОБРАЗОВАНИЯ
ПИСЬМО
01.11.2026 № 7

Уважаемые руководители!
Прошу руководителей образовательных организаций разместить план ВСОКО на сайте в срок до 20 декабря 2026 года.
"""


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


def points_of(work, order_id, login="region"):
    session = work(login)
    return session.scalars(
        select(OrderPoint).where(OrderPoint.order_id == order_id).order_by(OrderPoint.position)
    ).all()


def typed(version="1", **values):
    given = {"version": version, "number": "1", "text": "новый текст", "modality": "instruct", "term_kind": "none"}
    return {**given, "recurrence": "", **values}
