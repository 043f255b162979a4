"""The queue: it carries numbers of jobs and nothing else, signed; the rows say what is to be done.

A number goes out after the commit of the transaction that wrote the job. A number that is lost on the way is sent
again by the sweep; one that comes twice is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from huey.api import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError
from huey.serializer import SignedSerializer
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.policies.guard import GuardedSession
from app.services.job import OUTBOX

logger = logging.getLogger(__name__)

NAME = "monitoring"
TABLES = "job_queue"
MEMORY = "memory:"
SQLITE = "sqlite:///"
POSTGRES = ("postgresql+psycopg://", "postgresql://", "postgres://")
REDIS = ("redis://", "rediss://", "unix://")
BUSY_SECONDS = 10

_QUEUES: WeakKeyDictionary[Engine, JobQueue] = WeakKeyDictionary()


class JobQueue:
    """`sqlite:///FILE`, `postgresql://…`, `redis://…`, or `memory:` within one process. Opened at the first use."""

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        # A key of its own: what the queue holds must not open sessions, nor the other way round.
        self._key = hmac.new(secret.encode(), b"job queue", hashlib.sha256).hexdigest()
        self._handler: Callable[[int], object] | None = None
        self._is_open = False

    @cached_property
    def huey(self) -> Huey:
        options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(secret=self._key)}
        queue = self._opened(options)
        self._is_open = True
        return queue

    @cached_property
    def _task(self) -> Any:
        @self.huey.task(name="run_job")  # type: ignore[untyped-decorator] # huey ships no types
        def run_job(number: int) -> None:
            if self._handler is not None:
                self._handler(number)

        return run_job

    def handled_by(self, handler: Callable[[int], object]) -> None:
        """What a consumer of this queue does with a number."""
        self._handler = handler
        self._task.call_local  # noqa: B018 - the name is known to the queue from now on

    def send(self, number: int) -> None:
        self._task(number)

    def numbers(self) -> set[int]:
        """All that wait in the queue; what is not signed by this installation is passed over."""
        self._task.call_local  # noqa: B018 - the name is known to the queue from now on
        return {int(task.args[0]) for task in self.huey.pending()}

    def close(self) -> None:
        if self._is_open:
            self.huey.storage.close()

    def _opened(self, options: dict[str, Any]) -> Huey:
        address = self._address
        if address == MEMORY:
            return MemoryHuey(NAME, **options)
        if address.startswith(SQLITE):
            file = Path(address.removeprefix(SQLITE))
            file.parent.mkdir(parents=True, exist_ok=True)
            # Private before anything is in it: whoever writes here gives work to the workers.
            file.touch(mode=0o600)
            return SqliteHuey(NAME, filename=str(file), fsync=True, timeout=BUSY_SECONDS, **options)
        if address.startswith(POSTGRES):
            # The driver's part of the scheme is SQLAlchemy's alone.
            options |= {"dsn": "postgresql://" + address.split("://", 1)[1], "table_prefix": TABLES}
            return _with_tables(lambda: PostgresHuey(NAME, **options))
        if address.startswith(REDIS):
            try:
                return RedisHuey(NAME, url=address, **options)
            except ConfigurationError as error:
                raise ConfigurationError(
                    "QUEUE_URL names Redis: install its client with «pip install redis»."
                ) from error
        raise ConfigurationError("QUEUE_URL must name SQLite, PostgreSQL or Redis.")


def _with_tables(make: Callable[[], Huey]) -> Huey:
    """Two processes that make the tables at once: PostgreSQL refuses one of them, in spite of IF NOT EXISTS."""
    try:
        return make()
    except Exception:  # noqa: BLE001 - whatever it was, it stands at the second time
        return make()


def attach(engine: Engine, queue: JobQueue) -> None:
    """From now on jobs asked for in sessions of this engine go to this queue."""
    _QUEUES[engine] = queue


@event.listens_for(GuardedSession, "after_commit")
def _send(session: Session) -> None:
    # A savepoint's end is no commit yet.
    if session.in_nested_transaction():
        return
    numbers = session.info.pop(OUTBOX, ())
    if not numbers:
        return
    queue = _QUEUES.get(_engine_of(session))
    if queue is None:
        return
    for number in numbers:
        try:
            queue.send(number)
        except Exception:
            # The job stands in its table: the sweep sends it when the queue is there again.
            logger.exception("job %d did not reach the queue", number)
            return


@event.listens_for(GuardedSession, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(OUTBOX, None)


def _engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
