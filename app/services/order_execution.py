"""What the annex «Информация об исполнении …» says of an order, in the asker's scope.

Five statements and one more for each 500 rows of details, whatever the number of units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session

from app.documents.file_name import workbook_name
from app.excel.annexes.order_execution import DetailRow, OrderExecution, PointColumn, SummaryRow
from app.excel.sheet import Signature
from app.models import Assignment, AssignmentReport, Evidence, Order, OrderPoint, OrgUnit, ReportEvidence
from app.models.assignment import FULFILLED_STATUSES
from app.models.enumeration import AssignmentStatus, OrderKind, ReportKind, ReportStatus
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, WrongState
from app.services.order_head import PointHead, Tally, is_late, name_of, not_yet_issued, points_of, state_of
from app.services.state_on_day import PastDay, on_day

# Labels only: the scope stands on the assignment, and a composite key ties its columns to these rows.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_row")
_AT_ONCE = 500
STRAIGHT_UNDER_REGION = "Организации региона"

# Heads of the names of bodies that issue orders, in the genitive; another name is left out of the heading.
_GENITIVE = {
    "министерство": "министерства",
    "департамент": "департамента",
    "управление": "управления",
    "комитет": "комитета",
    "отдел": "отдела",
    "служба": "службы",
    "администрация": "администрации",
    "агентство": "агентства",
}


@dataclass
class Annex:
    """The workbook's content; `rows_taken` is known once the details have been written."""

    order: Order
    execution: OrderExecution
    taken: list[int] = field(default_factory=list)

    @property
    def rows_taken(self) -> int:
        return sum(self.taken)

    @property
    def file_name(self) -> str:
        """«Исполнение распоряжения № … на ДАТА.xlsx», without what a file system refuses."""
        kind, day = _KIND[self.execution.kind], self.execution.as_of
        return workbook_name(f"Исполнение {kind} № {self.execution.number} на {day:%d.%m.%Y}")


_KIND = {OrderKind.DIRECTIVE: "распоряжения", OrderKind.ORDER: "приказа", OrderKind.LETTER: "письма"}


def build(session: Session, actor: Actor, order_id: int, *, as_of: datetime, past: PastDay | None = None) -> Annex:
    """`as_of` is a moment in the region's own zone: its day, or the past day asked for, decides what is overdue.

    Raises NotFound outside the scope, WrongState for what is, or was on the past day, a draft. The details are read as
    they are written.
    """
    actor.require(Permission.EXPORT)
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound
    head = _head(session, order, past)
    today = as_of.date() if past is None else past.day
    points = points_of(session, order_id, past)
    taken: list[int] = []
    execution = OrderExecution(
        kind=head.kind,
        issuer_genitive=genitive(head.issuer_name),
        number=head.number,
        dated_on=head.dated_on,
        title=head.title,
        as_of=as_of if past is None else min(as_of, past.last_minute),
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        points=tuple(PointColumn(point.label, point.text, point.term) for point in points),
        summary=_summary(session, order_id, {point.id: point.label for point in points}, today, past),
        details=_details(session, order_id, {point.id: point for point in points}, today, taken, past),
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
        filter_label="" if past is None else f"состояние по истории, выгружено {as_of:%d.%m.%Y %H:%M}",
    )
    return Annex(order, execution, taken)


def _head(session: Session, order: Order, past: PastDay | None) -> Any:
    """The order, or what stood in it on the past day. Raises WrongState."""
    if past is None:
        if order.dated_on is None or order.issued_at is None:
            raise WrongState("Распоряжение ещё не выпущено: исполнять пока нечего.")
        return order
    columns = (Order.kind, Order.issuer_name, Order.number, Order.dated_on, Order.title, Order.issued_at)
    row = session.execute(on_day(select(*columns).where(Order.id == order.id), past)).one_or_none()
    if row is not None and row.dated_on is not None and row.issued_at is not None:
        return row
    raise not_yet_issued(past)


def genitive(issuer: str) -> str:
    """«министерства образования Сахалинской области»; empty for a name whose first word is not known."""
    head, _, rest = issuer.strip().partition(" ")
    turned = _GENITIVE.get(head.casefold())
    return f"{turned} {rest}".strip() if turned is not None else ""


def _municipality_name(kind: Any, name: str) -> str:
    return STRAIGHT_UNDER_REGION if kind == "region" else name


def _summary(
    session: Session, order_id: int, labels: dict[int, str], today: date, past: PastDay | None
) -> list[SummaryRow]:
    name = name_of(_MUNICIPALITY).label("name")
    keys: tuple[Any, ...] = (Assignment.municipality_id, _MUNICIPALITY.c.kind, name, Assignment.order_point_id)
    wanted = (
        select(*keys, Assignment.status, func.count().label("amount"), func.sum(is_late(today)).label("late"))
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assignment.municipality_id)
        .where(Assignment.order_id == order_id, Assignment.status != AssignmentStatus.WITHDRAWN)
        .group_by(*keys, Assignment.status)
    )
    tallies: dict[tuple[bool, str, str, int], Tally] = {}
    for row in session.execute(state_of(wanted, past)):
        shown = _municipality_name(row.kind, row.name)
        key = (row.kind == "region", folded(shown), shown, row.order_point_id)
        tallies.setdefault(key, Tally()).add(row.status, row.amount, int(row.late))
    return [
        SummaryRow(shown, labels[point_id], tally.total, tally.fulfilled, tally.overdue)
        for (_, _, shown, point_id), tally in sorted(tallies.items(), key=lambda one: one[0][:2])
    ]


def _last_final(order_id: int) -> Select[Any]:
    """The number of the last final report of each assignment; a recalled one was never sent."""
    return (
        select(func.max(AssignmentReport.id))
        .join(Assignment, Assignment.id == AssignmentReport.assignment_id)
        .where(
            Assignment.order_id == order_id,
            AssignmentReport.kind == ReportKind.FINAL,
            AssignmentReport.status != ReportStatus.RECALLED,
        )
        .group_by(AssignmentReport.assignment_id)
    )


def _details(  # noqa: PLR0917 - one caller, who hands over what it has
    session: Session,
    order_id: int,
    points: dict[int, PointHead],
    today: date,
    taken: list[int],
    past: PastDay | None,
) -> Iterator[DetailRow]:
    report = (
        select(AssignmentReport.assignment_id, AssignmentReport.id, AssignmentReport.reason)
        .where(AssignmentReport.id.in_(_last_final(order_id)))
        .subquery()
    )
    straight = (_MUNICIPALITY.c.kind == "region").label("straight")
    columns: tuple[Any, ...] = (
        Assignment.order_point_id,
        Assignment.status,
        Assignment.due_on,
        Assignment.done_on,
        Assignment.closing_reason,
        Assignment.responsible,
        is_late(today).label("late"),
        _MUNICIPALITY.c.kind.label("municipality_kind"),
        name_of(_MUNICIPALITY).label("municipality"),
        name_of(_UNIT).label("unit"),
        _UNIT.c.closed_on,
        report.c.id.label("report_id"),
        report.c.reason.label("report_reason"),
    )
    statement = (
        select(*columns)
        .join(_UNIT, _UNIT.c.id == Assignment.org_unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assignment.municipality_id)
        .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
        .outerjoin(report, report.c.assignment_id == Assignment.id)
        .where(Assignment.order_id == order_id)
        # The municipality itself stands before its schools.
        .order_by(
            straight,
            _MUNICIPALITY.c.name,
            Assignment.municipality_id,
            _UNIT.c.kind,
            _UNIT.c.name,
            Assignment.org_unit_id,
            OrderPoint.position,
            OrderPoint.id,
        )
    )
    result = session.execute(state_of(statement, past), execution_options={"yield_per": _AT_ONCE})
    for rows in result.partitions(_AT_ONCE):
        proofs = _proofs(session, [row.report_id for row in rows if row.report_id is not None], past)
        taken.append(len(rows))
        for row in rows:
            yield _detail(row, points[row.order_point_id], proofs, today)


def _detail(row: Any, point: PointHead, proofs: dict[int, list[str]], today: date) -> DetailRow:
    closed = f" (закрыта {row.closed_on:%d.%m.%Y})" if row.closed_on is not None and row.closed_on <= today else ""
    status: AssignmentStatus = row.status
    reason = row.closing_reason if status is AssignmentStatus.WITHDRAWN else row.report_reason or ""
    return DetailRow(
        municipality=_municipality_name(row.municipality_kind, row.municipality),
        unit=row.unit + closed,
        point_label=point.label,
        content=point.text,
        state=status,
        overdue=bool(row.late),
        due_on=row.due_on,
        due_label="без срока" if point.recurrence is None else point.term,
        done_on=row.done_on if status in FULFILLED_STATUSES else None,
        evidence="\n".join(proofs.get(row.report_id, ())),
        reason=reason,
        responsible=row.responsible,
    )


def _proofs(session: Session, report_ids: Sequence[int], past: PastDay | None) -> dict[int, list[str]]:
    """Labels of the pieces under each report, each link under its label."""
    if not report_ids:
        return {}
    wanted = (
        select(ReportEvidence.report_id, Evidence.title, Evidence.number, Evidence.dated_on, Evidence.url)
        .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
        .where(ReportEvidence.report_id.in_(report_ids))
        .order_by(ReportEvidence.report_id, Evidence.id)
    )
    found: dict[int, list[str]] = {}
    for report_id, title, numbered, dated_on, url in session.execute(state_of(wanted, past)):
        label = title + (f" № {numbered}" if numbered else "") + (f" от {dated_on:%d.%m.%Y}" if dated_on else "")
        lines = found.setdefault(report_id, [])
        if title != url:
            lines.append(label)
        if url:
            lines.append(url)
    return found
