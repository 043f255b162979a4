"""A provider's site with a course read into a group of its own; beside it another group and another region's twin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from app.models import (
    AuditEvent,
    Enrolment,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    LearningSite,
)
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.unscoped import open_session
from app.services.learning_take import Taken, TakenRow, take
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold
from tests.factories.training import add_group, add_person, add_programme, enrol, writing

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TODAY = date(2026, 11, 22)
STARTED = date(2026, 9, 1)
PASSED_ON = date(2026, 10, 20)


@dataclass
class Course:
    """Numbers of what was made: the site, the course, the group, and the people by a short name."""

    site: int
    course: int
    group: int
    people: dict[str, int] = field(default_factory=dict)
    enrolments: dict[str, int] = field(default_factory=dict)


def add_site(engine, world, unit: str = "provider", **values) -> int:
    with writing(engine) as session:
        values.setdefault("title", "СДО института")
        values.setdefault("address", f"https://sdo.{unit}.example.test")
        site = LearningSite(org_unit_id=world.units[unit], **values)
        session.add(site)
        session.flush()
        return site.id


def add_course(engine, site: int, group: int | None, remote_id: str = "2", **values) -> int:
    with writing(engine) as session:
        unit = session.get_one(LearningSite, site).org_unit_id
        values.setdefault("title", "ВСОКО-36")
        course = LearningCourse(org_unit_id=unit, site_id=site, remote_id=remote_id, group_id=group, **values)
        session.add(course)
        session.flush()
        return course.id


def a_course(engine, world, unit: str = "provider", *, status: GroupStatus = GroupStatus.STUDYING) -> Course:
    programme = add_programme(engine, world, unit)
    group = add_group(engine, world, programme, unit, status=status, starts_on=STARTED, ends_on=date(2026, 11, 30))
    site = add_site(engine, world, unit)
    return Course(site, add_course(engine, site, group), group)


def seat(
    engine,
    world,
    course: Course,
    key: str,
    name: str,
    *,
    status: EnrolmentStatus = EnrolmentStatus.STUDYING,
    unit: str = "school",
    values: dict | None = None,
    **card,
) -> int:
    """A person of the school «Фамилия Имя Отчество» in the group; the number of the enrolment."""
    last, first, *rest = name.split()
    person = add_person(engine, world, unit, last_name=last, first_name=first, patronymic=" ".join(rest), **card)
    number = enrol(engine, course.group, person, status=status, **(values or {}))
    course.people[key], course.enrolments[key] = person, number
    return number


def told(
    remote_id: str,
    name: str,
    *,
    on: date | None = None,
    grade: str = "",
    **values,
) -> OutcomeTold:
    """A person whom the site calls «Фамилия Имя Отчество»; passed where there is a day."""
    last, _, first = name.partition(" ")
    person = PersonTold(remote_id, f"{first} {last}", last, first, **values)
    return OutcomeTold(person, on is not None, on, grade)


def of(*outcomes: OutcomeTold, whole: bool = True) -> CourseTold:
    return CourseTold("2", "ВСОКО-36", tuple(outcomes), is_whole=whole)


class Taker:
    """Takes what is told, in a transaction of its own for each time, a minute after the last one."""

    def __init__(self, acting, course: Course) -> None:
        self.acting, self.course, self.moment = acting, course, NOW

    def __call__(self, *outcomes: OutcomeTold, login: str = "provider", whole: bool = True, **values) -> Taken:
        session, actor = self.acting(login)
        self.moment += timedelta(minutes=1)
        course = session.get_one(LearningCourse, self.course.course)
        taken = take(session, actor, course, of(*outcomes, whole=whole), now=self.moment, today=TODAY, **values)
        session.commit()
        return taken


def states(rows: Iterable[TakenRow]) -> dict[str, str]:
    return {row.remote_id: row.state.value for row in rows}


def enrolment(engine, number: int) -> Enrolment:
    with open_session(engine, reason="tests look") as session:
        return session.get_one(Enrolment, number)


def outcome(engine, course: Course, remote_id: str) -> LearningOutcome:
    with open_session(engine, reason="tests look") as session:
        wanted = (
            select(LearningOutcome)
            .join(LearningPerson, LearningPerson.id == LearningOutcome.person_id)
            .where(LearningPerson.remote_id == remote_id, LearningOutcome.course_id == course.course)
        )
        return session.scalars(wanted).one()


def person(engine, course: Course, remote_id: str) -> LearningPerson:
    with open_session(engine, reason="tests look") as session:
        wanted = (LearningPerson.remote_id == remote_id, LearningPerson.site_id == course.site)
        return session.scalars(select(LearningPerson).where(*wanted)).one()


def journal_rows(engine) -> int:
    with open_session(engine, reason="tests look") as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def everything(engine) -> list[tuple]:
    """All that a reading may have written, with versions."""
    with open_session(engine, reason="tests look") as session:
        found: list[tuple] = []
        for model in (LearningPerson, LearningOutcome, Enrolment):
            names = [one.key for one in model.__table__.columns]
            found += [
                (model.__tablename__, *(getattr(row, name) for name in names))
                for row in session.scalars(select(model).order_by(model.id))
            ]
        return found
