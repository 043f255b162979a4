"""The course of a measure: taken up, reported done with proof, verified or not by the level above, called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding, MeasureFinding
from app.models.enumeration_of_measures import FigureSource, FindingStatus
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound, NotPermitted
from app.services import evidence as proof
from app.services import finding as findings
from app.services import measure_figure, measure_proof
from app.services.act_on_many import Chosen, Verdict, act_on_each, held
from app.services.evidence import TypedEvidence
from app.services.measure_access import require_version, the_one
from app.services.measure_details import LONGEST_TEXT, require_value
from app.workflows.corrective_measure import WORKFLOW

# An earlier day is a mistyped year.
EARLIEST = date(2000, 1, 1)
_NO_PROOF = "Приложите хотя бы одно подтверждение: отметьте приложенное раньше, выберите файл или впишите ссылку."


def start(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None, today: date
) -> CorrectiveMeasure:
    """Under way from today, where no other start is set. Raises NotPermitted, WrongState, Conflict."""
    found = the_one(session, measure.id, version)
    WORKFLOW.apply("start", found, actor)
    if found.starts_on is None:
        found.starts_on = min(today, found.due_on)
    session.flush()
    return found


def finish(
    session: Session,
    actor: Actor,
    measure: CorrectiveMeasure,
    *,
    version: int | None = None,
    done_on: date | None,
    done_note: str = "",
    figure_after: Decimal | None = None,
    evidence: Sequence[TypedEvidence] = (),
    now: datetime,
    today: date,
) -> CorrectiveMeasure:
    """Done on that day, with proof, and with the figure, which is counted where it can be and none is given.

    Raises NotPermitted, WrongState, Conflict, NotFound (a foreign piece), Invalid at the field.
    """
    found = the_one(session, measure.id, version)
    WORKFLOW.require("finish", found, actor)
    if actor.user_id is None:
        raise NotPermitted("Отметить выполнение может только человек.")
    if done_on is None:
        raise Invalid("Укажите день, когда мера выполнена.", field="done_on")
    if done_on > today:
        raise Invalid("Этот день ещё не наступил: укажите, когда мера выполнена на самом деле.", field="done_on")
    if done_on < EARLIEST:
        raise Invalid("Слишком давний день: проверьте год.", field="done_on")
    note = done_note.replace("\x00", "").strip()
    if len(note) > LONGEST_TEXT:
        raise Invalid("Текст длиннее 20 000 знаков: сократите его.", field="done_note")
    value = _after(session, actor, found, figure_after, today)
    pieces = proof.gathered(session, actor, found.org_unit_id, evidence, now=now)
    measure_proof.put_under(session, found, pieces)
    if not measure_proof.pieces_of(session, [found.id])[found.id]:
        raise Invalid(_NO_PROOF, field="evidence")
    found.done_on, found.done_note, found.figure_after = done_on, note, value
    found.finished_by_id, found.finished_by, found.remark = actor.user_id, actor.signature, ""
    WORKFLOW.apply("finish", found, actor, note=note)
    session.flush()
    return found


def _after(
    session: Session, actor: Actor, found: CorrectiveMeasure, typed: Decimal | None, today: date
) -> Decimal | None:
    if found.figure_source is FigureSource.NONE:
        return None
    require_value(typed, "figure_after")
    value = typed if typed is not None else measure_figure.after(session, actor, found, today=today).value
    if value is None:
        raise Invalid("Введите, каким стал показатель: система его ещё не посчитала.", field="figure_after")
    return value


def withdraw(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None, note: str = ""
) -> CorrectiveMeasure:
    """Back under way, before anybody has verified it; what was written about it stays to be mended."""
    found = the_one(session, measure.id, version)
    WORKFLOW.apply("withdraw", found, actor, note=note)
    _undone(found)
    session.flush()
    return found


def _undone(found: CorrectiveMeasure) -> None:
    found.done_on, found.figure_after = None, None
    found.finished_by_id, found.finished_by = None, ""


def verify(
    session: Session,
    actor: Actor,
    measure: CorrectiveMeasure,
    *,
    version: int | None = None,
    note: str = "",
    resolves: Sequence[int] = (),
    today: date,
) -> CorrectiveMeasure:
    """By the level above, never by the author; closes the findings named in `resolves` along with it.

    Raises NotPermitted, WrongState, Conflict, NotFound (a finding that the measure does not answer).
    """
    return _verify(session, actor, the_one(session, measure.id, version), note=note, resolves=resolves, today=today)


def _verify(
    session: Session, actor: Actor, found: CorrectiveMeasure, *, note: str, resolves: Sequence[int], today: date
) -> CorrectiveMeasure:
    WORKFLOW.apply("verify", found, actor, note=note)
    found.verified_on, found.verified_by = today, actor.signature
    session.flush()
    for finding in _answered(session, found, resolves):
        if finding.status is FindingStatus.OPEN:
            findings.act(session, actor, finding, "resolve", note=f"Подтверждена мера «{found.title}»", today=today)
    session.flush()
    return found


def _answered(session: Session, found: CorrectiveMeasure, numbers: Sequence[int]) -> list[Finding]:
    wanted = set(numbers)
    if not wanted:
        return []
    statement = select(Finding).join(MeasureFinding, MeasureFinding.finding_id == Finding.id)
    statement = statement.where(MeasureFinding.measure_id == found.id, Finding.id.in_(wanted)).order_by(Finding.id)
    held = list(session.scalars(statement.with_for_update(of=Finding).execution_options(populate_existing=True)))
    if len(held) != len(wanted):
        raise NotFound
    return held


def refuse(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None, note: str
) -> CorrectiveMeasure:
    """Back to the unit with a remark. Raises Invalid without one."""
    return _refuse(session, actor, the_one(session, measure.id, version), note=note)


def _refuse(session: Session, actor: Actor, found: CorrectiveMeasure, *, note: str) -> CorrectiveMeasure:
    WORKFLOW.apply("refuse", found, actor, note=note)
    found.remark = note.replace("\x00", "").strip()
    _undone(found)
    session.flush()
    return found


def resume(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None
) -> CorrectiveMeasure:
    """Under way again; the remark stays in sight until the measure is done."""
    found = the_one(session, measure.id, version)
    WORKFLOW.apply("resume", found, actor)
    session.flush()
    return found


def unverify(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None, note: str
) -> CorrectiveMeasure:
    """Waits for verification again; the effect, which is a verified measure's, is forgotten."""
    found = the_one(session, measure.id, version)
    WORKFLOW.apply("unverify", found, actor, note=note)
    found.verified_on, found.verified_by = None, ""
    found.effect, found.effect_on, found.effect_round_id, found.effect_figures = None, None, None, {}
    session.flush()
    return found


def cancel(
    session: Session, actor: Actor, measure: CorrectiveMeasure, *, version: int | None = None, note: str
) -> CorrectiveMeasure:
    """Raises Invalid without a reason."""
    found = the_one(session, measure.id, version)
    WORKFLOW.apply("cancel", found, actor, note=note)
    found.closing_reason = note.replace("\x00", "").strip()
    session.flush()
    return found


DONE = {"verify": "Подтверждена", "refuse": "Не подтверждена"}


def act_many(
    session: Session,
    actor: Actor,
    action: str,
    chosen: Chosen,
    *,
    note: str = "",
    today: date,
) -> list[Verdict]:
    """Verifies or refuses each, with a verdict per row; a refused row leaves the others done.

    `chosen` are (number, the version that the person saw). Raises NotFound for a measure outside the scope.
    """
    actor.require(WORKFLOW[action].permission)

    def one(measure: CorrectiveMeasure, version: int | None) -> None:
        require_version(measure, version)
        if action == "verify":
            _verify(session, actor, measure, note=note, resolves=(), today=today)
        else:
            _refuse(session, actor, measure, note=note)

    return act_on_each(session, held(session, CorrectiveMeasure, chosen), chosen, one, done=DONE[action])
