"""What rounds and measures of all units say of a criterion, read past the row scope.

For services/effect_figures.py alone, which lets nothing out of it but counts and means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import Table, func, select, union_all
from sqlalchemy.orm import Session

from app.models import (
    Assessment,
    CorrectiveMeasure,
    Criterion,
    CriterionScore,
    Finding,
    Framework,
    MeasureFinding,
    MeasureUnit,
    MonitoringRound,
    OrgUnit,
)
from app.models.enumeration import RoundStatus
from app.models.enumeration_of_measures import MeasureStatus
from app.policies.unscoped import UNSCOPED
from app.services.round_sheets import SETTLED

MEASURE = cast(Table, CorrectiveMeasure.__table__)
MEASURE_UNIT = cast(Table, MeasureUnit.__table__)
MEASURE_FINDING = cast(Table, MeasureFinding.__table__)
FINDING = cast(Table, Finding.__table__)
ROUND = cast(Table, MonitoringRound.__table__)
FRAMEWORK = cast(Table, Framework.__table__)
CRITERION = cast(Table, Criterion.__table__)
SHEET = cast(Table, Assessment.__table__)
SCORE = cast(Table, CriterionScore.__table__)
UNIT = cast(Table, OrgUnit.__table__)
COUNTED = tuple(sorted(status.value for status in SETTLED))


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure that is done, whose control figure is a criterion's."""

    measure_id: int
    region_id: int
    criterion_code: str
    base_round_id: int
    done_on: date


@dataclass(frozen=True, slots=True)
class Edition:
    """A criterion in the set of one round."""

    round_id: int
    criterion_id: int
    max_points: Decimal
    title: str
    is_closed: bool
    opens_on: date


@dataclass(frozen=True, slots=True)
class Point:
    """A settled answer of a unit in one round; `share` is of the best points."""

    share: Fraction
    kind: str
    is_small: bool
    sent_on: date


# When a measure was planned and, where it is, done.
Days = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """`units` of each measure; `editions` by round and code; `later`: the rounds of the same holder by sets of the same
    maker that were opened after that round, the first first; `points` by round and criterion, then unit; `taken` by
    code and unit: the measures that the unit took, cancelled ones left out.
    """

    units: Mapping[int, frozenset[int]]
    editions: Mapping[tuple[int, str], Edition]
    later: Mapping[tuple[int, str], Sequence[Edition]]
    points: Mapping[tuple[int, int], Mapping[int, Point]]
    taken: Mapping[tuple[str, int], Sequence[Days]]

    def of(self, edition: Edition) -> Mapping[int, Point]:
        return self.points.get((edition.round_id, edition.criterion_id), {})


def read(session: Session, asked: Sequence[Asked]) -> Reading:
    """Four statements whatever their number."""
    units = _units(session, [one.measure_id for one in asked])
    codes = {one.criterion_code for one in asked}
    editions, later = _editions(session, {one.base_round_id for one in asked}, codes)
    needed = [edition for key, edition in editions.items() if key in later] + [
        edition for editions_after in later.values() for edition in editions_after
    ]
    return Reading(
        units=units,
        editions=editions,
        later=later,
        points=_points(session, needed),
        taken=_taken(session, {one.region_id for one in asked}, codes),
    )


def _units(session: Session, measure_ids: Collection[int]) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(MEASURE_UNIT.c.measure_id, MEASURE_UNIT.c.org_unit_id).where(MEASURE_UNIT.c.measure_id.in_(measure_ids)),
        execution_options=UNSCOPED,
    )
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.measure_id].add(row.org_unit_id)
    return {number: frozenset(units) for number, units in found.items()}


def _editions(
    session: Session, base_ids: Collection[int], codes: Collection[str]
) -> tuple[dict[tuple[int, str], Edition], dict[tuple[int, str], list[Edition]]]:
    """Codes mean the same within the sets of one maker; a round is followed by rounds of the same holder."""
    holders = select(ROUND.c.org_unit_id).where(ROUND.c.id.in_(base_ids))
    rows = session.execute(
        select(
            ROUND.c.id,
            ROUND.c.org_unit_id.label("holder"),
            ROUND.c.opens_on,
            ROUND.c.title,
            ROUND.c.status,
            FRAMEWORK.c.org_unit_id.label("maker"),
            CRITERION.c.id.label("criterion_id"),
            CRITERION.c.code,
            CRITERION.c.max_points,
        )
        .join(FRAMEWORK, FRAMEWORK.c.id == ROUND.c.framework_id)
        .join(CRITERION, CRITERION.c.framework_id == FRAMEWORK.c.id)
        .where(ROUND.c.org_unit_id.in_(holders), ROUND.c.status != RoundStatus.DRAFT.value, CRITERION.c.code.in_(codes))
        .order_by(ROUND.c.opens_on, ROUND.c.id),
        execution_options=UNSCOPED,
    ).all()
    editions = {(row.id, row.code): _edition(row) for row in rows}
    bases = [row for row in rows if row.id in base_ids]
    later = {
        (base.id, base.code): [
            editions[row.id, row.code]
            for row in rows
            if (row.holder, row.maker, row.code) == (base.holder, base.maker, base.code)
            and row.opens_on > base.opens_on
        ]
        for base in bases
    }
    return editions, later


def _edition(row: Any) -> Edition:
    is_closed = RoundStatus(row.status) is RoundStatus.CLOSED
    return Edition(row.id, row.criterion_id, row.max_points, row.title, is_closed, row.opens_on)


def _points(session: Session, editions: Collection[Edition]) -> dict[tuple[int, int], dict[int, Point]]:
    best = {(one.round_id, one.criterion_id): Fraction(one.max_points) for one in editions}
    rows = session.execute(
        select(
            SHEET.c.round_id,
            SCORE.c.criterion_id,
            SHEET.c.org_unit_id,
            SHEET.c.sheet_kind,
            func.coalesce(SHEET.c.was_small, UNIT.c.is_small).label("is_small"),
            SHEET.c.submitted_on,
            SCORE.c.final_points,
        )
        .join(SCORE, SCORE.c.assessment_id == SHEET.c.id)
        .join(UNIT, UNIT.c.id == SHEET.c.org_unit_id)
        .where(
            SHEET.c.round_id.in_({round_id for round_id, _ in best}),
            SCORE.c.criterion_id.in_({criterion_id for _, criterion_id in best}),
            SHEET.c.status.in_(COUNTED),
            SCORE.c.final_points.is_not(None),
        ),
        execution_options=UNSCOPED,
    )
    found: dict[tuple[int, int], dict[int, Point]] = defaultdict(dict)
    for row in rows:
        key = row.round_id, row.criterion_id
        if key in best:
            share = Fraction(row.final_points) / best[key]
            found[key][row.org_unit_id] = Point(share, row.sheet_kind, bool(row.is_small), row.submitted_on)
    return found


def _taken(session: Session, region_ids: Collection[int], codes: Collection[str]) -> dict[tuple[str, int], list[Days]]:
    """Measures by the criterion that they name, and by that of the findings that they answer."""
    stands = (MEASURE.c.status != MeasureStatus.CANCELLED.value, MEASURE.c.region_id.in_(region_ids))
    days = (MEASURE.c.made_on, MEASURE.c.done_on)
    named = (
        select(MEASURE.c.criterion_code.label("code"), MEASURE_UNIT.c.org_unit_id.label("unit"), *days)
        .join(MEASURE_UNIT, MEASURE_UNIT.c.measure_id == MEASURE.c.id)
        .where(*stands, MEASURE.c.criterion_code.in_(codes))
    )
    answered = (
        select(FINDING.c.criterion_code.label("code"), FINDING.c.org_unit_id.label("unit"), *days)
        .join(MEASURE_FINDING, MEASURE_FINDING.c.measure_id == MEASURE.c.id)
        .join(FINDING, FINDING.c.id == MEASURE_FINDING.c.finding_id)
        .where(*stands, FINDING.c.criterion_code.in_(codes))
    )
    found: dict[tuple[str, int], list[Days]] = defaultdict(list)
    for row in session.execute(union_all(named, answered), execution_options=UNSCOPED):
        found[row.code, row.unit].append((row.made_on, row.done_on))
    return found
