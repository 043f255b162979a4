"""What findings and measures put on the home page: each number is the number of rows behind its link."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.admin.work_measures import WORDS
from app.models.enumeration_of_measures import FindingStatus, MeasureStatus
from app.services import clock
from app.services.measure_work import Call, calls
from tests.factories.measures import add_evidence, add_finding, add_measure

pytestmark = pytest.mark.once
REGISTERS = "corrective-measures|findings|evidence"
LINE = re.compile(rf'href="(/(?:{REGISTERS})/\?[^"]+)"[^>]*>([^<]+)</a>\s*<span class="about">(\d+) ')


@pytest.fixture
def today() -> date:
    return clock.today("Asia/Sakhalin")


@pytest.fixture
def filled(engine, world, today):
    """In two schools, a municipality, the provider and a foreign school: something of every kind, with its decoys."""
    late, near, far = today - timedelta(days=2), today + timedelta(days=3), today + timedelta(days=90)
    begun = today - timedelta(days=1)
    for unit in ("school", "school_b", "municipality", "provider", "foreign_school"):
        answered = add_finding(engine, world, unit, found_by=unit)
        add_finding(engine, world, unit, found_by=unit)
        add_finding(engine, world, unit, found_by=unit, status=FindingStatus.RESOLVED)
        add_measure(engine, world, unit, due_on=late, status=MeasureStatus.IN_PROGRESS, findings=(answered,))
        add_measure(engine, world, unit, due_on=late, status=MeasureStatus.CANCELLED)
        add_measure(engine, world, unit, due_on=near, starts_on=begun)
        add_measure(engine, world, unit, due_on=near, starts_on=near)
        add_measure(engine, world, unit, due_on=far, status=MeasureStatus.NOT_VERIFIED)
        add_measure(engine, world, unit, due_on=far, status=MeasureStatus.DONE, done_on=begun)
        add_measure(engine, world, unit, due_on=far, status=MeasureStatus.VERIFIED)
        add_evidence(engine, world, unit, valid_until=near)
        add_evidence(engine, world, unit, valid_until=far + timedelta(days=90))
    # For the school, but not carried out by it; planned by the one who would verify it.
    add_measure(engine, world, "municipality", units=("school",), due_on=late)
    add_measure(engine, world, "school", made_by="municipality", due_on=far, status=MeasureStatus.DONE, done_on=begun)


SCHOOL = {Call.OVERDUE: 1, Call.MEND: 1, Call.SOON: 2, Call.BEGIN: 1, Call.ANSWER: 1, Call.EXPIRING: 1}
EXPECTED = {
    "school": SCHOOL,
    "school2": {},
    "provider": SCHOOL,
    # Its schools' done measures wait for it, but not the one that it planned by itself.
    "municipality": SCHOOL | {Call.OVERDUE: 2, Call.VERIFY: 1, Call.OVERDUE_BELOW: 1},
    # A colleague may verify what another person of the municipality has planned.
    "colleague": SCHOOL | {Call.OVERDUE: 2, Call.VERIFY: 2, Call.OVERDUE_BELOW: 1},
    "region": {Call.VERIFY: 2, Call.OVERDUE_BELOW: 5},
    "observer": {Call.OVERDUE_BELOW: 5},
    "foreign_region": {Call.OVERDUE_BELOW: 1},
}


@pytest.mark.parametrize("login", EXPECTED)
def test_each_number_is_that_of_the_rows_behind_it(filled, work, actor, browser, today, login):
    found = calls(work(login), actor(login), today=today)
    assert found == EXPECTED[login]
    client = browser(login)
    lines = {
        what: (href.replace("&amp;", "&"), int(amount)) for href, what, amount in LINE.findall(client.get("/").text)
    }
    assert {what: amount for what, (_, amount) in lines.items()} == {WORDS[call][0]: n for call, n in found.items()}
    for href, amount in lines.values():
        rows = client.get(href).text.count("<tr>") - 1
        assert rows == amount, href
