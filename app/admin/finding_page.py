"""What the page of one finding shows; everything was read within the actor's scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.admin.cells import term_word
from app.admin.record_history import Changes, history_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, with_unit_names
from app.models import (
    Assessment,
    Assignment,
    AuditEvent,
    CorrectiveMeasure,
    Criterion,
    CriterionScore,
    Evidence,
    Finding,
    FindingCause,
    FindingPoint,
    MonitoringRound,
    Order,
    OrderPoint,
    ScoreEvidence,
)
from app.models.corrective_measure import LIVE_STATUSES
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.scope import contains
from app.services import finding as findings
from app.services import measure_template
from app.workflows.finding import WORKFLOW

# Numbers of rows say nothing to people, and the state is the act itself.
UNTOLD = frozenset(
    {
        *("status", "score_id", "criterion_id", "round_id", "assignment_id"),
        *("found_by_unit_id", "closed_by", "closing_reason", "resolved_on", "is_demo"),
    }
)


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """A point of an order: one that answers the finding, or the one whose assignment it was seen in."""

    order: Order
    point: OrderPoint


OWN_WORDS = {
    "create": "Записан",
    "change": "Изменён",
    "resolve": "Устранён",
    "dismiss": "Снят",
    "reopen": "Открыт снова",
}


@dataclass(frozen=True, slots=True)
class FindingPage:
    finding: Finding
    unit_name: str
    municipality_name: str
    cause: FindingCause | None
    round: MonitoringRound | None
    criterion: Criterion | None
    sheet: Assessment | None
    assignment: Assignment | None
    seen_in: OrderPlace | None
    points: list[OrderPlace]
    measures: list[CorrectiveMeasure]
    carriers: dict[int, str]
    templates: int
    proof: list[Evidence]
    actions: frozenset[str]
    may_change: bool
    may_analyse: bool
    may_plan: bool
    may_order: bool
    history: list[dict[str, Any]]

    @property
    def live(self) -> int:
        return sum(one.status in LIVE_STATUSES for one in self.measures)

    @staticmethod
    def term(measure: CorrectiveMeasure, today: date) -> tuple[str, str]:
        return term_word(measure.due_on, today) if measure.status in LIVE_STATUSES else ("", "")


def gather(session: GuardedSession, actor: Actor, finding: Finding) -> FindingPage:
    score = session.get(CriterionScore, finding.score_id) if finding.score_id is not None else None
    assignment = session.get(Assignment, finding.assignment_id) if finding.assignment_id is not None else None
    measures = findings.measures_of(session, [finding.id]).get(finding.id, [])
    home, place = _unit_names(session, finding)
    return FindingPage(
        finding=finding,
        unit_name=home,
        municipality_name=place,
        cause=session.get(FindingCause, finding.cause_id) if finding.cause_id is not None else None,
        round=session.get(MonitoringRound, finding.round_id) if finding.round_id is not None else None,
        criterion=session.get(Criterion, finding.criterion_id) if finding.criterion_id is not None else None,
        sheet=session.get(Assessment, score.assessment_id) if score is not None else None,
        assignment=assignment,
        seen_in=_places(session, OrderPoint.id == assignment.order_point_id)[0] if assignment is not None else None,
        points=_places(
            session,
            OrderPoint.id.in_(select(FindingPoint.order_point_id).where(FindingPoint.finding_id == finding.id)),
        ),
        measures=measures,
        carriers=_carriers(session, [one.id for one in measures]),
        templates=len(measure_template.of_criterion(session, finding.criterion_code)) if finding.criterion_code else 0,
        proof=_proof(session, finding),
        actions=frozenset(step.action for step in WORKFLOW.possible(finding, actor)),
        may_change=findings.may_change(finding, actor),
        may_analyse=findings.may_analyse(finding, actor),
        may_plan=actor.may(Permission.MEASURE_WRITE) and contains(actor, finding),
        may_order=actor.may(Permission.ORDER_WRITE) and finding.org_unit_id != actor.unit_id,
        history=history_of(
            session,
            "finding",
            finding.id,
            actor.time_zone,
            words=OWN_WORDS,
            look="finding",
            untold=UNTOLD,
            tell=_tell(session),
        ),
    )


def _places(session: GuardedSession, condition: Any) -> list[OrderPlace]:
    rows = session.execute(
        select(Order, OrderPoint)
        .join(OrderPoint, OrderPoint.order_id == Order.id)
        .where(condition)
        .order_by(Order.id, OrderPoint.id)
    )
    return [OrderPlace(row.Order, row.OrderPoint) for row in rows]


def _proof(session: GuardedSession, finding: Finding) -> list[Evidence]:
    """What the answer rests on."""
    if finding.score_id is None:
        return []
    under = select(ScoreEvidence.evidence_id).where(ScoreEvidence.score_id == finding.score_id)
    return list(session.scalars(select(Evidence).where(Evidence.id.in_(under)).order_by(Evidence.id)))


def _unit_names(session: GuardedSession, finding: Finding) -> tuple[str, str]:
    """The unit and its municipality; of a regional unit the latter is empty."""
    named = with_unit_names(select(UNIT_NAME, MUNICIPALITY_NAME).select_from(Finding), Finding)
    row = session.execute(named.where(Finding.id == finding.id)).one()
    return str(row[0]), str(row[1])


def _carriers(session: GuardedSession, numbers: list[int]) -> dict[int, str]:
    """A municipality that carries a measure out for its school is a label of the measure."""
    named = with_unit_names(select(CorrectiveMeasure.id, UNIT_NAME).select_from(CorrectiveMeasure), CorrectiveMeasure)
    return {row[0]: str(row[1]) for row in session.execute(named.where(CorrectiveMeasure.id.in_(numbers)))}


def _tell(session: GuardedSession) -> Callable[[AuditEvent, Changes], Changes]:
    def tell(row: AuditEvent, changes: Changes) -> Changes:
        del row
        words = {"cause_id": _cause_words, "whys": _why_words}
        return {
            key: [words[key](session, value) for value in pair] if key in words else pair
            for key, pair in changes.items()
        }

    return tell


def _cause_words(session: GuardedSession, value: Any) -> str:
    cause = session.get(FindingCause, value) if isinstance(value, int) else None
    return cause.title if cause is not None else ""


def _why_words(session: GuardedSession, value: Any) -> str:
    del session
    return " → ".join(value) if isinstance(value, list) else ""
