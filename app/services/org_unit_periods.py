"""The history of a unit's names and places: periods that follow one another without gaps."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrgUnit, OrgUnitName, OrgUnitPlacement
from app.policies.refusal import Invalid

DAY = timedelta(days=1)
# An earlier year is a slip of the hand; the very first day of the calendar has no day before it.
EARLIEST = date(1800, 1, 1)


def begin(session: Session, unit: OrgUnit, parent: OrgUnit | None) -> None:
    """The first periods of a new unit, which already has its number."""
    add_first(session, unit, parent)
    session.flush()


def add_first(session: Session, unit: OrgUnit, parent: OrgUnit | None) -> None:
    """The same, left to the flush of the caller."""
    session.add(_name(unit, since=unit.opened_on))
    if parent is not None:
        session.add(_placement(unit, parent.id, parent.name, since=unit.opened_on))


def rename(session: Session, unit: OrgUnit, since: date, today: date) -> OrgUnitName:
    """Ends the name that held and opens a period from the day; the caller fills in the new names.

    Raises Invalid where the day is in the future or before the name that holds.
    """
    if since > today:
        raise Invalid("Новое наименование не может действовать с будущего дня.", field="since")
    if since < EARLIEST:
        raise Invalid("Проверьте год: такого давнего дня не бывает.", field="since")
    held = open_name(session, unit)
    if held is None:
        held = _name(unit, since=unit.opened_on)
        session.add(held)
    if held.valid_from is not None and since <= held.valid_from:
        raise Invalid(f"Прежнее наименование действует с {held.valid_from:%d.%m.%Y}: новое позже.", field="since")
    held.valid_to = since - DAY
    period = _name(unit, since=since)
    session.add(period)
    return period


def open_name(session: Session, unit: OrgUnit) -> OrgUnitName | None:
    return session.scalars(
        select(OrgUnitName)
        .where(OrgUnitName.org_unit_id == unit.id, OrgUnitName.valid_to.is_(None))
        .order_by(OrgUnitName.id.desc())
        .limit(1)
    ).first()


def open_placement(session: Session, unit: OrgUnit) -> OrgUnitPlacement | None:
    return session.scalars(
        select(OrgUnitPlacement)
        .where(OrgUnitPlacement.org_unit_id == unit.id, OrgUnitPlacement.valid_to.is_(None))
        .order_by(OrgUnitPlacement.id.desc())
        .limit(1)
    ).first()


def leave(session: Session, unit: OrgUnit, parent: OrgUnit, moved_on: date) -> None:
    """Ends the place where the unit stood, the day before it moves; raises Invalid."""
    if moved_on < EARLIEST:
        raise Invalid("Проверьте год: такого давнего дня не бывает.", field="moved_on")
    held = open_placement(session, unit)
    started = held.valid_from if held is not None else unit.opened_on
    if started is not None and moved_on <= started:
        raise Invalid(f"На прежнем месте школа стоит с {started:%d.%m.%Y}: перевод позже.", field="moved_on")
    if held is None:
        held = _placement(unit, parent.id, parent.name, since=unit.opened_on)
        session.add(held)
    held.valid_to = moved_on - DAY
    session.flush()


def arrive(session: Session, unit: OrgUnit, parent: OrgUnit, moved_on: date, basis: str) -> None:
    """Opens the new place; only after the unit itself has moved, since the row is stamped from it."""
    placement = _placement(unit, parent.id, parent.name, since=moved_on)
    placement.basis = basis
    session.add(placement)
    session.flush()


def end(session: Session, unit: OrgUnit, closed_on: date) -> None:
    """A closed unit's last name and place end with it."""
    for period in (open_name(session, unit), open_placement(session, unit)):
        if period is not None:
            begun = period.valid_from
            period.valid_to = closed_on if begun is None else max(closed_on, begun)
    session.flush()


def names(session: Session, unit: OrgUnit) -> list[OrgUnitName]:
    return list(
        session.scalars(select(OrgUnitName).where(OrgUnitName.org_unit_id == unit.id).order_by(OrgUnitName.id.desc()))
    )


def placements(session: Session, unit: OrgUnit) -> list[OrgUnitPlacement]:
    return list(
        session.scalars(
            select(OrgUnitPlacement).where(OrgUnitPlacement.org_unit_id == unit.id).order_by(OrgUnitPlacement.id.desc())
        )
    )


def _name(unit: OrgUnit, *, since: date | None) -> OrgUnitName:
    return OrgUnitName(
        org_unit_id=unit.id, name=unit.name, short_name=unit.short_name, code=unit.code, valid_from=since
    )


def _placement(unit: OrgUnit, parent_id: int, parent_name: str, *, since: date | None) -> OrgUnitPlacement:
    return OrgUnitPlacement(org_unit_id=unit.id, parent_id=parent_id, parent_name=parent_name, valid_from=since)
