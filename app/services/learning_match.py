"""Who of a group's people a person of a learning platform is.

In this order: what was decided before, СНИЛС, the number in the platform (known from another site of the unit), the
e-mail of the card, the full name. Always within the enrolments of the group that the actor sees, and only where one
told person meets one person of the group; whoever may be two people waits for somebody to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.analysis import personal_number
from app.analysis.person_name import NameParts, alike, alike_but_for_half, split_name, surname_parts
from app.models import Enrolment, LearningPerson, StaffMember, TrainingGroup
from app.models.enumeration_of_platforms import MatchGround
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import staff_identity
from app.services.learning_told import PersonTold

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the group who may be meant."""

    staff_member_id: int
    enrolment_id: int
    name: str
    unit_id: int
    position: str


@dataclass(frozen=True, slots=True)
class Match:
    """`name` is the name here; without `staff_member_id` nobody was found for certain, `candidates` are to choose from.

    With a person but without an enrolment: known, and not in this group. `ground` is None where it was decided before.
    """

    staff_member_id: int | None = None
    ground: MatchGround | None = None
    enrolment_id: int | None = None
    name: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of the group, as the card has them."""

    who: Candidate
    parts: NameParts
    email: str
    has_snils: bool


@dataclass(slots=True)
class Search:
    """What is still to be found: told people and people of the group that no stronger ground has brought together."""

    told: dict[str, PersonTold]
    free: dict[int, Seat]
    # Told people who bear a number that nobody of the group with this number on record bears.
    numbered: bool = False
    found: dict[str, Match] = field(default_factory=dict)

    def settle(self, ground: MatchGround, edges: Mapping[str, Iterable[int]]) -> None:
        """Takes the pairs that are the only ones for both sides."""
        meant = {remote: {one for one in ids if one in self.free} for remote, ids in edges.items()}
        bearers: dict[int, list[str]] = defaultdict(list)
        for remote, ids in meant.items():
            for one in ids:
                bearers[one].append(remote)
        for remote, ids in meant.items():
            if len(ids) == 1 and len(bearers[next(iter(ids))]) == 1:
                self.take(remote, self.free[next(iter(ids))], ground)

    def take(self, remote: str, seat: Seat, ground: MatchGround | None) -> None:
        self.found[remote] = Match(seat.who.staff_member_id, ground, seat.who.enrolment_id, seat.who.name)
        self.told.pop(remote, None)
        self.free.pop(seat.who.staff_member_id, None)

    def may_be(self, person: PersonTold, seat: Seat) -> bool:
        """False where both bear a number: had it been the same, it would have been found."""
        return not (self.numbered and seat.has_snils and number_of(person))


def match(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    people: Sequence[PersonTold],
    known: Mapping[str, int],
) -> dict[str, Match]:
    """By `remote_id`, in four statements at most and one more for each 500 numbers; writes nothing.

    `known`: remote_id → staff member, as decided before. Whoever is known takes their place first.
    """
    seats = _seats(session, group)
    search = Search({one.remote_id: one for one in people}, dict(seats))
    _known(session, search, seats, known)
    _by_number(session, actor, search)
    search.settle(MatchGround.IDNUMBER, _by_idnumber(session, group, search))
    search.settle(MatchGround.EMAIL, _by_email(search))
    names = _by_name(search)
    search.settle(MatchGround.NAME, names)
    for remote, person in search.told.items():
        search.found[remote] = Match(candidates=_candidates(search, person))
    return search.found


def number_of(person: PersonTold) -> str:
    """Eleven digits of a СНИЛС, wherever the site keeps it: a field of its own, or the idnumber."""
    if person.snils:
        return person.snils
    if not set(person.idnumber) <= set("0123456789 -."):
        return ""
    digits = personal_number.digits_of(person.idnumber)
    return digits if len(digits) == personal_number.LENGTH and personal_number.check(digits) is None else ""


def readings(person: PersonTold) -> tuple[NameParts, ...]:
    """The name taken apart. One column alone may begin with either the surname or the first name."""
    if person.last_name.strip() and person.first_name.strip():
        first, *rest = person.first_name.split()
        return (NameParts(person.last_name.strip(), first, " ".join(rest)),)
    words = person.full_name.split()
    if len(words) < 2:  # noqa: PLR2004 - a single word is no full name
        return ()
    return split_name(person.full_name), NameParts(words[-1], words[0], " ".join(words[1:-1]))


def _seats(session: GuardedSession, group: TrainingGroup) -> dict[int, Seat]:
    rows = session.execute(
        select(
            Enrolment.id,
            Enrolment.staff_member_id,
            Enrolment.sent_by_unit_id,
            Enrolment.position,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            StaffMember.email,
            StaffMember.has_snils,
        )
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .where(Enrolment.group_id == group.id)
        .order_by(StaffMember.search, Enrolment.id)
    )
    found = {}
    for row in rows:
        parts = NameParts(row.last_name, row.first_name, row.patronymic)
        name = " ".join(part for part in parts if part)
        who = Candidate(row.staff_member_id, row.id, name, row.sent_by_unit_id, row.position)
        found[row.staff_member_id] = Seat(who, parts, row.email.strip().casefold(), row.has_snils)
    return found


def _known(session: GuardedSession, search: Search, seats: Mapping[int, Seat], known: Mapping[str, int]) -> None:
    elsewhere = {remote: one for remote, one in known.items() if remote in search.told and one not in seats}
    names = _names(session, elsewhere.values())
    for remote, one in known.items():
        if remote in elsewhere:
            search.found[remote] = Match(one, name=names.get(one, ""))
            search.told.pop(remote)
        elif remote in search.told:
            # Two accounts of one person both lead to the one seat.
            search.take(remote, seats[one], None)


def _by_number(session: GuardedSession, actor: Actor, search: Search) -> None:
    """Whoever bears the number of somebody outside the group is that one, whatever the name."""
    numbers = {remote: number for remote, person in search.told.items() if (number := number_of(person))}
    if not numbers or not actor.may(Permission.STAFF_IDENTITY):
        return
    search.numbered = True
    bearers = staff_identity.with_numbers(session, actor, numbers.values())
    meant = {remote: bearers[one] for remote, one in numbers.items() if one in bearers}
    search.settle(MatchGround.SNILS, {remote: [one] for remote, one in meant.items()})
    claimed = {one.staff_member_id for one in search.found.values()}
    outside = {
        remote: one
        for remote, one in meant.items()
        if remote in search.told and one not in search.free and one not in claimed
    }
    names = _names(session, outside.values())
    for remote, one in outside.items():
        if one in names:
            search.found[remote] = Match(one, MatchGround.SNILS, name=names[one])
            search.told.pop(remote)


def _names(session: GuardedSession, numbers: Iterable[int]) -> dict[int, str]:
    wanted = set(numbers)
    if not wanted:
        return {}
    return {one.id: one.label for one in session.scalars(select(StaffMember).where(StaffMember.id.in_(wanted)))}


def _by_idnumber(session: GuardedSession, group: TrainingGroup, search: Search) -> dict[str, set[int]]:
    """Who bears the number on another site of the unit, or bore it in another file."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for remote, person in search.told.items():
        if person.idnumber and not number_of(person):
            numbers[person.idnumber].append(remote)
    if not numbers:
        return {}
    rows = session.execute(
        select(LearningPerson.idnumber, LearningPerson.staff_member_id).where(
            LearningPerson.org_unit_id == group.org_unit_id,
            LearningPerson.idnumber.in_(numbers),
            LearningPerson.staff_member_id.in_(search.free),
        )
    )
    edges: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for remote in numbers[row.idnumber]:
            if _plausible(search, search.told[remote], search.free[row.staff_member_id]):
                edges[remote].add(row.staff_member_id)
    return edges


def _by_email(search: Search) -> dict[str, set[int]]:
    bearers: dict[str, list[Seat]] = defaultdict(list)
    for seat in search.free.values():
        if seat.email:
            bearers[seat.email].append(seat)
    return {
        remote: {
            seat.who.staff_member_id
            for seat in bearers.get(person.email.strip().casefold(), ())
            if _plausible(search, person, seat)
        }
        for remote, person in search.told.items()
        if person.email.strip()
    }


def _by_name(search: Search) -> dict[str, set[int]]:
    """Everybody whose name may be the same: one more of them on either side, and all of them wait."""
    by_surname: dict[tuple[str, ...], list[Seat]] = defaultdict(list)
    for seat in search.free.values():
        by_surname[surname_parts(seat.parts.last_name)].append(seat)
    return {
        remote: {
            seat.who.staff_member_id
            for parts in readings(person)
            for seat in by_surname.get(surname_parts(parts.last_name), ())
            if alike(parts, seat.parts) and search.may_be(person, seat)
        }
        for remote, person in search.told.items()
    }


def _plausible(search: Search, person: PersonTold, seat: Seat) -> bool:
    """One mailbox may serve a whole school: the name must speak for the person too.

    The same first name, and the surname or, of somebody who has changed it, the patronymic.
    """
    if not search.may_be(person, seat):
        return False
    here = seat.parts
    for parts in readings(person):
        if alike(parts._replace(patronymic=""), here._replace(patronymic="")) or alike_but_for_half(parts, here):
            return True
        both = parts.patronymic and here.patronymic
        if both and alike(parts._replace(last_name="х"), here._replace(last_name="х")):
            return True
    return False


def _candidates(search: Search, person: PersonTold) -> tuple[Candidate, ...]:
    """Whoever is like the told person by name or e-mail; the likest first."""
    email = person.email.strip().casefold()
    scored: list[tuple[int, int, Candidate]] = []
    for seat in search.free.values():
        if not search.may_be(person, seat):
            continue
        score = 0
        for parts in readings(person):
            if alike(parts, seat.parts):
                score = 3
            elif surname_parts(parts.last_name) == surname_parts(seat.parts.last_name) or alike_but_for_half(
                parts, seat.parts
            ):
                score = max(score, 1)
        score += 2 if email and email == seat.email else 0
        if score:
            scored.append((-score, len(scored), seat.who))
    return tuple(who for _, _, who in sorted(scored)[:MOST_CANDIDATES])
