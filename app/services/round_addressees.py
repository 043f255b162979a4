"""Who fills in a round: the clauses of its rule, and the units that the rule gives on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.analysis.order_proposal import AddresseeClause, RegisterUnit
from app.models import MonitoringRound
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import Invalid
from app.services.order_addressees import NAMES_A_UNIT, UnitRegister

# (kind, the unit that it names or None)
Clause = tuple[AddresseeClauseKind, int | None]

ASSESSED = frozenset({UnitKind.MUNICIPALITY, UnitKind.SCHOOL})


def clauses_of(held: MonitoringRound) -> list[Clause]:
    return [(row.kind, row.org_unit_id) for row in held.addressees]


def units_of(clauses: Iterable[Clause], register: UnitRegister) -> list[RegisterUnit]:
    """The units that the rule gives, each once, in the order of the register; institutes are not assessed."""
    rule = [AddresseeClause(kind, unit_id, None) for kind, unit_id in clauses]
    return [unit for unit in register.addressees(rule) if unit.kind in ASSESSED]


def checked_clauses(register: UnitRegister, actor: Actor, clauses: Sequence[Clause]) -> list[Clause]:
    """The rule with every unit below the holder and of a kind that fills in sheets. Raises Invalid."""
    below = {unit.id for unit in register.below()}
    checked: list[Clause] = []
    for kind, unit_id in clauses:
        if kind is AddresseeClauseKind.ALL_PROVIDERS:
            raise Invalid("Организации ДПО листов оценки не заполняют.", field="units")
        if kind is AddresseeClauseKind.ALL_MUNICIPALITIES and actor.unit_kind is not UnitKind.REGION:
            raise Invalid("Муниципалитет проводит цикл только для своих школ.", field="units")
        if kind not in NAMES_A_UNIT:
            checked.append((kind, None))
            continue
        unit = register.by_id.get(unit_id or 0)
        if unit is None or unit.id not in below:
            # Absent and foreign are one.
            raise Invalid("Такой организации нет среди подведомственных: выберите имя из списка.", field="units")
        if unit.kind not in ASSESSED:
            raise Invalid("Организации ДПО листов оценки не заполняют.", field="units")
        checked.append((kind, unit.id))
    return checked
