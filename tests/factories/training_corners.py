"""People in every relation to units and training groups, each with all that a person can have: for tests of scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.models import (
    Attendance,
    Certificate,
    Enrolment,
    Programme,
    RequirementAddressee,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingNorm,
    TrainingRequirement,
    TrainingSession,
    TrainingTopic,
)
from app.models.enumeration import Duty, UnitKind
from app.models.enumeration_of_training import (
    DocumentKind,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
    RequirementStatus,
)
from app.models.org_unit import OrgUnit
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    enrol,
    writing,
)
from tests.factories.world import add_unit, add_user

DAY = date(2026, 12, 2)
Names = dict[type, dict[int, str]]


@dataclass
class Corners:
    """The names of all rows by model and number, and the numbers by model and name."""

    names: Names = field(default_factory=dict)

    def put(self, model: type, name: str, number: int) -> int:
        self.names.setdefault(model, {})[number] = name
        return number

    def number(self, model: type, name: str) -> int:
        return next(number for number, told in self.names[model].items() if told == name)


def build_corners(engine, world) -> Corners:
    """A second provider, and people in every relation to units and groups, each with all that a person can have."""
    made = Corners()
    with writing(engine) as session:
        region = session.get_one(OrgUnit, world.units["region"])
        add_unit(session, world, "provider2", UnitKind.PROVIDER, "Другой институт", region)
        add_user(session, world, "provider2", world.units["provider2"], Duty.TRAINING_COORDINATOR)
    _people(engine, world, made)
    groups = _courses(engine, world, made)
    _enrolments(engine, made, groups)
    _certificates(engine, world, made)
    _requirements(engine, world, made)
    with writing(engine) as session:
        _name_the_rest(session, made)
    return made


PEOPLE = {
    "home": "school",
    "second": "school",
    "ended": "school",
    "released": "school",
    "planned": "school2",
    "withdrawn": "school2",
    "trainee": "school2",
    "theirs": "school_b",
    "foreign": "foreign_school",
}


def _people(engine, world, made: Corners) -> None:
    for place, (name, unit) in enumerate(PEOPLE.items()):
        kind = None if name == "released" else PositionKind.HEAD
        person = add_person(engine, world, unit, last_name=name, kind=kind, born_on=date(1970, 1, place + 1))
        made.put(StaffMember, name, person)
    second, ended = (made.number(StaffMember, name) for name in ("second", "ended"))
    made.put(StaffPosition, "second besides", add_position(engine, world, second, "school_b"))
    made.put(StaffPosition, "ended besides", add_position(engine, world, ended, "school_b", ended_on=date(2024, 1, 1)))


def _courses(engine, world, made: Corners) -> dict[str, int]:
    groups = {}
    for provider in ("provider", "provider2", "foreign_provider"):
        for status in (ProgrammeStatus.DRAFT, ProgrammeStatus.ON_AGREEMENT, ProgrammeStatus.AGREED):
            programme = add_programme(engine, world, provider, title=status.value, status=status)
            made.put(Programme, f"{provider} {status.value}", programme)
        for status in (GroupStatus.DRAFT, GroupStatus.OPEN):
            group = add_group(engine, world, programme, provider, status=status)
            groups[f"{provider} {status.value}"] = made.put(TrainingGroup, f"{provider} {status.value}", group)
            with writing(engine) as session:
                day = TrainingSession(group_id=group, held_on=DAY)
                session.add(day)
                session.flush()
                made.put(TrainingSession, f"{provider} {status.value}", day.id)
    return groups


ENROLMENTS = (
    ("trainee", "provider", EnrolmentStatus.APPLIED),
    ("trainee", "provider2", EnrolmentStatus.STUDYING),
    ("planned", "provider", EnrolmentStatus.PLANNED),
    ("withdrawn", "provider", EnrolmentStatus.WITHDRAWN),
    ("theirs", "provider2", EnrolmentStatus.CERTIFIED),
    ("second", "provider2", EnrolmentStatus.PLANNED),
    ("foreign", "foreign_provider", EnrolmentStatus.STUDYING),
)


def _enrolments(engine, made: Corners, groups: dict[str, int]) -> None:
    for name, provider, status in ENROLMENTS:
        place = f"{provider} open"
        enrolment = enrol(engine, groups[place], made.number(StaffMember, name), status=status)
        made.put(Enrolment, f"{name} at {provider}", enrolment)
        with writing(engine) as session:
            mark = Attendance(
                staff_member_id=made.number(StaffMember, name),
                enrolment_id=enrolment,
                session_id=made.number(TrainingSession, place),
                present=True,
            )
            session.add(mark)
            session.flush()
            made.put(Attendance, f"{name} at {provider}", mark.id)


CERTIFICATES = (
    ("trainee", "provider"),
    ("trainee", "provider2"),
    ("trainee", None),
    ("theirs", "provider2"),
    # Issued before the enrolment was withdrawn: the provider knows its own document, not the person.
    ("withdrawn", "provider"),
    ("second", None),
    ("released", None),
    ("foreign", "foreign_provider"),
)


def _certificates(engine, world, made: Corners) -> None:
    for place, (name, issuer) in enumerate(CERTIFICATES):
        person = made.number(StaffMember, name)
        number = add_certificate(engine, world, person, issuer=issuer, number=f"{place}")
        made.put(Certificate, f"{name} by {issuer}", number)


def _requirements(engine, world, made: Corners) -> None:
    for maker in ("region", "municipality", "foreign_region"):
        for status in (RequirementStatus.DRAFT, RequirementStatus.ACTIVE):
            number = add_requirement(engine, world, maker, title=status.value, status=status)
            made.put(TrainingRequirement, f"{maker} {status.value}", number)
    with writing(engine) as session:
        for region in ("region", "foreign_region"):
            norm = TrainingNorm(
                org_unit_id=world.units[region],
                document_kind=DocumentKind.ADVANCED,
                min_hours=24,
                valid_from=DAY,
                source="приказ",
            )
            session.add(norm)
            session.flush()
            made.put(TrainingNorm, region, norm.id)


def _name_the_rest(session, made: Corners) -> None:
    people = made.names[StaffMember]
    for model in (StaffIdentity, StaffPosition):
        for row in session.scalars(select(model)):
            if row.id not in made.names.get(model, {}):
                made.put(model, people[row.staff_member_id], row.id)
    for row in session.scalars(select(RequirementAddressee)):
        made.put(RequirementAddressee, made.names[TrainingRequirement][row.requirement_id], row.id)
    regions = {row.id: row.region_id for row in session.scalars(select(TrainingTopic))}
    for number, region in regions.items():
        made.put(TrainingTopic, "region" if region == min(regions.values()) else "foreign_region", number)
