"""The life of a sheet: sent, recalled, returned, accepted, approved, excused; one by one or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, MonitoringRound
from app.models.enumeration import RoundStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, Refusal, WrongState
from app.services import assessment_approval
from app.services.assessment_access import (
    locked,
    names_of,
    new_score,
    require_round_open,
    require_version,
    scores_of,
    the_one,
    whole,
)
from app.services.assessment_result import name
from app.services.assessment_sending import recall, submit
from app.services.assessment_value import LONGEST_COMMENT, LONGEST_REASON, bounded
from app.workflows.assessment import WORKFLOW, is_step_in
from app.workflows.engine import Transition

__all__ = [
    "Verdict",
    "accept",
    "act_many",
    "actions",
    "approve",
    "excuse",
    "recall",
    "return_",
    "submit",
    "summon",
    "the_one",
    "unapprove",
]

REGIONAL_ONLY = frozenset({"approve", "unapprove"})
FINAL_THERE = "В цикле, который муниципалитет проводит сам, лист принимает муниципалитет, и это окончательно."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row of an act on many."""

    assessment_id: int
    unit: str
    ok: bool
    sentence: str


def actions(assessment: Assessment, monitoring_round: MonitoringRound, actor: Actor) -> tuple[Transition, ...]:
    """What the actor may do with the sheet now: the buttons."""
    if monitoring_round.status is not RoundStatus.OPEN:
        return ()
    there = REGIONAL_ONLY if monitoring_round.is_municipal else frozenset[str]()
    return tuple(step for step in WORKFLOW.possible(assessment, actor) if step.action not in there)


def accept(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str = "",
) -> None:
    """Clears remarks. In a municipality's own round this is the end, and freezes the snapshot."""
    actor.require(Permission.ASSESSMENT_ACCEPT)
    sheet = _to_move(session, actor, assessment, "accept", version)
    remarked = select(CriterionScore).where(CriterionScore.assessment_id == sheet.id, CriterionScore.remark != "")
    for score in session.scalars(remarked.execution_options(populate_existing=True)):
        score.remark = ""
    sheet.remark = ""
    sheet.accepted_on, sheet.accepted_by = today, actor.signature
    _note_step_in(sheet, actor)
    WORKFLOW.apply("accept", sheet, actor, note=note)
    session.flush()
    if _round(session, sheet).is_municipal:
        assessment_approval.freeze(session, actor, sheet, now=now)


def return_(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str = "",
    remarks: Mapping[int, str] | None = None,
) -> None:
    """Back to the unit with its values kept; `remarks` by criterion. Raises Invalid without a note and any remark."""
    actor.require(Permission.ASSESSMENT_ACCEPT)
    del today, now
    sheet = _to_move(session, actor, assessment, "return", version)
    held = whole(session, sheet)
    scores = scores_of(session, sheet)
    for criterion_id, text in (remarks or {}).items():
        held.criterion(criterion_id)
        tidy = bounded(text, LONGEST_COMMENT, "remark", "Замечание")
        if tidy:
            score = scores.get(criterion_id) or new_score(session, sheet, criterion_id)
            score.remark = tidy
            name(score, held)
            scores[criterion_id] = score
    named = [
        criterion.code for number, criterion in held.criteria.items() if number in scores and scores[number].remark
    ]
    note = note.strip() or (f"Замечания к критериям: {', '.join(named)}." if named else "")
    session.flush()
    sheet.remark = note
    sheet.accepted_on, sheet.accepted_by = None, ""
    sheet.was_small = None
    _note_step_in(sheet, actor)
    WORKFLOW.apply("return", sheet, actor, note=note)
    session.flush()


def approve(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str = "",
) -> None:
    """The region's word: freezes the snapshot. Raises WrongState in a municipality's own round."""
    actor.require(Permission.ASSESSMENT_APPROVE)
    sheet = _to_move(session, actor, assessment, "approve", version)
    sheet.approved_on, sheet.approved_by = today, actor.signature
    WORKFLOW.apply("approve", sheet, actor, note=note)
    session.flush()
    assessment_approval.freeze(session, actor, sheet, now=now)


def unapprove(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str,
) -> None:
    """Back to «принят», so that values may be changed or the sheet returned; what changes then is shown as such."""
    actor.require(Permission.ASSESSMENT_APPROVE)
    del today, now
    sheet = _to_move(session, actor, assessment, "unapprove", version)
    WORKFLOW.apply("unapprove", sheet, actor, note=note)
    sheet.approved_on, sheet.approved_by = None, ""
    session.flush()


def excuse(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str,
) -> None:
    actor.require(Permission.ASSESSMENT_ACCEPT)
    del today, now
    sheet = _to_move(session, actor, assessment, "excuse", version)
    reason = bounded(note, LONGEST_REASON, "note", "Причина")
    WORKFLOW.apply("excuse", sheet, actor, note=reason)
    sheet.excused_reason = reason
    _note_step_in(sheet, actor)
    session.flush()


def summon(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    version: int | None,
    today: date,
    now: datetime,
    note: str,
) -> None:
    """An excused unit is to fill its sheet after all."""
    actor.require(Permission.ASSESSMENT_ACCEPT)
    del today, now
    sheet = _to_move(session, actor, assessment, "summon", version)
    WORKFLOW.apply("summon", sheet, actor, note=note)
    sheet.excused_reason = ""
    _note_step_in(sheet, actor)
    session.flush()


MANY = {"accept": accept, "approve": approve, "return": return_}
DONE = {"accept": "Принят", "approve": "Утверждён", "return": "Возвращён"}


def act_many(
    session: Session,
    actor: Actor,
    action: str,
    chosen: Sequence[tuple[int, int | None]],
    *,
    note: str = "",
    today: date,
    now: datetime,
) -> list[Verdict]:
    """Accepts, approves or returns each, with a verdict per row; a refused row leaves the others done.

    `chosen` are (number, the version that the person saw). Raises NotFound for a sheet outside the scope.
    """
    actor.require(WORKFLOW[action].permission)
    numbers = {number for number, _ in chosen}
    names = names_of(session, numbers)
    if len(names) != len(numbers):
        raise NotFound
    # Held here, so that the session keeps them: read once, not again for each row.
    sheets = {one.id: one for one in session.scalars(select(Assessment).where(Assessment.id.in_(numbers)))}
    held_in = {one.round_id for one in sheets.values()}
    rounds = session.scalars(select(MonitoringRound).where(MonitoringRound.id.in_(held_in))).all()
    verdicts = {}
    # In one order whoever asks: two such acts wait for each other's rows and never in a ring.
    for number, version in sorted(dict(chosen).items()):
        try:
            with session.begin_nested():
                MANY[action](session, actor, sheets[number], version=version, today=today, now=now, note=note)
        except Refusal as refusal:
            if isinstance(refusal, NotFound):
                raise
            session.expire_all()
            verdicts[number] = Verdict(number, names[number], False, refusal.sentence)
        else:
            verdicts[number] = Verdict(number, names[number], True, DONE[action])
    del rounds
    return [verdicts[number] for number in dict(chosen)]


def _round(session: Session, assessment: Assessment) -> MonitoringRound:
    return session.get_one(MonitoringRound, assessment.round_id)


def _to_move(session: Session, actor: Actor, assessment: Assessment, action: str, version: int | None) -> Assessment:
    """The sheet held for an act of those above. Raises NotPermitted, WrongState, Conflict."""
    sheet = locked(session, assessment)
    held_in = _round(session, sheet)
    if action in REGIONAL_ONLY and held_in.is_municipal:
        raise WrongState(FINAL_THERE)
    WORKFLOW.require(action, sheet, actor)
    require_version(sheet, version)
    require_round_open(held_in)
    return sheet


def _note_step_in(assessment: Assessment, actor: Actor) -> None:
    assessment.stepped_in = assessment.stepped_in or is_step_in(assessment, actor)
