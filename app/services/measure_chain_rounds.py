"""The two ends of the chain: what a criterion was worth in its round, and what the next round says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, Criterion, CriterionScore, Framework, MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus, RoundStatus
from app.policies.refusal import NotFound
from app.services.round_sheets import SETTLED


@dataclass(frozen=True, slots=True)
class Place:
    """A criterion of one unit in one round; the code names it in every edition of its set."""

    code: str
    round_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sheet says of the criterion; `points` None: nothing, or «неприменимо»."""

    round_id: int
    round_title: str
    sheet_id: int
    criterion_id: int
    title: str
    status: AssessmentStatus
    points: Decimal | None
    best: Decimal
    is_na: bool
    score_id: int | None

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED


@dataclass(frozen=True, slots=True)
class CriterionLink:
    """`next_round` is the first later one of the same holder by a set of the same maker with this criterion in which
    the unit has a sheet that counts, else the first in which it has any; None where there is none.
    """

    place: Place
    unit: str
    answer: Answer
    next_round: Answer | None


@dataclass(frozen=True, slots=True)
class _Line:
    """Which rounds follow one another: one holder, one maker of the sets."""

    holder: int
    maker: int
    opens_on: date


def score_of(session: Session, place: Place) -> None:
    """Raises NotFound where the actor sees no sheet of the unit in that round with that criterion."""
    found = session.scalar(
        select(Assessment.id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .join(Criterion, Criterion.framework_id == MonitoringRound.framework_id)
        .where(
            Assessment.round_id == place.round_id,
            Assessment.org_unit_id == place.unit_id,
            Criterion.code == place.code,
        )
    )
    if found is None:
        raise NotFound


def links_of(session: Session, places: Sequence[Place]) -> tuple[CriterionLink, ...]:
    """In the order of the places; those whose sheet the actor does not see are left out. Three statements."""
    if not places:
        return ()
    lines = _lines(session, places)
    answers = _answers(session, places, lines)
    units = session.execute(
        select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id.in_({one.unit_id for one in places}))
    )
    names = {row.id: row.short_name or row.name for row in units}
    return tuple(
        CriterionLink(place, names.get(place.unit_id, ""), answer, _next(place, lines, answers))
        for place in places
        if (answer := answers.get((place.code, place.round_id, place.unit_id))) is not None
    )


def _next(place: Place, lines: Mapping[int, _Line], answers: Mapping[tuple[str, int, int], Answer]) -> Answer | None:
    base = lines[place.round_id]
    later = [
        answer
        for number, line in lines.items()
        if (line.holder, line.maker) == (base.holder, base.maker) and line.opens_on > base.opens_on
        if (answer := answers.get((place.code, number, place.unit_id))) is not None
    ]
    return next((one for one in later if one.is_settled), later[0] if later else None)


def _lines(session: Session, places: Sequence[Place]) -> dict[int, _Line]:
    """Rounds of the holders of these rounds, the first first."""
    holders = select(MonitoringRound.org_unit_id).where(MonitoringRound.id.in_({one.round_id for one in places}))
    rows = session.execute(
        select(
            MonitoringRound.id,
            MonitoringRound.org_unit_id,
            Framework.org_unit_id.label("maker"),
            MonitoringRound.opens_on,
        )
        .join(Framework, Framework.id == MonitoringRound.framework_id)
        .where(MonitoringRound.org_unit_id.in_(holders), MonitoringRound.status != RoundStatus.DRAFT)
        .order_by(MonitoringRound.opens_on, MonitoringRound.id)
    )
    return {row.id: _Line(row.org_unit_id, row.maker, row.opens_on) for row in rows}


def _answers(
    session: Session, places: Sequence[Place], lines: Mapping[int, _Line]
) -> dict[tuple[str, int, int], Answer]:
    """By code, round and unit; a sheet without an answer to the criterion stands too."""
    rows = session.execute(
        select(
            Criterion.code,
            Assessment.org_unit_id,
            Assessment.round_id,
            MonitoringRound.title.label("round_title"),
            Assessment.id,
            Criterion.id.label("criterion_id"),
            Criterion.title,
            Assessment.status,
            CriterionScore.final_points,
            Criterion.max_points,
            CriterionScore.final_is_na,
            CriterionScore.id.label("score_id"),
        )
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .join(Criterion, Criterion.framework_id == MonitoringRound.framework_id)
        .outerjoin(
            CriterionScore,
            (CriterionScore.assessment_id == Assessment.id) & (CriterionScore.criterion_id == Criterion.id),
        )
        .where(
            Assessment.round_id.in_(lines),
            Assessment.org_unit_id.in_({one.unit_id for one in places}),
            Criterion.code.in_({one.code for one in places}),
        )
    )
    return {
        (row.code, row.round_id, row.org_unit_id): Answer(
            round_id=row.round_id,
            round_title=row.round_title,
            sheet_id=row.id,
            criterion_id=row.criterion_id,
            title=row.title,
            status=row.status,
            points=row.final_points,
            best=row.max_points,
            is_na=bool(row.final_is_na),
            score_id=row.score_id,
        )
        for row in rows
    }
