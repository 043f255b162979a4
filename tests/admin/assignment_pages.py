"""What the tests of the pages of assignments share: an issued order, a report sent through the form."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from app.models import Assignment
from app.models.enumeration import Modality
from app.policies.unscoped import open_session
from app.services import clock
from tests.factories.order import Point, issue_order

TODAY = clock.today("Asia/Sakhalin")
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def issued(engine, world):
    return issue_order(
        engine,
        world,
        points=(
            Point("1", to=("municipality", "provider"), values={"modality": Modality.INFORM}),
            Point("2", due_on=LATER, to=("municipality", "municipality2")),
            Point("3", due_on=LATER, to=("school", "school2", "school_b"), values={"evidence_required": True}),
        ),
    )


def stored(engine, number: int) -> Assignment:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(Assignment, number)


def report(client, number: int, **typed):
    data = {"version": "1", "kind": "final", "outcome": "done", "text": "Сделано", **typed}
    return client.post(f"/assignments/{number}/report", data, content_type="multipart/form-data")


def a_file(name: str = "Положение.txt", content: bytes = "Положение о ВСОКО".encode()):
    return (io.BytesIO(content), name)
