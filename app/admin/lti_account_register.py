"""The list of people of platforms tied to accounts here, as data: columns, filters, search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, select

from app.admin.cells import clipped_cell, label_cell, link_cell, moment_cell, short_cell, unit_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, escape, number, one_of
from app.admin.lti_platform_register import found_in
from app.admin.unit_names import UNIT_NAME, unit_search, with_unit_names
from app.models import LtiAccount, LtiPlatform, User
from app.models.enumeration_of_platforms import AccountOrigin
from app.web.session import guarded

# A link and its platform belong to one unit.
PLATFORM = cast(Table, LtiPlatform.__table__).alias("platform_of_row")
# The entity keeps names within the reader's scope: who proved an account may stand elsewhere.
NAME, LOGIN = (
    select(column).where(User.id == LtiAccount.user_id).correlate(LtiAccount).scalar_subquery()
    for column in (User.name, User.login)
)


def _joins(statement: Select[Any]) -> Select[Any]:
    return with_unit_names(statement, LtiAccount).join(PLATFORM, PLATFORM.c.id == LtiAccount.platform_id)


def _user_cell(value: str | None, row: Any) -> str:
    if not value:
        return '<td class="quiet">вне вашей части дерева</td>'
    return f'<td><a href="/users/{row.user_id:d}">{escape(value)}</a></td>'


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [
        LtiAccount.user_id.in_(select(User.id).where(User.search.like(pattern, escape="\\"))),
        found_in(LtiAccount.name_told, pattern),
        func.lower(LtiAccount.subject).like(pattern, escape="\\"),
        unit_search(LtiAccount, pattern),
    ]


def platform_options() -> Sequence[Option]:
    """The platforms that the reader keeps, by title."""
    rows = guarded().execute(select(LtiPlatform.id, LtiPlatform.title).order_by(LtiPlatform.title))
    return [Option(str(row.id), row.title) for row in rows]


LISTING = Listing(
    model=LtiAccount,
    columns=(
        ListColumn(
            "name_told",
            "Имя в платформе",
            func.coalesce(func.nullif(LtiAccount.name_told, ""), LtiAccount.subject),
            link_cell("/lti-accounts/"),
            held=True,
            sort=LtiAccount.name_told,
        ),
        ListColumn("subject", "Номер в платформе", LtiAccount.subject, short_cell),
        ListColumn("platform", "Платформа", PLATFORM.c.title, clipped_cell),
        ListColumn("user", "Учётная запись", NAME, _user_cell),
        ListColumn("origin", "Как связана", LtiAccount.origin, label_cell(AccountOrigin)),
        ListColumn("linked_at", "Связана", LtiAccount.linked_at, moment_cell),
        ListColumn("last_launch_at", "Последний вход", LtiAccount.last_launch_at, moment_cell),
        ListColumn("unit", "Кто подключил платформу", UNIT_NAME, unit_cell),
        ListColumn("login", "", LOGIN, hidden=True),
        ListColumn("user_id", "", LtiAccount.user_id, hidden=True),
        ListColumn("linked_by", "", LtiAccount.linked_by, hidden=True),
    ),
    filters=(
        ListFilter("platform", "Платформа", lambda value: LtiAccount.platform_id == value, number, platform_options),
        ListFilter(
            "origin",
            "Как связана",
            lambda value: LtiAccount.origin == value,
            one_of(AccountOrigin),
            lambda: [Option(one.value, one.label) for one in AccountOrigin],
        ),
    ),
    search=_search,
    joins=_joins,
    default_sort="name_told",
    default_descending=False,
)
