"""Cards of people on the staff and their positions: made, changed, ended.

A card is kept by the unit of the main place of work; positions elsewhere are second jobs. `is_working` says whether the
person holds a position at the main place: one who holds none may be taken by the next unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.models import StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.scope import contains
from app.services.staff_card import TypedCard, acting_unit, checked, require_keeping

LONGEST_TITLE = 200
_GAPS = re.compile(r"\s+")
OTHERS_POSITION = "Эту должность ведёт другая организация."


@dataclass(frozen=True, slots=True)
class TypedPosition:
    """What a person is in a unit; `basis` is the act of appointment."""

    kind: PositionKind
    title: str = ""
    started_on: date | None = None
    is_main: bool = True
    basis: str = ""


def the_one(session: GuardedSession, person_id: int) -> StaffMember:
    """Raises NotFound outside the scope."""
    found = session.get(StaffMember, person_id)
    if found is None:
        raise NotFound
    return found


def create(
    session: GuardedSession,
    actor: Actor,
    *,
    unit_id: int,
    last_name: str,
    first_name: str,
    patronymic: str = "",
    email: str = "",
    note: str = "",
    position: TypedPosition | None,
    today: date,
    is_demo: bool = False,
) -> StaffMember:
    """A card in the unit, with its first position. Raises NotPermitted, Invalid at the field."""
    actor.require(Permission.STAFF_WRITE)
    unit = acting_unit(session, unit_id)
    card = checked(TypedCard(last_name, first_name, patronymic, email, note))
    person = StaffMember(
        org_unit_id=unit.id,
        last_name=card.last_name,
        first_name=card.first_name,
        patronymic=card.patronymic,
        email=card.email,
        note=card.note,
        is_working=position is not None,
        is_demo=is_demo,
    )
    typed = checked_position(position, today) if position is not None else None
    session.add(person)
    session.flush()
    if typed is not None:
        open_position(session, person, unit.id, typed)
    return person


def change(session: GuardedSession, actor: Actor, person: StaffMember, *, version: int, card: TypedCard) -> None:
    """Name, mail and note. Raises NotPermitted, Conflict, Invalid at the field."""
    actor.require(Permission.STAFF_WRITE)
    require_keeping(actor, person)
    if person.version != version:
        raise Conflict("Карточку уже сохранил кто-то другой: рядом показано, что в ней теперь. Ваше не потеряно.")
    new = checked(card)
    for name in ("last_name", "first_name", "patronymic", "email", "note"):
        if getattr(person, name) != getattr(new, name):
            setattr(person, name, getattr(new, name))
    session.flush()


def add_position(
    session: GuardedSession,
    actor: Actor,
    person: StaffMember,
    unit_id: int,
    typed: TypedPosition,
    *,
    today: date,
) -> StaffPosition:
    """One more position: at the main place, or a second job in another unit of the scope.

    Whom the actor only trains is taken on by name and number (staff_transfer.take): a position opens the whole card.
    Raises NotPermitted, Invalid at the field.
    """
    actor.require(Permission.STAFF_WRITE)
    if not contains(actor, person) and not _works_below(session, actor, person):
        raise NotPermitted("Человек у вас не работает: примите его по имени и СНИЛС.")
    unit = acting_unit(session, unit_id)
    new = checked_position(typed, today)
    if unit.id != person.org_unit_id:
        new = TypedPosition(new.kind, new.title, new.started_on, is_main=False, basis=new.basis)
    elif new.is_main:
        for other in session.scalars(
            select(StaffPosition).where(
                StaffPosition.staff_member_id == person.id,
                StaffPosition.org_unit_id == unit.id,
                StaffPosition.ended_on.is_(None),
                StaffPosition.is_main,
            )
        ):
            other.is_main = False
        session.flush()
    position = open_position(session, person, unit.id, new)
    if unit.id == person.org_unit_id and not person.is_working:
        person.is_working = True
        session.flush()
    return position


def change_position(
    session: GuardedSession,
    actor: Actor,
    position: StaffPosition,
    typed: TypedPosition,
    *,
    version: int,
    today: date,
) -> None:
    """Sets right what was written; another appointment is another position. Raises NotPermitted, Conflict, Invalid."""
    actor.require(Permission.STAFF_WRITE)
    if not contains(actor, position):
        raise NotPermitted(OTHERS_POSITION)
    if position.version != version:
        raise Conflict("Должность уже изменил кто-то другой: откройте карточку ещё раз.")
    new = checked_position(typed, today)
    if position.ended_on is not None and new.started_on is not None and new.started_on > position.ended_on:
        raise Invalid(f"Позже, чем закончено: {position.ended_on:%d.%m.%Y}.", field="started_on")
    try:
        with session.begin_nested():
            for name in ("kind", "title", "started_on", "basis"):
                if getattr(position, name) != getattr(new, name):
                    setattr(position, name, getattr(new, name))
            session.flush()
    except IntegrityError as error:
        raise Invalid("Эта должность у человека уже есть.", field="title") from error


def end_position(
    session: GuardedSession, actor: Actor, position: StaffPosition, *, ended_on: date, today: date
) -> None:
    """The last day in the position. Without a position at the main place the person waits for the next unit.

    Raises NotPermitted, WrongState, Invalid at `ended_on`.
    """
    actor.require(Permission.STAFF_WRITE)
    if not contains(actor, position):
        raise NotPermitted(OTHERS_POSITION)
    close_position(session, position, ended_on=ended_on, today=today)


def close_position(session: GuardedSession, position: StaffPosition, *, ended_on: date, today: date) -> None:
    """For whoever was allowed it already. Raises WrongState, Invalid at `ended_on`."""
    if position.ended_on is not None:
        raise WrongState(f"Должность уже закончена {position.ended_on:%d.%m.%Y}.")
    if ended_on > today:
        raise Invalid("Этот день ещё не наступил: запишите окончание, когда он придёт.", field="ended_on")
    if position.started_on is not None and ended_on < position.started_on:
        raise Invalid(f"Раньше, чем начато: {position.started_on:%d.%m.%Y}.", field="ended_on")
    # Read before: with the end of a second job the person goes out of sight.
    person = the_one(session, position.staff_member_id)
    position.ended_on = ended_on
    session.flush()
    if position.org_unit_id == person.org_unit_id and not _holds_any(session, person):
        person.is_working = False
        session.flush()


def positions_of(session: GuardedSession, person: StaffMember) -> Sequence[StaffPosition]:
    """All that the person was and is, open ones first, the latest above."""
    found = session.scalars(select(StaffPosition).where(StaffPosition.staff_member_id == person.id)).all()

    def place(one: StaffPosition) -> tuple[bool, bool, date, date, int]:
        return one.ended_on is None, one.is_main, one.ended_on or date.max, one.started_on or date.min, one.id

    return sorted(found, key=place, reverse=True)


def checked_position(typed: TypedPosition, today: date) -> TypedPosition:
    """The position as it is kept. Raises Invalid at the field."""
    title = _GAPS.sub(" ", typed.title).strip()
    if typed.kind is PositionKind.OTHER and not title:
        raise Invalid("Назовите должность: вид «иная должность» о ней ничего не говорит.", field="title")
    if len(title) > LONGEST_TITLE or len(typed.basis) > LONGEST_TITLE:
        field = "title" if len(title) > LONGEST_TITLE else "basis"
        raise Invalid(f"Слишком длинно: не больше {LONGEST_TITLE} знаков.", field=field)
    if typed.started_on is not None and typed.started_on > today:
        raise Invalid("Этот день ещё не наступил: запишите должность, когда он придёт.", field="started_on")
    return TypedPosition(typed.kind, title, typed.started_on, typed.is_main, typed.basis.strip())


def open_position(session: GuardedSession, person: StaffMember, unit_id: int, typed: TypedPosition) -> StaffPosition:
    """For whoever was allowed it already. Raises Invalid where the person holds the very position."""
    position = StaffPosition(
        org_unit_id=unit_id,
        staff_member_id=person.id,
        kind=typed.kind,
        title=typed.title,
        is_main=typed.is_main,
        started_on=typed.started_on,
        basis=typed.basis,
    )
    try:
        with session.begin_nested():
            session.add(position)
            session.flush()
    except IntegrityError as error:
        raise Invalid("Эта должность у человека уже есть.", field="title") from error
    return position


def _works_below(session: GuardedSession, actor: Actor, person: StaffMember) -> bool:
    held = select(StaffPosition).where(StaffPosition.staff_member_id == person.id, StaffPosition.ended_on.is_(None))
    return any(contains(actor, one) for one in session.scalars(held))


def _holds_any(session: GuardedSession, person: StaffMember) -> bool:
    held = select(StaffPosition.id).where(
        StaffPosition.staff_member_id == person.id,
        StaffPosition.org_unit_id == person.org_unit_id,
        StaffPosition.ended_on.is_(None),
    )
    return session.scalars(held.limit(1)).first() is not None
