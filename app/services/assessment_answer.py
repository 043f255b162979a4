"""The unit's own answers, written one by one as they are given; their proof and what is carried over stand beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore
from app.models.enumeration import ScoreSource
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services.assessment_access import new_score, score_of, scores_of, to_fill
from app.services.assessment_carrying import carry_over
from app.services.assessment_proof import attach, detach, put_under
from app.services.assessment_result import is_answered, judge_anew, refresh, settle
from app.services.assessment_value import LONGEST_COMMENT, LONGEST_REASON, bounded, words, worth_or_na
from app.services.evidence import TypedEvidence, gathered
from app.services.framework_contents import CriterionView

__all__ = ["Typed", "answer", "answer_all", "attach", "carry_over", "detach", "to_fill"]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person answered; neither a value nor «неприменимо»: the answer is taken away."""

    value: Decimal | None = None
    is_na: bool = False
    na_reason: str = ""
    comment: str = ""
    dispute_reason: str = ""


def answer(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    criterion_id: int,
    typed: Typed,
    *,
    version: int | None,
    now: datetime,
    today: date,
) -> CriterionScore:
    """Writes one answer; `version` is that of the score which the person saw, None for a first answer.

    Answers to other criteria by other people do not hinder it. Raises Conflict with both answers, Invalid at the field,
    NotFound (no criterion of this sheet), NotPermitted, WrongState.
    """
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    criterion = held.criterion(criterion_id)
    score = score_of(session, assessment, criterion_id)
    typed = _tidied(score, typed)
    if score is not None and _said_by(score) == typed:
        return score
    _require_unchanged(criterion, score, typed, version)
    if score is not None and _is_counted(score):
        typed = _against_counted(score, typed)
    points = worth_or_na(criterion, typed.value, is_na=typed.is_na)
    score = score or new_score(session, assessment, criterion_id)
    _write(score, typed, points, actor, now)
    if is_answered(score) or score.comment:
        held.assessment.started_at = held.assessment.started_at or now
    refresh(session, held.assessment, held)
    return score


def answer_all(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    given: Mapping[int, Typed],
    proof: Mapping[int, Sequence[TypedEvidence]],
    *,
    now: datetime,
    today: date,
) -> int:
    """First answers by criterion, each with its proof, in one act; returns how many. All are written or none.

    Raises Conflict where one of them stands answered otherwise, and whatever a single answer raises.
    """
    actor.require(Permission.ASSESSMENT_FILL)
    held = to_fill(session, actor, assessment, today=today)
    standing = scores_of(session, held.assessment)
    written: dict[int, CriterionScore] = {}
    for number, typed in given.items():
        criterion, score = held.criterion(number), standing.get(number)
        said = _tidied(score, typed)
        _require_unchanged(criterion, score, said, None)
        if score is not None and _is_counted(score):
            said = _against_counted(score, said)
        points = worth_or_na(criterion, said.value, is_na=said.is_na)
        if score is None:
            score = new_score(session, held.assessment, number)
        _write(score, said, points, actor, now)
        written[number] = score
    shown = [(score, typed) for number, score in written.items() for typed in proof.get(number, ())]
    pieces = gathered(session, actor, held.unit.id, [typed for _, typed in shown], now=now)
    wanted: dict[CriterionScore, list[int]] = {}
    for (score, _), piece in zip(shown, pieces, strict=True):
        wanted.setdefault(score, []).append(piece.id)
    put_under(session, wanted)
    held.assessment.started_at = held.assessment.started_at or now
    refresh(session, held.assessment, held)
    return len(written)


def _write(score: CriterionScore, typed: Typed, points: Decimal | None, actor: Actor, now: datetime) -> None:
    _tell_source(score, typed)
    if (typed.value, typed.is_na) != (score.value, score.is_na):
        judge_anew(score)
    score.value, score.points, score.is_na = typed.value, points, typed.is_na
    score.na_reason, score.comment, score.dispute_reason = typed.na_reason, typed.comment, typed.dispute_reason
    score.answered_at, score.answered_by = now, actor.signature
    settle(score)


def _tidied(score: CriterionScore | None, typed: Typed) -> Typed:
    """What is kept of what was typed: «неприменимо» has no value, and only it has a reason."""
    counted = score is not None and _is_counted(score)
    return Typed(
        value=None if typed.is_na else typed.value,
        is_na=typed.is_na,
        na_reason=bounded(typed.na_reason, LONGEST_REASON, "na_reason", "Причина") if typed.is_na else "",
        comment=bounded(typed.comment, LONGEST_COMMENT, "comment", "Пояснение"),
        dispute_reason=bounded(typed.dispute_reason, LONGEST_REASON, "dispute_reason", "Причина") if counted else "",
    )


def _said_by(score: CriterionScore) -> Typed:
    return Typed(score.value, score.is_na, score.na_reason, score.comment, score.dispute_reason)


def _require_unchanged(
    criterion: CriterionView, score: CriterionScore | None, typed: Typed, version: int | None
) -> None:
    """A first answer may meet an empty row: proof or a remark came before it."""
    if score is None or score.version == version or (version is None and not is_answered(score) and not score.comment):
        return
    raise Conflict(
        f"Критерий «{criterion.code}»: пока страница была открыта, "
        f"{score.answered_by or 'кто-то другой'} записал ответ {_quoted(criterion, _said_by(score))}. "
        f"Ваш ответ {_quoted(criterion, typed)} не записан. Сравните их и, если ваш верен, запишите его ещё раз."
    )


def _quoted(criterion: CriterionView, typed: Typed) -> str:
    said = f"«{words(criterion, typed.value, is_na=typed.is_na, reason=typed.na_reason)}»"
    return f"{said} с пояснением «{typed.comment}»" if typed.comment else said


def _is_counted(score: CriterionScore) -> bool:
    return score.counted_at is not None and score.counted_value is not None


def _against_counted(score: CriterionScore, typed: Typed) -> Typed:
    """What the system counted stands until it is disputed with a reason. Raises Invalid at `dispute_reason`."""
    is_same = typed.value == score.counted_value or (typed.value is None and not typed.dispute_reason)
    if is_same and not typed.is_na:
        return replace(typed, value=score.counted_value, dispute_reason="")
    if not typed.dispute_reason:
        raise Invalid(
            "Этот ответ посчитала система по вашим записям. Если она ошиблась, напишите, в чём.", field="dispute_reason"
        )
    return typed


def _tell_source(score: CriterionScore, typed: Typed) -> None:
    """A carried answer stays one while only its words change; a counted one while it is what was counted."""
    if _is_counted(score) and not typed.dispute_reason:
        score.source, score.carried_from_id = ScoreSource.COUNTED, None
    elif (typed.value, typed.is_na) != (score.value, score.is_na):
        score.source, score.carried_from_id = ScoreSource.TYPED, None
