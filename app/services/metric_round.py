"""The measured criteria of a whole round, counted by the system itself: at the opening, and every day after."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES
from app.models.enumeration import RoundStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import clock, job, metric
from app.services.assessment_access import locked, whole
from app.services.framework_contents import contents
from app.services.round_window import windows

COUNT_KIND = "count_measured"


def ask(session: Session, actor: Actor, held: MonitoringRound, *, now: datetime) -> None:
    """Asks for the counting in the background where the round's set has something that the system counts."""
    if any(metric.can_count(one.metric) for one in contents(session, held.framework_id).criteria):
        job.ask(session, actor, COUNT_KIND, f"Подсчёт показателей: {held.title}", {"round_id": held.id}, now=now)


def count_round(session: Session, actor: Actor, round_id: int, *, now: datetime, today: date) -> int:
    """Fills the sheets of a round that its units may still change; how many answers it gave. Raises NotFound."""
    actor.require(Permission.ROUND_OPEN)
    held = session.get(MonitoringRound, round_id)
    if held is None or held.org_unit_id != actor.unit_id:
        raise NotFound
    return count_sheets(session, held, now=now, today=today)


def count_open_rounds(session: Session, *, now: datetime) -> int:
    """Every round that goes on, each on the day of its own region; for the clock, which acts for nobody."""
    given = 0
    for held in session.scalars(select(MonitoringRound).where(MonitoringRound.status == RoundStatus.OPEN)).all():
        region = session.get_one(OrgUnit, held.region_id)
        today = clock.local(now, region.time_zone).date()
        given += count_sheets(session, held, now=now, today=today)
    return given


def count_sheets(session: Session, held: MonitoringRound, *, now: datetime, today: date) -> int:
    """What units disputed or answered themselves keeps its value; a sheet with nothing but counts is not begun."""
    criteria = contents(session, held.framework_id)
    if not any(metric.can_count(one.metric) for one in criteria.criteria):
        return 0
    sheets = session.scalars(
        select(Assessment)
        .where(Assessment.round_id == held.id, Assessment.status.in_(FILLED_STATUSES))
        .order_by(Assessment.id)
    ).all()
    open_to = windows(session, held, [sheet.org_unit_id for sheet in sheets], today)
    given = 0
    for sheet in sheets:
        if not open_to[sheet.org_unit_id].is_open:
            continue
        row = locked(session, sheet)
        # Sent or accepted while the others were counted.
        if row.status in FILLED_STATUSES:
            given += metric.fill(session, whole(session, row, criteria), now=now, today=today)
    return given
