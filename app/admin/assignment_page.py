"""What the page of one assignment shows, gathered in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.admin.cells import size_words, term_word
from app.admin.finding_mark import Mark, mark_of_assignment
from app.models import (
    AnalyticalNote,
    Assignment,
    AssignmentPeriod,
    AssignmentReport,
    AuditEvent,
    Evidence,
    Order,
    OrderPoint,
    OrgUnit,
    TermExtension,
)
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import (
    AssignmentStatus,
    ExtensionStatus,
    Modality,
    ReportKind,
    ReportStatus,
    TermKind,
    UnitKind,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import analytical_note, answer_letter, clock, evidence
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import term_extension as extensions
from app.services.assignment import Progress
from app.services.beyond_scope import MovedChild, moved_children
from app.services.training_coverage import PointCoverage, coverage_of_points
from app.workflows import assignment_report, term_extension
from app.workflows.assignment import OPEN, WORKFLOW

ACTIONS = {
    "create": "Дано поручение",
    "take": "Принято к исполнению",
    "submit": "Отправлен отчёт",
    "acknowledge": "Подтверждено ознакомление",
    "recall": "Отчёт отозван",
    "accept": "Отчёт принят",
    "note_report": "Отчёт принят к сведению",
    "return": "Возвращено с замечанием",
    "reopen": "Возвращено на исполнение",
    "take_off_control": "Снято с контроля",
    "withdraw": "Снято без исполнения",
    "withdraw_with_parent": "Снято вместе с поручением муниципалитета",
    "extend": "Срок продлён",
    "amend": "Изменено изменяющим актом",
    "change": "Изменено",
}


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    assignment: Assignment
    unit: OrgUnit
    order: Order
    point: OrderPoint
    given_by: str
    reports: list[AssignmentReport]
    evidence: dict[int, list[Evidence]]
    # Which reports have a letter, and whether the actor may write one.
    letters: Collection[int]
    may_report: bool
    extensions: list[TermExtension]
    periods: list[AssignmentPeriod]
    children: list[Any]
    # Attached to the order.
    notes: list[AnalyticalNote]
    # Schools that have moved away since: labels and states, no rows of theirs.
    moved: Sequence[MovedChild]
    progress: Progress | None
    history: list[dict[str, Any]]
    actions: frozenset[str]
    today: date
    # Of the training requirement that the point is bound to, in the unit of the assignment and below it.
    coverage: PointCoverage | None
    coverage_url: str
    # The finding that stands, or the way to write one down.
    finding: Mark | None

    @property
    def term(self) -> tuple[str, str, str]:
        """The day, the word beside it and the tone of both."""
        due_on = self.assignment.due_on
        if due_on is None:
            return "без срока", "", ""
        if self.assignment.status in CLOSED_STATUSES:
            return f"{due_on:%d.%m.%Y}", "с нарушением срока" if self.assignment.was_late else "", ""
        word, tone = term_word(due_on, self.today)
        return f"{due_on:%d.%m.%Y}", word, tone

    @property
    def waiting_report(self) -> AssignmentReport | None:
        return next(
            (r for r in self.reports if r.status is ReportStatus.SUBMITTED and r.kind is ReportKind.FINAL), None
        )

    @property
    def remark(self) -> str:
        """Why it came back: what a person in a hurry has to read first."""
        if self.assignment.status is not AssignmentStatus.RETURNED:
            return ""
        return next((r.remark for r in self.reports if r.status is ReportStatus.RETURNED), "")

    @property
    def asked_extension(self) -> TermExtension | None:
        return next((one for one in self.extensions if one.status is ExtensionStatus.ASKED), None)

    @property
    def needs_acknowledgement(self) -> bool:
        return self.point.modality is Modality.INFORM

    size_words = staticmethod(size_words)

    @property
    def is_recurring(self) -> bool:
        return self.point.term_kind is TermKind.RECURRING


def gather(session: GuardedSession, actor: Actor, assignment: Assignment) -> AssignmentPage:
    today = clock.today(actor.time_zone)
    found = reports.of_assignment(session, assignment)
    covered = coverage_of_points(session, [assignment.order_point_id], today, unit_id=assignment.org_unit_id)
    coverage = covered.get(assignment.order_point_id)
    order = session.get_one(Order, assignment.order_id)
    children = _children(session, assignment)
    return AssignmentPage(
        assignment=assignment,
        unit=session.get_one(OrgUnit, assignment.org_unit_id),
        order=order,
        point=assignments.point_of(session, assignment),
        given_by=_given_by(session, actor, order, assignment),
        reports=found,
        evidence=evidence.of_reports(session, [report.id for report in found]),
        letters=answer_letter.of_reports(session, [report.id for report in found]),
        may_report=assignment.org_unit_id == actor.unit_id and actor.may(Permission.ASSIGNMENT_REPORT),
        extensions=extensions.of_assignment(session, assignment),
        periods=assignments.periods_of(session, assignment),
        children=children,
        notes=analytical_note.of_order(session, order.id),
        moved=moved_children(session, assignment) if assignment.org_unit_id == assignment.municipality_id else (),
        progress=assignments.progress(session, [assignment.id], today).get(assignment.id) if children else None,
        history=_history(session, assignment, actor.time_zone),
        actions=_actions(session, actor, assignment, found),
        today=today,
        coverage=coverage,
        coverage_url=_coverage_url(actor, assignment, coverage),
        finding=mark_of_assignment(session, actor, assignment, today),
    )


def _coverage_url(actor: Actor, assignment: Assignment, coverage: PointCoverage | None) -> str:
    """The same cut, where the reader has more than one municipality to look at."""
    if coverage is None:
        return ""
    cut = f"?municipality={assignment.municipality_id}" if actor.unit_kind is UnitKind.REGION else ""
    return f"/training-requirements/{coverage.requirement_id}/coverage{cut}"


def _given_by(session: GuardedSession, actor: Actor, order: Order, assignment: Assignment) -> str:
    """The unit above a school is a label of the actor; other givers are rows in scope."""
    if assignment.given_by_id == order.org_unit_id:
        return order.issuer_name
    giver = session.get(OrgUnit, assignment.given_by_id)
    return giver.name if giver is not None else actor.parent_name


def _children(session: GuardedSession, assignment: Assignment) -> list[Any]:
    return list(
        session.execute(
            select(
                Assignment.id, Assignment.status, Assignment.due_on, OrgUnit.name, OrgUnit.short_name, OrgUnit.closed_on
            )
            .join(OrgUnit, OrgUnit.id == Assignment.org_unit_id)
            .where(Assignment.parent_id == assignment.id, Assignment.municipality_id == assignment.municipality_id)
            .order_by(OrgUnit.name)
        )
    )


def _history(session: GuardedSession, assignment: Assignment, time_zone: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.record_type == "assignment", AuditEvent.record_id == assignment.id)
        .order_by(AuditEvent.id.desc())
        .limit(100)
    )
    return [
        {
            "who": f"{row.actor_name}, {row.actor_unit_name}" if row.actor_unit_name else row.actor_name,
            "when": f"{clock.local(row.at, time_zone):%d.%m.%Y %H:%M}",
            "action": ACTIONS.get(row.action, row.action),
            "note": row.note,
            "status": (row.changes.get("status") or [None, None])[1],
            "changes": [
                ("Срок", _day(change[0]), _day(change[1]))
                for field, change in row.changes.items()
                if field == "due_on" and row.action != "create"
            ],
        }
        for row in rows
    ]


def _day(raw: str | None) -> str:
    return f"{date.fromisoformat(raw):%d.%m.%Y}" if raw else "без срока"


def _actions(
    session: GuardedSession, actor: Actor, assignment: Assignment, found: list[AssignmentReport]
) -> frozenset[str]:
    """What the actor may do now; the services check it again."""
    offered = {step.action for step in WORKFLOW.possible(assignment, actor)} - {"withdraw_with_parent"}
    waiting = next((r for r in found if r.status is ReportStatus.SUBMITTED and r.kind is ReportKind.FINAL), None)
    if waiting is not None and not assignment_report.WORKFLOW.allows("accept", waiting, actor):
        offered -= {"accept", "note_report"}
    if assignment.parent_id is None:
        offered.discard("withdraw")
    own = assignment.org_unit_id == actor.unit_id
    if own and actor.may(Permission.ASSIGNMENT_REPORT) and assignment.status in OPEN:
        offered.add("interim")
    if own and actor.may(Permission.EXTENSION_ASK) and assignment.status not in CLOSED_STATUSES and assignment.due_on:
        offered.add("ask_extension")
    if own and actor.may(Permission.ASSIGNMENT_CASCADE) and assignment.status not in CLOSED_STATUSES:
        offered.add("cascade")
    if any(assignment_report.WORKFLOW.allows("note", one, actor) for one in found if one.kind is ReportKind.INTERIM):
        offered.add("note_interim")
    for extension in extensions.of_assignment(session, assignment):
        offered |= {f"extension_{step.action}" for step in term_extension.WORKFLOW.possible(extension, actor)}
    if assignment.status is AssignmentStatus.WITHDRAWN:
        return frozenset()
    return frozenset(offered)
