"""The only door past the row scope. A contract lists who may import this module; each opening names its reason.

Sign-in reads the user before an actor exists; commands make regions; integrity checks (a number already taken)
must see what the actor may not. What is read here is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from app.policies.guard import OPEN, GuardedSession

# `session.execute(statement, execution_options=UNSCOPED)` for one statement of plain columns.
UNSCOPED = {"open": OPEN}


@contextmanager
def open_session(engine: Engine, *, reason: str) -> Iterator[GuardedSession]:
    """A session of its own over all rows; commits at the end, rolls back on an error."""
    if not reason:
        raise ValueError("an opening past the row scope names its reason")
    with GuardedSession(engine, info={"open": OPEN, "reason": reason}, expire_on_commit=False) as session:
        yield session
        session.commit()
