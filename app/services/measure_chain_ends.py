"""From one link of the chain to the findings and the measures that hang on it: all the others are found from these."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import (
    CorrectiveMeasure,
    Finding,
    FindingPoint,
    MeasureFinding,
    MeasureUnit,
    OrderPoint,
    TrainingGroup,
    TrainingRequirement,
)
from app.policies.refusal import NotFound
from app.services.measure_chain_rounds import Place, score_of

# What hangs on a point of an order that addresses a whole region.
MOST_FOLLOWED = 2_000


class LinkKind(StrEnum):
    CRITERION = "criterion"
    FINDING = "finding"
    MEASURE = "measure"
    POINT = "point"
    GROUP = "group"
    REQUIREMENT = "requirement"


@dataclass(frozen=True, slots=True)
class Start:
    """The link from which one comes: the number of a record, or the `place` of a criterion."""

    kind: LinkKind
    number: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """Numbers of what hangs together, in the order in which it was made."""

    findings: list[int]
    measures: list[int]


def ends_of(session: Session, start: Start) -> Ends:
    """Raises NotFound for a start outside the actor's scope. Five statements at most."""
    findings, measures = _first(session, start)
    # A point of an order is reached from findings and from measures; whatever hangs on either belongs to it.
    more = _linked(session, MeasureFinding.finding_id, MeasureFinding.measure_id, measures)
    taken = _linked(session, MeasureFinding.measure_id, MeasureFinding.finding_id, findings)
    by_measure = start.kind in {LinkKind.MEASURE, LinkKind.GROUP, LinkKind.REQUIREMENT}
    return Ends(
        sorted({*findings, *more})[:MOST_FOLLOWED],
        sorted(measures if by_measure else {*measures, *taken})[:MOST_FOLLOWED],
    )


def _first(session: Session, start: Start) -> tuple[list[int], list[int]]:
    """Raises NotFound."""
    number = start.number
    if start.place is not None:
        return _of_place(session, start.place)
    if start.kind is LinkKind.FINDING:
        return [_seen(session, Finding, number)], []
    if start.kind is LinkKind.MEASURE:
        return [], [_seen(session, CorrectiveMeasure, number)]
    if start.kind is LinkKind.POINT:
        point = _seen(session, OrderPoint, number)
        answered = select(FindingPoint.finding_id).where(FindingPoint.order_point_id == point)
        return list(session.scalars(answered)), _measures(session, CorrectiveMeasure.order_point_id == point)
    if start.kind is LinkKind.GROUP:
        group = _seen(session, TrainingGroup, number)
        return [], _measures(session, CorrectiveMeasure.training_group_id == group)
    requirement = _seen(session, TrainingRequirement, number)
    return [], _measures(session, CorrectiveMeasure.training_requirement_id == requirement)


def _of_place(session: Session, place: Place) -> tuple[list[int], list[int]]:
    """Raises NotFound where the unit has no sheet in that round that the actor sees."""
    score_of(session, place)
    here = (Finding.criterion_code == place.code, Finding.round_id == place.round_id)
    found = session.scalars(select(Finding.id).where(*here, Finding.org_unit_id == place.unit_id)).all()
    of_unit = select(MeasureUnit.measure_id).where(MeasureUnit.org_unit_id == place.unit_id)
    measures = _measures(
        session,
        CorrectiveMeasure.criterion_code == place.code,
        CorrectiveMeasure.base_round_id == place.round_id,
        CorrectiveMeasure.id.in_(of_unit),
    )
    return list(found), measures


def _seen(session: Session, model: Any, number: int) -> int:
    found: int | None = session.scalar(select(model.id).where(model.id == number))
    if found is None:
        raise NotFound
    return found


def _measures(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(select(CorrectiveMeasure.id).where(*conditions)))


def _linked(
    session: Session, wanted: InstrumentedAttribute[int], by: InstrumentedAttribute[int], numbers: Collection[int]
) -> set[int]:
    if not numbers:
        return set()
    return set(session.scalars(select(wanted).where(by.in_(numbers))))
