"""The list of sites that are read, as data: columns, filters, search."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, select

from app.admin.cells import clipped_cell, moment_cell, number_cell, plain_cell
from app.admin.learning_words import (
    SITE_STATE,
    SITE_STATES,
    conflicts_of_site,
    count_link_cell,
    courses_of_site,
    options_of,
    state_cell,
    waiting_of_site,
    word_of,
)
from app.admin.listing import ListColumn, ListFilter, Listing, Option, escape, number
from app.admin.unit_names import UNIT_NAME, unit_search, with_unit_names
from app.models import LearningSite
from app.web.session import guarded

SITE = cast(Table, LearningSite.__table__).alias("site_of_row")


def _joins(statement: Select[Any]) -> Select[Any]:
    return with_unit_names(statement, LearningSite)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [LearningSite.search.like(pattern, escape="\\"), unit_search(LearningSite, pattern)]


def _title_cell(value: str, row: Any) -> str:
    about = f'<small class="quiet">{escape(row.address)}</small>' if row.address else ""
    shown = f'<a class="row-link" href="/learning-sites/{row.id:d}">{escape(value)}</a>'
    return f'<th class="held worded" scope="row">{shown}{about}</th>'


def unit_options() -> list[Option]:
    """The units that have a site, by name."""
    named = select(LearningSite.org_unit_id, UNIT_NAME.label("name")).select_from(LearningSite)
    rows = guarded().execute(with_unit_names(named, LearningSite).distinct().order_by("name"))
    return [Option(str(row.org_unit_id), row.name) for row in rows]


def site_options() -> list[Option]:
    rows = guarded().execute(select(LearningSite.id, LearningSite.title).order_by(LearningSite.title, LearningSite.id))
    return [Option(str(row.id), row.title) for row in rows]


LISTING = Listing(
    model=LearningSite,
    columns=(
        ListColumn("title", "СДО", LearningSite.title, _title_cell, held=True, sort=LearningSite.title),
        ListColumn("state", "Состояние", SITE_STATE, state_cell(SITE_STATES)),
        ListColumn(
            "waiting",
            "Не узнаны",
            waiting_of_site(),
            count_link_cell("/learning-people/decide?site={id}"),
            kind="number",
        ),
        ListColumn(
            "conflicts",
            "Расходится",
            conflicts_of_site(),
            count_link_cell("/learning-outcomes/?state=conflict&amp;site={id}"),
            kind="number",
        ),
        ListColumn("courses", "Курсов с потоками", courses_of_site(tied=True), number_cell, kind="number"),
        ListColumn("pulled_at", "Данные взяты", LearningSite.pulled_at, moment_cell),
        ListColumn("unit", "Кто ведёт", UNIT_NAME, plain_cell),
        ListColumn("problem", "Что не так", LearningSite.problem, clipped_cell),
        ListColumn("address", "", LearningSite.address, hidden=True),
        ListColumn("is_nightly", "", LearningSite.is_nightly, hidden=True),
        ListColumn("release", "", LearningSite.release, hidden=True),
    ),
    filters=(
        ListFilter(
            "state",
            "Состояние",
            lambda value: value == SITE_STATE,
            word_of(SITE_STATES),
            lambda: options_of(SITE_STATES),
        ),
        ListFilter("unit", "Кто ведёт", lambda value: LearningSite.org_unit_id == value, number, unit_options),
    ),
    search=_search,
    joins=_joins,
    default_sort="title",
    default_descending=False,
)
