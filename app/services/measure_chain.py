"""The chain criterion → finding → measure → order point → training → next round, from any of its links.

Everything comes by guarded queries: a link outside the asker's scope is as absent as one that was never made. The
number of statements does not depend on how much hangs together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from app.models import (
    CorrectiveMeasure,
    Finding,
    FindingPoint,
    MeasureUnit,
    Order,
    OrderPoint,
    OrgUnit,
    TrainingGroup,
    TrainingRequirement,
)
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.measure_chain_ends import Ends, LinkKind, Start, ends_of
from app.services.measure_chain_rounds import CriterionLink, Place, links_of
from app.services.measure_effect import Effect, effects_of
from app.services.order_head import name_of

# More of one link is a register's business, not a page's.
MOST = 30

# The scope stands on the row; a composite key ties its columns to the unit, whose name is only a label.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_link")
_NAME = name_of(_UNIT).label("unit")


@dataclass(frozen=True, slots=True)
class Named:
    """A record with the name of its unit."""

    record: Any
    unit: str


@dataclass(frozen=True, slots=True)
class Links:
    """The first of them, and how many there are in all."""

    shown: tuple[Named, ...]
    total: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True)
class PointLink:
    point: OrderPoint
    order: Order


@dataclass(frozen=True, slots=True)
class Chain:
    """`criteria` stand with what their next round said; `effects` by the number of the measure."""

    start: Start
    criteria: tuple[CriterionLink, ...]
    criteria_left_out: int
    findings: Links
    measures: Links
    points: tuple[PointLink, ...]
    requirements: tuple[TrainingRequirement, ...]
    groups: tuple[TrainingGroup, ...]
    effects: Mapping[int, Effect]


def chain(session: Session, actor: Actor, start: Start, *, today: date) -> Chain:
    """Raises NotFound for a start outside the actor's scope, NotPermitted."""
    actor.require(Permission.FINDING_READ)
    actor.require(Permission.MEASURE_READ)
    ends = ends_of(session, start)
    findings = _named(session, Finding, ends.findings)
    measures = _named(session, CorrectiveMeasure, ends.measures)
    held = [cast(CorrectiveMeasure, one.record) for one in measures.shown]
    points = _points(session, start, ends)
    places = _places(session, start, [one.record for one in findings.shown], held)
    return Chain(
        start=start,
        criteria=links_of(session, places[:MOST]),
        criteria_left_out=max(len(places) - MOST, 0),
        findings=findings,
        measures=measures,
        points=points,
        requirements=_requirements(session, start, held, points),
        groups=_groups(session, start, held),
        effects=effects_of(session, actor, held, today=today),
    )


@dataclass(frozen=True, slots=True)
class Roots:
    """«Откуда пункт»: how many findings a point of an order answers, and how many measures carry it out."""

    findings: int = 0
    measures: int = 0


def roots_of_points(session: Session, point_ids: Collection[int]) -> dict[int, Roots]:
    """Of what the actor sees; points that come of nothing are left out. Two statements."""
    if not point_ids:
        return {}
    point = CorrectiveMeasure.order_point_id
    answered = Counter(
        session.scalars(select(FindingPoint.order_point_id).where(FindingPoint.order_point_id.in_(point_ids)))
    )
    carried = Counter(session.scalars(select(point).where(point.in_(point_ids))))
    found = {number for number in (*answered, *carried) if number is not None}
    return {number: Roots(answered[number], carried[number]) for number in found}


def _named(session: Session, model: Any, numbers: Sequence[int]) -> Links:
    """The newest first; of the numbers those that the actor sees."""
    if not numbers:
        return Links((), 0)
    seen = session.scalars(select(model.id).where(model.id.in_(numbers)).order_by(model.id.desc())).all()
    rows = session.execute(
        select(model, _NAME)
        .join(_UNIT, _UNIT.c.id == model.org_unit_id)
        .where(model.id.in_(seen[:MOST]))
        .order_by(model.id.desc())
    )
    return Links(tuple(Named(record, unit) for record, unit in rows), len(seen))


def _points(session: Session, start: Start, ends: Ends) -> tuple[PointLink, ...]:
    """Points that answer a finding or that a measure carries out; the one from which one comes first."""
    wanted = [OrderPoint.id == start.number] if start.kind is LinkKind.POINT else []
    if ends.findings:
        answers = select(FindingPoint.order_point_id).where(FindingPoint.finding_id.in_(ends.findings))
        wanted.append(OrderPoint.id.in_(answers))
    if ends.measures:
        carries = select(CorrectiveMeasure.order_point_id).where(CorrectiveMeasure.id.in_(ends.measures))
        wanted.append(OrderPoint.id.in_(carries.where(CorrectiveMeasure.order_point_id.is_not(None))))
    if start.kind is LinkKind.REQUIREMENT:
        bound = select(TrainingRequirement.order_point_id).where(TrainingRequirement.id == start.number)
        wanted.append(OrderPoint.id.in_(bound.where(TrainingRequirement.order_point_id.is_not(None))))
    if not wanted:
        return ()
    rows = session.execute(
        select(OrderPoint, Order)
        .join(Order, Order.id == OrderPoint.order_id)
        .where(or_(*wanted))
        .order_by(OrderPoint.id.desc())
        .limit(MOST)
    )
    return tuple(PointLink(point, order) for point, order in rows)


def _requirements(
    session: Session, start: Start, measures: Iterable[CorrectiveMeasure], points: Iterable[PointLink]
) -> tuple[TrainingRequirement, ...]:
    """Named by a measure, or bound to a point of an order: its coverage is the progress of the point."""
    named = {one.training_requirement_id for one in measures if one.training_requirement_id is not None}
    if start.kind is LinkKind.REQUIREMENT:
        named.add(start.number)
    bound = [one.point.id for one in points]
    if not named and not bound:
        return ()
    wanted = TrainingRequirement.id.in_(named) | TrainingRequirement.order_point_id.in_(bound)
    return tuple(
        session.scalars(select(TrainingRequirement).where(wanted).order_by(TrainingRequirement.id).limit(MOST))
    )


def _groups(session: Session, start: Start, measures: Iterable[CorrectiveMeasure]) -> tuple[TrainingGroup, ...]:
    named = {one.training_group_id for one in measures if one.training_group_id is not None}
    if start.kind is LinkKind.GROUP:
        named.add(start.number)
    if not named:
        return ()
    wanted = select(TrainingGroup).where(TrainingGroup.id.in_(named)).order_by(TrainingGroup.id).limit(MOST)
    return tuple(session.scalars(wanted))


def _places(
    session: Session, start: Start, findings: Sequence[Finding], measures: Sequence[CorrectiveMeasure]
) -> list[Place]:
    """Where the criteria of the chain were judged: of findings, and of measures by the units that they are for."""
    found = [start.place] if start.place is not None else []
    found += [Place(one.criterion_code, one.round_id, one.org_unit_id) for one in findings if one.round_id is not None]
    judged = {one.id: one for one in measures if one.base_round_id is not None}
    if judged:
        rows = session.execute(
            select(MeasureUnit.measure_id, MeasureUnit.org_unit_id).where(MeasureUnit.measure_id.in_(judged))
        )
        for row in rows:
            measure = judged[row.measure_id]
            found.append(Place(measure.criterion_code, cast(int, measure.base_round_id), row.org_unit_id))
    return list(dict.fromkeys(found))
