"""Whose people a requirement asks: the clauses of its rule, checked against the tree."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import TrainingRequirement
from app.policies.actor import Actor
from app.services import unit_clauses
from app.services.order_addressees import UnitRegister
from app.services.unit_clauses import ADDRESSED, Clause, ClauseWords, units_of

__all__ = ["ADDRESSED", "Clause", "units_of"]

WORDS = ClauseWords(
    no_institutes="Требования ставятся муниципалитетам и школам: организации ДПО здесь не выбирают.",
    own_schools_only="Муниципалитет ставит требования только своим школам.",
)


def clauses_of(requirement: TrainingRequirement) -> list[Clause]:
    return unit_clauses.clauses_in(requirement.addressees)


def checked_clauses(register: UnitRegister, actor: Actor, clauses: Sequence[Clause]) -> list[Clause]:
    """Raises Invalid at `units`."""
    return unit_clauses.checked_clauses(register, actor, clauses, WORDS)
