"""Cards that may be of one person: equal СНИЛС, equal names, names alike near by. Numbers are compared, never told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import select

from app.analysis.person_name import NameParts, alike, alike_but_for_half, surname_parts
from app.models import StaffIdentity, StaffMember
from app.models.enumeration import Labelled
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission

# More of one surname are namesakes of a big town, not duplicates worth a look.
MOST_OF_ONE_NAME = 200


class Likeness(Labelled):
    """Why two cards stand together, the surest first."""

    NUMBER = "number", "один СНИЛС"
    NAME = "name", "одинаковые фамилия, имя, отчество"
    ALIKE = "alike", "похожие фамилия, имя, отчество"
    HALF = "half", "часть двойной фамилии"


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    name: NameParts
    name_key: str
    unit_id: int
    municipality_id: int
    is_working: bool
    has_snils: bool
    snils: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        return " ".join(part for part in self.name if part)


@dataclass(frozen=True, slots=True)
class Pair:
    first: Card
    second: Card
    likeness: Likeness


def pairs(session: GuardedSession, actor: Actor) -> list[Pair]:
    """Pairs of the scope, the surest first. Two cards with different numbers are two people, whatever their names.

    Alike names are compared in one unit or municipality: elsewhere they are namesakes. Raises NotPermitted.
    """
    actor.require(Permission.STAFF_WRITE)
    return find(_cards(session))


def find(cards: Iterable[Card]) -> list[Pair]:
    known = list(cards)
    found: dict[tuple[int, int], Pair] = {}
    for likeness, candidates in (
        (Likeness.NUMBER, _grouped((card.snils, card) for card in known if card.snils)),
        (Likeness.NAME, _grouped((card.name_key, card) for card in known)),
        (Likeness.ALIKE, _near(known)),
        (Likeness.HALF, _near(known)),
    ):
        for one, other in candidates:
            key = (min(one.id, other.id), max(one.id, other.id))
            if key not in found and _is(likeness, one, other):
                first, second = sorted((one, other), key=lambda card: card.id)
                found[key] = Pair(first, second, likeness)
    order = list(Likeness)
    return sorted(found.values(), key=lambda pair: (order.index(pair.likeness), pair.first.label, pair.first.id))


def _is(likeness: Likeness, one: Card, other: Card) -> bool:
    if likeness is Likeness.NUMBER:
        return True
    if one.snils and other.snils and one.snils != other.snils:
        return False
    if likeness is Likeness.NAME:
        return True
    return (alike if likeness is Likeness.ALIKE else alike_but_for_half)(one.name, other.name)


def _grouped(keyed: Iterable[tuple[object, Card]]) -> Iterator[tuple[Card, Card]]:
    groups: dict[object, list[Card]] = defaultdict(list)
    for key, card in keyed:
        groups[key].append(card)
    for group in groups.values():
        if len(group) <= MOST_OF_ONE_NAME:
            yield from combinations(group, 2)


def _near(cards: Iterable[Card]) -> Iterator[tuple[Card, Card]]:
    """Cards of one municipality (of one unit straight under the region: its number stands there) with a part of the
    surname in common and first names that begin alike.
    """
    return _grouped(
        ((card.municipality_id, part, card.name_key.split("|")[1][:1]), card)
        for card in cards
        for part in set(surname_parts(card.name.last_name))
    )


def _cards(session: GuardedSession) -> list[Card]:
    numbers = {
        row.staff_member_id: row.snils
        for row in session.execute(
            select(StaffIdentity.staff_member_id, StaffIdentity.snils).where(StaffIdentity.snils != "")
        )
    }
    people = session.execute(
        select(
            StaffMember.id,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            StaffMember.name_key,
            StaffMember.org_unit_id,
            StaffMember.municipality_id,
            StaffMember.is_working,
            StaffMember.has_snils,
        ).order_by(StaffMember.id)
    )
    return [
        Card(
            row.id,
            NameParts(row.last_name, row.first_name, row.patronymic),
            row.name_key,
            row.org_unit_id,
            row.municipality_id,
            row.is_working,
            row.has_snils,
            numbers.get(row.id, ""),
        )
        for row in people
    ]
