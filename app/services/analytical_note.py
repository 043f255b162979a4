"""Analytical notes on a round: made from its figures, kept as a file, sent out as a point «довести» of a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import cast

from sqlalchemy import Select, Table, case, func, select
from sqlalchemy.orm import Session

from app.documents.analytical_note import write
from app.documents.file_store import FileStore
from app.models import AnalyticalNote, Assignment, MonitoringRound, Order, OrgUnit
from app.models.assignment import FULFILLED_STATUSES
from app.models.enumeration import (
    AddresseeClauseKind,
    AssignmentStatus,
    Modality,
    OrderKind,
    OrderStatus,
    RoundStatus,
    UnitKind,
)
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.services import order as orders
from app.services.analytical_note_figures import figures
from app.services.order import ClauseValues, PointValues
from app.services.order_head import as_people_sort, name_of
from app.services.round_sheets import places, sheets_of

# Labels only: the scope stands on the assignment, and a composite key ties its columns to these rows.
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_reader")
_NO_FOLDERS = str.maketrans("/\\", "--")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the letter reached; `acknowledged_on` is the day on which the unit confirmed that it has read."""

    assignment_id: int
    unit_id: int
    unit: str
    status: AssignmentStatus
    acknowledged_on: date | None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in a list, and where its letter stands: to how many it was given, how many have read it."""

    note: AnalyticalNote
    order: Order | None
    addressed: int = 0
    acknowledged: int = 0

    @property
    def is_sent(self) -> bool:
        return self.order is not None and self.order.status is not OrderStatus.DRAFT


def subjects(session: Session, actor: Actor, held: MonitoringRound) -> list[tuple[int, str]]:
    """Whom the actor may write about: its own unit, and for a region each municipality with schools in the round."""
    own = (actor.unit_id or 0, actor.unit_name)
    if actor.unit_kind is not UnitKind.REGION:
        return [own]
    towns = [place for place in places(sheets_of(session, held.id)) if place[0] != actor.unit_id]
    # A municipality's own round is about that municipality alone.
    return towns if held.is_municipal else [own, *towns]


def make(
    session: Session,
    actor: Actor,
    held: MonitoringRound,
    about_id: int,
    *,
    store: FileStore,
    now: datetime,
    today: date,
) -> AnalyticalNote:
    """A note of the actor's unit with its file in the store; nobody else sees it until it is sent.

    Raises WrongState for a round that is not open yet, NotFound for a unit that it cannot be about.
    """
    actor.require(Permission.NOTE_WRITE)
    actor.require(Permission.ASSESSMENT_READ)
    if held.status is RoundStatus.DRAFT:
        raise WrongState("Цикл ещё не открыт: писать справку пока не о чем.")
    about = next((one for one in subjects(session, actor, held) if one[0] == about_id), None)
    if about is None:
        raise NotFound
    told = figures(session, actor, held, about, now=now, today=today)
    # A slash («2026/2027») would be taken for the end of a folder's name, and no file system keeps a colon.
    name = f"{told.title} {told.made_at:%Y-%m-%d}.docx".translate(_NO_FOLDERS).replace(": ", " – ")
    stored = store.put(BytesIO(write(told)), name)
    note = AnalyticalNote(
        org_unit_id=actor.unit_id,
        round_id=held.id,
        about_id=about_id,
        title=told.title,
        digest=stored.digest,
        size=stored.size,
        file_name=stored.file_name,
        made_at=now,
        made_by=actor.signature,
    )
    session.add(note)
    session.flush()
    return note


def send(session: Session, actor: Actor, note: AnalyticalNote, *, today: date) -> Order:
    """A draft letter of one point «довести» with the note attached; the person looks at it and issues it.

    The region's own note goes to all municipalities, one about a municipality to that one, a municipality's to its
    schools; the draft's addressees may be changed as in any order. Raises NotPermitted for another unit's note,
    WrongState for one that stands on a letter already.
    """
    actor.require(Permission.NOTE_WRITE)
    if note.org_unit_id != actor.unit_id:
        raise NotPermitted("Справку отправляет организация, которая её составила.")
    # Two windows that send at once: the second finds the letter of the first.
    session.refresh(note, with_for_update=True)
    if note.order_id is not None:
        raise WrongState("Справка уже приложена к документу: откройте его и выпустите или удалите черновик.")
    held = session.get_one(MonitoringRound, note.round_id)
    order = orders.create_draft(
        session,
        actor,
        kind=OrderKind.LETTER,
        dated_on=today,
        title=f"Об аналитической справке по итогам цикла «{held.title}»",
    )
    values = PointValues(
        number="1",
        text=f"Ознакомиться с приложенной аналитической справкой по итогам цикла «{held.title}» и подтвердить это.",
        modality=Modality.INFORM,
    )
    point = orders.add_point(session, actor, order, values)
    orders.set_addressees(session, actor, order, point, [_addressees(actor, note)])
    note.order_id = order.id
    session.flush()
    return order


def _addressees(actor: Actor, note: AnalyticalNote) -> ClauseValues:
    if actor.unit_kind is not UnitKind.REGION:
        return ClauseValues(AddresseeClauseKind.ALL_SCHOOLS)
    if note.about_id == actor.unit_id:
        return ClauseValues(AddresseeClauseKind.ALL_MUNICIPALITIES)
    return ClauseValues(AddresseeClauseKind.UNIT, note.about_id)


def the_one(session: Session, note_id: int) -> AnalyticalNote:
    """Raises NotFound outside the scope."""
    found = session.get(AnalyticalNote, note_id)
    if found is None:
        raise NotFound
    return found


def of_round(session: Session, round_id: int) -> list[NoteLine]:
    """The notes on a round that the actor may see, the latest first."""
    return _lines(session, list(session.scalars(_latest().where(AnalyticalNote.round_id == round_id))))


def all_seen(session: Session, *, most: int) -> list[NoteLine]:
    """Made by the actor's part of the tree, or sent to it."""
    return _lines(session, list(session.scalars(_latest().limit(most))))


def line_of(session: Session, note: AnalyticalNote) -> NoteLine:
    return _lines(session, [note])[0]


def of_order(session: Session, order_id: int) -> list[AnalyticalNote]:
    """What is attached to an order: seen by whoever sees the order."""
    return list(
        session.scalars(select(AnalyticalNote).where(AnalyticalNote.order_id == order_id).order_by(AnalyticalNote.id))
    )


def readers(session: Session, note: AnalyticalNote) -> list[Reader]:
    """The addressees of the note's letter within the actor's scope, as people sort names."""
    if note.order_id is None:
        return []
    rows = session.execute(
        select(
            Assignment.id, Assignment.org_unit_id, name_of(_UNIT).label("unit"), Assignment.status, Assignment.done_on
        )
        .join(_UNIT, _UNIT.c.id == Assignment.org_unit_id)
        .where(Assignment.order_id == note.order_id, Assignment.status != AssignmentStatus.WITHDRAWN)
    )
    found = [
        Reader(row.id, row.org_unit_id, row.unit, row.status, row.done_on if row.status in FULFILLED_STATUSES else None)
        for row in rows
    ]
    return sorted(found, key=lambda one: (as_people_sort(one.unit), one.assignment_id))


def _latest() -> Select[AnalyticalNote]:
    return select(AnalyticalNote).order_by(AnalyticalNote.made_at.desc(), AnalyticalNote.id.desc())


def _lines(session: Session, notes: Sequence[AnalyticalNote]) -> list[NoteLine]:
    """Two statements for any number of notes."""
    order_ids = {note.order_id for note in notes if note.order_id is not None}
    if not order_ids:
        return [NoteLine(note, None) for note in notes]
    letters = {order.id: order for order in session.scalars(select(Order).where(Order.id.in_(order_ids)))}
    wanted = (
        select(
            Assignment.order_id,
            func.count().label("addressed"),
            func.sum(case((Assignment.status.in_(FULFILLED_STATUSES), 1), else_=0)).label("acknowledged"),
        )
        .where(Assignment.order_id.in_(order_ids), Assignment.status != AssignmentStatus.WITHDRAWN)
        .group_by(Assignment.order_id)
    )
    read = {row.order_id: (row.addressed, int(row.acknowledged)) for row in session.execute(wanted)}
    return [NoteLine(note, letters.get(note.order_id or 0), *read.get(note.order_id or 0, (0, 0))) for note in notes]
