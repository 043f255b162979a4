"""What a page where a weakness is seen says of it: the finding that stands already, or the way to write it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.models import Assessment, Assignment, CriterionScore, Finding
from app.models.enumeration_of_measures import FindingStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.scope import contains
from app.services.assessment_sheet import Sheet
from app.services.finding import standing
from app.services.finding_proposal import assignment_weakness


@dataclass(frozen=True, slots=True)
class Mark:
    """`status` of what is written down already; None where it may be."""

    href: str
    status: FindingStatus | None = None


def marks_of_sheet(session: GuardedSession, actor: Actor, sheet: Sheet) -> dict[int, Mark]:
    """By criterion; one statement, none for a sheet that was never sent."""
    assessment: Assessment = sheet.assessment
    if assessment.first_submitted_on is None or not actor.may(Permission.FINDING_READ):
        return {}
    of_sheet = select(CriterionScore.id).where(CriterionScore.assessment_id == assessment.id)
    rows = session.execute(
        select(Finding.id, Finding.criterion_id, Finding.status).where(
            Finding.score_id.in_(of_sheet), Finding.status != FindingStatus.DISMISSED
        )
    )
    marks = {row.criterion_id: Mark(f"/findings/{row.id}", row.status) for row in rows}
    if actor.may(Permission.FINDING_WRITE) and contains(actor, assessment):
        for line in sheet.lines:
            score, criterion = line.score, line.criterion
            if score is None or score.final_is_na or criterion.id in marks:
                continue
            if score.final_points is None or score.final_points < criterion.max_points:
                marks[criterion.id] = Mark(f"/findings/new/?score={score.id}")
    return marks


def mark_of_assignment(session: GuardedSession, actor: Actor, assignment: Assignment, today: date) -> Mark | None:
    if not actor.may(Permission.FINDING_READ) or not contains(actor, assignment):
        return None
    there = standing(session, assignment_id=assignment.id)
    if there is not None:
        return Mark(f"/findings/{there.id}", there.status)
    if actor.may(Permission.FINDING_WRITE) and assignment_weakness(session, assignment, today=today):
        return Mark(f"/findings/new/?assignment={assignment.id}")
    return None
