"""Mailings as their unit keeps them: made, changed, paused, resumed, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Job, Mailing, Order, User
from app.models.enumeration import OrderStatus
from app.models.mailing import MailingStatus, MailTiming
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted
from app.services import identity, job
from app.services.mail_content import content_of
from app.workflows.mailing import WORKFLOW, by_unit

# Kinds of jobs; a slot that begins so is a trial.
MAKE, SEND, TEST = "make_mailing", "send_mailing", "test "
LONGEST_TITLE = 200
MOST_OF_UNIT = 200
LAST_WEEKDAY, LAST_HOUR, MOST_DAYS = 6, 23, 60
SYSTEM = Actor(user_id=None, user_name="Система", is_system=True)
MAKER_IS_GONE = (
    "У настроившего рассылку больше нет нужных полномочий в этой организации или его учётная запись отключена. "
    "Возобновить рассылку может другой сотрудник организации: дальше она пойдёт от его имени."
)
ORDER_IS_FILED = "Документ списан в дело: сообщать об исполнении больше нечего."
ORDER_IS_GONE = "Этот документ больше не открыт вашей организации."


@dataclass(frozen=True, slots=True)
class Plan:
    """What people choose: when, and under what name; weekday of Monday is 0, the hour is the region's."""

    title: str
    timing: MailTiming
    hour: int
    weekday: int | None = None
    days_before: int | None = None


def the_one(session: Session, number: int, *, to_write: bool = False) -> Mailing:
    """Raises NotFound outside the scope. `to_write` locks it: the clock and people write the same row."""
    wanted = select(Mailing).where(Mailing.id == number)
    if to_write:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def of_scope(session: Session) -> Sequence[Mailing]:
    """One's own unit's and those of the units below."""
    return session.scalars(select(Mailing).order_by(Mailing.id.desc()).limit(500)).all()


def create(
    session: Session,
    actor: Actor,
    kind: str,
    plan: Plan,
    *,
    order_id: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    now: datetime,
) -> Mailing:
    """Active from now on, without recipients yet. Raises NotPermitted, NotFound, Invalid at the field."""
    _require(actor, kind, parameters or {})
    if actor.user_id is None or actor.unit_id is None:
        raise NotPermitted("Рассылку настраивает сотрудник организации.")
    _require_order(session, kind, order_id)
    amount = select(func.count()).select_from(Mailing).where(Mailing.org_unit_id == actor.unit_id)
    if (session.scalar(amount) or 0) >= MOST_OF_UNIT:
        raise Invalid(f"У организации уже {MOST_OF_UNIT} рассылок: удалите ненужные.")
    mailing = Mailing(
        org_unit_id=actor.unit_id,
        content=kind,
        order_id=order_id,
        parameters=dict(parameters or {}),
        made_by_id=actor.user_id,
        made_by=actor.signature,
        seal=secrets.token_hex(8),
        last_slot="",
    )
    _settle(mailing, plan, now)
    session.add(mailing)
    session.flush()
    return mailing


def change(session: Session, actor: Actor, mailing: Mailing, plan: Plan, *, version: int, now: datetime) -> None:
    """Raises NotPermitted, Conflict where somebody saved first, Invalid at the field."""
    require_own(actor, mailing)
    if mailing.version != version:
        raise Conflict("Рассылку только что изменили. Откройте её заново: ваши изменения не записаны.")
    _settle(mailing, plan, now)
    session.flush()


def pause(session: Session, actor: Actor, mailing: Mailing) -> None:
    WORKFLOW.apply("pause", mailing, actor)
    mailing.pause_note = f"Приостановлена: {actor.user_name}."
    session.flush()


def resume(session: Session, actor: Actor, mailing: Mailing, *, now: datetime) -> None:
    """From now on in the name of the one who resumes it; what was missed is not made up for."""
    _require(actor, mailing.content, mailing.parameters)
    _require_order(session, mailing.content, mailing.order_id)
    WORKFLOW.apply("resume", mailing, actor)
    mailing.pause_note, mailing.armed_at = "", now
    if actor.user_id is not None:
        mailing.made_by_id, mailing.made_by = actor.user_id, actor.signature
    session.flush()


def stop(session: Session, mailing: Mailing, sentence: str) -> None:
    """By the program itself; people read the sentence on the mailing's page."""
    if mailing.status is MailingStatus.ACTIVE:
        WORKFLOW.apply("stop", mailing, SYSTEM, note=sentence)
        mailing.pause_note = sentence
        session.flush()


def try_out(session: Session, actor: Actor, mailing: Mailing, *, now: datetime) -> Job:
    """One letter to the asker, computed as it would be for them; a job makes it."""
    require_own(actor, mailing)
    address = session.scalar(select(User.email).where(User.id == actor.user_id))
    if not (address or "").strip():
        raise Invalid("В вашей учётной записи нет почты: впишите её или попросите об этом администратора.")
    told = {"mailing_id": mailing.id, "slot": f"{TEST}{now.isoformat()}", "to_me": True}
    title = f"Рассылка «{mailing.title}»: проба"
    return job.ask(session, actor, MAKE, title, told, now=now, leads_to=f"/mailings/{mailing.id}")


def delete(session: Session, actor: Actor, mailing: Mailing) -> None:
    """With its recipients and the history of its letters; what left the house stays in the journal."""
    require_own(actor, mailing)
    session.delete(mailing)
    session.flush()


def obstacle(session: Session, mailing: Mailing, *, demo: bool) -> str:
    """The sentence of what keeps the mailing from going on, or nothing. Asked before every sending."""
    maker = identity.actor_standing_in(session, user_id=mailing.made_by_id, unit_id=mailing.org_unit_id, demo=demo)
    needs = (Permission.MAILING_WRITE, *content_of(mailing.content).needs(mailing.parameters))
    if maker is None or not all(maker.may(need) for need in needs):
        return MAKER_IS_GONE
    if mailing.order_id is None:
        return ""
    status = session.scalar(select(Order.status).where(Order.id == mailing.order_id))
    if status is None:
        return ORDER_IS_GONE
    return ORDER_IS_FILED if status is OrderStatus.CLOSED else ""


def require_own(actor: Actor, mailing: Mailing) -> None:
    """Raises NotPermitted: those above see a mailing, its own unit keeps it."""
    actor.require(Permission.MAILING_WRITE)
    refusal = by_unit(mailing, actor)
    if refusal is not None:
        raise NotPermitted(refusal)


def _require(actor: Actor, kind: str, parameters: Mapping[str, Any]) -> None:
    actor.require(Permission.MAILING_WRITE)
    for need in content_of(kind).needs(parameters):
        actor.require(need)


def _require_order(session: Session, kind: str, order_id: int | None) -> None:
    if order_id is None:
        if kind == "order_execution":
            raise Invalid("Выберите документ, об исполнении которого сообщать.", field="order_id")
        return
    order = session.scalar(select(Order).where(Order.id == order_id))
    if order is None:
        raise NotFound
    if order.status is OrderStatus.DRAFT:
        raise Invalid("Документ ещё не выпущен: сообщать об исполнении пока нечего.", field="order_id")
    if order.status is OrderStatus.CLOSED:
        raise Invalid(ORDER_IS_FILED, field="order_id")


def _settle(mailing: Mailing, plan: Plan, now: datetime) -> None:
    title = " ".join(plan.title.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise Invalid(f"Назовите рассылку: не больше {LONGEST_TITLE} знаков.", field="title")
    if not 0 <= plan.hour <= LAST_HOUR:
        raise Invalid("Выберите час от 0 до 23.", field="hour")
    is_weekly = plan.timing is MailTiming.WEEKLY
    if is_weekly and (plan.weekday is None or not 0 <= plan.weekday <= LAST_WEEKDAY):
        raise Invalid("Выберите день недели.", field="weekday")
    if not is_weekly and mailing.order_id is None:
        raise Invalid("Перед сроком можно сообщать только об исполнении распоряжения.", field="timing")
    if not is_weekly and (plan.days_before is None or not 1 <= plan.days_before <= MOST_DAYS):
        raise Invalid(f"Укажите, за сколько дней до срока присылать: от 1 до {MOST_DAYS}.", field="days_before")
    mailing.title, mailing.timing, mailing.hour = title, plan.timing, plan.hour
    mailing.weekday = plan.weekday if is_weekly else None
    mailing.days_before = None if is_weekly else plan.days_before
    mailing.armed_at = now
