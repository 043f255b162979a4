"""What the journal tells of a programme or a group: who moved it and with which words, to whoever reads its journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.models import AuditEvent, Programme, TrainingGroup
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import clock

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a timeline; `status` gives its colour."""

    action: str
    who: str
    when: str
    note: str
    status: str
    changes: tuple[()] = ()


def deeds_of(
    session: GuardedSession, actor: Actor, record: Programme | TrainingGroup, words: Mapping[str, tuple[str, str]]
) -> list[Deed]:
    """`words`: by the action what is told and the state it led to; the newest first."""
    rows = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.record_type == record.__tablename__,
            AuditEvent.record_id == record.id,
            AuditEvent.action.in_(words),
        )
        .order_by(AuditEvent.id.desc())
        .limit(SHOWN)
    )
    return [
        Deed(
            words[row.action][0],
            row.actor_name,
            f"{clock.local(row.at, actor.time_zone):%d.%m.%Y %H:%M}",
            row.note,
            words[row.action][1],
        )
        for row in rows
    ]
