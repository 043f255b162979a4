"""The checker's own values beside the unit's, and remarks per criterion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore
from app.models.enumeration import AssessmentStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services.assessment_access import Whole, locked, new_score, require_round_open, score_of, whole
from app.services.assessment_result import is_checked, name, outdate, refresh, settle
from app.services.assessment_value import LONGEST_COMMENT, bounded, words, worth_or_na
from app.services.check_time import is_being_checked
from app.services.framework_contents import CriterionView
from app.workflows.assessment import by_another_person, by_checker, is_step_in


@dataclass(frozen=True, slots=True)
class Checked:
    """The checker's value, or «неприменимо»."""

    value: Decimal | None = None
    is_na: bool = False
    comment: str = ""


def to_check(session: Session, actor: Actor, assessment: Assessment) -> Whole:
    """The sheet held for its checker's change. Raises NotPermitted, NotFound, WrongState (state, round)."""
    actor.require(Permission.ASSESSMENT_CHECK)
    refused = by_checker(assessment, actor)
    if refused is not None:
        raise NotPermitted(refused)
    held = whole(session, locked(session, assessment))
    require_round_open(held.round)
    if not is_being_checked(held.assessment.status, held.round.status, is_municipal=held.round.is_municipal):
        raise WrongState(
            f"Лист «{held.assessment.status.label}»: проверяют отправленный лист, пока его проверка не окончена."
        )
    refused = by_another_person(held.assessment, actor)
    if refused is not None:
        raise WrongState(refused)
    return held


def check(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    criterion_id: int,
    checked: Checked | None,
    *,
    version: int | None,
    now: datetime,
) -> CriterionScore:
    """Writes the checker's value beside the unit's; None takes it back. `version` is of the score that was seen.

    Raises Conflict with both values, Invalid at the field, NotFound, NotPermitted, WrongState.
    """
    actor.require(Permission.ASSESSMENT_CHECK)
    held = to_check(session, actor, assessment)
    criterion = held.criterion(criterion_id)
    score = score_of(session, assessment, criterion_id)
    if checked is not None:
        checked = _tidied(checked)
    stands = _stands(score)
    if score is not None and score.version != version:
        raise Conflict(
            f"Критерий «{criterion.code}»: пока страница была открыта, его изменили. Значение проверки сейчас: "
            f"{_quoted(criterion, stands)}{f', его поставил {score.checked_by}' if score.checked_by else ''}. "
            f"Ваше значение {_quoted(criterion, checked)} не записано. Сравните их и, если ваше верно, повторите."
        )
    if score is not None and checked == stands:
        return score
    points = worth_or_na(criterion, checked.value, is_na=checked.is_na) if checked is not None else None
    score = score or new_score(session, assessment, criterion_id)
    given = checked or Checked()
    score.checked_value, score.checked_points, score.checked_is_na = given.value, points, given.is_na
    score.checked_comment = given.comment
    score.checked_by, score.checked_at = (actor.signature, now) if checked is not None else ("", None)
    settle(score)
    if held.assessment.status is AssessmentStatus.SUBMITTED and is_step_in(held.assessment, actor):
        held.assessment.stepped_in = True
    refresh(session, held.assessment, held)
    return score


def remark(
    session: Session, actor: Actor, assessment: Assessment, criterion_id: int, text: str, *, version: int | None
) -> CriterionScore:
    """What is to be corrected; empty takes it back. It stands until the sheet is accepted. Raises as `check`."""
    actor.require(Permission.ASSESSMENT_CHECK)
    held = to_check(session, actor, assessment)
    criterion = held.criterion(criterion_id)
    text = bounded(text, LONGEST_COMMENT, "remark", "Замечание")
    score = score_of(session, assessment, criterion_id)
    if score is not None and version != score.version and text != score.remark:
        raise Conflict(
            f"Критерий «{criterion.code}» тем временем изменили, замечание к нему сейчас: «{score.remark or 'нет'}». "
            f"Ваше замечание «{text or 'снять'}» не записано. Посмотрите и запишите его ещё раз, если нужно."
        )
    is_new = text != (score.remark if score is not None else "")
    score = score or new_score(session, assessment, criterion_id)
    score.remark = text
    name(score, held)
    session.flush()
    if is_new:
        outdate(session, held.assessment)
    return score


def _tidied(checked: Checked) -> Checked:
    if checked.value is None and not checked.is_na:
        raise Invalid("Поставьте значение или отметьте «неприменимо».", field="value")
    comment = bounded(checked.comment, LONGEST_COMMENT, "comment", "Пояснение")
    return Checked(None if checked.is_na else checked.value, checked.is_na, comment)


def _stands(score: CriterionScore | None) -> Checked | None:
    if score is None or not is_checked(score):
        return None
    return Checked(score.checked_value, score.checked_is_na, score.checked_comment)


def _quoted(criterion: CriterionView, checked: Checked | None) -> str:
    if checked is None:
        return "«нет»"
    said = f"«{words(criterion, checked.value, is_na=checked.is_na)}»"
    return f"{said} с пояснением «{checked.comment}»" if checked.comment else said
