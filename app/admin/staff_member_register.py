"""The list of people on the staff as data: columns, filters, search. Nothing here touches the identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement, String, case, cast, func, literal, select

from app.admin.cells import link_cell, number_cell, plain_cell
from app.admin.listing import ListColumn, ListFilter, Listing, Option, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.models import Certificate, StaffMember, StaffPosition
from app.models.enumeration_of_training import CertificateStatus, PositionKind

UNIT_OF_POSITION = UNIT.alias("unit_of_position")
NAME = func.trim(StaffMember.last_name + " " + StaffMember.first_name + " " + StaffMember.patronymic)
# What people do not type: positions of one person travel as one text of one subquery.
BETWEEN, WITHIN = "\x1e", "\x1f"
_ELSEWHERE = case(
    (StaffPosition.org_unit_id == StaffMember.org_unit_id, ""),
    (UNIT_OF_POSITION.c.short_name != "", UNIT_OF_POSITION.c.short_name),
    else_=UNIT_OF_POSITION.c.name,
)
# The entity `StaffPosition` keeps the subquery within the actor's scope; a unit's name hangs on a row that is in it.
POSITIONS = (
    select(
        func.aggregate_strings(
            case((StaffPosition.is_main, "1"), else_="0")
            + literal(WITHIN)
            + cast(StaffPosition.kind, String)
            + literal(WITHIN)
            + StaffPosition.title
            + literal(WITHIN)
            + func.coalesce(cast(StaffPosition.started_on, String), "")
            + literal(WITHIN)
            + _ELSEWHERE,
            BETWEEN,
        )
    )
    .select_from(StaffPosition)
    .join(UNIT_OF_POSITION, UNIT_OF_POSITION.c.id == StaffPosition.org_unit_id)
    .where(StaffPosition.staff_member_id == StaffMember.id, StaffPosition.ended_on.is_(None))
    .correlate(StaffMember)
    .scalar_subquery()
)
DOCUMENTS = (
    select(func.count(Certificate.id))
    .where(Certificate.staff_member_id == StaffMember.id, Certificate.status == CertificateStatus.CONFIRMED)
    .correlate(StaffMember)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """An open position as the list carries it; `elsewhere` names the unit where it is not the card's own."""

    is_main: bool
    kind: PositionKind
    title: str
    started_on: date | None
    elsewhere: str

    @property
    def told(self) -> str:
        words = self.title or self.kind.label
        return f"{words} ({self.elsewhere})" if self.elsewhere else words


def held(text: str | None) -> list[HeldPosition]:
    """The main one first, then as they are called."""
    found = []
    for piece in (text or "").split(BETWEEN):
        if piece:
            is_main, kind, title, started_on, elsewhere = piece.split(WITHIN)
            day = date.fromisoformat(started_on) if started_on else None
            found.append(HeldPosition(is_main == "1", PositionKind(kind), title, day, elsewhere))
    return sorted(found, key=lambda one: (bool(one.elsewhere), not one.is_main, one.told))


def _positions_cell(value: str | None, row: Any) -> str:
    del row
    told = escape("; ".join(one.told for one in held(value)))
    return f'<td class="clip" title="{told}">{told}</td>' if told else '<td class="quiet">не работает</td>'


def _number_cell(value: bool, row: Any) -> str:
    del row
    return "<td>указан</td>" if value else '<td class="quiet">нет</td>'


def _search(pattern: str) -> list[ColumnElement[bool]]:
    return [StaffMember.search.like(pattern, escape="\\"), unit_search(StaffMember, pattern)]


def _yes_or_no(raw: str) -> str:
    if raw not in {"1", "0"}:
        raise ValueError(raw)
    return raw


def _works(value: str) -> ColumnElement[bool]:
    works = StaffMember.id.in_(select(StaffPosition.staff_member_id).where(StaffPosition.ended_on.is_(None)))
    return works if value == "1" else ~works


def _holds(kind: PositionKind) -> ColumnElement[bool]:
    held_by = select(StaffPosition.staff_member_id).where(StaffPosition.kind == kind, StaffPosition.ended_on.is_(None))
    return StaffMember.id.in_(held_by)


def _in_unit(unit_id: int) -> ColumnElement[bool]:
    """Whose main place it is, and who holds a position there besides."""
    besides = select(StaffPosition.staff_member_id).where(
        StaffPosition.org_unit_id == unit_id, StaffPosition.ended_on.is_(None)
    )
    return (StaffMember.org_unit_id == unit_id) | StaffMember.id.in_(besides)


def _documented(value: str) -> ColumnElement[bool]:
    documented = StaffMember.id.in_(
        select(Certificate.staff_member_id).where(Certificate.status == CertificateStatus.CONFIRMED)
    )
    return documented if value == "1" else ~documented


LISTING = Listing(
    model=StaffMember,
    columns=(
        ListColumn(
            "name", "Фамилия, имя, отчество", NAME, link_cell("/staff-members/"), held=True, sort=StaffMember.name_key
        ),
        ListColumn("positions", "Должность", POSITIONS, _positions_cell),
        ListColumn("unit", "Организация", UNIT_NAME, plain_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("documents", "Документы", DOCUMENTS, number_cell, kind="number"),
        ListColumn("has_snils", "СНИЛС", StaffMember.has_snils, _number_cell),
        ListColumn("email", "", StaffMember.email, hidden=True),
    ),
    filters=(
        ListFilter(
            "position",
            "Вид должности",
            _holds,
            one_of(PositionKind),
            lambda: [Option(kind.value, kind.label) for kind in PositionKind],
        ),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: StaffMember.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter("unit", "Организация", _in_unit, number, kind="hidden"),
        ListFilter("works", "Занимает должность", _works, _yes_or_no, lambda: [Option("1", "да"), Option("0", "нет")]),
        ListFilter(
            "documents",
            "Подтверждённый документ",
            _documented,
            _yes_or_no,
            lambda: [Option("1", "есть"), Option("0", "нет")],
        ),
        ListFilter(
            "snils",
            "СНИЛС",
            lambda value: StaffMember.has_snils.is_(value == "1"),
            _yes_or_no,
            lambda: [Option("1", "указан"), Option("0", "не указан")],
        ),
    ),
    search=_search,
    joins=lambda statement: with_unit_names(statement, StaffMember),
    default_sort="name",
    default_descending=False,
)
