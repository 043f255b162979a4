"""What is done by the clock: once for each minute, hour or day, however many processes stand.

The row that takes a slot and the work of the slot are one transaction: whoever comes second finds the slot taken,
and a process that dies leaves it free. What takes long asks for a job. A slot missed while nothing ran is made up for
once, its predecessors are not.
"""

from __future__ import annotations

import enum
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from app.documents.result_store import ResultStore
from app.jobs.queue import JobQueue
from app.models import ScheduleRun
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session

logger = logging.getLogger(__name__)

RETRY = timedelta(minutes=1)


class Every(enum.StrEnum):
    """The slot of a moment, in UTC."""

    MINUTE = "%Y-%m-%dT%H:%M"
    HOUR = "%Y-%m-%dT%H"
    DAY = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Turn:
    """One slot's work: a session over all rows, committed with the slot."""

    session: GuardedSession
    now: datetime
    store: ResultStore
    queue: JobQueue


Act = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    every: Every
    # So long after the beginning of the minute, hour or day.
    after: timedelta
    act: Act

    def slot(self, now: datetime) -> str:
        return (now - self.after).strftime(self.every.value)


_SCHEDULES: dict[str, Schedule] = {}


def schedule(name: str, *, every: Every, after: timedelta = timedelta(0)) -> Callable[[Act], Act]:
    """`@schedule("sweep", every=Every.MINUTE)` over `def sweep(turn: Turn) -> None`; it does not commit."""

    def register(act: Act) -> Act:
        made = Schedule(name, every, after, act)
        if _SCHEDULES.setdefault(name, made).act is not act:
            raise ValueError(f"two schedules named {name}")
        return act

    return register


def schedules() -> tuple[Schedule, ...]:
    return tuple(_SCHEDULES.values())


class Clockwork:
    """One process's eye on the clock; `tick` may be called as often as one likes."""

    def __init__(self, engine: Engine, queue: JobQueue, store: ResultStore) -> None:
        self._engine = engine
        self._queue = queue
        self._store = store
        # Slots known to be taken, and when to look again after a failure: most ticks ask the database nothing.
        self._taken: dict[str, str] = {}
        self._not_before: dict[str, datetime] = {}

    def tick(self, now: datetime) -> list[str]:
        """Does what is due and not yet done by anybody; the names of what this call has done."""
        return [one.name for one in schedules() if self._is_due(one, now) and self._done(one, now)]

    def do_now(self, name: str, now: datetime) -> None:
        """Whatever its slot: at the start of a process the sweep does not wait for its minute."""
        with open_session(self._engine, reason=f"the schedule {name}") as session:
            session.connection(execution_options={"writes": True})
            _SCHEDULES[name].act(Turn(session, now, self._store, self._queue))

    def _is_due(self, one: Schedule, now: datetime) -> bool:
        if self._taken.get(one.name) == one.slot(now):
            return False
        return now >= self._not_before.get(one.name, now)

    def _done(self, one: Schedule, now: datetime) -> bool:
        slot = one.slot(now)
        try:
            is_mine = not self._is_taken(one.name, slot) and self._act(one, slot, now)
        except Exception as error:  # noqa: BLE001 - the next schedule must have its turn
            self._not_before[one.name] = now + RETRY
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("schedule %s failed: %s\n%s", one.name, type(error).__qualname__, frames)  # noqa: TRY400 - the message of the error may hold data
            return False
        self._taken[one.name] = slot
        return is_mine

    def _is_taken(self, name: str, slot: str) -> bool:
        with open_session(self._engine, reason="slots of schedules are nobody's") as session:
            taken = select(ScheduleRun.id).where(ScheduleRun.name == name, ScheduleRun.slot == slot)
            return session.scalar(taken) is not None

    def _act(self, one: Schedule, slot: str, now: datetime) -> bool:
        """False where another process took the slot first."""
        with open_session(self._engine, reason=f"the schedule {one.name}") as session:
            session.connection(execution_options={"writes": True})
            session.add(ScheduleRun(name=one.name, slot=slot, taken_at=now))
            try:
                session.flush()
            except IntegrityError:
                session.rollback()
                return False
            one.act(Turn(session, now, self._store, self._queue))
        return True
