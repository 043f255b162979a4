"""The people behind each number of a coverage: who they are, how far, by which document or group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Certificate, Enrolment, OrgUnit, StaffMember, StaffPosition, TrainingRequirement
from app.models.enumeration_of_training import CertificateStatus, CoverageCount, EnrolmentStatus, PositionKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.training_coverage import STATES, CoverageState, UnitRow, coverage
from app.services.training_coverage_rule import (
    Rule,
    Standing,
    answers,
    asks_unit,
    group_columns,
    holds_position,
    people,
    rules_of,
    seats_on_topic,
)

_KINDS = list(PositionKind)


@dataclass(frozen=True, slots=True)
class Document:
    """The document that counts, or would once confirmed."""

    id: int
    number: str
    issued_on: date
    hours: int
    issuer: str


@dataclass(frozen=True, slots=True)
class Seat:
    group_id: int
    title: str
    starts_on: date
    status: EnrolmentStatus


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one unit, under the first of their positions that is asked: head before deputy."""

    unit_id: int
    staff_member_id: int
    name: str
    kind: PositionKind
    position: str
    state: CoverageState
    document: Document | None
    seat: Seat | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A unit that nobody covers yet (or, where each person counts, that somebody does not), and who could."""

    unit: UnitRow
    people: Sequence[Person]


def people_behind(
    session: Session,
    actor: Actor,
    requirement: TrainingRequirement,
    *,
    today: date,
    municipality_id: int | None = None,
    unit_id: int | None = None,
) -> dict[int, list[Person]]:
    """By unit, head before deputy: whoever holds a position of the kinds asked. Four statements."""
    actor.require(Permission.REQUIREMENT_READ)
    rule = rules_of(session, [requirement])[0]
    asked = [asks_unit(rule, today)]
    if municipality_id is not None:
        asked.append(OrgUnit.municipality_id == municipality_id)
    if unit_id is not None:
        asked.append(OrgUnit.id == unit_id)
    documents = _documents(session, rule)
    seats = _seats(session, rule)
    found: dict[int, list[Person]] = {}
    for row in _standings(session, rule, today, asked):
        found.setdefault(row.unit_id, []).append(
            Person(
                unit_id=row.unit_id,
                staff_member_id=row.id,
                name=" ".join(filter(None, (row.last_name, row.first_name, row.patronymic))),
                kind=row.kind,
                position=row.title or row.kind.label,
                state=STATES[Standing(row.standing)],
                document=documents.get(row.id),
                seat=seats.get(row.id),
            )
        )
    return found


def missing(
    session: Session,
    actor: Actor,
    requirement: TrainingRequirement,
    *,
    today: date,
    municipality_id: int | None = None,
) -> list[Lacking]:
    """«Кто не обучен»: units in the order of the register, each with the people of its who could be trained.

    Units whose people sit in a group, or whose document waits, are not among them. A unit without people is one of
    whose staff nothing is known.
    """
    whole = coverage(session, actor, requirement, today=today, municipality_id=municipality_id)
    known = people_behind(session, actor, requirement, today=today, municipality_id=municipality_id)
    return lacking(whole.units, known, whole.counts)


def lacking(units: Iterable[UnitRow], known: dict[int, list[Person]], counts: CoverageCount) -> list[Lacking]:
    """Units without anyone first named by their own order; in the mode «каждый» also those where somebody is left."""
    found = []
    for unit in units:
        left = [person for person in known.get(unit.unit_id, ()) if person.state is CoverageState.MISSING]
        if counts is CoverageCount.UNITS and unit.state not in {CoverageState.MISSING, CoverageState.UNKNOWN}:
            continue
        if left or unit.state is CoverageState.UNKNOWN:
            found.append(Lacking(unit, left))
    return found


def _standings(session: Session, rule: Rule, today: date, asked: Collection[Any]) -> list[Any]:
    """One row for each person of each unit, under the first of the positions asked."""
    each = people(rule, today)
    statement = (
        select(
            each.c.unit_id,
            each.c.standing,
            StaffMember.id,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            StaffPosition.kind,
            StaffPosition.title,
        )
        .select_from(StaffPosition)
        .join(StaffMember, StaffMember.id == StaffPosition.staff_member_id)
        .join(
            each,
            (each.c.person_id == StaffPosition.staff_member_id) & (each.c.unit_id == StaffPosition.org_unit_id),
        )
        .join(OrgUnit, OrgUnit.id == StaffPosition.org_unit_id)
        .where(holds_position(rule, today), *asked)
    )
    rows = sorted(
        session.execute(statement),
        key=lambda row: (row.unit_id, _KINDS.index(row.kind), row.last_name, row.first_name, row.id, row.title),
    )
    first: dict[tuple[int, int], Any] = {}
    for row in rows:
        first.setdefault((row.unit_id, row.id), row)
    return list(first.values())


def _documents(session: Session, rule: Rule) -> dict[int, Document]:
    """By person: the earliest confirmed one, else the earliest that waits."""
    rows = session.execute(
        select(
            Certificate.id,
            Certificate.staff_member_id,
            Certificate.status,
            Certificate.series,
            Certificate.number,
            Certificate.issued_on,
            Certificate.hours,
            Certificate.issuer_name,
        ).where(answers(rule))
    )
    found: dict[int, Document] = {}
    for row in sorted(rows, key=lambda one: (one.status is not CertificateStatus.CONFIRMED, one.issued_on, one.id)):
        number = f"{row.series} {row.number}".strip()
        found.setdefault(row.staff_member_id, Document(row.id, number, row.issued_on, row.hours, row.issuer_name))
    return found


def _seats(session: Session, rule: Rule) -> dict[int, Seat]:
    """By person: the group that starts first."""
    rows = session.execute(
        seats_on_topic(rule, Enrolment.staff_member_id, Enrolment.group_id, Enrolment.status, *group_columns())
    )
    found: dict[int, Seat] = {}
    for row in sorted(rows, key=lambda one: (one.group_starts_on, one.group_id)):
        found.setdefault(row.staff_member_id, Seat(row.group_id, row.group_title, row.group_starts_on, row.status))
    return found
