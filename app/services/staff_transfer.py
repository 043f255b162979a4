"""People who change their place of work: moved by whoever stands above both places, or taken by the next one.

The card goes along with all that hangs on it: the database takes certificates, enrolments and the identity to the new
unit by ON UPDATE CASCADE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.models import AuditEvent, OrgUnit, StaffMember, StaffPosition
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import KNOWN_BY_PAPERS, GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services import audit, staff_elsewhere, staff_identity
from app.services.staff_card import TypedCard, acting_unit, checked, require_keeping
from app.services.staff_member import TypedPosition, checked_position, close_position, open_position, the_one

# The number and the name are known from papers: nobody needs to try often.
MOST_MISSES = 20
MISSES_WITHIN = timedelta(days=1)
SEEK, MISSED = "seek_staff", "Не найдено."


@dataclass(frozen=True, slots=True)
class Found:
    """What may be told to one who knows the name and the number."""

    # Works nowhere: the card passes to the taking unit. Otherwise the position becomes a second job.
    is_free: bool
    is_here: bool


def move(
    session: GuardedSession,
    actor: Actor,
    person: StaffMember,
    to_unit_id: int,
    typed: TypedPosition,
    *,
    ended_on: date,
    today: date,
) -> StaffPosition:
    """Ends what the person was at the old main place, makes the new unit the main one, opens the position there.

    `ended_on` is the last day at the old place. Raises NotPermitted, NotFound, WrongState, Invalid at the field.
    """
    actor.require(Permission.STAFF_WRITE)
    unit = acting_unit(session, to_unit_id)
    require_keeping(actor, person)
    if unit.id == person.org_unit_id:
        raise Invalid("Это и есть основное место работы: для новой должности переход не нужен.", field="org_unit_id")
    if unit.region_id != person.region_id:
        raise Invalid("Перевести можно только внутри региона.", field="org_unit_id")
    new = checked_position(replace(typed, is_main=True), today)
    if new.started_on is not None and new.started_on <= ended_on:
        raise Invalid("Новое место начинается не раньше следующего дня после прежнего.", field="started_on")
    for position in session.scalars(
        select(StaffPosition).where(
            StaffPosition.staff_member_id == person.id,
            StaffPosition.org_unit_id == person.org_unit_id,
            StaffPosition.ended_on.is_(None),
        )
    ).all():
        close_position(session, position, ended_on=ended_on, today=today)
    _settle(session, person, unit)
    return _opened(session, person, unit.id, new)


def find_free(
    session: GuardedSession,
    actor: Actor,
    *,
    last_name: str,
    first_name: str,
    patronymic: str,
    snils: str,
    now: datetime,
) -> Found | None:
    """Whether a person of this name and number is on record in the region. Every attempt is written down, a miss too:
    the caller answers a miss with a page that is kept, not with an error that is rolled back.

    Raises NotPermitted, Invalid at the field, WrongState after too many misses in a day.
    """
    found = _sought(session, actor, TypedCard(last_name, first_name, patronymic), snils, now)
    if found is None:
        return None
    return Found(is_free=not found.is_working, is_here=found.unit_id == actor.unit_id)


def take(
    session: GuardedSession,
    actor: Actor,
    *,
    last_name: str,
    first_name: str,
    patronymic: str,
    snils: str,
    typed: TypedPosition,
    now: datetime,
    today: date,
) -> StaffMember | None:
    """Takes the person on: the card itself where they work nowhere, otherwise a second job beside the main place.

    None where nobody of this name and number is on record. Raises as `find_free`, and Invalid at the position's fields.
    """
    # All that can be refused is refused first: a refusal is rolled back, and a find with it would leave no trace.
    new = checked_position(typed, today)
    unit = acting_unit(session, actor.unit_id or 0)
    found = _sought(session, actor, TypedCard(last_name, first_name, patronymic), snils, now)
    if found is None:
        return None
    if found.unit_id == unit.id and found.is_working:
        raise WrongState("Этот человек уже в списке вашей организации.")
    is_main = not found.is_working
    position = StaffPosition(
        org_unit_id=unit.id,
        staff_member_id=found.person_id,
        kind=new.kind,
        title=new.title,
        is_main=is_main,
        started_on=new.started_on,
        basis=new.basis,
    )
    _refuse_doubled(session, position)
    # The position brings the person into sight.
    session.info[KNOWN_BY_PAPERS] = found.person_id
    try:
        session.add(position)
        session.flush()
    finally:
        session.info.pop(KNOWN_BY_PAPERS)
    person = the_one(session, found.person_id)
    if not found.is_working:
        _settle(session, person, unit)
    audit.record_event(session, person, "take", f"Основное место: {unit.label}" if is_main else unit.label)
    return person


def misses_left(session: GuardedSession, actor: Actor, now: datetime) -> int:
    """How many wrong attempts the unit still has within a day."""
    missed = session.scalar(
        select(func.count(AuditEvent.id)).where(
            AuditEvent.org_unit_id == actor.unit_id,
            AuditEvent.record_type == "org_unit",
            AuditEvent.record_id == actor.unit_id,
            AuditEvent.action == SEEK,
            AuditEvent.note == MISSED,
            AuditEvent.at > now - MISSES_WITHIN,
        )
    )
    return max(MOST_MISSES - int(missed or 0), 0)


def _sought(
    session: GuardedSession, actor: Actor, typed: TypedCard, snils: str, now: datetime
) -> staff_elsewhere.Elsewhere | None:
    actor.require(Permission.STAFF_WRITE)
    actor.require(Permission.STAFF_IDENTITY)
    card = checked(typed)
    digits = staff_identity.checked_number(snils)
    if not digits:
        raise Invalid("Введите СНИЛС: по нему и по имени находят человека.", field="snils")
    if misses_left(session, actor, now) == 0:
        raise WrongState(
            f"За сутки не найдено уже {MOST_MISSES} раз. Проверьте документы и попробуйте завтра "
            "или попросите о переводе муниципалитет либо регион."
        )
    key = name_key(card.last_name, card.first_name, card.patronymic)
    found = staff_elsewhere.bearer(session, actor.region_id or 0, key, digits)
    unit = acting_unit(session, actor.unit_id or 0)
    audit.record_event(session, unit, SEEK, MISSED if found is None else "Найдено.")
    return found


def _settle(session: GuardedSession, person: StaffMember, unit: OrgUnit) -> None:
    """Makes the unit the main place; what was read before holds the old unit, so the session forgets it."""
    person.pending_action = ("move", f"Основное место: {unit.label}")
    person.org_unit_id = unit.id
    person.region_id = person.municipality_id = None  # type: ignore[assignment] # stamped anew from the unit by the guard
    person.is_working = True
    session.flush()
    session.expire_all()


def _opened(session: GuardedSession, person: StaffMember, unit_id: int, new: TypedPosition) -> StaffPosition:
    """The second job that the person already has there becomes the main one."""
    same = session.scalars(
        select(StaffPosition).where(
            StaffPosition.staff_member_id == person.id,
            StaffPosition.org_unit_id == unit_id,
            StaffPosition.kind == new.kind,
            StaffPosition.title == new.title,
            StaffPosition.ended_on.is_(None),
        )
    ).first()
    if same is None:
        return open_position(session, person, unit_id, new)
    same.is_main = True
    session.flush()
    return same


def _refuse_doubled(session: GuardedSession, position: StaffPosition) -> None:
    held = select(StaffPosition.id).where(
        StaffPosition.staff_member_id == position.staff_member_id,
        StaffPosition.org_unit_id == position.org_unit_id,
        StaffPosition.kind == position.kind,
        StaffPosition.title == position.title,
        StaffPosition.ended_on.is_(None),
    )
    if session.scalars(held).first() is not None:
        raise Invalid("Эта должность у человека уже есть.", field="title")
