"""What becomes of the findings and measures of a unit that is closed: they pass to the successor or are taken off.

What is done and waits to be verified stays: those above still verify it, as they check sheets that were sent. A measure
that another unit carries out for the closed one stays that unit's; the successor joins those whom it is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding, FindingPoint, MeasureFinding, MeasureUnit, OrgUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import FindingSource, FindingStatus
from app.services.assignment_waiting import for_unit
from app.workflows import corrective_measure as measure_flow
from app.workflows import finding as finding_flow

OUTSIDE = frozenset({FindingSource.INSPECTION, FindingSource.CALENDAR})


@dataclass(frozen=True, slots=True)
class Passing:
    """Who takes over from whom, and the successor's findings by the numbers of the closed unit's."""

    unit: OrgUnit
    successor: OrgUnit
    heirs: Mapping[int, Finding]


@dataclass(frozen=True, slots=True)
class Open:
    """The unit's open findings and the live measures that it carries out."""

    findings: Sequence[Finding]
    measures: Sequence[CorrectiveMeasure]


def open_of(session: Session, unit: OrgUnit) -> Open:
    findings = session.scalars(
        select(Finding).where(Finding.org_unit_id == unit.id, Finding.status == FindingStatus.OPEN).order_by(Finding.id)
    ).all()
    measures = session.scalars(
        select(CorrectiveMeasure)
        .where(CorrectiveMeasure.org_unit_id == unit.id, CorrectiveMeasure.status.in_(LIVE_STATUSES))
        .order_by(CorrectiveMeasure.id)
    ).all()
    return Open(findings, measures)


def pass_on(session: Session, unit: OrgUnit, successor: OrgUnit, found: Open) -> None:
    """The successor gets findings and measures of its own, planned anew with the same terms.

    A finding loses its answer or its assignment, which are the closed unit's: the text says what it was.
    """
    passing = Passing(unit, successor, _pass_findings(session, unit, successor, found.findings))
    for old in found.measures:
        made = _heir_of(old, unit, successor)
        session.add(made)
        session.flush()
        _link(session, old.id, made.id, passing)
    _join(session, passing)
    session.flush()


def take_off(session: Session, found: Open, *, reason: str) -> None:
    """Follows from the closing, which the person was allowed: the system applies it in the name of the region. The
    journal names the person whose session it is.
    """
    for measure in found.measures:
        by_region = for_unit(measure.region_id, measure.region_id)
        measure_flow.WORKFLOW.apply("cancel", measure, by_region, note=reason)
        measure.closing_reason = reason
    for finding in found.findings:
        by_region = for_unit(finding.region_id, finding.region_id)
        finding_flow.WORKFLOW.apply("dismiss", finding, by_region, note=reason)
        finding.closing_reason, finding.closed_by = reason, by_region.user_name
    session.flush()


def _pass_findings(
    session: Session, unit: OrgUnit, successor: OrgUnit, findings: Sequence[Finding]
) -> dict[int, Finding]:
    """By the number of the old one."""
    told = f"Перешло от организации: {unit.label}"
    heirs = {
        old.id: Finding(
            org_unit_id=successor.id,
            source=old.source if old.source in OUTSIDE else FindingSource.MANUAL,
            ground=f"{old.ground}. {told}" if old.ground else told,
            text=old.label,
            severity=old.severity,
            cause_id=old.cause_id,
            whys=list(old.whys),
            found_on=old.found_on,
            found_by_unit_id=_stands(old.found_by_unit_id, unit, successor),
            found_by=old.found_by,
            is_demo=old.is_demo,
        )
        for old in findings
    }
    session.add_all(heirs.values())
    session.flush()
    for point in session.scalars(select(FindingPoint).where(FindingPoint.finding_id.in_(heirs))).all():
        session.add(
            FindingPoint(
                org_unit_id=successor.id,
                finding_id=heirs[point.finding_id].id,
                order_point_id=point.order_point_id,
            )
        )
    return heirs


def _stands(unit_id: int, unit: OrgUnit, successor: OrgUnit) -> int:
    """What the closed unit saw or planned itself is its successor's own."""
    return successor.id if unit_id == unit.id else unit_id


def _heir_of(old: CorrectiveMeasure, unit: OrgUnit, successor: OrgUnit) -> CorrectiveMeasure:
    """Without the person, who was of the closed unit; the position stays in the plan."""
    return CorrectiveMeasure(
        org_unit_id=successor.id,
        title=old.title,
        expected_result=old.expected_result,
        priority=old.priority,
        responsible_position=old.responsible_position,
        starts_on=old.starts_on,
        due_on=old.due_on,
        figure_source=old.figure_source,
        figure_name=old.figure_name,
        criterion_code=old.criterion_code,
        base_round_id=old.base_round_id,
        metric=old.metric,
        figure_before=old.figure_before,
        figure_target=old.figure_target,
        template_id=old.template_id,
        order_point_id=old.order_point_id,
        training_requirement_id=old.training_requirement_id,
        training_group_id=old.training_group_id,
        made_by_unit_id=_stands(old.made_by_unit_id, unit, successor),
        made_by_id=old.made_by_id,
        made_by=old.made_by,
        made_on=old.made_on,
        is_demo=old.is_demo,
    )


def _link(session: Session, old_id: int, new_id: int, passing: Passing) -> None:
    """Whom it is for and what it answers, the closed unit's place taken by the successor."""
    units = session.scalars(select(MeasureUnit.org_unit_id).where(MeasureUnit.measure_id == old_id)).all()
    session.add_all(
        MeasureUnit(measure_id=new_id, org_unit_id=number)
        for number in dict.fromkeys(_stands(number, passing.unit, passing.successor) for number in units)
    )
    answered = session.execute(
        select(MeasureFinding.finding_id, MeasureFinding.org_unit_id).where(MeasureFinding.measure_id == old_id)
    ).all()
    for row in answered:
        heir = passing.heirs.get(row.finding_id)
        if heir is not None or row.org_unit_id != passing.unit.id:
            session.add(
                MeasureFinding(
                    measure_id=new_id,
                    finding_id=heir.id if heir is not None else row.finding_id,
                    org_unit_id=heir.org_unit_id if heir is not None else row.org_unit_id,
                )
            )
    session.flush()


def _join(session: Session, passing: Passing) -> None:
    """Live measures of others for the closed unit are now for the successor too."""
    numbers = session.scalars(
        select(CorrectiveMeasure.id)
        .join(MeasureUnit, MeasureUnit.measure_id == CorrectiveMeasure.id)
        .where(
            MeasureUnit.org_unit_id == passing.unit.id,
            CorrectiveMeasure.org_unit_id != passing.unit.id,
            CorrectiveMeasure.status.in_(LIVE_STATUSES),
        )
    ).all()
    if not numbers:
        return
    there = set(
        session.scalars(
            select(MeasureUnit.measure_id).where(
                MeasureUnit.measure_id.in_(numbers), MeasureUnit.org_unit_id == passing.successor.id
            )
        )
    )
    session.add_all(
        MeasureUnit(measure_id=number, org_unit_id=passing.successor.id) for number in numbers if number not in there
    )
    links = session.execute(
        select(MeasureFinding.measure_id, MeasureFinding.finding_id).where(
            MeasureFinding.measure_id.in_(numbers), MeasureFinding.finding_id.in_(passing.heirs)
        )
    ).all()
    session.add_all(
        MeasureFinding(
            measure_id=row.measure_id,
            finding_id=passing.heirs[row.finding_id].id,
            org_unit_id=passing.heirs[row.finding_id].org_unit_id,
        )
        for row in links
    )
