"""The control figure of a measure, where the system can count it: the mean points of a criterion, or a metric's share.

Everything is read through the row scope: a unit that carries out a measure for others counts what it sees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.scoring import rounded
from app.models import (
    Assessment,
    CorrectiveMeasure,
    Criterion,
    CriterionScore,
    Framework,
    MeasureUnit,
    MonitoringRound,
    OrgUnit,
)
from app.models.enumeration import Metric, RoundStatus, UnitKind
from app.models.enumeration_of_measures import FigureSource
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.scope import contains
from app.services import metric as metrics
from app.services.round_sheets import SETTLED

# What the system counts over the units that a measure is for.
COUNTED = frozenset({FigureSource.CRITERION, FigureSource.METRIC})


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is None where nothing can be counted; `sentence` says of what it is, or why there is none."""

    value: Decimal | None
    sentence: str
    round_id: int | None = None


def told(actor: Actor, measure: Any) -> bool:
    """Whether «было» and «стало» may be told: what the system counts is a mean over the measure's units, and to one of
    them, which knows its own, it would tell of the others. `measure` is a row, or a view with the names of its columns.
    """
    return measure.figure_source not in COUNTED or contains(actor, measure)


def shown(value: Decimal | None) -> str:
    """«1,5», «2»; a dash for none."""
    if value is None:
        return "—"
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def name_of_criterion(code: str, title: str) -> str:
    return f"Средний балл по критерию {code}. {title}"[:500]


def name_of_metric(metric: Metric) -> str:
    return f"Доля организаций, в которых {metric.label}, %"


def before(session: Session, actor: Actor, criterion_code: str, base_round_id: int, unit_ids: Sequence[int]) -> Figure:
    """The mean final points of the units' checked sheets in that round, half up to hundredths."""
    actor.require(Permission.MEASURE_READ)
    return _mean(session, criterion_code, base_round_id, unit_ids)


def now(
    session: Session,
    actor: Actor,
    criterion_code: str,
    base_round_id: int,
    unit_ids: Sequence[int],
) -> Figure:
    """The same of the newest later round of the same issuer with that criterion in which any of them is checked."""
    actor.require(Permission.MEASURE_READ)
    base = session.get(MonitoringRound, base_round_id)
    if base is None:
        return Figure(None, "Мониторинг, в котором видна слабость, вам не виден.")
    later = session.scalars(
        select(MonitoringRound.id)
        .join(Framework, Framework.id == MonitoringRound.framework_id)
        .join(Criterion, Criterion.framework_id == Framework.id)
        .where(
            MonitoringRound.org_unit_id == base.org_unit_id,
            MonitoringRound.opens_on > base.opens_on,
            MonitoringRound.status != RoundStatus.DRAFT,
            Criterion.code == criterion_code,
        )
        .order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc())
    ).all()
    for round_id in later:
        figure = _mean(session, criterion_code, round_id, unit_ids)
        if figure.value is not None:
            return figure
    return Figure(None, "Следующего мониторинга с проверенными листами ещё не было: введите значение сами.")


def counted(session: Session, actor: Actor, metric: Metric, unit_ids: Sequence[int], *, today: date) -> Figure:
    """In percent, the units that have what the metric counts; a municipality stands for its working schools."""
    actor.require(Permission.MEASURE_READ)
    return _shares(session, metric, {0: unit_ids}, today)[0]


def _shares(session: Session, metric: Metric, groups: Mapping[int, Sequence[int]], today: date) -> dict[int, Figure]:
    """The same for each group of units, looked at together."""
    numbers = {number for unit_ids in groups.values() for number in unit_ids}
    units = {unit.id: unit for unit in session.scalars(select(OrgUnit).where(OrgUnit.id.in_(numbers)))}
    looked = metrics.look(session, list(units.values()), {metric}, today=today)
    return {
        key: _share(looked, metric, [units[number] for number in unit_ids if number in units])
        for key, unit_ids in groups.items()
    }


def _share(looked: metrics.Looked, metric: Metric, units: Sequence[OrgUnit]) -> Figure:
    pieces = looked.pieces.get(metric)
    schools = (looked.schools.get(unit.id, {}) for unit in units if unit.kind is UnitKind.MUNICIPALITY)
    numbers = {unit.id for unit in units if unit.kind is not UnitKind.MUNICIPALITY}.union(*schools)
    if not numbers or pieces is None:
        return Figure(None, "Считать не из чего: введите значение сами.")
    has = sum(any(row.counts for row in pieces.get(number, ())) for number in numbers)
    told = f"Посчитано системой: {has} из {len(numbers)} организаций."
    return Figure(rounded(100 * Fraction(has, len(numbers)), 2), told)


def first_values(
    session: Session,
    actor: Actor,
    groups: Mapping[int, Sequence[int]],
    *,
    criterion: tuple[str, int] | None,
    metric: Metric | None,
    today: date,
) -> dict[int, Decimal | None]:
    """«Было» of measures for groups of units, by a fixed number of statements; `criterion` is (code, round)."""
    actor.require(Permission.MEASURE_READ)
    if criterion is not None:
        numbers = {number for unit_ids in groups.values() for number in unit_ids}
        points = _points(session, *criterion, numbers)[0]
        return {
            key: _mean_of([points[number] for number in unit_ids if number in points])
            for key, unit_ids in groups.items()
        }
    if metric is not None:
        return {key: figure.value for key, figure in _shares(session, metric, groups, today).items()}
    return dict.fromkeys(groups)


def after(session: Session, actor: Actor, measure: CorrectiveMeasure, *, today: date) -> Figure:
    """What the figure is now: proposed when the measure is reported done."""
    unit_ids = session.scalars(select(MeasureUnit.org_unit_id).where(MeasureUnit.measure_id == measure.id)).all()
    if measure.figure_source is FigureSource.METRIC and measure.metric is not None:
        return counted(session, actor, measure.metric, unit_ids, today=today)
    if measure.figure_source is FigureSource.CRITERION and measure.base_round_id is not None:
        return now(session, actor, measure.criterion_code, measure.base_round_id, unit_ids)
    return Figure(None, "Этот показатель вносится вручную.")


def _mean(session: Session, criterion_code: str, round_id: int, unit_ids: Sequence[int]) -> Figure:
    points, title = _points(session, criterion_code, round_id, unit_ids)
    if not points:
        return Figure(None, "Проверенных листов с этим критерием нет: введите значение сами.", round_id)
    told = f"Посчитано по мониторингу «{title}», проверенных листов: {len(points)}."
    return Figure(_mean_of(list(points.values())), told, round_id)


def _mean_of(points: Sequence[Decimal]) -> Decimal | None:
    total = sum((Fraction(value) for value in points), Fraction(0))
    return rounded(total / len(points), 2) if points else None


def _points(
    session: Session, criterion_code: str, round_id: int, unit_ids: Collection[int]
) -> tuple[dict[int, Decimal], str]:
    """Final points by unit, of checked sheets, and the title of the round."""
    rows = session.execute(
        select(Assessment.org_unit_id, CriterionScore.final_points, MonitoringRound.title)
        .join(CriterionScore, CriterionScore.assessment_id == Assessment.id)
        .join(Criterion, Criterion.id == CriterionScore.criterion_id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .where(
            Assessment.round_id == round_id,
            Assessment.org_unit_id.in_(unit_ids),
            Assessment.status.in_(SETTLED),
            Criterion.code == criterion_code,
        )
    ).all()
    points = {row.org_unit_id: row.final_points for row in rows if row.final_points is not None}
    return points, rows[0].title if rows else ""
