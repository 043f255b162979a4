"""The journal: a row for every change, in the same transaction, and never taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from app.models import Assignment, AuditEvent, User
from app.policies.unscoped import open_session
from tests.factories.order import Point, issue_order

JOURNAL = AuditEvent.__table__


@pytest.fixture
def number(engine, world) -> int:
    return issue_order(engine, world, points=(Point("1", to=("school", "school2")),)).assignments["1", "school"]


def events_of(engine, number: int) -> list[AuditEvent]:
    with open_session(engine, reason="tests look") as session:
        return list(
            session.scalars(
                select(AuditEvent).where(AuditEvent.record_type == "assignment", AuditEvent.record_id == number)
            )
        )


def test_a_change_leaves_who_what_before_and_after(engine, work, number):
    session = work("municipality")
    session.get_one(Assignment, number).note = "Позвонить"
    session.commit()
    created, changed = events_of(engine, number)
    assert created.action == "create"
    assert (changed.action, changed.changes) == ("change", {"note": ["", "Позвонить"]})
    assert changed.actor_name == "Сотрудник municipality"
    assert changed.actor_unit_name == "Томаринский муниципальный округ"


def test_what_is_rolled_back_leaves_no_row(engine, work, number):
    session = work("municipality")
    session.get_one(Assignment, number).note = "Позвонить"
    session.flush()
    session.rollback()
    assert len(events_of(engine, number)) == 1


def test_secrets_stay_out_of_the_journal(engine, world):
    with open_session(engine, reason="tests change a password") as session:
        session.get_one(User, world.users["school"]).password_hash = "$argon2id$secret"
    with open_session(engine, reason="tests look") as session:
        assert "secret" not in str([event.changes for event in session.scalars(select(AuditEvent))])


@pytest.mark.parametrize("statement", [update(JOURNAL).values(note="иначе"), delete(JOURNAL)])
def test_the_database_refuses_to_change_the_journal(engine, number, statement):
    with engine.connect() as connection, pytest.raises(DatabaseError, match="only added to"):
        connection.execute(statement)
