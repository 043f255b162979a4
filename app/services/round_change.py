"""An opened round changes by an act only: a date moves, units are added. It is closed, and reopened with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, MonitoringRound, RoundAddressee, RoundDateChange
from app.models.enumeration import AddresseeClauseKind, RoundDate, RoundStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services import clock
from app.services.audit import record_event
from app.services.order_addressees import register_of
from app.services.round_addressees import ADDRESSED
from app.services.round_opening import Applicability, give_sheets, status_held
from app.workflows.monitoring_round import WORKFLOW, by_holder

LONGEST_ACT = 500
LONGEST_REASON = 2_000


def move_date(
    session: Session,
    actor: Actor,
    held: MonitoringRound,
    what: RoundDate,
    after: date,
    *,
    act: str,
    reason: str = "",
    now: datetime,
) -> RoundDateChange:
    """Raises as `move_dates`."""
    return move_dates(session, actor, held, {what: after}, act=act, reason=reason, now=now)[0]


def move_dates(
    session: Session,
    actor: Actor,
    held: MonitoringRound,
    dates: Mapping[RoundDate, date],
    *,
    act: str,
    reason: str = "",
    now: datetime,
) -> list[RoundDateChange]:
    """Moves the dates that differ from what stands, all by one act; each leaves a row of its own.

    Raises NotPermitted, WrongState; Invalid at the date, at `act`, or where nothing would move.
    """
    require_held(actor, held)
    act = _said_act(act)
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid("Причина длиннее 2 000 знаков: сократите её.", field="reason")
    today = clock.local(now, actor.time_zone).date()
    moved = [(what, getattr(held, what.value), after) for what, after in dates.items()]
    moved = [(what, before, after) for what, before, after in moved if before != after]
    if not moved:
        raise Invalid("Ни одна дата не изменилась: укажите новую.", field="due_on")
    for what, _, after in moved:
        if after < today:
            raise Invalid(f"Новая дата ({what.label}) уже прошла: укажите будущую.", field=what.value)
    wanted = {what: getattr(held, what.value) for what in RoundDate} | {what: after for what, _, after in moved}
    check_dates(held.opens_on, wanted[RoundDate.DUE], wanted[RoundDate.LOCK], wanted[RoundDate.LATE])
    made = []
    for what, before, after in moved:
        setattr(held, what.value, after)
        made.append(
            RoundDateChange(
                round_id=held.id,
                what=what,
                before=before,
                after=after,
                act=act,
                reason=reason.strip(),
                changed_at=now,
                changed_by=actor.signature,
            )
        )
    held.pending_action = ("amend", act)
    session.add_all(made)
    session.flush()
    return made


def add_units(
    session: Session, actor: Actor, held: MonitoringRound, unit_ids: Sequence[int], *, act: str, today: date
) -> int:
    """Sheets for units that the opening did not reach; returns how many. Raises NotPermitted, WrongState, Invalid."""
    require_held(actor, held)
    act = _said_act(act)
    register = register_of(session, actor.unit_id or 0, today=today)
    below = {unit.id: unit for unit in register.below() if unit.kind in ADDRESSED}
    wanted = list(dict.fromkeys(unit_ids))
    if not wanted:
        raise Invalid("Назовите, какие организации добавить.", field="units")
    if any(unit_id not in below for unit_id in wanted):
        raise Invalid("Такой организации нет среди подведомственных: выберите имя из списка.", field="units")
    there = session.scalars(
        select(Assessment.org_unit_id).where(Assessment.round_id == held.id, Assessment.org_unit_id.in_(wanted))
    ).all()
    if there:
        names = "; ".join(register.label(unit_id) for unit_id in there[:5])
        raise Invalid(f"Лист в этом цикле уже есть: {names}. Уберите из списка.", field="units")
    applicable = Applicability(session, held.framework_id)
    units = [below[unit_id] for unit_id in wanted]
    empty = applicable.without_criteria(units)
    if empty:
        raise Invalid(empty[0], field="units")
    named = {(row.kind, row.org_unit_id) for row in held.addressees}
    held.addressees += [
        RoundAddressee(kind=AddresseeClauseKind.UNIT, org_unit_id=unit_id)
        for unit_id in wanted
        if (AddresseeClauseKind.UNIT, unit_id) not in named
    ]
    give_sheets(session, held, units, applicable, action=("create", act))
    names = "; ".join(register.label(unit.id) for unit in units)
    record_event(cast(GuardedSession, session), held, "amend", f"{act}. Добавлены: {names}")
    return len(units)


def close(session: Session, actor: Actor, held: MonitoringRound, *, now: datetime) -> None:
    """A closed round takes nothing more; its figures stand."""
    WORKFLOW.require("close", held, actor)
    # Answers and acts that are being written end first; those that come later see the closed round.
    if status_held(session, held) is not RoundStatus.OPEN:
        raise WrongState("Цикл тем временем завершили: обновите страницу.")
    held.closed_at = now
    WORKFLOW.apply("close", held, actor)
    session.flush()


def reopen(session: Session, actor: Actor, held: MonitoringRound, *, note: str) -> None:
    """Raises Invalid without a reason. Its dates stand as they were: a term that has passed is moved by an act."""
    WORKFLOW.apply("reopen", held, actor, note=note)
    held.closed_at = None
    session.flush()


def check_dates(opens_on: date, due_on: date, locks_on: date, late_until: date | None) -> None:
    """The order that the database keeps, said at the field. Raises Invalid."""
    if due_on < opens_on:
        raise Invalid("Срок сдачи раньше дня начала: проверьте обе даты.", field="due_on")
    if locks_on < due_on:
        raise Invalid("Приём не может закрыться раньше срока сдачи.", field="locks_on")
    if late_until is not None and late_until < locks_on:
        raise Invalid("Последний день по разрешениям не может быть раньше закрытия приёма.", field="late_until")


def require_held(actor: Actor, held: MonitoringRound) -> None:
    """The actor's unit holds the round, the round is open, and the actor's duty allows to change it."""
    actor.require(Permission.ROUND_OPEN)
    refused = by_holder(held, actor)
    if refused is not None:
        raise NotPermitted(refused)
    if held.status is not RoundStatus.OPEN:
        raise WrongState(f"Сейчас состояние цикла – «{held.status.label}»: сроки и состав меняют, пока он идёт.")


def _said_act(act: str) -> str:
    act = act.strip()
    if not act:
        raise Invalid("Укажите акт: вид, номер и дату, например «приказ № 15 от 01.12.2026».", field="act")
    if len(act) > LONGEST_ACT:
        raise Invalid("Реквизиты акта длиннее 500 знаков: сократите их.", field="act")
    return act
