"""Courses tied to groups, and what becomes of what a platform told when groups and cards change."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.admin.learning_course_page import courses_for
from app.models import LearningCourse, LearningOutcome, LearningPerson, LearningSite, StaffMember, TrainingGroup
from app.models.enumeration_of_platforms import MatchGround
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.models.enumeration_of_training import GroupStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import learning_course, staff_merge, training_group
from app.services.learning_told import CourseTold
from tests.factories import learning as factory
from tests.factories.training import add_group, add_person, enrol
from tests.services.learning_world import (
    NOW,
    PASSED_ON,
    STARTED,
    TODAY,
    Taker,
    a_course,
    add_course,
    add_site,
    enrolment,
    outcome,
    person,
    seat,
    states,
    told,
)


@pytest.fixture
def course(engine, world):
    return a_course(engine, world)


def test_the_list_is_refreshed_and_courses_are_tied_to_groups_of_the_unit(engine, world, course, acting):
    foreign = a_course(engine, world, "foreign_provider")
    with open_session(engine, reason="tests look") as looking:
        programme = looking.get_one(TrainingGroup, course.group).programme_id
    of_region = add_group(engine, world, programme, "region", starts_on=STARTED)
    session, who = acting("provider")
    site = session.get_one(LearningSite, course.site)
    listed = [CourseTold("2", "ВСОКО  заново", (), short_name="В-36"), CourseTold("5", "Новый", ())]
    assert learning_course.refresh(session, who, site, listed, now=NOW) == 1
    assert learning_course.refresh(session, who, site, listed, now=NOW) == 0
    session.commit()
    one = learning_course.the_one(session, course.course)
    assert (one.title, one.short_name, one.group_id) == ("ВСОКО заново", "В-36", course.group)
    assert learning_course.of_group(session, course.group) == [one]
    with pytest.raises(Conflict):
        learning_course.tie(session, who, one, course.group, version=one.version + 1)
    with pytest.raises(Invalid) as refused:
        learning_course.tie(session, who, one, foreign.group, version=one.version)
    assert refused.value.field == "group_id"
    with pytest.raises(NotFound):
        learning_course.the_one(session, foreign.course)
    observer, their = acting("observer")
    with pytest.raises(NotPermitted):
        learning_course.untie(observer, their, observer.get_one(LearningCourse, course.course), version=None)
    regional, region = acting("region")
    with pytest.raises(Invalid, match="другой организации"):
        learning_course.tie(regional, region, regional.get_one(LearningCourse, course.course), of_region, version=None)


def test_a_course_tied_to_another_group_begins_there_anew(engine, world, course, acting):
    anna = seat(engine, world, course, "anna", "Иванова Анна Петровна")
    taking = Taker(acting, course)
    line = told("17", "Иванова Анна Петровна", on=PASSED_ON)
    taking(line)
    with open_session(engine, reason="tests look") as looking:
        programme = looking.get_one(TrainingGroup, course.group).programme_id
    other = add_group(engine, world, programme, title="Поток 2", status=GroupStatus.STUDYING, starts_on=STARTED)
    again = enrol(engine, other, course.people["anna"], status=Status.STUDYING)
    session, who = acting("provider")
    one = learning_course.the_one(session, course.course)
    learning_course.tie(session, who, one, other, version=one.version)
    session.commit()
    assert (outcome(engine, course, "17").enrolment_id, outcome(engine, course, "17").taken_at) == (None, None)
    assert states(taking(line).rows) == {"17": "completed"}
    for number in (anna, again):
        assert enrolment(engine, number).status is Status.COMPLETED
    session, who = acting("provider")
    learning_course.untie(session, who, learning_course.the_one(session, course.course), version=None)
    session.commit()
    assert enrolment(engine, again).status is Status.COMPLETED


def test_files_of_a_group_are_taken_into_that_group_alone(engine, world, course, acting):
    with open_session(engine, reason="tests look") as looking:
        programme = looking.get_one(TrainingGroup, course.group).programme_id
    other = add_group(engine, world, programme, title="Поток 2", status=GroupStatus.STUDYING, starts_on=STARTED)
    files = add_course(engine, add_site(engine, world, address=""), course.group, f"group:{course.group}")
    session, who = acting("provider")
    one = learning_course.the_one(session, files)
    with pytest.raises(Invalid, match="со страницы"):
        learning_course.tie(session, who, one, other, version=None)
    with pytest.raises(WrongState, match="только в него"):
        learning_course.untie(session, who, one, version=None)
    assert one.group_id == course.group
    listed = {row.id for row in courses_for(session, session.get_one(TrainingGroup, other), "")}
    assert listed == {course.course}


def test_a_deleted_draft_lets_its_course_go(engine, world, course, acting):
    with open_session(engine, reason="tests look") as looking:
        programme = looking.get_one(TrainingGroup, course.group).programme_id
    draft = add_group(engine, world, programme, title="Черновик", status=GroupStatus.DRAFT)
    tied = add_course(engine, course.site, draft, "7")
    session, who = acting("provider")
    training_group.delete_draft(session, who, session.get_one(TrainingGroup, draft))
    session.commit()
    with open_session(engine, reason="tests look") as looking:
        assert looking.get_one(LearningCourse, tied).group_id is None
        assert looking.get_one(LearningCourse, course.course).group_id == course.group


def test_cards_made_one_take_along_what_a_platform_out_of_sight_knows(engine, world, course, acting):
    """The municipality makes the cards one; the rows are the provider's."""
    kept = add_person(engine, world, "school")
    other = add_person(engine, world, "school2")
    enrol(engine, course.group, kept, status=Status.DROPPED)
    stays = enrol(engine, course.group, other, status=Status.STUDYING)
    lines = [told("17", "Иванова Анна"), told("18", "Иванова Анна Петровна", on=PASSED_ON)]
    taking = Taker(acting, course)
    taking(*lines, chosen={"17": kept, "18": other})
    session, who = acting("municipality")
    cards = [session.get_one(StaffMember, number) for number in (kept, other)]
    assert not session.scalars(select(LearningPerson)).all()
    seen = staff_merge.preview(session, who, *cards)
    staff_merge.merge(session, who, *cards, mark=seen.mark, today=TODAY)
    session.commit()
    for number in ("17", "18"):
        known = person(engine, course, number)
        assert (known.staff_member_id, known.ground) == (kept, MatchGround.DECISION)
    with open_session(engine, reason="tests look") as looking:
        assert set(looking.scalars(select(LearningOutcome.enrolment_id))) == {stays}
    assert states(taking(*lines).rows) == {"17": "obstacle", "18": "same"}


def test_the_database_refuses_what_one_site_told_of_a_person_of_another(engine, world):
    first = factory.add_site(engine, world)
    other = factory.add_site(engine, world, address="https://other.test")
    course, stranger = factory.add_course(engine, first), factory.add_person(engine, other)
    with pytest.raises(IntegrityError):
        factory.add_outcome(engine, course, stranger)
    assert factory.add_outcome(engine, course, factory.add_person(engine, first))
