"""The marks of a person as the administrator of the platform sees them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories.lti import add_account, add_platform, add_score

pytestmark = pytest.mark.once


def test_the_page_of_a_link_tells_of_its_marks_and_why_one_was_not_taken(browser, engine, world):
    platform = add_platform(engine, world)
    account = add_account(engine, world, platform, "school", name_told="Кравцова Марина")
    other = add_account(engine, world, platform, "school2", subject="64")
    add_score(engine, account, problem="Платформа не принимает отметок: включите в ней службу оценок.")
    add_score(engine, account, line="https://moodle.test/other", sent_at=datetime(2026, 11, 20, 1, tzinfo=UTC))
    add_score(engine, other, problem="чужая беда")
    page = browser("unit_admin").get(f"/lti-accounts/{account}").text
    assert "включите в ней службу оценок" in page
    assert "передана 20.11.2026 12:00" in page
    assert "чужая беда" not in page
