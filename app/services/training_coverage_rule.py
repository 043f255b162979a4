"""How coverage is counted, as SQL: which units a requirement asks, whose positions, which documents.

One definition for every page: the statements of `training_coverage.py` are put together from these parts, and each
of them is cut to the reader's scope by the guard.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Subquery, Table, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Certificate,
    Enrolment,
    OrgUnit,
    Programme,
    RequirementAddressee,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus, CoverageCount, EnrolmentStatus, PositionKind
from app.services.requirement_addressees import ADDRESSED, Clause

# What a group teaches is no secret of whoever has a person in it: by Core names, which the row scope leaves alone.
_GROUP = cast(Table, TrainingGroup.__table__).alias("group_of_enrolment")
_PROGRAMME = cast(Table, Programme.__table__).alias("programme_of_enrolment")

# A seat in a group: not yet a document. A plan and a place in the waiting list are none.
IN_GROUP = SEATED_STATUSES - {EnrolmentStatus.CERTIFIED}
COUNTING = (CertificateStatus.CONFIRMED, CertificateStatus.ENTERED)


class Standing(enum.IntEnum):
    """How far a person is; a unit is as far as the farthest of its people. Kept in SQL as these numbers."""

    MISSING = 0
    ENROLLED = 1
    WAITING = 2
    COVERED = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement without its row."""

    requirement_id: int
    maker_id: int
    region_id: int
    topic_id: int
    positions: tuple[PositionKind, ...]
    counts: CoverageCount
    starts_on: date
    due_on: date
    min_hours: int
    accepts_valid: bool
    clauses: tuple[Clause, ...]


def rules_of(session: Session, requirements: Sequence[TrainingRequirement]) -> list[Rule]:
    """In the order given; their clauses are read by one statement."""
    clauses: dict[int, list[Clause]] = {one.id: [] for one in requirements}
    wanted = (
        select(RequirementAddressee.requirement_id, RequirementAddressee.kind, RequirementAddressee.org_unit_id)
        .where(RequirementAddressee.requirement_id.in_(clauses))
        .order_by(RequirementAddressee.id)
    )
    for row in session.execute(wanted):
        clauses[row.requirement_id].append((row.kind, row.org_unit_id))
    return [
        Rule(
            one.id,
            one.org_unit_id,
            one.region_id,
            one.topic_id,
            tuple(PositionKind(value) for value in one.positions),
            one.counts,
            one.starts_on,
            one.due_on,
            one.min_hours,
            one.accepts_valid,
            tuple(clauses[one.id]),
        )
        for one in requirements
    ]


def asks_unit(rule: Rule, today: date) -> ColumnElement[bool]:
    """Units below the maker that the clauses give and that act today; what «кроме» names goes with all below it."""
    chosen: list[ColumnElement[bool]] = []
    removed: list[ColumnElement[bool]] = []
    for kind, unit_id in rule.clauses:
        match kind:
            case Kind.ALL_MUNICIPALITIES:
                chosen.append(OrgUnit.kind == UnitKind.MUNICIPALITY)
            case Kind.ALL_SCHOOLS:
                chosen.append(OrgUnit.kind == UnitKind.SCHOOL)
            case Kind.SCHOOLS_OF:
                chosen.append(and_(OrgUnit.kind == UnitKind.SCHOOL, OrgUnit.municipality_id == unit_id))
            case Kind.UNIT:
                chosen.append(OrgUnit.id == unit_id)
            case Kind.EXCEPT:
                removed += [OrgUnit.id == unit_id, OrgUnit.municipality_id == unit_id]
            case _:
                # Institutes are not asked.
                pass
    if not chosen:
        return false()
    return and_(
        OrgUnit.region_id == rule.region_id,
        or_(OrgUnit.region_id == rule.maker_id, OrgUnit.municipality_id == rule.maker_id),
        OrgUnit.id != rule.maker_id,
        OrgUnit.kind.in_(ADDRESSED),
        or_(OrgUnit.closed_on.is_(None), OrgUnit.closed_on > today),
        or_(OrgUnit.opened_on.is_(None), OrgUnit.opened_on <= today),
        or_(*chosen),
        *(~condition for condition in removed),
    )


def holds_position(rule: Rule, today: date) -> ColumnElement[bool]:
    """A position of the kinds asked, begun and not ended."""
    return and_(
        StaffPosition.region_id == rule.region_id,
        StaffPosition.kind.in_(rule.positions),
        StaffPosition.ended_on.is_(None),
        or_(StaffPosition.started_on.is_(None), StaffPosition.started_on <= today),
    )


def answers(rule: Rule) -> ColumnElement[bool]:
    """A document that counts once it is confirmed: the rule that `TrainingRequirement` states."""
    in_period = and_(Certificate.issued_on >= rule.starts_on, Certificate.issued_on <= rule.due_on)
    still_valid = and_(
        Certificate.issued_on < rule.starts_on,
        or_(Certificate.valid_until.is_(None), Certificate.valid_until >= rule.due_on),
    )
    return and_(
        Certificate.region_id == rule.region_id,
        Certificate.topic_id == rule.topic_id,
        Certificate.status.in_(COUNTING),
        Certificate.hours >= rule.min_hours,
        or_(in_period, still_valid) if rule.accepts_valid else in_period,
    )


def seats_on_topic(rule: Rule, *columns: Any) -> Select[Any]:
    """Seats of people in groups on the topic that are long enough to count; `columns` of the enrolment and of the
    aliases `group_columns`.
    """
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(_GROUP, _GROUP.c.id == Enrolment.group_id)
        .join(_PROGRAMME, _PROGRAMME.c.id == _GROUP.c.programme_id)
        .where(
            Enrolment.region_id == rule.region_id,
            Enrolment.status.in_(IN_GROUP),
            _PROGRAMME.c.topic_id == rule.topic_id,
            _PROGRAMME.c.hours >= rule.min_hours,
        )
    )


def group_columns() -> tuple[Any, ...]:
    return (_GROUP.c.title.label("group_title"), _GROUP.c.starts_on.label("group_starts_on"))


def people(rule: Rule, today: date) -> Subquery:
    """One row for each person of each unit: `unit_id`, `person_id`, `standing`, `first_on` (covered since)."""
    held = (
        select(StaffPosition.org_unit_id.label("unit_id"), StaffPosition.staff_member_id.label("person_id"))
        .where(holds_position(rule, today))
        .distinct()
        .subquery()
    )
    confirmed = Certificate.status == CertificateStatus.CONFIRMED
    documents = (
        select(
            Certificate.staff_member_id.label("person_id"),
            func.max(case((confirmed, int(Standing.COVERED)), else_=int(Standing.WAITING))).label("standing"),
            func.min(case((confirmed, Certificate.issued_on))).label("first_on"),
        )
        .where(answers(rule))
        .group_by(Certificate.staff_member_id)
        .subquery()
    )
    seats = seats_on_topic(rule, Enrolment.staff_member_id.label("person_id")).distinct().subquery()
    standing = case(
        (documents.c.standing.is_not(None), documents.c.standing),
        (seats.c.person_id.is_not(None), int(Standing.ENROLLED)),
        else_=int(Standing.MISSING),
    )
    return (
        select(held.c.unit_id, held.c.person_id, standing.label("standing"), documents.c.first_on)
        .select_from(held)
        .outerjoin(documents, documents.c.person_id == held.c.person_id)
        .outerjoin(seats, seats.c.person_id == held.c.person_id)
        .subquery()
    )


def units(rule: Rule, today: date, *columns: Any, cut: Collection[ColumnElement[bool]] = ()) -> Select[Any]:
    """The units asked, with `columns` of them, `best` (NULL: nobody on record) and how many people are how far.

    `first_on` is the day of the first document in the unit.
    """
    each = people(rule, today)

    def amount(standing: Standing) -> Any:
        return func.sum(case((each.c.standing == int(standing), 1), else_=0)).label(standing.name.lower())

    by_unit = (
        select(
            each.c.unit_id,
            func.max(each.c.standing).label("best"),
            func.min(each.c.first_on).label("first_on"),
            *(amount(standing) for standing in Standing),
        )
        .group_by(each.c.unit_id)
        .subquery()
    )
    figures = (by_unit.c[standing.name.lower()] for standing in Standing)
    return (
        select(*columns, by_unit.c.best, by_unit.c.first_on, *figures)
        .select_from(OrgUnit)
        .outerjoin(by_unit, by_unit.c.unit_id == OrgUnit.id)
        .where(asks_unit(rule, today), *cut)
    )
