"""Whom a unit may make responsible: its staff with their positions, so that neither is typed twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.models.search_text import folded
from app.services.measure_details import TypedMeasure

# Heads, deputies and specialists first: plans name them, and a school has a hundred teachers.
ORDER = tuple(PositionKind)


@dataclass(frozen=True, slots=True)
class Responsible:
    name: str
    position: str


def people(session: Session, unit_ids: Collection[int]) -> dict[int, list[Responsible]]:
    """Who holds a position in each of the units, within the scope, by one statement."""
    rows = session.execute(
        select(StaffPosition, StaffMember)
        .join(StaffMember, StaffMember.id == StaffPosition.staff_member_id)
        .where(StaffPosition.org_unit_id.in_(unit_ids), StaffPosition.ended_on.is_(None))
    ).all()
    ranked = sorted(rows, key=lambda row: (ORDER.index(row[0].kind), folded(row[1].label), row[0].id))
    found: dict[int, list[Responsible]] = {number: [] for number in unit_ids}
    for position, person in ranked:
        one = Responsible(person.label, position.label)
        if one not in found[position.org_unit_id]:
            found[position.org_unit_id].append(one)
    return found


def completed(typed: TypedMeasure, staff: Sequence[Responsible]) -> TypedMeasure:
    """A known person brings the position along, and a position that one person holds brings the person."""
    name, position = folded(typed.responsible), folded(typed.responsible_position)
    if bool(name) == bool(position):
        return typed
    if name:
        held = [one for one in staff if folded(one.name) == name]
        return replace(typed, responsible_position=held[0].position) if held else typed
    holders = {one.name for one in staff if folded(one.position) == position}
    return replace(typed, responsible=holders.pop()) if len(holders) == 1 else typed
