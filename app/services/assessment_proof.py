"""Proof under answers: pieces of the unit's own, put there and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, Evidence, ScoreEvidence
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound
from app.services import evidence
from app.services.assessment_access import new_score, score_of, to_fill
from app.services.assessment_result import refresh
from app.services.evidence import TypedEvidence

MOST_EVIDENCE = 30


def attach(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    criterion_id: int,
    typed_evidence: Sequence[TypedEvidence],
    *,
    now: datetime,
    today: date,
) -> list[Evidence]:
    """Puts proof under an answer, or under one still to be given. Raises Invalid, NotFound (a foreign piece)."""
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    held.criterion(criterion_id)
    score = score_of(session, assessment, criterion_id) or new_score(session, assessment, criterion_id)
    session.flush()
    pieces = evidence.gathered(session, actor, held.unit.id, typed_evidence, now=now)
    put_under(session, {score: [piece.id for piece in pieces]})
    held.assessment.started_at = held.assessment.started_at or now
    refresh(session, held.assessment, held)
    return pieces


def detach(
    session: Session, actor: Actor, assessment: Assessment, criterion_id: int, evidence_id: int, *, today: date
) -> None:
    """Takes a piece of proof from under an answer; the piece itself stays the unit's. Raises NotFound."""
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    held.criterion(criterion_id)
    link = session.scalar(
        select(ScoreEvidence)
        .join(CriterionScore, CriterionScore.id == ScoreEvidence.score_id)
        .where(
            CriterionScore.assessment_id == assessment.id,
            CriterionScore.criterion_id == criterion_id,
            ScoreEvidence.evidence_id == evidence_id,
        )
    )
    if link is None:
        raise NotFound
    session.delete(link)
    refresh(session, held.assessment, held)


def put_under(session: Session, wanted: Mapping[CriterionScore, Sequence[int]]) -> None:
    """Pieces by number, those that already lie there left alone. Raises Invalid at `evidence` over the limit."""
    session.flush()
    lying: dict[int, set[int]] = {score.id: set() for score in wanted}
    for link in session.execute(
        select(ScoreEvidence.score_id, ScoreEvidence.evidence_id).where(ScoreEvidence.score_id.in_(lying))
    ):
        lying[link.score_id].add(link.evidence_id)
    for score, numbers in wanted.items():
        fresh = [number for number in dict.fromkeys(numbers) if number not in lying[score.id]]
        if len(lying[score.id]) + len(fresh) > MOST_EVIDENCE:
            raise Invalid(
                f"Под одним ответом может быть не больше {MOST_EVIDENCE} подтверждений. Уберите лишние.",
                field="evidence",
            )
        session.add_all(
            ScoreEvidence(org_unit_id=score.org_unit_id, score_id=score.id, evidence_id=number) for number in fresh
        )
    session.flush()
