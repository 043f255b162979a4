"""The list of learning platforms as data: columns, filters, search."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.admin.cells import clipped_cell, link_cell, moment_cell, number_cell, unit_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number
from app.admin.unit_names import UNIT_NAME, unit_search, with_unit_names
from app.models import LtiAccount, LtiDeployment, LtiPlatform

MOST_LETTERS = 18
# The entities keep the counts within the reader's scope.
DEPLOYMENTS = (
    select(func.count(LtiDeployment.id))
    .where(LtiDeployment.platform_id == LtiPlatform.id)
    .correlate(LtiPlatform)
    .scalar_subquery()
)
ACCOUNTS = (
    select(func.count(LtiAccount.id))
    .where(LtiAccount.platform_id == LtiPlatform.id)
    .correlate(LtiPlatform)
    .scalar_subquery()
)
LAST_LAUNCH = (
    select(func.max(LtiAccount.last_launch_at))
    .where(LtiAccount.platform_id == LtiPlatform.id)
    .correlate(LtiPlatform)
    .scalar_subquery()
)


def _joins(statement: Select[Any]) -> Select[Any]:
    return with_unit_names(statement, LtiPlatform)


def _active_cell(value: bool, row: Any) -> str:
    del row
    return "<td>включена</td>" if value else '<td><span class="badge s-none">отключена</span></td>'


def _yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


def found_in(column: Any, pattern: str) -> ColumnElement[bool]:
    """Whether the text holds the folded pattern, for lists too short to keep a column for the search.

    SQLite lowers Latin letters only, so those that are sought are lowered one by one; its parser takes no more of them.
    """
    text: ColumnElement[str] = func.lower(column)
    sought = list(dict.fromkeys(letter for letter in pattern if "а" <= letter <= "я"))[:MOST_LETTERS]
    for letter in sought:
        text = func.replace(text, letter.upper(), letter)
    if "е" in sought:
        text = func.replace(func.replace(text, "Ё", "е"), "ё", "е")
    return text.like(pattern, escape="\\")


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [
        found_in(LtiPlatform.title, pattern),
        func.lower(LtiPlatform.issuer).like(pattern, escape="\\"),
        unit_search(LtiPlatform, pattern),
    ]


LISTING = Listing(
    model=LtiPlatform,
    columns=(
        ListColumn(
            "title", "Платформа", LtiPlatform.title, link_cell("/lti-platforms/"), held=True, sort=LtiPlatform.title
        ),
        ListColumn("is_active", "Состояние", LtiPlatform.is_active, _active_cell),
        ListColumn("unit", "Кто подключил", UNIT_NAME, unit_cell),
        ListColumn("issuer", "Адрес", LtiPlatform.issuer, clipped_cell, sort=LtiPlatform.issuer),
        ListColumn("deployments", "Размещений", DEPLOYMENTS, number_cell, kind="number"),
        ListColumn("accounts", "Связано людей", ACCOUNTS, number_cell, kind="number"),
        ListColumn("last_launch_at", "Последний вход", LAST_LAUNCH, moment_cell),
        ListColumn("client_id", "", LtiPlatform.client_id, hidden=True),
        ListColumn("family", "", LtiPlatform.family, hidden=True),
    ),
    filters=(
        ListFilter(
            "active",
            "Состояние",
            lambda value: LtiPlatform.is_active.is_(value == "1"),
            _yes_or_no,
            lambda: [Option("1", "включена"), Option("0", "отключена")],
        ),
        ListFilter("unit", "Организация", lambda value: LtiPlatform.org_unit_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="title",
    default_descending=False,
)
