"""What an expert sees: the sheets given to them, and one sheet with the unit's answers and their own values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Assessment,
    CriterionScore,
    Evidence,
    EvidenceRevision,
    Expertise,
    ExpertScore,
    MonitoringRound,
    OrgUnit,
)
from app.models.enumeration import AssessmentStatus, ExpertiseStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Refusal
from app.services.assessment_access import Whole, scores_of, the_one, whole
from app.services.assessment_examination import evidence_of
from app.services.assessment_value import words
from app.services.check_time import is_being_checked
from app.services.expert_waiting import waiting
from app.services.framework_contents import CriterionView, SectionView

# The scope stands on the sheet; names are labels.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_sheet")
_TOWN = cast(Table, OrgUnit.__table__).alias("municipality_of_sheet")


@dataclass(frozen=True, slots=True)
class MyExpertise:
    """One line of «Мои экспертизы»; `given` of `to_give` criteria have a value."""

    id: int
    status: ExpertiseStatus
    assessment_id: int
    sheet_status: AssessmentStatus
    unit: str
    municipality: str
    round_title: str
    locks_on: date
    assigned_at: datetime
    assigned_by: str
    handed_in_at: datetime | None
    given: int
    to_give: int
    # The expert's work is awaited now.
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class ExpertLine:
    criterion: CriterionView
    # The unit's own answer in words, and what it says and shows for it.
    answer: str
    comment: str
    evidence: Sequence[Evidence]
    mine: ExpertScore | None

    @property
    def mine_words(self) -> str:
        if self.mine is None:
            return ""
        return words(self.criterion, self.mine.value, is_na=self.mine.is_na)


@dataclass(frozen=True, slots=True)
class ExpertSheet:
    expertise: Expertise
    held: Whole
    parts: Sequence[tuple[SectionView, Sequence[ExpertLine]]]
    # By piece of evidence.
    files: Mapping[int, Sequence[EvidenceRevision]]
    # Why nothing may be written now; empty while the sheet waits for experts.
    hindrance: str

    @property
    def lines(self) -> list[ExpertLine]:
        return [line for _, lines in self.parts for line in lines]

    @property
    def given(self) -> int:
        return sum(line.mine is not None and (line.mine.value is not None or line.mine.is_na) for line in self.lines)


def my_expertises(session: Session, actor: Actor) -> list[MyExpertise]:
    """Those of the actor in the part of the tree where they stand now; what is awaited first, then the newest."""
    actor.require(Permission.EXPERTISE_WRITE)
    given = (
        select(ExpertScore.expertise_id, func.count().label("given"))
        .where(or_(ExpertScore.value.is_not(None), ExpertScore.is_na))
        .group_by(ExpertScore.expertise_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Expertise,
            Assessment.status.label("sheet_status"),
            Assessment.to_answer,
            MonitoringRound.title.label("round_title"),
            MonitoringRound.locks_on,
            MonitoringRound.status.label("round_status"),
            MonitoringRound.is_municipal,
            func.coalesce(func.nullif(_UNIT.c.short_name, ""), _UNIT.c.name).label("unit"),
            func.coalesce(func.nullif(_TOWN.c.short_name, ""), _TOWN.c.name).label("town"),
            func.coalesce(given.c.given, 0).label("given"),
        )
        .join(Assessment, Assessment.id == Expertise.assessment_id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .join(_UNIT, _UNIT.c.id == Expertise.org_unit_id)
        .outerjoin(_TOWN, (_TOWN.c.id == Expertise.municipality_id) & (_TOWN.c.id != Expertise.region_id))
        .outerjoin(given, given.c.expertise_id == Expertise.id)
        .where(Expertise.user_id == (actor.user_id or 0))
        .order_by(Expertise.id.desc())
    )
    found = [_mine(row) for row in rows]
    return sorted(found, key=lambda one: not one.is_waiting)


def _mine(row: Any) -> MyExpertise:
    one: Expertise = row.Expertise
    return MyExpertise(
        id=one.id,
        status=one.status,
        assessment_id=one.assessment_id,
        sheet_status=row.sheet_status,
        unit=row.unit,
        municipality=row.town or "",
        round_title=row.round_title,
        locks_on=row.locks_on,
        assigned_at=one.assigned_at,
        assigned_by=one.assigned_by,
        handed_in_at=one.handed_in_at,
        given=row.given,
        to_give=row.to_answer,
        is_waiting=one.status is ExpertiseStatus.ASSIGNED
        and is_being_checked(row.sheet_status, row.round_status, is_municipal=row.is_municipal),
    )


def expert_sheet(session: Session, expertise: Expertise) -> ExpertSheet:
    """The sheet as its expert sees it, without anybody else's judgement; by a fixed number of statements."""
    assessment = the_one(session, expertise.assessment_id)
    held = whole(session, assessment)
    scores, proof = scores_of(session, assessment), evidence_of(session, assessment)
    rows = session.scalars(select(ExpertScore).where(ExpertScore.expertise_id == expertise.id))
    mine = {row.criterion_id: row for row in rows}
    parts = [
        (section, [_line(one, scores.get(one.id), proof.get(one.id, ()), mine.get(one.id)) for one in section.criteria])
        for section in held.sections
    ]
    return ExpertSheet(expertise, held, parts, _files(session, proof), _hindrance(held))


def _files(session: Session, proof: Mapping[int, Sequence[Evidence]]) -> dict[int, list[EvidenceRevision]]:
    numbers = {piece.id for pieces in proof.values() for piece in pieces}
    found: dict[int, list[EvidenceRevision]] = {}
    for row in session.scalars(
        select(EvidenceRevision).where(EvidenceRevision.evidence_id.in_(numbers)).order_by(EvidenceRevision.number)
    ):
        found.setdefault(row.evidence_id, []).append(row)
    return found


def _hindrance(held: Whole) -> str:
    try:
        waiting(held)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _line(
    criterion: CriterionView, score: CriterionScore | None, evidence: Sequence[Evidence], mine: ExpertScore | None
) -> ExpertLine:
    if score is None:
        return ExpertLine(criterion, "нет ответа", "", evidence, mine)
    answer = words(criterion, score.value, is_na=score.is_na, reason=score.na_reason)
    return ExpertLine(criterion, answer, score.comment, evidence, mine)
