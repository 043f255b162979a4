"""The list of a course against the people of a training group: who is matched, who is new, who is gone.

Comparing reads only. What is done is done by the verbs of enrolments, for the rows that a person has ticked: nobody is
ever dropped, nor applied for, because a platform says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, select

from app.analysis.person_name import alike
from app.models import (
    Enrolment,
    LearningPerson,
    LearningSite,
    LtiCourse,
    OrgUnit,
    StaffMember,
    TrainingGroup,
)
from app.models.enrolment import LEFT_STATUSES
from app.models.enumeration_of_training import EnrolmentStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound
from app.services import enrolment, enrolment_application
from app.services.enrolment_access import Chosen
from app.services.enrolment_fit import closed_for
from app.services.enrolment_verdict import Verdict
from app.services.learning_match import Candidate, Match, match
from app.services.lti_course import require_keeper
from app.services.lti_members import Member, Roster
from app.services.lti_service import Reached
from app.services.lti_stranger import New, strangers_of
from app.services.order_head import name_of

# In the course by right: whoever is enrolled and is not in the list any more has gone.
ON_COURSE = frozenset({EnrolmentStatus.ENROLLED, EnrolmentStatus.STUDYING})
# On the way there: the provider puts them into the course when they are enrolled.
AWAITED = frozenset({EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING})
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_person")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the group who is in the course."""

    member: Member
    name: str
    status: EnrolmentStatus
    enrolment_id: int
    by: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Somebody of the course for whom several of the group fit; none of these counts as gone."""

    member: Member
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody enrolled whom the course does not list."""

    enrolment_id: int
    version: int
    name: str
    unit: str
    status: EnrolmentStatus


@dataclass(slots=True)
class Compared:
    """`closed` says why nobody can be applied for now; empty where they can, or where the actor never may."""

    known: list[Known] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    awaited: int = 0
    others: tuple[Member, ...] = ()
    may_apply: bool = False
    closed: str = ""


def compare(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    roster: Roster,
    platform: Reached,
    *,
    today: date,
) -> Compared:
    """Within the scope of the actor, who keeps the group. Raises NotPermitted."""
    require_keeper(actor, group)
    people = [one.person for one in roster.learners]
    found = match(session, actor, group, people, known_there(session, group, platform))
    rows = _enrolments(session, group)
    by_person = {row.Enrolment.staff_member_id: row.Enrolment for row in rows}
    result = Compared(others=roster.others, may_apply=actor.may(Permission.ENROLMENT_APPLY))
    if result.may_apply:
        result.closed = closed_for(group, today)
    emails = {row.Enrolment.id: row.StaffMember.email.casefold() for row in rows}
    strangers: list[tuple[Member, Match]] = []
    seen: set[int] = set()
    for member in roster.learners:
        told = found.get(member.person.remote_id, Match())
        here = by_person.get(told.staff_member_id or 0)
        if here is not None and here.status not in LEFT_STATUSES | {EnrolmentStatus.PLANNED}:
            seen.add(here.id)
            by = told.ground.label if told.ground is not None else ""
            result.known.append(Known(member, told.name, here.status, here.id, by))
        elif told.staff_member_id is None and (like := _like(member, told, emails)):
            seen.update(one.enrolment_id for one in like)
            result.unclear.append(Unclear(member, tuple(one.name for one in like)))
        else:
            strangers.append((member, told))
    result.new = strangers_of(session, actor, group, strangers, by_person, may_apply=result.may_apply, today=today)
    for row in rows:
        if row.Enrolment.id in seen:
            continue
        if row.Enrolment.status in ON_COURSE:
            one = row.Enrolment
            result.gone.append(Gone(one.id, one.version, row.StaffMember.label, row.unit, one.status))
        elif row.Enrolment.status in AWAITED:
            result.awaited += 1
    return result


def _like(member: Member, told: Match, emails: Mapping[int, str]) -> list[Candidate]:
    """Those of the group who may be this one by the whole name or the e-mail: a common surname alone says nothing."""
    person = member.person
    return [
        one
        for one in told.candidates
        if alike(person.full_name, one.name)
        or (person.email and emails.get(one.enrolment_id) == person.email.casefold())
    ]


def known_there(session: GuardedSession, group: TrainingGroup, platform: Reached) -> Mapping[str, int]:
    """Whom people have decided about already, where the same Moodle is read by web services: its numbers are one."""
    if platform.family != "moodle":
        return {}
    rows = session.execute(
        select(LearningPerson.remote_id, LearningPerson.staff_member_id)
        .join(LearningSite, LearningSite.id == LearningPerson.site_id)
        .where(
            LearningSite.org_unit_id == group.org_unit_id,
            LearningSite.address == platform.issuer.rstrip("/"),
            LearningPerson.staff_member_id.is_not(None),
        )
    )
    return {row.remote_id: row.staff_member_id for row in rows}


def _enrolments(session: GuardedSession, group: TrainingGroup) -> Sequence[Any]:
    return session.execute(
        select(Enrolment, StaffMember, name_of(_UNIT).label("unit"))
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .join(_UNIT, _UNIT.c.id == Enrolment.sent_by_unit_id)
        .where(Enrolment.group_id == group.id)
        .order_by(StaffMember.name_key, Enrolment.id)
    ).all()


def apply(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    course: LtiCourse,
    *,
    applied: Sequence[int],
    dropped: Chosen,
    reason: str,
    now: datetime,
    today: date,
) -> list[Verdict]:
    """Applies for the cards `applied`, drops the enrolments `dropped` for the reason; a verdict for each.

    Without either it is noted that the list was looked through. Raises Invalid for people without a reason.
    """
    require_keeper(actor, group)
    if dropped and not reason.strip():
        raise Invalid("Напишите, почему они выбыли: причина останется в карточке слушателя.", field="reason")
    verdicts: list[Verdict] = []
    if applied:
        verdicts += enrolment_application.apply(session, actor, group, applied, now=now, today=today)
    if dropped:
        mine = set(session.scalars(select(Enrolment.id).where(Enrolment.group_id == group.id)))
        if {number for number, _ in dropped} - mine:
            raise NotFound
        verdicts += enrolment.act_many(session, actor, "drop", dropped, note=reason, now=now, today=today)
    done = sum(one.ok for one in verdicts)
    course.read_at = now
    course.pending_action = (
        "roster",
        f"{group.title}: выполнено {done} из {len(verdicts)}" if verdicts else group.title,
    )
    session.flush()
    return verdicts
