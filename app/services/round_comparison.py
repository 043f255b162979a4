"""Round against round: what rose and fell, by criteria that both editions have, by section and by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.analysis.round_figures import Movement, change, movement
from app.analysis.scoring import mean
from app.services.round_tally import CriterionFigure, Results, section_mean


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """One code in both rounds. `rescaled`: scale, weight or levels differ, the percent still compare."""

    now: CriterionFigure
    before: CriterionFigure
    change: Fraction | None
    rescaled: bool


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section by the criteria that both rounds have."""

    title: str
    criteria: int
    before: Fraction | None
    now: Fraction | None
    change: Fraction | None


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit whose sheets count in both rounds."""

    unit_id: int
    name: str
    assessment_id: int
    before_id: int
    before: Decimal | None
    now: Decimal | None
    before_level: str
    level: str
    change: Fraction | None
    movement: Movement
    changed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`mean_before`, `mean_now`: over the units that count in both, so that the circle of units changes nothing."""

    now: Results
    before: Results
    criteria: tuple[CriterionChange, ...]
    only_now: tuple[CriterionFigure, ...]
    only_before: tuple[CriterionFigure, ...]
    sections: tuple[SectionChange, ...]
    units: tuple[UnitChange, ...]
    mean_before: Fraction | None
    mean_now: Fraction | None

    @property
    def change(self) -> Fraction | None:
        return change(self.mean_before, self.mean_now)

    def moved(self, which: Movement) -> tuple[UnitChange, ...]:
        return tuple(one for one in self.units if one.movement is which)


def compared(now: Results, before: Results) -> Comparison:
    """Of the same cut of two rounds; in the order of the later set."""
    earlier = {one.code: one for one in before.criteria}
    both = tuple(_criterion(one, earlier[one.code]) for one in now.criteria if one.code in earlier)
    codes = {one.now.code for one in both}
    units = tuple(_units(now, before))
    whole = [one for one in units if one.change is not None]
    return Comparison(
        now=now,
        before=before,
        criteria=both,
        only_now=tuple(one for one in now.criteria if one.code not in codes),
        only_before=tuple(one for one in before.criteria if one.code not in codes),
        sections=tuple(_sections(both)),
        units=units,
        mean_before=mean(one.before for one in whole),
        mean_now=mean(one.now for one in whole),
    )


def _criterion(now: CriterionFigure, before: CriterionFigure) -> CriterionChange:
    new, old = now.criterion, before.criterion
    rescaled = (new.scoring_scale, new.weight) != (old.scoring_scale, old.weight)
    return CriterionChange(now, before, change(before.mean, now.mean), rescaled)


def _sections(criteria: Iterable[CriterionChange]) -> Iterable[SectionChange]:
    groups: dict[str, list[CriterionChange]] = {}
    for one in criteria:
        groups.setdefault(one.now.section, []).append(one)
    for title, inside in groups.items():
        before, now = section_mean(one.before for one in inside), section_mean(one.now for one in inside)
        yield SectionChange(title, len(inside), before, now, change(before, now))


def _units(now: Results, before: Results) -> Iterable[UnitChange]:
    ranks = dict(now.bands)
    earlier = {one.org_unit_id: one for one in before.counted}
    for one in now.counted:
        old = earlier.get(one.org_unit_id)
        if old is None:
            continue
        difference = None if one.share is None or old.share is None else Fraction(one.share) - Fraction(old.share)
        yield UnitChange(
            unit_id=one.org_unit_id,
            name=one.name,
            assessment_id=one.id,
            before_id=old.id,
            before=old.share,
            now=one.share,
            before_level=old.level,
            level=one.level,
            change=difference,
            movement=movement(old.level, one.level, ranks),
            changed=one.changed + old.changed,
        )
