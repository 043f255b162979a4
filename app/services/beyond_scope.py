"""What must be known past the row scope: yes or no, never whose the rows are; and one projection."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Assignment,
    LtiPlatform,
    Mailing,
    MailingRecipient,
    MailMessage,
    MailRefusal,
    Membership,
    OrgUnit,
    User,
)
from app.models.enumeration import AssignmentStatus, UnitKind
from app.policies.actor import Actor
from app.policies.unscoped import UNSCOPED

USER = cast(Table, User.__table__)
UNIT = cast(Table, OrgUnit.__table__)
MEMBERSHIP = cast(Table, Membership.__table__)
ASSIGNMENT = cast(Table, Assignment.__table__)
PLATFORM = cast(Table, LtiPlatform.__table__)
MAILING = cast(Table, Mailing.__table__)
RECIPIENT = cast(Table, MailingRecipient.__table__)
MESSAGE = cast(Table, MailMessage.__table__)
REFUSAL = cast(Table, MailRefusal.__table__)


@dataclass(frozen=True, slots=True)
class MovedChild:
    """A child assignment whose school has moved away: what the old municipality may still know of it."""

    unit_name: str
    status: AssignmentStatus
    due_on: date | None
    done_on: date | None


def login_taken(session: Session, login: str, *, other_than: int | None = None) -> bool:
    """Logins are one space for all regions."""
    return _found(session, USER.c.login == login.strip().lower(), USER, other_than)


def code_taken(session: Session, region_id: int, code: str, *, other_than: int | None = None) -> bool:
    """A code names one acting unit of a region; regions themselves stand beside one another."""
    place = UNIT.c.region_id == region_id if region_id else UNIT.c.kind == UnitKind.REGION.value
    return _found(session, and_(UNIT.c.code == code, place, UNIT.c.closed_on.is_(None)), UNIT, other_than)


def name_taken(session: Session, parent_id: int | None, name: str, *, other_than: int | None = None) -> bool:
    """Under one unit no two acting units bear one name; regions are compared with regions."""
    place = UNIT.c.parent_id == parent_id if parent_id is not None else UNIT.c.parent_id.is_(None)
    return _found(session, and_(UNIT.c.name == name, place, UNIT.c.closed_on.is_(None)), UNIT, other_than)


def any_code_taken(session: Session, codes: Collection[tuple[int, str]]) -> bool:
    """Whether an acting unit bears one of these codes in its region."""
    wanted = {code for _, code in codes}
    statement = select(UNIT.c.region_id, UNIT.c.code).where(
        UNIT.c.region_id.in_({region for region, _ in codes}), UNIT.c.code.in_(wanted), UNIT.c.closed_on.is_(None)
    )
    return any((row.region_id, row.code) in codes for row in session.execute(statement, execution_options=UNSCOPED))


def any_name_taken(session: Session, names: Collection[tuple[int, str]]) -> bool:
    """Whether under one of these units an acting one bears the name."""
    statement = select(UNIT.c.parent_id, UNIT.c.name).where(
        UNIT.c.parent_id.in_({parent for parent, _ in names}),
        UNIT.c.name.in_({name for _, name in names}),
        UNIT.c.closed_on.is_(None),
    )
    return any((row.parent_id, row.name) in names for row in session.execute(statement, execution_options=UNSCOPED))


def taken_codes(session: Session, region_id: int) -> frozenset[str]:
    """The codes that acting units of the region bear: for judging a list without a question for each of its rows."""
    statement = select(UNIT.c.code).where(UNIT.c.region_id == region_id, UNIT.c.code != "", UNIT.c.closed_on.is_(None))
    return frozenset(session.scalars(statement, execution_options=UNSCOPED))


def has_open_children(session: Session, unit_id: int) -> bool:
    return _found(session, and_(UNIT.c.parent_id == unit_id, UNIT.c.closed_on.is_(None)), UNIT, None)


def stands_outside(session: Session, actor: Actor, user_id: int) -> bool:
    """Whether the person holds a duty outside the actor's part of the tree."""
    return _found(session, and_(MEMBERSHIP.c.user_id == user_id, ~_inside(actor)), MEMBERSHIP, None)


def standing_outside(session: Session, actor: Actor, user_ids: Collection[int]) -> frozenset[int]:
    """The same of many people at once: those who hold a duty outside the actor's part of the tree."""
    statement = select(MEMBERSHIP.c.user_id).where(MEMBERSHIP.c.user_id.in_(user_ids), ~_inside(actor)).distinct()
    return frozenset(session.scalars(statement, execution_options=UNSCOPED))


def registration_taken(session: Session, issuer: str, client_id: str, *, other_than: int | None = None) -> bool:
    """A learning platform is known by its address and the client it named, in all regions."""
    named = and_(PLATFORM.c.issuer == issuer, PLATFORM.c.client_id == client_id)
    return _found(session, named, PLATFORM, other_than)


def client_of_others(session: Session, client_id: str, unit_id: int) -> bool:
    """Whether a platform of another unit knows us as this client, wherever it stands."""
    return _found(session, and_(PLATFORM.c.client_id == client_id, PLATFORM.c.org_unit_id != unit_id), PLATFORM, None)


def moved_children(session: Session, parent: Assignment) -> list[MovedChild]:
    """Children of a cascaded assignment whose schools now stand elsewhere: names and states, and no way in.

    The parent must come from a guarded session, so that only who may read it gets the labels. A municipality cannot
    read these children as rows; whoever can (the region) gets the same labels.
    """
    name = case((UNIT.c.short_name != "", UNIT.c.short_name), else_=UNIT.c.name).label("unit_name")
    rows = session.execute(
        select(name, ASSIGNMENT.c.status, ASSIGNMENT.c.due_on, ASSIGNMENT.c.done_on)
        .join(UNIT, UNIT.c.id == ASSIGNMENT.c.org_unit_id)
        .where(ASSIGNMENT.c.parent_id == parent.id, ASSIGNMENT.c.municipality_id != parent.municipality_id)
        .order_by(name),
        execution_options=UNSCOPED,
    )
    return [MovedChild(row.unit_name, AssignmentStatus(row.status), row.due_on, row.done_on) for row in rows]


def refused_mail(session: Session, mailing_id: int, user_id: int) -> bool:
    """A refusal is its person's own row; who sends needs only to know that there is one."""
    return _found(session, and_(REFUSAL.c.mailing_id == mailing_id, REFUSAL.c.user_id == user_id), REFUSAL, None)


def mail_title(session: Session, mailing_id: int, user_id: int) -> str | None:
    """What the letters that reach this person are called: told to its recipients, whoever keeps the mailing."""
    mine = (
        select(table.c.mailing_id).where(table.c.user_id == user_id, table.c.mailing_id == mailing_id)
        for table in (RECIPIENT, MESSAGE)
    )
    statement = select(MAILING.c.title).where(MAILING.c.id == mailing_id, or_(*(MAILING.c.id.in_(one) for one in mine)))
    return session.scalar(statement, execution_options=UNSCOPED)


def _inside(actor: Actor) -> ColumnElement[bool]:
    """Duties within the actor's part of the tree."""
    if actor.unit_kind is UnitKind.REGION:
        return MEMBERSHIP.c.region_id == actor.unit_id
    if actor.unit_kind is UnitKind.MUNICIPALITY:
        return MEMBERSHIP.c.municipality_id == actor.unit_id
    return MEMBERSHIP.c.org_unit_id == (actor.unit_id or 0)


def _found(session: Session, condition: ColumnElement[bool], table: Table, other_than: int | None) -> bool:
    statement = select(func.count()).select_from(table).where(condition)
    if other_than is not None:
        statement = statement.where(table.c.id != other_than)
    return bool(session.scalar(statement, execution_options=UNSCOPED))


def parent_term(session: Session, assignment: Assignment) -> date | None:
    """The day of the assignment from which this one was split; the parent may lie outside the scope of who decides."""
    if assignment.parent_id is None:
        return None
    statement = select(ASSIGNMENT.c.due_on).where(ASSIGNMENT.c.id == assignment.parent_id)
    return session.scalar(statement, execution_options=UNSCOPED)
