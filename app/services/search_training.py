"""The search over training: people, programmes, groups, certificates by number, requirements; in the actor's scope."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import Certificate, OrgUnit, Programme, StaffMember, TrainingGroup, TrainingRequirement
from app.services.order_head import name_of
from app.services.search_hit import Group, Hit, ten

# Labels only: the row they stand beside is in scope, and a key ties it to them.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_row")
_PERSON = cast(Table, StaffMember.__table__).alias("person_of_row")


def staff(session: Session, pattern: str) -> Group:
    """By name only: numbers that the law protects are never searched."""
    columns: tuple[Any, ...] = (StaffMember.id, StaffMember.last_name, StaffMember.first_name, StaffMember.patronymic)
    statement = (
        select(*columns, name_of(_UNIT).label("unit"))
        .join(_UNIT, _UNIT.c.id == StaffMember.org_unit_id)
        .where(StaffMember.search.like(pattern, escape="\\"))
        .order_by(StaffMember.last_name, StaffMember.first_name, StaffMember.id)
    )
    rows, more = ten(session, statement)
    hits = [Hit(row.id, f"{row.last_name} {row.first_name} {row.patronymic}".strip(), row.unit) for row in rows]
    return Group(hits, more)


def programmes(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (Programme.id, Programme.title, Programme.hours, Programme.status)
    found = Programme.search.like(pattern, escape="\\")
    rows, more = ten(session, select(*columns).where(found).order_by(Programme.id.desc()))
    hits = [
        Hit(row.id, row.title, f"{row.hours} ч", (f"programme-{row.status.value}", row.status.label)) for row in rows
    ]
    return Group(hits, more)


def groups(session: Session, pattern: str) -> Group:
    programme = cast(Table, Programme.__table__).alias("programme_of_row")
    columns: tuple[Any, ...] = (TrainingGroup.id, TrainingGroup.title, TrainingGroup.starts_on, TrainingGroup.status)
    statement = (
        select(*columns, programme.c.title.label("programme"))
        .join(programme, programme.c.id == TrainingGroup.programme_id)
        .where(TrainingGroup.search.like(pattern, escape="\\"))
        .order_by(TrainingGroup.id.desc())
    )
    rows, more = ten(session, statement)
    hits = [
        Hit(
            row.id,
            row.title,
            f"{row.programme}, с {row.starts_on:%d.%m.%Y}",
            (f"group-{row.status.value}", row.status.label),
        )
        for row in rows
    ]
    return Group(hits, more)


def certificates(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (
        Certificate.id,
        Certificate.document_kind,
        Certificate.number,
        Certificate.issued_on,
        Certificate.status,
        _PERSON.c.last_name,
        _PERSON.c.first_name,
    )
    statement = (
        select(*columns)
        .join(_PERSON, _PERSON.c.id == Certificate.staff_member_id)
        .where(Certificate.search.like(pattern, escape="\\"))
        .order_by(Certificate.id.desc())
    )
    rows, more = ten(session, statement)
    hits = [
        Hit(
            row.id,
            f"{row.document_kind.label.capitalize()} № {row.number}",
            f"{row.last_name} {row.first_name}, выдан {row.issued_on:%d.%m.%Y}",
            (f"certificate-{row.status.value}", row.status.label),
        )
        for row in rows
    ]
    return Group(hits, more)


def requirements(session: Session, pattern: str) -> Group:
    columns: tuple[Any, ...] = (
        TrainingRequirement.id,
        TrainingRequirement.title,
        TrainingRequirement.due_on,
        TrainingRequirement.status,
    )
    found = TrainingRequirement.search.like(pattern, escape="\\")
    rows, more = ten(session, select(*columns).where(found).order_by(TrainingRequirement.id.desc()))
    hits = [
        Hit(row.id, row.title, f"срок {row.due_on:%d.%m.%Y}", (f"requirement-{row.status.value}", row.status.label))
        for row in rows
    ]
    return Group(hits, more)
