"""The figures of a round as they are handed around: by criterion, section, municipality, unit. Shares are percent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from app.analysis.round_figures import WHOLE, Earned, level_counts, weighted
from app.analysis.scoring import mean
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.services.framework_contents import Contents, CriterionView
from app.services.round_sheets import SETTLED, RoundHead, SheetRow, places


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """`mean` in percent over `n` sheets that answered; `na`: on how many it does not apply."""

    id: int
    code: str
    title: str
    section: str
    criterion: CriterionView
    earned: Earned
    mean: Fraction | None

    @property
    def n(self) -> int:
        return self.earned.n

    @property
    def na(self) -> int:
        return self.earned.na


@dataclass(frozen=True, slots=True)
class SectionFigure:
    title: str
    mean: Fraction | None
    criteria: tuple[CriterionFigure, ...]


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """A municipality with its schools' sheets, or one unit's sheet (then `assessment_id`, `status`, `level`).

    `sheets` are all but the excused, `counted` those that the figures are of, `changed` those changed after approval.
    """

    unit_id: int
    name: str
    sheets: int
    excused: int
    counted: int
    accepted: int
    approved: int
    changed: int
    mean: Fraction | None
    levels: tuple[tuple[str, int], ...]
    earned: Mapping[int, Earned] = field(default_factory=dict)
    opens: bool = False
    assessment_id: int | None = None
    status: Status | None = None
    level: str = ""

    def cell(self, criterion: CriterionView) -> Fraction | None:
        found = self.earned.get(criterion.id)
        return found.mean(criterion.max_points) if found is not None else None


@dataclass(frozen=True, slots=True)
class Results:
    """`rows` are municipalities (folded) or units, by name; `counted` the sheets that all figures are of."""

    round: RoundHead
    kind: UnitKind
    kinds: tuple[UnitKind, ...]
    everything: bool
    folded: bool
    whole: GroupFigure
    rows: tuple[GroupFigure, ...]
    criteria: tuple[CriterionFigure, ...]
    sections: tuple[SectionFigure, ...]
    # (name, sheets) from the best level; sheets without one last, under the empty name.
    levels: tuple[tuple[str, int], ...]
    # Sheets by share: [0, 10), [10, 20) … [90, 100].
    distribution: tuple[int, ...]
    bands: tuple[tuple[str, Decimal], ...]
    counted: tuple[SheetRow, ...]
    municipalities: tuple[tuple[int, str], ...]
    opened: tuple[int, str] | None

    @property
    def by_municipality(self) -> tuple[GroupFigure, ...]:
        return self.rows if self.folded else ()

    @property
    def by_unit(self) -> tuple[GroupFigure, ...]:
        return () if self.folded else self.rows

    def weakest(self, n: int = 5) -> tuple[CriterionFigure, ...]:
        """The criteria of the lowest mean; equal ones in the order of the set, those below the best only."""
        known = [(one.mean, place, one) for place, one in enumerate(self.criteria) if one.mean is not None]
        return tuple(one for share, _, one in sorted(known, key=lambda each: each[:2])[:n] if share < WHOLE)


def criterion_figure(one: CriterionView, earned: Earned) -> CriterionFigure:
    return CriterionFigure(one.id, one.code, one.title, one.section, one, earned, earned.mean(one.max_points))


def section_mean(criteria: Iterable[CriterionFigure]) -> Fraction | None:
    return weighted((one.criterion.weight, one.criterion.max_points, one.earned) for one in criteria)


def section_figures(whole: Contents, criteria: Iterable[CriterionFigure]) -> tuple[SectionFigure, ...]:
    """In the order of the set, without the sections of which nothing is shown."""
    by_section: dict[int, list[CriterionFigure]] = {}
    section_of = {one.id: section.id for section in whole.sections for one in section.criteria}
    for one in criteria:
        by_section.setdefault(section_of[one.id], []).append(one)
    return tuple(
        SectionFigure(section.title, section_mean(by_section[section.id]), tuple(by_section[section.id]))
        for section in whole.sections
        if section.id in by_section
    )


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which sheets count, and the names of the levels, from the best."""

    statuses: frozenset[Status]
    bands: tuple[str, ...]

    def by_municipality(
        self, sheets: Iterable[SheetRow], earned: Mapping[int, Mapping[int, Earned]]
    ) -> Iterable[GroupFigure]:
        groups: dict[int, list[SheetRow]] = {}
        for one in sheets:
            groups.setdefault(one.municipality_id, []).append(one)
        for number, name in places([one for group in groups.values() for one in group]):
            yield self.group((number, name), groups[number], earned.get(number, {}), opens=True)

    def by_unit(self, sheets: Iterable[SheetRow], earned: Mapping[int, Mapping[int, Earned]]) -> Iterable[GroupFigure]:
        for one in sheets:
            yield self.group((one.org_unit_id, one.name), [one], earned.get(one.org_unit_id, {}), sheet=one)

    def group(
        self,
        unit: tuple[int, str],
        sheets: list[SheetRow],
        earned: Mapping[int, Earned],
        *,
        opens: bool = False,
        sheet: SheetRow | None = None,
    ) -> GroupFigure:
        counted = [one for one in sheets if one.status in self.statuses]
        excused = sum(one.status is Status.EXCUSED for one in sheets)
        return GroupFigure(
            unit_id=unit[0],
            name=unit[1],
            sheets=len(sheets) - excused,
            excused=excused,
            counted=len(counted),
            accepted=sum(one.status in SETTLED for one in sheets),
            approved=sum(one.status is Status.APPROVED for one in sheets),
            changed=sum(one.changed > 0 for one in counted),
            mean=mean(one.share for one in counted),
            levels=level_counts((one.level for one in counted), self.bands),
            earned=earned,
            opens=opens,
            assessment_id=sheet.id if sheet is not None else None,
            status=sheet.status if sheet is not None else None,
            level=sheet.level if sheet is not None and counted else "",
        )
