"""The learning platforms of the demo: people taken over, people nobody knows, and one result that differs."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.models import (
    Enrolment,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    LearningSite,
    LtiAccount,
    LtiDeployment,
    LtiPlatform,
    OrgUnit,
)
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import EnrolmentStatus

pytestmark = pytest.mark.once


def count(rows, *conditions) -> int:
    return rows.scalar(select(func.count()).where(*conditions))


def test_the_site_has_told_of_everybody_who_studies(rows):
    course = rows.scalars(select(LearningCourse).where(LearningCourse.group_id.is_not(None))).one()
    taken = count(rows, LearningOutcome.course_id == course.id, LearningOutcome.taken_passed)
    assert taken == 12
    assert count(rows, LearningOutcome.course_id == course.id, LearningOutcome.told_passed.is_(False)) > 5
    completed = (EnrolmentStatus.COMPLETED, EnrolmentStatus.CERTIFIED)
    assert count(rows, Enrolment.group_id == course.group_id, Enrolment.status.in_(completed)) == taken


def test_some_wait_for_a_person_to_decide(rows):
    assert count(rows, LearningOutcome.is_in_conflict) == 1
    waiting = (LearningPerson.staff_member_id.is_(None), LearningPerson.is_ignored.is_(False))
    assert count(rows, *waiting) == 2
    assert count(rows, LearningPerson.is_ignored) == 1


def test_the_platform_is_the_regions_and_marked_as_of_the_demo(rows):
    platform = rows.scalars(select(LtiPlatform)).one()
    assert platform.is_demo
    assert rows.get_one(OrgUnit, platform.org_unit_id).kind is UnitKind.REGION
    assert count(rows, LtiDeployment.platform_id == platform.id, LtiDeployment.is_active) == 1
    assert count(rows, LtiAccount.platform_id == platform.id) == 3


def test_nothing_of_the_demo_is_ever_asked_of_a_real_site(rows):
    """Names that end in .example belong to nobody; and nothing is read there by the clock."""
    for address in (*rows.scalars(select(LearningSite.address)), *rows.scalars(select(LtiPlatform.jwks_url))):
        assert address.split("/")[2].endswith(".example")
    assert count(rows, LearningSite.is_nightly) == 0
