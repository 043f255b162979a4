"""A site that is read: each course in a transaction of its own, in the asker's scope; again, and at night."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.jobs import learning_pull as task
from app.jobs.queue import JobQueue
from app.jobs.schedule import Clockwork
from app.models import AuditEvent, Enrolment, LearningAnswer, LearningCourse, LearningPerson, LearningSite, OrgUnit
from app.models.enumeration import JobStatus
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.policies.refusal import NotFound, NotPermitted
from app.policies.unscoped import open_session
from app.services import clock, learning_pull
from tests.factories.training import writing
from tests.jobs.mail_world import drop_duties, jobs_of, run_all
from tests.jobs.read_site import NOW, PASSED, PASSED_ON, answers, sit
from tests.services.learning_world import enrolment, everything, journal_rows


def test_a_course_is_read_into_its_group(engine, world, course, moodle, pull):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    boris = sit(engine, world, course, moodle, 5, "Петров Борис Ильич")
    teacher = sit(engine, world, course, moodle, 63, "Учительская Ольга Павловна")
    suspended = sit(engine, world, course, moodle, 16, "Отложенный Пётр Ильич")
    moodle.complete(2, 6, PASSED)
    moodle.complete(2, 16, PASSED)
    moodle.grade(2, 6, 41, 50)
    moodle.reopen(2, 5)
    job = pull()
    assert job.status is JobStatus.DONE, job.message
    done = enrolment(engine, anna)
    assert (done.status, done.completed_on, done.grade) == (Status.COMPLETED, PASSED_ON, "82")
    for number in (boris, teacher, suspended):
        assert enrolment(engine, number).status is Status.STUDYING
    with open_session(engine, reason="tests look") as session:
        people = session.scalars(select(LearningPerson)).all()
        assert len(people) == 29
        assert not {"63", "66", "16"} & {one.remote_id for one in people}
        waiting = [one for one in people if one.staff_member_id is None and not one.is_ignored]
        assert len(waiting) == 27
        read = session.get_one(LearningCourse, course.course)
        assert (read.pulled_at, read.problem) == (NOW, "")
        assert read.title == "Внутренняя система оценки качества образования: проектирование и функционирование (36 ч)"
        assert session.scalar(select(func.count()).select_from(LearningCourse)) == 3
    assert "Прочитано курсов: 1. Записано завершений: 1, ещё учатся: 1" in job.message


def rows(engine):
    return everything(engine), journal_rows(engine), answers(engine)


def test_reading_again_writes_nothing_and_a_change_writes_that_change(engine, world, course, moodle, pull):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    moodle.complete(2, 6, PASSED)
    pull()
    people, journal, kept = rows(engine)
    # The list, the people twice, the grades, and each of the 29.
    assert kept == 32
    pull(course_id=course.course)
    assert rows(engine) == (people, journal, kept)
    moodle.grade(2, 6, 42, 50)
    job = pull(course_id=course.course)
    assert "Исправлено: 1" in job.message
    assert enrolment(engine, anna).grade == "84"
    assert answers(engine) > kept
    with open_session(engine, reason="tests look") as session:
        row = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "pull").order_by(AuditEvent.id.desc())
        ).first()
        assert row.record_type == "learning_course"
        assert row.actor_user_id == world.users["provider"]


def test_two_readings_of_one_site_keep_its_limit_together(engine, course, moodle, pull, monkeypatch):
    slept = []
    monkeypatch.setattr(task, "sleep", slept.append)
    pull()
    pull(course_id=course.course)
    assert len(moodle.asked) > len(moodle.people[2])
    assert len(slept) >= len(moodle.asked) - 1, "the second reading began in a burst"


def test_whoever_has_a_document_is_asked_about_only_where_the_course_is_read_alone(engine, world, course, moodle, pull):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    sit(engine, world, course, moodle, 5, "Петров Борис Ильич", status=Status.CERTIFIED)
    moodle.complete(2, 6, PASSED)
    pull()
    with writing(engine) as session:
        session.get_one(Enrolment, anna).status = Status.CERTIFIED
    before = everything(engine)
    for course_id, number in ((None, 28), (course.course, 29)):
        moodle.asked.clear()
        pull(course_id=course_id)
        asked = [one for one, _ in moodle.asked if one == "core_completion_get_course_completion_status"]
        assert len(asked) == number
    assert everything(engine) == before


def test_answers_are_sealed_shown_to_whoever_may_and_forgotten_in_time(
    engine, world, course, moodle, pull, work, actor
):
    pull()
    with open_session(engine, reason="tests look") as session:
        one = session.scalars(select(LearningAnswer).where(LearningAnswer.subject == "курс 2")).first()
        assert b"example.test" not in one.body
        assert one.kept_until == NOW + timedelta(days=30)
    for login, kind in (("school", NotPermitted), ("foreign_provider", NotFound)):
        with pytest.raises(kind):
            learning_pull.answer_body(work(login), actor(login), one.id, site_id=one.site_id)
    session = work("provider")
    session.connection(execution_options={"writes": True})
    name, body = learning_pull.answer_body(session, actor("provider"), one.id, site_id=one.site_id)
    session.commit()
    assert name == f"{one.function}_курс_2.json"
    assert len(body) == one.size
    assert json.loads(body)
    with open_session(engine, reason="tests look") as looking:
        assert [row.note for row in looking.scalars(select(AuditEvent).where(AuditEvent.action == "see_answer"))] == [
            f"{one.function}, курс 2"
        ]
    for moment, left in ((timedelta(days=30, seconds=-1), True), (timedelta(days=30), False)):
        with writing(engine) as writer:
            learning_pull.forget_old(writer, now=NOW + moment)
        assert bool(answers(engine)) is left


def test_the_night_reads_once_in_the_name_of_whoever_switched_it_on(engine, world, course, moodle, hands, box):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    moodle.complete(2, 6, PASSED)
    with writing(engine) as session:
        site = session.get_one(LearningSite, course.site)
        site.is_nightly, site.runs_as_id = True, world.users["provider"]
    clockwork = Clockwork(engine, JobQueue("memory:", "tests only"), hands.store)
    # Sakhalin is eleven hours ahead.
    evening = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
    clockwork.tick(evening)
    assert run_all(engine, hands) == 0
    for minutes in (60, 90):
        clockwork.tick(evening + timedelta(minutes=minutes))
    [job] = jobs_of(engine)
    assert (job.user_id, job.org_unit_id) == (world.users["provider"], world.units["provider"])
    hands_at(evening + timedelta(minutes=90), engine, hands)
    assert enrolment(engine, anna).status is Status.COMPLETED
    for hours in (2, 3, 4):
        clockwork.tick(evening + timedelta(hours=hours))
    assert len(jobs_of(engine)) == 1
    close(engine, world, date(2026, 11, 23))
    clockwork.tick(evening + timedelta(days=1, hours=1))
    assert len(jobs_of(engine)) == 1, "the site of a closed organisation is read"
    close(engine, world, None)
    drop_duties(engine, world.users["provider"], world.units["provider"])
    clockwork.tick(evening + timedelta(days=2, hours=1))
    assert len(jobs_of(engine)) == 1
    with open_session(engine, reason="tests look") as session:
        site = session.get_one(LearningSite, course.site)
        assert (site.is_nightly, site.problem) == (False, learning_pull.NOBODY)


def close(engine, world, day) -> None:
    with writing(engine) as session:
        session.get_one(OrgUnit, world.units["provider"]).closed_on = day


def hands_at(moment, engine, hands) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        run_all(engine, hands)
