"""Staff training in every unit of the world: people with СНИЛС, programmes, groups, trainees, documents, requirements.

The provider of each region trains one person of two schools: what it sees of them is its sideways view.
"""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import Engine, select

from app.models import StaffPosition, TrainingNorm, TrainingSession
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import (
    CertificateStatus,
    DocumentKind,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
    RequirementStatus,
)
from tests.factories.canaries import ALL, Records, canary
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
    writing,
)
from tests.factories.world import World

TRAINED = ("school", "school_b")


def snils_of(name: str) -> str:
    """Eleven digits with the right check number, the same for the same name; written without the product's code."""
    first = str(200_000_000 + int(hashlib.sha256(name.encode()).hexdigest()[:7], 16) % 700_000_000)
    total = sum(int(digit) * weight for digit, weight in zip(first, range(9, 0, -1), strict=True))
    check = total % 101 % 100
    return f"{first}{check:02d}"


def shown(snils: str) -> str:
    return f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"


def add_training(engine: Engine, world: World, records: Records) -> None:
    for unit in ALL:
        _staff(engine, world, records, unit)
    for prefix in ("", "foreign_"):
        region, provider = f"{prefix}region", f"{prefix}provider"
        topic = add_topic(engine, world, region, title=canary(f"{prefix}offer"))
        records.add("topic", region, topic)
        programme = add_programme(engine, world, provider, title=canary(f"{prefix}offer"), topic_id=topic)
        records.add("programme", provider, programme)
        word = canary(f"{provider} draft")
        records.add(
            "programme draft",
            provider,
            add_programme(engine, world, provider, title=word, status=ProgrammeStatus.DRAFT, topic_id=topic),
        )
        group = add_group(engine, world, programme, provider, title=canary(f"{prefix}offer"))
        records.add("group", provider, group)
        records.add(
            "group draft", provider, add_group(engine, world, programme, provider, title=word, status=GroupStatus.DRAFT)
        )
        for unit in TRAINED:
            _trainee(engine, world, records, f"{prefix}{unit}", group=group, provider=provider, topic=topic)
        _planned(engine, world, records, f"{prefix}school2", group)
        _requirements(engine, world, records, prefix, topic)
        with writing(engine) as session:
            day = TrainingSession(group_id=group, held_on=date(2026, 12, 2), title=canary(f"{prefix}offer"))
            norm = TrainingNorm(
                org_unit_id=world.units[region],
                document_kind=DocumentKind.ADVANCED,
                min_hours=16,
                valid_months=36,
                valid_from=date(2026, 1, 1),
                source=canary(f"{prefix}offer"),
            )
            session.add_all([day, norm])
            session.flush()
            records.add("session", provider, day.id)
            records.add("norm", region, norm.id)


def _staff(engine: Engine, world: World, records: Records, unit: str) -> None:
    """Two people whose names are one but for a letter, so that the unit has a pair to look at."""
    word = canary(unit)
    person = add_person(engine, world, unit, last_name=word, snils=snils_of(unit), note=word, title=word)
    records.add("staff", unit, person)
    records.add("position", unit, _position(engine, person))
    records.add(
        "certificate",
        unit,
        add_certificate(
            engine,
            world,
            person,
            entered_by=unit,
            status=CertificateStatus.ENTERED,
            programme_title=word,
            number=word,
            issuer_name=word,
            holder_name=word,
        ),
    )


def _trainee(
    engine: Engine, world: World, records: Records, unit: str, *, group: int, provider: str, topic: int
) -> None:
    word = canary(f"{unit} trainee")
    person = add_person(
        engine, world, unit, last_name=word, kind=PositionKind.DEPUTY, snils=snils_of(f"{unit} trainee"), title=word
    )
    records.add("trainee", unit, person)
    records.add("trainee position", unit, _position(engine, person))
    records.add("enrolment", unit, enrol(engine, group, person, status=EnrolmentStatus.APPLIED))
    records.add(
        "issued",
        unit,
        add_certificate(engine, world, person, issuer=provider, topic=topic, number=f"{unit} 1", programme_title=word),
    )
    # What the person has from elsewhere is none of the provider's business.
    own = canary(unit)
    add_certificate(engine, world, person, entered_by=unit, number=own, programme_title=own, issuer_name=own)


def _planned(engine: Engine, world: World, records: Records, unit: str, group: int) -> None:
    """A plan of the school is not yet an application: the provider does not know of it."""
    person = add_person(engine, world, unit, last_name=canary(unit), first_name="Мария", kind=PositionKind.DEPUTY)
    planned = enrol(engine, group, person, status=EnrolmentStatus.PLANNED, applied_at=None)
    records.add("planned", unit, planned)


def _requirements(engine: Engine, world: World, records: Records, prefix: str, topic: int) -> None:
    region = f"{prefix}region"
    offered = canary(f"{prefix}offer")
    records.add("requirement", region, add_requirement(engine, world, region, title=offered, topic_id=topic))
    for maker in (region, f"{prefix}municipality", f"{prefix}municipality2"):
        draft = add_requirement(
            engine,
            world,
            maker,
            title=canary(f"{maker} draft"),
            basis=canary(f"{maker} draft"),
            topic_id=topic,
            status=RequirementStatus.DRAFT,
        )
        records.add("requirement draft", maker, draft)
    for town in (f"{prefix}municipality", f"{prefix}municipality2"):
        clauses = ((AddresseeClauseKind.SCHOOLS_OF, town),)
        own = add_requirement(engine, world, town, title=canary(f"{town} letter"), topic_id=topic, clauses=clauses)
        records.add("municipal requirement", town, own)


def _position(engine: Engine, person: int) -> int:
    with writing(engine) as session:
        number = session.scalar(select(StaffPosition.id).where(StaffPosition.staff_member_id == person))
        assert number is not None
        return number
