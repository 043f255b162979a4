"""Staff, programmes, groups, enrolments, certificates and requirements, written straight into the small world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select

from app.models import (
    Certificate,
    Enrolment,
    Programme,
    RequirementAddressee,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
    TrainingTopic,
)
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import (
    CertificateStatus,
    DocumentKind,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
    RequirementStatus,
    TrainingResult,
)
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session
from tests.factories.world import World

THEN = datetime(2026, 9, 1, 3, tzinfo=UTC)
DAY = date(2026, 9, 1)
DONE = {EnrolmentStatus.COMPLETED, EnrolmentStatus.CERTIFIED}
BEGUN = {EnrolmentStatus.ENROLLED, EnrolmentStatus.STUDYING} | DONE
LEFT = {EnrolmentStatus.DROPPED, EnrolmentStatus.NO_SHOW, EnrolmentStatus.REFUSED, EnrolmentStatus.WITHDRAWN}


@contextmanager
def writing(engine: Engine) -> Iterator[GuardedSession]:
    with open_session(engine, reason="tests build training") as session:
        session.connection(execution_options={"writes": True})
        yield session


def region_of(unit: str) -> str:
    return "foreign_region" if unit.startswith("foreign_") else "region"


def add_person(
    engine: Engine,
    world: World,
    unit: str = "school",
    *,
    last_name: str = "Иванова",
    first_name: str = "Анна",
    patronymic: str = "Петровна",
    kind: PositionKind | None = PositionKind.HEAD,
    title: str = "",
    started_on: date | None = date(2020, 9, 1),
    snils: str = "",
    born_on: date | None = None,
    **values: Any,
) -> int:
    """A card in the unit, with one open position (none where `kind` is None) and, if given, its СНИЛС (11 digits)."""
    with writing(engine) as session:
        person = StaffMember(
            org_unit_id=world.units[unit],
            last_name=last_name,
            first_name=first_name,
            patronymic=patronymic,
            is_working=kind is not None,
            has_snils=bool(snils),
            **values,
        )
        session.add(person)
        session.flush()
        if kind is not None:
            session.add(
                StaffPosition(
                    org_unit_id=world.units[unit],
                    staff_member_id=person.id,
                    kind=kind,
                    title=title,
                    started_on=started_on,
                )
            )
        if snils or born_on:
            session.add(StaffIdentity(staff_member_id=person.id, snils=snils, born_on=born_on))
        return person.id


def add_position(
    engine: Engine,
    world: World,
    person: int,
    unit: str,
    *,
    kind: PositionKind = PositionKind.TEACHER,
    started_on: date | None = date(2021, 9, 1),
    ended_on: date | None = None,
    is_main: bool = False,
    title: str = "",
) -> int:
    with writing(engine) as session:
        days = {"started_on": started_on, "ended_on": ended_on}
        position = StaffPosition(
            org_unit_id=world.units[unit], staff_member_id=person, kind=kind, title=title, is_main=is_main, **days
        )
        session.add(position)
        session.flush()
        return position.id


def add_topic(engine: Engine, world: World, region: str = "region", title: str = "ВСОКО") -> int:
    """The number of the region's topic of this title, made once."""
    with writing(engine) as session:
        number = world.units[region]
        known = select(TrainingTopic).where(TrainingTopic.region_id == number, TrainingTopic.title == title)
        found = session.scalar(known)
        if found is None:
            found = TrainingTopic(org_unit_id=number, title=title, counts_in_monitoring=True)
            session.add(found)
            session.flush()
        return found.id


def add_programme(
    engine: Engine,
    world: World,
    provider: str = "provider",
    *,
    title: str = "Система оценки качества образования",
    hours: int = 36,
    status: ProgrammeStatus = ProgrammeStatus.AGREED,
    **values: Any,
) -> int:
    topic = values.pop("topic_id", None) or add_topic(engine, world, region_of(provider))
    registered = status is ProgrammeStatus.IN_REGISTER
    agreed = registered or status is ProgrammeStatus.AGREED
    with writing(engine) as session:
        programme = Programme(
            org_unit_id=world.units[provider],
            title=title,
            hours=hours,
            topic_id=topic,
            status=status,
            agreed_on=DAY if agreed else None,
            register_number="1234" if registered else "",
            registered_on=DAY if registered else None,
            **values,
        )
        session.add(programme)
        session.flush()
        return programme.id


def add_group(
    engine: Engine,
    world: World,
    programme: int,
    provider: str = "provider",
    *,
    title: str = "Поток 1",
    status: GroupStatus = GroupStatus.OPEN,
    seats: int = 25,
    starts_on: date = date(2026, 12, 1),
    ends_on: date = date(2026, 12, 15),
    **values: Any,
) -> int:
    with writing(engine) as session:
        group = TrainingGroup(
            org_unit_id=world.units[provider],
            programme_id=programme,
            title=title,
            status=status,
            seats=seats,
            starts_on=starts_on,
            ends_on=ends_on,
            **values,
        )
        session.add(group)
        session.flush()
        return group.id


def enrol(
    engine: Engine,
    group: int,
    person: int,
    *,
    status: EnrolmentStatus = EnrolmentStatus.APPLIED,
    applied_at: datetime | None = THEN,
    **values: Any,
) -> int:
    with writing(engine) as session:
        holder = session.get_one(TrainingGroup, group)
        enrolment = Enrolment(
            group_id=group,
            provider_unit_id=holder.org_unit_id,
            staff_member_id=person,
            sent_by_unit_id=session.get_one(StaffMember, person).org_unit_id,
            status=status,
            position="директор",
            applied_at=applied_at,
            enrolled_on=DAY if status in BEGUN else None,
            result=TrainingResult.PASSED if status in DONE else None,
            completed_on=DAY if status in DONE else None,
            left_reason="причина" if status in LEFT else "",
            left_on=DAY if status in LEFT else None,
            **values,
        )
        session.add(enrolment)
        session.flush()
        return enrolment.id


def add_certificate(
    engine: Engine,
    world: World,
    person: int,
    *,
    topic: int | None = None,
    status: CertificateStatus = CertificateStatus.CONFIRMED,
    issuer: str | None = None,
    entered_by: str = "school",
    number: str = "000123",
    issued_on: date = date(2026, 10, 1),
    hours: int = 36,
    valid_until: date | None = date(2029, 9, 30),
    **values: Any,
) -> int:
    """`issuer`: the provider of the world that gave it; otherwise one outside the tree."""
    with writing(engine) as session:
        certificate = Certificate(
            staff_member_id=person,
            document_kind=values.pop("document_kind", DocumentKind.ADVANCED),
            number=number,
            issued_on=issued_on,
            hours=hours,
            topic_id=topic,
            programme_title=values.pop("programme_title", "Система оценки качества образования"),
            issuer_unit_id=world.units[issuer] if issuer else None,
            issuer_name=values.pop("issuer_name", "Институт развития" if issuer else "Академия вне системы"),
            valid_until=valid_until,
            status=status,
            entered_by_unit_id=world.units[issuer or entered_by],
            confirmed_at=THEN if status is CertificateStatus.CONFIRMED else None,
            confirmed_by="Кто-то" if status is CertificateStatus.CONFIRMED else "",
            remark="не читается" if status is CertificateStatus.REFUSED else "",
            **values,
        )
        session.add(certificate)
        session.flush()
        return certificate.id


def add_requirement(
    engine: Engine,
    world: World,
    maker: str = "region",
    *,
    title: str = "Обучение руководителей по ВСОКО",
    positions: tuple[PositionKind, ...] = (PositionKind.HEAD, PositionKind.DEPUTY),
    clauses: tuple[tuple[AddresseeClauseKind, str | None], ...] = ((AddresseeClauseKind.ALL_SCHOOLS, None),),
    status: RequirementStatus = RequirementStatus.ACTIVE,
    starts_on: date = date(2026, 1, 1),
    due_on: date = date(2026, 12, 31),
    **values: Any,
) -> int:
    topic = values.pop("topic_id", None) or add_topic(engine, world, region_of(maker))
    with writing(engine) as session:
        requirement = TrainingRequirement(
            org_unit_id=world.units[maker],
            title=title,
            topic_id=topic,
            positions=[kind.value for kind in positions],
            starts_on=starts_on,
            due_on=due_on,
            status=status,
            activated_on=None if status is RequirementStatus.DRAFT else starts_on,
            **values,
        )
        for clause, unit in clauses:
            named = world.units[unit] if unit else None
            requirement.addressees.append(RequirementAddressee(kind=clause, org_unit_id=named))
        session.add(requirement)
        session.flush()
        return requirement.id
