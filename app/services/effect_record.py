"""The verdicts that stay with measures: written once the round that gives them is closed, read back for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.measure_effect import NOBODY, EffectFigures, GroupFigures, by_figures
from app.analysis.scoring import rounded
from app.models import CorrectiveMeasure, OrgUnit
from app.models.enumeration_of_measures import EffectVerdict, FigureSource, MeasureStatus
from app.services import clock
from app.services.effect_figures import Measured, measured
from app.services.effect_reading import Asked

WHOLE = 100
# As many are judged by one reading.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is written down: nothing of it will change any more."""

    effect: EffectVerdict
    round_id: int | None
    figures: dict[str, Any]


def asked_of(measure: CorrectiveMeasure) -> Asked | None:
    """What is asked of the rounds; None for a measure that is not done, or has no criterion."""
    if measure.done_on is None or measure.base_round_id is None or not measure.criterion_code:
        return None
    return Asked(measure.id, measure.region_id, measure.criterion_code, measure.base_round_id, measure.done_on)


def record_due(session: Session, *, today: date, region_id: int | None = None) -> int:
    """Verified measures whose round is closed, or whose figure needs none; how many verdicts are new or changed.

    For the clock and the demo, which act for nobody; `region_id` narrows to one region, `today` is its day.
    """
    wanted = select(CorrectiveMeasure.id).where(
        CorrectiveMeasure.status == MeasureStatus.VERIFIED, CorrectiveMeasure.figure_source != FigureSource.NONE
    )
    if region_id is not None:
        wanted = wanted.where(CorrectiveMeasure.region_id == region_id)
    numbers = session.scalars(wanted.order_by(CorrectiveMeasure.id)).all()
    batches = (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
    return sum(_record_batch(session, batch, today) for batch in batches)


def record_everywhere(session: Session, *, now: datetime) -> int:
    """Each region on its own day."""
    regions = session.execute(select(OrgUnit.id, OrgUnit.time_zone).where(OrgUnit.parent_id.is_(None))).all()
    return sum(record_due(session, today=clock.local(now, zone).date(), region_id=number) for number, zone in regions)


def recorded_figures(measure: CorrectiveMeasure) -> EffectFigures:
    """As they were written down with the verdict."""
    told = measure.effect_figures
    return EffectFigures(_group(told.get("treated")), _group(told.get("similar")), int(told.get("left_out", 0)))


def _record_batch(session: Session, numbers: Sequence[int], today: date) -> int:
    measures = session.scalars(select(CorrectiveMeasure).where(CorrectiveMeasure.id.in_(numbers))).all()
    judged = measured(session, _asked(measures))
    written = 0
    for one in measures:
        found = _final(one, judged)
        if found is not None and found != Conclusion(*_standing(one)):
            _write(one, found, today)
            written += 1
    session.flush()
    return written


def _asked(measures: Sequence[CorrectiveMeasure]) -> list[Asked]:
    return [one for measure in measures if (one := asked_of(measure)) is not None]


def _final(measure: CorrectiveMeasure, judged: dict[int, Measured]) -> Conclusion | None:
    """None while nothing is known for good."""
    found = judged.get(measure.id)
    if found is None:
        if measure.figure_source not in {FigureSource.METRIC, FigureSource.TYPED}:
            return None
        return Conclusion(by_figures(measure.figure_before, measure.figure_target, measure.figure_after), None, {})
    if found.later is None or not found.later.is_closed:
        return None
    figures = {"treated": _told(found.figures.treated), "similar": _told(found.figures.similar)}
    told: dict[str, Any] = {name: group for name, group in figures.items() if group is not None}
    if found.figures.left_out:
        told["left_out"] = found.figures.left_out
    return Conclusion(found.verdict, found.later.round_id, told)


def _standing(measure: CorrectiveMeasure) -> tuple[Any, int | None, dict[str, Any]]:
    return measure.effect, measure.effect_round_id, measure.effect_figures


def _write(measure: CorrectiveMeasure, found: Conclusion, today: date) -> None:
    measure.effect, measure.effect_on = found.effect, today
    measure.effect_round_id, measure.effect_figures = found.round_id, found.figures


def _told(group: GroupFigures) -> dict[str, Any] | None:
    """Means in percent of the best points, hundredths; None where nothing may be told."""
    if group.before is None or group.after is None:
        return None
    before, after = (str(rounded(one * WHOLE, 2)) for one in (group.before, group.after))
    return {"n": group.n, "before": before, "after": after}


def _group(told: dict[str, Any] | None) -> GroupFigures:
    if told is None:
        return NOBODY
    return GroupFigures(int(told["n"]), Fraction(told["before"]) / WHOLE, Fraction(told["after"]) / WHOLE)
