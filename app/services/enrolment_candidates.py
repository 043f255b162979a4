"""Whom the actor may send to a group: own people in positions that its programme is for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Enrolment, OrgUnit, Programme, StaffMember, StaffPosition, TrainingGroup
from app.models.search_text import like_pattern
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.enrolment_fit import AGAIN, Fit, fits

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    fit: Fit
    unit: str

    @property
    def rank(self) -> tuple[bool, bool, str, str]:
        """Those without a document first, those who cannot be sent last."""
        return bool(self.fit.refusal), bool(self.fit.warnings), self.unit.casefold(), self.fit.name.casefold()


@dataclass(frozen=True, slots=True)
class Candidates:
    """`more`: there are others beyond those shown; a narrower question finds them."""

    rows: tuple[Candidate, ...]
    more: bool


def candidates(
    session: Session,
    actor: Actor,
    group: TrainingGroup,
    *,
    today: date,
    query: str = "",
    municipality_id: int | None = None,
    also: Collection[int] = (),
) -> Candidates:
    """People in scope who hold such a position and are not in the group yet; `also`: these, whatever they hold."""
    actor.require(Permission.ENROLMENT_APPLY)
    programme = session.get(Programme, group.programme_id)
    if programme is None:
        raise NotFound
    inside = select(Enrolment.staff_member_id).where(Enrolment.group_id == group.id, Enrolment.status.not_in(AGAIN))
    held = select(StaffPosition.staff_member_id).where(
        or_(StaffPosition.ended_on.is_(None), StaffPosition.ended_on >= today)
    )
    if programme.positions:
        held = held.where(StaffPosition.kind.in_(programme.positions))
    if municipality_id is not None:
        held = held.where(StaffPosition.municipality_id == municipality_id)
    wanted = select(StaffMember.id).where(StaffMember.id.in_(held), StaffMember.id.not_in(inside))
    if query:
        pattern = like_pattern(query)
        units = select(OrgUnit.id).where(OrgUnit.search.like(pattern, escape="\\"))
        wanted = wanted.where(or_(StaffMember.search.like(pattern, escape="\\"), StaffMember.org_unit_id.in_(units)))
    ordered = wanted.order_by(StaffMember.municipality_id, StaffMember.org_unit_id, StaffMember.name_key)
    found = list(session.scalars(ordered.limit(MOST_SHOWN + 1)))
    shown = [*dict.fromkeys([*also, *found[:MOST_SHOWN]])]
    known = fits(session, actor, group, programme, shown, today=today)
    names = _unit_names(session, {fit.unit_id for fit in known.values()})
    rows = [Candidate(fit, names.get(fit.unit_id, "")) for fit in known.values()]
    return Candidates(tuple(sorted(rows, key=lambda row: row.rank)), len(found) > MOST_SHOWN)


def _unit_names(session: Session, unit_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id.in_(unit_ids)))
    return {row.id: row.short_name or row.name for row in rows}
