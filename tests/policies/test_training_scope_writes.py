"""Who writes what of staff training: new rows, and rows that are seen sideways, by plain guarded writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from app.models import (
    Attendance,
    Certificate,
    Enrolment,
    Programme,
    RequirementAddressee,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
    TrainingSession,
    TrainingTopic,
)
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import (
    CertificateStatus,
    DocumentKind,
    PositionKind,
)
from app.policies.refusal import ScopeBreach
from tests.factories.training_corners import DAY, PEOPLE, Corners, build_corners

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def corners(engine, world) -> Corners:
    return build_corners(engine, world)


def new_certificate(world, corners: Corners, person: str, issuer: str | None, by: str) -> Certificate:
    return Certificate(
        staff_member_id=corners.number(StaffMember, person),
        document_kind=DocumentKind.ADVANCED,
        number="новый",
        issued_on=DAY,
        hours=36,
        programme_title="Программа",
        issuer_name="Кто-то",
        issuer_unit_id=world.units[issuer] if issuer else None,
        status=CertificateStatus.ENTERED,
        entered_by_unit_id=world.units[by],
    )


def new_enrolment(world, corners: Corners, person: str, group: str) -> Enrolment:
    return Enrolment(
        staff_member_id=corners.number(StaffMember, person),
        group_id=corners.number(TrainingGroup, f"{group} open"),
        provider_unit_id=world.units[group],
        sent_by_unit_id=world.units["school"],
        applied_at=NOW,
    )


def tries(world, corners: Corners) -> Iterator[tuple[str, str, object]]:
    """Who writes which new row: «yes» or «no»."""
    people, units = {name: corners.number(StaffMember, name) for name in PEOPLE}, world.units

    def certificate(person: str, issuer: str | None = None, by: str = "school") -> Certificate:
        return new_certificate(world, corners, person, issuer, by)

    def enrolment(person: str, group: str) -> Enrolment:
        return new_enrolment(world, corners, person, group)

    def held(person: str, unit: str) -> StaffPosition:
        return StaffPosition(
            staff_member_id=people[person], org_unit_id=units[unit], kind=PositionKind.METHODIST, started_on=DAY
        )

    def lesson(group: str) -> TrainingSession:
        return TrainingSession(group_id=corners.number(TrainingGroup, f"{group} open"), held_on=date(2026, 12, 9))

    def addressee(requirement: str) -> RequirementAddressee:
        number = corners.number(TrainingRequirement, f"{requirement} active")
        return RequirementAddressee(requirement_id=number, kind=AddresseeClauseKind.UNIT, org_unit_id=units["school_b"])

    yield "school", "yes", certificate("home")
    yield "school_b", "yes", certificate("second")
    yield "municipality", "yes", certificate("home")
    yield "region", "yes", certificate("home")
    yield "provider", "yes", certificate("trainee", "provider", "provider")
    yield "school_b", "no", certificate("home")
    yield "school_b", "no", certificate("ended")
    yield "municipality2", "no", certificate("home")
    yield "provider2", "no", certificate("home")
    yield "foreign_region", "no", certificate("home")
    yield "foreign_provider", "no", certificate("home")
    yield "admin", "no", certificate("home")
    yield "school", "yes", enrolment("home", "provider")
    yield "municipality", "yes", enrolment("home", "provider2")
    yield "school_b", "no", enrolment("home", "provider")
    yield "provider", "no", enrolment("trainee", "foreign_provider")
    yield "foreign_school", "no", enrolment("home", "provider")
    yield "school", "yes", held("home", "school")
    yield "municipality", "yes", held("home", "school2")
    yield "school", "no", held("home", "school2")
    yield "school", "no", held("home", "provider")
    yield "provider", "no", held("trainee", "school2")
    yield "foreign_region", "no", held("home", "school")
    # A position opens the whole card to its unit.
    yield "school_b", "no", held("home", "school_b")
    yield "provider", "no", held("home", "provider")
    yield "region", "no", held("foreign", "school")
    yield "provider", "yes", lesson("provider")
    yield "region", "yes", lesson("provider")
    yield "provider2", "no", lesson("provider")
    yield "school", "no", lesson("provider")
    yield "region", "yes", addressee("region")
    yield "municipality", "no", addressee("region")
    yield "school", "no", addressee("municipality")
    yield "region", "yes", TrainingTopic(org_unit_id=units["region"], title="Новая")
    yield "municipality", "no", TrainingTopic(org_unit_id=units["region"], title="Новая")
    yield "foreign_region", "no", TrainingTopic(org_unit_id=units["region"], title="Новая")
    yield "provider2", "no", Programme(org_unit_id=units["provider"], title="Чужая", hours=16)
    yield "provider", "yes", Programme(org_unit_id=units["provider"], title="Своя", hours=16)
    yield "region", "yes", Programme(org_unit_id=units["provider"], title="За институт", hours=16)


def test_each_writes_into_its_own_corner_only(world, work, corners):
    for login, allowed, record in tries(world, corners):
        session = work(login)
        session.connection(execution_options={"writes": True})
        session.add(record)
        told = (login, type(record).__name__)
        if allowed == "yes":
            session.flush()
            assert record.region_id if hasattr(record, "region_id") else True, told
        else:
            with pytest.raises(ScopeBreach):
                session.flush()
        session.rollback()
        session.close()


def test_nobody_begins_what_reaches_out_of_sight(world, work, corners):
    """A new row is of a person in sight, in a group in sight, and claims no number of somebody else."""
    written = []
    for what, login, record in (
        ("document of a stranger", "provider", new_certificate(world, corners, "home", "provider", "provider")),
        ("document of another region", "provider", new_certificate(world, corners, "foreign", "provider", "provider")),
        ("enrolment of a stranger", "provider", new_enrolment(world, corners, "home", "provider")),
        ("number of a provider", "school", new_certificate(world, corners, "home", "provider", "school")),
        ("group of another region", "school", new_enrolment(world, corners, "home", "foreign_provider")),
        (
            "another person's mark",
            "provider",
            Attendance(
                staff_member_id=corners.number(StaffMember, "home"),
                enrolment_id=corners.number(Enrolment, "trainee at provider"),
                session_id=corners.number(TrainingSession, "provider2 open"),
                present=False,
            ),
        ),
    ):
        session = work(login)
        session.connection(execution_options={"writes": True})
        session.add(record)
        try:
            session.flush()
            written.append(what)
        except ScopeBreach:
            pass
        session.rollback()
        session.close()
    assert written == []


def test_what_is_seen_sideways_is_not_changed(work, corners):
    """A provider sees trainees and their identities; it changes its own enrolments, marks and documents."""
    changes = (
        ("provider", StaffMember, "trainee", "note", False),
        ("provider", Enrolment, "trainee at provider", "grade", True),
        ("provider2", Enrolment, "trainee at provider2", "grade", True),
        ("provider", Certificate, "trainee by provider", "registration_number", True),
        ("school_b", StaffMember, "second", "note", False),
        ("school_b", StaffPosition, "second besides", "basis", True),
        ("school_b", StaffPosition, "second", "basis", False),
        ("school", StaffPosition, "second besides", "basis", False),
        ("municipality", StaffMember, "second", "note", True),
        ("municipality2", StaffMember, "second", "note", False),
        ("municipality", TrainingGroup, "provider open", "note", False),
        ("school", Programme, "provider agreed", "annotation", False),
        ("municipality", TrainingRequirement, "region active", "basis", False),
        ("region", TrainingRequirement, "municipality active", "basis", False),
    )
    for login, model, name, key, allowed in changes:
        session = work(login)
        session.connection(execution_options={"writes": True})
        row = session.get(model, corners.number(model, name))
        assert row is not None, (login, name)
        setattr(row, key, "изменено")
        if allowed:
            session.flush()
        else:
            with pytest.raises(ScopeBreach):
                session.flush()
        session.rollback()
        session.close()
