"""Mailings by the clock: each letter in its recipient's own scope, at its hour, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.models import Assignment
from app.models.enumeration import AssignmentStatus
from app.models.mailing import MailTiming, MessageStatus
from app.services.mailing import MAKE, SEND, Plan
from tests.jobs.mail_world import (
    DUE,
    PLACES,
    WEEK,
    an_order,
    change,
    give_addresses,
    jobs_of,
    journal,
    letters_of,
    run_all,
    set_up,
    words_of,
)


def test_each_recipient_gets_the_rows_of_their_own_part_and_nothing_else(engine, weekly, keeper, post, tick):
    tick(DUE)
    run_all(engine, post)
    assert len(keeper.letters) == 3
    wanted = {
        "municipality": {"municipality", "school", "school2"},
        "school": {"school"},
        "school_b": {"school_b"},
    }
    everybody = ("municipality", "municipality2", "school", "school2", "school_b")
    for login, rows in wanted.items():
        [letter] = keeper.to(f"{login}@example.ru")
        told = words_of(letter)
        assert {key for key in everybody if f"у {key} свой" in told} == rows, login
        assert "Тульская" not in told
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.SENT}


def test_the_letter_says_what_when_whose_and_how_to_stop(engine, weekly, keeper, post, tick):
    tick(DUE)
    run_all(engine, post)
    [letter] = keeper.to("school@example.ru")
    assert letter["Subject"] == "Исполнение: состояние на 23.11.2026"
    assert letter["From"] == "Мониторинг <noreply@vsoko.example.ru>"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_body(("plain",)).get_content()
    assert "Состояние на 23.11.2026 08:05" in text
    assert "МБОУ СОШ «school»" in text
    assert f"https://vsoko.example.ru/mail-stop/{weekly}" in text
    assert "https://vsoko.example.ru/orders/" in text
    [file] = letter.iter_attachments()
    assert file.get_filename() == "Исполнение распоряжения № 3.12-118-Р на 23.11.2026.xlsx"
    assert "@" not in text


def test_who_got_it_stands_in_the_journal_as_if_taken_by_hand(engine, weekly, keeper, post, tick, world):
    tick(DUE)
    run_all(engine, post)
    rows = {row.actor_user_id: row for row in journal(engine)}
    assert set(rows) == {world.users[login] for login in PLACES}
    assert rows[world.users["municipality"]].changes == {"rows": [None, 3]}
    assert rows[world.users["school"]].note == "отправлено по почте"
    assert rows[world.users["school"]].actor_unit_name == "МБОУ СОШ «school»"


def test_once_a_week_however_many_processes_and_ticks(engine, weekly, keeper, post, tick):
    for minutes in range(0, 300, 20):
        tick(DUE + timedelta(minutes=minutes), fresh=True)
        run_all(engine, post)
    tick(DUE + timedelta(days=1))
    run_all(engine, post)
    assert len(keeper.letters) == 3
    assert [job.kind for job in jobs_of(engine)] == [MAKE, SEND]
    tick(DUE + WEEK)
    run_all(engine, post)
    assert len(keeper.letters) == 6
    names = [letter["Message-ID"] for letter in keeper.letters]
    assert len(set(names)) == 6


@pytest.mark.parametrize(
    ("later", "letters"),
    [
        (timedelta(minutes=-10), 0),
        (timedelta(hours=9), 3),
        (timedelta(hours=15, minutes=50), 3),
        (timedelta(hours=16), 0),
    ],
)
def test_a_slot_missed_is_made_up_for_on_its_own_day_only(engine, weekly, keeper, post, tick, later, letters):
    """08:05 on Monday; nothing stood since. Until midnight of the region it still goes out."""
    tick(DUE + later)
    run_all(engine, post)
    assert len(keeper.letters) == letters


def test_what_lies_before_its_making_is_not_made_up_for(engine, world, actor, keeper, post, tick):
    give_addresses(engine, world, "school")
    set_up(engine, world, actor, an_order(engine, world).order_id, "school", now=DUE + timedelta(minutes=1))
    tick(DUE + timedelta(hours=1))
    assert jobs_of(engine) == []
    tick(DUE + WEEK)
    run_all(engine, post)
    assert len(keeper.letters) == 1


def test_before_a_term_once_and_only_while_something_is_open(engine, world, actor, keeper, post, tick):
    give_addresses(engine, world, "school", "school_b")
    order = an_order(engine, world)
    plan = Plan("Срок близко", MailTiming.BEFORE_TERM, hour=8, days_before=3)
    number = set_up(engine, world, actor, order.order_id, "school", "school_b", plan=plan)
    eve = datetime(2026, 12, 21, 21, 30, tzinfo=UTC)  # the 22nd of December on Sakhalin
    for moment in (eve - timedelta(days=1), eve, eve + timedelta(hours=2), eve + timedelta(days=1)):
        tick(moment)
        run_all(engine, post)
    assert {one.slot for one in letters_of(engine, number)} == {"term 2026-12-25"}
    assert len(keeper.letters) == 2
    # The next term: everything due then is already done, so nothing is said.
    for key in ("municipality", "municipality2", "school", "school2", "school_b"):
        values = {"due_on": date(2026, 12, 30), "status": AssignmentStatus.DONE, "done_on": date(2026, 12, 20)}
        change(engine, Assignment, order.assignments["1", key], **values)
    tick(eve + timedelta(days=5))
    assert run_all(engine, post) == 0
