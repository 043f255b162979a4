"""What answers are worth: points by the scale of a criterion, the share of the whole, its level. Exact throughout.

Source of the rules: the proposed set of criteria and the scales found in practice (domain facts §1.2, §1.4, §1.5):
yes or no, 0–1–2, shares and numbers with thresholds, chosen levels, fractional points, weights, «неприменимо».
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol, TypeVar

from app.models.enumeration import ScaleKind

HUNDRED = Decimal(100)
BY_THRESHOLD = frozenset({ScaleKind.SHARE, ScaleKind.NUMBER})


class UnfitAnswerError(ValueError):
    """Its text is a sentence for the person who answered."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`levels` are (threshold, points), thresholds ascending: the answer itself, or the least of a share or number.

    Without levels: yes is worth `max_points`; a share is worth its percent (then `max_points` is 100).
    """

    kind: ScaleKind
    max_points: Decimal
    levels: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One criterion of a sheet; points None: not answered yet, which counts as nothing earned."""

    weight: Decimal
    max_points: Decimal
    points: Decimal | None
    is_na: bool = False


class Said(Protocol):
    """An answer of one side; neither value nor «неприменимо»: that side has said nothing."""

    @property
    def value(self) -> Decimal | None: ...

    @property
    def is_na(self) -> bool: ...


OneSide = TypeVar("OneSide", bound=Said)


@dataclass(frozen=True, slots=True)
class Side:
    """An answer as one side gave it, with what it is worth where that is known."""

    value: Decimal | None
    points: Decimal | None
    is_na: bool


def that_counts(agreed: OneSide, checked: OneSide, own: OneSide) -> OneSide:
    """What counts of a criterion: agreed with the experts, else the checker's, else the unit's own."""
    return next((one for one in (agreed, checked) if one.value is not None or one.is_na), own)


def points_of(scale: Scale, value: Decimal) -> Decimal:
    """The points of an answer. Raises UnfitAnswerError for an answer that the scale does not have."""
    if scale.kind is ScaleKind.YES_NO:
        if value not in {Decimal(0), Decimal(1)}:
            raise UnfitAnswerError("Ответьте «да» или «нет».")
        return scale.max_points if value else Decimal(0)
    if scale.kind is ScaleKind.SHARE and not 0 <= value <= HUNDRED:
        raise UnfitAnswerError("Доля — число от 0 до 100 процентов.")
    if scale.kind in BY_THRESHOLD:
        return _by_threshold(scale, value)
    for threshold, points in scale.levels:
        if threshold == value:
            return points
    raise UnfitAnswerError("Выберите один из ответов шкалы.")


def _by_threshold(scale: Scale, value: Decimal) -> Decimal:
    """The points of the highest threshold that the value reaches; below all of them nothing."""
    if not scale.levels:
        return value
    reached = [points for threshold, points in scale.levels if value >= threshold]
    return reached[-1] if reached else Decimal(0)


def share_of(answers: Iterable[Answer]) -> Fraction | None:
    """Percent of the weighted best over what applies: Σ weight × points ÷ max, by Σ weight. None: nothing applies."""
    earned, weights = Fraction(0), Fraction(0)
    for answer in answers:
        if answer.is_na:
            continue
        weight = Fraction(answer.weight)
        weights += weight
        if answer.points is not None:
            earned += weight * Fraction(answer.points) / Fraction(answer.max_points)
    return 100 * earned / weights if weights else None


def rounded(share: Fraction | None, places: int = 4) -> Decimal | None:
    """Half up, as people round."""
    if share is None:
        return None
    exact = Decimal(1).scaleb(-places)
    whole = share * 10**places
    # Fraction arithmetic up to the rounding itself: a Decimal quotient would be rounded twice.
    up = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    return (Decimal(up) * exact).quantize(exact, ROUND_HALF_UP)


def level_of(share: Fraction | None, bands: Sequence[tuple[str, Decimal]]) -> str:
    """The name of the highest band (name, from percent) that the exact share reaches; empty below all and for None."""
    if share is None:
        return ""
    reached = [(least, name) for name, least in bands if share >= Fraction(least)]
    return max(reached)[1] if reached else ""


def mean(shares: Iterable[Decimal | None]) -> Fraction | None:
    """The plain mean of sheets' shares, percent; sheets without a share do not count."""
    known = [Fraction(share) for share in shares if share is not None]
    return sum(known, Fraction(0)) / len(known) if known else None
