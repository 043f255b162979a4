"""The list of training groups as data; seats are numbers for everyone who sees the group, never whose they are."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, number_cell, term_word
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, number, one_of
from app.admin.programme_register import title_cell, topic_options, yes_or_no
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.admin.year_filter import year_filter
from app.models import Enrolment, Programme, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, StudyForm
from app.services.group_seats import SEATED
from app.web.session import guarded, today

PROGRAMME = cast(Table, Programme.__table__).alias("programme_of_row")
ENROLMENT = cast(Table, Enrolment.__table__).alias("enrolment_of_row")


def _joins(statement: Select[Any]) -> Select[Any]:
    """By what a group teaches is no secret to whoever sees the group: only its name is told."""
    return with_unit_names(statement, TrainingGroup).join(PROGRAMME, PROGRAMME.c.id == TrainingGroup.programme_id)


def _counted(*statuses: str) -> Any:
    """Past the scope by the alias, as the names of units are: a number for a group in scope."""
    counted: Select[Any] = select(func.count(ENROLMENT.c.id)).where(
        ENROLMENT.c.group_id == TrainingGroup.id, ENROLMENT.c.status.in_(statuses)
    )
    return counted.correlate(TrainingGroup).scalar_subquery()


def takes_applications(day: date) -> ColumnElement[bool]:
    return and_(
        TrainingGroup.status == GroupStatus.OPEN,
        or_(TrainingGroup.apply_until.is_(None), TrainingGroup.apply_until >= day),
    )


def _applications(value: str) -> ColumnElement[bool]:
    return takes_applications(today()) if value == "1" else ~takes_applications(today())


def _search(pattern: str) -> list[ColumnElement[bool]]:
    programmes = select(Programme.id).where(Programme.search.like(pattern, escape="\\"))
    return [TrainingGroup.search.like(pattern, escape="\\"), TrainingGroup.programme_id.in_(programmes)]


def _until() -> Cell:
    day = today()

    def cell(value: date | None, row: Any) -> str:
        if value is None:
            return '<td class="quiet">–</td>'
        word, tone = "", ""
        if row.status is GroupStatus.OPEN:
            word, tone = term_word(value, day) if value >= day else ("приём закончен", "late")
        tail = f" · {word}" if word else ""
        return f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'

    return cell


def _seats_cell(value: int, row: Any) -> str:
    return f'<td class="number nowrap">{value:d} из {row.seats:d}</td>'


def _programme_options() -> list[Option]:
    rows = guarded().execute(select(Programme.id, Programme.title).order_by(Programme.title, Programme.id).limit(500))
    return [Option(str(row.id), row.title) for row in rows]


def _provider_options() -> list[Option]:
    """Units whose groups the reader sees, by name."""
    named = select(TrainingGroup.org_unit_id, UNIT_NAME.label("name")).select_from(TrainingGroup)
    rows = guarded().execute(with_unit_names(named, TrainingGroup).distinct().order_by("name"))
    return [Option(str(row.org_unit_id), row.name) for row in rows]


LISTING = Listing(
    model=TrainingGroup,
    columns=(
        ListColumn("title", "Поток", TrainingGroup.title, title_cell("/training-groups/"), held=True),
        ListColumn("status", "Состояние", TrainingGroup.status, badge_cell(GroupStatus, "group-")),
        ListColumn(
            "starts_on", "Начало", TrainingGroup.starts_on, date_cell, sort=TrainingGroup.starts_on, sort_type=date
        ),
        ListColumn(
            "ends_on", "Окончание", TrainingGroup.ends_on, date_cell, sort=TrainingGroup.ends_on, sort_type=date
        ),
        ListColumn("apply_until", "Заявки до", TrainingGroup.apply_until, PerPage(_until)),
        ListColumn("taken", "Занято", _counted(*SEATED), _seats_cell, kind="number"),
        ListColumn("waiting", "Ждут", _counted(EnrolmentStatus.WAITING.value), number_cell, kind="number"),
        ListColumn("programme", "Программа", PROGRAMME.c.title, clipped_cell),
        ListColumn("provider", "Кто проводит", UNIT_NAME, clipped_cell),
        ListColumn("place", "Место", TrainingGroup.place, clipped_cell),
        ListColumn("hours", "", PROGRAMME.c.hours, hidden=True),
        *(ListColumn(name, "", getattr(TrainingGroup, name), hidden=True) for name in ("seats", "form", "coordinator")),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: TrainingGroup.status == value,
            one_of(GroupStatus),
            lambda: [Option(status.value, status.label) for status in GroupStatus],
        ),
        ListFilter(
            "applications",
            "Приём заявок",
            _applications,
            yes_or_no,
            lambda: [Option("1", "идёт"), Option("0", "закрыт")],
        ),
        ListFilter(
            "programme", "Программа", lambda value: TrainingGroup.programme_id == value, number, _programme_options
        ),
        ListFilter(
            "topic",
            "Тема",
            lambda value: TrainingGroup.programme_id.in_(select(Programme.id).where(Programme.topic_id == value)),
            number,
            topic_options,
        ),
        ListFilter(
            "provider", "Кто проводит", lambda value: TrainingGroup.org_unit_id == value, number, _provider_options
        ),
        ListFilter(
            "form",
            "Форма",
            lambda value: TrainingGroup.form == value,
            one_of(StudyForm),
            lambda: [Option(form.value, form.label) for form in StudyForm],
        ),
        year_filter("Год начала", TrainingGroup.starts_on),
    ),
    search=_search,
    joins=_joins,
    default_sort="starts_on",
)
