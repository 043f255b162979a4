"""Causes, findings, measures, templates and letters, written straight into the small world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from app.models import (
    AnswerLetter,
    Assessment,
    AssignmentReport,
    CorrectiveMeasure,
    Criterion,
    CriterionScore,
    Evidence,
    EvidenceRevision,
    Finding,
    FindingCause,
    FindingPoint,
    MeasureEvidence,
    MeasureFinding,
    MeasureTemplate,
    MeasureUnit,
)
from app.models.enumeration_of_measures import FigureSource, FindingSource, FindingStatus, MeasureStatus
from tests.factories.training import writing
from tests.factories.world import World

DAY = date(2026, 10, 20)
DUE = date(2026, 12, 20)
THEN = datetime(2026, 10, 20, 3, tzinfo=UTC)
FINISHED = {MeasureStatus.DONE, MeasureStatus.VERIFIED}


def add_cause(engine: Engine, world: World, region: str = "region", *, title: str = "Не хватает времени") -> int:
    with writing(engine) as session:
        cause = FindingCause(org_unit_id=world.units[region], title=title)
        session.add(cause)
        session.flush()
        return cause.id


def add_template(
    engine: Engine, world: World, region: str = "region", *, criterion_code: str = "Д1", **values: Any
) -> int:
    with writing(engine) as session:
        template = MeasureTemplate(
            org_unit_id=world.units[region],
            criterion_code=criterion_code,
            title=values.pop("title", "Утвердить положение о ВСОКО"),
            **values,
        )
        session.add(template)
        session.flush()
        return template.id


def add_finding(
    engine: Engine,
    world: World,
    unit: str = "school",
    *,
    text: str = "Положение о ВСОКО не утверждено",
    found_by: str = "municipality",
    score_id: int | None = None,
    assignment_id: int | None = None,
    ground: str = "",
    status: FindingStatus = FindingStatus.OPEN,
    **values: Any,
) -> int:
    """A finding of the unit, seen by the unit `found_by`; from a score or an assignment where one is given."""
    with writing(engine) as session:
        told: dict[str, Any] = {"source": FindingSource.INSPECTION if ground else FindingSource.MANUAL}
        if score_id is not None:
            score = session.get_one(CriterionScore, score_id)
            sheet = session.get_one(Assessment, score.assessment_id)
            criterion = session.get_one(Criterion, score.criterion_id)
            told = {
                "source": FindingSource.CRITERION,
                "score_id": score_id,
                "criterion_id": criterion.id,
                "criterion_code": criterion.code,
                "round_id": sheet.round_id,
            }
        elif assignment_id is not None:
            told = {"source": FindingSource.ASSIGNMENT, "assignment_id": assignment_id}
        finding = Finding(
            org_unit_id=world.units[unit],
            text=text,
            ground=ground,
            found_on=values.pop("found_on", DAY),
            found_by_unit_id=world.units[found_by],
            found_by=f"Сотрудник {found_by}",
            status=status,
            resolved_on=DAY if status is FindingStatus.RESOLVED else None,
            closing_reason="не подтвердился" if status is FindingStatus.DISMISSED else "",
            **told | values,
        )
        session.add(finding)
        session.flush()
        return finding.id


def add_measure(
    engine: Engine,
    world: World,
    unit: str = "school",
    *,
    title: str = "Разработать и утвердить положение",
    status: MeasureStatus = MeasureStatus.PLANNED,
    findings: Iterable[int] = (),
    units: tuple[str, ...] = (),
    made_by: str = "",
    **values: Any,
) -> int:
    """A measure carried out by the unit, for itself unless `units` says otherwise; planned by a person of `made_by`
    (the unit's own login by default). A done one is done on its term; give figures with `figure_source`.
    """
    with writing(engine) as session:
        maker = made_by or unit
        told = {
            "due_on": DUE,
            "made_on": DAY,
            "finished_by_id": world.users[unit] if status in FINISHED else None,
            "finished_by": f"Сотрудник {unit}" if status in FINISHED else "",
            "done_on": DUE if status in FINISHED else None,
            "verified_on": DUE if status is MeasureStatus.VERIFIED else None,
            "verified_by": "Проверяющий" if status is MeasureStatus.VERIFIED else "",
            "remark": "нет приказа" if status is MeasureStatus.NOT_VERIFIED else "",
            "closing_reason": "неактуальна" if status is MeasureStatus.CANCELLED else "",
            "figure_source": FigureSource.NONE,
        }
        measure = CorrectiveMeasure(
            org_unit_id=world.units[unit],
            title=title,
            status=status,
            made_by_unit_id=world.units[maker],
            made_by_id=world.users[maker],
            made_by=f"Сотрудник {maker}",
            **told | values,
        )
        session.add(measure)
        session.flush()
        for key in units or (unit,):
            session.add(MeasureUnit(measure_id=measure.id, org_unit_id=world.units[key]))
        for number in findings:
            finding = session.get_one(Finding, number)
            session.add(MeasureFinding(measure_id=measure.id, finding_id=number, org_unit_id=finding.org_unit_id))
        session.flush()
        return measure.id


def add_evidence(engine: Engine, world: World, unit: str = "school", *, digest: str = "", **values: Any) -> int:
    """A piece of the unit's; with a `digest` it has one file."""
    with writing(engine) as session:
        piece = Evidence(org_unit_id=world.units[unit], title=values.pop("title", "Положение о ВСОКО"), **values)
        session.add(piece)
        session.flush()
        if digest:
            session.add(
                EvidenceRevision(
                    org_unit_id=piece.org_unit_id,
                    evidence_id=piece.id,
                    number=1,
                    digest=digest,
                    size=10,
                    media_type="application/pdf",
                    file_name="положение.pdf",
                    uploaded_at=THEN,
                    uploaded_by=f"Сотрудник {unit}",
                )
            )
            session.flush()
        return piece.id


def rest_on(engine: Engine, measure_id: int, evidence_id: int) -> int:
    """The measure rests on the piece."""
    with writing(engine) as session:
        measure = session.get_one(CorrectiveMeasure, measure_id)
        link = MeasureEvidence(org_unit_id=measure.org_unit_id, measure_id=measure_id, evidence_id=evidence_id)
        session.add(link)
        session.flush()
        return link.id


def answer_by_point(engine: Engine, finding_id: int, order_point_id: int) -> int:
    """The point of an order answers the finding."""
    with writing(engine) as session:
        finding = session.get_one(Finding, finding_id)
        link = FindingPoint(org_unit_id=finding.org_unit_id, finding_id=finding_id, order_point_id=order_point_id)
        session.add(link)
        session.flush()
        return link.id


def add_letter(engine: Engine, report_id: int, **values: Any) -> int:
    with writing(engine) as session:
        report = session.get_one(AssignmentReport, report_id)
        letter = AnswerLetter(
            org_unit_id=report.org_unit_id, report_id=report_id, title=values.pop("title", "О работе"), **values
        )
        session.add(letter)
        session.flush()
        return letter.id
