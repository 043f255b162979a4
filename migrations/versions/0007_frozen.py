"""What was published or approved stays as it was: the database refuses to change it."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

PARTS = ("framework_section", "criterion", "criterion_level", "level_band")
OF_FRAMEWORK = ("org_unit_id", "title", "edition", "based_on_id", "caution", "source", "published_at", "published_by")
OF_APPROVAL = (
    "assessment_id",
    "number",
    "canonical",
    "digest",
    "previous_digest",
    "code",
    "approved_at",
    "approved_by",
)
OF_SCORE = (
    *("assessment_id", "criterion_id", "value", "points", "is_na", "na_reason"),
    *("checked_value", "checked_points", "checked_is_na", "agreed_value", "agreed_points", "agreed_is_na"),
    *("final_points", "final_is_na"),
)
EVENTS = ("INSERT", "UPDATE", "DELETE")
PUBLISHED = "a published set of criteria never changes"
APPROVED = "an approved sheet does not change: take the approval off first"
SNAPSHOT = "a snapshot is kept as it was"
# Names of triggers by table.
TRIGGERS = (
    *((f"{table}_published_{event.lower()}", table) for table in PARTS for event in EVENTS),
    *((f"framework_published_{event}", "framework") for event in ("change", "back", "delete")),
    *((f"criterion_score_approved_{event.lower()}", "criterion_score") for event in EVENTS),
    *((f"assessment_approval_{event}", "assessment_approval") for event in ("unchanged", "kept")),
)


def upgrade() -> None:
    for table in PARTS:
        for event in EVENTS:
            row = "OLD" if event == "DELETE" else "NEW"
            standing = f"(SELECT status FROM framework WHERE id = {row}.framework_id)"
            if event == "UPDATE":
                standing += " <> 'draft' OR (SELECT status FROM framework WHERE id = OLD.framework_id)"
            _refuse(f"{table}_published_{event.lower()}", event, table, f"{standing} <> 'draft'", PUBLISHED)
    columns = ", ".join(OF_FRAMEWORK)
    _refuse(
        "framework_published_change", f"UPDATE OF {columns}", "framework", "OLD.status <> 'draft'", PUBLISHED, own=True
    )
    back = "OLD.status <> 'draft' AND NEW.status = 'draft'"
    _refuse("framework_published_back", "UPDATE OF status", "framework", back, PUBLISHED, own=True)
    _refuse("framework_published_delete", "DELETE", "framework", "OLD.status <> 'draft'", PUBLISHED, own=True)
    for event in EVENTS:
        row = "OLD" if event == "DELETE" else "NEW"
        of = f"UPDATE OF {', '.join(OF_SCORE)}" if event == "UPDATE" else event
        standing = f"(SELECT status FROM assessment WHERE id = {row}.assessment_id) = 'approved'"
        _refuse(f"criterion_score_approved_{event.lower()}", of, "criterion_score", standing, APPROVED)
    said = ", ".join(OF_APPROVAL)
    _refuse("assessment_approval_unchanged", f"UPDATE OF {said}", "assessment_approval", "", SNAPSHOT)
    _refuse("assessment_approval_kept", "DELETE", "assessment_approval", "", SNAPSHOT)


def _refuse(name: str, event: str, table: str, when: str, sentence: str, *, own: bool = False) -> None:
    """`own` conditions read the row alone; PostgreSQL wants the others inside a function."""
    if op.get_bind().dialect.name == "sqlite":
        condition = f"WHEN {when} " if when else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    asked = f"IF {when} THEN" if when and not own else "IF TRUE THEN"
    answer = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {asked} "
        f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {answer}; END $$"
    )
    condition = f"WHEN ({when}) " if when and own else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name, table in TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
