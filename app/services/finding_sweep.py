"""All answers of a round below a threshold, seen beforehand and written down as findings in one act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Select, Table, func, select, type_coerce
from sqlalchemy.orm import Session

from app.models import Assessment, Criterion, CriterionScore, Finding, OrgUnit
from app.models.enumeration import AssessmentStatus, UnitKind
from app.models.enumeration_of_measures import FindingSeverity, FindingSource, FindingStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound
from app.services.finding_details import TypedFinding, tidied
from app.services.finding_proposal import worded
from app.services.framework_contents import CriterionView, contents
from app.services.order_head import as_people_sort, name_of
from app.services.round_sheets import SENT, SETTLED, round_head

WHOLE = Decimal(100)
# What one act writes at most; the preview says so.
MOST_SWEPT = 3_000

# The scope stands on the sheet; a composite key ties its columns to the units, whose names are only labels.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_weak")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_weak")


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """The most percent of the best points at which a weakness is still critical, and still major; beyond it, minor."""

    critical_to: Decimal = Decimal(0)
    major_to: Decimal = Decimal(50)

    def of(self, points: Decimal, best: Decimal) -> FindingSeverity:
        earned = points * WHOLE
        if earned <= self.critical_to * best:
            return FindingSeverity.CRITICAL
        return FindingSeverity.MAJOR if earned <= self.major_to * best else FindingSeverity.MINOR


@dataclass(frozen=True, slots=True)
class WeakRow:
    """`finding_id` where the weakness is written down already and not dismissed; `text` as it would be written."""

    score_id: int
    assessment_id: int
    org_unit_id: int
    unit: str
    municipality_id: int
    municipality: str
    # A school straight under its region carries the region as its municipality.
    is_regional: bool
    status: AssessmentStatus
    criterion: CriterionView
    points: Decimal
    text: str
    finding_id: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row; `code` of its criterion."""

    score_id: int
    label: str
    ok: bool
    sentence: str
    code: str = ""


def weak(
    session: Session,
    actor: Actor,
    round_id: int,
    *,
    below: Decimal | None = None,
    at_most: Decimal | None = None,
    criterion_ids: Collection[int] = (),
    municipality_id: int | None = None,
    kind: UnitKind | None = None,
    also_submitted: bool = False,
) -> list[WeakRow]:
    """Answers of accepted sheets below `below` percent of the best points (strictly), or of at most `at_most` points.

    A fixed number of statements. «Неприменимо» and criteria that the sheet does not have are no weakness.
    Raises NotFound for a round out of scope, Invalid where no threshold is given.
    """
    actor.require(Permission.FINDING_READ)
    head = round_head(session, round_id)
    narrowed = [_weak_enough(below, at_most), *_cut(criterion_ids, municipality_id, kind)]
    wanted = _answers(round_id, also_submitted=also_submitted).where(*narrowed)
    return _rows(session, head.framework_id, wanted)


def sweep(
    session: Session,
    actor: Actor,
    round_id: int,
    chosen: Collection[int],
    *,
    severity: SeverityRule | FindingSeverity,
    cause_id: int | None = None,
    today: date,
    also_submitted: bool = False,
) -> list[Verdict]:
    """A finding for each chosen answer, and a verdict for each; what is written down already is left as it stands.

    `severity` one for all, or by the share. Raises NotFound where an answer is not of this round or out of scope:
    then nothing is written; Invalid.
    """
    actor.require(Permission.FINDING_WRITE)
    head = round_head(session, round_id)
    numbers = sorted(set(chosen))
    if not numbers:
        raise Invalid("Отметьте хотя бы одну строку.", field="score")
    if len(numbers) > MOST_SWEPT:
        raise Invalid(f"За один раз записывается не больше {MOST_SWEPT} недостатков: сузьте выбор.", field="score")
    session.flush()
    # Held in one order whoever asks; the same weakness written down by another person is seen here.
    held = select(CriterionScore.id).where(CriterionScore.id.in_(numbers)).order_by(CriterionScore.id)
    if len(session.execute(held.with_for_update()).all()) != len(numbers):
        raise NotFound
    wanted = _answers(round_id, also_submitted=also_submitted).where(CriterionScore.id.in_(numbers))
    rows = {row.score_id: row for row in _rows(session, head.framework_id, wanted)}
    _require_of_round(session, round_id, numbers)
    checked = tidied(
        session,
        TypedFinding("проверка", FindingSeverity.MAJOR, cause_id=cause_id),
        today=today,
        sources=None,
    )
    verdicts = []
    for number in numbers:
        row = rows.get(number)
        obstacle = _obstacle(row)
        label = f"{row.unit}: {row.criterion.code}. {row.criterion.title}" if row is not None else "Оценка"
        code = row.criterion.code if row is not None else ""
        verdicts.append(Verdict(number, label, not obstacle, obstacle or "Записан", code))
        if row is not None and not obstacle:
            made = _finding(row, severity, found_on=today, cause_id=checked.cause_id)
            made.found_by_unit_id, made.found_by = actor.unit_id or 0, actor.signature
            made.round_id = head.id
            session.add(made)
    session.flush()
    return verdicts


def _obstacle(row: WeakRow | None) -> str:
    if row is None:
        return "Лист отозван, возвращён или ещё не проверен."
    if row.finding_id is not None:
        return "Недостаток уже записан."
    return "Теперь по критерию наивысший балл." if row.points >= row.criterion.max_points else ""


def _finding(
    row: WeakRow, severity: SeverityRule | FindingSeverity, *, found_on: date, cause_id: int | None
) -> Finding:
    by_share = severity.of(row.points, row.criterion.max_points) if isinstance(severity, SeverityRule) else severity
    return Finding(
        org_unit_id=row.org_unit_id,
        source=FindingSource.CRITERION,
        score_id=row.score_id,
        criterion_id=row.criterion.id,
        criterion_code=row.criterion.code,
        text=row.text,
        severity=by_share,
        cause_id=cause_id,
        found_on=found_on,
    )


def _weak_enough(below: Decimal | None, at_most: Decimal | None) -> ColumnElement[bool]:
    # Decimals are whole hundredths in the database: both sides are compared as such, exactly.
    points = type_coerce(CriterionScore.final_points, BigInteger)
    if below is not None:
        best = type_coerce(Criterion.max_points, BigInteger)
        return points * int(WHOLE * WHOLE) < int(below * WHOLE) * best
    if at_most is not None:
        return CriterionScore.final_points <= at_most
    raise Invalid("Укажите порог: процент от наивысшего балла или сам балл.", field="below")


def _cut(
    criterion_ids: Collection[int], municipality_id: int | None, kind: UnitKind | None
) -> Sequence[ColumnElement[bool]]:
    cut: list[ColumnElement[bool]] = []
    if criterion_ids:
        cut.append(CriterionScore.criterion_id.in_(sorted(criterion_ids)))
    if municipality_id is not None:
        cut.append(Assessment.municipality_id == municipality_id)
    if kind is not None:
        cut.append(Assessment.sheet_kind == kind)
    return cut


def _answers(round_id: int, *, also_submitted: bool) -> Select[Any]:
    standing = (
        select(Finding.id)
        .where(Finding.score_id == CriterionScore.id, Finding.status != FindingStatus.DISMISSED)
        .correlate(CriterionScore)
        .scalar_subquery()
    )
    return (
        select(
            CriterionScore,
            Assessment.id.label("assessment_id"),
            Assessment.status,
            Assessment.sheet_kind,
            func.coalesce(Assessment.was_small, _UNIT.c.is_small).label("is_small"),
            name_of(_UNIT).label("unit"),
            name_of(_MUNICIPALITY).label("municipality"),
            standing.label("finding_id"),
        )
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .join(Criterion, Criterion.id == CriterionScore.criterion_id)
        .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assessment.municipality_id)
        .where(
            Assessment.round_id == round_id,
            Assessment.status.in_(sorted(SENT if also_submitted else SETTLED)),
            CriterionScore.final_points.is_not(None),
        )
    )


def _rows(session: Session, framework_id: int, wanted: Select[Any]) -> list[WeakRow]:
    """By criterion as the set has them, then as people sort names."""
    whole = contents(session, framework_id)
    place = {one.id: rank for rank, one in enumerate(whole.criteria)}
    found = []
    for row in session.execute(wanted):
        score: CriterionScore = row.CriterionScore
        criterion = whole.by_id.get(score.criterion_id)
        if criterion is None or not criterion.applies_to(row.sheet_kind, is_small=bool(row.is_small)):
            continue
        found.append(
            WeakRow(
                score_id=score.id,
                assessment_id=row.assessment_id,
                org_unit_id=score.org_unit_id,
                unit=row.unit,
                municipality_id=score.municipality_id,
                municipality=row.municipality,
                is_regional=score.municipality_id == score.region_id,
                status=row.status,
                criterion=criterion,
                points=score.final_points or Decimal(0),
                text=worded(criterion, score),
                finding_id=row.finding_id,
            )
        )
    names = {row.org_unit_id: as_people_sort(row.unit) for row in found}
    return sorted(found, key=lambda row: (place[row.criterion.id], names[row.org_unit_id], row.score_id))


def _require_of_round(session: Session, round_id: int, numbers: Sequence[int]) -> None:
    of_round = (
        select(func.count())
        .select_from(CriterionScore)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .where(CriterionScore.id.in_(numbers), Assessment.round_id == round_id)
    )
    if session.scalar(of_round) != len(numbers):
        raise NotFound
