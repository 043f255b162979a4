"""The list of courses of sites as data: columns, filters, search."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, select

from app.admin.cells import clipped_cell, moment_cell, number_cell, plain_cell, short_cell
from app.admin.learning_site_register import SITE, site_options
from app.admin.learning_words import OUTCOMES, count_link_cell, outcomes_of_course, waiting_of_course
from app.admin.listing import ListColumn, ListFilter, Listing, Option, escape, number
from app.admin.programme_register import yes_or_no
from app.admin.unit_names import UNIT_NAME, unit_search, with_unit_names
from app.models import LearningCourse, TrainingGroup

GROUP = cast(Table, TrainingGroup.__table__).alias("group_of_row")


def _joins(statement: Select[Any]) -> Select[Any]:
    named = with_unit_names(statement, LearningCourse).join(SITE, SITE.c.id == LearningCourse.site_id)
    return named.outerjoin(GROUP, GROUP.c.id == LearningCourse.group_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    groups = select(TrainingGroup.id).where(TrainingGroup.search.like(pattern, escape="\\"))
    return [
        LearningCourse.search.like(pattern, escape="\\"),
        LearningCourse.group_id.in_(groups),
        unit_search(LearningCourse, pattern),
    ]


def _title_cell(value: str, row: Any) -> str:
    name = value or row.short_name or f"курс {row.remote_id}"
    about = f'<small class="quiet">{escape(row.short_name)}</small>' if row.short_name and value else ""
    shown = f'<a class="row-link" href="/learning-courses/{row.id:d}">{escape(name)}</a>'
    return f'<th class="held worded" scope="row">{shown}{about}</th>'


def _group_cell(value: str, row: Any) -> str:
    if row.group_id is None:
        return f'<td><a class="quiet" href="/learning-courses/{row.id:d}#tie">привязать</a></td>'
    return f'<td><a href="/training-groups/{row.group_id:d}">{escape(value)}</a></td>'


def _tied(value: str) -> ColumnElement[bool]:
    return LearningCourse.group_id.is_not(None) if value == "1" else LearningCourse.group_id.is_(None)


def _problem(value: str) -> ColumnElement[bool]:
    return LearningCourse.problem != "" if value == "1" else LearningCourse.problem == ""


LISTING = Listing(
    model=LearningCourse,
    columns=(
        ListColumn("title", "Курс", LearningCourse.title, _title_cell, held=True, sort=LearningCourse.title),
        ListColumn("group", "Поток", func.coalesce(GROUP.c.title, ""), _group_cell),
        ListColumn(
            "waiting",
            "Не узнаны",
            waiting_of_course(),
            count_link_cell("/learning-people/decide?course={id}"),
            kind="number",
        ),
        ListColumn(
            "conflicts",
            "Расходится",
            outcomes_of_course(OUTCOMES.c.is_in_conflict),
            count_link_cell("/learning-outcomes/?state=conflict&amp;course={id}"),
            kind="number",
        ),
        ListColumn(
            "taken", "Взято итогов", outcomes_of_course(OUTCOMES.c.taken_at.is_not(None)), number_cell, kind="number"
        ),
        ListColumn("pulled_at", "Данные взяты", LearningCourse.pulled_at, moment_cell),
        ListColumn("site", "СДО", SITE.c.title, plain_cell),
        ListColumn("idnumber", "Инд. номер", LearningCourse.idnumber, short_cell),
        ListColumn("problem", "Что не так", LearningCourse.problem, clipped_cell),
        ListColumn("unit", "", UNIT_NAME, hidden=True),
        ListColumn("short_name", "", LearningCourse.short_name, hidden=True),
        ListColumn("remote_id", "", LearningCourse.remote_id, hidden=True),
        ListColumn("group_id", "", LearningCourse.group_id, hidden=True),
    ),
    filters=(
        ListFilter(
            "tied",
            "Поток",
            _tied,
            yes_or_no,
            lambda: [Option("1", "привязан"), Option("0", "не привязан")],
        ),
        ListFilter(
            "problem", "Чтение", _problem, yes_or_no, lambda: [Option("1", "не прочитан"), Option("0", "без ошибок")]
        ),
        ListFilter("site", "СДО", lambda value: LearningCourse.site_id == value, number, site_options),
        ListFilter("group", "Поток", lambda value: LearningCourse.group_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="title",
    default_descending=False,
)
