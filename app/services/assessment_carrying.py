"""Answers of the round before, taken into a sheet that is still empty there; it stays visible where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, ScoreEvidence
from app.models.enumeration import ScoreSource
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services.assessment_access import new_score, previous_of, scores_of, to_fill, whole
from app.services.assessment_proof import put_under
from app.services.assessment_result import is_answered, refresh, settle
from app.services.assessment_value import worth_or_na
from app.services.framework_contents import CriterionView


def carry_over(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    criterion_ids: Sequence[int] | None,
    *,
    now: datetime,
    today: date,
) -> int:
    """The unit's own answers of the last round, with their proof, into those still empty; returns how many.

    `criterion_ids` None: all. What this edition's scale does not have stays empty. Raises NotFound, WrongState.
    """
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    previous = previous_of(session, held.assessment)
    if previous is None:
        raise WrongState("Прошлого цикла с вашим листом нет: переносить нечего.")
    chosen = list(held.criteria) if criterion_ids is None else list(dict.fromkeys(criterion_ids))
    there = whole(session, previous)
    given, standing = scores_of(session, previous), scores_of(session, held.assessment)
    carried: dict[int, CriterionScore] = {}
    for criterion in [held.criterion(number) for number in chosen]:
        before = there.contents.by_code.get(criterion.code)
        source = given.get(before.id) if before is not None else None
        score = standing.get(criterion.id)
        if before is None or source is None or is_answered(score) or not may_carry(criterion, before, source):
            continue
        score = score or new_score(session, held.assessment, criterion.id)
        score.value, score.is_na, score.na_reason = source.value, source.is_na, source.na_reason
        score.points = worth_or_na(criterion, source.value, is_na=source.is_na)
        score.comment = score.comment or source.comment
        score.source, score.carried_from_id = ScoreSource.CARRIED, source.id
        score.answered_at, score.answered_by = now, actor.signature
        settle(score)
        carried[source.id] = score
    if carried:
        _carry_proof(session, carried)
        held.assessment.started_at = held.assessment.started_at or now
        refresh(session, held.assessment, held)
    return len(carried)


def may_carry(criterion: CriterionView, before: CriterionView, source: CriterionScore) -> bool:
    """Whether the answer to that criterion is one of this edition too. What was counted then is counted anew."""
    if not is_answered(source) or source.source is ScoreSource.COUNTED:
        return False
    if not source.is_na and before.scale is not criterion.scale:
        return False
    try:
        worth_or_na(criterion, source.value, is_na=source.is_na)
    except Invalid:
        return False
    return True


def _carry_proof(session: Session, carried: Mapping[int, CriterionScore]) -> None:
    """`carried`: the new score by the number of the old one."""
    wanted: dict[CriterionScore, list[int]] = {}
    for link in session.execute(
        select(ScoreEvidence.score_id, ScoreEvidence.evidence_id)
        .where(ScoreEvidence.score_id.in_(carried))
        .order_by(ScoreEvidence.id)
    ):
        wanted.setdefault(carried[link.score_id], []).append(link.evidence_id)
    put_under(session, wanted)
