"""Who the person of a session is: one statement per request, read afresh so that a lost duty is lost at once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select
from sqlalchemy.orm import Session

from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty, UnitKind
from app.policies.actor import Actor, Standing
from app.policies.unscoped import UNSCOPED

USER = cast(Table, User.__table__)
MEMBERSHIP = cast(Table, Membership.__table__)
UNIT = cast(Table, OrgUnit.__table__)
PARENT = UNIT.alias("parent")
REGION = UNIT.alias("region")

_PERSON = (
    select(
        USER.c.name.label("user_name"),
        USER.c.is_installation_admin,
        USER.c.is_demo,
        MEMBERSHIP.c.duty,
        UNIT.c.id.label("unit_id"),
        UNIT.c.kind,
        UNIT.c.name.label("unit_name"),
        UNIT.c.short_name,
        UNIT.c.region_id,
        UNIT.c.municipality_id,
        PARENT.c.name.label("parent_name"),
        REGION.c.name.label("region_name"),
        REGION.c.time_zone,
    )
    .select_from(USER)
    .outerjoin(MEMBERSHIP, MEMBERSHIP.c.user_id == USER.c.id)
    .outerjoin(UNIT, UNIT.c.id == MEMBERSHIP.c.org_unit_id)
    .outerjoin(PARENT, PARENT.c.id == UNIT.c.parent_id)
    .outerjoin(REGION, REGION.c.id == UNIT.c.region_id)
    .where(USER.c.id == bindparam("user_id"), USER.c.is_active)
    .order_by(UNIT.c.id, MEMBERSHIP.c.duty)
)
_STATEMENT = _PERSON.where(USER.c.auth_epoch == bindparam("auth_epoch"))


def actor_of(
    session: Session, *, user_id: int, auth_epoch: int, unit_id: int | None, demo: bool, within: int | None = None
) -> Actor | None:
    """The actor standing in `unit_id` (or in the first of their units); None where the session no longer holds.

    `within`: only standings in that unit or below are there, and no installation administrator is.
    """
    values = {"user_id": user_id, "auth_epoch": auth_epoch}
    rows = list(session.execute(_STATEMENT, values, execution_options=UNSCOPED))
    if not rows or (rows[0].is_demo and not demo):
        return None
    if within is not None:
        rows = [row for row in rows if within in {row.unit_id, row.municipality_id, row.region_id}]
        if not rows or rows[0].is_installation_admin:
            return None
    return _actor(user_id, rows, unit_id)


def actor_standing_in(session: Session, *, user_id: int, unit_id: int | None, demo: bool) -> Actor | None:
    """For work done in the person's place later: the actor in exactly that unit, with the duties of this moment.

    Without a unit, an installation administrator. None where the account or the standing is no more.
    """
    rows = session.execute(_PERSON, {"user_id": user_id}, execution_options=UNSCOPED).all()
    if not rows or (rows[0].is_demo and not demo):
        return None
    if unit_id is None:
        is_admin = bool(rows[0].is_installation_admin)
        return Actor(user_id, rows[0].user_name, is_installation_admin=True) if is_admin else None
    return _actor(user_id, rows, unit_id) if unit_id in {row.unit_id for row in rows} else None


def _actor(user_id: int, rows: Any, unit_id: int | None) -> Actor:
    standings = {row.unit_id: row.short_name or row.unit_name for row in rows if row.unit_id is not None}
    first: Row[Any] = rows[0]
    if not standings:
        return Actor(user_id, first.user_name, is_installation_admin=first.is_installation_admin)
    chosen = unit_id if unit_id in standings else next(iter(standings))
    mine = [row for row in rows if row.unit_id == chosen]
    here = mine[0]
    return Actor(
        user_id=user_id,
        user_name=here.user_name,
        unit_id=chosen,
        unit_kind=UnitKind(here.kind),
        unit_name=here.unit_name,
        region_id=here.region_id,
        municipality_id=here.municipality_id,
        region_name=here.region_name or "",
        parent_name=here.parent_name or "",
        time_zone=here.time_zone or "Europe/Moscow",
        duties=frozenset(Duty(row.duty) for row in mine),
        is_installation_admin=here.is_installation_admin,
        standings=tuple(Standing(number, name) for number, name in standings.items()),
    )
