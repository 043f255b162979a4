"""Whether a measure helped: the arithmetic of the verdict, exact throughout. Shares are of the best points, 0…1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


NOBODY = GroupFigures(0, None, None)


@dataclass(frozen=True, slots=True)
class EffectFigures:
    """`treated`: the units that the measure is for; `similar`: those like them that took no such measure."""

    treated: GroupFigures
    similar: GroupFigures
    # Units of the measure that nobody could be compared with.
    left_out: int = 0

    @property
    def excess(self) -> Fraction | None:
        """By how much the treated rose more than the similar."""
        own, others = self.treated.change, self.similar.change
        return None if own is None or others is None else own - others


@dataclass(frozen=True, slots=True)
class Level:
    """Units of the measure that began alike, and those like them that took none, by their numbers."""

    treated: Mapping[int, Pair]
    similar: Mapping[int, Pair]


def is_alike(one: Fraction, other: Fraction, rule: EffectRule) -> bool:
    """Whether two units began at one level, within the tolerance."""
    return abs(one - other) <= rule.tolerance


def verdict(levels: Sequence[Level], rule: EffectRule) -> tuple[EffectVerdict, EffectFigures]:
    """«Мало данных» where no level has a treated unit and `min_similar` similar ones; «помогло» when the mean change
    of the treated is above nought and exceeds that of the similar by `margin` at least; else «не видно».

    Compared level by level, for whoever begins lower rises more anyway: the means of the similar are weighted as the
    treated are. Units of the measure at a level with too few similar ones are left out, and nothing is told of those.
    Source of the rule: the product's proposal (services/measure_effect_rule.json); no official method is known.
    """
    compared = [one for one in levels if one.treated and len(one.similar) >= rule.min_similar]
    everyone = [pair for one in levels for pair in one.treated.values()]
    if not compared:
        return EffectVerdict.TOO_LITTLE, EffectFigures(_group(everyone), NOBODY, len(everyone))
    treated = _group([pair for one in compared for pair in one.treated.values()])
    figures = EffectFigures(treated, _weighted(compared), len(everyone) - treated.n)
    change, excess = treated.change or 0, figures.excess or 0
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


def _weighted(levels: Sequence[Level]) -> GroupFigures:
    """The similar, in the proportions in which the treated began; each unit is counted once in `n`."""
    total = sum(len(one.treated) for one in levels)
    before, after = Fraction(0), Fraction(0)
    for one in levels:
        group, weight = _group(list(one.similar.values())), Fraction(len(one.treated), total)
        before, after = before + weight * (group.before or 0), after + weight * (group.after or 0)
    return GroupFigures(len({number for one in levels for number in one.similar}), before, after)


def _group(pairs: Sequence[Pair]) -> GroupFigures:
    if not pairs:
        return GroupFigures(0, None, None)
    before, after = (sum(values, Fraction(0)) / len(pairs) for values in zip(*pairs, strict=True))
    return GroupFigures(len(pairs), before, after)
