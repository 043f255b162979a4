"""Whose people a requirement asks: the clauses of its rule, checked against the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.analysis.order_proposal import AddresseeClause, RegisterUnit
from app.models import TrainingRequirement
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import Invalid
from app.services.order_addressees import NAMES_A_UNIT, UnitRegister

# (kind, the unit that it names or None)
Clause = tuple[AddresseeClauseKind, int | None]

ADDRESSED = (UnitKind.MUNICIPALITY, UnitKind.SCHOOL)
NOT_INSTITUTES = "Требования ставятся муниципалитетам и школам: организации ДПО здесь не выбирают."


def clauses_of(requirement: TrainingRequirement) -> list[Clause]:
    return [(row.kind, row.org_unit_id) for row in requirement.addressees]


def units_of(clauses: Iterable[Clause], register: UnitRegister) -> list[RegisterUnit]:
    """The units that the rule gives, each once, in the order of the register."""
    rule = [AddresseeClause(kind, unit_id, None) for kind, unit_id in clauses]
    return [unit for unit in register.addressees(rule) if unit.kind in ADDRESSED]


def checked_clauses(register: UnitRegister, actor: Actor, clauses: Sequence[Clause]) -> list[Clause]:
    """The rule with every unit below the maker and of a kind that has people to train. Raises Invalid at `units`."""
    below = {unit.id: unit for unit in register.below()}
    checked: list[Clause] = []
    for kind, unit_id in dict.fromkeys(clauses):
        if kind is AddresseeClauseKind.ALL_PROVIDERS:
            raise Invalid(NOT_INSTITUTES, field="units")
        if kind is AddresseeClauseKind.ALL_MUNICIPALITIES and actor.unit_kind is not UnitKind.REGION:
            raise Invalid("Муниципалитет ставит требования только своим школам.", field="units")
        if kind not in NAMES_A_UNIT:
            checked.append((kind, None))
            continue
        unit = below.get(unit_id or 0)
        if unit is None:
            # Absent and foreign are one.
            raise Invalid("Такой организации нет среди подведомственных: выберите имя из списка.", field="units")
        if unit.kind not in ADDRESSED:
            raise Invalid(NOT_INSTITUTES, field="units")
        checked.append((kind, unit.id))
    return checked
