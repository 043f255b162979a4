"""What CHECKs cannot say: the journal is only added to; search by parts of words on PostgreSQL."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

SAID = ("at", "actor_user_id", "actor_name", "actor_unit_name", "record_type", "record_id", "action", "note", "changes")
# Folded text for LIKE '%…%'; SQLite reads the few thousand units of a region faster than an index would help.
SEARCHED = ("org_unit", "order", "user")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        columns = ", ".join(f'"{name}"' for name in SAID)
        op.execute(
            f"CREATE TRIGGER audit_event_unchanged BEFORE UPDATE OF {columns} ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END"
        )
        op.execute(
            "CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION journal_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    columns = ", ".join(f'"{name}"' for name in SAID)
    op.execute(
        f"CREATE TRIGGER audit_event_unchanged BEFORE UPDATE OF {columns} ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION journal_is_only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION journal_is_only_added_to()"
    )
    # Trusted since PostgreSQL 13: the owner of the database may create it. Absent in some builds: search still works.
    available = op.get_bind().exec_driver_sql("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").scalar()
    if available:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in SEARCHED:
            op.execute(f'CREATE INDEX ix_{table}_search ON "{table}" USING gin (search gin_trgm_ops)')


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_event_unchanged")
        op.execute("DROP TRIGGER audit_event_kept")
        return
    for table in SEARCHED:
        op.execute(f"DROP INDEX IF EXISTS ix_{table}_search")
    op.execute("DROP TRIGGER audit_event_unchanged ON audit_event")
    op.execute("DROP TRIGGER audit_event_kept ON audit_event")
    op.execute("DROP FUNCTION journal_is_only_added_to()")
