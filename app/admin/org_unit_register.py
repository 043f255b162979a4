"""The list of units as data: columns, filters, search."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement, Select, case, literal

from app.admin.cells import clipped_cell, date_cell, plain_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number
from app.admin.unit_names import MUNICIPALITY_NAME, MUNICIPALITY_OF_ROW, municipality_options
from app.models import OrgUnit
from app.models.enumeration import UnitKind

OPEN, CLOSED = "open", "closed"
# The full word takes two lines of every row.
KIND_WORDS = {UnitKind.SCHOOL: "школа (ОО)"}


def _joins(statement: Select[Any]) -> Select[Any]:
    """The municipality of a unit in scope is a label of it."""
    return statement.join(MUNICIPALITY_OF_ROW, MUNICIPALITY_OF_ROW.c.id == OrgUnit.municipality_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [OrgUnit.search.like(pattern, escape="\\")]


def _state(value: str) -> ColumnElement[bool]:
    return OrgUnit.closed_on.is_(None) if value == OPEN else OrgUnit.closed_on.is_not(None)


def _open_or_closed(raw: str) -> str:
    if raw not in {OPEN, CLOSED}:
        raise ValueError(raw)
    return raw


def _closed_cell(value: date | None, row: Any) -> str:
    del row
    return (
        f'<td class="nowrap"><span class="badge s-none">закрыта {value:%d.%m.%Y}</span></td>' if value else "<td></td>"
    )


def _name_cell(value: str, row: Any) -> str:
    """The short name where there is one: full names of schools begin with the same five words."""
    link = f'<a class="row-link" href="/org-units/{row.id:d}" title="{escape(row.full_name)}">{escape(value)}</a>'
    return f'<th class="held" scope="row">{link}</th>'


def _kind_cell(value: UnitKind, row: Any) -> str:
    del row
    return f'<td class="nowrap">{KIND_WORDS.get(value, value.label)}</td>'


LABEL = case((OrgUnit.short_name != "", OrgUnit.short_name), else_=OrgUnit.name)

LISTING = Listing(
    model=OrgUnit,
    columns=(
        ListColumn("name", "Наименование", LABEL, _name_cell, held=True, sort=LABEL),
        ListColumn("kind", "Вид", OrgUnit.kind, _kind_cell),
        ListColumn("code", "Код", OrgUnit.code, plain_cell, sort=OrgUnit.code),
        ListColumn(
            "municipality",
            "Муниципалитет",
            # A municipality stands beside its own name already.
            case((OrgUnit.kind == UnitKind.MUNICIPALITY, literal("")), else_=MUNICIPALITY_NAME),
            clipped_cell,
        ),
        ListColumn("opened_on", "Действует с", OrgUnit.opened_on, date_cell),
        ListColumn("closed_on", "По", OrgUnit.closed_on, _closed_cell),
        ListColumn("full_name", "Полное наименование", OrgUnit.name, clipped_cell, sort=OrgUnit.name),
        ListColumn("short_name", "", OrgUnit.short_name, hidden=True),
        ListColumn("site", "", OrgUnit.site, hidden=True),
        ListColumn("email", "", OrgUnit.email, hidden=True),
    ),
    filters=(
        ListFilter(
            "kind",
            "Вид",
            lambda value: OrgUnit.kind == value,
            UnitKind,
            lambda: [Option(kind.value, kind.label) for kind in UnitKind],
        ),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: OrgUnit.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter(
            "state",
            "Состояние",
            _state,
            _open_or_closed,
            lambda: [Option(OPEN, "действует"), Option(CLOSED, "закрыта")],
        ),
        ListFilter("parent", "Подведомственные", lambda value: OrgUnit.parent_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="name",
    default_descending=False,
)
