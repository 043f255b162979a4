"""Whether a person of this very name and number is on record in the region: found past the row scope, told to nobody.

A school that takes a person on knows the name and the СНИЛС from the papers in hand; a guess that is wrong in either
and a person who is absent are one answer.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import StaffIdentity, StaffMember
from app.policies.unscoped import UNSCOPED

STAFF = cast(Table, StaffMember.__table__)
IDENTITY = cast(Table, StaffIdentity.__table__)


class Elsewhere(NamedTuple):
    person_id: int
    unit_id: int
    is_working: bool


def bearer(session: Session, region_id: int, name_key: str, snils: str) -> Elsewhere | None:
    """The one card of the region with both; None for none, and where two cards bear them: these are merged first."""
    rows = session.execute(
        select(STAFF.c.id, STAFF.c.org_unit_id, STAFF.c.is_working)
        .join(IDENTITY, IDENTITY.c.staff_member_id == STAFF.c.id)
        .where(
            STAFF.c.region_id == region_id,
            IDENTITY.c.region_id == region_id,
            STAFF.c.name_key == name_key,
            IDENTITY.c.snils == snils,
            IDENTITY.c.snils != "",
        )
        .limit(2),
        execution_options=UNSCOPED,
    ).all()
    return Elsewhere(*rows[0]) if len(rows) == 1 else None
