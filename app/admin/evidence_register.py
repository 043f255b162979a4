"""The list of proof as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal, not_, or_, select

from app.admin.cells import (
    clipped_cell,
    date_cell,
    label_cell,
    link_cell,
    number_cell,
    plain_cell,
    short_cell,
    unit_cell,
)
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.admin.year_filter import year_filter
from app.models import Certificate, Evidence, EvidenceRevision, MeasureEvidence, ReportEvidence, ScoreEvidence
from app.models.enumeration import EvidenceKind
from app.services.evidence import named_so
from app.services.evidence_expiry import has_run_out, runs_out, word
from app.web.session import today as day_shown

NEVER = date(9999, 12, 31)
EXPIRY = {"soon": "истекает в ближайшие три месяца", "expired": "срок истёк", "valid": "действует"}
USED = {"none": "нигде не приложены", "some": "приложены"}
PLACES: tuple[Any, ...] = (ReportEvidence, ScoreEvidence, MeasureEvidence, Certificate)


def _lies_in(place: Any) -> Any:
    return select(func.count(place.id)).where(place.evidence_id == Evidence.id).correlate(Evidence).scalar_subquery()


USES = _lies_in(ReportEvidence) + _lies_in(ScoreEvidence) + _lies_in(MeasureEvidence) + _lies_in(Certificate)
FILES = (
    select(func.count(EvidenceRevision.id))
    .where(EvidenceRevision.evidence_id == Evidence.id)
    .correlate(Evidence)
    .scalar_subquery()
)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [*named_so(pattern), unit_search(Evidence, pattern)]


def _word_of(known: dict[str, str]) -> Any:
    def parse(raw: str) -> str:
        if raw not in known:
            raise ValueError(raw)
        return raw

    return parse


def _options(known: dict[str, str]) -> list[Option]:
    return [Option(value, label) for value, label in known.items()]


def _expiry(value: str) -> ColumnElement[bool]:
    day = day_shown()
    if value == "valid":
        return or_(Evidence.valid_until.is_(None), Evidence.valid_until >= day)
    return runs_out(day) if value == "soon" else has_run_out(day)


def _used(value: str) -> ColumnElement[bool]:
    lies = or_(*(select(place.id).where(place.evidence_id == Evidence.id).exists() for place in PLACES))
    return not_(lies) if value == "none" else lies


def _terms() -> Cell:
    day = day_shown()

    def cell(value: date | None, row: Any) -> str:
        del row
        if value is None:
            return '<td class="quiet">–</td>'
        told, tone = word(value, day)
        tail = f" · {told}" if told else ""
        return f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'

    return cell


LISTING = Listing(
    model=Evidence,
    columns=(
        ListColumn("title", "Документ", Evidence.title, link_cell("/evidence/"), held=True, sort=Evidence.title),
        ListColumn("number", "Номер", Evidence.number, short_cell),
        ListColumn("dated_on", "Дата", Evidence.dated_on, date_cell),
        ListColumn("kind", "Вид", Evidence.kind, label_cell(EvidenceKind)),
        ListColumn(
            "valid_until",
            "Действует по",
            Evidence.valid_until,
            PerPage(_terms),
            sort=func.coalesce(Evidence.valid_until, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn("uses", "Приложено, раз", USES, number_cell, kind="number"),
        ListColumn("unit", "Организация", UNIT_NAME, unit_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("files", "Редакций файла", FILES, number_cell, kind="number"),
        ListColumn("url", "Ссылка", Evidence.url, clipped_cell),
    ),
    filters=(
        ListFilter(
            "kind",
            "Вид документа",
            lambda value: Evidence.kind == value,
            one_of(EvidenceKind),
            lambda: [Option(kind.value, kind.label) for kind in EvidenceKind],
        ),
        ListFilter("expiry", "Срок действия", _expiry, _word_of(EXPIRY), lambda: _options(EXPIRY)),
        ListFilter("used", "Где приложены", _used, _word_of(USED), lambda: _options(USED)),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Evidence.municipality_id == value,
            number,
            municipality_options,
        ),
        year_filter("Год документа", Evidence.dated_on),
        ListFilter("unit", "Организация", lambda value: Evidence.org_unit_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=lambda statement: with_unit_names(statement, Evidence),
)
