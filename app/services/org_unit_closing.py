"""What becomes of the work of a unit that is closed: open assignments pass to the successor or are withdrawn,
unfinished sheets of running rounds are excused, positions end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, Assignment, AssignmentPeriod, MonitoringRound, OrgUnit, StaffMember, StaffPosition
from app.models.assessment import FILLED_STATUSES
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AssignmentOrigin, PeriodStatus, RoundStatus
from app.services.assignment_waiting import drop_waiting, for_unit
from app.workflows import assessment as assessment_flow
from app.workflows import assignment as assignment_flow


def open_assignments(session: Session, unit: OrgUnit) -> Sequence[Assignment]:
    return session.scalars(
        select(Assignment)
        .where(Assignment.org_unit_id == unit.id, Assignment.status.not_in(CLOSED_STATUSES))
        .order_by(Assignment.id)
    ).all()


def pass_on(session: Session, unit: OrgUnit, successor: OrgUnit, assignments: Sequence[Assignment]) -> int:
    """Gives the successor what it has not yet; returns how many assignments were made.

    A child of a cascade stays a child, so that its parent keeps counting it; everything else is marked as passed on.
    What the closed unit had split among its schools follows to the successor where the schools stand there now.
    """
    taken = {
        row.order_point_id: row
        for row in session.scalars(select(Assignment).where(Assignment.org_unit_id == successor.id))
    }
    made = 0
    for old in assignments:
        heir = taken.get(old.order_point_id)
        if heir is None:
            heir = _heir(old, successor, f"Перешло от организации: {unit.label}")
            session.add(heir)
            session.flush()
            _copy_periods(session, old, heir)
            made += 1
        for child in session.scalars(
            select(Assignment).where(Assignment.parent_id == old.id, Assignment.municipality_id == successor.id)
        ):
            child.parent_id = heir.id
    session.flush()
    return made


def _heir(old: Assignment, successor: OrgUnit, note: str) -> Assignment:
    return Assignment(
        org_unit_id=successor.id,
        order_id=old.order_id,
        order_point_id=old.order_point_id,
        parent_id=old.parent_id,
        given_by_id=old.given_by_id,
        origin=AssignmentOrigin.PASSED_ON if old.parent_id is None else AssignmentOrigin.CASCADED,
        due_on=old.due_on,
        original_due_on=old.original_due_on,
        note=f"{old.note}\n{note}".strip(),
    )


def _copy_periods(session: Session, old: Assignment, heir: Assignment) -> None:
    """What was accepted of the closed unit stays there; the rest of the year is the successor's."""
    session.add_all(
        AssignmentPeriod(
            org_unit_id=heir.org_unit_id,
            assignment_id=heir.id,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            due_on=period.due_on,
            status=PeriodStatus.OPEN,
        )
        for period in session.scalars(
            select(AssignmentPeriod).where(
                AssignmentPeriod.assignment_id == old.id, AssignmentPeriod.status != PeriodStatus.ACCEPTED
            )
        )
    )


def withdraw(session: Session, assignments: Sequence[Assignment], *, reason: str, today: date) -> None:
    """Takes them off without fulfilment, together with what waits on them.

    Follows from the closing, which the person was allowed; so the system applies it in the name of the unit that gave
    the assignment. The journal names the person whose session it is.
    """
    numbers = [assignment.id for assignment in assignments]
    if not numbers:
        return
    for assignment in assignments:
        giver = for_unit(assignment.region_id, assignment.given_by_id)
        assignment_flow.WORKFLOW.apply("withdraw", assignment, giver, note=reason)
        assignment.withdrawn_on = today
        assignment.closing_reason = reason
    session.flush()
    drop_waiting(session, numbers, reason=reason)


def excuse_sheets(session: Session, unit: OrgUnit, *, reason: str) -> int:
    """Nobody is left to fill them in; what was sent can still be checked. Returns how many.

    Follows from the closing, as a withdrawal does: the system applies it in the name of the region.
    """
    running = select(MonitoringRound.id).where(MonitoringRound.status == RoundStatus.OPEN)
    sheets = session.scalars(
        select(Assessment)
        .where(
            Assessment.org_unit_id == unit.id,
            Assessment.status.in_(FILLED_STATUSES),
            Assessment.round_id.in_(running),
        )
        .order_by(Assessment.id)
    ).all()
    for sheet in sheets:
        by_region = for_unit(sheet.region_id, sheet.region_id)
        assessment_flow.WORKFLOW.apply("excuse", sheet, by_region, note=reason)
        sheet.excused_reason = reason
    session.flush()
    return len(sheets)


def end_positions(session: Session, unit: OrgUnit, *, closed_on: date) -> int:
    """Whoever held a position there holds it no longer, and waits for the next unit. Returns how many positions."""
    held = session.scalars(
        select(StaffPosition)
        .where(StaffPosition.org_unit_id == unit.id, StaffPosition.ended_on.is_(None))
        .order_by(StaffPosition.id)
    ).all()
    for position in held:
        # A day of closing before the appointment is a slip in one of them: the position lasted a day at least.
        position.ended_on = max(closed_on, position.started_on or closed_on)
    for person in session.scalars(
        select(StaffMember).where(StaffMember.org_unit_id == unit.id, StaffMember.is_working)
    ).all():
        person.is_working = False
    session.flush()
    return len(held)
