"""The sheets of a round as its annex and its notes tell of them: one statement, and how they are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.analysis.scoring import mean
from app.models import Assessment, OrgUnit
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.services.order_head import as_people_sort, name_of
from app.services.round_sheets import REGIONAL_SCHOOLS, SETTLED
from app.services.round_term import Term, term_of

# Labels only: the scope stands on the sheet, and a composite key ties its columns to these rows.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_sheet")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_sheet")
KINDS = (UnitKind.MUNICIPALITY, UnitKind.SCHOOL)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """`share` is percent; `municipality` is «Школы региона» for a school straight under its region."""

    id: int
    unit_id: int
    municipality_id: int
    region_id: int
    kind: UnitKind
    status: Status
    is_begun: bool
    answered: int
    to_answer: int
    first_submitted_on: date | None
    submitted_on: date | None
    accepted_on: date | None
    approved_on: date | None
    share: Decimal | None
    level: str
    changed: int
    stepped_in: bool
    excused_reason: str
    unit: str
    municipality: str
    is_small: bool

    @property
    def not_begun(self) -> bool:
        return self.status is Status.DRAFT and not self.is_begun

    def term(self, due_on: date, today: date) -> Term:
        return term_of(self.status, self.first_submitted_on, due_on, today)


@dataclass
class Tally:
    """Sheets of a place by state and term. `mean` (exact percent) and `levels` are of accepted and approved sheets of
    one kind, as on the page of results; `counted` says how many these are.
    """

    states: Counter[Status] = field(default_factory=Counter)
    terms: Counter[Term] = field(default_factory=Counter)
    not_begun: int = 0
    counted: int = 0
    changed: int = 0
    mean: Fraction | None = None
    levels: tuple[int, ...] = ()
    unlevelled: int = 0

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def expected(self) -> int:
        """Sheets that somebody awaits."""
        return self.total - self.states[Status.EXCUSED]


def tally(rows: Iterable[RegisterRow], kind: UnitKind, due_on: date, today: date, bands: Sequence[str]) -> Tally:
    """`levels` in the order of the bands; `unlevelled`: counted sheets below all of them or without a result."""
    rows = list(rows)
    counted = [row for row in rows if row.kind is kind and row.status in SETTLED]
    levels = tuple(sum(row.level == band for row in counted) for band in bands)
    return Tally(
        states=Counter(row.status for row in rows),
        terms=Counter(row.term(due_on, today) for row in rows),
        not_begun=sum(row.not_begun for row in rows),
        counted=len(counted),
        changed=sum(row.changed > 0 for row in rows),
        mean=mean(row.share for row in counted),
        levels=levels,
        unlevelled=len(counted) - sum(levels),
    )


def register(session: Session, round_id: int, *, municipality_id: int | None = None) -> list[RegisterRow]:
    """In scope; municipalities by name with their own sheet before their schools', the region's own schools last."""
    wanted = (
        select(
            Assessment.id,
            Assessment.org_unit_id,
            Assessment.municipality_id,
            Assessment.region_id,
            Assessment.sheet_kind,
            Assessment.status,
            Assessment.started_at.is_not(None),
            Assessment.answered,
            Assessment.to_answer,
            Assessment.first_submitted_on,
            Assessment.submitted_on,
            Assessment.accepted_on,
            Assessment.approved_on,
            Assessment.share,
            Assessment.level,
            Assessment.changed_after_approval,
            Assessment.stepped_in,
            Assessment.excused_reason,
            name_of(_UNIT),
            name_of(_MUNICIPALITY),
            func.coalesce(Assessment.was_small, _UNIT.c.is_small),
        )
        .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assessment.municipality_id)
        .where(Assessment.round_id == round_id)
    )
    if municipality_id is not None:
        wanted = wanted.where(Assessment.municipality_id == municipality_id)
    rows = []
    for found in session.execute(wanted):
        facts: list[Any] = list(found)
        if facts[2] == facts[3]:
            facts[-2] = REGIONAL_SCHOOLS
        rows.append(RegisterRow(*facts))
    return sorted(rows, key=_place)


def _place(row: RegisterRow) -> tuple[object, ...]:
    straight = row.municipality_id == row.region_id
    place = (as_people_sort(row.municipality), row.municipality_id)
    return (straight, *place, KINDS.index(row.kind), as_people_sort(row.unit), row.unit_id)


def by_place(rows: Iterable[RegisterRow]) -> dict[tuple[int, str], list[RegisterRow]]:
    """The rows of each municipality, in the order of the rows."""
    found: dict[tuple[int, str], list[RegisterRow]] = {}
    for row in rows:
        found.setdefault((row.municipality_id, row.municipality), []).append(row)
    return found


def in_brackets(caution: str) -> str:
    """What must be known of the set's standing, to be told behind its name: « (предложение, не официальная форма)»."""
    told = caution.strip().rstrip(".")
    return f" ({told[:1].lower()}{told[1:]})" if told else ""


def kind_shown(rows: Collection[RegisterRow]) -> UnitKind:
    """What the figures are of: schools' sheets where there are any, as on the page of results."""
    if any(row.kind is UnitKind.SCHOOL for row in rows) or not rows:
        return UnitKind.SCHOOL
    return UnitKind.MUNICIPALITY
