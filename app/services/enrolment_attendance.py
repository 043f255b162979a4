"""Who was present on which day of a group."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Attendance, Enrolment, StaffMember, TrainingGroup, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services.enrolment_access import fresh, hold, names_of, require_group, require_provider

# Whose days are marked; of the others what was marked stays.
MARKED = frozenset({EnrolmentStatus.ENROLLED, EnrolmentStatus.STUDYING, EnrolmentStatus.COMPLETED})
SHOWN = MARKED | {EnrolmentStatus.CERTIFIED, EnrolmentStatus.DROPPED, EnrolmentStatus.NO_SHOW}
# (number of the enrolment, number of the day) → present, absent, or not marked.
Marks = Mapping[tuple[int, int], bool | None]


@dataclass(frozen=True, slots=True)
class Presence:
    """Days present of the days marked."""

    present: int = 0
    marked: int = 0

    @property
    def label(self) -> str:
        return f"{self.present} из {self.marked}" if self.marked else ""


@dataclass(frozen=True, slots=True)
class GridRow:
    enrolment: Enrolment
    name: str
    marks: dict[int, bool] = field(default_factory=dict)

    @property
    def may_mark(self) -> bool:
        return self.enrolment.status in MARKED

    @property
    def presence(self) -> Presence:
        return Presence(sum(self.marks.values()), len(self.marks))


@dataclass(frozen=True, slots=True)
class Grid:
    """The days of a group in order and its people by name, cut to the actor's scope."""

    days: tuple[TrainingSession, ...]
    rows: tuple[GridRow, ...]


def grid(session: Session, actor: Actor, group: TrainingGroup) -> Grid:
    """Four statements whatever the size."""
    actor.require(Permission.ENROLMENT_READ)
    days = days_of(session, group)
    people = session.execute(
        select(Enrolment, StaffMember)
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .where(Enrolment.group_id == group.id, Enrolment.status.in_(SHOWN))
        .order_by(StaffMember.name_key, Enrolment.id)
    )
    rows = {enrolment.id: GridRow(enrolment, person.label) for enrolment, person in people}
    for mark in session.scalars(select(Attendance).where(Attendance.enrolment_id.in_(rows))):
        rows[mark.enrolment_id].marks[mark.session_id] = mark.present
    return Grid(tuple(days), tuple(rows.values()))


def days_of(session: Session, group: TrainingGroup) -> list[TrainingSession]:
    mine = select(TrainingSession).where(TrainingSession.group_id == group.id)
    return list(session.scalars(mine.order_by(TrainingSession.held_on, TrainingSession.id)))


def presence_of(session: Session, enrolment_ids: Collection[int]) -> dict[int, Presence]:
    """By the number of the enrolment, of those with a mark; one statement."""
    present = func.sum(case((Attendance.present, 1), else_=0))
    rows = session.execute(
        select(Attendance.enrolment_id, present, func.count(Attendance.id))
        .where(Attendance.enrolment_id.in_(enrolment_ids))
        .group_by(Attendance.enrolment_id)
    )
    return {number: Presence(int(there or 0), marked) for number, there, marked in rows}


def mark(session: Session, actor: Actor, group: TrainingGroup, marks: Marks, *, today: date) -> int:
    """Writes what differs and returns how many marks were written; None takes a mark away.

    Raises NotFound for a person or a day of another group, Invalid for a day that has not come, WrongState for one
    whose days are no longer marked: then nothing is written.
    """
    actor.require(Permission.ENROLMENT_KEEP)
    held = hold(session, group)
    require_group(held.group, GroupStatus.STUDYING, GroupStatus.FINISHED)
    enrolments = fresh(session, held.group, {number for number, _ in marks})
    days = {day.id: day for day in days_of(session, held.group)}
    if not {day for _, day in marks} <= days.keys():
        raise NotFound
    kept = select(Attendance).where(Attendance.enrolment_id.in_(enrolments))
    known = {
        (row.enrolment_id, row.session_id): row
        for row in session.scalars(kept.execution_options(populate_existing=True))
    }
    changed = {key: value for key, value in marks.items() if _stands(known.get(key)) is not value}
    _require_markable(session, actor, [enrolments[number] for number, _ in changed])
    late = sorted({days[day].held_on for _, day in changed if days[day].held_on > today})
    if late:
        raise Invalid(f"Занятие {late[0]:%d.%m.%Y} ещё не прошло: посещаемость отмечают с его дня.")
    for (number, day), value in changed.items():
        row = known.get((number, day))
        if value is None and row is not None:
            session.delete(row)
        elif row is not None:
            row.present = bool(value)
        else:
            person = enrolments[number].staff_member_id
            made = Attendance(enrolment_id=number, session_id=day, staff_member_id=person, present=bool(value))
            session.add(made)
    session.flush()
    return len(changed)


def _stands(row: Attendance | None) -> bool | None:
    return None if row is None else row.present


def _require_markable(session: Session, actor: Actor, enrolments: Collection[Enrolment]) -> None:
    for enrolment in enrolments:
        require_provider(enrolment, actor)
        if enrolment.status not in MARKED:
            name = names_of(session, [enrolment.staff_member_id])[enrolment.staff_member_id]
            raise WrongState(f"{name}: {enrolment.status.label}. Посещаемость этого человека больше не отмечают.")
