"""People on the staff of a scope as a workbook's rows are compared with them: read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import cast

from sqlalchemy import Table, select

from app.models import OrgUnit, StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.policies.guard import GuardedSession


@dataclass(slots=True)
class Held:
    """A position; without a number until an earlier row of the file makes it."""

    id: int | None
    version: int
    kind: PositionKind
    title: str
    started_on: date | None
    ended_on: date | None = None


@dataclass(slots=True)
class Known:
    """A person of the scope, or one that an earlier row makes."""

    id: int | None
    version: int
    label: str
    email: str
    has_snils: bool
    held: dict[int, list[Held]] = field(default_factory=dict)


def staff_of_scope(session: GuardedSession) -> dict[tuple[int, str], list[Known]]:
    """By unit and folded name: the card's own unit, and every unit where the person holds a position."""
    people: dict[int, tuple[str, Known]] = {}
    known: dict[tuple[int, str], list[Known]] = {}
    for row in session.execute(
        select(
            StaffMember.id,
            StaffMember.version,
            StaffMember.org_unit_id,
            StaffMember.name_key,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            StaffMember.email,
            StaffMember.has_snils,
        ).order_by(StaffMember.id)
    ):
        label = " ".join(part for part in (row.last_name, row.first_name, row.patronymic) if part)
        one = Known(row.id, row.version, label, row.email, row.has_snils)
        people[row.id] = (row.name_key, one)
        known.setdefault((row.org_unit_id, row.name_key), []).append(one)
    for held in session.execute(
        select(
            StaffPosition.id,
            StaffPosition.version,
            StaffPosition.staff_member_id,
            StaffPosition.org_unit_id,
            StaffPosition.kind,
            StaffPosition.title,
            StaffPosition.started_on,
            StaffPosition.ended_on,
        ).order_by(StaffPosition.id)
    ):
        if held.staff_member_id not in people:
            continue
        key, one = people[held.staff_member_id]
        one.held.setdefault(held.org_unit_id, []).append(
            Held(held.id, held.version, held.kind, held.title, held.started_on, held.ended_on)
        )
        if held.ended_on is not None:
            continue
        namesakes = known.setdefault((held.org_unit_id, key), [])
        if one not in namesakes:
            namesakes.append(one)
    return known


def units_of_guests(session: GuardedSession) -> list[tuple[int, str, str]]:
    """Number, name and short name of the units that keep the cards: told beside people in scope, as in lists."""
    unit = cast(Table, OrgUnit.__table__).alias("unit_of_card")
    rows = session.execute(
        select(unit.c.id, unit.c.name, unit.c.short_name)
        .select_from(StaffMember)
        .join(unit, unit.c.id == StaffMember.org_unit_id)
        .distinct()
    )
    return [(row.id, row.name, row.short_name) for row in rows]
