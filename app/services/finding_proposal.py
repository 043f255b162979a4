"""Whether an answer or an assignment shows a weakness, and in what words the product proposes to write it down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.scoring import Side, that_counts
from app.models import Assessment, Assignment, AssignmentReport, CriterionScore, MonitoringRound, Order, OrderPoint
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AssignmentStatus, ReportKind, ReportOutcome, ReportStatus
from app.models.enumeration_of_measures import FindingSeverity
from app.policies.refusal import NotFound, WrongState
from app.services.finding_details import LONGEST_TEXT
from app.services.framework_contents import PICKED, CriterionView, contents, plain

HALF = Decimal(50)


# ── from an answer ───────────────────────────────────────────────────────────────────────────────────


def require_weak_score(session: Session, sheet: Assessment, score: CriterionScore) -> CriterionView:
    """The criterion of the answer. Raises WrongState where the answer shows no weakness, or was never sent."""
    criterion = criterion_of(session, sheet, score)
    if sheet.first_submitted_on is None:
        raise WrongState("Лист ещё не отправлен: недостаток записывают по отправленной оценке.")
    if score.final_is_na:
        raise WrongState("Критерий отмечен как неприменимый: недостатка по нему нет.")
    if score.final_points is not None and score.final_points >= criterion.max_points:
        raise WrongState("По этому критерию наивысший балл: недостатка в оценке нет.")
    return criterion


def criterion_of(session: Session, sheet: Assessment, score: CriterionScore) -> CriterionView:
    """Raises NotFound where the set or the criterion is out of the reader's sight."""
    framework_id = session.scalar(select(MonitoringRound.framework_id).where(MonitoringRound.id == sheet.round_id))
    found = contents(session, framework_id or 0).by_id.get(score.criterion_id)
    if found is None:
        raise NotFound
    return found


def worded(criterion: CriterionView, score: CriterionScore) -> str:
    """«Положение о ВСОКО: 0 из 2 — положения нет». The code of the criterion stands in the finding beside its text."""
    counts = that_counts(
        Side(score.agreed_value, score.agreed_points, score.agreed_is_na),
        Side(score.checked_value, score.checked_points, score.checked_is_na),
        Side(score.value, score.points, score.is_na),
    )
    if score.final_points is None:
        return _cut(f"{criterion.title}: ответа нет")
    if criterion.scale not in PICKED and not criterion.levels:
        # What is answered is what it is worth: said once.
        return _cut(f"{criterion.title}: {criterion.shown(counts.value)}")
    text = f"{criterion.title}: {plain(score.final_points)} из {plain(criterion.max_points)}"
    told = _of_level(criterion, counts.value) if counts.value is not None else ""
    return _cut(f"{text} — {told}" if told else text)


def _of_level(criterion: CriterionView, value: Decimal) -> str:
    """The words of the level that was answered; of a share or a number, the figure itself."""
    if criterion.scale not in PICKED or not criterion.levels:
        return criterion.shown(value)
    level = next((one for one in criterion.levels if one.threshold == value), None)
    return (level.description or level.label) if level is not None else ""


def proposed_severity(points: Decimal | None, best: Decimal) -> FindingSeverity:
    """Nothing earned is critical, half or less is major."""
    if not points:
        return FindingSeverity.CRITICAL
    return FindingSeverity.MAJOR if points * 100 <= HALF * best else FindingSeverity.MINOR


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


# ── from an assignment ───────────────────────────────────────────────────────────────────────────────


def assignment_weakness(session: Session, assignment: Assignment, *, today: date) -> str:
    """What is weak in how the assignment is carried out; empty where nothing is."""
    if assignment.status is AssignmentStatus.WITHDRAWN:
        return ""
    if assignment.due_on is not None and assignment.is_overdue(today):
        return f"не исполнено в срок до {assignment.due_on:%d.%m.%Y}"
    if assignment.status is AssignmentStatus.RETURNED:
        return "отчёт возвращён на доработку"
    if assignment.was_late and assignment.done_on is not None and assignment.due_on is not None:
        return f"исполнено {assignment.done_on:%d.%m.%Y} при сроке до {assignment.due_on:%d.%m.%Y}"
    if assignment.status in CLOSED_STATUSES:
        return ""
    latest = session.scalar(
        select(AssignmentReport.outcome)
        .where(
            AssignmentReport.assignment_id == assignment.id,
            AssignmentReport.kind == ReportKind.FINAL,
            AssignmentReport.status != ReportStatus.RECALLED,
        )
        .order_by(AssignmentReport.submitted_at.desc(), AssignmentReport.id.desc())
        .limit(1)
    )
    return latest.label if latest in {ReportOutcome.PARTIAL, ReportOutcome.NOT_DONE} else ""


def require_weak_assignment(session: Session, assignment: Assignment, *, today: date) -> None:
    if not assignment_weakness(session, assignment, today=today):
        raise WrongState(
            "По поручению недостатка не видно: оно не просрочено, не возвращено и не исполнено частично. "
            "Замечание к работе можно записать вручную."
        )


def assignment_text(session: Session, assignment: Assignment, *, today: date) -> str:
    """«Распоряжение № 1 от 05.10.2026, пункт 4: не исполнено в срок до 01.11.2026»; empty where nothing is weak."""
    weakness = assignment_weakness(session, assignment, today=today)
    order = session.get(Order, assignment.order_id)
    point = session.get(OrderPoint, assignment.order_point_id)
    if not weakness or order is None or point is None:
        return ""
    told = f"{order.label}, пункт {point.label}: {weakness}"
    return _cut(told[:1].upper() + told[1:])
