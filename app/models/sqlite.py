"""How every SQLite connection of the process behaves: WAL, foreign keys, patience, transactions that begin for real."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 10_000


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: object) -> None:
    del record
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own implicit transactions begin too late to protect what was read.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: what was acknowledged survives a power cut, in WAL too.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A writing transaction takes the write lock at its beginning; readers are never held up by it."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
