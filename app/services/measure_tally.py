"""The figures of a summary of findings and measures: what is counted in one place, by one cause or criterion."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from app.models.enumeration_of_measures import EffectVerdict, FindingStatus, MeasureStatus


@dataclass(slots=True)
class Figures:
    """Dismissed findings and cancelled measures are counted nowhere else. `bare`: open findings without a measure that
    is not cancelled. `overdue`: live measures past their term. Verdicts are of verified measures.
    """

    open: int = 0
    resolved: int = 0
    dismissed: int = 0
    bare: int = 0
    planned: int = 0
    in_progress: int = 0
    done: int = 0
    not_verified: int = 0
    verified: int = 0
    cancelled: int = 0
    overdue: int = 0
    helped: int = 0
    not_seen: int = 0
    too_little: int = 0

    @property
    def findings(self) -> int:
        return self.open + self.resolved

    @property
    def measures(self) -> int:
        return self.planned + self.in_progress + self.done + self.not_verified + self.verified

    @property
    def verified_share(self) -> Decimal | None:
        """Percent with one decimal, half rounded up, of the measures; None where there are none."""
        if not self.measures:
            return None
        return (Decimal(100 * self.verified) / self.measures).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_empty(self) -> bool:
        """Nothing but what was dismissed or cancelled."""
        return not (self.findings or self.measures)

    def __iadd__(self, other: Figures) -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def add_findings(self, status: FindingStatus, amount: int, *, bare: bool) -> None:
        self._add(status.value, amount)
        if bare and status is FindingStatus.OPEN:
            self.bare += amount

    def add_measures(self, status: MeasureStatus, amount: int, *, late: bool, effect: EffectVerdict | None) -> None:
        self._add(status.value, amount)
        if late:
            self.overdue += amount
        if effect is not None:
            self._add(effect.value, amount)

    def _add(self, name: str, amount: int) -> None:
        setattr(self, name, getattr(self, name) + amount)


def total_of(parts: list[Figures]) -> Figures:
    whole = Figures()
    for part in parts:
        whole += part
    return whole
