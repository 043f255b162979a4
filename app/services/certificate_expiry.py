"""Documents whose term runs out: for the list, for reminders, and for what waits on the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models import Certificate, StaffMember
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus
from app.policies.actor import Actor
from app.policies.permission import Permission

# How long before its last day a document asks for attention.
EXPIRES_SOON = timedelta(days=90)
_NEWER = aliased(Certificate, name="newer_certificate")


@dataclass(frozen=True, slots=True)
class Expiring:
    certificate_id: int
    staff_member_id: int
    org_unit_id: int
    name: str
    label: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Figures:
    """`to_confirm` and `refused` wait for an act of the actor's unit; the others are all in its scope."""

    to_confirm: int = 0
    refused: int = 0
    expiring: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        return self.to_confirm + self.refused + self.expiring + self.expired


def is_renewed() -> ColumnElement[bool]:
    """The person has a confirmed document on the topic that was issued later."""
    return (
        select(literal(1))
        .where(
            _NEWER.staff_member_id == Certificate.staff_member_id,
            _NEWER.topic_id == Certificate.topic_id,
            _NEWER.status == CertificateStatus.CONFIRMED,
            _NEWER.issued_on > Certificate.issued_on,
        )
        .exists()
    )


def holds(today: date) -> ColumnElement[bool]:
    """Confirmed and within its term."""
    in_term = or_(Certificate.valid_until.is_(None), Certificate.valid_until >= today)
    return and_(Certificate.status == CertificateStatus.CONFIRMED, in_term)


def runs_out(today: date, within: timedelta = EXPIRES_SOON) -> ColumnElement[bool]:
    """Still valid, not for long, and not renewed."""
    return and_(
        Certificate.status == CertificateStatus.CONFIRMED,
        Certificate.valid_until >= today,
        Certificate.valid_until <= today + within,
        ~is_renewed(),
    )


def has_run_out(today: date) -> ColumnElement[bool]:
    """The last day is over, and nothing newer has come."""
    return and_(
        Certificate.status == CertificateStatus.CONFIRMED,
        Certificate.valid_until < today,
        ~is_renewed(),
    )


def expiring(session: Session, *, today: date, days: int = EXPIRES_SOON.days) -> Sequence[Expiring]:
    """Those of the scope whose last day comes within so many days, the nearest first."""
    statement = (
        select(Certificate, StaffMember)
        .join(StaffMember, StaffMember.id == Certificate.staff_member_id)
        .where(runs_out(today, timedelta(days=days)))
        .order_by(Certificate.valid_until, Certificate.id)
    )
    return [
        Expiring(one.id, person.id, one.org_unit_id, person.label, one.label, one.valid_until)
        for one, person in session.execute(statement)
        if one.valid_until is not None
    ]


def waiting(session: Session, actor: Actor, today: date) -> Figures:
    """What asks for attention, by one statement."""
    asked: dict[str, ColumnElement[bool]] = {"expiring": runs_out(today), "expired": has_run_out(today)}
    if actor.may(Permission.CERTIFICATE_CONFIRM):
        asked["to_confirm"] = waits_for(actor)
    if actor.may(Permission.CERTIFICATE_WRITE):
        refused = Certificate.status == CertificateStatus.REFUSED
        asked["refused"] = and_(refused, Certificate.entered_by_unit_id == actor.unit_id)
    counts = [
        select(literal(what).label("what"), func.count(Certificate.id).label("amount")).where(condition)
        for what, condition in asked.items()
    ]
    return Figures(**{row.what: int(row.amount) for row in session.execute(union_all(*counts))})


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """What this unit is the first to confirm: a municipality what its schools entered, a region all the rest."""
    entered = Certificate.status == CertificateStatus.ENTERED
    if actor.unit_kind is UnitKind.REGION:
        straight = Certificate.municipality_id == Certificate.region_id
        by_others = Certificate.entered_by_unit_id.in_((Certificate.municipality_id, Certificate.region_id))
        return and_(entered, or_(straight, by_others))
    return and_(entered, Certificate.entered_by_unit_id != actor.unit_id)
