"""The list of users as data: columns, filters, search. Duties are those within the actor's scope only."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement, case, func, literal, select

from app.admin.cells import link_cell, moment_cell, plain_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number
from app.admin.unit_names import UNIT, municipality_options
from app.models import Membership, User
from app.models.enumeration import Duty

UNIT_OF_DUTY = UNIT.alias("unit_of_duty")
SEPARATOR = "; "
# The entity `Membership` keeps the subquery within the actor's scope; the unit's name hangs on a row that is in it.
DUTIES = (
    select(
        func.aggregate_strings(
            case((UNIT_OF_DUTY.c.short_name != "", UNIT_OF_DUTY.c.short_name), else_=UNIT_OF_DUTY.c.name)
            + literal(": ")
            + case({duty.value: literal(duty.label) for duty in Duty}, value=Membership.duty, else_=literal("")),
            SEPARATOR,
        )
    )
    .select_from(Membership)
    .join(UNIT_OF_DUTY, UNIT_OF_DUTY.c.id == Membership.org_unit_id)
    .where(Membership.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)


def grouped(told: str | None) -> str:
    """«Школа: исполнитель; Школа: эксперт» as «Школа: исполнитель, эксперт»."""
    units: dict[str, list[str]] = {}
    for piece in (told or "").split(SEPARATOR):
        unit, _, duty = piece.rpartition(": ")
        if unit:
            units.setdefault(unit, []).append(duty)
    return SEPARATOR.join(f"{unit}: {', '.join(sorted(duties))}" for unit, duties in sorted(units.items()))


def _duties_cell(value: str | None, row: Any) -> str:
    del row
    told = escape(grouped(value))
    return f'<td class="clip" title="{told}">{told}</td>' if told else '<td class="quiet">нет полномочий</td>'


def _active_cell(value: bool, row: Any) -> str:
    del row
    return "<td>действует</td>" if value else '<td><span class="badge s-none">отключена</span></td>'


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [User.search.like(pattern, escape="\\")]


def _active(value: str) -> ColumnElement[bool]:
    return User.is_active.is_(value == "1")


def _yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


LISTING = Listing(
    model=User,
    columns=(
        ListColumn("name", "Фамилия, имя, отчество", User.name, link_cell("/users/"), held=True, sort=User.name),
        ListColumn("login", "Имя для входа", User.login, plain_cell, sort=User.login),
        ListColumn("duties", "Организации и полномочия", DUTIES, _duties_cell),
        ListColumn("is_active", "Учётная запись", User.is_active, _active_cell),
        ListColumn("last_sign_in_at", "Последний вход", User.last_sign_in_at, moment_cell),
        ListColumn("email", "Почта", User.email, plain_cell),
        ListColumn("phone", "", User.phone, hidden=True),
    ),
    filters=(
        ListFilter(
            "active",
            "Учётная запись",
            _active,
            _yes_or_no,
            lambda: [Option("1", "действует"), Option("0", "отключена")],
        ),
        ListFilter(
            "duty",
            "Полномочие",
            lambda value: User.id.in_(select(Membership.user_id).where(Membership.duty == value)),
            Duty,
            lambda: [Option(duty.value, duty.label) for duty in Duty],
        ),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: User.id.in_(select(Membership.user_id).where(Membership.municipality_id == value)),
            number,
            municipality_options,
        ),
        ListFilter(
            "unit",
            "Организация",
            lambda value: User.id.in_(select(Membership.user_id).where(Membership.org_unit_id == value)),
            number,
            kind="hidden",
        ),
    ),
    search=_search,
    default_sort="name",
    default_descending=False,
)
