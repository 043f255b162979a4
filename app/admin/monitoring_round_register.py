"""The list of monitoring rounds as data; counts of sheets are cut to the reader's scope."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Select, Table, bindparam, func, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, late_count_cell, link_cell, number_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, one_of
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.admin.year_filter import year_filter
from app.models import Assessment, Framework, MonitoringRound
from app.models.enumeration import AssessmentStatus, RoundStatus
from app.services.round_term import is_late
from app.web.session import today

FRAMEWORK_OF_ROW = cast(Table, Framework.__table__).alias("framework_of_row")
LEVELS = {"region": ("Регион", False), "municipality": ("Муниципалитет", True)}


def _joins(statement: Select[Any]) -> Select[Any]:
    """The set by which a round that one sees is held is no secret to the reader: only its name is told."""
    return statement.join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == MonitoringRound.org_unit_id).join(
        FRAMEWORK_OF_ROW, FRAMEWORK_OF_ROW.c.id == MonitoringRound.framework_id
    )


def _sheets(*conditions: ColumnElement[bool]) -> Any:
    """One correlated count over ix_assessment_round; the scope of sheets is added by the guard."""
    counted: Select[Any] = select(func.count(Assessment.id)).where(
        Assessment.round_id == MonitoringRound.id, *conditions
    )
    return counted.correlate(MonitoringRound).scalar_subquery()


def _level(raw: str) -> bool:
    if raw not in LEVELS:
        raise ValueError(raw)
    return LEVELS[raw][1]


LISTING = Listing(
    model=MonitoringRound,
    columns=(
        ListColumn("title", "Цикл", MonitoringRound.title, link_cell("/monitoring-rounds/"), held=True),
        ListColumn("status", "Состояние", MonitoringRound.status, badge_cell(RoundStatus, "round-")),
        ListColumn(
            "opens_on", "Начало", MonitoringRound.opens_on, date_cell, sort=MonitoringRound.opens_on, sort_type=date
        ),
        ListColumn(
            "due_on", "Срок сдачи", MonitoringRound.due_on, date_cell, sort=MonitoringRound.due_on, sort_type=date
        ),
        ListColumn("sheets", "Листов", _sheets(), number_cell, kind="number"),
        ListColumn(
            "not_started",
            "Не начали",
            _sheets(Assessment.status == AssessmentStatus.DRAFT, Assessment.started_at.is_(None)),
            number_cell,
            kind="number",
        ),
        ListColumn(
            "waiting", "На проверке", _sheets(Assessment.status == AssessmentStatus.SUBMITTED), number_cell, "number"
        ),
        ListColumn(
            "done",
            "Принято",
            _sheets(Assessment.status.in_((AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED))),
            number_cell,
            kind="number",
        ),
        ListColumn(
            "late",
            "С опозданием",
            _sheets(is_late(MonitoringRound.due_on, bindparam("today_of_rounds", callable_=today, type_=Date()))),
            late_count_cell,
            kind="number",
        ),
        ListColumn("holder", "Кто проводит", UNIT_NAME, clipped_cell),
        ListColumn("framework", "", FRAMEWORK_OF_ROW.c.title, hidden=True),
        ListColumn("edition", "", FRAMEWORK_OF_ROW.c.edition, hidden=True),
        ListColumn("basis", "", MonitoringRound.basis, hidden=True),
        ListColumn("locks_on", "", MonitoringRound.locks_on, hidden=True),
        ListColumn("late_until", "", MonitoringRound.late_until, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: MonitoringRound.status == value,
            one_of(RoundStatus),
            lambda: [Option(status.value, status.label) for status in RoundStatus],
        ),
        ListFilter(
            "held_by",
            "Кто проводит",
            MonitoringRound.is_municipal.is_,
            _level,
            lambda: [Option(key, label) for key, (label, _) in LEVELS.items()],
        ),
        year_filter("Год начала", MonitoringRound.opens_on),
    ),
    search=lambda pattern: [MonitoringRound.search.like(pattern, escape="\\")],
    joins=_joins,
    default_sort="opens_on",
)
