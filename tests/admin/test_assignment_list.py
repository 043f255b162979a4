"""The list of assignments: cut to the part of the tree, searched, exported, acted on."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.models.enumeration import AssignmentStatus
from app.policies.unscoped import open_session
from tests.admin.assignment_pages import issued, report, stored

__all__ = ["issued"]


def test_the_list_shows_only_the_part_of_the_tree(issued, browser):
    page = browser("municipality").get("/assignments/").text
    assert "Томаринский муниципальный округ" in page
    assert "Анивский" not in page
    assert "school_b" not in page


@pytest.mark.parametrize(
    "address",
    [
        "?status=no",
        "?order=-1",
        "?order=99999999999999999999999",
        "?sort=due_on&after=x~1",
        "?sort=due_on&after=2026-01-01~-5",
        "?sort=nothing",
        "?q=%00",
        "?due_from=yesterday",
        "?after=~",
    ],
)
def test_a_senseless_address_is_a_bad_request(issued, browser, address):
    assert browser("region").get(f"/assignments/{address}").status_code == 400


@pytest.mark.parametrize("query", ["АНИВСКИЙ", "анивский", "Анивскии%"])
def test_search_folds_case(issued, browser, query):
    page = browser("region").get(f"/assignments/?q={query}").text
    assert ("Анивский муниципальный" in page) is (query[-1] != "%")


def test_what_changed_since_the_list_was_opened_is_not_accepted_unseen(engine, issued, browser):
    number = issued.assignments["2", "municipality"]
    town, region = browser("municipality"), browser("region")
    assert report(town, number).status_code == 302
    seen = re.search(rf'name="id" value="({number}:\d+)"', region.get("/assignments/").text)
    assert seen is not None
    assert town.post(f"/assignments/{number}/recall").status_code == 302
    assert report(town, number, version="3", text="Совсем другой отчёт").status_code == 302
    answer = region.post("/assignments/accept-many", {"id": [seen[1]]})
    assert "Сделано: 0 из 1" in answer.text
    assert stored(engine, number).status is AssignmentStatus.SUBMITTED


def test_an_export_of_a_list_is_told_in_the_journal(engine, issued, browser):
    assert browser("municipality").get("/assignments/export?status=assigned").status_code == 200
    with open_session(engine, reason="tests look") as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert (told.record_type, told.actor_name) == ("assignment", "Сотрудник municipality")
    assert told.changes == {"rows": [None, 4]}
    assert "назначено" in told.note
