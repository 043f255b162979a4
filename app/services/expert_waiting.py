"""When experts judge a sheet, and who leads it: asked before every step of an expertise."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import Assessment
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotPermitted, WrongState
from app.services.assessment_access import Whole, require_round_open, whole
from app.services.check_time import is_being_checked
from app.workflows.assessment import by_another_person, by_checker


def require_leading(session: Session, actor: Actor, assessment: Assessment) -> Whole:
    """The actor checks this sheet and it waits for a check. Raises NotPermitted, WrongState."""
    actor.require(Permission.EXPERTISE_ASSIGN)
    sentence = by_checker(assessment, actor)
    if sentence is not None:
        raise NotPermitted(sentence)
    held = require_waiting(session, assessment)
    sentence = by_another_person(assessment, actor)
    if sentence is not None:
        raise WrongState(sentence)
    return held


def require_waiting(session: Session, assessment: Assessment) -> Whole:
    """The same of a sheet that is not read yet."""
    return waiting(whole(session, assessment))


def waiting(held: Whole) -> Whole:
    """Experts judge while the sheet is checked. Raises WrongState."""
    require_round_open(held.round)
    status = held.assessment.status
    if is_being_checked(status, held.round.status, is_municipal=held.round.is_municipal):
        return held
    raise WrongState(f"Экспертиза идёт, пока лист на проверке. Сейчас он «{status.label}».")
