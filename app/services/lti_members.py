"""The list of a course as a platform tells it (Names and Role Provisioning Services 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from app.services import lti_service
from app.services.learning_match import number_of
from app.services.learning_told import PersonTold
from app.services.lti_message import text
from app.services.lti_service import PlatformRefused, Reached

ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_MEMBERS = 5000
LONGEST_KEY = 255
# Short names as Moodle sends them, or the whole address of the role.
_LEARNER = "learner"


@dataclass(frozen=True, slots=True)
class Member:
    """A non-editing teacher comes as a learner from Moodle; a suspended account comes as active all the same."""

    person: PersonTold
    roles: tuple[str, ...]
    is_learner: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """`nameless`: the platform keeps names and e-mails to itself, so that people are known by their idnumber only."""

    title: str
    members: tuple[Member, ...]

    @property
    def learners(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.is_learner)

    @property
    def others(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if not one.is_learner)

    @property
    def nameless(self) -> bool:
        return bool(self.members) and not any(one.person.full_name or one.person.email for one in self.members)


def read(engine: Engine, platform: Reached, memberships_url: str, *, now: datetime) -> Roster:
    """The whole list, page by page, without those suspended or deleted in the course. Raises PlatformRefused."""
    title, members = "", dict[str, Member]()
    asked = lti_service.pages(
        engine, platform, memberships_url, scope=lti_service.MEMBERS_SCOPE, accept=ACCEPT, now=now
    )
    for page in asked:
        listed = page.get("members") if isinstance(page, dict) else None
        if not isinstance(listed, list):
            raise PlatformRefused(f"Платформа «{platform.title}» прислала список не в том виде, который принят.")
        context = page.get("context")
        title = title or (text(context.get("title")) if isinstance(context, dict) else "")
        for one in _members(listed):
            members.setdefault(one.person.remote_id, one)
        if len(members) > MOST_MEMBERS:
            raise PlatformRefused(f"В курсе больше {MOST_MEMBERS} участников: такой список не читается.")
    return Roster(title, tuple(members.values()))


def _members(listed: Iterable[object]) -> Iterable[Member]:
    for told in listed:
        if not isinstance(told, dict):
            continue
        number = told.get("user_id")
        if isinstance(number, int) and not isinstance(number, bool):
            number = str(number)
        if not isinstance(number, str) or not 0 < len(number) <= LONGEST_KEY:
            continue
        if str(told.get("status") or "Active").lower() != "active":
            continue
        roles = told.get("roles")
        names = tuple(text(role) for role in roles if isinstance(role, str)) if isinstance(roles, list) else ()
        yield Member(_person(number, told), names, any(_is_learner(role) for role in names))


def _person(number: str, told: Mapping[str, Any]) -> PersonTold:
    last, first = text(told.get("family_name")), text(told.get("given_name"))
    middle = text(told.get("middle_name"))
    if middle and middle not in first:
        first = f"{first} {middle}".strip()
    person = PersonTold(
        remote_id=number,
        full_name=" ".join(part for part in (last, first) if part) or text(told.get("name")),
        last_name=last,
        first_name=first,
        idnumber=text(told.get("lis_person_sourcedid")),
        email=text(told.get("email")),
    )
    snils = number_of(person)
    # Found by it is whoever bears it; what is read out to people goes without.
    return replace(person, idnumber="", snils=snils) if snils else person


def _is_learner(role: str) -> bool:
    return role.rpartition("#")[2].lower() == _LEARNER
