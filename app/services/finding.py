"""Findings: written down where the weakness is seen, analysed by the unit that has it, closed by whoever found it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, Assignment, CorrectiveMeasure, CriterionScore, Finding, MeasureFinding, OrgUnit
from app.models.enumeration_of_measures import FindingSource, FindingStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, NotFound, NotPermitted, Refusal, WrongState
from app.policies.scope import contains
from app.services.act_on_many import Chosen, Verdict, act_on_each, held
from app.services.finding_details import HANDMADE, TypedFinding, put_analysis, put_wording
from app.services.finding_details import tidied as _tidied
from app.services.finding_proposal import require_weak_assignment, require_weak_score
from app.workflows.finding import WORKFLOW, by_finder_or_above

__all__ = ["HANDMADE", "TypedFinding"]

CHANGED_MEANWHILE = "Недостаток тем временем изменили: сейчас он «{}». Откройте его заново: ваши изменения не записаны."
ALREADY = "Такой недостаток уже записан {:%d.%m.%Y} ({}). Откройте его в реестре: второй раз он не записывается."
DONE = {"resolve": "Отмечен устранённым", "dismiss": "Снят", "reopen": "Открыт снова"}


# ── writing down ─────────────────────────────────────────────────────────────────────────────────────


def create(session: Session, actor: Actor, *, unit_id: int, typed: TypedFinding, today: date) -> Finding:
    """By hand, or from an inspection or a calendar. Raises NotPermitted, Invalid at the field, NotFound."""
    actor.require(Permission.FINDING_WRITE)
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise NotFound
    if unit.closed_on is not None and unit.closed_on <= today:
        raise WrongState("Организация закрыта: недостатки записывают действующей организации.")
    typed = _tidied(session, typed, today=today, sources=HANDMADE)
    return _made(session, actor, Finding(org_unit_id=unit.id, source=typed.source, ground=typed.ground), typed, today)


def from_score(session: Session, actor: Actor, score_id: int, typed: TypedFinding, *, today: date) -> Finding:
    """Of a sheet that was sent at least once. Raises NotFound, WrongState, Invalid at the field."""
    actor.require(Permission.FINDING_WRITE)
    # Whoever else writes the same weakness down waits here, and finds it standing.
    score = session.scalar(select(CriterionScore).where(CriterionScore.id == score_id).with_for_update())
    sheet = session.get(Assessment, score.assessment_id) if score is not None else None
    if score is None or sheet is None or not contains(actor, sheet):
        raise NotFound
    criterion = require_weak_score(session, sheet, score)
    _require_first(session, score_id=score.id)
    typed = _tidied(session, typed, today=today, sources=None)
    made = Finding(
        org_unit_id=score.org_unit_id,
        source=FindingSource.CRITERION,
        score_id=score.id,
        criterion_id=criterion.id,
        criterion_code=criterion.code,
        round_id=sheet.round_id,
    )
    return _made(session, actor, made, typed, today)


def from_assignment(session: Session, actor: Actor, assignment_id: int, typed: TypedFinding, *, today: date) -> Finding:
    """Of an assignment that is overdue, returned, done late or in part. Raises NotFound, WrongState, Invalid."""
    actor.require(Permission.FINDING_WRITE)
    assignment = session.scalar(select(Assignment).where(Assignment.id == assignment_id).with_for_update())
    if assignment is None or not contains(actor, assignment):
        raise NotFound
    require_weak_assignment(session, assignment, today=today)
    _require_first(session, assignment_id=assignment.id)
    typed = _tidied(session, typed, today=today, sources=None)
    made = Finding(
        org_unit_id=assignment.org_unit_id, source=FindingSource.ASSIGNMENT, assignment_id=assignment.id, ground=""
    )
    return _made(session, actor, made, typed, today)


def _made(session: Session, actor: Actor, finding: Finding, typed: TypedFinding, today: date) -> Finding:
    finding.text, finding.severity = typed.text, typed.severity
    finding.cause_id, finding.whys = typed.cause_id, list(typed.whys)
    finding.found_on = typed.found_on or today
    finding.found_by_unit_id, finding.found_by = actor.unit_id or 0, actor.signature
    session.add(finding)
    session.flush()
    return finding


def standing(session: Session, *, score_id: int | None = None, assignment_id: int | None = None) -> Finding | None:
    """What was written down of this answer or this assignment already, and not dismissed."""
    of_it = Finding.score_id == score_id if score_id is not None else Finding.assignment_id == assignment_id
    return session.scalar(select(Finding).where(of_it, Finding.status != FindingStatus.DISMISSED))


def _require_first(session: Session, *, score_id: int | None = None, assignment_id: int | None = None) -> None:
    there = standing(session, score_id=score_id, assignment_id=assignment_id)
    if there is not None:
        raise WrongState(ALREADY.format(there.found_on, there.found_by))


def _hold_ground(session: Session, finding: Finding) -> None:
    """Whoever would write the same weakness down meanwhile waits, as `from_score` and a sweep do for each other."""
    if finding.score_id is not None:
        ground = select(CriterionScore.id).where(CriterionScore.id == finding.score_id)
    else:
        ground = select(Assignment.id).where(Assignment.id == finding.assignment_id)
    session.execute(ground.with_for_update())


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────


def the_one(session: Session, finding_id: int, version: int | None = None) -> Finding:
    """The finding as the database holds it now; whoever else would change it waits. Raises NotFound, Conflict."""
    session.flush()
    found = session.scalar(
        select(Finding).where(Finding.id == finding_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    require_version(found, version)
    return found


def require_version(found: Finding, version: int | None) -> None:
    if version is not None and found.version != version:
        raise Conflict(CHANGED_MEANWHILE.format(found.status.label))


def may_change(finding: Finding, actor: Actor) -> bool:
    """Whether the wording is the actor's to change now: the finder's, or of those above, while it is open."""
    return _obstacle(finding, actor, by_finder_or_above(finding, actor)) is None


def may_analyse(finding: Finding, actor: Actor) -> bool:
    """Whether the cause is the actor's to tell now: also of the unit itself."""
    return _obstacle(finding, actor, _outside(finding, actor)) is None


def require_change(finding: Finding, actor: Actor) -> None:
    _raise(_obstacle(finding, actor, by_finder_or_above(finding, actor)))


def require_analysis(finding: Finding, actor: Actor) -> None:
    _raise(_obstacle(finding, actor, _outside(finding, actor)))


def _outside(finding: Finding, actor: Actor) -> str | None:
    return None if contains(actor, finding) else "Причину указывает сама организация или вышестоящая."


def _obstacle(finding: Finding, actor: Actor, stands: str | None) -> Refusal | None:
    if not actor.may(Permission.FINDING_WRITE):
        return NotPermitted("Ваши полномочия не позволяют этого действия.")
    if stands is not None:
        return NotPermitted(stands)
    if finding.status is not FindingStatus.OPEN:
        return WrongState(f"Недостаток «{finding.status.label}»: изменить его можно, пока он открыт.")
    return None


def _raise(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def change(
    session: Session, actor: Actor, finding: Finding, typed: TypedFinding, *, version: int | None, today: date
) -> Finding:
    """Wording, severity, source, cause and whys. Raises NotPermitted, WrongState, Conflict, Invalid at the field."""
    found = the_one(session, finding.id, version)
    require_change(found, actor)
    sources = HANDMADE if found.source in HANDMADE else None
    typed = _tidied(session, typed, today=today, sources=sources, kept_cause=found.cause_id)
    put_wording(found, typed)
    put_analysis(found, typed.cause_id, typed.whys)
    session.flush()
    return found


def analyse(
    session: Session,
    actor: Actor,
    finding: Finding,
    *,
    version: int | None,
    cause_id: int | None,
    whys: Sequence[str],
) -> Finding:
    """Why it arose: also by the unit itself. Raises NotPermitted, WrongState, Conflict, Invalid at the field."""
    found = the_one(session, finding.id, version)
    require_analysis(found, actor)
    typed = TypedFinding(found.text, found.severity, cause_id=cause_id, whys=tuple(whys), found_on=found.found_on)
    typed = _tidied(session, typed, today=found.found_on, sources=None, kept_cause=found.cause_id)
    put_analysis(found, typed.cause_id, typed.whys)
    session.flush()
    return found


# ── closing ──────────────────────────────────────────────────────────────────────────────────────────


def resolve(
    session: Session, actor: Actor, finding: Finding, *, version: int | None = None, note: str = "", today: date
) -> None:
    act(session, actor, the_one(session, finding.id, version), "resolve", note=note, today=today)


def dismiss(
    session: Session, actor: Actor, finding: Finding, *, version: int | None = None, note: str = "", today: date
) -> None:
    """Raises Invalid without a reason."""
    act(session, actor, the_one(session, finding.id, version), "dismiss", note=note, today=today)


def reopen(
    session: Session, actor: Actor, finding: Finding, *, version: int | None = None, note: str = "", today: date
) -> None:
    """Raises Invalid without a reason, WrongState where the same weakness was written down again meanwhile."""
    act(session, actor, the_one(session, finding.id, version), "reopen", note=note, today=today)


def act(session: Session, actor: Actor, found: Finding, action: str, *, note: str, today: date) -> None:
    """One transition of a finding that is held already: the day, who and why go with the state."""
    WORKFLOW.require(action, found, actor)
    if action == "reopen" and found.status is FindingStatus.DISMISSED and (found.score_id or found.assignment_id):
        _hold_ground(session, found)
        _require_first(session, score_id=found.score_id, assignment_id=found.assignment_id)
    WORKFLOW.apply(action, found, actor, note=note)
    closed = action != "reopen"
    found.resolved_on = today if action == "resolve" else None
    found.closed_by = actor.signature if closed else ""
    found.closing_reason = note.replace("\x00", "").strip() if closed else ""
    session.flush()


def act_many(
    session: Session,
    actor: Actor,
    action: str,
    chosen: Chosen,
    *,
    note: str = "",
    today: date,
) -> list[Verdict]:
    """Resolves, dismisses or reopens each, with a verdict per row; a refused row leaves the others done.

    `chosen` are (number, the version that the person saw). Raises NotFound for a finding outside the scope.
    """
    actor.require(WORKFLOW[action].permission)

    def one(finding: Finding, version: int | None) -> None:
        require_version(finding, version)
        act(session, actor, finding, action, note=note, today=today)

    return act_on_each(session, held(session, Finding, chosen), chosen, one, done=DONE[action])


# ── what is done about them ──────────────────────────────────────────────────────────────────────────


def measures_of(session: Session, finding_ids: Collection[int]) -> dict[int, list[CorrectiveMeasure]]:
    """The measures of each finding that the reader sees, by term; one statement. Findings without any are absent."""
    rows = session.execute(
        select(MeasureFinding.finding_id, CorrectiveMeasure)
        .join(CorrectiveMeasure, CorrectiveMeasure.id == MeasureFinding.measure_id)
        .where(MeasureFinding.finding_id.in_(finding_ids))
        .order_by(CorrectiveMeasure.due_on, CorrectiveMeasure.id)
    )
    found: dict[int, list[CorrectiveMeasure]] = {}
    for finding_id, measure in rows:
        found.setdefault(finding_id, []).append(measure)
    return found
