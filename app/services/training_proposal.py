"""A proposal that fills the seats of open groups with those who are missing; written only once it is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models import Enrolment, Programme, TrainingGroup, TrainingRequirement
from app.models.enumeration_of_training import (
    CoverageCount,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    RequirementStatus,
)
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import enrolment
from app.services.enrolment import Verdict
from app.services.group_seats import Seats, seats
from app.services.training_coverage import CoverageState, UnitRow, coverage
from app.services.training_coverage_people import Lacking, Person, lacking, people_behind

# One who is in none of these states in a group can be put there; the provider's refusal is not asked again.
APPLIES_AGAIN = frozenset({EnrolmentStatus.WITHDRAWN, EnrolmentStatus.PLANNED})
_KINDS = list(PositionKind)


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group on the topic that takes applications today."""

    id: int
    title: str
    programme: str
    provider_id: int
    starts_on: date
    ends_on: date
    apply_until: date | None
    positions: tuple[PositionKind, ...]
    seats: Seats

    def takes(self, person: Person) -> bool:
        return not self.positions or person.kind in self.positions


@dataclass(frozen=True, slots=True)
class Place:
    """A seat for a person; `unit` is the one that it covers."""

    unit: UnitRow
    person: Person


@dataclass(slots=True)
class Proposal:
    """Groups in the order of their beginning, each with the people proposed; `left` found no seat."""

    groups: Sequence[OpenGroup]
    places: dict[int, list[Place]] = field(default_factory=dict)
    left: list[Lacking] = field(default_factory=list)
    # Units of whose people nothing is known: there is nobody to propose.
    unknown: list[UnitRow] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(places) for places in self.places.values())


def open_groups(session: Session, requirement: TrainingRequirement, *, today: date) -> list[OpenGroup]:
    """Groups that the reader sees on the topic, of enough hours, and that take applications; nearest first."""
    rows = session.execute(
        select(TrainingGroup, Programme.title, Programme.positions)
        .join(Programme, Programme.id == TrainingGroup.programme_id)
        .where(
            Programme.topic_id == requirement.topic_id,
            Programme.hours >= requirement.min_hours,
            TrainingGroup.status == GroupStatus.OPEN,
            or_(
                TrainingGroup.apply_until >= today,
                and_(TrainingGroup.apply_until.is_(None), TrainingGroup.starts_on >= today),
            ),
        )
        .order_by(TrainingGroup.starts_on, TrainingGroup.id)
    ).all()
    free = seats(session, [group.id for group, _, _ in rows])
    return [
        OpenGroup(
            id=group.id,
            title=group.title,
            programme=programme,
            provider_id=group.org_unit_id,
            starts_on=group.starts_on,
            ends_on=group.ends_on,
            apply_until=group.apply_until,
            positions=tuple(PositionKind(value) for value in positions or ()),
            seats=free.get(group.id, Seats(group.seats)),
        )
        for group, programme, positions in rows
    ]


def propose(session: Session, actor: Actor, requirement: TrainingRequirement, *, today: date) -> Proposal:
    """Free seats of the open groups for those who are missing, in the reader's scope.

    Units where nobody is covered come first; of one unit the head before the deputy, in the mode «хотя бы один» one
    person only. Everyone gets the nearest group whose programme is for their position and that has a seat left; who
    works in two units takes one seat for both. Nothing is written.
    """
    actor.require(Permission.ENROLMENT_APPLY)
    require_active(requirement)
    whole = coverage(session, actor, requirement, today=today)
    known = people_behind(session, actor, requirement, today=today)
    found = lacking(whole.units, known, whole.counts)
    groups = open_groups(session, requirement, today=today)
    made = Proposal(groups, {group.id: [] for group in groups})
    made.unknown = [one.unit for one in found if one.unit.state is CoverageState.UNKNOWN]
    refused = _there_already(session, groups)
    found.sort(key=lambda one: one.unit.state is not CoverageState.MISSING)
    taken: set[int] = set()
    for one in found:
        if not one.people:
            continue
        waiting = [person for person in one.people if person.staff_member_id not in taken]
        if whole.counts is CoverageCount.UNITS:
            _seat_one(one, made, refused, taken)
        else:
            rest = [person for person in waiting if not _seat(one.unit, person, made, refused, taken)]
            if rest:
                made.left.append(Lacking(one.unit, rest))
    return made


def accept(
    session: Session,
    actor: Actor,
    requirement: TrainingRequirement,
    choices: Mapping[int, Sequence[int]],
    *,
    now: datetime,
    today: date,
) -> dict[tuple[int, str], list[Verdict]]:
    """Applications for the people that the coordinator left ticked: a verdict for each, by group (number, title).

    Raises NotFound for a group outside the scope, Invalid for one on another topic or where nobody is chosen.
    """
    actor.require(Permission.ENROLMENT_APPLY)
    require_active(requirement)
    wanted = {group_id: list(dict.fromkeys(people)) for group_id, people in choices.items() if people}
    if not wanted:
        raise Invalid("Отметьте, кого заявить: без этого ничего не записывается.", field="chosen")
    verdicts: dict[tuple[int, str], list[Verdict]] = {}
    # In one order whoever asks: two such acts wait for each other's groups and never in a ring.
    for group_id, people in sorted(wanted.items()):
        group = group_on_topic(session, requirement, group_id)
        verdicts[group.id, group.title] = enrolment.apply(
            session, actor, group, people, requirement_id=requirement.id, now=now, today=today
        )
    return verdicts


def group_on_topic(session: Session, requirement: TrainingRequirement, group_id: int) -> TrainingGroup:
    """Raises NotFound outside the scope, Invalid at `group` for a group on another topic or of too few hours."""
    group = session.get(TrainingGroup, group_id)
    if group is None:
        raise NotFound
    programme = session.get_one(Programme, group.programme_id)
    if programme.topic_id != requirement.topic_id:
        raise Invalid("Этот поток учит другому: выберите поток по теме требования.", field="group")
    if programme.hours < requirement.min_hours:
        told = f"В программе потока {programme.hours} ч, а требование засчитывает от {requirement.min_hours} ч"
        raise Invalid(f"{told}: выберите другой поток.", field="group")
    return group


def require_active(requirement: TrainingRequirement) -> None:
    if requirement.status is not RequirementStatus.ACTIVE:
        raise WrongState("Заявки подают по действующему требованию.")


def _there_already(session: Session, groups: Sequence[OpenGroup]) -> set[tuple[int, int]]:
    """(group, person) pairs that have had their answer: in the waiting list, refused, dropped."""
    rows = session.execute(
        select(Enrolment.group_id, Enrolment.staff_member_id).where(
            Enrolment.group_id.in_([group.id for group in groups]), Enrolment.status.not_in(APPLIES_AGAIN)
        )
    )
    return {(row.group_id, row.staff_member_id) for row in rows}


def _seat_one(one: Lacking, made: Proposal, refused: set[tuple[int, int]], taken: set[int]) -> None:
    """The first of the unit's people for whom there is a seat; one seated for another unit covers this one too."""
    if any(person.staff_member_id in taken for person in one.people):
        return
    if not any(_seat(one.unit, person, made, refused, taken) for person in one.people):
        made.left.append(one)


def _seat(unit: UnitRow, person: Person, made: Proposal, refused: set[tuple[int, int]], taken: set[int]) -> bool:
    for group in made.groups:
        places = made.places[group.id]
        if len(places) >= group.seats.free or not group.takes(person):
            continue
        if (group.id, person.staff_member_id) in refused:
            continue
        places.append(Place(unit, person))
        taken.add(person.staff_member_id)
        return True
    return False
