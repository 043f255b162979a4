"""The checker's grid of a round: units × criteria in the actor's scope, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.analysis.round_figures import WHOLE, heat_step
from app.analysis.scoring import that_counts
from app.models import Assessment, CriterionScore, Expertise, ExpertScore, ScoreEvidence
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import ScoreSource, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.assessment import Verdict, act_many, actions
from app.services.framework_contents import CriterionView, contents
from app.services.round_sheets import RoundHead, SheetRow, chosen_place, places, round_head, sheets_of

# Acts that a person may take on many rows of the grid at once.
ACTS = ("accept", "return", "approve")
# More rows than this are shown one municipality at a time.
MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class Value:
    """An answer as somebody gave it; neither value nor «н/п»: not given."""

    value: Decimal | None = None
    is_na: bool = False

    @property
    def given(self) -> bool:
        return self.is_na or self.value is not None


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of one sheet; `final` is what counts."""

    own: Value
    checked: Value
    agreed: Value
    points: Decimal | None
    step: int | None
    evidence: int
    remark: bool
    disputed: bool
    counted: bool
    # A good answer without the proof that the criterion demands.
    unproven: bool
    # An expert's value that one may see is not the unit's own.
    expert_differs: bool

    @property
    def final(self) -> Value:
        return that_counts(self.agreed, self.checked, self.own)

    @property
    def differs(self) -> bool:
        return self.expert_differs or any(one.given and one != self.own for one in (self.checked, self.agreed))

    @property
    def is_clean(self) -> bool:
        return self.final.given and not (self.differs or self.remark or self.disputed or self.unproven)


@dataclass(slots=True)
class Row:
    """A sheet; `acts` are those of ACTS that its state and the actor's duties allow now."""

    sheet: SheetRow
    acts: tuple[str, ...]
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """All answered, and nothing in it for a checker to look at."""
        answered = self.sheet.to_answer > 0 and self.sheet.answered >= self.sheet.to_answer
        return answered and all(cell.is_clean for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Grid:
    round: RoundHead
    kind: UnitKind
    kinds: tuple[UnitKind, ...]
    criteria: tuple[CriterionView, ...]
    rows: tuple[Row, ...]
    municipalities: tuple[tuple[int, str], ...]
    opened: tuple[int, str] | None
    # The rows before the filter of states and of clean ones.
    total: int

    def acts(self) -> tuple[str, ...]:
        """What may be done to at least one row."""
        return tuple(act for act in ACTS if any(act in row.acts for row in self.rows))


def build(
    session: Session,
    actor: Actor,
    round_id: int,
    *,
    municipality_id: int | None = None,
    kind: UnitKind | None = None,
    status: Status | None = None,
    only_clean: bool = False,
) -> Grid:
    """Five statements and those of the set of criteria, whatever the size. Raises NotFound for what is out of scope.

    A region starts with its municipal sheets where the round has them, else with all schools when they are few, else
    with the schools of the first municipality; a municipality with its schools.
    """
    actor.require(Permission.ASSESSMENT_READ)
    found_round = round_head(session, round_id)
    whole = contents(session, found_round.framework_id)
    everyone = sheets_of(session, round_id)
    opened = chosen_place(actor, everyone, municipality_id)
    kinds = tuple(one for one in (UnitKind.SCHOOL, UnitKind.MUNICIPALITY) if any(row.kind is one for row in everyone))
    shown = kind or _first_kind(actor, kinds, opened)
    found = places(everyone)
    sheets = [one for one in everyone if one.kind is shown]
    if opened is None and shown is UnitKind.SCHOOL and len(sheets) > MOST_ROWS and found:
        opened = found[0]
    if opened is not None:
        sheets = [one for one in sheets if one.municipality_id == opened[0]]
    else:
        # Schools of one municipality stand together.
        place = {number: rank for rank, (number, _) in enumerate(found)}
        sheets.sort(key=lambda one: place.get(one.municipality_id, 0) if shown is UnitKind.SCHOOL else 0)
    rows = {one.id: Row(one, _acts(found_round, one, actor)) for one in sheets}
    criteria = tuple(one for one in whole.criteria if one.is_for(shown))
    _fill(session, rows, {one.id: one for one in whole.criteria}, _cut(round_id, shown, opened))
    kept = [row for row in rows.values() if status in {None, row.sheet.status} and (row.is_clean or not only_clean)]
    return Grid(found_round, shown, kinds, criteria, tuple(kept), tuple(found), opened, len(rows))


def head(session: Session, actor: Actor, round_id: int) -> RoundHead:
    """Raises NotFound for a round outside the actor's scope."""
    actor.require(Permission.ASSESSMENT_READ)
    return round_head(session, round_id)


def act_on(
    session: Session,
    actor: Actor,
    of_round: RoundHead,
    action: str,
    chosen: Sequence[tuple[int, int]],
    *,
    note: str,
    today: date,
    now: datetime,
) -> list[Verdict]:
    """One of ACTS on many sheets (number, the version that the person saw), with a verdict for each.

    Raises NotFound where a sheet is not of this round or lies outside the scope: then nothing is done.
    """
    numbers = [number for number, _ in chosen]
    known = select(func.count()).select_from(Assessment).where(Assessment.id.in_(numbers))
    if session.scalar(known.where(Assessment.round_id == of_round.id)) != len(set(numbers)):
        raise NotFound
    return act_many(session, actor, action, chosen, note=note, today=today, now=now)


def _acts(of_round: RoundHead, sheet: SheetRow, actor: Actor) -> tuple[str, ...]:
    # The life cycle asks a sheet and its round by the names of their columns, and the rows bear them.
    possible = {step.action for step in actions(cast("Any", sheet), cast("Any", of_round), actor)}
    return tuple(act for act in ACTS if act in possible)


def _first_kind(actor: Actor, kinds: tuple[UnitKind, ...], opened: tuple[int, str] | None) -> UnitKind:
    if actor.unit_kind is UnitKind.REGION and opened is None and UnitKind.MUNICIPALITY in kinds:
        return UnitKind.MUNICIPALITY
    return kinds[0] if kinds else UnitKind.SCHOOL


def _cut(round_id: int, kind: UnitKind, opened: tuple[int, str] | None) -> tuple[ColumnElement[bool], ...]:
    cut = (Assessment.round_id == round_id, Assessment.sheet_kind == kind)
    return cut if opened is None else (*cut, Assessment.municipality_id == opened[0])


def _fill(
    session: Session,
    rows: Mapping[int, Row],
    criteria: Mapping[int, CriterionView],
    cut: tuple[ColumnElement[bool], ...],
) -> None:
    evidence = _evidence(session, cut)
    judged = _judged(session, cut)
    wanted = select(
        CriterionScore.id,
        CriterionScore.assessment_id,
        CriterionScore.criterion_id,
        CriterionScore.value,
        CriterionScore.is_na,
        CriterionScore.checked_value,
        CriterionScore.checked_is_na,
        CriterionScore.agreed_value,
        CriterionScore.agreed_is_na,
        CriterionScore.final_points,
        CriterionScore.remark,
        CriterionScore.dispute_reason,
        CriterionScore.source,
    ).join(Assessment, Assessment.id == CriterionScore.assessment_id)
    steps: dict[tuple[int, Decimal | None], int | None] = {}
    for one in session.execute(wanted.where(*cut)):
        row, criterion = rows.get(one.assessment_id), criteria.get(one.criterion_id)
        if row is not None and criterion is not None:
            # Thousands of answers, and few different ones.
            key = (one.criterion_id, one.final_points)
            if key not in steps:
                steps[key] = _step(criterion, one.final_points)
            values = judged.get((one.assessment_id, one.criterion_id), ())
            row.cells[one.criterion_id] = _cell(one, criterion, steps[key], evidence.get(one.id, 0), values)


def _step(criterion: CriterionView, points: Decimal | None) -> int | None:
    return None if points is None else heat_step(WHOLE * Fraction(points) / Fraction(criterion.max_points))


def _cell(one: Any, criterion: CriterionView, step: int | None, evidence: int, judged: tuple[Value, ...]) -> Cell:
    own = Value(one.value, one.is_na)
    return Cell(
        own=own,
        checked=Value(one.checked_value, one.checked_is_na),
        agreed=Value(one.agreed_value, one.agreed_is_na),
        points=one.final_points,
        step=step,
        evidence=evidence,
        remark=bool(one.remark),
        disputed=bool(one.dispute_reason),
        counted=one.source is ScoreSource.COUNTED,
        unproven=criterion.evidence_required and not evidence and bool(one.final_points),
        expert_differs=any(value != own for value in judged),
    )


def _evidence(session: Session, cut: tuple[ColumnElement[bool], ...]) -> dict[int, int]:
    """How many proofs each answer rests on."""
    wanted = (
        select(ScoreEvidence.score_id, func.count().label("amount"))
        .join(CriterionScore, CriterionScore.id == ScoreEvidence.score_id)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .where(*cut)
        .group_by(ScoreEvidence.score_id)
    )
    return {row.score_id: row.amount for row in session.execute(wanted)}


def _judged(session: Session, cut: tuple[ColumnElement[bool], ...]) -> dict[tuple[int, int], tuple[Value, ...]]:
    """The experts' values that the actor may see, by sheet and criterion."""
    wanted = (
        select(Expertise.assessment_id, ExpertScore.criterion_id, ExpertScore.value, ExpertScore.is_na)
        .join(Expertise, Expertise.id == ExpertScore.expertise_id)
        .join(Assessment, Assessment.id == Expertise.assessment_id)
        .where(*cut)
    )
    found: dict[tuple[int, int], tuple[Value, ...]] = {}
    for row in session.execute(wanted):
        key, value = (row.assessment_id, row.criterion_id), Value(row.value, row.is_na)
        if value.given:
            found[key] = (*found.get(key, ()), value)
    return found
