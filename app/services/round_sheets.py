"""What results and grids of a round stand on: its head, its sheets, and what their answers earned. One statement each.

Everything is read through the row scope: a school finds its own sheet, a municipality its own and its schools'.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, case, func, select
from sqlalchemy.orm import Session

from app.analysis.round_figures import Earned
from app.models import Assessment, CriterionScore, Framework, MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import NotFound
from app.services.order_head import as_people_sort, name_of

# «Итог»: what was checked. «Все отправленные»: what its unit has handed in and nobody has given back.
SETTLED = frozenset({Status.ACCEPTED, Status.APPROVED})
SENT = frozenset({Status.SUBMITTED, Status.ACCEPTED, Status.APPROVED})
REGIONAL_SCHOOLS = "Школы региона"

# The scope stands on the sheet; a composite key ties its columns to the units, whose names are only labels.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_sheet")
_MUNICIPALITY = cast(Table, OrgUnit.__table__).alias("municipality_of_sheet")


@dataclass(frozen=True, slots=True)
class RoundHead:
    id: int
    title: str
    status: RoundStatus
    is_municipal: bool
    opens_on: date
    due_on: date
    locks_on: date
    framework_id: int
    framework: str
    # Who made the set: codes of criteria mean the same within one maker's editions.
    framework_maker_id: int
    previous_round_id: int | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    id: int
    version: int
    org_unit_id: int
    municipality_id: int
    region_id: int
    kind: UnitKind
    status: Status
    share: Decimal | None
    level: str
    answered: int
    to_answer: int
    changed: int
    stepped_in: bool
    submitted_by_id: int | None
    name: str
    municipality: str
    is_small: bool

    @property
    def is_regional(self) -> bool:
        """A school straight under its region carries the region as its municipality."""
        return self.municipality_id == self.region_id


def round_head(session: Session, round_id: int) -> RoundHead:
    """Raises NotFound for a round outside the actor's scope."""
    row = session.execute(
        select(
            MonitoringRound.id,
            MonitoringRound.title,
            MonitoringRound.status,
            MonitoringRound.is_municipal,
            MonitoringRound.opens_on,
            MonitoringRound.due_on,
            MonitoringRound.locks_on,
            MonitoringRound.framework_id,
            Framework.title.label("framework"),
            Framework.edition,
            Framework.org_unit_id,
            MonitoringRound.previous_round_id,
        )
        .join(Framework, Framework.id == MonitoringRound.framework_id)
        .where(MonitoringRound.id == round_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return RoundHead(*row[:8], f"{row.framework}, редакция {row.edition}", row.org_unit_id, row.previous_round_id)


def comparable_rounds(session: Session, head: RoundHead) -> list[tuple[int, str]]:
    """Other rounds by sets of the same maker that the actor may see, the latest first."""
    rows = session.execute(
        select(MonitoringRound.id, MonitoringRound.title)
        .join(Framework, Framework.id == MonitoringRound.framework_id)
        .where(
            MonitoringRound.id != head.id,
            MonitoringRound.status != RoundStatus.DRAFT,
            Framework.org_unit_id == head.framework_maker_id,
        )
        .order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc())
    )
    return [(row.id, row.title) for row in rows]


def sheets_of(session: Session, round_id: int) -> list[SheetRow]:
    """All sheets of the round in scope, as people sort names."""
    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.version,
        Assessment.org_unit_id,
        Assessment.municipality_id,
        Assessment.region_id,
        Assessment.sheet_kind,
        Assessment.status,
        Assessment.share,
        Assessment.level,
        Assessment.answered,
        Assessment.to_answer,
        Assessment.changed_after_approval,
        Assessment.stepped_in,
        Assessment.submitted_by_id,
        name_of(_UNIT).label("name"),
        name_of(_MUNICIPALITY).label("municipality"),
        func.coalesce(Assessment.was_small, _UNIT.c.is_small),
    )
    rows = session.execute(
        select(*columns)
        .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
        .join(_MUNICIPALITY, _MUNICIPALITY.c.id == Assessment.municipality_id)
        .where(Assessment.round_id == round_id)
    )
    return sorted((SheetRow(*row) for row in rows), key=lambda one: (as_people_sort(one.name), one.org_unit_id))


def earned_by(
    session: Session,
    round_id: int,
    *,
    kind: UnitKind,
    statuses: Collection[Status],
    by_unit: bool,
    municipality_id: int | None = None,
) -> dict[int, dict[int, Earned]]:
    """Municipality (or unit) → criterion → what the answers that count earned on sheets of this kind and state."""
    group = CriterionScore.org_unit_id if by_unit else CriterionScore.municipality_id
    wanted = (
        select(
            group.label("unit"),
            CriterionScore.criterion_id,
            func.sum(CriterionScore.final_points).label("points"),
            func.count(CriterionScore.final_points).label("n"),
            func.sum(case((CriterionScore.final_is_na, 1), else_=0)).label("na"),
        )
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .where(
            Assessment.round_id == round_id,
            Assessment.sheet_kind == kind,
            Assessment.status.in_(sorted(statuses)),
        )
        .group_by(group, CriterionScore.criterion_id)
    )
    if municipality_id is not None:
        wanted = wanted.where(Assessment.municipality_id == municipality_id)
    found: dict[int, dict[int, Earned]] = {}
    for row in session.execute(wanted):
        earned = Earned(row.points or Decimal(0), row.n, int(row.na))
        found.setdefault(row.unit, {})[row.criterion_id] = earned
    return found


def places(sheets: Collection[SheetRow]) -> list[tuple[int, str]]:
    """The municipalities whose schools have sheets, and the region's own schools, for a choice."""
    found = {
        one.municipality_id: REGIONAL_SCHOOLS if one.is_regional else one.municipality
        for one in sheets
        if one.kind is UnitKind.SCHOOL
    }
    regional = {one.region_id for one in sheets}
    return sorted(found.items(), key=lambda one: (one[0] in regional, as_people_sort(one[1])))


def chosen_place(actor: Actor, sheets: Collection[SheetRow], municipality_id: int | None) -> tuple[int, str] | None:
    """The municipality that is looked at; None for the whole of what the actor sees. Raises NotFound."""
    if municipality_id is None:
        return None
    if actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
        for place in places(sheets):
            if place[0] == municipality_id:
                return place
    raise NotFound
