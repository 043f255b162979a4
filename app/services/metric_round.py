"""The measured criteria of a whole round, counted by the system itself: at the opening, and every day after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES
from app.models.enumeration import RoundStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import clock, job, metric
from app.services.assessment_access import locked, whole
from app.services.framework_contents import CriterionView, contents
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
    measured = [one for one in criteria.criteria if metric.can_count(one.metric)]
    if not measured:
        return 0
    rows = session.execute(
        select(Assessment, OrgUnit)
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .where(Assessment.round_id == held.id, Assessment.status.in_(FILLED_STATUSES))
        .order_by(Assessment.id)
    )
    sheets = [(sheet, unit) for sheet, unit in rows]
    open_to = windows(session, held, [unit.id for _, unit in sheets], today)
    sheets = [(sheet, unit) for sheet, unit in sheets if open_to[unit.id].is_open]
    looked = metric.look(session, [unit for _, unit in sheets], {one.metric for one in measured}, today=today)
    told = _told(session, held, measured)
    given = 0
    for sheet, unit in sheets:
        # On most days nothing has changed: then the sheet is not touched.
        if all(_stands(told, looked, sheet, unit, one) for one in measured):
            continue
        row = locked(session, sheet)
        # Sent or accepted while the others were counted.
        if row.status in FILLED_STATUSES:
            given += metric.fill(session, whole(session, row, criteria), looked, now=now)
    return given


def _told(
    session: Session, held: MonitoringRound, measured: Sequence[CriterionView]
) -> dict[tuple[int, int], Decimal | None]:
    """What was counted before, by sheet and criterion, by one statement."""
    rows = session.execute(
        select(CriterionScore.assessment_id, CriterionScore.criterion_id, CriterionScore.counted_value)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .where(Assessment.round_id == held.id, CriterionScore.criterion_id.in_([one.id for one in measured]))
    )
    return {(row.assessment_id, row.criterion_id): row.counted_value for row in rows}


def _stands(
    told: Mapping[tuple[int, int], Decimal | None],
    looked: metric.Looked,
    sheet: Assessment,
    unit: OrgUnit,
    criterion: CriterionView,
) -> bool:
    """The criterion is not the sheet's, or cannot be counted, or was counted so."""
    if not criterion.applies_to(unit.kind, is_small=unit.is_small):
        return True
    value = metric.counted(looked, unit, criterion).value
    return value is None or told.get((sheet.id, criterion.id)) == value
