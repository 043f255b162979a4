"""Whether measures helped: what the next round shows, compared with similar units that took no such measure.

The rule stands in analysis/measure_effect.py, its thresholds in measure_effect_rule.json. «The next round» is the first
one of the same holder, opened after the round in which the weakness was seen, by a set of the same maker with the same
criterion, in which a unit of the measure has an accepted sheet that was sent on the day of doing or later. A figure
that is no criterion's is judged by its target alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.analysis.measure_effect import NOBODY, EffectFigures, EffectRule, GroupFigures, by_figures
from app.models import Assessment, CorrectiveMeasure, CriterionScore, MeasureUnit, MonitoringRound, OrgUnit
from app.models.enumeration_of_measures import EffectVerdict, FigureSource, MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import effect_words as words
from app.services import measure_figure
from app.services.effect_figures import NOTHING, Measured, effect_rule, measured
from app.services.effect_record import asked_of, recorded_figures
from app.services.order_head import as_people_sort, name_of
from app.services.round_sheets import SETTLED

# The scope stands on the row; a composite key ties its columns to the unit, whose name is only a label.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_measure")


@dataclass(frozen=True, slots=True)
class TreatedRow:
    """A unit of the measure in the asker's scope; points of the criterion before and after, None: none that count."""

    unit_id: int
    unit: str
    before: Decimal | None = None
    after: Decimal | None = None
    before_sheet_id: int | None = None
    after_sheet_id: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """`verdict` None: it is too early to ask. `why` is the sentence of «мало данных», `sentence` says the whole.

    `figures`: means of shares of the best points; the treated stand there without means where so few of them are
    outside the asker's scope that the means would tell of one. `by_figure`: no round, the figure's target decides.
    """

    verdict: EffectVerdict | None
    sentence: str
    why: str = ""
    is_recorded: bool = False
    by_figure: bool = False
    figures: EffectFigures = NOTHING
    rows: tuple[TreatedRow, ...] = ()
    base_round: tuple[int, str] | None = None
    later_round: tuple[int, str] | None = None
    best_before: Decimal | None = None
    best_after: Decimal | None = None
    measured_on: date | None = None
    recorded_on: date | None = None
    # Whether the round that says it is closed: nothing of it will change.
    is_final: bool = False
    rule: EffectRule | None = None

    @property
    def is_preliminary(self) -> bool:
        return self.verdict is not None and not self.is_recorded


def effect_of(session: Session, actor: Actor, measure: CorrectiveMeasure, *, today: date) -> Effect:
    """For the page of a measure. Raises NotPermitted."""
    return effects_of(session, actor, [measure], today=today)[measure.id]


def effects_of(
    session: Session, actor: Actor, measures: Sequence[CorrectiveMeasure], *, today: date
) -> dict[int, Effect]:
    """By the number of the measure, which comes from a guarded session; seven statements whatever their number.

    Of units outside the asker's scope only counts and means are told, and only of enough units. Raises NotPermitted.
    """
    actor.require(Permission.MEASURE_READ)
    asked = [one for measure in measures if (one := asked_of(measure)) is not None]
    found = measured(session, asked)
    rows = _rows(session, found)
    titles = _titles(session, found.values())
    return {
        measure.id: _of_rounds(measure, found[measure.id], rows.get(measure.id, ()), titles)
        if measure.id in found
        else _of_figure(measure, actor, today)
        for measure in measures
    }


def _of_figure(measure: CorrectiveMeasure, actor: Actor, today: date) -> Effect:
    """Of a measure that rounds do not measure; its values only to whom the figure may be told."""
    if measure.status is MeasureStatus.CANCELLED:
        return Effect(None, "Мера отменена: эффекта от неё нет.")
    if measure.done_on is None:
        late = f", хотя срок прошёл {measure.due_on:%d.%m.%Y}" if measure.is_overdue(today) else ""
        return Effect(None, f"Мера ещё не выполнена{late}: об эффекте судить рано.")
    if measure.figure_source is FigureSource.NONE:
        why = "У меры нет контрольного показателя: сравнивать нечего."
        return Effect(EffectVerdict.TOO_LITTLE, why, why)
    verdict = by_figures(measure.figure_before, measure.figure_target, measure.figure_after)
    why = words.lacking_figure(measure) if verdict is EffectVerdict.TOO_LITTLE else ""
    return Effect(
        measure.effect or verdict,
        why or words.figure_sentence(measure, verdict, told=measure_figure.told(actor, measure)),
        why,
        is_recorded=measure.effect is not None,
        by_figure=True,
        measured_on=measure.done_on,
        recorded_on=measure.effect_on,
        is_final=True,
    )


def _of_rounds(
    measure: CorrectiveMeasure, found: Measured, rows: Sequence[TreatedRow], titles: Mapping[int, str]
) -> Effect:
    rule, code = effect_rule(), measure.criterion_code
    is_recorded = measure.effect is not None
    figures = recorded_figures(measure) if is_recorded else found.figures
    verdict = measure.effect or found.verdict
    why = ""
    if verdict is EffectVerdict.TOO_LITTLE:
        missing = None if is_recorded else found.missing
        why = words.why_too_little(missing, code, cast(date, measure.done_on), rule)
    told = replace(figures, treated=_told_of(figures, rows, rule))
    later = found.later
    return Effect(
        verdict,
        why or words.sentence(verdict, told, rule),
        why,
        is_recorded=is_recorded,
        figures=told,
        rows=tuple(rows),
        base_round=_named(titles, measure.base_round_id),
        later_round=_named(titles, measure.effect_round_id or (later.round_id if later else None)),
        best_before=found.base.max_points if found.base else None,
        best_after=later.max_points if later else None,
        measured_on=found.measured_on,
        recorded_on=measure.effect_on,
        is_final=later is not None and later.is_closed,
        rule=rule,
    )


def _told_of(figures: EffectFigures, rows: Sequence[TreatedRow], rule: EffectRule) -> GroupFigures:
    """The mean, unless taking the asker's own units away from it would leave the mean of too few others.

    Whose units were left out is not known here: then the mean is told to whoever sees all of them.
    """
    own = sum(row.before is not None and row.after is not None for row in rows)
    others = figures.treated.n + figures.left_out - own
    enough = figures.left_out == 0 and others >= rule.min_similar
    return figures.treated if others <= 0 or enough else replace(NOBODY, n=figures.treated.n)


def _named(titles: Mapping[int, str], round_id: int | None) -> tuple[int, str] | None:
    return (round_id, titles[round_id]) if round_id is not None and round_id in titles else None


def _titles(session: Session, found: Collection[Measured]) -> dict[int, str]:
    """Of the rounds that the asker sees."""
    numbers = {one.round_id for each in found for one in (each.base, each.later) if one is not None}
    if not numbers:
        return {}
    rows = session.execute(select(MonitoringRound.id, MonitoringRound.title).where(MonitoringRound.id.in_(numbers)))
    return {row.id: row.title for row in rows}


def _rows(session: Session, found: Mapping[int, Measured]) -> dict[int, list[TreatedRow]]:
    """The units of each measure within the asker's scope."""
    if not found:
        return {}
    units = session.execute(
        select(MeasureUnit.measure_id, MeasureUnit.org_unit_id, name_of(_UNIT).label("name"))
        .join(_UNIT, _UNIT.c.id == MeasureUnit.org_unit_id)
        .where(MeasureUnit.measure_id.in_(found))
    ).all()
    points = _points(session, found.values(), {row.org_unit_id for row in units})
    made: dict[int, list[TreatedRow]] = {}
    for row in sorted(units, key=lambda one: (as_people_sort(one.name), one.org_unit_id)):
        both = found[row.measure_id]
        before, after = (
            points.get((one.round_id, one.criterion_id, row.org_unit_id), (None, None)) if one else (None, None)
            for one in (both.base, both.later)
        )
        made.setdefault(row.measure_id, []).append(
            TreatedRow(row.org_unit_id, row.name, before[0], after[0], before[1], after[1])
        )
    return made


def _points(
    session: Session, found: Collection[Measured], unit_ids: Collection[int]
) -> dict[tuple[int, int, int], tuple[Decimal | None, int | None]]:
    """Points and the number of the sheet, by round, criterion and unit."""
    editions = [one for each in found for one in (each.base, each.later) if one is not None]
    if not editions or not unit_ids:
        return {}
    rows = session.execute(
        select(
            Assessment.round_id,
            CriterionScore.criterion_id,
            Assessment.org_unit_id,
            Assessment.id,
            CriterionScore.final_points,
        )
        .join(CriterionScore, CriterionScore.assessment_id == Assessment.id)
        .where(
            Assessment.round_id.in_({one.round_id for one in editions}),
            CriterionScore.criterion_id.in_({one.criterion_id for one in editions}),
            Assessment.org_unit_id.in_(unit_ids),
            Assessment.status.in_(sorted(SETTLED)),
            CriterionScore.final_points.is_not(None),
        )
    )
    return {(row.round_id, row.criterion_id, row.org_unit_id): (row.final_points, row.id) for row in rows}
