"""The values agreed with the experts of a sheet, once each of them has handed in their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, Expertise, ExpertScore
from app.models.enumeration import AssessmentStatus, ExpertiseStatus
from app.policies.actor import Actor
from app.policies.refusal import Conflict, WrongState
from app.services import assessment_result, assessment_value
from app.services.assessment_access import Whole, locked, new_score, scores_of
from app.services.expert_waiting import require_leading, require_waiting
from app.workflows.assessment import is_step_in

LONGEST_LIST = 5


@dataclass(frozen=True, slots=True)
class ExpertValue:
    """A value of one expert, as far as the row scope shows it."""

    expertise_id: int
    expert_name: str
    value: Decimal | None
    points: Decimal | None
    is_na: bool
    comment: str
    handed_in: bool

    @property
    def is_given(self) -> bool:
        return self.value is not None or self.is_na


def values(session: Session, assessment: Assessment) -> dict[int, list[ExpertValue]]:
    """By criterion, in the order of the experts' assigning; one statement."""
    rows = session.execute(
        select(ExpertScore, Expertise.expert_name, Expertise.status)
        .join(Expertise, Expertise.id == ExpertScore.expertise_id)
        .where(Expertise.assessment_id == assessment.id)
        .order_by(Expertise.id)
    )
    found: dict[int, list[ExpertValue]] = {}
    for row, name, status in rows:
        value = ExpertValue(
            row.expertise_id,
            name,
            row.value,
            row.points,
            row.is_na,
            row.comment,
            status is ExpertiseStatus.HANDED_IN,
        )
        found.setdefault(row.criterion_id, []).append(value)
    return found


def agree(  # noqa: PLR0917 - the value, what it is and why, in the order in which a page shows them
    session: Session,
    actor: Actor,
    assessment: Assessment,
    criterion_id: int,
    value: Decimal | None,
    is_na: bool,
    comment: str,
    *,
    version: int | None,
    now: datetime,
) -> CriterionScore:
    """Sets the agreed value of a criterion; no value and not «неприменимо» takes the agreement back.

    `version` is the score's that the page showed, None where there was none. Raises Conflict, Invalid, WrongState.
    """
    held, _ = _leading(session, actor, assessment)
    criterion = held.criterion(criterion_id)
    points = assessment_value.worth_or_na(criterion, value, is_na=is_na)
    comment = assessment_value.bounded(comment, assessment_value.LONGEST_COMMENT, "comment", "Комментарий")
    score = scores_of(session, held.assessment).get(criterion_id)
    if (score.version if score is not None else None) != version:
        raise Conflict("Эту строку тем временем изменили. Посмотрите, что изменилось, и повторите, если нужно.")
    score = score or new_score(session, held.assessment, criterion_id)
    _write(score, actor, None if is_na else value, points, is_na=is_na, comment=comment, now=now)
    _note_step_in(held.assessment, actor)
    assessment_result.refresh(session, held.assessment, held)
    return score


def agree_equal(session: Session, actor: Actor, assessment: Assessment, *, now: datetime) -> int:
    """Agrees at once every criterion for which all experts gave the same; how many. What was agreed before stays."""
    held, experts = _leading(session, actor, assessment)
    scores = scores_of(session, held.assessment)
    agreed = 0
    for number, given in values(session, held.assessment).items():
        one = given[0]
        same = all(other.is_given and (other.value, other.is_na) == (one.value, one.is_na) for other in given)
        score = scores.get(number)
        if number not in held.criteria or len(given) != len(experts) or not same:
            continue
        if score is not None and assessment_result.is_agreed(score):
            continue
        points = assessment_value.worth_or_na(held.criterion(number), one.value, is_na=one.is_na)
        _write(
            score or new_score(session, held.assessment, number),
            actor,
            one.value,
            points,
            is_na=one.is_na,
            comment="",
            now=now,
        )
        agreed += 1
    if agreed:
        _note_step_in(held.assessment, actor)
        assessment_result.refresh(session, held.assessment, held)
    return agreed


def _leading(session: Session, actor: Actor, assessment: Assessment) -> tuple[Whole, list[Expertise]]:
    """Who checks the sheet agrees its values, once all experts have handed in. The sheet is held for a change."""
    require_leading(session, actor, assessment)
    held = require_waiting(session, locked(session, assessment))
    experts = list(session.scalars(select(Expertise).where(Expertise.assessment_id == assessment.id)))
    if not experts:
        raise WrongState("Экспертов на листе нет: согласовывать нечего.")
    owing = [one.expert_name for one in experts if one.status is not ExpertiseStatus.HANDED_IN]
    if owing:
        named = ", ".join(owing[:LONGEST_LIST]) + (" и другие" if len(owing) > LONGEST_LIST else "")
        raise WrongState(f"Согласовать можно, когда сдадут все эксперты. Ещё не сдали: {named}.")
    return held, experts


def _note_step_in(assessment: Assessment, actor: Actor) -> None:
    """The region decides over the head of the municipality that still checks: shown as such."""
    if assessment.status is AssessmentStatus.SUBMITTED and is_step_in(assessment, actor):
        assessment.stepped_in = True


def _write(
    score: CriterionScore,
    actor: Actor,
    value: Decimal | None,
    points: Decimal | None,
    *,
    is_na: bool,
    comment: str,
    now: datetime,
) -> None:
    taken_back = value is None and not is_na
    score.agreed_value, score.agreed_points, score.agreed_is_na = value, points, is_na
    score.agreed_comment = comment
    score.agreed_by, score.agreed_at = ("", None) if taken_back else (actor.signature, now)
