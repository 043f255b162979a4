"""People of a course who are not in the training group: whose cards may be theirs, and whether these may be sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from app.analysis.person_name import split_name
from app.models import Enrolment, OrgUnit, Programme, StaffMember, TrainingGroup
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import NotFound
from app.services.enrolment_fit import AGAIN, Fit, fits
from app.services.learning_match import Match
from app.services.learning_told import PersonTold
from app.services.lti_members import Member

MOST_CANDIDATES = 5
MOST_HALVES = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A card that may be meant by somebody new, and whether it may be applied for."""

    staff_member_id: int
    name: str
    unit: str
    refusal: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class New:
    """Somebody of the course who is not in the group: with the cards of the actor's scope that may be theirs."""

    member: Member
    people: tuple[Person, ...] = ()
    note: str = ""


def strangers_of(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    strangers: Sequence[tuple[Member, Match]],
    by_person: Mapping[int, Enrolment],
    *,
    may_apply: bool,
    today: date,
) -> list[New]:
    cards = _cards(session, group, strangers) if may_apply else {}
    programme = session.get(Programme, group.programme_id)
    if programme is None:
        raise NotFound
    wanted = {number for numbers in cards.values() for number in numbers}
    known = fits(session, actor, group, programme, wanted, today=today) if wanted else {}
    units = _unit_names(session, {fit.unit_id for fit in known.values()})
    result = []
    for member, told in strangers:
        left = by_person.get(told.staff_member_id or 0)
        people = [_person(known[number], units) for number in cards.get(member.person.remote_id, ()) if number in known]
        note = ""
        if left is not None and left.status not in AGAIN:
            note = f"В этом потоке: {left.status.label}. Вернуть можно на странице потока."
        elif left is not None and not may_apply:
            note = f"В этом потоке: {left.status.label}."
        result.append(New(member, tuple(people), note))
    return result


def _person(fit: Fit, units: Mapping[int, str]) -> Person:
    return Person(fit.person_id, fit.name, units.get(fit.unit_id, ""), fit.refusal, fit.warnings)


def _cards(
    session: GuardedSession, group: TrainingGroup, strangers: Sequence[tuple[Member, Match]]
) -> dict[str, list[int]]:
    """Cards of the scope by the number in the platform: by e-mail where one fits, else by name; a few at most."""
    people = [member.person for member, _ in strangers]
    keys = {person.remote_id: _key(person) for person in people}
    emails = {person.email.casefold() for person in people if person.email}
    whole = {key for key in keys.values() if key and not key.endswith("|")}
    # A patronymic that Moodle keeps in a field of its own never comes: the surname and the first name must do.
    halves = sorted({key for key in keys.values() if key.endswith("|")})
    rows = session.execute(
        select(StaffMember.id, func.lower(StaffMember.email).label("email"), StaffMember.name_key)
        .where(StaffMember.region_id == group.region_id)
        .where(
            or_(
                func.lower(StaffMember.email).in_(emails),
                StaffMember.name_key.in_(whole),
                *(StaffMember.name_key.startswith(key, autoescape=True) for key in halves[:MOST_HALVES]),
            )
        )
        .order_by(StaffMember.id)
    ).all()
    by_email, by_name = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for row in rows:
        by_email[row.email].append(row.id)
        by_name[row.name_key].append(row.id)
        by_name[row.name_key.rpartition("|")[0] + "|"].append(row.id)
    found: dict[str, list[int]] = {}
    for member, told in strangers:
        person = member.person
        ids = [told.staff_member_id] if told.staff_member_id is not None else []
        ids = ids or (by_email.get(person.email.casefold(), []) if person.email else [])
        found[person.remote_id] = list(dict.fromkeys(ids or by_name.get(keys[person.remote_id], [])))[:MOST_CANDIDATES]
    return found


def _key(person: PersonTold) -> str:
    """As cards are keyed; without a patronymic it ends with the mark that parts it. Nothing for half a name."""
    parts = split_name(person.full_name)
    return name_key(*parts) if parts.last_name and parts.first_name else ""


def _unit_names(session: GuardedSession, unit_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id.in_(unit_ids)))
    return {row.id: row.short_name or row.name for row in rows}
