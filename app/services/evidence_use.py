"""Where a piece of proof lies: under reports, answers, measures, and as the scan of documents on training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.models import (
    Assessment,
    Assignment,
    AssignmentReport,
    Certificate,
    CorrectiveMeasure,
    Criterion,
    CriterionScore,
    MeasureEvidence,
    MonitoringRound,
    Order,
    OrderPoint,
    ReportEvidence,
    ScoreEvidence,
)
from app.models.enumeration import AssessmentStatus, ReportStatus
from app.models.enumeration_of_measures import MeasureStatus
from app.models.enumeration_of_training import CertificateStatus


@dataclass(frozen=True, slots=True)
class Use:
    """One place that rests on the piece. `settled`: what rests on it was accepted, approved or confirmed."""

    kind: str
    label: str
    url: str
    state: str
    settled: bool = False


REPORT, SCORE, MEASURE, CERTIFICATE = "отчёт", "ответ по критерию", "мера", "документ об обучении"


def uses_of(session: Session, evidence_ids: Sequence[int]) -> dict[int, list[Use]]:
    """By piece, within the actor's scope; a piece without uses is absent. Four statements whatever their number."""
    found: dict[int, list[Use]] = {}
    if evidence_ids:
        for read in (_reports, _scores, _measures, _certificates):
            for number, use in read(session, evidence_ids):
                found.setdefault(number, []).append(use)
    return found


Found = Iterator[tuple[int, Use]]


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(statement).all())


def _reports(session: Session, numbers: Sequence[int]) -> Found:
    statement = (
        select(ReportEvidence.evidence_id, AssignmentReport, OrderPoint, Order)
        .join(AssignmentReport, AssignmentReport.id == ReportEvidence.report_id)
        .join(Assignment, Assignment.id == AssignmentReport.assignment_id)
        .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
        .join(Order, Order.id == OrderPoint.order_id)
        .where(ReportEvidence.evidence_id.in_(numbers))
        .order_by(AssignmentReport.id.desc())
    )
    for row in _rows(session, statement):
        report = row.AssignmentReport
        told = f"Отчёт от {report.submitted_on:%d.%m.%Y}: {row.Order.label}, пункт {row.OrderPoint.label}"
        settled = report.status is ReportStatus.ACCEPTED
        yield row.evidence_id, Use(REPORT, told, f"/assignments/{report.assignment_id}", report.status.label, settled)


def _scores(session: Session, numbers: Sequence[int]) -> Found:
    statement = (
        select(
            ScoreEvidence.evidence_id,
            Assessment.id.label("sheet_id"),
            Assessment.status,
            MonitoringRound.title.label("round_title"),
            Criterion.id.label("criterion_id"),
            Criterion.code,
            Criterion.title,
        )
        .join(CriterionScore, CriterionScore.id == ScoreEvidence.score_id)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .join(Criterion, Criterion.id == CriterionScore.criterion_id)
        .where(ScoreEvidence.evidence_id.in_(numbers))
        .order_by(Assessment.id.desc(), Criterion.id)
    )
    for row in _rows(session, statement):
        told = f"{row.code}. {row.title}: {row.round_title}"
        settled = row.status in {AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED}
        address = f"/assessments/{row.sheet_id}#criterion-{row.criterion_id}"
        yield row.evidence_id, Use(SCORE, told, address, row.status.label, settled)


def _measures(session: Session, numbers: Sequence[int]) -> Found:
    statement = (
        select(MeasureEvidence.evidence_id, CorrectiveMeasure.id, CorrectiveMeasure.title, CorrectiveMeasure.status)
        .join(CorrectiveMeasure, CorrectiveMeasure.id == MeasureEvidence.measure_id)
        .where(MeasureEvidence.evidence_id.in_(numbers))
        .order_by(CorrectiveMeasure.id.desc())
    )
    for row in _rows(session, statement):
        settled = row.status is MeasureStatus.VERIFIED
        yield row.evidence_id, Use(MEASURE, row.title, f"/corrective-measures/{row.id}", row.status.label, settled)


def _certificates(session: Session, numbers: Sequence[int]) -> Found:
    statement = select(Certificate).where(Certificate.evidence_id.in_(numbers)).order_by(Certificate.id.desc())
    for one in session.scalars(statement):
        if one.evidence_id is not None:
            settled = one.status is CertificateStatus.CONFIRMED
            yield one.evidence_id, Use(CERTIFICATE, one.label, f"/certificates/{one.id}", one.status.label, settled)
