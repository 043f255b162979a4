"""Whether a measure helped: the arithmetic of the verdict, exact throughout. Shares are of the best points, 0…1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.models.enumeration_of_measures import EffectVerdict

# Before and after.
Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class EffectRule:
    """`min_similar`: fewer similar units say nothing, and fewer are never told of; `margin` and `tolerance` are parts
    of the best points. `source` is what people must know of the rule's standing.
    """

    min_similar: int
    margin: Fraction
    tolerance: Fraction
    source: str = ""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """`n` units and their means; None where there are none."""

    n: int
    before: Fraction | None
    after: Fraction | None

    @property
    def change(self) -> Fraction | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class EffectFigures:
    """`treated`: the units that the measure is for; `similar`: those like them that took no such measure."""

    treated: GroupFigures
    similar: GroupFigures

    @property
    def excess(self) -> Fraction | None:
        """By how much the treated rose more than the similar."""
        own, others = self.treated.change, self.similar.change
        return None if own is None or others is None else own - others


def is_alike(before: Fraction, treated: Iterable[Fraction], rule: EffectRule) -> bool:
    """Whether a unit began where one of the treated did, within the tolerance."""
    return any(abs(before - one) <= rule.tolerance for one in treated)


def verdict(treated: Sequence[Pair], similar: Sequence[Pair], rule: EffectRule) -> tuple[EffectVerdict, EffectFigures]:
    """«Мало данных» without a treated pair or with fewer than `min_similar` similar ones; «помогло» when the mean
    change of the treated is above nought and exceeds that of the similar by `margin` at least; else «не видно».

    Source of the rule: the product's proposal (services/measure_effect_rule.json); no official method is known.
    """
    figures = EffectFigures(_group(treated), _group(similar))
    change, excess = figures.treated.change, figures.excess
    if change is None or excess is None or figures.similar.n < rule.min_similar:
        return EffectVerdict.TOO_LITTLE, figures
    helped = change > 0 and excess >= rule.margin
    return EffectVerdict.HELPED if helped else EffectVerdict.NOT_SEEN, figures


def by_figures(before: Decimal | None, target: Decimal | None, after: Decimal | None) -> EffectVerdict:
    """Of a figure that nobody else has: «помогло» when it moved from `before` and came to the target or beyond it.

    The target says which way is good; a figure that was at its target already, or lacks a value, says too little.
    """
    if before is None or target is None or after is None or before == target:
        return EffectVerdict.TOO_LITTLE
    reached = after >= target if target > before else after <= target
    return EffectVerdict.HELPED if reached else EffectVerdict.NOT_SEEN


def _group(pairs: Sequence[Pair]) -> GroupFigures:
    if not pairs:
        return GroupFigures(0, None, None)
    before, after = (sum(values, Fraction(0)) / len(pairs) for values in zip(*pairs, strict=True))
    return GroupFigures(len(pairs), before, after)
