"""The list of trainees as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, link_cell, moment_cell, plain_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number, one_of
from app.admin.unit_names import (
    MUNICIPALITY_NAME,
    UNIT_NAME,
    municipality_options,
    unit_search,
    with_unit_names,
)
from app.models import Enrolment, OrgUnit, Programme, StaffMember, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus
from app.web.session import guarded

# Names beside a row that is in scope: whose it is, in which group, of which programme, who teaches.
STAFF = cast(Table, StaffMember.__table__).alias("person_of_row")
GROUP = cast(Table, TrainingGroup.__table__).alias("group_of_row")
PROGRAMME = cast(Table, Programme.__table__).alias("programme_of_row")
PROVIDER = cast(Table, OrgUnit.__table__).alias("provider_of_row")
PERSON_NAME = func.trim(STAFF.c.last_name + " " + STAFF.c.first_name + " " + STAFF.c.patronymic)
PROVIDER_NAME = case((PROVIDER.c.short_name != "", PROVIDER.c.short_name), else_=PROVIDER.c.name)
MOST_OPTIONS = 300


def _joins(statement: Select[Any]) -> Select[Any]:
    return (
        with_unit_names(statement, Enrolment)
        .join(STAFF, STAFF.c.id == Enrolment.staff_member_id)
        .join(GROUP, GROUP.c.id == Enrolment.group_id)
        .join(PROGRAMME, PROGRAMME.c.id == GROUP.c.programme_id)
        .join(PROVIDER, PROVIDER.c.id == Enrolment.provider_unit_id)
    )


def _search(pattern: str) -> list[ColumnElement[bool]]:
    people = select(StaffMember.id).where(StaffMember.search.like(pattern, escape="\\"))
    groups = select(TrainingGroup.id).where(TrainingGroup.search.like(pattern, escape="\\"))
    return [Enrolment.staff_member_id.in_(people), Enrolment.group_id.in_(groups), unit_search(Enrolment, pattern)]


def _of_programme(value: int) -> ColumnElement[bool]:
    return Enrolment.group_id.in_(select(TrainingGroup.id).where(TrainingGroup.programme_id == value))


def _group_options() -> list[Option]:
    rows = guarded().execute(
        select(TrainingGroup.id, TrainingGroup.title, TrainingGroup.starts_on)
        .order_by(TrainingGroup.starts_on.desc(), TrainingGroup.id.desc())
        .limit(MOST_OPTIONS)
    )
    return [Option(str(row.id), f"{row.title}, с {row.starts_on:%d.%m.%Y}") for row in rows]


def _programme_options() -> list[Option]:
    rows = guarded().execute(
        select(Programme.id, Programme.title).order_by(Programme.title, Programme.id).limit(MOST_OPTIONS)
    )
    return [Option(str(row.id), row.title) for row in rows]


LISTING = Listing(
    model=Enrolment,
    columns=(
        ListColumn("person", "Работник", PERSON_NAME, link_cell("/enrolments/"), held=True, sort=PERSON_NAME),
        ListColumn("unit", "Организация", UNIT_NAME, plain_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("position", "Должность", Enrolment.position, clipped_cell),
        ListColumn("group", "Поток", GROUP.c.title, clipped_cell),
        ListColumn("starts_on", "Начало", GROUP.c.starts_on, date_cell, sort=GROUP.c.starts_on, sort_type=date),
        ListColumn("status", "Состояние", Enrolment.status, badge_cell(EnrolmentStatus, "enrolment-")),
        ListColumn("applied_at", "Заявлен", Enrolment.applied_at, moment_cell),
        ListColumn("enrolled_on", "Зачислен", Enrolment.enrolled_on, date_cell),
        ListColumn("completed_on", "Завершил", Enrolment.completed_on, date_cell),
        ListColumn("programme", "Программа", PROGRAMME.c.title, clipped_cell),
        ListColumn("provider", "Кто проводит", PROVIDER_NAME, plain_cell),
        ListColumn("ends_on", "", GROUP.c.ends_on, hidden=True),
        *(
            ListColumn(name, "", getattr(Enrolment, name), hidden=True)
            for name in ("enrolment_act", "result", "grade", "left_on", "left_reason", "version")
        ),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Enrolment.status == value,
            one_of(EnrolmentStatus),
            lambda: [Option(status.value, status.label) for status in EnrolmentStatus],
        ),
        ListFilter("group", "Поток", lambda value: Enrolment.group_id == value, number, _group_options),
        ListFilter("programme", "Программа", _of_programme, number, _programme_options),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Enrolment.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter("unit", "Организация", lambda value: Enrolment.org_unit_id == value, number, kind="hidden"),
        ListFilter("staff", "Работник", lambda value: Enrolment.staff_member_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
)
