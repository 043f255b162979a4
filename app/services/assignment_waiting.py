"""What waits on an assignment when it is closed: its report, its request for a later term."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AssignmentReport, TermExtension
from app.models.enumeration import ExtensionStatus, ReportStatus
from app.policies.actor import Actor, system_actor
from app.workflows import assignment_report as report_flow
from app.workflows import term_extension as extension_flow


def drop_waiting(session: Session, numbers: Sequence[int], *, reason: str) -> None:
    """Follows from the withdrawal, which the person was allowed; so the system applies it in the name of the unit.

    The journal names the person whose session it is.
    """
    if not numbers:
        return
    for report in session.scalars(
        select(AssignmentReport).where(
            AssignmentReport.assignment_id.in_(numbers), AssignmentReport.status == ReportStatus.SUBMITTED
        )
    ):
        report_flow.WORKFLOW.apply("recall", report, for_unit(report.region_id, report.org_unit_id), note=reason)
    drop_extensions(session, numbers, reason=reason)


def drop_extensions(session: Session, numbers: Sequence[int], *, reason: str) -> None:
    """A request for a later term of what is closed waits for nobody: it leaves the queues."""
    for extension in session.scalars(
        select(TermExtension).where(
            TermExtension.assignment_id.in_(numbers), TermExtension.status == ExtensionStatus.ASKED
        )
    ):
        by_unit = for_unit(extension.region_id, extension.org_unit_id)
        extension_flow.WORKFLOW.apply("cancel", extension, by_unit, note=reason)


def for_unit(region_id: int, unit_id: int) -> Actor:
    return system_actor(region_id=region_id, unit_id=unit_id)
