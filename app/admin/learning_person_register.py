"""The list of people of sites as data: who is known here, who waits for a decision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from app.admin.cells import clipped_cell, moment_cell, plain_cell, short_cell
from app.admin.learning_site_register import SITE, site_options
from app.admin.learning_words import PERSON_STATE, PERSON_STATES, options_of, state_cell, word_of
from app.admin.listing import ListColumn, ListFilter, Listing, Option, escape, number, one_of
from app.models import LearningCourse, LearningOutcome, LearningPerson, StaffMember
from app.models.enumeration_of_platforms import MatchGround
from app.web.session import guarded

# The entity keeps names within the reader's scope: the region may know somebody who does not study with the institute.
STAFF_NAME = (
    select(func.trim(StaffMember.last_name + " " + StaffMember.first_name + " " + StaffMember.patronymic))
    .where(StaffMember.id == LearningPerson.staff_member_id)
    .correlate(LearningPerson)
    .scalar_subquery()
)
# Those who wait first.
TURN = case({"waiting": 1, "known": 2, "ignored": 3}, value=PERSON_STATE, else_=3)


def _joins(statement: Select[Any]) -> Select[Any]:
    return statement.join(SITE, SITE.c.id == LearningPerson.site_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    people = select(StaffMember.id).where(StaffMember.search.like(pattern, escape="\\"))
    return [LearningPerson.search.like(pattern, escape="\\"), LearningPerson.staff_member_id.in_(people)]


def _name_cell(value: str, row: Any) -> str:
    name = escape(value or row.email or f"номер {row.remote_id}")
    about = " · ".join(escape(part) for part in (row.institution, row.position) if part)
    tail = f'<small class="quiet">{about}</small>' if about else ""
    shown = f'<a class="row-link" href="/learning-people/{row.id:d}">{name}</a>'
    return f'<th class="held worded" scope="row">{shown}{tail}</th>'


def _person_cell(value: str, row: Any) -> str:
    if row.staff_member_id is None:
        return "<td></td>"
    if not value:
        return '<td class="quiet">карточка вам не открыта</td>'
    return f'<td><a href="/staff-members/{row.staff_member_id:d}">{escape(value)}</a></td>'


def _ground_cell(value: MatchGround | None, row: Any) -> str:
    del row
    return f"<td>{escape(value.label)}</td>" if value is not None else "<td></td>"


def _course(value: int) -> ColumnElement[bool]:
    return LearningPerson.id.in_(select(LearningOutcome.person_id).where(LearningOutcome.course_id == value))


def course_options() -> list[Option]:
    """Those that are read into a group."""
    rows = guarded().execute(
        select(LearningCourse.id, LearningCourse.title, LearningCourse.short_name)
        .where(LearningCourse.group_id.is_not(None))
        .order_by(LearningCourse.title, LearningCourse.id)
        .limit(500)
    )
    return [Option(str(row.id), row.title or row.short_name) for row in rows]


LISTING = Listing(
    model=LearningPerson,
    columns=(
        ListColumn("full_name", "Имя в СДО", LearningPerson.full_name, _name_cell, held=True),
        ListColumn("state", "Состояние", PERSON_STATE, state_cell(PERSON_STATES), sort=TURN, sort_type=int),
        ListColumn("person", "Работник", func.coalesce(STAFF_NAME, ""), _person_cell),
        ListColumn("ground", "По чему узнан", LearningPerson.ground, _ground_cell),
        ListColumn("email", "Эл. почта", LearningPerson.email, clipped_cell),
        ListColumn("idnumber", "Инд. номер", LearningPerson.idnumber, short_cell),
        ListColumn("decided_by", "Кто решил", LearningPerson.decided_by, clipped_cell),
        ListColumn("decided_at", "Когда", LearningPerson.decided_at, moment_cell),
        ListColumn("site", "СДО", SITE.c.title, plain_cell),
        ListColumn("institution", "", LearningPerson.institution, hidden=True),
        ListColumn("position", "", LearningPerson.position, hidden=True),
        ListColumn("remote_id", "", LearningPerson.remote_id, hidden=True),
        ListColumn("staff_member_id", "", LearningPerson.staff_member_id, hidden=True),
        ListColumn("version", "", LearningPerson.version, hidden=True),
    ),
    filters=(
        ListFilter(
            "state",
            "Состояние",
            lambda value: value == PERSON_STATE,
            word_of(PERSON_STATES),
            lambda: options_of(PERSON_STATES),
        ),
        ListFilter(
            "ground",
            "По чему узнан",
            lambda value: LearningPerson.ground == value,
            one_of(MatchGround),
            lambda: [Option(one.value, one.label) for one in MatchGround],
        ),
        ListFilter("course", "Курс", _course, number, course_options),
        ListFilter("site", "СДО", lambda value: LearningPerson.site_id == value, number, site_options),
        ListFilter("staff", "Работник", lambda value: LearningPerson.staff_member_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="state",
    default_descending=False,
)
