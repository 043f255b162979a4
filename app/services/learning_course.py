"""Courses of a site: the list as the site tells it, and which group each is read into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.models import LearningCourse, LearningOutcome, LearningSite, TrainingGroup
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.services.learning_file_told import remote_id_of
from app.services.learning_record import forget_taken
from app.services.learning_told import CourseTold

LONGEST = 500
MEANWHILE = "Курс тем временем изменили: посмотрите, что изменилось, и повторите, если нужно."

OTHER_FILES = "Это файлы другого потока. Загрузите файлы этого потока со страницы самого потока."
OF_FILES = "Файлы потока берутся только в него: отвязывать их незачем."


def the_one(session: GuardedSession, course_id: int, *, to_write: bool = False) -> LearningCourse:
    """Raises NotFound outside the scope. `to_write`: two readings of one course wait for one another."""
    wanted = select(LearningCourse).where(LearningCourse.id == course_id)
    if to_write:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_group(session: GuardedSession, group_id: int) -> list[LearningCourse]:
    """The courses that are read into the group."""
    wanted = select(LearningCourse).where(LearningCourse.group_id == group_id).order_by(LearningCourse.id)
    return list(session.scalars(wanted))


def refresh(
    session: GuardedSession, actor: Actor, site: LearningSite, told: Sequence[CourseTold], *, now: datetime
) -> int:
    """New courses are added, the others take the names that the site gives; the number of new ones.

    An idnumber that the site does not show stays as it was typed here. Raises NotPermitted.
    """
    actor.require(Permission.LEARNING_SITE_WRITE)
    known = {
        one.remote_id: one for one in session.scalars(select(LearningCourse).where(LearningCourse.site_id == site.id))
    }
    added = 0
    for one in {each.remote_id: each for each in told}.values():
        course = known.get(one.remote_id)
        names = {"title": _tidy(one.title), "short_name": _tidy(one.short_name), "idnumber": _tidy(one.idnumber)}
        if course is None:
            session.add(
                LearningCourse(
                    org_unit_id=site.org_unit_id, site_id=site.id, remote_id=one.remote_id, seen_at=now, **names
                )
            )
            added += 1
            continue
        changed = {name: text for name, text in names.items() if text and getattr(course, name) != text}
        for name, text in changed.items():
            setattr(course, name, text)
        if changed:
            course.seen_at = now
    session.flush()
    return added


def tie(session: GuardedSession, actor: Actor, course: LearningCourse, group_id: int, *, version: int | None) -> None:
    """Reads the course into the group from now on. Raises NotPermitted, Invalid at `group_id`, Conflict."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    _require_version(course, version)
    group = session.get(TrainingGroup, group_id)
    if group is None:
        raise Invalid("Такого потока нет: выберите поток из списка.", field="group_id")
    if group.org_unit_id != course.org_unit_id:
        raise Invalid("Поток другой организации: курс связывают со своим потоком.", field="group_id")
    if course.group_id == group.id:
        return
    if _is_of_files(session, course) and course.remote_id != remote_id_of(group):
        raise Invalid(OTHER_FILES, field="group_id")
    _forget(session, course)
    course.group_id = group.id
    course.pending_action = ("change", f"Связан с потоком «{group.title}»")
    session.flush()


def untie(session: GuardedSession, actor: Actor, course: LearningCourse, *, version: int | None) -> None:
    """What was taken stays in the group. Raises NotPermitted, WrongState for files, Conflict."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    _require_version(course, version)
    if course.group_id is None:
        return
    if _is_of_files(session, course):
        raise WrongState(OF_FILES)
    _forget(session, course)
    course.group_id = None
    course.pending_action = ("change", "Связь с потоком снята")
    session.flush()


def _is_of_files(session: GuardedSession, course: LearningCourse) -> bool:
    return session.get_one(LearningSite, course.site_id).address == ""


def _forget(session: GuardedSession, course: LearningCourse) -> None:
    """What was taken went into the group that the course leaves."""
    for one in session.scalars(select(LearningOutcome).where(LearningOutcome.course_id == course.id)):
        one.enrolment_id, one.is_in_conflict, one.obstacle = None, False, ""
        forget_taken(one)
    course.digest, course.problem = "", ""


def _require_version(course: LearningCourse, version: int | None) -> None:
    if version is not None and course.version != version:
        raise Conflict(MEANWHILE)


def _tidy(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST]
