"""Who stands rightly to what a person has: sight alone, by a second job of the person, is not enough to change it."""

from __future__ import annotations

from sqlalchemy.orm import object_session

from app.models import OrgUnit
from app.models.scoped import OfStaffMember
from app.policies.actor import Actor
from app.policies.scope import contains


def stands_over(actor: Actor, record: OfStaffMember, made_by: int) -> bool:
    """Whether the person is the actor's own, or the unit that made the record is the actor's or below it."""
    if contains(actor, record) or actor.unit_id == made_by:
        return True
    session = object_session(record)
    return session is not None and session.get(OrgUnit, made_by) is not None
