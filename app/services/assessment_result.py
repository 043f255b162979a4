"""What a sheet comes to: the value that counts, the share of the best, the level. The only place that derives them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.scoring import Answer, Side, level_of, rounded, share_of, that_counts
from app.models import Assessment, AssessmentApproval, CriterionScore
from app.models.assessment import FILLED_STATUSES
from app.services import assessment_approval
from app.services.assessment_access import Whole, scores_of, whole


def is_answered(score: CriterionScore | None) -> bool:
    """The unit itself has answered."""
    return score is not None and (score.value is not None or score.is_na)


def is_checked(score: CriterionScore) -> bool:
    return score.checked_value is not None or score.checked_is_na


def is_agreed(score: CriterionScore) -> bool:
    return score.agreed_value is not None or score.agreed_is_na


def judge_anew(score: CriterionScore) -> None:
    """A new answer of the unit has not been checked: what was said of the old one does not outrank it.

    The journal keeps what the checker and the experts had said; the experts' own values stay.
    """
    score.checked_value = score.checked_points = score.checked_at = None
    score.agreed_value = score.agreed_points = score.agreed_at = None
    score.checked_is_na = score.agreed_is_na = False
    score.checked_comment = score.checked_by = score.agreed_comment = score.agreed_by = ""


def settle(score: CriterionScore) -> None:
    """Keeps beside the sides' answers what counts of them."""
    counted = that_counts(
        Side(score.agreed_value, score.agreed_points, score.agreed_is_na),
        Side(score.checked_value, score.checked_points, score.checked_is_na),
        Side(score.value, score.points, score.is_na),
    )
    score.final_points, score.final_is_na = counted.points, counted.is_na


def name(score: CriterionScore, held: Whole) -> None:
    """For the journal row of the coming flush."""
    criterion = held.criteria.get(score.criterion_id)
    score.label = criterion.code if criterion is not None else ""


def refresh(session: Session, assessment: Assessment, held: Whole | None = None) -> None:
    """Derives anew what follows from the scores; every write of a score ends with it.

    The share is percent, exact until it is rounded to four places. `held`: the sheet's criteria, where known already.
    """
    was = assessment.version
    with session.no_autoflush:
        held = held or whole(session, assessment)
    for row in [*session.new, *session.dirty]:
        if isinstance(row, CriterionScore):
            name(row, held)
    session.flush()
    scores = scores_of(session, assessment)
    for score in scores.values():
        settle(score)
    derive(assessment, held, scores)
    session.flush()
    if session.scalar(select(AssessmentApproval.id).where(AssessmentApproval.assessment_id == assessment.id).limit(1)):
        assessment.changed_after_approval = assessment_approval.changed_count(session, assessment)
        session.flush()
    if assessment.status not in FILLED_STATUSES and assessment.version == was:
        outdate(session, assessment)


def outdate(session: Session, assessment: Assessment) -> None:
    """What is being checked was changed under the pages that show it: who decides by an older one is told to look."""
    assessment.version += 1
    session.flush()


def derive(assessment: Assessment, held: Whole, scores: Mapping[int, CriterionScore]) -> None:
    """Sets `answered`, `to_answer`, `share` and `level`."""
    applied = {number: scores.get(number) for number in held.criteria}
    given = any(
        score is not None and (score.final_points is not None or score.final_is_na) for score in applied.values()
    )
    share = (
        share_of(
            Answer(
                criterion.weight,
                criterion.max_points,
                score.final_points if score is not None else None,
                score is not None and score.final_is_na,
            )
            for criterion, score in zip(held.criteria.values(), applied.values(), strict=True)
        )
        if given
        else None
    )
    assessment.answered = sum(is_answered(score) for score in applied.values())
    assessment.to_answer = len(applied)
    assessment.share = rounded(share)
    assessment.level = level_of(share, held.contents.bands)
