"""Two people at the same moment: whoever comes second sees what the first did, and nothing is left half-done."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm.exc import StaleDataError

from app.models import Assignment, TermExtension
from app.models.enumeration import AssignmentStatus, ExtensionStatus
from app.policies.guard import GuardedSession
from app.policies.refusal import NotPermitted, WrongState
from app.services import assignment as assignments
from app.services import term_extension
from tests.factories.order import Point, ask_extension, issue_order

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def slow(engine, actor):
    """A session of a person who read before the others wrote."""
    opened = []

    def session_of(login: str) -> GuardedSession:
        opened.append(GuardedSession(engine, info={"actor": actor(login)}, expire_on_commit=False))
        return opened[-1]

    yield session_of
    for session in opened:
        session.close()


@pytest.mark.parametrize(
    ("login", "act"),
    [
        ("school", term_extension.cancel),
        ("region", lambda *given: term_extension.refuse(*given, now=NOW, note="нет")),
        ("region", lambda *given: term_extension.grant(*given, now=NOW)),
    ],
    ids=["cancel", "refuse", "grant"],
)
def test_a_granted_request_is_not_decided_again(engine, world, work, actor, slow, login, act):
    issued = issue_order(engine, world, points=(Point("1", date(2026, 11, 25), {"school": {}}),))
    number = ask_extension(engine, world, "school", issued.assignments["1", "school"])
    late = slow(login)
    read = late.get_one(TermExtension, number)
    late.commit()
    with work("region") as first:
        term_extension.grant(first, actor("region"), first.get_one(TermExtension, number), now=NOW)
        first.commit()
    with pytest.raises(WrongState):
        act(late, actor(login), read)
    late.rollback()
    with work("region") as session:
        assert session.get_one(TermExtension, number).status is ExtensionStatus.GRANTED
        assert session.get_one(Assignment, issued.assignments["1", "school"]).due_on == date(2026, 12, 25)


def test_nothing_is_asked_of_what_was_closed_meanwhile(engine, world, work, actor, slow):
    issued = issue_order(engine, world, points=(Point("1", date(2026, 11, 25), {"school": {}}),))
    number = issued.assignments["1", "school"]
    late = slow("school")
    read = late.get_one(Assignment, number)
    late.commit()
    with work("region") as first:
        steps = [(first.get_one(Assignment, number), "withdraw")]
        assignments.take_away(first, actor("region"), steps, today=TODAY, note="отменено")
        first.commit()
    with pytest.raises(WrongState):
        term_extension.ask(late, actor("school"), read, due_after=date(2026, 12, 25), reason="ремонт", now=NOW)


def test_a_parent_is_not_withdrawn_past_children_that_were_just_made(engine, world, work, actor, slow):
    issued = issue_order(
        engine, world, points=(Point("1", date(2026, 12, 25), {"municipality": {"status": AssignmentStatus.ACCEPTED}}),)
    )
    number = issued.assignments["1", "municipality"]
    late = slow("region")
    read = late.get_one(Assignment, number)
    late.commit()
    with work("municipality") as first:
        assignments.cascade(
            first,
            actor("municipality"),
            first.get_one(Assignment, number),
            school_ids=[world.units["school"]],
            due_on=date(2026, 12, 1),
            note="",
            today=TODAY,
        )
        first.commit()
    with pytest.raises(StaleDataError):
        assignments.take_away(late, actor("region"), [(read, "withdraw")], today=TODAY, note="отменено")


def test_whoever_gave_the_assignment_decides_on_its_term(engine, world, work, actor):
    """The region on its own order's, the municipality on what it split: neither on the other's."""
    given = {"municipality": {"status": AssignmentStatus.ACCEPTED}, "school": {"parent": "municipality"}, "school2": {}}
    issued = issue_order(engine, world, points=(Point("1", date(2027, 2, 25), given),))
    split = ask_extension(engine, world, "school", issued.assignments["1", "school"])
    direct = ask_extension(engine, world, "school2", issued.assignments["1", "school2"])
    for login, number, refused in (
        ("region", split, True),
        ("municipality", direct, True),
        ("region", direct, False),
    ):
        session = work(login)
        extension = session.get_one(TermExtension, number)
        if refused:
            with pytest.raises(NotPermitted):
                term_extension.refuse(session, actor(login), extension, now=NOW, note="нет")
        else:
            term_extension.refuse(session, actor(login), extension, now=NOW, note="нет")
            assert extension.status is ExtensionStatus.REFUSED
        session.rollback()
