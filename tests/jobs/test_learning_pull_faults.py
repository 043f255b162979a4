"""What goes wrong while a site is read: with one course, with the site, with the worker; and whose people it touches."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.integrations.http import HttpAnswer
from app.models import LearningCourse, LearningPerson, LearningSite
from app.models.enumeration import JobStatus
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.policies.refusal import NotFound, NotPermitted
from app.policies.unscoped import open_session
from app.services import learning_pull, outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.jobs.read_site import NOW, PASSED, problem, sit
from tests.moodle import TOKEN, refusal
from tests.services.learning_world import a_course, add_course, enrolment, seat


def test_a_kill_between_courses_leaves_those_that_are_done(engine, world, course, moodle, pull, hands):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    moodle.complete(2, 6, PASSED)
    second = add_course(engine, course.site, course.group, "4", title="ВСОКО-ОЦ-18")

    class KilledError(Exception):
        pass

    asked = moodle.ask

    def ask(request, **values):
        if (request.form or {}).get("courseid") == "4":
            raise KilledError
        return asked(request, **values)

    moodle.ask = ask
    assert pull().status is JobStatus.FAILED
    assert enrolment(engine, anna).status is Status.COMPLETED
    moodle.ask = asked
    assert pull().status is JobStatus.DONE
    with open_session(engine, reason="tests look") as session:
        assert session.get_one(LearningCourse, second).pulled_at == NOW


def test_what_is_wrong_with_one_course_stands_at_it_and_the_others_are_read(engine, world, course, moodle, pull):
    anna = sit(engine, world, course, moodle, 6, "Иванова Анна Петровна")
    moodle.complete(2, 6, PASSED)
    lost = add_course(engine, course.site, course.group, "1000", title="Удалённый")
    job = pull()
    assert job.status is JobStatus.DONE
    assert "«Удалённый»: В СДО нет того, о чём её спросили" in job.message
    assert enrolment(engine, anna).status is Status.COMPLETED
    with open_session(engine, reason="tests look") as session:
        assert session.get_one(LearningCourse, lost).problem.startswith("В СДО нет того")
        assert session.get_one(LearningSite, course.site).problem == ""
    # Whoever is deleted between two questions is left out; all of them are not.
    moodle.people[2].remove(moodle.person(2, 5))
    moodle.people[2].append({**moodle.person(2, 7), "id": 1000})
    moodle.ask = gone(moodle.ask, "1000")
    assert pull(course_id=course.course).status is JobStatus.DONE
    assert problem(engine, course) == ""
    moodle.refuse("core_completion_get_course_completion_status", "invalidrecord")
    pull(course_id=course.course)
    assert problem(engine, course).startswith("В СДО нет того")
    moodle.refuse("core_completion_get_course_completion_status", "nocriteriaset")
    pull(course_id=course.course)
    assert problem(engine, course).startswith("В курсе не заданы условия завершения")
    moodle.refuse("core_completion_get_course_completion_status", "")
    pull(course_id=course.course)
    assert problem(engine, course) == ""


def gone(ask, person: str):
    def answer(request, **values):
        if (request.form or {}).get("userid") == person:
            return HttpAnswer(200, body=json.dumps(refusal("invaliduser")).encode())
        return ask(request, **values)

    return answer


def test_what_is_wrong_with_the_site_ends_the_reading_with_a_sentence(engine, world, course, moodle, pull, box):
    moodle.token = "another"
    job = pull()
    assert (job.status, job.message[:27]) == (JobStatus.FAILED, "СДО не приняла ключ (токен)")
    with open_session(engine, reason="tests look") as session:
        assert session.get_one(LearningSite, course.site).problem == job.message
    assert TOKEN not in job.message
    moodle.token = TOKEN
    # One course that is read shows that the site can be read; it has not been read as a whole.
    pull(course_id=course.course)
    with open_session(engine, reason="tests look") as session:
        site = session.get_one(LearningSite, course.site)
        assert (site.problem, site.pulled_at) == ("", None)
    moodle.fail(HttpAnswer(429))
    assert "уменьшите число запросов в минуту" in pull().message
    moodle.drop("gradereport_user_get_grade_items")
    job = pull()
    assert "не разрешает этому ключу функцию gradereport_user_get_grade_items" in job.message
    assert problem(engine, course) != ""
    outside.open_for(engine, Outside(box=SecretBox([new_key()]), http=moodle))
    job = pull()
    assert "другой ключ SECRETS_KEY" in job.message
    # The night has no other place to tell it.
    with open_session(engine, reason="tests look") as session:
        assert session.get_one(LearningSite, course.site).problem == job.message


def test_nobody_reads_a_foreign_site(engine, world, course, moodle, pull, work, actor):
    """Its region may; the people of the neighbour's groups are never found, whatever they are called."""
    other = a_course(engine, world, "foreign_provider")
    name = "Иванова Анна Петровна"
    theirs = seat(engine, world, other, "anna", name, unit="foreign_school", email=moodle.person(2, 6)["email"])
    moodle.person(2, 6).update(lastname="Иванова", firstname="Анна Петровна")
    moodle.complete(2, 6, PASSED)
    assert pull("region").status is JobStatus.DONE
    assert enrolment(engine, theirs).status is Status.STUDYING
    with open_session(engine, reason="tests look") as session:
        assert not session.scalars(select(LearningPerson).where(LearningPerson.staff_member_id.is_not(None))).all()
    for login in ("foreign_provider", "school"):
        with pytest.raises((NotFound, NotPermitted)):
            learning_pull.facts(work(login), actor(login), course.site, None)
