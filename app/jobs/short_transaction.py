"""A transaction of its own within a task: what is done stands, whatever becomes of the task after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.jobs.post_room import engine_of
from app.jobs.run import Run
from app.policies.guard import GuardedSession


@contextmanager
def short_transaction(run: Run) -> Iterator[GuardedSession]:
    """A writing session in the asker's scope, committed at the end; an error inside leaves nothing of it."""
    info = {"actor": run.actor, "request_id": run.session.info.get("request_id", "")}
    with GuardedSession(engine_of(run.session), info=info, expire_on_commit=False) as session:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
