"""Monitoring rounds: a draft made, corrected, taken from the round before. One door for the rest of the house."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Framework, MonitoringRound, RoundAddressee
from app.models.enumeration import FrameworkStatus, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.order_addressees import register_of
from app.services.round_addressees import Clause, checked_clauses, clauses_of
from app.services.round_change import add_units, check_dates, close, move_date, move_dates, reopen
from app.services.round_opening import Preview, open_round, preview, status_held
from app.workflows.monitoring_round import by_holder

__all__ = [
    "Preview",
    "RoundValues",
    "add_units",
    "change",
    "close",
    "create",
    "delete_draft",
    "differences",
    "following",
    "frameworks_to_choose",
    "move_date",
    "move_dates",
    "open_round",
    "preview",
    "previous_to_choose",
    "reopen",
    "require_draft",
    "set_addressees",
]

OPENED = "Цикл уже открыт: его сроки переносит акт, остальное не меняется."
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class RoundValues:
    """A round as a person gives it."""

    title: str
    framework_id: int
    opens_on: date
    due_on: date
    locks_on: date
    late_until: date | None = None
    basis: str = ""
    note: str = ""
    previous_round_id: int | None = None


def create(session: Session, actor: Actor, values: RoundValues) -> MonitoringRound:
    """A draft of the actor's unit; nobody outside the unit sees it. Raises Invalid at the field."""
    actor.require(Permission.ROUND_WRITE)
    made = MonitoringRound(org_unit_id=actor.unit_id, is_municipal=actor.unit_kind is UnitKind.MUNICIPALITY)
    _put(session, actor, made, values)
    session.add(made)
    session.flush()
    return made


def change(session: Session, actor: Actor, held: MonitoringRound, *, version: int, values: RoundValues) -> None:
    """Raises Conflict where somebody saved since `version`, WrongState for an opened round, Invalid at the field."""
    require_draft(actor, held)
    if held.version != version:
        raise Conflict("Цикл успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы.")
    _put(session, actor, held, values)
    session.flush()


def set_addressees(session: Session, actor: Actor, held: MonitoringRound, clauses: Sequence[Clause]) -> None:
    """Replaces the rule «кто заполняет». Raises Invalid for a unit that is not below the holder."""
    _hold_draft(session, actor, held)
    wanted = checked_clauses(register_of(session, actor.unit_id or 0), actor, clauses)
    if set(wanted) == set(clauses_of(held)):
        return
    kept = {(row.kind, row.org_unit_id): row for row in held.addressees}
    held.addressees = [
        kept.get(clause) or RoundAddressee(kind=clause[0], org_unit_id=clause[1]) for clause in dict.fromkeys(wanted)
    ]
    session.flush()


def delete_draft(session: Session, actor: Actor, held: MonitoringRound) -> None:
    """The draft goes with its addressees; its journal rows stay."""
    _hold_draft(session, actor, held)
    session.delete(held)
    session.flush()


def following(session: Session, actor: Actor, previous: MonitoringRound, *, today: date) -> MonitoringRound:
    """A draft of the round after this one: the same addressees, the newest published edition, dates years later."""
    actor.require(Permission.ROUND_WRITE)
    refused = by_holder(previous, actor)
    if refused is not None:
        raise NotPermitted(refused)
    if previous.status is RoundStatus.DRAFT:
        raise WrongState("Этот цикл ещё не открыт: проводить снова пока нечего.")
    years = 1
    while _later(previous.due_on, years) < today:
        years += 1
    title = YEAR.sub(lambda found: str(int(found[0]) + years), previous.title)
    made = create(
        session,
        actor,
        RoundValues(
            title=title if title != previous.title else f"{previous.title} (следующий)",
            framework_id=_newest_edition(session, previous.framework_id),
            opens_on=_later(previous.opens_on, years),
            due_on=_later(previous.due_on, years),
            locks_on=_later(previous.locks_on, years),
            late_until=_later(previous.late_until, years) if previous.late_until else None,
            note=previous.note,
            previous_round_id=previous.id,
        ),
    )
    made.addressees = [
        RoundAddressee(kind=kind, org_unit_id=unit_id) for kind, unit_id in still_below(session, actor, previous)
    ]
    session.flush()
    return made


def still_below(session: Session, actor: Actor, previous: MonitoringRound) -> list[Clause]:
    """The clauses of a former rule whose units the holder still has."""
    register = register_of(session, actor.unit_id or 0)
    kept: list[Clause] = []
    for clause in clauses_of(previous):
        try:
            kept += checked_clauses(register, actor, [clause])
        except Invalid:
            continue
    return kept


def differences(held: MonitoringRound, values: RoundValues) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, getattr(held, one.name), getattr(values, one.name)) for one in fields(RoundValues)]
    return [(name, saved, typed) for name, saved, typed in pairs if saved != typed]


def frameworks_to_choose(session: Session, actor: Actor) -> list[Framework]:
    """Published sets by which the actor's unit may hold a round: its own, and those of its region; newest first."""
    makers = {actor.unit_id, actor.region_id}
    return list(
        session.scalars(
            select(Framework)
            .where(Framework.org_unit_id.in_(makers), Framework.status == FrameworkStatus.PUBLISHED)
            .order_by(Framework.title, Framework.edition.desc())
        )
    )


def previous_to_choose(session: Session, actor: Actor, held: MonitoringRound | None) -> list[MonitoringRound]:
    """Opened rounds of the actor's unit and region, whose answers may stand beside the new ones; newest first."""
    makers = {actor.unit_id, actor.region_id}
    wanted = select(MonitoringRound).where(
        MonitoringRound.status != RoundStatus.DRAFT, MonitoringRound.org_unit_id.in_(makers)
    )
    if held is not None and held.id is not None:
        wanted = wanted.where(MonitoringRound.id != held.id)
    return list(session.scalars(wanted.order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc()).limit(50)))


def require_draft(actor: Actor, held: MonitoringRound) -> None:
    actor.require(Permission.ROUND_WRITE)
    refused = by_holder(held, actor)
    if refused is not None:
        raise NotPermitted(refused)
    if held.status is not RoundStatus.DRAFT:
        raise WrongState(OPENED)


def _hold_draft(session: Session, actor: Actor, held: MonitoringRound) -> None:
    """The actor may write this draft; it stays a draft until the transaction ends."""
    require_draft(actor, held)
    if status_held(session, held) is not RoundStatus.DRAFT:
        raise WrongState(OPENED)


def _put(session: Session, actor: Actor, held: MonitoringRound, values: RoundValues) -> None:
    title = values.title.strip()
    if not title:
        raise Invalid("Назовите цикл, например «Мониторинг ВСОКО 2026/2027».", field="title")
    check_dates(values.opens_on, values.due_on, values.locks_on, values.late_until)
    _check_framework(session, actor, values.framework_id)
    _check_previous(session, held, values)
    for one in fields(RoundValues):
        value = getattr(values, one.name)
        setattr(held, one.name, value.strip() if type(value) is str else value)


def _check_framework(session: Session, actor: Actor, framework_id: int) -> None:
    if not framework_id:
        raise Invalid("Выберите набор критериев.", field="framework_id")
    framework = session.get(Framework, framework_id)
    if framework is None:
        raise NotFound
    if framework.org_unit_id not in {actor.unit_id, actor.region_id}:
        raise Invalid("Цикл проводится по своему набору критериев или по набору региона.", field="framework_id")
    if framework.status is FrameworkStatus.RETIRED:
        raise Invalid("Этот набор выведен из применения: выберите действующую редакцию.", field="framework_id")


def _check_previous(session: Session, held: MonitoringRound, values: RoundValues) -> None:
    if values.previous_round_id is None:
        return
    previous = session.get(MonitoringRound, values.previous_round_id)
    if previous is None:
        raise NotFound
    if previous.id == held.id or previous.status is RoundStatus.DRAFT:
        raise Invalid("Предыдущим может быть только другой, уже открытый цикл.", field="previous_round_id")
    # Editions meet by the codes of their criteria, and a code means the same only within one maker's sets.
    sets = {previous.framework_id, values.framework_id}
    if len(set(session.scalars(select(Framework.org_unit_id).where(Framework.id.in_(sets))))) > 1:
        raise Invalid(
            "Тот цикл проводился по набору критериев другой организации: ответы не сопоставить. Выберите цикл по "
            "набору той же организации или оставьте поле пустым.",
            field="previous_round_id",
        )


def _newest_edition(session: Session, framework_id: int) -> int:
    """Of the same set by the same maker; the former one where nothing of it is published any more."""
    former = session.get(Framework, framework_id)
    if former is None:
        raise NotFound
    newest = session.scalar(
        select(Framework.id)
        .where(
            Framework.org_unit_id == former.org_unit_id,
            Framework.title == former.title,
            Framework.status == FrameworkStatus.PUBLISHED,
        )
        .order_by(Framework.edition.desc())
        .limit(1)
    )
    return newest or framework_id


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
