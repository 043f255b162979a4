"""Alembic's environment: the application's own database, both kinds."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from app.models.base import UtcDateTime

database = current_app.extensions["migrate"].db


def rendered(kind: str, item: Any, autogen: Any) -> str | bool:
    """Migrations speak of plain columns: they must run when the models have moved on."""
    del autogen
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """The queue's own tables, where PostgreSQL carries it, are made and kept by its library."""
    del parents
    return not (kind == "table" and name is not None and name.startswith("job_queue_"))


def run() -> None:
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch mode rebuilds tables: with keys enforced, dropping the old one would delete what hangs on it.
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=rendered,
            include_name=is_ours,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database")
run()
