"""The list of what sites told of people, beside what stands here, as data."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, or_, select

from app.admin.cells import moment_cell
from app.admin.learning_course_register import GROUP
from app.admin.learning_person_register import course_options
from app.admin.learning_site_register import site_options
from app.admin.learning_words import (
    OUTCOME_STATE,
    OUTCOME_STATES,
    OUTCOME_TURN,
    here_words,
    options_of,
    same_words,
    told_words,
    word_of,
)
from app.admin.listing import ListColumn, ListFilter, Listing, escape, number
from app.models import Enrolment, LearningCourse, LearningOutcome, LearningPerson, StaffMember
from app.models.enumeration_of_training import EnrolmentStatus

# Of a row in scope: its person and course there, and the enrolment of one's own group here.
PERSON = cast(Table, LearningPerson.__table__).alias("person_of_row")
COURSE = cast(Table, LearningCourse.__table__).alias("course_of_row")
ENROLMENT = cast(Table, Enrolment.__table__).alias("enrolment_of_row")
STAFF = cast(Table, StaffMember.__table__).alias("trainee_of_row")
STAFF_NAME = func.trim(STAFF.c.last_name + " " + STAFF.c.first_name + " " + STAFF.c.patronymic)


def _joins(statement: Select[Any]) -> Select[Any]:
    return (
        statement.join(PERSON, PERSON.c.id == LearningOutcome.person_id)
        .join(COURSE, COURSE.c.id == LearningOutcome.course_id)
        .outerjoin(GROUP, GROUP.c.id == COURSE.c.group_id)
        .outerjoin(ENROLMENT, ENROLMENT.c.id == LearningOutcome.enrolment_id)
        .outerjoin(STAFF, STAFF.c.id == ENROLMENT.c.staff_member_id)
    )


def _search(pattern: str) -> list[ColumnElement[bool]]:
    people = select(LearningPerson.id).where(LearningPerson.search.like(pattern, escape="\\"))
    staff = select(StaffMember.id).where(StaffMember.search.like(pattern, escape="\\"))
    enrolled = select(Enrolment.id).where(Enrolment.staff_member_id.in_(staff))
    return [LearningOutcome.person_id.in_(people), LearningOutcome.enrolment_id.in_(enrolled)]


def _name_cell(value: str, row: Any) -> str:
    about = (
        f'<small class="quiet">здесь: {escape(row.staff)}</small>'
        if row.staff and not same_words(row.staff, value)
        else ""
    )
    shown = f'<a class="row-link" href="/learning-outcomes/{row.id:d}">{escape(value or "без имени")}</a>'
    return f'<th class="held worded" scope="row">{shown}{about}</th>'


def _state_cell(value: str, row: Any) -> str:
    badge = f'<span class="badge s-learning-{value}">{OUTCOME_STATES[value]}</span>'
    if not row.obstacle:
        return f"<td>{badge}</td>"
    return f'<td class="long-name">{badge}<small class="quiet">{escape(row.obstacle)}</small></td>'


def _told_cell(value: bool, row: Any) -> str:
    return f"<td class='nowrap'>{escape(told_words(passed=value, day=row.told_on, grade=row.told_grade))}</td>"


def _here_cell(value: str | None, row: Any) -> str:
    if value is None:
        return "<td></td>"
    words = here_words(EnrolmentStatus(value), row.completed_on, row.grade)
    return f'<td class="nowrap"><a href="/enrolments/{row.enrolment_id:d}">{escape(words)}</a></td>'


def _group_cell(value: str, row: Any) -> str:
    if row.group_id is None:
        return "<td></td>"
    return f'<td class="clip"><a href="/training-groups/{row.group_id:d}">{escape(value)}</a></td>'


def _course_cell(value: str, row: Any) -> str:
    return f'<td class="clip"><a href="/learning-courses/{row.course_id:d}">{escape(value)}</a></td>'


def _of_courses(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return LearningOutcome.course_id.in_(select(LearningCourse.id).where(condition))


def _staff(value: int) -> ColumnElement[bool]:
    enrolled = select(Enrolment.id).where(Enrolment.staff_member_id == value)
    known = select(LearningPerson.id).where(LearningPerson.staff_member_id == value)
    return or_(LearningOutcome.enrolment_id.in_(enrolled), LearningOutcome.person_id.in_(known))


LISTING = Listing(
    model=LearningOutcome,
    columns=(
        ListColumn("person", "Имя в СДО", PERSON.c.full_name, _name_cell, held=True),
        ListColumn("state", "Итог", OUTCOME_STATE, _state_cell, sort=OUTCOME_TURN, sort_type=int),
        ListColumn("told_passed", "В СДО", LearningOutcome.told_passed, _told_cell),
        ListColumn("status", "Здесь", ENROLMENT.c.status, _here_cell),
        ListColumn("group", "Поток", func.coalesce(GROUP.c.title, ""), _group_cell),
        ListColumn("course", "Курс", func.coalesce(COURSE.c.title, COURSE.c.short_name), _course_cell),
        ListColumn("told_at", "Прочитано", LearningOutcome.told_at, moment_cell),
        ListColumn("taken_at", "Взято", LearningOutcome.taken_at, moment_cell),
        ListColumn("told_on", "", LearningOutcome.told_on, hidden=True),
        ListColumn("told_grade", "", LearningOutcome.told_grade, hidden=True),
        ListColumn("obstacle", "", LearningOutcome.obstacle, hidden=True),
        ListColumn("decided_by", "", LearningOutcome.decided_by, hidden=True),
        ListColumn("staff", "", func.coalesce(STAFF_NAME, ""), hidden=True),
        ListColumn("completed_on", "", ENROLMENT.c.completed_on, hidden=True),
        ListColumn("grade", "", ENROLMENT.c.grade, hidden=True),
        ListColumn("enrolment_version", "", ENROLMENT.c.version, hidden=True),
        ListColumn("enrolment_id", "", LearningOutcome.enrolment_id, hidden=True),
        ListColumn("course_id", "", LearningOutcome.course_id, hidden=True),
        ListColumn("group_id", "", COURSE.c.group_id, hidden=True),
    ),
    filters=(
        ListFilter(
            "state",
            "Итог",
            lambda value: value == OUTCOME_STATE,
            word_of(OUTCOME_STATES),
            lambda: options_of(OUTCOME_STATES),
        ),
        ListFilter("course", "Курс", lambda value: LearningOutcome.course_id == value, number, course_options),
        ListFilter("site", "СДО", lambda value: _of_courses(LearningCourse.site_id == value), number, site_options),
        ListFilter(
            "group", "Поток", lambda value: _of_courses(LearningCourse.group_id == value), number, kind="hidden"
        ),
        ListFilter("staff", "Работник", _staff, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="state",
    default_descending=False,
)
