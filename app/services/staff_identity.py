"""What the law keeps from other eyes: СНИЛС, day of birth, sex, citizenship of people on the staff.

The only reader and writer of StaffIdentity but for the comparison of duplicates. Every sight leaves a row in the
journal; the journal says that something was written or seen, never what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.analysis import personal_number
from app.models import Enrolment, StaffIdentity, StaffMember, StaffPosition
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import Sex
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted
from app.policies.scope import contains
from app.services import audit

RUSSIA = "643"
_CITIZENSHIP_LENGTH = 3
AT_ONCE = 500
OLDEST = date(1920, 1, 1)
YOUNGEST_YEARS = 14


@dataclass(frozen=True, slots=True)
class Identity:
    """Its representation is empty, so that no traceback carries it."""

    snils: str = field(default="", repr=False)
    born_on: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    citizenship: str = field(default=RUSSIA, repr=False)


def write(
    session: GuardedSession,
    actor: Actor,
    person: StaffMember,
    *,
    snils: str | None = None,
    born_on: date | None = None,
    sex: Sex | None = None,
    citizenship: str | None = None,
    today: date | None = None,
) -> bool:
    """Writes what is given and leaves the rest; an empty `snils` takes the number away. False where nothing changed.

    Raises NotPermitted, Invalid at the field; no sentence contains what was typed.
    """
    actor.require(Permission.STAFF_IDENTITY)
    _require_sight(session, actor, person)
    digits = None if snils is None else checked_number(snils)
    _check_day(born_on, today)
    code = None if citizenship is None else _checked_citizenship(citizenship)
    if digits is not None and not contains(actor, person):
        raise NotPermitted("СНИЛС записывает организация, где человек работает: она ведёт его карточку.")
    row = _row(session, person.id)
    if row is None:
        row = StaffIdentity(staff_member_id=person.id, snils="", citizenship=RUSSIA)
    told = []
    keeps = contains(actor, person)
    for name, title, value in (
        ("snils", "СНИЛС", digits),
        ("born_on", "дата рождения", born_on),
        ("sex", "пол", sex),
        ("citizenship", "гражданство", code),
    ):
        if value is not None and getattr(row, name) != value:
            if not keeps and name in {"born_on", "sex"} and getattr(row, name) is not None:
                raise NotPermitted(f"Уже записано иначе: {title}. Исправляет организация, где человек работает.")
            setattr(row, name, value)
            told.append(title)
    if not told:
        return False
    session.add(row)
    if digits is not None and person.has_snils != bool(digits):
        person.has_snils = bool(digits)
    session.flush()
    audit.record_event(session, person, "write_identity", f"Записано: {', '.join(told)}.")
    return True


def reveal(session: GuardedSession, actor: Actor, person: StaffMember) -> Identity:
    """What is known of the person; the journal keeps who looked. Raises NotPermitted."""
    actor.require(Permission.STAFF_IDENTITY)
    _require_sight(session, actor, person)
    return identities(session, actor, [person.id], "карточка работника").get(person.id, Identity())


def may_see(session: GuardedSession, actor: Actor, person: StaffMember) -> bool:
    """Whether what is hidden of a person in sight is open to the actor, once asked for.

    To a provider, as the row scope says: of its own people and of those who study with it.
    """
    if not actor.may(Permission.STAFF_IDENTITY):
        return False
    if actor.unit_kind is not UnitKind.PROVIDER or contains(actor, person):
        return True
    reasons = (
        select(Enrolment.id).where(
            Enrolment.staff_member_id == person.id,
            Enrolment.provider_unit_id == actor.unit_id,
            Enrolment.status.in_(SEATED_STATUSES),
        ),
        select(StaffPosition.id).where(
            StaffPosition.staff_member_id == person.id,
            StaffPosition.org_unit_id == actor.unit_id,
            StaffPosition.ended_on.is_(None),
        ),
    )
    return any(session.scalar(reason.limit(1)) is not None for reason in reasons)


def _require_sight(session: GuardedSession, actor: Actor, person: StaffMember) -> None:
    if not may_see(session, actor, person):
        raise NotPermitted("Человек у вас не учится: СНИЛС и дата рождения открыты, пока он слушатель вашего потока.")


def identities(
    session: GuardedSession, actor: Actor, person_ids: Collection[int], reason: str
) -> Mapping[int, Identity]:
    """Those within the scope that have one; one row of the journal for each. Raises NotPermitted."""
    actor.require(Permission.STAFF_IDENTITY)
    found: dict[int, Identity] = {}
    numbers = sorted(set(person_ids))
    for first in range(0, len(numbers), AT_ONCE):
        these = numbers[first : first + AT_ONCE]
        people = session.scalars(select(StaffMember).where(StaffMember.id.in_(these))).all()
        known = {
            row.staff_member_id: Identity(row.snils, row.born_on, row.sex, row.citizenship)
            for row in session.execute(
                select(
                    StaffIdentity.staff_member_id,
                    StaffIdentity.snils,
                    StaffIdentity.born_on,
                    StaffIdentity.sex,
                    StaffIdentity.citizenship,
                ).where(StaffIdentity.staff_member_id.in_(these))
            )
        }
        for person in people:
            if person.id in known:
                found[person.id] = known[person.id]
                audit.record_event(session, person, "see_identity", reason)
    return found


def with_numbers(session: GuardedSession, actor: Actor, numbers: Collection[str]) -> Mapping[str, int]:
    """The people of the scope that bear these numbers (11 digits): for matching rows of a workbook that brings them.

    Nothing is shown that the asker did not bring. Where two cards bear one number, it is left out. Raises NotPermitted.
    """
    actor.require(Permission.STAFF_IDENTITY)
    bearers: dict[str, list[int]] = {}
    wanted = sorted({number for number in numbers if number})
    for first in range(0, len(wanted), AT_ONCE):
        for row in session.execute(
            select(StaffIdentity.snils, StaffIdentity.staff_member_id).where(
                StaffIdentity.snils.in_(wanted[first : first + AT_ONCE])
            )
        ):
            bearers.setdefault(row.snils, []).append(row.staff_member_id)
    return {number: ids[0] for number, ids in bearers.items() if len(ids) == 1}


class Numbers:
    """The numbers of a scope, read once, for judging a list that brings numbers; it shows none."""

    def __init__(self, session: GuardedSession, actor: Actor) -> None:
        actor.require(Permission.STAFF_IDENTITY)
        self._bearers: dict[str, set[int]] = {}
        for row in session.execute(
            select(StaffIdentity.snils, StaffIdentity.staff_member_id).where(StaffIdentity.snils != "")
        ):
            self._bearers.setdefault(row.snils, set()).add(row.staff_member_id)

    def bearers(self, digits: str) -> frozenset[int]:
        return frozenset(self._bearers.get(digits, ()))


def born(session: GuardedSession, actor: Actor, person_ids: Collection[int]) -> Mapping[int, date]:
    """Days of birth for matching rows of a workbook that brings them; never shown. Raises NotPermitted."""
    actor.require(Permission.STAFF_IDENTITY)
    found: dict[int, date] = {}
    numbers = sorted(set(person_ids))
    for first in range(0, len(numbers), AT_ONCE):
        for row in session.execute(
            select(StaffIdentity.staff_member_id, StaffIdentity.born_on).where(
                StaffIdentity.staff_member_id.in_(numbers[first : first + AT_ONCE]), StaffIdentity.born_on.is_not(None)
            )
        ):
            found[row.staff_member_id] = row.born_on
    return found


def same_number(session: GuardedSession, person: StaffMember) -> list[StaffMember]:
    """Other cards of the scope with the number of this one."""
    mine = select(StaffIdentity.snils).where(StaffIdentity.staff_member_id == person.id, StaffIdentity.snils != "")
    others = select(StaffIdentity.staff_member_id).where(
        StaffIdentity.snils.in_(mine), StaffIdentity.staff_member_id != person.id
    )
    return list(session.scalars(select(StaffMember).where(StaffMember.id.in_(others)).order_by(StaffMember.id)))


def checked_number(typed: str) -> str:
    """Eleven digits, or nothing for nothing typed. Raises Invalid at `snils`."""
    if not typed.strip():
        return ""
    digits = personal_number.digits_of(typed)
    wrong = personal_number.check(digits)
    if wrong is not None:
        raise Invalid(wrong, field="snils")
    return digits


def _checked_citizenship(typed: str) -> str:
    code = typed.strip() or RUSSIA
    if len(code) != _CITIZENSHIP_LENGTH or not (code.isascii() and code.isdecimal()):
        raise Invalid("Код страны по ОКСМ — три цифры, у России 643.", field="citizenship")
    return code


def _check_day(born_on: date | None, today: date | None) -> None:
    if born_on is None:
        return
    last = today.replace(year=today.year - YOUNGEST_YEARS, day=1) if today is not None else None
    if born_on < OLDEST or (last is not None and born_on >= last):
        raise Invalid("Дата рождения не похожа на дату рождения работника: проверьте год.", field="born_on")


def _row(session: GuardedSession, person_id: int) -> StaffIdentity | None:
    return session.scalars(select(StaffIdentity).where(StaffIdentity.staff_member_id == person_id)).first()


@dataclass(frozen=True, slots=True)
class Known:
    """Whether each is on record; never what."""

    snils: bool = False
    born_on: bool = False
    sex: bool = False


def known(session: GuardedSession, actor: Actor, person_ids: Collection[int]) -> Mapping[int, Known]:
    """What is on record of these people, as yes or no: for a list of what is missing. Raises NotPermitted."""
    actor.require(Permission.STAFF_IDENTITY)
    found: dict[int, Known] = {}
    numbers = sorted(set(person_ids))
    for first in range(0, len(numbers), AT_ONCE):
        for row in session.execute(
            select(
                StaffIdentity.staff_member_id,
                (StaffIdentity.snils != "").label("snils"),
                StaffIdentity.born_on.is_not(None).label("born_on"),
                StaffIdentity.sex.is_not(None).label("sex"),
            ).where(StaffIdentity.staff_member_id.in_(numbers[first : first + AT_ONCE]))
        ):
            found[row.staff_member_id] = Known(bool(row.snils), bool(row.born_on), bool(row.sex))
    return found
