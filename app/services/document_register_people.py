"""Whose document a row of the federal register's workbook is: by СНИЛС, by name and day of birth, or by the name alone.

Only people of the asker's own scope are found. The numbers and days of birth come with the file; nothing of what the
cards hold is told, only whose card it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.analysis.person_name import alike
from app.models import StaffMember
from app.models.enumeration import Labelled
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import staff_identity
from app.services.document_register_cleaning import CleanRow

AT_ONCE = 500


class FoundBy(Labelled):
    """How sure it is; by the name alone a person has to agree."""

    NUMBER = "number", "по СНИЛС"
    BIRTH = "birth", "по ФИО и дате рождения"
    NAME = "name", "только по ФИО"


@dataclass(frozen=True, slots=True)
class Match:
    """`doubt` is a sentence for whoever has to agree; without a person `refusal` says why there is none."""

    person: StaffMember | None = None
    by: FoundBy | None = None
    doubt: str = ""
    refusal: str = ""

    @property
    def is_sure(self) -> bool:
        return self.person is not None and not self.doubt


@dataclass(slots=True)
class _Cards:
    by_number: Mapping[str, int]
    by_name: dict[str, list[StaffMember]]
    people: dict[int, StaffMember]
    born: Mapping[int, object] = field(default_factory=dict)


def matches(session: GuardedSession, actor: Actor, rows: Sequence[CleanRow]) -> dict[int, Match]:
    """By number of the row, by a fixed number of statements for each 500 rows. Raises NotPermitted."""
    cards = _cards(session, actor, rows)
    return {row.number: _match(row, cards) for row in rows}


def full_name(row: CleanRow) -> str:
    return " ".join(filter(None, (row.text("last_name"), row.text("first_name"), row.text("patronymic"))))


def _cards(session: GuardedSession, actor: Actor, rows: Sequence[CleanRow]) -> _Cards:
    by_number = staff_identity.with_numbers(session, actor, {row.text("snils") for row in rows})
    people = {one.id: one for one in _of(session, StaffMember.id, sorted(set(by_number.values())))}
    named = list(_of(session, StaffMember.name_key, sorted({_key(row) for row in rows})))
    cards = _Cards(by_number, {}, people | {one.id: one for one in named})
    for one in named:
        cards.by_name.setdefault(one.name_key, []).append(one)
    cards.born = staff_identity.born(session, actor, cards.people)
    return cards


def _of(session: GuardedSession, column: object, values: Sequence[object]) -> Iterable[StaffMember]:
    for first in range(0, len(values), AT_ONCE):
        some = values[first : first + AT_ONCE]
        yield from session.scalars(
            select(StaffMember).where(column.in_(some)).order_by(StaffMember.id)  # type: ignore[attr-defined] # a mapped column
        )


def _match(row: CleanRow, cards: _Cards) -> Match:
    bearer = cards.people.get(cards.by_number.get(row.text("snils"), 0))
    return _of_number(row, bearer, cards) if bearer is not None else _of_name(row, cards)


def _of_number(row: CleanRow, person: StaffMember, cards: _Cards) -> Match:
    if not alike(full_name(row), person.label):
        doubt = f"СНИЛС тот же, а в карточке другое имя: {person.label}. Проверьте, тот ли это человек."
        return Match(person, FoundBy.NUMBER, doubt)
    if _differs(row, person, cards):
        return Match(person, FoundBy.NUMBER, "СНИЛС тот же, а дата рождения в карточке другая: проверьте обе.")
    return Match(person, FoundBy.NUMBER)


def _of_name(row: CleanRow, cards: _Cards) -> Match:
    # Whoever has another number on the card is somebody else.
    brought = bool(row.text("snils"))
    named = cards.by_name.get(_key(row), [])
    free = [person for person in named if not (brought and person.has_snils)]
    day = row.day("born_on")
    born = [person for person in free if day is not None and cards.born.get(person.id) == day]
    if len(born) == 1:
        return Match(born[0], FoundBy.BIRTH)
    unborn = [person for person in free if day is None or cards.born.get(person.id) is None]
    if not born and len(unborn) == 1:
        told = "Совпало только ФИО: отметьте строку, если это тот самый человек."
        return Match(unborn[0], FoundBy.NAME, told)
    return Match(refusal=_refusal(named, free, born or unborn))


def _refusal(named: Sequence[StaffMember], free: Sequence[StaffMember], left: Sequence[StaffMember]) -> str:
    if not named:
        return "Такого работника среди видимых вам нет: проверьте ФИО или сначала внесите человека в список работников."
    if len(left) > 1:
        return "Работников с таким ФИО несколько: внесите СНИЛС или дату рождения в карточку нужного."
    if not free:
        return "У работника с таким ФИО в карточке другой СНИЛС: проверьте номер в файле и в карточке."
    return "У работника с таким ФИО в карточке другая дата рождения: проверьте её в файле и в карточке."


def _differs(row: CleanRow, person: StaffMember, cards: _Cards) -> bool:
    day, known = row.day("born_on"), cards.born.get(person.id)
    return day is not None and known is not None and known != day


def _key(row: CleanRow) -> str:
    return name_key(row.text("last_name"), row.text("first_name"), row.text("patronymic"))
