"""What rounds say of the effect of measures: counts and means past the row scope, never which units they are of.

«Similar» are units that took no measure for the criterion between the two rounds, of the same kind and (for schools)
the same smallness, whose points in the first round were those of a unit of the measure, within the tolerance of the
rule. A measure done before the first round does not count: what it gave is in the points of that round already.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.analysis.measure_effect import NOBODY, EffectFigures, EffectRule, Level, Pair, is_alike, verdict
from app.models.enumeration_of_measures import EffectVerdict
from app.services.effect_reading import Asked, Days, Edition, Point, Reading, read

DATA = Path(__file__).with_name("measure_effect_rule.json")
NOTHING = EffectFigures(NOBODY, NOBODY)


class Missing(StrEnum):
    """Why rounds say nothing of a measure."""

    NO_BASE = "no_base"
    NO_ROUND = "no_round"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Measured:
    """`later` None: rounds say nothing yet, `missing` says why. Means of the similar stand in `figures` only where
    the rule lets them be told; `measured_on` is the last day on which a sheet of the measure's units was sent.
    """

    base: Edition | None
    later: Edition | None
    verdict: EffectVerdict
    figures: EffectFigures
    measured_on: date | None = None
    missing: Missing | None = None


@lru_cache(maxsize=1)
def effect_rule() -> EffectRule:
    """The thresholds of the verdict: data with the note of their source."""
    told = json.loads(DATA.read_text(encoding="utf-8"))
    return EffectRule(
        min_similar=int(told["min_similar"]),
        margin=Fraction(str(told["margin_percent"])) / 100,
        tolerance=Fraction(str(told["tolerance_percent"])) / 100,
        source=str(told["source"]),
    )


def measured(session: Session, asked: Sequence[Asked]) -> dict[int, Measured]:
    """By the number of the measure; four statements whatever their number."""
    if not asked:
        return {}
    known, rule = read(session, asked), effect_rule()
    return {one.measure_id: _judged(one, known, rule) for one in asked}


def _judged(asked: Asked, known: Reading, rule: EffectRule) -> Measured:
    key, units = (asked.base_round_id, asked.criterion_code), known.units.get(asked.measure_id, frozenset())
    base = known.editions.get(key)
    before = known.of(base) if base else {}
    began = {number: before[number] for number in units if number in before}
    if base is None or not began:
        return _unknown(base, Missing.NO_BASE)
    for edition in known.later[key]:
        after = known.of(edition)
        treated = {
            number: one for number, one in began.items() if number in after and after[number].sent_on >= asked.done_on
        }
        if not treated:
            continue
        # The measure's other units, those without a figure, are similar to nobody either.
        others = {number: one for number, one in before.items() if number in after and number not in units}
        untouched = {
            number: one
            for number, one in others.items()
            if not _took(known.taken.get((asked.criterion_code, number), ()), base.opens_on, after[number].sent_on)
        }
        found, figures = verdict(_levels(treated, untouched, after, rule), rule)
        return Measured(base, edition, found, figures, max(after[one].sent_on for one in treated))
    return _unknown(base, Missing.NOT_SENT if known.later[key] else Missing.NO_ROUND)


def _levels(
    treated: Mapping[int, Point], others: Mapping[int, Point], after: Mapping[int, Point], rule: EffectRule
) -> list[Level]:
    """Units of the measure by kind, smallness and start, each with those like them."""
    began: dict[tuple[str, bool, Fraction], dict[int, Pair]] = defaultdict(dict)
    for number, one in treated.items():
        began[one.kind, one.is_small, one.share][number] = one.share, after[number].share
    return [
        Level(
            pairs,
            {
                number: (one.share, after[number].share)
                for number, one in others.items()
                if (one.kind, one.is_small) == (kind, is_small) and is_alike(one.share, share, rule)
            },
        )
        for (kind, is_small, share), pairs in began.items()
    ]


def _took(taken: Iterable[Days], since: date, until: date) -> bool:
    """Whether a measure of the unit could have worked between the two rounds."""
    return any(planned <= until and (done is None or done >= since) for planned, done in taken)


def _unknown(base: Edition | None, missing: Missing) -> Measured:
    return Measured(base, None, EffectVerdict.TOO_LITTLE, NOTHING, missing=missing)
