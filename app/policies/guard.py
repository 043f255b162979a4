"""The guards that hold every session to the row scope.

The read guard adds the criteria to every ORM statement; the write guard stamps the scope columns before each flush
and refuses what lies outside. A session without an actor finds nothing: it raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import CompoundSelect, Executable, Select, Table, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.models import (
    Attendance,
    Certificate,
    CorrectiveMeasure,
    Enrolment,
    Framework,
    MeasureFinding,
    MeasureUnit,
    MonitoringRound,
    Order,
    OrgUnit,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
    User,
)
from app.models.enumeration import UnitKind
from app.models.scoped import (
    ClosedToReading,
    OfPerson,
    OfStaffMember,
    PartOfFramework,
    PartOfGroup,
    PartOfOrder,
    PartOfRequirement,
    PartOfRound,
    PublishedByUnit,
    ScopeColumns,
    StructureOfUnit,
)
from app.policies.actor import Actor, ScopeKey
from app.policies.refusal import ScopeBreach
from app.policies.scope import contains, criteria

ORG_UNIT = cast(Table, OrgUnit.__table__)
STAFF = cast(Table, StaffMember.__table__)

# What is written by whoever may write what it is part of.
PARTS: tuple[tuple[type, str, type[object]], ...] = (
    (PartOfOrder, "order_id", Order),
    (PartOfFramework, "framework_id", Framework),
    (PartOfRound, "round_id", MonitoringRound),
    (PartOfGroup, "group_id", TrainingGroup),
    (PartOfRequirement, "requirement_id", TrainingRequirement),
)

SCOPE = ("org_unit_id", "region_id", "municipality_id")

# In `session.info`: the person whom the name and the number on the papers have shown, out of sight until taken on.
KNOWN_BY_PAPERS = "known_by_papers"

# The key that opens a session or a statement to all rows; only `unscoped.py` hands it out.
OPEN = object()


class GuardedSession(Session):
    """A session whose statements are cut to `info["actor"]`."""

    @property
    def actor(self) -> Actor:
        actor = self.info.get("actor")
        if not isinstance(actor, Actor):
            raise MissingActorError
        return actor


class MissingActorError(RuntimeError):
    def __init__(self) -> None:
        super().__init__("a guarded session was used without an actor: set session.info['actor'] first")


class UnguardedStatementError(RuntimeError):
    def __init__(self) -> None:
        super().__init__("text(), Core tables, bulk INSERT, UPDATE and DELETE escape the row scope: use the ORM")


def is_open(session: Session) -> bool:
    return session.info.get("open") is OPEN


@event.listens_for(GuardedSession, "do_orm_execute")
def _read_guard(state: ORMExecuteState) -> None:
    if is_open(state.session) or state.execution_options.get("open") is OPEN:
        return
    statement = state.statement
    # Criteria are added to SELECTs only: a statement made from text, though it loads entities, would take none.
    if not state.is_orm_statement or not isinstance(statement, Select | CompoundSelect):
        raise UnguardedStatementError
    if state.is_column_load:
        # Attributes of a row that the same session has already found in scope.
        return
    actor = cast(GuardedSession, state.session).actor
    if state.execution_options.get("kept", False):
        state.statement = _guarded(statement, actor.scope)
        return
    state.statement = statement.options(*criteria(actor.scope))


@lru_cache(maxsize=2048)
def _guarded(statement: Select[Any] | CompoundSelect[Any], key: ScopeKey) -> Executable:
    """A statement that its owner keeps (a list's, built once), with the criteria of one scope: SQLAlchemy then finds
    its compiled form without looking through it again.
    """
    return statement.options(*criteria(key))


@event.listens_for(GuardedSession, "before_flush")
def _write_guard(session: GuardedSession, context: UOWTransaction, instances: object) -> None:
    del context, instances
    touched = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    with session.no_autoflush:
        _stamp(session, [row for row in touched if isinstance(row, ScopeColumns)])
    if is_open(session):
        return
    actor = session.actor
    for record in touched:
        if not _may_write(session, actor, record):
            raise ScopeBreach


def _stamp(session: GuardedSession, records: Iterable[ScopeColumns]) -> None:
    """Copies the scope of the unit onto its records; an explicit value by hand is overwritten."""
    waiting = [record for record in records if record.region_id is None or record.municipality_id is None]
    _stamp_of_staff(session, [record for record in waiting if isinstance(record, OfStaffMember)])
    waiting = [record for record in waiting if not isinstance(record, OfStaffMember)]
    if not waiting:
        return
    ids = {record.org_unit_id for record in waiting}
    if None in ids:
        raise ScopeBreach
    found = {
        row.id: row
        for row in session.connection().execute(
            select(ORG_UNIT.c.id, ORG_UNIT.c.region_id, ORG_UNIT.c.municipality_id).where(ORG_UNIT.c.id.in_(ids))
        )
    }
    for record in waiting:
        unit = found.get(record.org_unit_id)
        if unit is None:
            raise ScopeBreach
        record.region_id, record.municipality_id = unit.region_id, unit.municipality_id


def _stamp_of_staff(session: GuardedSession, records: list[OfStaffMember]) -> None:
    """What a person has carries the unit of the person."""
    if not records:
        return
    columns = (STAFF.c.id, *(STAFF.c[name] for name in SCOPE))
    people = select(*columns).where(STAFF.c.id.in_({record.staff_member_id for record in records}))
    found = {row.id: row for row in session.connection().execute(people)}
    for record in records:
        person = found.get(record.staff_member_id)
        if person is None:
            raise ScopeBreach
        for name in SCOPE:
            setattr(record, name, getattr(person, name))


def _may_write(session: GuardedSession, actor: Actor, record: object) -> bool:
    if isinstance(record, OfPerson):
        return _may_write_own(actor, record)
    if actor.scope.installation_admin:
        return isinstance(record, OrgUnit | StructureOfUnit | User | ClosedToReading)
    if isinstance(record, PublishedByUnit):
        return record.org_unit_id == actor.unit_id or (actor.is_system and contains(actor, record))
    if isinstance(record, ScopeColumns):
        return _may_write_owned(session, actor, record)
    for part, key, whole in PARTS:
        if isinstance(record, part):
            # Rows added through the own collections of what they are part of are flushed, and judged, with it.
            number = getattr(record, key)
            return number is None or _may_write_whole(session, actor, whole, number)
    return _may_write_unit(actor, record) if isinstance(record, OrgUnit) else isinstance(record, User | ClosedToReading)


def _may_write_whole(session: GuardedSession, actor: Actor, model: type[object], record_id: int) -> bool:
    whole = session.get(model, record_id)
    return whole is not None and _may_write(session, actor, whole)


def _may_write_owned(session: GuardedSession, actor: Actor, record: ScopeColumns) -> bool:
    if isinstance(record, OfStaffMember):
        return _may_write_of_staff(session, actor, record)
    if isinstance(record, StaffMember):
        return contains(actor, record) and _may_take(actor, record)
    if isinstance(record, StaffPosition) and not _may_hold(session, record):
        return False
    if isinstance(record, MeasureUnit | MeasureFinding) and not _may_join(session, record, record.measure_id):
        return False
    return contains(actor, record) and not _moved(record)


def _may_write_of_staff(session: GuardedSession, actor: Actor, record: OfStaffMember) -> bool:
    """Whoever sees the person; a provider sees trainees, and writes what belongs to its own groups only."""
    if not inspect(record).persistent and not _may_begin(session, actor, record):
        return False
    if contains(actor, record):
        return True
    if isinstance(record, Certificate) and actor.unit_kind is UnitKind.PROVIDER:
        return record.issuer_unit_id == actor.unit_id
    if isinstance(record, Enrolment) and actor.unit_kind is UnitKind.PROVIDER:
        return record.provider_unit_id == actor.unit_id
    if isinstance(record, Attendance) and actor.unit_kind is UnitKind.PROVIDER:
        enrolment = session.get(Enrolment, record.enrolment_id)
        return enrolment is not None and enrolment.provider_unit_id == actor.unit_id
    return session.get(StaffMember, record.staff_member_id) is not None


def _may_begin(session: GuardedSession, actor: Actor, record: OfStaffMember) -> bool:
    """A new row is of a person in sight, in a group in sight, and claims no number of somebody else."""
    if session.get(StaffMember, record.staff_member_id) is None:
        return False
    if isinstance(record, Enrolment):
        return session.get(TrainingGroup, record.group_id) is not None
    if isinstance(record, Certificate):
        return record.issuer_unit_id in {None, actor.unit_id, actor.region_id} or actor.unit_kind is UnitKind.REGION
    if isinstance(record, Attendance):
        enrolment = session.get(Enrolment, record.enrolment_id)
        return enrolment is not None and enrolment.staff_member_id == record.staff_member_id
    return True


def _may_hold(session: GuardedSession, position: StaffPosition) -> bool:
    """A position opens the whole card to its unit: it is given to a person in sight, or known by papers."""
    if inspect(position).persistent and not _differs(position, ("staff_member_id",)):
        return True
    if position.staff_member_id == session.info.get(KNOWN_BY_PAPERS):
        return True
    return session.get(StaffMember, position.staff_member_id) is not None


def _may_join(session: GuardedSession, row: ScopeColumns, measure_id: int) -> bool:
    """A row of a measure opens it to the row's unit: it is added to, and moved to, a measure in sight."""
    if inspect(row).persistent and not _differs(row, ("measure_id",)):
        return True
    return session.get(CorrectiveMeasure, measure_id) is not None


def _may_take(actor: Actor, person: StaffMember) -> bool:
    """A person is moved by whoever stands above both places; one who works nowhere is taken by the next place."""
    if not _moved(person) or actor.unit_kind is UnitKind.REGION:
        return True
    history = inspect(person).attrs
    if actor.unit_kind is UnitKind.MUNICIPALITY and not history.municipality_id.history.deleted:
        return True
    was_working = history.is_working.history.deleted or history.is_working.history.unchanged
    return list(was_working) == [False]


def _may_write_unit(actor: Actor, unit: OrgUnit) -> bool:
    if actor.unit_kind is UnitKind.REGION:
        return unit.region_id == actor.unit_id
    return actor.unit_kind is UnitKind.MUNICIPALITY and unit.municipality_id == actor.unit_id


def _moved(record: ScopeColumns) -> bool:
    """Records do not change their unit by hand: units move, and the database takes their records along."""
    return _differs(record, SCOPE)


def _may_write_own(actor: Actor, record: OfPerson) -> bool:
    """What a person made in a unit stays that person's, there."""
    if inspect(record).persistent and _differs(record, ("user_id", "org_unit_id")):
        return False
    return record.user_id == actor.user_id and record.org_unit_id == actor.unit_id


def _differs(record: object, names: tuple[str, ...]) -> bool:
    state = inspect(record)
    return any(
        state.attrs[name].history.has_changes() and state.attrs[name].history.deleted not in ((), [None])
        for name in names
    )
