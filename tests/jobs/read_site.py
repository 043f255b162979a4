"""A played Moodle whose course 2 is read into a group of the provider."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from app.models import Job, LearningAnswer, LearningCourse, LearningSite
from app.policies.unscoped import open_session
from app.services import learning_pull
from tests.factories.training import writing
from tests.jobs.mail_world import run_all
from tests.moodle import ADDRESS, TOKEN
from tests.services.learning_world import Course, a_course, seat

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
PASSED = datetime(2026, 10, 19, 20, 0, tzinfo=UTC)
# Already the next day on Sakhalin.
PASSED_ON = date(2026, 10, 20)


def a_read_course(engine, world, box) -> Course:
    made = a_course(engine, world)
    with writing(engine) as session:
        site = session.get_one(LearningSite, made.site)
        site.address, site.token_sealed = ADDRESS, box.seal(TOKEN)
    return made


def pulled(engine, acting, hands, course: Course, login: str, course_id: int | None) -> Job:
    """The job that the person asks for, once it is over."""
    session, who = acting(login)
    site = session.get_one(LearningSite, course.site)
    one = session.get_one(LearningCourse, course_id) if course_id is not None else None
    number = learning_pull.ask(session, who, site, course=one, now=NOW).id
    session.commit()
    run_all(engine, hands)
    with open_session(engine, reason="tests look") as looking:
        return looking.get_one(Job, number)


def sit(engine, world, course: Course, moodle, number: int, name: str, **values) -> int:
    """Somebody of the group who bears the e-mail of that person of the played site, and the name here."""
    last, _, first = name.partition(" ")
    one = moodle.person(2, number)
    one |= {"lastname": last, "firstname": first, "fullname": f"{first} {last}"}
    return seat(engine, world, course, str(number), name, email=one["email"], **values)


def answers(engine) -> int:
    with open_session(engine, reason="tests look") as session:
        return session.scalar(select(func.count()).select_from(LearningAnswer)) or 0


def problem(engine, course: Course) -> str:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(LearningCourse, course.course).problem
