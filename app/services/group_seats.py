"""How many seats of a group are taken: numbers for everyone who sees the group, never whose the seats are.

A school or a municipality sees its own people in a group; whether there is room it must know past its scope.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, case, func, select
from sqlalchemy.orm import Session

from app.models import Enrolment, TrainingGroup
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration_of_training import EnrolmentStatus
from app.policies.refusal import NotFound
from app.policies.unscoped import UNSCOPED

ENROLMENT = cast(Table, Enrolment.__table__)
SEATED = tuple(sorted(status.value for status in SEATED_STATUSES))
TAKEN = ENROLMENT.c.status.in_(SEATED)
WAITING = ENROLMENT.c.status == EnrolmentStatus.WAITING.value


@dataclass(frozen=True, slots=True)
class Seats:
    """`taken`: applied for, enrolled, studying or done; `waiting`: in the waiting list."""

    seats: int
    taken: int = 0
    waiting: int = 0

    @property
    def free(self) -> int:
        """Never below nought: a group may be overfull by the provider's will."""
        return max(self.seats - self.taken, 0)


def seats(session: Session, group_ids: Collection[int]) -> dict[int, Seats]:
    """For each of these groups that the actor sees; two statements whatever their number."""
    if not group_ids:
        return {}
    sizes = session.execute(select(TrainingGroup.id, TrainingGroup.seats).where(TrainingGroup.id.in_(group_ids)))
    known = {row.id: row.seats for row in sizes}
    counted = session.execute(_counts(ENROLMENT.c.group_id.in_(known)), execution_options=UNSCOPED)
    counts = {row.group_id: (row.taken, row.waiting) for row in counted}
    return {number: Seats(size, *counts.get(number, (0, 0))) for number, size in known.items()}


def seats_held(session: Session, group_id: int) -> Seats:
    """The seats of one group, which nobody else takes until the transaction ends. Raises NotFound."""
    # On PostgreSQL the lock makes applications wait for one another; SQLite lets one writer in at a time.
    found = session.scalar(select(TrainingGroup.id).where(TrainingGroup.id == group_id).with_for_update())
    if found is None:
        raise NotFound
    return seats(session, (group_id,))[group_id]


def _counts(condition: ColumnElement[bool]) -> Select[tuple[int, int, int]]:
    taken, waiting = (func.sum(case((one, 1), else_=0)) for one in (TAKEN, WAITING))
    return (
        select(ENROLMENT.c.group_id, taken.label("taken"), waiting.label("waiting"))
        .where(condition)
        .group_by(ENROLMENT.c.group_id)
    )
