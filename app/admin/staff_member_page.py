"""What the card of one person shows; everything was read within the actor's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from sqlalchemy import Table, select

from app.admin.unit_names import MUNICIPALITY_NAME, UNIT, UNIT_NAME, with_unit_names
from app.analysis import personal_number
from app.models import Certificate, Enrolment, OrgUnit, StaffMember, StaffPosition, TrainingGroup
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import GroupStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import NotPermitted
from app.policies.scope import contains
from app.services import certificate, staff_identity, staff_member
from app.services.enrolment_fit import AGAIN, closed_for
from app.services.staff_identity import Identity
from app.web.session import current_actor, guarded, today

MOST_GROUPS = 8
GROUP_OF_ROW = cast(Table, TrainingGroup.__table__).alias("group_of_row")


@dataclass(frozen=True, slots=True)
class Way:
    """An enrolment with the title of its group."""

    enrolment: Enrolment
    group: str
    opens: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: StaffMember
    unit_name: str
    municipality_name: str
    positions: Sequence[StaffPosition]
    units: dict[int, str]
    ways: Sequence[Way]
    certificates: Sequence[Certificate]
    # A note is the employer's own; a provider that trains the person has no need of it.
    sees_note: bool
    # Groups that take applications now: the person may be sent there.
    groups: Sequence[TrainingGroup]
    may_certify: bool
    may_write: bool
    may_position: bool
    may_move: bool
    may_identity: bool
    may_merge: bool
    today: date
    # Positions that this actor keeps.
    own: frozenset[int]
    same_number: Sequence[StaffMember] = ()
    identity: Identity | None = field(default=None, repr=False)

    @property
    def shown_snils(self) -> str:
        return personal_number.shown(self.identity.snils) if self.identity is not None else ""


def gather(person: StaffMember, identity: Identity | None = None) -> PersonPage:
    work, actor = guarded(), current_actor()
    unit_name, municipality_name = names_of(work, person)
    positions = staff_member.positions_of(work, person)
    writes = actor.may(Permission.STAFF_WRITE)
    keeps = contains(actor, person)
    works_here = any(contains(actor, one) for one in positions if one.ended_on is None)
    return PersonPage(
        person=person,
        unit_name=unit_name,
        municipality_name=municipality_name,
        positions=positions,
        units=names_of_units(work, positions),
        ways=_ways(work, person) if actor.may(Permission.ENROLMENT_READ) else (),
        certificates=_certificates(work, person) if actor.may(Permission.CERTIFICATE_READ) else (),
        sees_note=keeps or works_here,
        groups=_open_groups(work, actor, person) if keeps or works_here else (),
        may_certify=_may_certify(work, actor, person),
        may_write=writes and keeps,
        may_position=writes and (keeps or works_here),
        may_move=writes and keeps and _stands_above(actor),
        may_identity=staff_identity.may_see(work, actor, person),
        may_merge=writes and keeps,
        today=today(),
        own=frozenset(one.id for one in positions if writes and contains(actor, one)),
        same_number=staff_identity.same_number(work, person) if writes and keeps and person.has_snils else (),
        identity=identity,
    )


def _stands_above(actor: Actor) -> bool:
    return actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}


def names_of(work: GuardedSession, person: StaffMember) -> tuple[str, str]:
    """The names of the person's unit and municipality: told beside a card that is in scope, wherever they stand."""
    named = with_unit_names(
        select(UNIT_NAME.label("unit"), MUNICIPALITY_NAME.label("municipality")).select_from(StaffMember), StaffMember
    )
    row = work.execute(named.where(StaffMember.id == person.id)).one()
    return row.unit, row.municipality


def units_of_people(work: GuardedSession, ids: Collection[int]) -> dict[int, str]:
    """The names of the units of many cards."""
    named = with_unit_names(select(StaffMember.id, UNIT_NAME.label("unit")), StaffMember)
    return {row.id: row.unit for row in work.execute(named.where(StaffMember.id.in_(ids)))}


def names_of_units(work: GuardedSession, positions: Sequence[StaffPosition]) -> dict[int, str]:
    """As above, of the units of positions."""
    if not positions:
        return {}
    unit = UNIT.alias("unit_of_position")
    rows = work.execute(
        select(unit.c.id, unit.c.name, unit.c.short_name)
        .select_from(StaffPosition)
        .join(unit, unit.c.id == StaffPosition.org_unit_id)
        .where(StaffPosition.id.in_([one.id for one in positions]))
    )
    return {row.id: row.short_name or row.name for row in rows}


def _ways(work: GuardedSession, person: StaffMember) -> list[Way]:
    rows = work.execute(
        select(Enrolment, GROUP_OF_ROW.c.title)
        .join(GROUP_OF_ROW, GROUP_OF_ROW.c.id == Enrolment.group_id)
        .where(Enrolment.staff_member_id == person.id)
        .order_by(Enrolment.id.desc())
    ).all()
    seen = set(
        work.scalars(select(TrainingGroup.id).where(TrainingGroup.id.in_({row.Enrolment.group_id for row in rows})))
    )
    return [Way(row.Enrolment, row.title, row.Enrolment.group_id in seen) for row in rows]


def _open_groups(work: GuardedSession, actor: Actor, person: StaffMember) -> Sequence[TrainingGroup]:
    if not actor.may(Permission.ENROLMENT_APPLY) or actor.unit_kind is UnitKind.PROVIDER:
        return ()
    found = work.scalars(
        select(TrainingGroup)
        .where(
            TrainingGroup.status == GroupStatus.OPEN,
            TrainingGroup.id.not_in(
                select(Enrolment.group_id).where(Enrolment.staff_member_id == person.id, Enrolment.status.not_in(AGAIN))
            ),
        )
        .order_by(TrainingGroup.starts_on, TrainingGroup.id)
    )
    return [group for group in found if not closed_for(group, today())][:MOST_GROUPS]


def _may_certify(work: GuardedSession, actor: Actor, person: StaffMember) -> bool:
    try:
        certificate.require_entering(work, actor, person)
    except NotPermitted:
        return False
    return True


def _certificates(work: GuardedSession, person: StaffMember) -> Sequence[Certificate]:
    return work.scalars(
        select(Certificate)
        .where(Certificate.staff_member_id == person.id)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    ).all()


def acting_units(work: GuardedSession) -> list[tuple[int, str]]:
    """Where this actor may write people: acting units of the scope; the own one first."""
    actor = current_actor()
    found = work.execute(
        select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.closed_on.is_(None)).order_by(OrgUnit.name)
    ).all()
    own = sorted(found, key=lambda row: row.id != actor.unit_id)
    if actor.unit_kind in {UnitKind.SCHOOL, UnitKind.PROVIDER}:
        own = [row for row in own if row.id == actor.unit_id]
    return [(row.id, row.short_name or row.name) for row in own]
