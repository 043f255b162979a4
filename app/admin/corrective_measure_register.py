"""The list of corrective measures as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select

from app.admin.cells import badge_cell, clipped_cell, date_cell, label_cell, plain_cell, unit_cell
from app.admin.corrective_measure_words import figure_words, measure_term
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, escape, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.models import CorrectiveMeasure, Finding, FindingCause, MeasureFinding, MeasureUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import EffectVerdict, MeasurePriority, MeasureStatus
from app.services import measure_figure, measure_work
from app.services.order_head import as_people_sort
from app.web.session import current_actor, guarded
from app.web.session import today as day_shown

TERMS = {"overdue": "просрочена", "soon": "срок в ближайшие две недели"}
EFFECTS = {**{one.value: one.label for one in EffectVerdict}, "none": "вывода ещё нет"}
LONGEST_CODE = 200


def _joins(statement: Select[Any]) -> Select[Any]:
    return with_unit_names(statement, CorrectiveMeasure)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [CorrectiveMeasure.search.like(pattern, escape="\\"), unit_search(CorrectiveMeasure, pattern)]


def _word_of(words: dict[str, str]) -> Any:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(raw)
        return raw

    return parse


def _term(value: str) -> ColumnElement[bool]:
    day = day_shown()
    live = CorrectiveMeasure.status.in_(LIVE_STATUSES)
    if value == "overdue":
        return and_(live, CorrectiveMeasure.due_on < day)
    return and_(live, CorrectiveMeasure.due_on >= day, CorrectiveMeasure.due_on <= day + measure_work.SOON)


def _begins(value: str) -> ColumnElement[bool]:
    del value
    return CorrectiveMeasure.starts_on <= day_shown()


def _effect(value: str) -> ColumnElement[bool]:
    if value == "none":
        return CorrectiveMeasure.effect.is_(None)
    return CorrectiveMeasure.effect == EffectVerdict(value)


def _code(raw: str) -> str:
    if not raw or len(raw) > LONGEST_CODE or "\x00" in raw:
        raise ValueError(raw)
    return raw


def _criterion(value: str) -> ColumnElement[bool]:
    """By the measure's own figure, or by a finding that it answers."""
    answered = _answering(Finding.criterion_code == value)
    return or_(CorrectiveMeasure.criterion_code == value, answered)


def _answering(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    linked = select(MeasureFinding.measure_id).join(Finding, Finding.id == MeasureFinding.finding_id).where(condition)
    return CorrectiveMeasure.id.in_(linked)


def _finding(value: int) -> ColumnElement[bool]:
    linked = select(MeasureFinding.measure_id).where(MeasureFinding.finding_id == value)
    return CorrectiveMeasure.id.in_(linked)


def _municipality(value: int) -> ColumnElement[bool]:
    """Carried out there, or for a unit of there."""
    reached = select(MeasureUnit.measure_id).where(MeasureUnit.municipality_id == value)
    return or_(CorrectiveMeasure.municipality_id == value, CorrectiveMeasure.id.in_(reached))


def _unit(value: int) -> ColumnElement[bool]:
    reached = select(MeasureUnit.measure_id).where(MeasureUnit.org_unit_id == value)
    return or_(CorrectiveMeasure.org_unit_id == value, CorrectiveMeasure.id.in_(reached))


def _criterion_options() -> list[Option]:
    codes = guarded().scalars(select(CorrectiveMeasure.criterion_code).distinct())
    return [Option(code, code) for code in sorted(codes, key=as_people_sort) if code]


def _cause_options() -> list[Option]:
    rows = guarded().execute(
        select(FindingCause.id, FindingCause.title).order_by(FindingCause.position, FindingCause.title)
    )
    return [Option(str(row.id), row.title) for row in rows]


def _terms() -> Cell:
    today = day_shown()

    def cell(value: date, row: Any) -> str:
        late = row.done_on is not None and row.done_on > value
        word, tone = measure_term(value, today, live=row.status in LIVE_STATUSES, late=late)
        tail = f" · {word}" if word else ""
        return f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'

    return cell


def _figures() -> Cell:
    actor = current_actor()

    def cell(value: Any, row: Any) -> str:
        ends = (row.figure_before, row.figure_after) if measure_figure.told(actor, row) else (None, None)
        return f'<td class="nowrap">{figure_words(value, ends[0], row.figure_target, ends[1])}</td>'

    return cell


def _effect_cell(value: EffectVerdict | None, row: Any) -> str:
    return "<td></td>" if value is None else EFFECT_BADGE(value, row)


def _title_cell(value: str, row: Any) -> str:
    shown = f'<a class="row-link" href="/corrective-measures/{row.id:d}">{escape(value)}</a>'
    return f'<th class="held worded" scope="row">{shown}</th>'


EFFECT_BADGE = badge_cell(EffectVerdict, "effect-")
# What is over stands after what is still to be done, however long ago its term was.
OVER = (MeasureStatus.VERIFIED, MeasureStatus.CANCELLED)
TURN = case((CorrectiveMeasure.status.in_(OVER), literal(date.max)), else_=CorrectiveMeasure.due_on)
LISTING = Listing(
    model=CorrectiveMeasure,
    columns=(
        ListColumn("title", "Мера", CorrectiveMeasure.title, _title_cell, held=True),
        ListColumn("status", "Состояние", CorrectiveMeasure.status, badge_cell(MeasureStatus, "measure-")),
        ListColumn(
            "due_on",
            "Срок",
            CorrectiveMeasure.due_on,
            PerPage(_terms),
            sort=CorrectiveMeasure.due_on,
            sort_type=date,
        ),
        ListColumn("unit", "Кто выполняет", UNIT_NAME, unit_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("turn", "", TURN, hidden=True, sort=TURN, sort_type=date),
        ListColumn("responsible", "Ответственный", CorrectiveMeasure.responsible, clipped_cell),
        ListColumn("figure_source", "Было → цель → стало", CorrectiveMeasure.figure_source, PerPage(_figures)),
        ListColumn("priority", "Приоритет", CorrectiveMeasure.priority, label_cell(MeasurePriority)),
        ListColumn("effect", "Эффект", CorrectiveMeasure.effect, _effect_cell),
        ListColumn("done_on", "Выполнена", CorrectiveMeasure.done_on, date_cell),
        *(
            ListColumn(name, "", getattr(CorrectiveMeasure, name), hidden=True)
            for name in (
                *("figure_name", "figure_before", "figure_target", "figure_after", "expected_result", "starts_on"),
                *("responsible_position", "done_note", "verified_on", "remark", "made_by", "version"),
                *("org_unit_id", "region_id", "municipality_id"),
            )
        ),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: CorrectiveMeasure.status == value,
            one_of(MeasureStatus),
            lambda: [Option(status.value, status.label) for status in MeasureStatus],
        ),
        ListFilter(
            "term", "Срок", _term, _word_of(TERMS), lambda: [Option(value, label) for value, label in TERMS.items()]
        ),
        ListFilter(
            "priority",
            "Приоритет",
            lambda value: CorrectiveMeasure.priority == value,
            one_of(MeasurePriority),
            lambda: [Option(one.value, one.label) for one in MeasurePriority],
        ),
        ListFilter("criterion", "Критерий", _criterion, _code, _criterion_options),
        ListFilter(
            "effect",
            "Эффект",
            _effect,
            _word_of(EFFECTS),
            lambda: [Option(value, label) for value, label in EFFECTS.items()],
        ),
        ListFilter("cause", "Причина", lambda value: _answering(Finding.cause_id == value), number, _cause_options),
        ListFilter("municipality", "Муниципалитет", _municipality, number, municipality_options),
        ListFilter("unit", "Организация", _unit, number, kind="hidden"),
        # Of the unit that carries it out alone: the figures of the summary add up.
        ListFilter("carrier", "Выполняет", lambda value: CorrectiveMeasure.org_unit_id == value, number, kind="hidden"),
        ListFilter(
            "carried_in",
            "Где выполняют",
            lambda value: CorrectiveMeasure.municipality_id == value,
            number,
            kind="hidden",
        ),
        # What the home page counts: done ones that wait for the reader's word, and those of the units below.
        ListFilter("waits", "Ждут проверки", measure_work.waits_for, number, tuple, kind="hidden"),
        ListFilter("not_of", "Кроме записанных пользователем", measure_work.not_of, number, tuple, kind="hidden"),
        ListFilter(
            "below", "Кроме своих", lambda value: CorrectiveMeasure.org_unit_id != value, number, tuple, kind="hidden"
        ),
        ListFilter("begins", "Начало", _begins, _word_of({"now": "день начала наступил"}), tuple, kind="hidden"),
        ListFilter("finding", "Недостаток", _finding, number, kind="hidden"),
        ListFilter(
            "point", "Пункт", lambda value: CorrectiveMeasure.order_point_id == value, number, tuple, kind="hidden"
        ),
        ListFilter(
            "requirement",
            "Требование к обучению",
            lambda value: CorrectiveMeasure.training_requirement_id == value,
            number,
            kind="hidden",
        ),
        ListFilter(
            "group",
            "Поток",
            lambda value: CorrectiveMeasure.training_group_id == value,
            number,
            kind="hidden",
        ),
    ),
    search=_search,
    joins=_joins,
    default_sort="turn",
    default_descending=False,
)
