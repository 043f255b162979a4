"""The list of training requirements as data; coverage is counted for the rows of the page, in the reader's scope."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import g, request
from sqlalchemy import ColumnElement, Select, Table, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, link_cell
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, escape, number, one_of
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.admin.year_filter import year_filter
from app.models import TrainingRequirement, TrainingTopic
from app.models.enumeration_of_training import RequirementStatus
from app.services import clock
from app.services.training_coverage import Figures, figures_of
from app.services.training_topic import topics
from app.web.session import current_actor, guarded, today

TOPIC_OF_ROW = cast(Table, TrainingTopic.__table__).alias("topic_of_row")
LEVELS = {"region": ("Регион", True), "municipality": ("Муниципалитет", False)}
ABSENT = '<td class="quiet">–</td>'


def _joins(statement: Select[Any]) -> Select[Any]:
    """The topic and the maker of a requirement that one sees are no secret to the reader: only names are told."""
    return statement.join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == TrainingRequirement.org_unit_id).join(
        TOPIC_OF_ROW, TOPIC_OF_ROW.c.id == TrainingRequirement.topic_id
    )


def _coverage() -> Cell:
    """Counted at once for the rows of the page: they are asked for once more, in the same order and by the same SQL."""
    if getattr(g, "day_shown", None) is not None:
        # Who was on the staff on a past day, and with what documents, is not counted anew.
        return lambda _value, _row: ABSENT
    zone = current_actor().time_zone
    state = LISTING.read(request.args, (clock.today(zone), zone))
    ids = [row.id for row in guarded().execute(*LISTING.rows(state))]
    counted = select(TrainingRequirement).where(
        TrainingRequirement.id.in_(ids), TrainingRequirement.status != RequirementStatus.DRAFT
    )
    figures = figures_of(guarded(), guarded().scalars(counted).all(), today=today())

    def cell(_value: Any, row: Any) -> str:
        return coverage_cell(figures.get(row.id), f"/training-requirements/{row.id:d}/coverage")

    return cell


def coverage_cell(figures: Figures | None, href: str) -> str:
    if figures is None or not figures.total:
        return ABSENT
    width = round(100 * figures.covered / figures.total, 1)
    bar = "bar-full" if figures.covered == figures.total else "bar-done"
    return (
        f'<td><a class="meter" href="{escape(href)}"><svg viewBox="0 0 100 6" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false"><rect class="bar-ground" width="100" height="6" />'
        f'<rect class="{bar}" width="{width}" height="6" /></svg><span>{escape(figures.text)}</span></a></td>'
    )


def _level(raw: str) -> bool:
    if raw not in LEVELS:
        raise ValueError(raw)
    return LEVELS[raw][1]


def _made_by(is_regional: bool) -> ColumnElement[bool]:
    by_region = TrainingRequirement.org_unit_id == TrainingRequirement.region_id
    return by_region if is_regional else ~by_region


LISTING = Listing(
    model=TrainingRequirement,
    columns=(
        ListColumn("title", "Требование", TrainingRequirement.title, link_cell("/training-requirements/"), held=True),
        ListColumn("status", "Состояние", TrainingRequirement.status, badge_cell(RequirementStatus, "requirement-")),
        ListColumn("coverage", "Охват", TrainingRequirement.id, PerPage(_coverage)),
        ListColumn(
            "due_on",
            "Срок",
            TrainingRequirement.due_on,
            date_cell,
            sort=TrainingRequirement.due_on,
            sort_type=date,
        ),
        ListColumn("topic", "Тема", TOPIC_OF_ROW.c.title, clipped_cell),
        ListColumn("holder", "Кто поставил", UNIT_NAME, clipped_cell),
        ListColumn("positions", "", TrainingRequirement.positions, hidden=True),
        ListColumn("counts", "", TrainingRequirement.counts, hidden=True),
        ListColumn("starts_on", "", TrainingRequirement.starts_on, hidden=True),
        ListColumn("min_hours", "", TrainingRequirement.min_hours, hidden=True),
        ListColumn("accepts_valid", "", TrainingRequirement.accepts_valid, hidden=True),
        ListColumn("basis", "", TrainingRequirement.basis, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: TrainingRequirement.status == value,
            one_of(RequirementStatus),
            lambda: [Option(status.value, status.label) for status in RequirementStatus],
        ),
        ListFilter(
            "topic",
            "Тема",
            lambda value: TrainingRequirement.topic_id == value,
            number,
            lambda: [Option(str(topic.id), topic.title) for topic in topics(guarded())],
        ),
        ListFilter(
            "held_by",
            "Кто поставил",
            _made_by,
            _level,
            lambda: [Option(key, label) for key, (label, _) in LEVELS.items()],
        ),
        year_filter("Год срока", TrainingRequirement.due_on),
    ),
    search=lambda pattern: [TrainingRequirement.search.like(pattern, escape="\\")],
    joins=_joins,
    default_sort="due_on",
)
