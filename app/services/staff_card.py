"""What a card of a person on the staff says, checked; whose card it is; cards that may be of the same person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from app.analysis.person_name import NameParts, alike
from app.models import OrgUnit, StaffMember
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import Invalid, NotFound, NotPermitted
from app.policies.scope import contains
from app.services.org_unit_details import check_email

LONGEST_NAME = 100
LONGEST_NOTE = 2000
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’. ])*")
_GAPS = re.compile(r"\s+")
KEPT_ELSEWHERE = "Карточку ведёт организация, где человек работает по основному месту: попросите её."


@dataclass(frozen=True, slots=True)
class TypedCard:
    last_name: str
    first_name: str
    patronymic: str = ""
    email: str = ""
    note: str = ""


def alike_cards(session: GuardedSession, unit_id: int, card: TypedCard) -> list[StaffMember]:
    """Cards of the scope that may be of this person: of an equal name anywhere, of an alike one in the unit."""
    key = name_key(card.last_name, card.first_name, card.patronymic)
    name = NameParts(card.last_name, card.first_name, card.patronymic)
    in_unit: ColumnElement[bool] = StaffMember.org_unit_id == unit_id
    found = session.scalars(
        select(StaffMember).where(or_(StaffMember.name_key == key, in_unit)).order_by(StaffMember.last_name)
    )
    return [one for one in found if one.name_key == key or alike(parts_of(one), name)]


def parts_of(person: StaffMember) -> NameParts:
    return NameParts(person.last_name, person.first_name, person.patronymic)


def require_keeping(actor: Actor, person: StaffMember) -> None:
    """Raises NotPermitted where the card is another unit's, though seen."""
    if not contains(actor, person):
        raise NotPermitted(KEPT_ELSEWHERE)


def acting_unit(session: GuardedSession, unit_id: int) -> OrgUnit:
    """Raises NotFound outside the scope, Invalid for a closed one."""
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise NotFound
    if unit.closed_on is not None:
        raise Invalid(f"Организация закрыта {unit.closed_on:%d.%m.%Y}: выберите действующую.", field="org_unit_id")
    return unit


def checked(card: TypedCard) -> TypedCard:
    """The card as it is kept. Raises Invalid at the field."""
    names = {}
    for field_name, what, must in (
        ("last_name", "фамилию", True),
        ("first_name", "имя", True),
        ("patronymic", "отчество", False),
    ):
        text = _GAPS.sub(" ", getattr(card, field_name)).strip()
        if not text and must:
            raise Invalid(f"Введите {what}.", field=field_name)
        if text and (not _NAME.fullmatch(text) or len(text) > LONGEST_NAME):
            raise Invalid(f"Введите {what} буквами, без цифр и лишних знаков.", field=field_name)
        names[field_name] = text
    if len(card.note) > LONGEST_NOTE:
        raise Invalid(f"Слишком длинно: не больше {LONGEST_NOTE} знаков.", field="note")
    email = card.email.strip()
    check_email(email)
    return TypedCard(**names, email=email, note=card.note.strip())
