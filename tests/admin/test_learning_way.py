"""The whole way in pages: a site is connected, its courses listed, one tied to a group, its results taken over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.jobs import learning_pull as task
from app.models import Enrolment, LearningCourse
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.unscoped import open_session
from app.services import clock, outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.factories.training import add_group, add_person, add_programme, enrol
from tests.jobs.mail_world import run_all
from tests.jobs.tasks import worker_for
from tests.moodle import ADDRESS, TOKEN, WHOLE, PlayedMoodle

# The parts of the way are tested on both databases by themselves.
pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TYPED = {"title": "СДО института", "address": ADDRESS, "token": TOKEN, "a_minute": "600", "kept_days": "30"}


def test_from_the_address_of_a_site_to_results_in_a_group(engine, world, browser, tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(task, "sleep", lambda seconds: None)
    moodle, hands = PlayedMoodle(), worker_for(engine, tmp_path)
    outside.open_for(engine, Outside(box=SecretBox([new_key()]), http=moodle, address="https://monitoring.test"))
    moodle.person(2, WHOLE).update(lastname="Иванова", firstname="Анна Петровна", fullname="Анна Петровна Иванова")
    moodle.complete(2, WHOLE, datetime(2026, 10, 19, 20, 0, tzinfo=UTC))
    group = add_group(
        engine, world, add_programme(engine, world), status=GroupStatus.STUDYING, starts_on=date(2026, 9, 1)
    )
    seat = enrol(engine, group, add_person(engine, world, "school"), status=EnrolmentStatus.STUDYING)
    provider = browser("provider")

    site = provider.post("/learning-sites/new/", TYPED).headers["Location"]
    provider.post(f"{site}/pull")
    run_all(engine, hands)
    listed = provider.get(f"/learning-courses/for-group/{group}").text
    with open_session(engine, reason="tests look") as session:
        course = f"/learning-courses/{session.scalars(select(LearningCourse.id).filter_by(remote_id='2')).one()}"
    assert f'action="{course}/tie"' in listed
    provider.post(f"{course}/tie", {"group_id": str(group), "pull": "1"})
    run_all(engine, hands)
    page = provider.get(course).text
    assert "Не узнаны" in page
    assert "20.10.2026" in page
    with open_session(engine, reason="tests look") as session:
        taken = session.get_one(Enrolment, seat)
        assert (taken.status, taken.completed_on) == (EnrolmentStatus.COMPLETED, date(2026, 10, 20))
    # Those not known are one click from the group.
    of_group = provider.get(f"/training-groups/{group}").text
    assert f"/learning-people/decide?group={group}" in of_group
    assert "Ответы СДО" in provider.get(site).text
