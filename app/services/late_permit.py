"""A unit may hand its sheet in after the lock: allowed by whoever holds the round, until a day, for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, LatePermit, MonitoringRound, OrgUnit
from app.models.assessment import SETTLED_STATUSES
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services.round_change import LONGEST_REASON, require_held


@dataclass(frozen=True, slots=True)
class PermitRow:
    """One permit as the page of the round tells it."""

    id: int
    unit_id: int
    unit_name: str
    until: date
    reason: str
    granted_at: datetime
    granted_by: str


def grant(
    session: Session,
    actor: Actor,
    held: MonitoringRound,
    unit_id: int,
    *,
    until: date,
    reason: str,
    now: datetime,
    today: date,
) -> LatePermit:
    """A second permit of the unit replaces the first. Raises NotPermitted, WrongState, NotFound, Invalid."""
    require_held(actor, held)
    sheet = session.scalar(select(Assessment).where(Assessment.round_id == held.id, Assessment.org_unit_id == unit_id))
    if sheet is None:
        raise NotFound
    if sheet.status in SETTLED_STATUSES:
        raise WrongState(f"Лист этой организации уже в состоянии «{sheet.status.label}»: разрешение не нужно.")
    _check_day(held, until, today)
    if not reason.strip():
        raise Invalid("Напишите, почему разрешено сдать позже.", field="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid("Причина длиннее 2 000 знаков: сократите её.", field="reason")
    permit = session.scalar(select(LatePermit).where(LatePermit.round_id == held.id, LatePermit.org_unit_id == unit_id))
    if permit is None:
        permit = LatePermit(round_id=held.id, org_unit_id=unit_id)
        session.add(permit)
    permit.until, permit.reason = until, reason.strip()
    permit.granted_at, permit.granted_by = now, actor.signature
    permit.pending_action = ("change" if permit.id else "create", reason.strip())
    session.flush()
    return permit


def revoke(session: Session, actor: Actor, held: MonitoringRound, permit_id: int) -> None:
    """The permit goes; the journal keeps that it was. Raises NotFound for one of another round."""
    require_held(actor, held)
    permit = session.get(LatePermit, permit_id)
    if permit is None or permit.round_id != held.id:
        raise NotFound
    permit.pending_action = ("delete", permit.reason)
    session.delete(permit)
    session.flush()


def permits_of(session: Session, held: MonitoringRound) -> Sequence[PermitRow]:
    """Those in the reader's scope, by the name of the unit."""
    rows = session.execute(
        select(
            LatePermit.id,
            LatePermit.org_unit_id,
            OrgUnit.name,
            OrgUnit.short_name,
            LatePermit.until,
            LatePermit.reason,
            LatePermit.granted_at,
            LatePermit.granted_by,
        )
        .join(OrgUnit, OrgUnit.id == LatePermit.org_unit_id)
        .where(LatePermit.round_id == held.id)
        .order_by(OrgUnit.name, LatePermit.id)
    )
    return [
        PermitRow(
            row.id, row.org_unit_id, row.short_name or row.name, row.until, row.reason, row.granted_at, row.granted_by
        )
        for row in rows
    ]


def _check_day(held: MonitoringRound, until: date, today: date) -> None:
    if held.late_until is None:
        raise Invalid(
            "В цикле не назначен последний день по разрешениям: сначала назначьте его актом, в разделе «Сроки».",
            field="until",
        )
    if until <= held.locks_on:
        raise Invalid(
            f"До {held.locks_on:%d.%m.%Y} листы и так принимают: укажите день после закрытия приёма.", field="until"
        )
    if until > held.late_until:
        raise Invalid(f"Позже {held.late_until:%d.%m.%Y} разрешить нельзя: это последний день цикла.", field="until")
    if until < today:
        raise Invalid("Этот день уже прошёл: укажите будущий.", field="until")
