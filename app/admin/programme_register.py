"""The list of programmes as data: columns, filters, search; and what is overdue on the way to the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from markupsafe import escape
from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, or_, select

from app.admin.cells import badge_cell, clipped_cell, number_cell, short_cell, term_word
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, number, one_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.models import Programme, TrainingTopic
from app.models.enumeration_of_training import DocumentKind, PositionKind, ProgrammeStatus
from app.services.training_topic import topics
from app.web.session import guarded, today

TOPIC = cast(Table, TrainingTopic.__table__).alias("topic_of_row")
NEVER = date(9999, 12, 31)
Status = ProgrammeStatus
# Until then each of the two terms runs.
UNAGREED = frozenset({Status.DRAFT, Status.ON_AGREEMENT, Status.RETURNED})
UNREGISTERED = UNAGREED | {Status.AGREED}
SHORT_KINDS = {DocumentKind.ADVANCED: "ПК", DocumentKind.RETRAINING: "ПП", DocumentKind.OTHER: "иной"}


def _joins(statement: Select[Any]) -> Select[Any]:
    return with_unit_names(statement, Programme).outerjoin(TOPIC, TOPIC.c.id == Programme.topic_id)


def overdue(status: ProgrammeStatus, agree_by: date | None, register_by: date | None, day: date) -> list[str]:
    """Which of the two terms have passed, in words."""
    told = []
    if agree_by is not None and agree_by < day and status in UNAGREED:
        told.append("согласование просрочено")
    if register_by is not None and register_by < day and status in UNREGISTERED:
        told.append("включение в реестр просрочено")
    return told


def is_overdue(day: date) -> ColumnElement[bool]:
    return or_(
        and_(func.coalesce(Programme.agree_by, literal(NEVER)) < day, Programme.status.in_(UNAGREED)),
        and_(func.coalesce(Programme.register_by, literal(NEVER)) < day, Programme.status.in_(UNREGISTERED)),
    )


def _late(value: str) -> ColumnElement[bool]:
    return is_overdue(today()) if value == "1" else ~is_overdue(today())


def yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


def _terms(running: frozenset[ProgrammeStatus]) -> PerPage:
    def make() -> Cell:
        day = today()

        def cell(value: date | None, row: Any) -> str:
            if value is None:
                return '<td class="quiet">–</td>'
            word, tone = term_word(value, day) if row.status in running else ("", "")
            tail = f" · {word}" if word else ""
            return f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'

        return cell

    return PerPage(make)


def title_cell(prefix: str) -> Cell:
    """A long name that wraps, and opens its row."""

    def cell(value: Any, row: Any) -> str:
        link = f'<a class="row-link" href="{prefix}{row.id:d}">{escape(value)}</a>'
        return f'<th class="held long-name" scope="row">{link}</th>'

    return cell


def _kind_cell(value: DocumentKind, row: Any) -> str:
    del row
    return f'<td><abbr title="{value.label}">{SHORT_KINDS[value]}</abbr></td>'


def position_words(positions: Sequence[str]) -> str:
    """«руководитель, заместитель руководителя»; of none «все должности»."""
    return ", ".join(kind.label for kind in PositionKind if kind.value in positions) or "все должности"


def provider_options() -> list[Option]:
    """Units whose programmes the reader sees, by name."""
    rows = guarded().execute(
        with_unit_names(select(Programme.org_unit_id, UNIT_NAME.label("name")).select_from(Programme), Programme)
        .distinct()
        .order_by("name")
    )
    return [Option(str(row.org_unit_id), row.name) for row in rows]


def topic_options() -> list[Option]:
    return [Option(str(topic.id), topic.title) for topic in topics(guarded())]


LISTING = Listing(
    model=Programme,
    columns=(
        ListColumn("title", "Программа", Programme.title, title_cell("/programmes/"), sort=Programme.title, held=True),
        ListColumn("status", "Состояние", Programme.status, badge_cell(ProgrammeStatus, "programme-")),
        ListColumn("hours", "Часов", Programme.hours, number_cell, kind="number", sort=Programme.hours, sort_type=int),
        ListColumn("document_kind", "Вид", Programme.document_kind, _kind_cell),
        ListColumn(
            "agree_by",
            "Согласовать до",
            Programme.agree_by,
            _terms(UNAGREED),
            sort=func.coalesce(Programme.agree_by, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn(
            "register_by",
            "В реестр до",
            Programme.register_by,
            _terms(UNREGISTERED),
            sort=func.coalesce(Programme.register_by, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn("register_number", "Номер в реестре", Programme.register_number, short_cell),
        ListColumn("topic", "Тема", func.coalesce(TOPIC.c.title, ""), clipped_cell),
        ListColumn("provider", "Организация", UNIT_NAME, clipped_cell),
        *(
            ListColumn(name, "", getattr(Programme, name), hidden=True)
            for name in ("form", "positions", "submitted_on", "agreed_on", "agreement_act", "registered_on")
        ),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Programme.status == value,
            one_of(ProgrammeStatus),
            lambda: [Option(status.value, status.label) for status in ProgrammeStatus],
        ),
        ListFilter("late", "Просрочено", _late, yes_or_no, lambda: [Option("1", "да"), Option("0", "нет")]),
        ListFilter(
            "kind",
            "Итоговый документ",
            lambda value: Programme.document_kind == value,
            one_of(DocumentKind),
            lambda: [Option(kind.value, kind.label) for kind in DocumentKind],
        ),
        ListFilter("topic", "Тема", lambda value: Programme.topic_id == value, number, topic_options),
        ListFilter("provider", "Организация", lambda value: Programme.org_unit_id == value, number, provider_options),
    ),
    search=lambda pattern: [Programme.search.like(pattern, escape="\\")],
    joins=_joins,
)
