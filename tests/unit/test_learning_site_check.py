"""How long a check of a site may keep somebody waiting, and what it says when it stops."""

from __future__ import annotations

import itertools

import pytest

from app.integrations.http import HttpError
from app.services.learning_site_check import Asked, ask
from app.services.outside import Outside
from tests.moodle import ADDRESS, TOKEN, PlayedMoodle

pytestmark = pytest.mark.once


def asked_of(moodle, a_minute=600):
    return Asked(ADDRESS, TOKEN, a_minute, Outside(http=moodle))


def test_a_site_in_order_is_told_to_be():
    found = ask(asked_of(PlayedMoodle()))
    assert (found.problem, found.site_name != "", found.release.startswith("4.5")) == ("", True, True)
    assert TOKEN not in repr(found)


def test_the_first_thing_in_the_way_is_the_problem():
    moodle = PlayedMoodle()
    moodle.drop("gradereport_user_get_grade_items")
    found = ask(asked_of(moodle))
    assert "gradereport_user_get_grade_items" in found.problem
    assert found.steps[0].is_fine


def test_a_site_that_is_away_is_asked_once():
    moodle = PlayedMoodle()
    moodle.fail(HttpError("timed out", "Сайт не отвечает."), HttpError("timed out", "И снова."))
    assert "Сайт не отвечает" in ask(asked_of(moodle)).problem
    assert len(moodle._failures) == 1


def test_a_slow_site_is_not_waited_for_to_the_end():
    slow = itertools.count(0, 20)
    found = ask(asked_of(PlayedMoodle()), timer=lambda: next(slow))
    assert (found.problem, found.steps[-1].is_fine) == ("", None)
    assert "медленно" in found.steps[-1].sentence
    assert len(found.steps) == 3
