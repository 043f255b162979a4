"""What monitoring asks of a person now: sheets to fill, to check and to approve, expert work, and how rounds go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.models import Assessment, Expertise, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES, SETTLED_STATUSES
from app.models.enumeration import AssessmentStatus, ExpertiseStatus, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.check_time import being_checked
from app.services.order_head import name_of

# The scope stands on the sheet; its round and its unit are read for their labels.
_ROUND = cast(Table, MonitoringRound.__table__).alias("round_of_sheet")
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_sheet")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the person's own unit that waits for the unit."""

    assessment_id: int
    title: str
    status: AssessmentStatus
    due_on: date
    locks_on: date
    answered: int
    to_answer: int
    is_begun: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sheet given to the person as an expert."""

    expertise_id: int
    unit: str
    title: str


@dataclass(slots=True)
class Running:
    """A round that goes on, counted within the scope; `first` are those whose first checker is the person's unit."""

    round_id: int
    title: str
    due_on: date
    is_municipal: bool
    states: Counter[AssessmentStatus] = field(default_factory=Counter)
    first: Counter[AssessmentStatus] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def settled(self) -> int:
        return sum(self.states[status] for status in SETTLED_STATUSES)

    @property
    def unsent(self) -> int:
        return sum(self.states[status] for status in FILLED_STATUSES)


@dataclass(slots=True)
class MonitoringWork:
    sheets: list[Sheet] = field(default_factory=list)
    expertises: list[Judgement] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)


def build(session: Session, actor: Actor) -> MonitoringWork:
    """Three statements at most; for whoever may not read sheets, none."""
    found = MonitoringWork()
    if not actor.may(Permission.ASSESSMENT_READ):
        return found
    if actor.may(Permission.ASSESSMENT_FILL) or actor.may(Permission.ASSESSMENT_SEND):
        found.sheets = _sheets(session, actor)
    if actor.may(Permission.EXPERTISE_WRITE):
        found.expertises = _expertises(session, actor)
    if actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
        found.running = _running(session, actor)
    return found


def waiting(actor: Actor, *, today: date) -> list[Select[Any]]:
    """Counts for the bell: returned to me or due by today, to be checked first by my unit, to be approved, to judge."""
    counts: list[Select[Any]] = []
    if actor.may(Permission.ASSESSMENT_FILL):
        pressing = or_(Assessment.status == AssessmentStatus.RETURNED, _ROUND.c.due_on <= today)
        counts.append(_open(func.count(Assessment.id).label("amount")).where(*_own(actor), pressing))
    if actor.may(Permission.ASSESSMENT_ACCEPT):
        submitted = Assessment.status == AssessmentStatus.SUBMITTED
        counts.append(_open(func.count(Assessment.id).label("amount")).where(submitted, _first(actor)))
    if actor.may(Permission.ASSESSMENT_APPROVE) and actor.unit_kind is UnitKind.REGION:
        accepted = and_(Assessment.status == AssessmentStatus.ACCEPTED, _ROUND.c.is_municipal.is_(False))
        counts.append(_open(func.count(Assessment.id).label("amount")).where(accepted))
    if actor.may(Permission.EXPERTISE_WRITE):
        judged = _open(func.count(Expertise.id).label("amount")).join(
            Expertise, Expertise.assessment_id == Assessment.id
        )
        counts.append(judged.where(*_to_judge(actor)))
    return counts


def _open(*columns: Any) -> Select[Any]:
    """Of sheets in rounds that go on."""
    return (
        select(*columns)
        .select_from(Assessment)
        .join(_ROUND, _ROUND.c.id == Assessment.round_id)
        .where(_ROUND.c.status == RoundStatus.OPEN.value)
    )


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Assessment.org_unit_id == actor.unit_id, Assessment.status.in_(FILLED_STATUSES)


def _first(actor: Actor) -> ColumnElement[bool]:
    """Whom this unit is the first to check: a municipality its schools, a region those straight under it."""
    other = Assessment.org_unit_id != actor.unit_id
    if actor.unit_kind is UnitKind.REGION:
        straight = or_(
            Assessment.municipality_id == Assessment.org_unit_id, Assessment.municipality_id == Assessment.region_id
        )
        return and_(other, straight)
    return other


def _to_judge(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Nobody can hand in an expertise of a sheet that is no longer checked."""
    return Expertise.user_id == actor.user_id, Expertise.status == ExpertiseStatus.ASSIGNED, being_checked(_ROUND.c)


def _sheets(session: Session, actor: Actor) -> list[Sheet]:
    statement = _open(
        Assessment.id,
        _ROUND.c.title,
        Assessment.status,
        _ROUND.c.due_on,
        _ROUND.c.locks_on,
        Assessment.answered,
        Assessment.to_answer,
        Assessment.started_at.is_not(None).label("is_begun"),
    )
    rows = session.execute(statement.where(*_own(actor)).order_by(_ROUND.c.due_on, Assessment.id).limit(LONGEST))
    return [Sheet(*row) for row in rows]


def _expertises(session: Session, actor: Actor) -> list[Judgement]:
    rows = session.execute(
        select(Expertise.id, name_of(_UNIT).label("unit"), _ROUND.c.title)
        .join(Assessment, Assessment.id == Expertise.assessment_id)
        .join(_ROUND, _ROUND.c.id == Assessment.round_id)
        .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
        .where(*_to_judge(actor))
        .order_by(Expertise.id)
        .limit(LONGEST)
    )
    return [Judgement(*row) for row in rows]


def _running(session: Session, actor: Actor) -> list[Running]:
    """Rounds that go on, newest first, with the states of their sheets in the scope."""
    first = case((_first(actor), 1), else_=0).label("first")
    keys = (_ROUND.c.id, _ROUND.c.title, _ROUND.c.due_on, _ROUND.c.is_municipal, Assessment.status)
    rows = session.execute(_open(*keys, first, func.count().label("amount")).group_by(*keys, first))
    found: dict[int, Running] = {}
    for number, title, due_on, is_municipal, status, is_first, amount in rows:
        one = found.setdefault(number, Running(number, title, due_on, is_municipal))
        one.states[status] += amount
        if is_first:
            one.first[status] += amount
    return sorted(found.values(), key=lambda one: -one.round_id)
