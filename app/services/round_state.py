"""The state of a round in the reader's scope: who has not begun, who sent, by municipality, and in time or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Self

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from app.analysis.round_figures import percent_text
from app.models import Assessment, MonitoringRound, OrgUnit
from app.models.assessment import SETTLED_STATUSES
from app.models.enumeration import AssessmentStatus, UnitKind
from app.services.order_head import as_people_sort
from app.services.round_sheets import REGIONAL_SCHOOLS
from app.services.round_term import Term, came_in_time, is_late, term_of

# A draft without an answer is told apart from one in work.
NOT_STARTED = "not_started"
BUCKETS: tuple[tuple[str, str], ...] = (
    (NOT_STARTED, "не начали"),
    ("draft", "заполняют"),
    ("submitted", "на проверке"),
    ("returned", "возвращены"),
    ("accepted", "приняты"),
    ("approved", "утверждены"),
    ("excused", "освобождены"),
)


@dataclass(slots=True)
class Tally:
    counts: dict[str, int] = field(default_factory=lambda: {key: 0 for key, _ in BUCKETS})
    in_time: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def expected(self) -> int:
        """Sheets that somebody awaits."""
        return self.total - self.counts["excused"]

    @property
    def handed_in(self) -> int:
        return self.expected - self.counts[NOT_STARTED] - self.counts["draft"]

    @property
    def done(self) -> int:
        return self.counts["accepted"] + self.counts["approved"]

    @property
    def unfinished(self) -> int:
        return self.expected - self.done

    @property
    def rate(self) -> Fraction | None:
        """Percent of the awaited sheets that came in time, exact: the annex and the note say the same."""
        return Fraction(100 * self.in_time, self.expected) if self.expected else None

    @property
    def rate_text(self) -> str:
        return "–" if self.rate is None else f"{percent_text(self.rate)} %"

    def add(self, row: Any) -> None:
        for key, _ in BUCKETS:
            self.counts[key] += int(getattr(row, key) or 0)
        self.in_time += int(row.in_time or 0)
        self.late += int(row.late or 0)

    def __iadd__(self, other: Tally) -> Self:
        for key, count in other.counts.items():
            self.counts[key] += count
        self.in_time += other.in_time
        self.late += other.late
        return self


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One unit's sheet as the round's page tells it."""

    id: int
    unit_id: int
    unit_name: str
    sheet_kind: UnitKind
    status: AssessmentStatus
    is_started: bool
    answered: int
    to_answer: int
    first_submitted_on: date | None
    term: Term
    level: str

    @property
    def bucket(self) -> str:
        not_begun = self.status is AssessmentStatus.DRAFT and not self.is_started
        return NOT_STARTED if not_begun else self.status.value

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED_STATUSES

    @property
    def late_word(self) -> str:
        """Empty for a sheet that is not late."""
        return {Term.LATE: "с опозданием", Term.MISSED: "просрочен"}.get(self.term, "")

    @property
    def word(self) -> str:
        return "не начат" if self.bucket == NOT_STARTED else self.status.label


@dataclass(frozen=True, slots=True)
class TownState:
    """One municipality; for schools straight under the region it is the region's own number."""

    municipality_id: int
    name: str
    is_region: bool
    tally: Tally
    own_sheet: SheetRow | None


@dataclass(frozen=True, slots=True)
class RoundState:
    towns: tuple[TownState, ...]
    total: Tally


def state_of_round(session: Session, held: MonitoringRound, *, today: date) -> RoundState:
    """By municipality, in the order people sort names; three statements whatever the size."""
    tallies: dict[int, Tally] = {}
    for row in session.execute(_counted(held, today)):
        tallies.setdefault(row.municipality_id, Tally()).add(row)
    places = {
        row.id: row
        for row in session.execute(
            select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name, OrgUnit.kind).where(OrgUnit.id.in_(tallies))
        )
    }
    own = {sheet.unit_id: sheet for sheet in _sheets(session, held, today, kind=UnitKind.MUNICIPALITY)}
    towns = []
    for municipality_id, tally in tallies.items():
        place = places.get(municipality_id)
        is_region = place is None or place.kind is UnitKind.REGION
        name = REGIONAL_SCHOOLS if place is None or is_region else place.short_name or place.name
        towns.append(TownState(municipality_id, name, is_region, tally, own.get(municipality_id)))
    towns.sort(key=lambda town: (town.is_region, as_people_sort(town.name)))
    whole = Tally()
    for town in towns:
        whole += town.tally
    return RoundState(tuple(towns), whole)


def sheets_of(session: Session, held: MonitoringRound, *, today: date) -> list[SheetRow]:
    """Every sheet in the reader's scope, municipal ones first; one statement."""
    rows = _sheets(session, held, today)
    return sorted(rows, key=lambda row: (row.sheet_kind is UnitKind.SCHOOL, as_people_sort(row.unit_name), row.id))


def tally_of(rows: Sequence[SheetRow]) -> Tally:
    """The same count over sheets that have been read."""
    tally = Tally()
    for row in rows:
        tally.counts[row.bucket] += 1
        tally.late += row.term.is_late
        tally.in_time += row.term is Term.IN_TIME
    return tally


def _bound(day: date) -> BindParameter[date]:
    return bindparam("today_of_round", day, type_=Date())


def _counted(held: MonitoringRound, today: date) -> Any:
    def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    draft = Assessment.status == AssessmentStatus.DRAFT
    sums = [
        total(and_(draft, Assessment.started_at.is_(None))).label(NOT_STARTED),
        total(and_(draft, Assessment.started_at.is_not(None))).label("draft"),
        *(
            total(Assessment.status == AssessmentStatus(key)).label(key)
            for key, _ in BUCKETS
            if key not in {NOT_STARTED, "draft"}
        ),
        total(came_in_time(held.due_on)).label("in_time"),
        total(is_late(held.due_on, _bound(today))).label("late"),
    ]
    return (
        select(Assessment.municipality_id, *sums)
        .where(Assessment.round_id == held.id)
        .group_by(Assessment.municipality_id)
    )


def _sheets(
    session: Session,
    held: MonitoringRound,
    today: date,
    *,
    kind: UnitKind | None = None,
) -> list[SheetRow]:
    wanted = (
        select(
            Assessment.id,
            Assessment.org_unit_id,
            OrgUnit.name,
            OrgUnit.short_name,
            Assessment.sheet_kind,
            Assessment.status,
            Assessment.started_at,
            Assessment.answered,
            Assessment.to_answer,
            Assessment.first_submitted_on,
            Assessment.level,
        )
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .where(Assessment.round_id == held.id)
    )
    if kind is not None:
        wanted = wanted.where(Assessment.sheet_kind == kind)
    return [
        SheetRow(
            row.id,
            row.org_unit_id,
            row.short_name or row.name,
            row.sheet_kind,
            row.status,
            row.started_at is not None,
            row.answered,
            row.to_answer,
            row.first_submitted_on,
            term_of(row.status, row.first_submitted_on, held.due_on, today),
            row.level,
        )
        for row in session.execute(wanted)
    ]
