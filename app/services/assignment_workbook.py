"""Assignments in a unit's own workbook: who answers for them and what is reported on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.excel.assignment_workbook import SHEET
from app.models import Assignment, AssignmentPeriod, AssignmentReport, Evidence, Order, OrderPoint
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import (
    AssignmentStatus,
    Modality,
    PeriodStatus,
    ReportKind,
    ReportOutcome,
    ReportStatus,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, WrongState
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services.assignment_import import order_label
from app.services.assignment_report import TypedReport
from app.services.evidence import TypedEvidence, checked_url, of_reports
from app.services.known_words import member_of
from app.services.unit_workbook import UnitPart, UnitRow
from app.workflows.assignment import WORKFLOW

REPORT = ("outcome", "report_text", "reason", "link")
OUTCOMES = {
    ReportOutcome.DONE: ("исполнено", "выполнено", "done"),
    ReportOutcome.PARTIAL: ("исполнено частично", "частично исполнено", "частично", "выполнено частично", "partial"),
    ReportOutcome.NOT_DONE: ("не исполнено", "не выполнено", "not_done"),
    ReportOutcome.ACKNOWLEDGED: ("ознакомлены", "ознакомлен", "ознакомлена", "acknowledged"),
}
LINK_TITLE = "Ссылка из рабочей книги"
FIELD_OF = {"text": "report_text", "url": "link", "evidence": "link", "period_id": "outcome"}


@dataclass(frozen=True, slots=True)
class _Present:
    assignment: Assignment
    point: OrderPoint
    waiting: AssignmentReport | None
    pieces: Sequence[Evidence]
    period: AssignmentPeriod | None
    remark: str
    order_label: str

    @property
    def link(self) -> Evidence | None:
        """What an earlier book has put under the report that waits."""
        return next((piece for piece in self.pieces if piece.title == LINK_TITLE and piece.url), None)


def rows(session: GuardedSession, actor: Actor, today: date) -> list[UnitRow]:
    """The unit's own assignments that are not closed, the nearest term first."""
    del today
    return [_row(one) for one in _present(session, actor)]


def _present(session: GuardedSession, actor: Actor) -> list[_Present]:
    own = select(Assignment.id).where(
        Assignment.org_unit_id == actor.unit_id, Assignment.status.not_in(CLOSED_STATUSES)
    )
    waiting: dict[int, AssignmentReport] = {}
    remarks: dict[int, str] = {}
    for report in session.scalars(
        select(AssignmentReport).where(AssignmentReport.assignment_id.in_(own)).order_by(AssignmentReport.id)
    ):
        if report.status is ReportStatus.SUBMITTED and report.kind is ReportKind.FINAL:
            waiting[report.assignment_id] = report
        if report.status is ReportStatus.RETURNED:
            remarks[report.assignment_id] = report.remark
    pieces = of_reports(session, [report.id for report in waiting.values()])
    periods: dict[int, AssignmentPeriod] = {}
    for period in session.scalars(
        select(AssignmentPeriod)
        .where(AssignmentPeriod.assignment_id.in_(own), AssignmentPeriod.status != PeriodStatus.ACCEPTED)
        .order_by(AssignmentPeriod.due_on.desc())
    ):
        periods[period.assignment_id] = period
    found = session.execute(
        select(Assignment, OrderPoint, Order.number, Order.dated_on)
        .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
        .join(Order, Order.id == Assignment.order_id)
        .where(Assignment.id.in_(own))
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.id)
    )
    return [
        _Present(
            one,
            point,
            waiting.get(one.id),
            pieces.get(waiting[one.id].id, ()) if one.id in waiting else (),
            periods.get(one.id),
            remarks.get(one.id, "") if one.status is AssignmentStatus.RETURNED else "",
            order_label(number, dated_on),
        )
        for one, point, number, dated_on in found
    ]


def _row(present: _Present) -> UnitRow:
    one, point = present.assignment, present.point
    shown = (
        present.order_label,
        f"{point.number}{point.stage}",
        point.text,
        point.modality.label,
        one.due_on,
        one.status.label,
        present.remark,
    )
    label = f"{present.order_label}, п. {point.number}{point.stage}"
    return UnitRow(str(one.id), one.version, label, shown, _fields(present))


def _fields(present: _Present) -> dict[str, str]:
    report, link = present.waiting, present.link.url if present.link is not None else ""
    told = (report.outcome.label, report.text, report.reason, link) if report is not None else ("", "", "", "")
    return {"responsible": present.assignment.responsible, **dict(zip(REPORT, told, strict=True))}


class AssignmentMerge:
    """What the merged cells of one row would do."""

    def __init__(self, session: GuardedSession, actor: Actor, *, today: date, now: datetime) -> None:
        self._session, self._actor, self._today, self._now = session, actor, today, now
        self._present = {str(one.assignment.id): one for one in _present(session, actor)}

    def present(self, key: str) -> UnitRow | None:
        found = self._present.get(key)
        return _row(found) if found is not None else None

    def written(self, key: str, field: str, value: str) -> str:
        del key
        if field == "responsible":
            return " ".join(value.split())
        if field == "outcome":
            outcome = member_of(OUTCOMES, value)
            return outcome.label if outcome is not None else value
        if field == "link":
            try:
                return checked_url(value)
            except Invalid:
                return value
        return value

    def gone(self, key: str) -> str:
        # The key is one that was given out: the seal has proved it.
        found = self._session.get(Assignment, int(key))
        if found is None or found.org_unit_id != self._actor.unit_id:
            return "Этого поручения у вас больше нет."
        return f"Поручение уже закрыто: «{found.status.label}». Записать в него ничего нельзя."

    def act(self, key: str, values: Mapping[str, str], own: frozenset[str]) -> Callable[[], None]:
        """Raises Refusal now for what could not be done later."""
        there = self._present[key]
        responsible = assignments.check_responsible(values["responsible"]) if "responsible" in own else None
        typed = self._typed(there, values) if own & set(REPORT) else None
        number, version = there.assignment.id, there.assignment.version

        def act() -> None:
            found = assignments.the_one(self._session, number)
            if found.version != version:
                raise Conflict("Поручение успел изменить кто-то другой. Проверьте файл ещё раз.")
            if responsible is not None:
                assignments.name_responsible(self._session, self._actor, found, responsible)
            if typed is not None:
                self._send(found, typed)

        return act

    def _send(self, found: Assignment, typed: TypedReport) -> None:
        if typed.outcome is ReportOutcome.ACKNOWLEDGED:
            assignments.acknowledge(self._session, self._actor, found, today=self._today)
            return
        if found.status is AssignmentStatus.SUBMITTED:
            reports.recall(self._session, self._actor, found)
        reports.submit(self._session, self._actor, found, typed, today=self._today, now=self._now)

    def _typed(self, there: _Present, values: Mapping[str, str]) -> TypedReport:
        outcome = member_of(OUTCOMES, values["outcome"]) if values["outcome"] else None
        if outcome is None and values["outcome"]:
            words = ", ".join(one.label for one in ReportOutcome)
            raise Invalid(f"Результат «{values['outcome']}» не понят. Выберите из списка: {words}.", field="outcome")
        if outcome is None:
            raise Invalid("Выберите «Результат» из списка в ячейке: без него отчёт не отправить.", field="outcome")
        one = there.assignment
        if outcome is ReportOutcome.ACKNOWLEDGED:
            if there.point.modality is not Modality.INFORM:
                raise Invalid("По этому пункту нужен отчёт об исполнении, одного ознакомления мало.", field="outcome")
            WORKFLOW.require("acknowledge", one, self._actor)
            return TypedReport(ReportKind.FINAL, outcome, "")
        WORKFLOW.require("recall" if one.status is AssignmentStatus.SUBMITTED else "submit", one, self._actor)
        try:
            typed = TypedReport(
                ReportKind.FINAL,
                outcome,
                values["report_text"],
                values["reason"],
                values["responsible"],
                there.period.id if there.period is not None else None,
                self._evidence(there, checked_url(values["link"])),
            )
            reports.check(self._session, one, typed, today=self._today)
        except Invalid as refusal:
            field = refusal.field or ""
            raise Invalid(refusal.sentence, field=FIELD_OF.get(field, field)) from refusal
        if there.period is not None and there.period.status is PeriodStatus.SUBMITTED and there.waiting is None:
            raise WrongState("Отчёт за этот период уже на проверке.")
        return typed

    @staticmethod
    def _evidence(there: _Present, link: str) -> list[TypedEvidence]:
        """What the waiting report already has goes on to the new one; only the link of a book is replaced."""
        old = there.link
        stays = old is not None and old.url == link
        pieces = [TypedEvidence(existing_id=piece.id) for piece in there.pieces if piece is not old or stays]
        if link and not stays:
            pieces.append(TypedEvidence(title=LINK_TITLE, url=link))
        return pieces


def _merge(session: GuardedSession, actor: Actor, **when: Any) -> AssignmentMerge:
    return AssignmentMerge(session, actor, **when)


PART = UnitPart(
    "assignment",
    SHEET,
    Permission.ASSIGNMENT_REPORT,
    rows,
    _merge,
    {"outcomes": [one.label for one in ReportOutcome]},
)
