"""What the annex «План мероприятий» says of measures, in the asker's scope and cut. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.analysis.measure_timeline import school_year, school_year_of
from app.documents.file_name import workbook_name
from app.excel.annexes.measure_plan import BareLine, MeasurePlan, PlanGroup, PlanLine
from app.excel.sheet import Signature
from app.models import CorrectiveMeasure, Evidence, Finding, FindingCause, MeasureEvidence, MeasureFinding
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import FigureSource, FindingStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import measure_figure
from app.services.measure_cut import MUNICIPALITY, STRAIGHT_UNDER_REGION, UNIT, MeasureCut
from app.services.measure_plan import of_year
from app.services.measure_summary import answered_findings
from app.services.order_head import as_people_sort, name_of

TITLE = "План мероприятий по устранению недостатков"
# More texts than these do not fit a cell that is to be read on paper.
MOST_TEXTS = 5
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class PlanAnnex:
    """The workbook's content; the journal keeps how many rows were taken."""

    content: MeasurePlan
    rows_taken: int

    @property
    def file_name(self) -> str:
        """«План мероприятий … на ДАТА.xlsx», without what a file system refuses."""
        return workbook_name(f"{self.content.title} на {self.content.as_of:%d.%m.%Y}")


def build(
    session: Session, actor: Actor, cut: MeasureCut, *, year: int | None, as_of: datetime, narrowed: str = ""
) -> PlanAnnex:
    """Of the school year that began in `year`, the present one if None; `narrowed` says the cut in words.

    `as_of` is a moment in the region's own zone. Cancelled measures stand in the plan with their state.
    """
    actor.require(Permission.EXPORT)
    actor.require(Permission.MEASURE_READ)
    today = as_of.date()
    begins = school_year_of(today) if year is None else year
    conditions = [*cut.conditions(today), of_year(begins, today)]
    rows = _measures(session, conditions)
    shown = select(CorrectiveMeasure.id).where(*conditions)
    findings, causes = _answered(session, shown)
    proof = _proof(session, shown)
    lines = [
        (row, _line(row, findings, causes, proof, today, told=measure_figure.told(actor, row.CorrectiveMeasure)))
        for row in rows
    ]
    groups = _groups(lines, actor.unit_id)
    bare = _bare(session, cut)
    first, last = school_year(begins)
    content = MeasurePlan(
        title=TITLE,
        lines=(f"с {first:%d.%m.%Y} по {last:%d.%m.%Y}",),
        as_of=as_of,
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        groups=groups,
        bare=bare,
        filter_label=narrowed,
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
    )
    return PlanAnnex(content, len(lines) + len(bare))


def _measures(session: Session, conditions: Collection[ColumnElement[bool]]) -> list[Any]:
    wanted = (
        select(
            CorrectiveMeasure,
            name_of(UNIT).label("unit"),
            name_of(MUNICIPALITY).label("municipality"),
            MUNICIPALITY.c.kind.label("place_kind"),
        )
        .join(UNIT, UNIT.c.id == CorrectiveMeasure.org_unit_id)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == CorrectiveMeasure.municipality_id)
        .where(*conditions)
        .order_by(CorrectiveMeasure.due_on, CorrectiveMeasure.id)
        .limit(MOST_ROWS)
    )
    return sorted(session.execute(wanted), key=_by_place)


def _by_place(row: Any) -> tuple[Any, ...]:
    """What the region does itself, then municipalities by name, each before its schools; in a unit by term."""
    measure = row.CorrectiveMeasure
    return (
        row.place_kind != UnitKind.REGION,
        as_people_sort(row.municipality),
        measure.municipality_id,
        measure.org_unit_id != measure.municipality_id,
        as_people_sort(row.unit),
        measure.org_unit_id,
        measure.due_on,
        measure.id,
    )


def _groups(lines: Sequence[tuple[Any, PlanLine]], asker_id: int | None) -> list[PlanGroup]:
    """By the unit that carries them out; a plan of the asker's own measures alone needs no heading."""
    groups = []
    for _, of_unit in groupby(lines, key=lambda pair: pair[0].CorrectiveMeasure.org_unit_id):
        pairs = list(of_unit)
        row = pairs[0][0]
        own = row.CorrectiveMeasure.org_unit_id == row.CorrectiveMeasure.municipality_id
        straight = row.place_kind == UnitKind.REGION
        name = row.unit if own or straight else f"{row.unit} ({row.municipality})"
        groups.append(PlanGroup(name, [line for _, line in pairs]))
    only_own = {row.CorrectiveMeasure.org_unit_id for row, _ in lines} == {asker_id}
    return [PlanGroup("", groups[0].lines)] if only_own else groups


def _line(
    row: Any,
    findings: dict[int, list[tuple[str, int]]],
    causes: dict[int, list[str]],
    proof: dict[int, list[str]],
    today: date,
    *,
    told: bool,
) -> PlanLine:
    held: CorrectiveMeasure = row.CorrectiveMeasure
    texts = [f"{text} ({count} орг.)" if count > 1 else text for text, count in findings.get(held.id, ())]
    return PlanLine(
        finding=_listed(texts),
        cause=_listed(causes.get(held.id, ())),
        measure=held.title,
        responsible="\n".join(filter(None, (held.responsible, held.responsible_position))),
        due_on=held.due_on,
        figure=_figure(held),
        before=held.figure_before if told else None,
        target=held.figure_target,
        after=held.figure_after if told else None,
        proof=_listed([*proof.get(held.id, ()), *((held.done_note,) if held.done_note else ())]),
        done_on=held.done_on,
        status=held.status.label,
        effect=held.effect.label if held.effect is not None else "",
        is_late=held.is_overdue(today) or held.was_late,
    )


def _listed(texts: Sequence[str]) -> str:
    shown = list(texts[:MOST_TEXTS])
    if len(texts) > MOST_TEXTS:
        shown.append(f"и ещё {len(texts) - MOST_TEXTS}")
    return "\n".join(shown)


def _figure(held: CorrectiveMeasure) -> str:
    if held.figure_source is FigureSource.CRITERION and not held.figure_name:
        return held.criterion_code
    return held.figure_name


def _answered(session: Session, shown: Any) -> tuple[dict[int, list[tuple[str, int]]], dict[int, list[str]]]:
    """By measure: wordings of its findings with the number of units that have each, and their causes."""
    rows = session.execute(
        select(
            MeasureFinding.measure_id,
            Finding.org_unit_id,
            Finding.criterion_code,
            Finding.text,
            FindingCause.title,
        )
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .outerjoin(FindingCause, FindingCause.id == Finding.cause_id)
        .where(MeasureFinding.measure_id.in_(shown))
        .order_by(MeasureFinding.measure_id, Finding.criterion_code, Finding.text, Finding.id)
    )
    units: dict[int, dict[str, set[int]]] = {}
    causes: dict[int, list[str]] = {}
    for number, unit_id, code, text, cause in rows:
        label = f"{code}. {text}" if code else text
        units.setdefault(number, {}).setdefault(label, set()).add(unit_id)
        of_measure = causes.setdefault(number, [])
        if cause and cause not in of_measure:
            of_measure.append(cause)
    return {number: [(label, len(who)) for label, who in labels.items()] for number, labels in units.items()}, causes


def _proof(session: Session, shown: Any) -> dict[int, list[str]]:
    rows = session.execute(
        select(MeasureEvidence.measure_id, Evidence.title, Evidence.number, Evidence.dated_on)
        .join(Evidence, Evidence.id == MeasureEvidence.evidence_id)
        .where(MeasureEvidence.measure_id.in_(shown))
        .order_by(MeasureEvidence.measure_id, Evidence.title, Evidence.id)
    )
    found: dict[int, list[str]] = {}
    for number, title, its_number, dated_on in rows:
        found.setdefault(number, []).append(Evidence(title=title, number=its_number, dated_on=dated_on).label)
    return found


def _bare(session: Session, cut: MeasureCut) -> list[BareLine]:
    """Open findings without a measure in the places and of the cause of the cut, of all years: they wait."""
    conditions: list[ColumnElement[bool]] = [
        Finding.status == FindingStatus.OPEN,
        Finding.id.not_in(answered_findings()),
    ]
    if cut.municipality_id is not None:
        conditions.append(Finding.municipality_id == cut.municipality_id)
    if cut.unit_id is not None:
        conditions.append(Finding.org_unit_id == cut.unit_id)
    if cut.cause_id is not None:
        conditions.append(Finding.cause_id == cut.cause_id)
    rows = session.execute(
        select(
            Finding.municipality_id,
            Finding.region_id,
            name_of(MUNICIPALITY).label("municipality"),
            name_of(UNIT).label("unit"),
            Finding.criterion_code,
            Finding.text,
            FindingCause.title.label("cause"),
            Finding.severity,
            Finding.found_on,
        )
        .join(UNIT, UNIT.c.id == Finding.org_unit_id)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == Finding.municipality_id)
        .outerjoin(FindingCause, FindingCause.id == Finding.cause_id)
        .where(*conditions)
        .order_by(Finding.id)
        .limit(MOST_ROWS)
    )
    lines = [
        BareLine(
            municipality=STRAIGHT_UNDER_REGION if row.municipality_id == row.region_id else row.municipality,
            unit=row.unit,
            finding=f"{row.criterion_code}. {row.text}" if row.criterion_code else row.text,
            cause=row.cause or "",
            severity=row.severity.label,
            found_on=row.found_on,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (as_people_sort(line.municipality), as_people_sort(line.unit), line.found_on))
