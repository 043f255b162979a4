"""Measured criteria: what the system counts from its own records, and the rows behind the number.

Sources of the rules: product.md «Measured points», domain facts §1.5. Training is counted in
services/metric_training.py; until the records of assessment calendars exist, calendars are not counted at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.analysis.scoring import rounded
from app.models import Assessment, AssignmentReport, CriterionScore, Evidence, OrgUnit, ReportEvidence
from app.models.enumeration import EvidenceKind, Metric, ReportStatus, ScaleKind, ScoreSource, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound
from app.services import metric_training
from app.services.assessment_access import Whole, new_score, scores_of, whole
from app.services.assessment_answer import to_fill
from app.services.assessment_result import is_answered, judge_anew, refresh, settle
from app.services.assessment_value import worth
from app.services.framework_contents import CriterionView
from app.services.metric_row import CountedRow

PUBLISHED = (EvidenceKind.LOCAL_ACT, EvidenceKind.SITE_PAGE)


@dataclass(frozen=True, slots=True)
class Counted:
    """`value` on the criterion's scale, None where nothing can be counted; `sentence` says of what, or why not."""

    value: Decimal | None
    sentence: str
    rows: tuple[CountedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """`pieces` finds what was looked at in all the units by one statement, by unit; `rule` says it to people."""

    rule: str
    pieces: Callable[[Session, Sequence[int], date], Mapping[int, list[CountedRow]]]


def _published(session: Session, unit_ids: Sequence[int], today: date) -> Mapping[int, list[CountedRow]]:
    del today
    accepted = (
        select(ReportEvidence.evidence_id)
        .join(AssignmentReport, AssignmentReport.id == ReportEvidence.report_id)
        .where(AssignmentReport.status == ReportStatus.ACCEPTED)
    )
    rows = session.execute(
        select(Evidence, Evidence.id.in_(accepted).label("accepted"))
        .where(Evidence.org_unit_id.in_(unit_ids), Evidence.kind.in_(PUBLISHED))
        .order_by(Evidence.id)
    )
    found: dict[int, list[CountedRow]] = {}
    for piece, is_accepted in rows:
        why = "" if is_accepted else "нет в принятых отчётах"
        _note(found, piece, "нет ссылки на страницу сайта" if not piece.url else why)
    return found


def _note(found: dict[int, list[CountedRow]], piece: Evidence, flaw: str) -> None:
    row = CountedRow(piece.label, not flaw, flaw, piece.org_unit_id, piece.id, piece.url)
    found.setdefault(piece.org_unit_id, []).append(row)


METRICS: Mapping[Metric, Counter] = {
    Metric.DOCUMENTS_PUBLISHED: Counter(
        "Считаются локальные акты и страницы сайта со ссылкой, приложенные к принятым отчётам.", _published
    ),
    Metric.HEAD_TRAINED: Counter(metric_training.RULE, metric_training.trained),
}
NOT_YET = {
    Metric.CALENDAR_BALANCED: "Пока не считается: записей графиков ещё нет. Ответьте сами.",
}


def can_count(metric: Metric | None) -> bool:
    return metric in METRICS


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: by municipality its schools that work on the day, by metric and unit the records."""

    schools: Mapping[int, Mapping[int, str]]
    pieces: Mapping[Metric, Mapping[int, list[CountedRow]]]


def look(session: Session, units: Collection[OrgUnit], metrics: Collection[Metric | None], *, today: date) -> Looked:
    """One statement for each metric that is counted, one for the schools of municipalities, whatever the units."""
    schools = _schools(session, [unit.id for unit in units if unit.kind is UnitKind.MUNICIPALITY], today)
    asked = {unit.id for unit in units if unit.kind is not UnitKind.MUNICIPALITY}.union(*schools.values())
    counters = ((metric, one) for metric, one in METRICS.items() if metric in metrics)
    return Looked(schools, {metric: one.pieces(session, sorted(asked), today) for metric, one in counters})


def count(session: Session, unit: OrgUnit, criterion: CriterionView, *, today: date) -> Counted:
    """What the system counts of the unit on that day, on the criterion's scale, with the rows behind it."""
    return counted(look(session, [unit], [criterion.metric], today=today), unit, criterion)


def counted(looked: Looked, unit: OrgUnit, criterion: CriterionView) -> Counted:
    """The same of what was looked at. A school has it or has it not; a municipality by the share of its schools that
    work on the day: 0–1–2, yes or no and chosen levels are the best only when all have it.
    """
    counter = METRICS.get(criterion.metric) if criterion.metric is not None else None
    if counter is None or criterion.metric is None:
        return Counted(
            None, NOT_YET.get(criterion.metric, "Этот критерий система не считает.") if criterion.metric else ""
        )
    found = looked.pieces[criterion.metric]
    if unit.kind is not UnitKind.MUNICIPALITY:
        rows = tuple(found.get(unit.id, ()))
        has = sum(row.counts for row in rows)
        return on_scale(criterion, Counted(None, f"{counter.rule} Найдено: {has}.", rows), 1 if has else 0, 1)
    schools = looked.schools.get(unit.id, {})
    rows = tuple(_school_row(number, name, found.get(number, ())) for number, name in schools.items())
    has = sum(row.counts for row in rows)
    if not rows:
        return Counted(None, f"{counter.rule} Действующих школ в муниципалитете нет: считать не из чего.")
    sentence = f"{counter.rule} Школ, у которых они есть: {has} из {len(rows)}."
    return on_scale(criterion, Counted(None, sentence, rows), has, len(rows))


def _school_row(number: int, name: str, pieces: Sequence[CountedRow]) -> CountedRow:
    has = [piece for piece in pieces if piece.counts]
    if has:
        more = f" и ещё {len(has) - 1}" if len(has) > 1 else ""
        return CountedRow(name, counts=True, why=f"{has[0].label}{more}", unit_id=number)
    why = f"{pieces[0].label}: {pieces[0].why}" if pieces else "таких записей нет"
    return CountedRow(name, counts=False, why=why, unit_id=number)


def _schools(session: Session, municipality_ids: Collection[int], today: date) -> dict[int, dict[int, str]]:
    """By municipality, the schools that work on the day."""
    found: dict[int, dict[int, str]] = {number: {} for number in municipality_ids}
    if not found:
        return found
    rows = session.execute(
        select(OrgUnit.municipality_id, OrgUnit.id, OrgUnit.name, OrgUnit.short_name)
        .where(
            OrgUnit.municipality_id.in_(found),
            OrgUnit.kind == UnitKind.SCHOOL,
            or_(OrgUnit.opened_on.is_(None), OrgUnit.opened_on <= today),
            or_(OrgUnit.closed_on.is_(None), OrgUnit.closed_on > today),
        )
        .order_by(OrgUnit.name, OrgUnit.id)
    )
    for row in rows:
        found[row.municipality_id][row.id] = row.short_name or row.name
    return found


def on_scale(criterion: CriterionView, counted: Counted, has: int, of: int) -> Counted:
    """The count as an answer; one that the scale does not take is told and not given."""
    value = answer_of(criterion, has, of)
    try:
        worth(criterion, value)
    except Invalid:
        return replace(counted, sentence=f"{counted.sentence} На шкалу критерия это число не ложится: ответьте сами.")
    return replace(counted, value=value)


def answer_of(criterion: CriterionView, has: int, of: int) -> Decimal:
    if criterion.scale is ScaleKind.SHARE:
        return rounded(100 * Fraction(has, of), 2) or Decimal(0)
    if criterion.scale is ScaleKind.NUMBER:
        return Decimal(has)
    if criterion.scale is ScaleKind.YES_NO:
        return Decimal(int(has == of))
    ranked = sorted(criterion.levels, key=lambda level: (level.points, level.threshold))
    if not ranked:
        return Decimal(-1)
    return (ranked[-1] if has == of else ranked[0]).threshold


def fill_measured(session: Session, actor: Actor, assessment: Assessment, *, now: datetime, today: date) -> int:
    """Counts the measured criteria of the unit's own sheet anew; how many answers it gave or changed.

    What the unit disputed, or had answered by itself before, keeps its value: only what was counted is told beside it.
    Raises NotPermitted, WrongState (state, window).
    """
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    metrics = {criterion.metric for criterion in held.criteria.values()}
    given = fill(session, held, look(session, [held.unit], metrics, today=today), now=now)
    if given:
        held.assessment.started_at = held.assessment.started_at or now
        session.flush()
    return given


def fill(session: Session, held: Whole, looked: Looked, *, now: datetime) -> int:
    """The counting itself, for a sheet that is held for a change; it does not make the sheet a begun one."""
    scores = scores_of(session, held.assessment)
    told = given = 0
    for criterion in held.criteria.values():
        if not can_count(criterion.metric):
            continue
        value = counted(looked, held.unit, criterion).value
        score = scores.get(criterion.id)
        if value is None or (score is not None and score.counted_value == value):
            continue
        score = score or new_score(session, held.assessment, criterion.id)
        score.pending_action = ("count", "")
        told += 1
        score.counted_value, score.counted_at = value, now
        if is_answered(score) and (score.source is not ScoreSource.COUNTED or score.dispute_reason):
            continue
        _give(score, criterion, value, now)
        given += 1
    if told:
        refresh(session, held.assessment, held)
    return given


def _give(score: CriterionScore, criterion: CriterionView, value: Decimal, now: datetime) -> None:
    if (score.value, score.is_na) != (value, False):
        judge_anew(score)
    score.value, score.points = value, worth(criterion, value)
    score.is_na, score.na_reason = False, ""
    score.source, score.carried_from_id = ScoreSource.COUNTED, None
    score.answered_at, score.answered_by = now, "Посчитано системой"
    settle(score)


def rows_of(session: Session, actor: Actor, assessment: Assessment, criterion_id: int, *, today: date) -> Counted:
    """What the number would be today, and the rows behind it in the actor's scope. Raises NotFound."""
    actor.require(Permission.ASSESSMENT_READ)
    held = whole(session, assessment)
    criterion = held.criterion(criterion_id)
    if criterion.metric is None:
        raise NotFound
    return count(session, held.unit, criterion, today=today)
