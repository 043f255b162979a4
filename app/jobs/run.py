"""What a task is given: a session in its asker's scope, their parameters, and the means to tell how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.documents.file_store import FileStore
from app.documents.result_store import ResultStore
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import clock, job_hold
from app.services.job_result import ResultFile


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole Russian sentence, the file that was made, the page of what was done."""

    message: str
    result: ResultFile | None = None
    leads_to: str = ""


class StoppedError(RuntimeError):
    """The task ends here because it was asked to."""


class CancelledError(StoppedError):
    """By the person who asked for the job."""


class WorkerStopsError(StoppedError):
    """By the end of the worker itself: the job goes back into the queue."""


class UndeclaredWriteError(RuntimeError):
    def __init__(self) -> None:
        super().__init__("a task calls run.begin_writing() before its first write")


@dataclass(slots=True)
class Reins:
    """Between the task's thread and the one that holds the job for it."""

    done: int = 0
    total: int | None = None
    is_cancelled: bool = False
    is_lost: bool = False
    is_stopping: bool = False
    is_writing: bool = False


@dataclass(slots=True)
class Run:
    """One attempt at a job.

    A task first reads and computes, for as long as it needs, and tells `progress`; then it calls `begin_writing` and
    writes, shortly: on SQLite nobody else writes meanwhile. Its writes and the job's end are one transaction, so it
    never commits. What it read before `begin_writing` may have changed since: what matters is read again there.
    """

    number: int
    holder: str
    session: GuardedSession
    actor: Actor
    parameters: Mapping[str, Any]
    # When this attempt began.
    now: datetime
    store: ResultStore
    files: FileStore
    reins: Reins = field(default_factory=Reins)

    def __post_init__(self) -> None:
        event.listen(self.session, "before_flush", self._require_writing)

    @property
    def today(self) -> date:
        """The asker's day when this attempt began."""
        return clock.local(self.now, self.actor.time_zone).date()

    def progress(self, done: int, total: int | None = None) -> None:
        """Costs nothing: written by the thread beside, about once a second. Checks too whether to go on."""
        self.reins.done = done
        self.reins.total = total if total is not None else self.reins.total
        self.check_cancelled()

    def check_cancelled(self) -> None:
        """Raises where the asker has cancelled, the worker ends or the job has gone to another one."""
        if self.reins.is_lost:
            raise job_hold.HoldLostError
        if self.reins.is_cancelled:
            raise CancelledError
        if self.reins.is_stopping:
            raise WorkerStopsError

    def begin_writing(self) -> None:
        """Ends the reading transaction and begins the one that writes; calling it again changes nothing."""
        if self.reins.is_writing:
            return
        self.check_cancelled()
        self.session.rollback()
        self.reins.is_writing = True
        self.session.connection(execution_options={"writes": True})
        if job_hold.is_asked_to_stop(self.session, self.number, self.holder):
            raise CancelledError

    def keep(self, stream: BinaryIO, name: str, media_type: str) -> ResultFile:
        """The file as the job's result, from where the stream stands; swept if the job does not end well."""
        digest, size = self.store.put(stream)
        return ResultFile(digest, size, name, media_type)

    def _require_writing(self, session: Session, context: object, instances: object) -> None:
        del context, instances
        if not self.reins.is_writing and (session.new or session.dirty or session.deleted):
            raise UndeclaredWriteError
