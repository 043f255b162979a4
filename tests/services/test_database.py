"""The database refuses impossible states by itself, and the migrations make what the models say."""

from __future__ import annotations

from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import literal_column, text, update
from sqlalchemy.exc import IntegrityError

from app.models import Assignment, AssignmentReport, Base, Order, OrderPoint, OrgUnit, TermExtension, User
from app.models.enumeration import FrameworkStatus
from tests.factories.monitoring import build_framework
from tests.factories.order import Point, issue_order

# Indexes that only PostgreSQL has, made in SQL because they need an extension.
ONLY_POSTGRESQL = {"ix_org_unit_search", "ix_order_search", "ix_user_search"}


def test_migrations_make_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [
            difference
            for difference in compare_metadata(context, Base.metadata)
            if not (difference[0] == "remove_index" and difference[1].name in ONLY_POSTGRESQL)
        ]
    assert found == []


IMPOSSIBLE = {
    "done without a day": (Assignment, {"status": "done"}),
    "off control without a day": (Assignment, {"status": "off_control", "done_on": date(2026, 1, 1)}),
    "withdrawn without a reason": (Assignment, {"status": "withdrawn", "withdrawn_on": date(2026, 1, 1)}),
    "submitted by nobody": (Assignment, {"status": "submitted"}),
    "cascaded without a parent": (Assignment, {"origin": "cascaded"}),
    "a state of another life": (Assignment, {"status": literal_column("'approved'")}),
    "issued without a number": (Order, {"number": ""}),
    "issued without a moment": (Order, {"issued_at": None}),
    "a term of no kind": (OrderPoint, {"term_kind": "none", "due_on": date(2026, 1, 1)}),
    "recurring without a rule": (OrderPoint, {"term_kind": "recurring", "due_on": None}),
    "a point without words": (OrderPoint, {"text": ""}),
    "a region under something": (OrgUnit, {"kind": "region", "parent_id": 1}),
    "closed before it opened": (OrgUnit, {"opened_on": date(2026, 1, 2), "closed_on": date(2026, 1, 1)}),
    "a successor of the living": (OrgUnit, {"successor_id": 1, "closed_on": None}),
    "a login in capitals": (User, {"login": "ADMIN"}),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_state_is_refused(engine, world, name):
    issue_order(engine, world, points=(Point("1", due_on=date(2026, 12, 1), to=("school",)),))
    model, values = IMPOSSIBLE[name]
    table = model.__table__
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(update(table).where(table.c.id == connection.scalar(_some(table))).values(values))


def _some(table):
    from sqlalchemy import func, select

    return select(func.max(table.c.id))


def test_one_final_report_waits_at_a_time(engine, world):
    from datetime import UTC, datetime

    from app.models.enumeration import ReportOutcome
    from app.policies.unscoped import open_session

    issued = issue_order(engine, world, points=(Point("1", to=("school",)),))

    def report() -> AssignmentReport:
        return AssignmentReport(
            org_unit_id=world.units["school"],
            assignment_id=issued.assignments["1", "school"],
            outcome=ReportOutcome.DONE,
            submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
            submitted_on=date(2026, 1, 1),
            submitted_by="кто-то",
        )

    with pytest.raises(IntegrityError), open_session(engine, reason="tests try two") as session:
        session.add_all([report(), report()])
        session.flush()


def test_an_extension_needs_words(engine, world):
    from datetime import UTC, datetime

    from app.policies.unscoped import open_session

    issued = issue_order(engine, world, points=(Point("1", to=("school",)),))
    with pytest.raises(IntegrityError), open_session(engine, reason="tests try") as session:
        session.add(
            TermExtension(
                org_unit_id=world.units["school"],
                assignment_id=issued.assignments["1", "school"],
                due_before=date(2026, 1, 1),
                due_after=date(2026, 2, 1),
                reason="",
                asked_at=datetime(2026, 1, 1, tzinfo=UTC),
                asked_by="кто-то",
            )
        )
        session.flush()


def test_a_moved_unit_takes_its_records_along(engine, world):
    """ON UPDATE CASCADE restamps them in the statement that moves the unit."""
    issued = issue_order(engine, world, points=(Point("1", to=("school", "school2")),))
    units, rows = OrgUnit.__table__, Assignment.__table__
    with engine.begin() as connection:
        connection.execute(
            update(units)
            .where(units.c.id == world.units["school"])
            .values(parent_id=world.units["municipality2"], municipality_id=world.units["municipality2"])
        )
        from sqlalchemy import select

        stamps = dict(connection.execute(select(rows.c.id, rows.c.municipality_id)).all())
    assert stamps[issued.assignments["1", "school"]] == world.units["municipality2"]
    assert stamps[issued.assignments["1", "school2"]] == world.units["municipality"]


@pytest.mark.parametrize("table", ["framework_section", "criterion", "criterion_level", "level_band"])
def test_no_part_of_a_published_set_changes(engine, world, table):
    published, _ = build_framework(engine, world)
    drafted, _ = build_framework(engine, world, title="Черновик", status=FrameworkStatus.DRAFT)
    column = {"criterion_level": "label", "level_band": "name"}.get(table, "title")
    for act in (
        f"UPDATE {table} SET {column} = 'в обход' WHERE framework_id",
        f"DELETE FROM {table} WHERE framework_id",
    ):
        one = f"{act} = :number AND id = (SELECT max(id) FROM {table} WHERE framework_id = :number)"
        with engine.connect() as connection, pytest.raises(IntegrityError, match="published set"):
            connection.execute(text(one), {"number": published})
        if not (table == "framework_section" and act.startswith("DELETE")):
            with engine.connect() as connection:
                assert connection.execute(text(one), {"number": drafted}).rowcount == 1
    moved = f"UPDATE {table} SET framework_id = :published WHERE framework_id = :drafted"
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(moved), {"published": published, "drafted": drafted})
