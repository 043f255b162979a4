"""An order that gives very many assignments is issued by a job: the same act, in one transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.models import Assignment, Order
from app.models.enumeration import OrderStatus
from app.web.background import worker
from tests.admin.order_pages import LETTER, paste

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


def test_a_large_issue_is_a_job_of_the_person_who_confirmed_it(app, browser, work, monkeypatch):
    monkeypatch.setattr("app.admin.order_draft.AT_ONCE", 1)
    client = browser("municipality")
    order_id = paste(client, LETTER)
    page = client.get(f"/orders/{order_id}/issue").text
    expected = page.split('name="expected" value="')[1].split('"')[0]
    answer = client.post(f"/orders/{order_id}/issue", {"expected": expected})
    number = int(answer.location.rpartition("/")[2])
    assert answer.location == f"/jobs/{number}"
    before = work("municipality")
    assert before.get_one(Order, order_id).status is OrderStatus.DRAFT
    before.close()
    assert worker(app).run(number)
    session = work("municipality")
    assert session.get_one(Order, order_id).status is OrderStatus.ISSUED
    assert session.scalar(select(func.count(Assignment.id)).where(Assignment.order_id == order_id)) == int(expected)
    assert f"поручений дано: {expected}" in client.get(f"/jobs/{number}").text
    # A second press found a draft no more.
    assert client.post(f"/orders/{order_id}/issue", {"expected": expected}).status_code in {404, 409}


def test_a_changed_list_of_addressees_is_not_issued_unseen(app, browser, work, monkeypatch):
    monkeypatch.setattr("app.admin.order_draft.AT_ONCE", 1)
    client = browser("municipality")
    order_id = paste(client, LETTER)
    number = int(client.post(f"/orders/{order_id}/issue", {"expected": "99999"}).location.rpartition("/")[2])
    assert worker(app).run(number)
    assert "Список адресатов изменился" in client.get(f"/jobs/{number}").text
    assert work("municipality").get_one(Order, order_id).status is OrderStatus.DRAFT
