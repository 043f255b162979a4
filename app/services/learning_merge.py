"""What platforms know of a person goes along when two cards are made one, whichever unit's platforms they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, update

from app.models import LearningOutcome, LearningPerson
from app.policies.guard import GuardedSession
from app.policies.unscoped import UNSCOPED

PERSON = cast(Table, LearningPerson.__table__)
OUTCOME = cast(Table, LearningOutcome.__table__)


def carry_people(session: GuardedSession, *, keep_id: int, other_id: int) -> None:
    """Before the other card is deleted. Nothing is told of the rows, which may be another unit's."""
    moved = update(PERSON).where(PERSON.c.staff_member_id == other_id)
    session.execute(moved.values(staff_member_id=keep_id, version=PERSON.c.version + 1), execution_options=UNSCOPED)


def carry_outcomes(session: GuardedSession, stays: Mapping[int, int]) -> None:
    """`stays`: the number of an enrolment that goes → of the one that stays in the same group."""
    for goes, kept in stays.items():
        moved = update(OUTCOME).where(OUTCOME.c.enrolment_id == goes).values(enrolment_id=kept)
        session.execute(moved, execution_options=UNSCOPED)
