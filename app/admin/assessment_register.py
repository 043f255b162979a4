"""The list of assessment sheets as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import g
from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select, type_coerce

from app.admin.assessment_words import percent_words, state_of
from app.admin.cells import clipped_cell, link_cell, plain_cell
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.models import Assessment, MonitoringRound
from app.models.enumeration import AssessmentStatus, UnitKind
from app.services.round_term import Term, is_late, term_of
from app.web.session import guarded, today

ROUNDS = MonitoringRound.__table__.alias("round_of_row")
ROUND_OF_CONDITION = MonitoringRound.__table__.alias("round_of_condition")
NEVER = date(9999, 12, 31)
KINDS = {UnitKind.SCHOOL: "школьный", UnitKind.MUNICIPALITY: "муниципальный"}


def _joins(statement: Select[Any]) -> Select[Any]:
    """The round of a sheet in scope is in scope: the policy of rounds says so."""
    return with_unit_names(statement, Assessment).join(ROUNDS, ROUNDS.c.id == Assessment.round_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [unit_search(Assessment, pattern)]


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def state_cell(value: AssessmentStatus, row: Any) -> str:
    look, label = state_of(value, row.started_at)
    return f'<td><span class="badge s-assessment-{look}">{label}</span></td>'


def _answered() -> Cell:
    # The count of answers is not journalled: of a past day it would be the present one.
    past = g.get("day_shown") is not None

    def cell(value: int, row: Any) -> str:
        if past:
            return '<td class="quiet" title="За прошлый день не хранится">–</td>'
        return f'<td class="nowrap">{value:d} из {row.to_answer:d}</td>'

    return cell


def share_cell(value: Decimal | None, row: Any) -> str:
    del row
    return f'<td class="number">{percent_words(value)}</td>' if value is not None else '<td class="quiet number">–</td>'


def term_of_row(row: Any, day: date) -> Term:
    return term_of(row.status, row.first_submitted_on, row.due_on, day)


def _sent() -> Cell:
    day = today()

    def cell(value: date | None, row: Any) -> str:
        term = term_of_row(row, day)
        if term is Term.MISSED:
            return '<td><span class="badge s-overdue">просрочен</span></td>'
        if value is None:
            return '<td class="quiet">–</td>'
        if term is not Term.LATE:
            return f'<td class="nowrap">{value:%d.%m.%Y}</td>'
        return f'<td class="nowrap"><span class="term late">{value:%d.%m.%Y} · с опозданием</span></td>'

    return cell


def changed_cell(value: int, row: Any) -> str:
    """An approved sheet of which something is not what was approved."""
    if not value:
        return '<td class="quiet">–</td>'
    return f'<td class="nowrap"><a class="badge s-doubtful" href="/assessments/{row.id:d}#changes">{value:d}</a></td>'


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _late(value: str) -> ColumnElement[bool]:
    due_on = select(ROUND_OF_CONDITION.c.due_on).where(ROUND_OF_CONDITION.c.id == Assessment.round_id)
    late = is_late(due_on.correlate(Assessment).scalar_subquery(), literal(today()))
    return late if value == "1" else ~late


def _started(value: str) -> ColumnElement[bool]:
    return Assessment.started_at.is_not(None) if value == "1" else Assessment.started_at.is_(None)


def _changed(value: str) -> ColumnElement[bool]:
    return Assessment.changed_after_approval > 0 if value == "1" else Assessment.changed_after_approval == 0


def _yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


def _kind(raw: str) -> UnitKind:
    if UnitKind(raw) not in KINDS:
        raise ValueError(raw)
    return UnitKind(raw)


def _level(raw: str) -> str:
    if "\x00" in raw or len(raw) > 200:  # noqa: PLR2004 - no name of a level is as long
        raise ValueError(raw)
    return raw


def _round_options() -> list[Option]:
    rounds = guarded().execute(
        select(MonitoringRound.id, MonitoringRound.title).order_by(MonitoringRound.id.desc()).limit(200)
    )
    return [Option(str(row.id), row.title) for row in rounds]


def _level_options() -> list[Option]:
    levels = guarded().scalars(select(Assessment.level).where(Assessment.level != "").distinct())
    return [Option(level, level) for level in sorted(levels)]


def _yes_no_options() -> list[Option]:
    return [Option("1", "да"), Option("0", "нет")]


LISTING = Listing(
    model=Assessment,
    columns=(
        ListColumn("unit", "Организация", UNIT_NAME, link_cell("/assessments/"), held=True),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, clipped_cell),
        ListColumn("round", "Цикл", ROUNDS.c.title, clipped_cell),
        ListColumn("status", "Состояние", Assessment.status, state_cell),
        ListColumn("answered", "Отвечено", Assessment.answered, PerPage(_answered)),
        ListColumn(
            "share",
            "Результат",
            Assessment.share,
            share_cell,
            kind="number",
            # As the whole number that is stored; sheets without a result come below all.
            sort=func.coalesce(type_coerce(Assessment.share, BigInteger), literal(-1, BigInteger)) + 2,
            sort_type=int,
        ),
        ListColumn("level", "Уровень", Assessment.level, plain_cell),
        ListColumn(
            "sent_on",
            "Отправлен",
            Assessment.first_submitted_on,
            PerPage(_sent),
            sort=func.coalesce(Assessment.first_submitted_on, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn("changed", "Изменено после утверждения", Assessment.changed_after_approval, changed_cell),
        ListColumn("to_answer", "", Assessment.to_answer, hidden=True),
        ListColumn("started_at", "", Assessment.started_at, hidden=True),
        ListColumn("first_submitted_on", "", Assessment.first_submitted_on, hidden=True),
        ListColumn("accepted_on", "", Assessment.accepted_on, hidden=True),
        ListColumn("approved_on", "", Assessment.approved_on, hidden=True),
        ListColumn("due_on", "", ROUNDS.c.due_on, hidden=True),
        ListColumn("version", "", Assessment.version, hidden=True),
    ),
    filters=(
        ListFilter("round", "Цикл", lambda value: Assessment.round_id == value, number, _round_options),
        ListFilter(
            "status",
            "Состояние",
            lambda value: Assessment.status == value,
            one_of(AssessmentStatus),
            lambda: [Option(status.value, status.label) for status in AssessmentStatus],
        ),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Assessment.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter(
            "kind",
            "Лист",
            lambda value: Assessment.sheet_kind == value,
            _kind,
            lambda: [Option(kind.value, label) for kind, label in KINDS.items()],
        ),
        ListFilter("level", "Уровень", lambda value: Assessment.level == value, _level, _level_options),
        ListFilter("late", "С опозданием", _late, _yes_or_no, _yes_no_options),
        ListFilter("started", "Начат", _started, _yes_or_no, _yes_no_options),
        ListFilter("changed", "Изменён после утверждения", _changed, _yes_or_no, _yes_no_options),
    ),
    search=_search,
    joins=_joins,
)


def sheet_row(row: Any) -> tuple[object, ...]:
    """One row of the register in the order of the sheet of app/excel/assessment.py."""
    past = g.get("day_shown") is not None
    return (
        row.municipality,
        row.unit,
        row.round,
        state_of(row.status, row.started_at)[1],
        None if past else row.answered,
        None if past else row.to_answer,
        row.share,
        row.level,
        row.due_on,
        row.sent_on,
        term_of_row(row, today()).is_late,
        row.accepted_on,
        row.approved_on,
        row.changed or None,
    )
