"""The board of measures: a column for each state with its most urgent measures as cards.

A fixed number of statements, whatever the number of measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, MeasureFinding, MeasureUnit
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasurePriority, MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.measure_cut import MUNICIPALITY, UNIT, MeasureCut
from app.services.measure_plan import states_of
from app.services.order_head import name_of
from app.workflows.corrective_measure import WORKFLOW
from app.workflows.engine import Transition

# What lies further down in a column is read in the register.
MOST_CARDS = 25
COLUMNS = (
    MeasureStatus.PLANNED,
    MeasureStatus.IN_PROGRESS,
    MeasureStatus.DONE,
    MeasureStatus.NOT_VERIFIED,
    MeasureStatus.VERIFIED,
)
_PRIORITIES = {MeasurePriority.HIGH: 0, MeasurePriority.NORMAL: 1, MeasurePriority.LOW: 2}


@dataclass(frozen=True, slots=True)
class Card:
    """`municipality` is empty for a unit straight under its region; `acts` are those that the reader may take now."""

    measure: CorrectiveMeasure
    unit: str
    municipality: str
    for_units: int
    findings: int
    acts: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    status: MeasureStatus
    total: int
    cards: Sequence[Card]

    @property
    def left_out(self) -> int:
        return self.total - len(self.cards)


@dataclass(frozen=True, slots=True)
class Board:
    columns: Sequence[BoardColumn]
    overdue: int
    cancelled: int

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


def board(session: Session, actor: Actor, cut: MeasureCut, *, today: date) -> Board:
    """Two statements. In a column: high priority first, then the earliest term; what is verified, the latest first."""
    actor.require(Permission.MEASURE_READ)
    conditions = cut.conditions(today)
    states, overdue = states_of(session, conditions, today)
    cards: dict[MeasureStatus, list[Card]] = {status: [] for status in COLUMNS}
    rank = case(
        *((CorrectiveMeasure.priority == priority, place) for priority, place in _PRIORITIES.items()),
        else_=len(_PRIORITIES),
    )
    is_verified = CorrectiveMeasure.status == MeasureStatus.VERIFIED
    # Days of the verified run backwards; of the others this is the same for all.
    order = (
        case((is_verified, CorrectiveMeasure.verified_on)).desc(),
        case((is_verified, 0), else_=rank),
        CorrectiveMeasure.due_on,
        CorrectiveMeasure.id,
    )
    place = func.row_number().over(partition_by=CorrectiveMeasure.status, order_by=order).label("place")
    placed = select(CorrectiveMeasure.id, place).where(CorrectiveMeasure.status.in_(COLUMNS), *conditions).subquery()
    wanted = (
        select(
            CorrectiveMeasure,
            name_of(UNIT).label("unit"),
            case((MUNICIPALITY.c.kind == UnitKind.REGION.value, ""), else_=name_of(MUNICIPALITY)).label("municipality"),
            select(func.count(MeasureUnit.id))
            .where(MeasureUnit.measure_id == CorrectiveMeasure.id)
            .correlate(CorrectiveMeasure)
            .scalar_subquery()
            .label("for_units"),
            select(func.count(MeasureFinding.id))
            .where(MeasureFinding.measure_id == CorrectiveMeasure.id)
            .correlate(CorrectiveMeasure)
            .scalar_subquery()
            .label("findings"),
        )
        .join(placed, placed.c.id == CorrectiveMeasure.id)
        .join(UNIT, UNIT.c.id == CorrectiveMeasure.org_unit_id)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == CorrectiveMeasure.municipality_id)
        .where(placed.c.place <= MOST_CARDS)
        .order_by(placed.c.place)
    )
    for row in session.execute(wanted):
        measure = row.CorrectiveMeasure
        acts = WORKFLOW.possible(measure, actor)
        cards[measure.status].append(Card(measure, row.unit, row.municipality, row.for_units, row.findings, acts))
    return Board(
        tuple(BoardColumn(status, states[status], cards[status]) for status in COLUMNS),
        overdue,
        states[MeasureStatus.CANCELLED],
    )
