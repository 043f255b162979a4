"""What the annex «Реестр недостатков» says, in the asker's scope. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.documents.file_name import workbook_name
from app.excel.annexes.finding_register import TOTAL, CountLine, FindingLine, FindingRegister
from app.excel.sheet import Signature
from app.models import (
    Assignment,
    CorrectiveMeasure,
    Finding,
    FindingCause,
    MeasureFinding,
    MonitoringRound,
    Order,
    OrderPoint,
    OrgUnit,
)
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import FindingSource, FindingStatus, MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.order_head import as_people_sort, name_of

NO_CAUSE = "причина не указана"
NO_CRITERION = "вне критериев"

# The scope stands on the finding; a composite key ties its columns to the units, whose names are only labels.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_finding")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_finding")
_CAUSE = cast(Table, FindingCause.__table__).alias("cause_of_finding")
_ROUND = cast(Table, MonitoringRound.__table__).alias("round_of_finding")


@dataclass(frozen=True, slots=True)
class FindingAnnex:
    """The workbook's content; the journal keeps how many rows were taken, and by what they were narrowed."""

    content: FindingRegister
    narrowed: str

    @property
    def file_name(self) -> str:
        return workbook_name(f"Реестр недостатков на {self.content.as_of:%d.%m.%Y}")


def build(
    session: Session,
    actor: Actor,
    *,
    round_id: int | None = None,
    municipality_id: int | None = None,
    as_of: datetime,
) -> FindingAnnex:
    """`as_of` is a moment in the region's own zone. Raises NotFound for a round or a municipality out of scope."""
    actor.require(Permission.EXPORT)
    actor.require(Permission.FINDING_READ)
    lines = tuple(_narrowing(session, round_id, municipality_id))
    rows = list(session.execute(_wanted(round_id, municipality_id)))
    rows.sort(key=lambda row: (as_people_sort(row.municipality), as_people_sort(row.unit), row.Finding.id))
    measures = _measures(session, round_id, municipality_id)
    places = _assignments(session, round_id, municipality_id)
    findings = tuple(_line(row, measures.get(row.Finding.id, []), places) for row in rows)
    found = [(row, [one for one in measures.get(row.Finding.id, []) if _stands(one)]) for row in rows]
    content = FindingRegister(
        lines=lines,
        as_of=as_of,
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        findings=findings,
        by_criterion=tuple(_counted(found, lambda row: row.Finding.criterion_code or NO_CRITERION, NO_CRITERION)),
        by_cause=tuple(_counted(found, lambda row: row.cause or NO_CAUSE, NO_CAUSE)),
        total=_count(TOTAL, found),
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
    )
    return FindingAnnex(content, "; ".join(lines))


def _narrowing(session: Session, round_id: int | None, municipality_id: int | None) -> Iterable[str]:
    if round_id is not None:
        held = session.get(MonitoringRound, round_id)
        if held is None:
            raise NotFound
        yield f"Цикл: {held.title}"
    if municipality_id is not None:
        unit = session.get(OrgUnit, municipality_id)
        if unit is None or unit.kind not in {UnitKind.MUNICIPALITY, UnitKind.REGION}:
            raise NotFound
        yield unit.name


def _cut(round_id: int | None, municipality_id: int | None) -> list[Any]:
    cut: list[Any] = []
    if round_id is not None:
        cut.append(Finding.round_id == round_id)
    if municipality_id is not None:
        cut.append(Finding.municipality_id == municipality_id)
    return cut


def _wanted(round_id: int | None, municipality_id: int | None) -> Any:
    return (
        select(
            Finding,
            name_of(_UNIT).label("unit"),
            name_of(_MUNICIPALITY).label("municipality"),
            _CAUSE.c.title.label("cause"),
            _ROUND.c.title.label("round"),
        )
        .join(_UNIT, _UNIT.c.id == Finding.org_unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Finding.municipality_id)
        .outerjoin(_CAUSE, _CAUSE.c.id == Finding.cause_id)
        .outerjoin(_ROUND, _ROUND.c.id == Finding.round_id)
        .where(*_cut(round_id, municipality_id))
    )


def _measures(session: Session, round_id: int | None, municipality_id: int | None) -> dict[int, list[Any]]:
    rows = session.execute(
        select(
            MeasureFinding.finding_id,
            CorrectiveMeasure.title,
            CorrectiveMeasure.due_on,
            CorrectiveMeasure.status,
        )
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .join(CorrectiveMeasure, CorrectiveMeasure.id == MeasureFinding.measure_id)
        .where(*_cut(round_id, municipality_id))
        .order_by(CorrectiveMeasure.due_on, CorrectiveMeasure.id)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.finding_id, []).append(row)
    return found


def _assignments(session: Session, round_id: int | None, municipality_id: int | None) -> dict[int, str]:
    """The order and the point of each finding that was seen in an assignment."""
    rows = session.execute(
        select(Finding.id.label("finding_id"), Order, OrderPoint)
        .join(Assignment, Assignment.id == Finding.assignment_id)
        .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
        .join(Order, Order.id == OrderPoint.order_id)
        .where(*_cut(round_id, municipality_id))
    )
    return {row.finding_id: f"{row.Order.label}, пункт {row.OrderPoint.label}" for row in rows}


def _stands(measure: Any) -> bool:
    return measure.status is not MeasureStatus.CANCELLED


def _line(row: Any, measures: list[Any], places: dict[int, str]) -> FindingLine:
    finding: Finding = row.Finding
    regional = finding.municipality_id == finding.region_id
    return FindingLine(
        municipality="" if regional else row.municipality,
        unit=row.unit,
        seen_in=_seen_in(finding, row.round or "", places),
        text=finding.text,
        severity=finding.severity.label,
        cause=row.cause or "",
        found_on=finding.found_on,
        measures="\n".join(f"{one.title}, до {one.due_on:%d.%m.%Y}: {one.status.label}" for one in measures),
        status=finding.status.label,
        resolved_on=finding.resolved_on,
    )


def _seen_in(finding: Finding, round_title: str, places: dict[int, str]) -> str:
    if finding.source is FindingSource.CRITERION:
        return f"Критерий {finding.criterion_code}. {round_title}"
    if finding.source is FindingSource.ASSIGNMENT:
        return places.get(finding.id, finding.source.label)
    return f"{finding.source.label}: {finding.ground}" if finding.ground else finding.source.label


Found = tuple[Any, list[Any]]


def _counted(found: list[Found], key: Callable[[Any], str], last: str) -> Iterable[CountLine]:
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(key(one[0]), []).append(one)
    for name in sorted(groups, key=lambda name: (name == last, as_people_sort(name))):
        yield _count(name, groups[name])


def _count(name: str, found: list[Found]) -> CountLine:
    states = [row.Finding.status for row, _ in found]
    return CountLine(
        name=name,
        found=len(found),
        open=states.count(FindingStatus.OPEN),
        bare=sum(row.Finding.status is FindingStatus.OPEN and not measures for row, measures in found),
        resolved=states.count(FindingStatus.RESOLVED),
        dismissed=states.count(FindingStatus.DISMISSED),
    )
