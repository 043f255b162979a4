"""The list of findings as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, label_cell, plain_cell, unit_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, escape, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.admin.year_filter import year_filter
from app.models import CorrectiveMeasure, Finding, FindingCause, MeasureFinding, MonitoringRound
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import FindingSeverity, FindingSource, FindingStatus, MeasureStatus
from app.services import finding_cause
from app.services.order_head import as_people_sort
from app.web.session import guarded

# Whoever sees a finding sees its cause and its round by name, and how many measures it has.
CAUSE = cast(Table, FindingCause.__table__).alias("cause_of_row")
ROUND = cast(Table, MonitoringRound.__table__).alias("round_of_row")
MEASURE = cast(Table, CorrectiveMeasure.__table__).alias("measure_of_row")
LABEL = case((Finding.criterion_code != "", Finding.criterion_code + ". " + Finding.text), else_=Finding.text)
NONE = "none"
MEASURES = {NONE: "мер нет", "live": "меры в работе", "done": "меры выполнены"}
LONGEST_CODE = 50
LONGEST_SHOWN = 140


def _joins(statement: Select[Any]) -> Select[Any]:
    named = with_unit_names(statement, Finding).outerjoin(CAUSE, CAUSE.c.id == Finding.cause_id)
    return named.outerjoin(ROUND, ROUND.c.id == Finding.round_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [Finding.search.like(pattern, escape="\\"), unit_search(Finding, pattern)]


def _measures_of_row() -> Any:
    """Those that are not cancelled: one correlated count over ix_measure_finding_finding."""
    counted = (
        select(func.count(MeasureFinding.id))
        .join(MEASURE, MEASURE.c.id == MeasureFinding.measure_id)
        .where(MeasureFinding.finding_id == Finding.id, MEASURE.c.status != MeasureStatus.CANCELLED)
    )
    return counted.correlate(Finding).scalar_subquery()


def _some_measure(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    found = (
        select(MeasureFinding.id)
        .join(MEASURE, MEASURE.c.id == MeasureFinding.measure_id)
        .where(MeasureFinding.finding_id == Finding.id, *conditions)
    )
    return found.correlate(Finding).exists()


def _measures(value: str) -> ColumnElement[bool]:
    standing = MEASURE.c.status != MeasureStatus.CANCELLED
    live = MEASURE.c.status.in_(sorted(LIVE_STATUSES))
    if value == NONE:
        return ~_some_measure(standing)
    if value == "live":
        return _some_measure(live)
    return _some_measure(standing) & ~_some_measure(live)


def _measures_word(raw: str) -> str:
    if raw not in MEASURES:
        raise ValueError(raw)
    return raw


def _cause(raw: str) -> int | str:
    return raw if raw == NONE else number(raw)


def _of_cause(value: int | str) -> ColumnElement[bool]:
    return Finding.cause_id.is_(None) if value == NONE else Finding.cause_id == value


def _cause_options() -> list[Option]:
    return [
        Option(NONE, "не указана"),
        *(Option(str(one.id), one.title) for one in finding_cause.causes(guarded())),
    ]


def _code(raw: str) -> str:
    if len(raw) > LONGEST_CODE or "\x00" in raw:
        raise ValueError(raw)
    return raw


def _code_options() -> list[Option]:
    """Those by which something was found in the scope; one of no option may still stand in an address."""
    codes = guarded().scalars(select(Finding.criterion_code).where(Finding.criterion_code != "").distinct())
    return [Option(code, code) for code in sorted(codes, key=as_people_sort)]


def _round_options() -> list[Option]:
    found = select(Finding.round_id).where(Finding.round_id.is_not(None))
    rows = guarded().execute(
        select(MonitoringRound.id, MonitoringRound.title)
        .where(MonitoringRound.id.in_(found))
        .order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc())
    )
    return [Option(str(row.id), row.title) for row in rows]


def label_of_row(value: Any, row: Any) -> str:
    """The wording opens the finding; a long one is cut where it is only listed."""
    text = str(value)
    shown = escape(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")
    title = f' title="{escape(text)}"' if len(text) > LONGEST_SHOWN else ""
    return (
        f'<th class="held worded" scope="row"><a class="row-link" href="/findings/{row.id:d}"{title}>{shown}</a></th>'
    )


def measures_cell(value: Any, row: Any) -> str:
    """How many measures; an open finding without any says so."""
    if value:
        link = f'<a href="/corrective-measures/?finding={row.id:d}">{value:d}</a>'
        return f'<td class="number">{link}</td>'
    if row.status is FindingStatus.OPEN:
        return '<td class="number"><span class="term soon">нет</span></td>'
    return '<td class="number quiet">0</td>'


LISTING = Listing(
    model=Finding,
    columns=(
        ListColumn("label", "Недостаток", LABEL, label_of_row, held=True),
        ListColumn("status", "Состояние", Finding.status, badge_cell(FindingStatus, "finding-")),
        ListColumn("severity", "Тяжесть", Finding.severity, badge_cell(FindingSeverity, "severity-")),
        ListColumn("measures", "Мер", _measures_of_row(), measures_cell, kind="number"),
        ListColumn("unit", "Организация", UNIT_NAME, unit_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("cause", "Причина", func.coalesce(CAUSE.c.title, ""), clipped_cell),
        ListColumn("source", "Где обнаружен", Finding.source, label_cell(FindingSource)),
        ListColumn("found_on", "Обнаружен", Finding.found_on, date_cell, sort=Finding.found_on, sort_type=date),
        ListColumn("round", "Цикл", func.coalesce(ROUND.c.title, ""), clipped_cell),
        ListColumn("criterion_code", "", Finding.criterion_code, hidden=True),
        ListColumn("text", "", Finding.text, hidden=True),
        ListColumn("ground", "", Finding.ground, hidden=True),
        ListColumn("found_by", "", Finding.found_by, hidden=True),
        ListColumn("resolved_on", "", Finding.resolved_on, hidden=True),
        ListColumn("closed_by", "", Finding.closed_by, hidden=True),
        ListColumn("closing_reason", "", Finding.closing_reason, hidden=True),
        ListColumn("version", "", Finding.version, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Finding.status == value,
            one_of(FindingStatus),
            lambda: [Option(one.value, one.label) for one in FindingStatus],
        ),
        ListFilter(
            "measures",
            "Меры",
            _measures,
            _measures_word,
            lambda: [Option(value, label) for value, label in MEASURES.items()],
        ),
        ListFilter(
            "severity",
            "Тяжесть",
            lambda value: Finding.severity == value,
            one_of(FindingSeverity),
            lambda: [Option(one.value, one.label) for one in FindingSeverity],
        ),
        ListFilter("cause", "Причина", _of_cause, _cause, _cause_options),
        ListFilter("criterion", "Критерий", lambda value: Finding.criterion_code == value, _code, _code_options),
        ListFilter("round", "Цикл", lambda value: Finding.round_id == value, number, _round_options),
        ListFilter(
            "source",
            "Где обнаружен",
            lambda value: Finding.source == value,
            one_of(FindingSource),
            lambda: [Option(one.value, one.label) for one in FindingSource],
        ),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Finding.municipality_id == value,
            number,
            municipality_options,
        ),
        year_filter("Год обнаружения", Finding.found_on),
        ListFilter("unit", "Организация", lambda value: Finding.org_unit_id == value, number, kind="hidden"),
        ListFilter("assignment", "Поручение", lambda value: Finding.assignment_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="found_on",
)
