"""Whom a point addresses: the units below the issuer, found by name, and the list that a rule gives today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.addressees import resolve
from app.analysis.order_proposal import AddresseeClause as Clause
from app.analysis.order_proposal import RegisterUnit
from app.models import AddresseeClause, OrderPoint, OrgUnit, OrgUnitName
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.refusal import Invalid

_KINDS = (UnitKind.REGION, UnitKind.PROVIDER, UnitKind.MUNICIPALITY, UnitKind.SCHOOL)
NAMES_A_UNIT = frozenset({AddresseeClauseKind.UNIT, AddresseeClauseKind.SCHOOLS_OF, AddresseeClauseKind.EXCEPT})


@dataclass
class UnitRegister:
    """The units in the actor's scope, as the parser and the pickers see them; `issuer_id` is the top."""

    issuer_id: int
    units: Sequence[RegisterUnit]
    by_id: dict[int, RegisterUnit] = field(init=False)
    _labels: dict[int, str] = field(init=False)
    _named: dict[str, list[RegisterUnit]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {unit.id: unit for unit in self.units}
        shared: dict[str, int] = defaultdict(int)
        for unit in self.units:
            shared[folded(unit.short_name or unit.name)] += 1
        self._labels = {}
        self._named = defaultdict(list)
        for unit in self.units:
            label = unit.short_name or unit.name
            above = self.by_id.get(unit.municipality_id or 0)
            if shared[folded(label)] > 1 and above is not None:
                label = f"{label} · {above.short_name or above.name}"
            self._labels[unit.id] = label
            for name in {folded(label), folded(unit.name), folded(unit.short_name), *map(folded, unit.other_names)}:
                if name:
                    self._named[name].append(unit)

    def label(self, unit_id: int) -> str:
        """A name that no other unit of the register bears; empty for a unit that is not here."""
        return self._labels.get(unit_id, "")

    def below(self) -> list[RegisterUnit]:
        return [unit for unit in self.units if unit.id != self.issuer_id]

    def of_kind(self, kind: UnitKind) -> list[RegisterUnit]:
        return [unit for unit in self.below() if unit.kind is kind]

    def named(self, written: str, *, field_name: str | None = None) -> RegisterUnit:
        """The one unit of this name, full, short or former. Raises Invalid where there is none or several."""
        found = [unit for unit in self._named.get(folded(written), ()) if unit.id != self.issuer_id]
        if len(found) == 1:
            return found[0]
        if found:
            several = "; ".join(self.label(unit.id) for unit in found[:5])
            raise Invalid(
                f"Имя «{written}» подходит нескольким организациям ({several}): выберите одну.", field=field_name
            )
        raise Invalid(
            f"Организация «{written}» не найдена среди подведомственных: выберите имя из списка.", field=field_name
        )

    def addressees(self, clauses: Iterable[AddresseeClause | Clause]) -> list[RegisterUnit]:
        """The units that a rule gives now, each once, in the order of the register."""
        rule = [
            clause if isinstance(clause, Clause) else Clause(clause.kind, clause.org_unit_id, None)
            for clause in clauses
        ]
        return [self.by_id[unit_id] for unit_id in resolve(rule, self.units, self.issuer_id)]


def register_of(session: Session, issuer_id: int, *, today: date | None = None) -> UnitRegister:
    """The open units of the actor's scope with all names they ever had; without a day, those never closed."""
    former: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(OrgUnitName.org_unit_id, OrgUnitName.name, OrgUnitName.short_name)):
        former[row.org_unit_id] += [name for name in (row.name, row.short_name) if name]
    wanted = select(
        OrgUnit.id, OrgUnit.kind, OrgUnit.name, OrgUnit.short_name, OrgUnit.parent_id, OrgUnit.municipality_id
    )
    if today is None:
        wanted = wanted.where(OrgUnit.closed_on.is_(None))
    else:
        wanted = wanted.where(
            (OrgUnit.closed_on.is_(None) | (OrgUnit.closed_on > today))
            & (OrgUnit.opened_on.is_(None) | (OrgUnit.opened_on <= today))
        )
    units = [
        RegisterUnit(
            row.id,
            row.kind,
            row.name,
            row.short_name,
            row.parent_id,
            tuple(former.get(row.id, ())),
            row.municipality_id,
        )
        for row in session.execute(wanted)
    ]
    units.sort(key=lambda unit: (_KINDS.index(unit.kind), folded(unit.short_name or unit.name), unit.id))
    return UnitRegister(issuer_id, units)


def addressees(session: Session, actor: Actor, point: OrderPoint, *, today: date | None = None) -> list[RegisterUnit]:
    """The units that the point's rule resolves to now, before anything is issued."""
    return register_of(session, actor.unit_id or 0, today=today).addressees(point.clauses)
