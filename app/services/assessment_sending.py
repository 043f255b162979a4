"""The unit's own acts on its sheet: sent to be checked, recalled while nobody has begun to check it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, Expertise, MonitoringRound, OrgUnit
from app.models.enumeration import ExpertiseStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services import round_window
from app.services.assessment_access import locked, require_version
from app.services.assessment_examination import examine, told_schools, unfinished_schools
from app.services.assessment_result import refresh
from app.workflows.assessment import WORKFLOW


def submit(
    session: Session, actor: Actor, assessment: Assessment, *, version: int | None, today: date, now: datetime
) -> None:
    """Sends the sheet. Raises Invalid with what is missing, WrongState (window, schools not done), Conflict."""
    actor.require(Permission.ASSESSMENT_SEND)
    sheet = locked(session, assessment)
    WORKFLOW.require("submit", sheet, actor)
    require_version(sheet, version)
    round_window.require_open(session, session.get_one(MonitoringRound, sheet.round_id), sheet.org_unit_id, today=today)
    waiting = unfinished_schools(session, sheet)
    if waiting:
        raise WrongState(told_schools(waiting))
    errors = examine(session, actor, sheet, today=today).errors
    if errors:
        more = f" Всего замечаний: {len(errors)}, они показаны в листе." if len(errors) > 1 else ""
        raise Invalid(f"Лист не отправлен. {errors[0].sentence}{more}")
    sheet.was_small = session.get_one(OrgUnit, sheet.org_unit_id).is_small
    refresh(session, sheet)
    sheet.submitted_at, sheet.submitted_on = now, today
    sheet.submitted_by_id, sheet.submitted_by = actor.user_id, actor.signature
    sheet.first_submitted_on = sheet.first_submitted_on or today
    WORKFLOW.apply("submit", sheet, actor)
    session.flush()


def recall(
    session: Session, actor: Actor, assessment: Assessment, *, version: int | None, today: date, now: datetime
) -> None:
    """Takes the sheet back before anybody began to check it. A sending that was never checked did not happen."""
    actor.require(Permission.ASSESSMENT_SEND)
    del now
    sheet = locked(session, assessment)
    WORKFLOW.require("recall", sheet, actor)
    require_version(sheet, version)
    round_window.require_open(session, session.get_one(MonitoringRound, sheet.round_id), sheet.org_unit_id, today=today)
    _require_unchecked(session, sheet)
    # Every return leaves a remark: with none, this was the first sending.
    if not sheet.remark:
        sheet.first_submitted_on = None
    sheet.submitted_at = sheet.submitted_on = sheet.submitted_by_id = None
    sheet.submitted_by = ""
    sheet.was_small = None
    WORKFLOW.apply("recall", sheet, actor)
    session.flush()


def _require_unchecked(session: Session, assessment: Assessment) -> None:
    """Values and expertises of an earlier sending do not count. Raises WrongState."""
    since = assessment.submitted_at
    marked = select(CriterionScore.id).where(
        CriterionScore.assessment_id == assessment.id,
        (CriterionScore.checked_at >= since) | (CriterionScore.agreed_at >= since),
    )
    handed_in = select(Expertise.id).where(
        Expertise.assessment_id == assessment.id,
        Expertise.status == ExpertiseStatus.HANDED_IN,
        Expertise.handed_in_at >= since,
    )
    if session.scalar(marked.limit(1)) is not None or session.scalar(handed_in.limit(1)) is not None:
        raise WrongState("Лист уже проверяют, отозвать его нельзя. Попросите проверяющего вернуть лист.")
