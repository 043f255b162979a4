"""The arithmetic of a round's results: means, sections, levels, bins, and what moved between rounds. Exact throughout.

Shares and means are percent as Fractions; only what is printed is rounded, half up (away from zero for a change).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.analysis.scoring import rounded

WHOLE = 100
BIN = 10
BINS = WHOLE // BIN
# Five steps of the heat map, each a fifth of the scale.
STEPS = 5


@dataclass(frozen=True, slots=True)
class Earned:
    """Answers to one criterion: the sum of their points, their number, and on how many sheets it does not apply."""

    points: Decimal = Decimal(0)
    n: int = 0
    na: int = 0

    def __add__(self, other: Earned) -> Earned:
        return Earned(self.points + other.points, self.n + other.n, self.na + other.na)

    def mean(self, max_points: Decimal) -> Fraction | None:
        """Σ points ÷ (max × n) in percent; None where nothing was answered."""
        return WHOLE * Fraction(self.points) / (Fraction(max_points) * self.n) if self.n else None


def weighted(parts: Iterable[tuple[Decimal, Decimal, Earned]]) -> Fraction | None:
    """Of several criteria (weight, max, earned): Σ weight × points ÷ max, by Σ weight × n, in percent."""
    got, best = Fraction(0), Fraction(0)
    for weight, max_points, earned in parts:
        got += Fraction(weight) * Fraction(earned.points) / Fraction(max_points)
        best += Fraction(weight) * earned.n
    return WHOLE * got / best if best else None


def distribution(shares: Iterable[Decimal | None]) -> tuple[int, ...]:
    """How many shares lie in [0, 10), [10, 20) … [90, 100]; sheets without a share are in none."""
    bins = [0] * BINS
    for share in shares:
        if share is not None:
            bins[min(int(share // BIN), BINS - 1)] += 1
    return tuple(bins)


def level_counts(levels: Iterable[str], bands: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The sheets of each band in the order given; those without a level stand last, under the empty name."""
    counts = dict.fromkeys((*bands, ""), 0)
    for level in levels:
        counts[level if level in counts else ""] += 1
    return tuple((name, count) for name, count in counts.items() if name or count)


def heat_step(mean: Fraction | None) -> int | None:
    """0 (below 20 %) … 4 (from 80 %): the step of the colour, never the only thing shown."""
    return None if mean is None else max(0, min(int(mean * STEPS / WHOLE), STEPS - 1))


class Movement(StrEnum):
    ROSE = "rose"
    FELL = "fell"
    KEPT = "kept"
    UNKNOWN = "unknown"


def movement(before: str, after: str, ranks: Mapping[str, Decimal]) -> Movement:
    """Which way a unit went by the levels of the later edition; a level that it does not have cannot be compared."""
    if before not in ranks or after not in ranks:
        return Movement.UNKNOWN
    if ranks[before] == ranks[after]:
        return Movement.KEPT
    return Movement.ROSE if ranks[after] > ranks[before] else Movement.FELL


def change(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """In points of percent (п. п.)."""
    return None if before is None or after is None else after - before


def percent_text(share: Fraction | Decimal | None, places: int = 1) -> str:
    """«83,5»: as people write it, without the sign; a dash for what is unknown."""
    if share is None:
        return "–"
    return f"{rounded(Fraction(share), places)}".replace(".", ",")


def change_text(difference: Fraction | None, places: int = 1) -> str:
    """«+3,2», «−0,5», «0,0»; a dash for what is unknown."""
    if difference is None:
        return "–"
    size = rounded(abs(difference), places)
    sign = "" if not size else "+" if difference > 0 else "−"
    return f"{sign}{size}".replace(".", ",")
