"""The thread beside a running task: it holds the job, tells how far it is and learns that it shall stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.jobs.run import Reins
from app.policies.unscoped import open_session
from app.services import clock, job_hold

logger = logging.getLogger(__name__)

LONGEST_BEAT = 1.0  # seconds: how old the progress on a page may be
BEATS_PER_LEASE = 4
REASON = "a worker holds the job it runs"


@contextmanager
def held(engine: Engine, number: int, holder: str, lease: timedelta, reins: Reins) -> Iterator[None]:
    """The job is held for as long as the block lasts and this process lives."""
    keeper = _Keeper(engine, number, holder, lease, reins)
    keeper.start()
    try:
        yield
    finally:
        keeper.over.set()
        keeper.join()


class _Keeper(threading.Thread):
    def __init__(self, engine: Engine, number: int, holder: str, lease: timedelta, reins: Reins) -> None:
        super().__init__(name=f"hold-{number}", daemon=True)
        self.over = threading.Event()
        self._engine, self._number, self._holder, self._lease, self._reins = engine, number, holder, lease, reins
        self._told: tuple[int, int | None] = (0, None)
        self._renewed = clock.now()

    def run(self) -> None:
        beat = min(LONGEST_BEAT, self._lease.total_seconds() / BEATS_PER_LEASE)
        while not self.over.wait(beat):
            if self._reins.is_writing and self._engine.dialect.name == "sqlite":
                # The task has SQLite's write lock: nobody can take the job away, and nothing can be told.
                continue
            try:
                self._beat()
            except job_hold.HoldLostError:
                self._reins.is_lost = True
                return
            except SQLAlchemyError as error:
                # Busy or away for a moment: the lease gives time for some more beats.
                logger.warning("the hold of job %d was not renewed: %s", self._number, type(error).__qualname__)

    def _beat(self) -> None:
        now, progress = clock.now(), (self._reins.done, self._reins.total)
        is_due = progress != self._told or now - self._renewed >= self._lease / BEATS_PER_LEASE
        with open_session(self._engine, reason=REASON) as session:
            if is_due:
                session.connection(execution_options={"writes": True})
                stops = job_hold.renew(
                    session, self._number, self._holder, now=now, lease=self._lease, progress=progress
                )
            else:
                stops = job_hold.is_asked_to_stop(session, self._number, self._holder)
        self._reins.is_cancelled = self._reins.is_cancelled or stops
        if is_due:
            self._told, self._renewed = progress, now
