"""Sites that are read, their courses and people, and what they told, written straight into the small world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from app.models import LearningAnswer, LearningCourse, LearningOutcome, LearningPerson, LearningSite
from app.models.enumeration_of_platforms import MatchGround
from tests.factories.training import writing
from tests.factories.world import World

THEN = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = date(2026, 11, 18)


def add_site(
    engine: Engine,
    world: World,
    unit: str = "provider",
    *,
    title: str = "Moodle института",
    address: str = "https://moodle.test",
    **values: Any,
) -> int:
    """Without a token unless `token_sealed` is given; without an address it stands for files."""
    with writing(engine) as session:
        site = LearningSite(org_unit_id=world.units[unit], title=title, address=address, **values)
        session.add(site)
        session.flush()
        return site.id


def add_course(
    engine: Engine,
    site: int,
    *,
    remote_id: str = "2",
    title: str = "ВСОКО: проектирование и функционирование (36 ч)",
    group_id: int | None = None,
    **values: Any,
) -> int:
    """A course of the site; `group_id` is a training group of the same unit."""
    with writing(engine) as session:
        holder = session.get_one(LearningSite, site)
        course = LearningCourse(
            org_unit_id=holder.org_unit_id,
            site_id=site,
            remote_id=remote_id,
            title=title,
            short_name=values.pop("short_name", "ВСОКО-36"),
            group_id=group_id,
            **values,
        )
        session.add(course)
        session.flush()
        return course.id


def add_person(
    engine: Engine,
    site: int,
    *,
    remote_id: str = "7",
    full_name: str = "Анна Петровна Иванова",
    staff: int | None = None,
    ground: MatchGround = MatchGround.EMAIL,
    **values: Any,
) -> int:
    """A person of the site: waiting for a decision, unless `staff` (a card) or is_ignored=True is given."""
    with writing(engine) as session:
        holder = session.get_one(LearningSite, site)
        person = LearningPerson(
            org_unit_id=holder.org_unit_id,
            site_id=site,
            remote_id=remote_id,
            full_name=full_name,
            staff_member_id=staff,
            ground=ground if staff is not None else None,
            **values,
        )
        session.add(person)
        session.flush()
        return person.id


def add_outcome(
    engine: Engine,
    course: int,
    person: int,
    *,
    passed: bool = True,
    on: date | None = DAY,
    grade: str = "82",
    enrolment: int | None = None,
    taken: bool = False,
    **values: Any,
) -> int:
    """What the site told of the person; `taken`: the same was written into the enrolment."""
    with writing(engine) as session:
        holder = session.get_one(LearningCourse, course)
        day = on if passed else None
        written: dict[str, Any] = {}
        if taken:
            written = {"taken_passed": passed, "taken_on": day, "taken_grade": grade, "taken_at": THEN}
        outcome = LearningOutcome(
            org_unit_id=holder.org_unit_id,
            site_id=holder.site_id,
            course_id=course,
            person_id=person,
            enrolment_id=enrolment,
            told_passed=passed,
            told_on=day,
            told_grade=grade,
            told_at=values.pop("told_at", THEN),
            **written | values,
        )
        session.add(outcome)
        session.flush()
        return outcome.id


def add_answer(engine: Engine, site: int, *, body: bytes = b"sealed", **values: Any) -> int:
    """A raw answer; its body is as the box of secrets would have sealed it."""
    with writing(engine) as session:
        holder = session.get_one(LearningSite, site)
        answer = LearningAnswer(
            org_unit_id=holder.org_unit_id,
            site_id=site,
            function=values.pop("function", "core_enrol_get_enrolled_users"),
            subject=values.pop("subject", "курс 2"),
            body=body,
            size=values.pop("size", 12_345),
            came_at=values.pop("came_at", THEN),
            kept_until=values.pop("kept_until", datetime(2026, 12, 20, 3, tzinfo=UTC)),
            **values,
        )
        session.add(answer)
        session.flush()
        return answer.id
