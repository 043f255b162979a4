"""Reports on assignments: sent, recalled, accepted, taken note of, returned; one by one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, AssignmentPeriod, AssignmentReport, OrderPoint
from app.models.enumeration import PeriodStatus, ReportKind, ReportOutcome, ReportStatus, TermKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, NotPermitted, Refusal, WrongState
from app.services import assignment as assignments
from app.services import evidence
from app.services.assignment_waiting import drop_extensions
from app.services.evidence import TypedEvidence
from app.workflows import assignment as assignment_workflow
from app.workflows import assignment_period, assignment_report
from app.workflows.assignment import WORKFLOW


@dataclass(frozen=True, slots=True)
class TypedReport:
    """What a person reports; the day of sending is the day of doing."""

    kind: ReportKind
    outcome: ReportOutcome
    text: str
    reason: str = ""
    responsible: str = ""
    period_id: int | None = None
    evidence: Sequence[TypedEvidence] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row of an act on many."""

    assignment_id: int
    done: bool
    sentence: str


def of_assignment(session: Session, assignment: Assignment) -> list[AssignmentReport]:
    """All reports, the newest first."""
    statement = select(AssignmentReport).where(AssignmentReport.assignment_id == assignment.id)
    return list(session.scalars(statement.order_by(AssignmentReport.id.desc())))


def waiting(session: Session, assignment: Assignment) -> AssignmentReport:
    """The final report that waits for a check. Raises WrongState."""
    found = session.scalar(
        select(AssignmentReport).where(
            AssignmentReport.assignment_id == assignment.id,
            AssignmentReport.status == ReportStatus.SUBMITTED,
            AssignmentReport.kind == ReportKind.FINAL,
        )
    )
    if found is None:
        raise WrongState("Отчёта на проверке сейчас нет: его отозвали или уже проверили.")
    return found


def submit(
    session: Session, actor: Actor, assignment: Assignment, typed: TypedReport, *, today: date, now: datetime
) -> AssignmentReport:
    """Sends a report. An interim one changes nothing in the assignment's state. Raises Invalid at the field."""
    if typed.kind is ReportKind.FINAL:
        WORKFLOW.require("submit", assignment, actor)
    else:
        _require_interim(assignment, actor)
    point = check(session, assignment, typed, today=today)
    period = _period(session, actor, assignment, typed, recurring=point.term_kind is TermKind.RECURRING)
    report = AssignmentReport(
        org_unit_id=assignment.org_unit_id,
        assignment_id=assignment.id,
        period_id=period.id if period is not None else None,
        kind=typed.kind,
        outcome=typed.outcome,
        text=typed.text.strip(),
        reason=typed.reason.strip(),
        submitted_at=now,
        submitted_on=today,
        submitted_by_id=actor.user_id,
        submitted_by=actor.signature,
    )
    session.add(report)
    session.flush()
    evidence.attach(session, actor, report, typed.evidence, now=now)
    assignment.responsible = typed.responsible.strip() or assignment.responsible or actor.user_name
    if typed.kind is ReportKind.FINAL:
        assignment.submitted_by_id = actor.user_id
        assignment.accepted_on = assignment.accepted_on or today
        WORKFLOW.apply("submit", assignment, actor, note=typed.outcome.label)
    session.flush()
    return report


def check(session: Session, assignment: Assignment, typed: TypedReport, *, today: date) -> OrderPoint:
    """What a report must say, whoever sends it; returns the point. Raises Invalid at the field."""
    point = assignments.point_of(session, assignment)
    _check_words(typed)
    if typed.kind is ReportKind.FINAL and typed.outcome is ReportOutcome.DONE:
        _check_children(session, assignment, typed, today)
        if point.evidence_required and not typed.evidence:
            raise Invalid("По этому пункту нужно подтверждение: приложите файл или ссылку.", field="evidence")
    return point


def recall(session: Session, actor: Actor, assignment: Assignment) -> None:
    """Takes the report back before it is checked."""
    WORKFLOW.require("recall", assignment, actor)
    report = waiting(session, assignment)
    assignment_report.WORKFLOW.apply("recall", report, actor)
    _move_period(session, actor, report, "recall")
    WORKFLOW.apply("recall", assignment, actor)
    session.flush()


def accept(session: Session, actor: Actor, assignment: Assignment, *, now: datetime, note: str = "") -> None:
    """A report of «исполнено» fulfils the assignment; of «частично» or «не исполнено» it is taken note of.

    The day of doing is the day on which the accepted report was sent.
    """
    report = waiting(session, assignment)
    period = _period_of(session, report)
    fulfils = report.outcome is ReportOutcome.DONE and (period is None or _is_last(session, assignment, period))
    action = "accept" if fulfils else "note_report"
    WORKFLOW.require(action, assignment, actor)
    _check(report, "accept" if report.outcome is ReportOutcome.DONE else "note", actor, now, note)
    if period is not None and report.outcome is ReportOutcome.DONE:
        period.done_on = report.submitted_on
        assignment_period.WORKFLOW.apply("accept", period, actor)
    elif period is not None:
        assignment_period.WORKFLOW.apply("return", period, actor)
    if fulfils:
        assignment.done_on = report.submitted_on
    assignment.stepped_in = assignment.stepped_in or assignment_workflow.is_step_in(assignment, actor)
    WORKFLOW.apply(action, assignment, actor, note=note)
    session.flush()
    if period is not None:
        _next_term(session, assignment)
    if fulfils:
        drop_extensions(session, [assignment.id], reason="Поручение исполнено")


def send_back(session: Session, actor: Actor, assignment: Assignment, *, now: datetime, remark: str) -> None:
    """Returns the report; a return needs a remark."""
    WORKFLOW.require("return", assignment, actor)
    if not remark.strip():
        raise Invalid("Напишите, что нужно исправить: без замечания отчёт не возвращается.", field="note")
    report = waiting(session, assignment)
    _check(report, "return", actor, now, remark)
    _move_period(session, actor, report, "return")
    assignment.stepped_in = assignment.stepped_in or assignment_workflow.is_step_in(assignment, actor)
    WORKFLOW.apply("return", assignment, actor, note=remark)
    session.flush()


def note_interim(session: Session, actor: Actor, report: AssignmentReport, *, now: datetime, note: str = "") -> None:
    """An interim report is taken note of; the assignment stays where it is."""
    if report.kind is not ReportKind.INTERIM:
        raise WrongState("Итоговый отчёт принимают или возвращают.")
    _check(report, "note", actor, now, note)
    session.flush()


def act_on_many(session: Session, chosen: Mapping[int, int | None], act: Callable[[Assignment], None]) -> list[Verdict]:
    """The act on each, with a verdict per row; a refused row leaves the others done and itself untouched.

    `chosen` gives for each number the version that the person saw, where the list told it.
    """
    verdicts = []
    for assignment_id, version in chosen.items():
        try:
            with session.begin_nested():
                act(assignments.the_one(session, assignment_id, version))
        except Refusal as refusal:
            if isinstance(refusal, NotFound):
                raise
            session.expire_all()
            verdicts.append(Verdict(assignment_id, False, refusal.sentence))
        else:
            verdicts.append(Verdict(assignment_id, True, "Сделано"))
    return verdicts


def _require_interim(assignment: Assignment, actor: Actor) -> None:
    actor.require(Permission.ASSIGNMENT_REPORT)
    refused = assignment_workflow.by_its_unit(assignment, actor)
    if refused is not None:
        raise NotPermitted(refused)
    if assignment.status not in assignment_workflow.OPEN:
        raise WrongState(f"Промежуточный отчёт не нужен: поручение «{assignment.status.label}».")


def _check_words(typed: TypedReport) -> None:
    if typed.outcome is ReportOutcome.ACKNOWLEDGED:
        raise Invalid("Выберите, исполнено ли поручение.", field="outcome")
    if not typed.text.strip():
        raise Invalid("Напишите, что сделано.", field="text")
    if typed.outcome is ReportOutcome.NOT_DONE and not typed.reason.strip():
        raise Invalid("Укажите причину неисполнения.", field="reason")


def _check_children(session: Session, assignment: Assignment, typed: TypedReport, today: date) -> None:
    """A municipality cannot report «исполнено» over open schools, unless it says why."""
    progress = assignments.progress(session, [assignment.id], today).get(assignment.id)
    if progress is not None and progress.open and not typed.reason.strip():
        raise Invalid(
            f"Исполнили {progress.fulfilled} из {progress.total} ОО. Дождитесь остальных или укажите причину, "
            "по которой отчитываетесь раньше.",
            field="reason",
        )


def _period(
    session: Session, actor: Actor, assignment: Assignment, typed: TypedReport, *, recurring: bool
) -> AssignmentPeriod | None:
    if not recurring or typed.kind is ReportKind.INTERIM:
        return None
    period = session.get(AssignmentPeriod, typed.period_id) if typed.period_id is not None else None
    if period is None or period.assignment_id != assignment.id:
        raise Invalid("Выберите период, за который отчитываетесь.", field="period_id")
    assignment_period.WORKFLOW.apply("submit", period, actor)
    return period


def _period_of(session: Session, report: AssignmentReport) -> AssignmentPeriod | None:
    return session.get(AssignmentPeriod, report.period_id) if report.period_id is not None else None


def _move_period(session: Session, actor: Actor, report: AssignmentReport, action: str) -> None:
    period = _period_of(session, report)
    if period is not None:
        assignment_period.WORKFLOW.apply(action, period, actor)


def _is_last(session: Session, assignment: Assignment, period: AssignmentPeriod) -> bool:
    return all(
        other.id == period.id or other.status is PeriodStatus.ACCEPTED
        for other in assignments.periods_of(session, assignment)
    )


def _next_term(session: Session, assignment: Assignment) -> None:
    """The term of a recurring assignment is the day of its earliest period that is not accepted."""
    days = [p.due_on for p in assignments.periods_of(session, assignment) if p.status is not PeriodStatus.ACCEPTED]
    if days:
        assignment.due_on = assignment.original_due_on = min(days)
        session.flush()


def _check(report: AssignmentReport, action: str, actor: Actor, now: datetime, note: str) -> None:
    assignment_report.WORKFLOW.require(action, report, actor)
    report.checked_at = now
    report.checked_by = actor.signature
    report.remark = note.strip()
    assignment_report.WORKFLOW.apply(action, report, actor, note=note)
