"""Issued orders with their assignments, reports and evidence, written directly past the services.

`issue_order(engine, world, points=(Point("1", due_on=…, to={"school": {"status": …}}),))` gives the numbers of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from app.models import (
    Assignment,
    AssignmentReport,
    Evidence,
    Order,
    OrderPoint,
    ReportEvidence,
    TermExtension,
)
from app.models.enumeration import (
    AssignmentOrigin,
    AssignmentStatus,
    ExtensionStatus,
    OrderStatus,
    ReportKind,
    ReportOutcome,
    ReportStatus,
    TermKind,
)
from app.policies.unscoped import open_session
from tests.factories.world import World

ISSUED_AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
DATED_ON = date(2026, 9, 1)
Addressees = Mapping[str, Mapping[str, Any]] | Iterable[str]


@dataclass(frozen=True)
class Point:
    """A point; `to` names its addressees by unit key, each with values of its assignment (status, due_on, parent="key")."""

    number: str
    due_on: date | None = None
    to: Addressees = ("municipality", "municipality2")
    stage: str = ""
    text: str = "разместить на сайтах локальные акты"
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Issued:
    """Numbers of what was made; assignments by (label of the point, key of the unit)."""

    order_id: int
    points: dict[str, int] = field(default_factory=dict)
    assignments: dict[tuple[str, str], int] = field(default_factory=dict)


def issue_order(
    engine: Engine,
    world: World,
    *,
    issuer: str = "region",
    points: Sequence[Point] = (Point("1"),),
    status: OrderStatus = OrderStatus.ISSUED,
    **values: Any,
) -> Issued:
    """An order of `issuer` with its assignments; `values` are the order's own (number, title, …)."""
    with open_session(engine, reason="tests issue an order") as session:
        session.connection(execution_options={"writes": True})
        given = {
            "number": "3.12-118-Р",
            "dated_on": DATED_ON,
            "title": "О мерах по результатам мониторинга ВСОКО",
            "issuer_name": "Министерство образования Сахалинской области",
            "issued_at": None if status is OrderStatus.DRAFT else ISSUED_AT,
        } | values
        order = Order(org_unit_id=world.units[issuer], status=status, **given)
        session.add(order)
        session.flush()
        issued = Issued(order.id)
        for position, point in enumerate(points):
            row = OrderPoint(
                order_id=order.id,
                position=position,
                number=point.number,
                stage=point.stage,
                text=point.text,
                **({"term_kind": TermKind.DATE, "due_on": point.due_on} if point.due_on else {}) | point.values,
            )
            session.add(row)
            session.flush()
            issued.points[row.label] = row.id
            if status is not OrderStatus.DRAFT:
                _assign(session, world, issued, row, point, issuer=issuer)
    return issued


def _assign(session, world: World, issued: Issued, row: OrderPoint, point: Point, *, issuer: str) -> None:
    to = point.to if isinstance(point.to, Mapping) else {key: {} for key in point.to}
    # Parents first: children name them.
    for key, given in sorted(to.items(), key=lambda one: "parent" in one[1]):
        values: dict[str, Any] = {"due_on": point.due_on, **given}
        parent = values.pop("parent", None)
        values.setdefault("original_due_on", values["due_on"])
        status = values.get("status", AssignmentStatus.ASSIGNED)
        if status in {AssignmentStatus.DONE, AssignmentStatus.OFF_CONTROL}:
            values.setdefault("done_on", date(2026, 9, 20))
        if status is AssignmentStatus.OFF_CONTROL:
            values.setdefault("off_control_on", date(2026, 9, 25))
        if status is AssignmentStatus.WITHDRAWN:
            values.setdefault("withdrawn_on", date(2026, 9, 25))
            values.setdefault("closing_reason", "организация не ведёт эту деятельность")
        if status is AssignmentStatus.SUBMITTED:
            values.setdefault("submitted_by_id", world.users[key])
        assignment = Assignment(
            org_unit_id=world.units[key],
            order_id=issued.order_id,
            order_point_id=row.id,
            given_by_id=world.units[parent or issuer],
            parent_id=issued.assignments[row.label, parent] if parent else None,
            origin=AssignmentOrigin.CASCADED if parent else AssignmentOrigin.ISSUED,
            **values,
        )
        session.add(assignment)
        session.flush()
        issued.assignments[row.label, key] = assignment.id


def add_report(
    engine: Engine,
    world: World,
    unit: str,
    assignment_id: int,
    *,
    evidence: Sequence[Mapping[str, Any]] = (),
    **values: Any,
) -> int:
    """A report on the unit's assignment with pieces of evidence (values of Evidence); its number."""
    with open_session(engine, reason="tests report") as session:
        session.connection(execution_options={"writes": True})
        given = {
            "kind": ReportKind.FINAL,
            "outcome": ReportOutcome.DONE,
            "status": ReportStatus.SUBMITTED,
            "text": "Сделано",
            "submitted_at": ISSUED_AT,
            "submitted_on": date(2026, 9, 20),
            "submitted_by_id": world.users[unit],
            "submitted_by": f"Сотрудник {unit}",
        } | values
        if given["status"] not in {ReportStatus.SUBMITTED, ReportStatus.RECALLED}:
            given.setdefault("checked_at", ISSUED_AT)
        report = AssignmentReport(org_unit_id=world.units[unit], assignment_id=assignment_id, **given)
        session.add(report)
        session.flush()
        for piece in evidence:
            row = Evidence(org_unit_id=world.units[unit], **piece)
            session.add(row)
            session.flush()
            session.add(ReportEvidence(org_unit_id=world.units[unit], report_id=report.id, evidence_id=row.id))
        return report.id


def ask_extension(engine: Engine, world: World, unit: str, assignment_id: int, **values: Any) -> int:
    """A request for a later term that waits for its decision; its number."""
    with open_session(engine, reason="tests ask for a later term") as session:
        session.connection(execution_options={"writes": True})
        given = {
            "due_before": date(2026, 11, 25),
            "due_after": date(2026, 12, 25),
            "reason": "ремонт здания",
            "status": ExtensionStatus.ASKED,
            "asked_at": ISSUED_AT,
            "asked_by_id": world.users[unit],
            "asked_by": f"Сотрудник {unit}",
        } | values
        giver = session.get_one(Assignment, assignment_id).given_by_id
        extension = TermExtension(
            org_unit_id=world.units[unit], assignment_id=assignment_id, given_by_id=giver, **given
        )
        session.add(extension)
        session.flush()
        return extension.id
