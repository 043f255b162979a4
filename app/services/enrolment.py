"""Decisions on applications and the ends of training: withdrawn, admitted, put off, refused, dropped, back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Enrolment, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services.enrolment_access import (
    Chosen,
    Held,
    each,
    fresh,
    hold,
    hold_chosen,
    is_seated,
    reason_of,
    require_group,
)
from app.services.enrolment_application import apply, apply_again, plan
from app.services.enrolment_verdict import Verdict
from app.workflows.enrolment import WORKFLOW

__all__ = ["ACTIONS", "Verdict", "act_many", "admit_next", "apply", "plan"]

NO_ROOM = "Свободных мест в потоке нет: освободите место или увеличьте их число."
# What is done to many rows with no more than a reason.
ACTIONS = ("apply", "withdraw", "admit", "put_off", "refuse", "begin", "drop", "miss", "reopen")


def act_many(
    session: Session,
    actor: Actor,
    action: str,
    chosen: Chosen,
    *,
    note: str = "",
    now: datetime,
    today: date,
) -> list[Verdict]:
    """One of ACTIONS on rows of one group or of several, with a verdict for each; the others go on.

    `chosen` are (number, the version that the person saw). Raises NotFound outside the scope, Invalid without a
    reason where one is needed.
    """
    if action not in ACTIONS:
        raise NotFound
    actor.require(WORKFLOW[action].permission)
    reason = reason_of(note) if WORKFLOW[action].note_required else note.strip()
    if not chosen:
        raise Invalid("Отметьте хотя бы одного человека.")
    numbers = {number for number, _ in chosen}
    placed = {
        row.id: row.group_id
        for row in session.execute(select(Enrolment.id, Enrolment.group_id).where(Enrolment.id.in_(numbers)))
    }
    if len(placed) != len(numbers):
        raise NotFound
    verdicts: dict[int, Verdict] = {}
    # In one order whoever asks: two such acts wait for each other's groups and never in a ring.
    for group_id in sorted(set(placed.values())):
        group = session.get(TrainingGroup, group_id)
        if group is None:
            raise NotFound
        of_group = [(number, version) for number, version in dict(chosen).items() if placed[number] == group_id]
        held = hold_chosen(session, group, of_group)
        if action == "apply":
            told = apply_again(session, actor, held, of_group, now=now, today=today)
        else:
            told = each(session, held, of_group, partial(MANY[action], Deed(actor, held, reason, today)))
        verdicts |= {verdict.enrolment_id or 0: verdict for verdict in told}
    return [verdicts[number] for number in dict(chosen)]


@dataclass(frozen=True, slots=True)
class Deed:
    """One act on many: who does it, to which group, why, on which day."""

    actor: Actor
    held: Held
    reason: str
    today: date

    def leave(self, action: str, enrolment: Enrolment) -> None:
        leave(self.actor, action, enrolment, self.reason, today=self.today)


def leave(actor: Actor, action: str, enrolment: Enrolment, reason: str, *, today: date) -> None:
    """Withdrawn, refused, dropped or absent: with the day and the reason. Raises NotPermitted, WrongState."""
    WORKFLOW.require(action, enrolment, actor)
    enrolment.left_on, enrolment.left_reason = today, reason
    WORKFLOW.apply(action, enrolment, actor, note=reason)


def _withdraw(deed: Deed, enrolment: Enrolment) -> str:
    deed.leave("withdraw", enrolment)
    return "Заявка отозвана."


def _refuse(deed: Deed, enrolment: Enrolment) -> str:
    deed.leave("refuse", enrolment)
    return "Отказано."


def _drop(deed: Deed, enrolment: Enrolment) -> str:
    deed.leave("drop", enrolment)
    return "Отчисление записано."


def _miss(deed: Deed, enrolment: Enrolment) -> str:
    begins = deed.held.group.starts_on
    if begins > deed.today:
        raise WrongState(f"Обучение начинается {begins:%d.%m.%Y}: неявку отмечают с этого дня.")
    deed.leave("miss", enrolment)
    return "Отмечена неявка."


def _admit(deed: Deed, enrolment: Enrolment) -> str:
    WORKFLOW.require("admit", enrolment, deed.actor)
    require_group(deed.held.group, GroupStatus.OPEN, GroupStatus.STUDYING)
    if deed.held.free <= 0:
        raise WrongState(NO_ROOM)
    WORKFLOW.apply("admit", enrolment, deed.actor, note=deed.reason)
    return "Заявка взята из листа ожидания."


def _begin(deed: Deed, enrolment: Enrolment) -> str:
    """One who was enrolled while the group was starting."""
    require_group(deed.held.group, GroupStatus.STUDYING)
    WORKFLOW.apply("begin", enrolment, deed.actor, note=deed.reason)
    return "Обучается."


def _put_off(deed: Deed, enrolment: Enrolment) -> str:
    WORKFLOW.apply("put_off", enrolment, deed.actor, note=deed.reason)
    return "Заявка переведена в лист ожидания."


def _reopen(deed: Deed, enrolment: Enrolment) -> str:
    """Back to the lessons: the result and the reason of leaving are written anew."""
    WORKFLOW.require("reopen", enrolment, deed.actor)
    require_group(deed.held.group, GroupStatus.STUDYING)
    if enrolment.enrolled_on is None:
        raise WrongState("День зачисления не записан: человек не был зачислен.")
    if not is_seated(enrolment) and deed.held.free <= 0:
        raise WrongState(NO_ROOM)
    enrolment.left_on, enrolment.left_reason = None, ""
    enrolment.result, enrolment.grade, enrolment.completed_on = None, "", None
    WORKFLOW.apply("reopen", enrolment, deed.actor, note=deed.reason)
    return "Снова обучается."


MANY: dict[str, Callable[[Deed, Enrolment], str]] = {
    "withdraw": _withdraw,
    "admit": _admit,
    "put_off": _put_off,
    "refuse": _refuse,
    "begin": _begin,
    "drop": _drop,
    "miss": _miss,
    "reopen": _reopen,
}


def admit_next(session: Session, actor: Actor, group: TrainingGroup, *, today: date) -> list[Verdict]:
    """Fills the free seats from the waiting list, the earliest applications first. Raises WrongState without room."""
    actor.require(Permission.ENROLMENT_KEEP)
    held = hold(session, group)
    if held.free <= 0:
        raise WrongState(NO_ROOM)
    waiting = select(Enrolment.id).where(
        Enrolment.group_id == held.group.id, Enrolment.status == EnrolmentStatus.WAITING
    )
    first = list(session.scalars(waiting.order_by(Enrolment.applied_at, Enrolment.id).limit(held.free)))
    if not first:
        raise WrongState("Лист ожидания пуст.")
    held.enrolments = fresh(session, held.group, first)
    return each(session, held, [(number, None) for number in first], partial(_admit, Deed(actor, held, "", today)))
