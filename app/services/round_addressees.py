"""Who fills in a round: the clauses of its rule, and the units that the rule gives on a day."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import MonitoringRound
from app.policies.actor import Actor
from app.services import unit_clauses
from app.services.order_addressees import UnitRegister
from app.services.unit_clauses import ADDRESSED, Clause, ClauseWords, units_of

__all__ = ["ADDRESSED", "Clause", "units_of"]

WORDS = ClauseWords(
    no_institutes="Организации ДПО листов оценки не заполняют.",
    own_schools_only="Муниципалитет проводит цикл только для своих школ.",
)


def clauses_of(held: MonitoringRound) -> list[Clause]:
    return unit_clauses.clauses_in(held.addressees)


def checked_clauses(register: UnitRegister, actor: Actor, clauses: Sequence[Clause]) -> list[Clause]:
    """Raises Invalid at `units`."""
    return unit_clauses.checked_clauses(register, actor, clauses, WORDS)
