"""Which documents run out and which wait to be confirmed: one rule for the list, the letters and the home page."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import aliased

from app.models import Certificate, OrgUnit
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus
from app.policies.actor import Actor

# How long before its last day a document asks for attention.
EXPIRES_SOON = timedelta(days=90)
_NEWER = aliased(Certificate, name="newer_certificate")


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


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """What this unit is the first to confirm: a municipality what its schools entered, a region all the rest."""
    entered = Certificate.status == CertificateStatus.ENTERED
    if actor.unit_kind is UnitKind.REGION:
        straight = Certificate.municipality_id == Certificate.region_id
        by_others = Certificate.entered_by_unit_id.in_((Certificate.municipality_id, Certificate.region_id))
        return and_(entered, or_(straight, by_others))
    # A neighbour's person is seen by a second job; what the neighbour's schools entered waits for the neighbour.
    below = select(OrgUnit.id).where(OrgUnit.municipality_id == actor.unit_id)
    mine = or_(Certificate.municipality_id == actor.unit_id, Certificate.entered_by_unit_id.in_(below))
    return and_(entered, mine, Certificate.entered_by_unit_id != actor.unit_id)
