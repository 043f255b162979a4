"""To whom a mailing goes: people of the maker's part of the tree, each in the unit through which they are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models import Mailing, MailingRecipient, Membership, OrgUnit, User
from app.models.enumeration import UnitKind
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound
from app.services import beyond_scope, identity
from app.services.mailing import require_own

MOST = 500
_READ = 20_000
LEFT = "Больше не работает в вашей части дерева."
WITHOUT_EMAIL = "В учётной записи нет почты."
SWITCHED_OFF = "Учётная запись отключена или у человека больше нет полномочий в этой организации."
REFUSED = "Отказался от этих писем."
NOT_ALLOWED = "У получателя нет полномочий, которые для этого нужны."
NOT_OPEN = "Этой организации документ не открыт: её нет среди адресатов."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person in one of their units; somebody of two units stands here twice."""

    user_id: int
    unit_id: int
    name: str
    unit_name: str


def candidates(
    session: Session, query: str = "", kind: UnitKind | None = None, *, but: Mailing | None = None, limit: int = MOST
) -> Sequence[Candidate]:
    """Acting people with an address, by unit and name. Never their addresses."""
    wanted = _standing().order_by(OrgUnit.kind, OrgUnit.name, OrgUnit.id, User.name, User.id).limit(_READ)
    if kind is not None:
        wanted = wanted.where(OrgUnit.kind == kind)
    if but is not None:
        there = select(MailingRecipient.id).where(
            MailingRecipient.mailing_id == but.id,
            MailingRecipient.user_id == User.id,
            MailingRecipient.unit_id == OrgUnit.id,
        )
        wanted = wanted.where(~there.exists())
    found = (_candidate(row) for row in session.execute(wanted))
    # By names only: the search column of accounts holds addresses, which must not be found out by trying.
    words = folded(query)
    return list(islice((one for one in found if words in folded(one.name, one.unit_name)), limit))


def of_mailing(session: Session, mailing: Mailing) -> Sequence[MailingRecipient]:
    wanted = select(MailingRecipient).where(MailingRecipient.mailing_id == mailing.id)
    return session.scalars(wanted.order_by(MailingRecipient.unit_name, MailingRecipient.name)).all()


def amounts(session: Session) -> dict[int, int]:
    """How many recipients each mailing has."""
    found = session.execute(select(MailingRecipient.mailing_id, func.count()).group_by(MailingRecipient.mailing_id))
    return {int(number): int(amount) for number, amount in found}


def add(session: Session, actor: Actor, mailing: Mailing, pairs: Iterable[tuple[int, int]]) -> int:
    """People by (person, unit); how many are new. Raises NotFound for one who is no candidate, Invalid for too many."""
    require_own(actor, mailing)
    there = {(one.user_id, one.unit_id) for one in of_mailing(session, mailing)}
    wanted = [pair for pair in dict.fromkeys(pairs) if pair not in there]
    if len(there) + len(wanted) > MOST:
        raise Invalid(f"В одной рассылке не больше {MOST} получателей: уточните поиск или настройте вторую.")
    people = _standing().where(User.id.in_({user_id for user_id, _ in wanted}))
    found = {(one.user_id, one.unit_id): one for one in map(_candidate, session.execute(people))}
    if not found.keys() >= set(wanted):
        raise NotFound
    session.add_all(
        MailingRecipient(
            org_unit_id=mailing.org_unit_id,
            mailing_id=mailing.id,
            user_id=user_id,
            unit_id=unit_id,
            name=found[user_id, unit_id].name,
            unit_name=found[user_id, unit_id].unit_name,
        )
        for user_id, unit_id in wanted
    )
    session.flush()
    return len(wanted)


def remove(session: Session, actor: Actor, mailing: Mailing, recipient_id: int) -> None:
    require_own(actor, mailing)
    found = session.scalar(
        select(MailingRecipient).where(MailingRecipient.id == recipient_id, MailingRecipient.mailing_id == mailing.id)
    )
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a letter goes and in whose place it is computed; or the sentence of why it does not go."""

    actor: Actor | None
    address: str = ""
    obstacle: str = ""


def reached(session: Session, mailing_id: int, user_id: int, unit_id: int, *, demo: bool) -> Reached:
    """At this moment, seen from the maker's part of the tree: `session` is theirs."""
    there = select(Membership.id).where(Membership.user_id == user_id, Membership.org_unit_id == unit_id).limit(1)
    address = session.scalar(select(User.email).where(User.id == user_id))
    if session.scalar(there) is None or address is None:
        return Reached(None, obstacle=LEFT)
    if not address.strip():
        return Reached(None, obstacle=WITHOUT_EMAIL)
    if beyond_scope.refused_mail(session, mailing_id, user_id):
        return Reached(None, obstacle=REFUSED)
    actor = identity.actor_standing_in(session, user_id=user_id, unit_id=unit_id, demo=demo)
    return Reached(actor, address.strip()) if actor is not None else Reached(None, obstacle=SWITCHED_OFF)


def _standing() -> Select[Any]:
    columns: tuple[Any, ...] = (User.id, User.name, OrgUnit.id, OrgUnit.name, OrgUnit.short_name, OrgUnit.kind)
    return (
        select(*columns)
        .join(Membership, Membership.user_id == User.id)
        .join(OrgUnit, OrgUnit.id == Membership.org_unit_id)
        .where(User.is_active, User.email != "", OrgUnit.closed_on.is_(None))
        .distinct()
    )


def _candidate(row: Any) -> Candidate:
    user_id, name, unit_id, unit_name, short_name, _ = row
    return Candidate(user_id, unit_id, name, short_name or unit_name)
