"""A rule of units kept as clauses: what rounds and training requirements share. Institutes are never among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.analysis.order_proposal import AddresseeClause, RegisterUnit
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import Invalid
from app.services.order_addressees import NAMES_A_UNIT, UnitRegister

# (kind, the unit that it names or None)
Clause = tuple[AddresseeClauseKind, int | None]

ADDRESSED = frozenset({UnitKind.MUNICIPALITY, UnitKind.SCHOOL})


class ClauseRow(Protocol):
    kind: AddresseeClauseKind
    org_unit_id: int | None


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """The sentences of the refusals: institutes chosen, and municipalities chosen by a municipality."""

    no_institutes: str
    own_schools_only: str


def clauses_in(rows: Iterable[ClauseRow]) -> list[Clause]:
    return [(row.kind, row.org_unit_id) for row in rows]


def units_of(clauses: Iterable[Clause], register: UnitRegister) -> list[RegisterUnit]:
    """The units that the rule gives, each once, in the order of the register."""
    rule = [AddresseeClause(kind, unit_id, None) for kind, unit_id in clauses]
    return [unit for unit in register.addressees(rule) if unit.kind in ADDRESSED]


def checked_clauses(
    register: UnitRegister, actor: Actor, clauses: Sequence[Clause], words: ClauseWords
) -> list[Clause]:
    """The rule, each clause once, with every unit below the maker and no institute. Raises Invalid at `units`."""
    below = {unit.id: unit for unit in register.below()}
    checked: list[Clause] = []
    for kind, unit_id in dict.fromkeys(clauses):
        if kind is AddresseeClauseKind.ALL_PROVIDERS:
            raise Invalid(words.no_institutes, field="units")
        if kind is AddresseeClauseKind.ALL_MUNICIPALITIES and actor.unit_kind is not UnitKind.REGION:
            raise Invalid(words.own_schools_only, field="units")
        if kind not in NAMES_A_UNIT:
            checked.append((kind, None))
            continue
        unit = below.get(unit_id or 0)
        if unit is None:
            # Absent and foreign are one.
            raise Invalid("Такой организации нет среди подведомственных: выберите имя из списка.", field="units")
        if unit.kind not in ADDRESSED:
            raise Invalid(words.no_institutes, field="units")
        checked.append((kind, unit.id))
    return checked
