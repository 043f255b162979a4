"""A register by mail: the page's own code run as each recipient, with the conditions and the rights of the moment."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.admin.mail_register import KIND, parameters_of
from app.models import AuditEvent, Membership
from app.models.mailing import MailTiming, MessageStatus
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session
from app.services.mail_recipient import NOT_ALLOWED
from app.services.mailing import Plan
from app.web.session import acting_as
from tests.factories.order import Point, issue_order
from tests.jobs.mail_world import DUE, give_addresses, letters_of, run_all, set_up, words_of

EVERYBODY = ("municipality", "municipality2", "school", "school2", "school_b")


@pytest.fixture
def parameters(app, engine, actor):
    def of(register, *pairs):
        with (
            GuardedSession(engine, info={"actor": actor("region")}) as session,
            acting_as(app, actor("region"), session),
        ):
            return parameters_of(register, list(pairs))

    return of


@pytest.fixture
def orders(engine, world):
    for number, due_on in (("late", date(2026, 10, 1)), ("later", date(2026, 12, 25))):
        to = {key: {"responsible": f"{number} {key}."} for key in EVERYBODY}
        issue_order(engine, world, number=number, points=(Point("1", due_on, to),))
    issue_order(
        engine, world, issuer="foreign_region",
        points=(Point("1", date(2026, 10, 1), {"foreign_school": {"responsible": "late foreign."}}),),
    )  # fmt: skip


@pytest.fixture
def post_of_pages(post, app):
    post.around = app.app_context
    return post


def set_up_list(engine, world, actor, parameters, *to):
    plan = Plan("Просрочено", MailTiming.WEEKLY, hour=8, weekday=0)
    return set_up(engine, world, actor, None, *to, plan=plan, kind=KIND, parameters=parameters)


def test_overdue_assignments_of_each_recipients_own_part(
    engine, world, actor, keeper, post_of_pages, tick, orders, parameters
):
    give_addresses(engine, world, *EVERYBODY, "provider", "foreign_school")
    to = ("municipality", "school", "school_b", "provider")
    number = set_up_list(
        engine, world, actor, parameters("assignment", ("overdue", "1"), ("on_day", "2026-09-01")), *to
    )
    tick(DUE)
    run_all(engine, post_of_pages)
    wanted = {"municipality": {"municipality", "school", "school2"}, "school": {"school"}, "school_b": {"school_b"}}
    for login, rows in wanted.items():
        [letter] = keeper.to(f"{login}@example.ru")
        told = words_of(letter)
        assert {key for key in EVERYBODY if f"late {key}." in told} == rows, login
        assert not [key for key in EVERYBODY if f"later {key}." in told], login
        assert "foreign" not in told
        assert "/assignments/?overdue=1" in letter.get_body(("plain",)).get_content()
    assert keeper.to("provider@example.ru") == []
    states = {one.user_id: one.status for one in letters_of(engine, number)}
    assert states.pop(world.users["provider"]) is MessageStatus.SKIPPED
    assert set(states.values()) == {MessageStatus.SENT}
    with open_session(engine, reason="tests look") as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert {(row.record_type, row.actor_user_id, row.org_unit_id) for row in found} == {
        ("assignment", world.users[login], world.units[login]) for login in wanted
    }


def test_a_recipient_to_whom_the_register_is_closed_gets_no_letter(
    engine, world, actor, keeper, post_of_pages, tick, parameters
):
    give_addresses(engine, world, "school", "colleague", "municipality")
    with open_session(engine, reason="tests take duties") as session:
        session.connection(execution_options={"writes": True})
        for one in session.scalars(select(Membership).where(Membership.user_id == world.users["municipality"])):
            if one.duty.value == "unit_admin":
                session.delete(one)
    number = set_up_list(engine, world, actor, parameters("user"), "school", "municipality")
    tick(DUE)
    run_all(engine, post_of_pages)
    assert [to for _, [to] in keeper.envelopes] == ["school@example.ru"]
    assert "municipality" not in words_of(keeper.letters[0])
    [skipped] = [one for one in letters_of(engine, number) if one.status is MessageStatus.SKIPPED]
    assert skipped.told == NOT_ALLOWED
