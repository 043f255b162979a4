"""The figures of a coverage: states, and how many are in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from app.models.enumeration import Labelled
from app.services.training_coverage_rule import Standing


class CoverageState(Labelled):
    """How far a unit is; a person is never «unknown»."""

    COVERED = "covered", "обучен"
    WAITING = "waiting", "документ ждёт подтверждения"
    ENROLLED = "enrolled", "в группе"
    MISSING = "missing", "не обучен"
    UNKNOWN = "unknown", "нет данных о работниках"


STATES = {
    Standing.COVERED: CoverageState.COVERED,
    Standing.WAITING: CoverageState.WAITING,
    Standing.ENROLLED: CoverageState.ENROLLED,
    Standing.MISSING: CoverageState.MISSING,
}


@dataclass(slots=True)
class Figures:
    """Of `total`; each counted once, as the farthest that it is. `unknown` is always a number of units: in the mode
    «каждый» they stand beside the total, since nobody knows how many people they have.
    """

    total: int = 0
    covered: int = 0
    waiting: int = 0
    enrolled: int = 0
    missing: int = 0
    unknown: int = 0

    def __iadd__(self, other: Figures) -> Self:
        self.total += other.total
        self.covered += other.covered
        self.waiting += other.waiting
        self.enrolled += other.enrolled
        self.missing += other.missing
        self.unknown += other.unknown
        return self

    @property
    def share(self) -> Decimal | None:
        """Percent with one decimal, half rounded up; None where there is nobody to count."""
        if not self.total:
            return None
        return (Decimal(100 * self.covered) / self.total).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def share_text(self) -> str:
        return "–" if self.share is None else f"{self.share} %".replace(".", ",")

    @property
    def text(self) -> str:
        """«45 из 164 (27,4 %)»."""
        return f"{self.covered} из {self.total} ({self.share_text})" if self.total else "некого считать"


@dataclass(slots=True)
class PlaceRow:
    """A municipality with its units; for schools straight under the region its number is the region's."""

    municipality_id: int
    name: str
    figures: Figures = field(default_factory=Figures)
    units: int = 0
