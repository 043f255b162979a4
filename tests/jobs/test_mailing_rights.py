"""Whoever lost the right to a letter, or to send it, is passed over with a word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import Membership, Order, OrgUnit, User
from app.models.enumeration import Duty, OrderStatus
from app.models.mailing import MailingStatus, MessageStatus
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session
from app.services import mail_refusal, mailing
from app.services.mail_recipient import LEFT, NOT_OPEN
from app.services.mailing import MAKER_IS_GONE, ORDER_IS_FILED
from tests.jobs.mail_world import (
    DUE,
    WEEK,
    an_order,
    change,
    drop_duties,
    give_addresses,
    jobs_of,
    journal,
    letters_of,
    run_all,
    set_up,
    the_mailing,
)


@pytest.mark.parametrize(
    ("model", "of", "values", "told"),
    [
        (User, "school", {"email": ""}, "почты"),
        (User, "school", {"is_active": False}, "отключена"),
    ],
)
def test_a_recipient_who_lost_account_or_address_is_skipped_with_a_word(
    engine, world, weekly, keeper, post, tick, model, of, values, told
):
    change(engine, model, world.users[of], **values)
    tick(DUE)
    run_all(engine, post)
    assert keeper.to("school@example.ru") == []
    assert len(keeper.letters) == 2
    [skipped] = [one for one in letters_of(engine, weekly) if one.status is MessageStatus.SKIPPED]
    assert told in skipped.told


def test_a_recipient_who_stands_there_no_more_is_skipped_even_between_making_and_sending(
    engine, world, weekly, keeper, post, tick
):
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)
    drop_duties(engine, world.users["school"], world.units["school"])
    run_all(engine, post)
    assert keeper.to("school@example.ru") == []
    assert len(keeper.letters) == 2
    tick(DUE + WEEK)
    run_all(engine, post)
    assert len(keeper.letters) == 4


def test_a_recipient_who_refused_gets_no_more(engine, world, actor, weekly, keeper, post, tick):
    with GuardedSession(engine, info={"actor": actor("school")}) as session:
        session.connection(execution_options={"writes": True})
        mail_refusal.refuse(session, actor("school"), weekly)
        session.commit()
    tick(DUE)
    run_all(engine, post)
    assert keeper.to("school@example.ru") == []
    assert "Отказался от этих писем." in {one.told for one in letters_of(engine, weekly)}


def test_the_maker_without_rights_pauses_the_mailing_with_a_sentence(engine, world, weekly, keeper, post, tick):
    drop_duties(engine, world.users["region"], world.units["region"])
    tick(DUE)
    assert run_all(engine, post) == 0
    stopped = the_mailing(engine, weekly)
    assert (stopped.status, stopped.pause_note) == (MailingStatus.PAUSED, MAKER_IS_GONE)
    assert [row.note for row in journal(engine, "stop")] == [MAKER_IS_GONE]


def test_the_maker_who_loses_rights_after_the_making_sends_nothing_more(engine, world, weekly, keeper, post, tick):
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)
    drop_duties(engine, world.users["region"], world.units["region"])
    run_all(engine, post)
    assert keeper.letters == []
    # The sending rests after a failure; then the clock finds why it failed.
    tick(DUE + timedelta(minutes=30))
    run_all(engine, post)
    assert keeper.letters == []
    assert the_mailing(engine, weekly).status is MailingStatus.PAUSED
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.SKIPPED}


def test_a_document_in_the_files_ends_its_mailing(engine, weekly, keeper, post, tick):
    change(engine, Order, the_mailing(engine, weekly).order_id, status=OrderStatus.CLOSED)
    tick(DUE)
    assert run_all(engine, post) == 0
    assert the_mailing(engine, weekly).pause_note == ORDER_IS_FILED


def test_a_paused_mailing_sends_nothing_not_even_what_waits(engine, actor, weekly, keeper, post, tick):
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)
    with GuardedSession(engine, info={"actor": actor("region")}) as session:
        session.connection(execution_options={"writes": True})
        mailing.pause(session, actor("region"), mailing.the_one(session, weekly))
        session.commit()
    run_all(engine, post)
    tick(DUE + WEEK)
    run_all(engine, post)
    assert keeper.letters == []
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.SKIPPED}


def test_one_to_whom_the_document_shows_nothing_gets_no_letter(engine, world, actor, keeper, post, tick):
    give_addresses(engine, world, "provider", "school")
    number = set_up(engine, world, actor, an_order(engine, world).order_id, "provider", "school")
    tick(DUE)
    run_all(engine, post)
    assert len(keeper.letters) == 1
    assert {one.status for one in letters_of(engine, number)} == {MessageStatus.SENT, MessageStatus.SKIPPED}


def test_a_school_that_moved_away_gets_no_more_letters_of_its_old_municipality(
    engine, world, actor, keeper, post, tick
):
    give_addresses(engine, world, "school", "school2")
    order = an_order(engine, world).order_id
    number = set_up(engine, world, actor, order, "school", "school2", login="municipality")
    # Who also works in a school that stays is still a person of the municipality, but the letter was the other school's.
    with open_session(engine, reason="tests give a duty") as session:
        session.connection(execution_options={"writes": True})
        duty = {"user_id": world.users["school"], "org_unit_id": world.units["school2"], "duty": Duty.OBSERVER}
        session.add(Membership(**duty))
    new_place = {"parent_id": world.units["municipality2"], "municipality_id": world.units["municipality2"]}
    change(engine, OrgUnit, world.units["school"], **new_place)
    tick(DUE)
    run_all(engine, post)
    assert [to for _, to in keeper.envelopes] == [["school2@example.ru"]]
    assert LEFT in {one.told for one in letters_of(engine, number)}


def test_a_provider_whom_the_document_does_not_address_is_told_nothing(engine, world, actor, keeper, post, tick):
    give_addresses(engine, world, "provider")
    number = set_up(engine, world, actor, an_order(engine, world).order_id, "provider")
    tick(DUE)
    run_all(engine, post)
    assert keeper.letters == []
    assert [one.told for one in letters_of(engine, number)] == [NOT_OPEN]
