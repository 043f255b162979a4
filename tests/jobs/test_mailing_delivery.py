"""Letters on their way: servers that are away, kills in the middle, files too large, hostile names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.jobs import mailing as mail_jobs
from app.models import Mailing, MailMessage, User
from app.models.enumeration import JobStatus
from app.models.mailing import MessageStatus
from app.policies.unscoped import open_session
from app.services import clock, job_result, mail_due
from app.services.mail_message import Draft, message_id
from app.services.mailing import MAKE, SEND
from tests.jobs.mail_world import (
    DUE,
    SET_UP,
    change,
    jobs_of,
    letters_of,
    room_for,
    run_all,
    the_mailing,
)


def test_a_server_away_is_tried_again_with_growing_pauses_and_the_letter_stays_the_same(
    engine, weekly, keeper, post, tick, monkeypatch
):
    keeper.answers = ["451 busy"]
    tick(DUE)
    run_all(engine, post)
    assert keeper.letters == []
    waiting = letters_of(engine, weekly)
    assert {one.status for one in waiting} == {MessageStatus.WAITING}
    assert sorted(one.attempts for one in waiting) == [0, 0, 1]
    # The others wait with it: one question a time to a server that is away.
    assert len({one.next_try_at for one in waiting}) == 1
    later = DUE + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    tick(later)
    run_all(engine, post)
    assert {letter["Message-ID"] for letter in keeper.letters} == {f"<{one.message_id}>" for one in waiting}
    assert len(keeper.letters) == 3


def test_a_letter_is_given_up_after_three_days(engine, weekly, keeper, post, tick, monkeypatch):
    moment = DUE
    keeper.answers = ["451 busy"] * 1000
    for _ in range(60):
        monkeypatch.setattr(clock, "now", lambda now=moment: now)
        tick(moment)
        run_all(engine, post)
        moment += timedelta(hours=2)
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.FAILED}
    assert keeper.letters == []


def test_a_mailbox_that_does_not_exist_ends_its_letter_and_no_other(engine, weekly, keeper, post, tick):
    keeper.refused = {"municipality@example.ru"}
    tick(DUE)
    run_all(engine, post)
    assert len(keeper.letters) == 2
    [failed] = [one for one in letters_of(engine, weekly) if one.status is MessageStatus.FAILED]
    assert "проверьте почту" in failed.told


def test_killed_between_the_answer_and_its_writing_the_others_still_go_once(
    engine, weekly, keeper, post, tick, monkeypatch
):
    """The one in doubt is tried again under the same name, after its time; no other letter is."""
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)

    class Killed(BaseException):
        pass

    def killed(*told, **more):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(mail_jobs.mail_message, "sent", killed)
        with pytest.raises(Killed):
            post.run(jobs_of(engine)[-1].id)
    assert len(keeper.letters) == 1
    later = DUE + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    tick(later)
    run_all(engine, post)
    assert len(keeper.letters) == 3
    later = DUE + timedelta(minutes=20)
    tick(later)
    run_all(engine, post)
    assert len(keeper.letters) == 4
    assert len({letter["Message-ID"] for letter in keeper.letters}) == 3


def test_a_failed_making_is_tried_again_within_its_day(engine, weekly, keeper, post, tick, monkeypatch):
    tick(DUE)
    with monkeypatch.context() as broken:
        broken.setattr(mail_jobs, "text_of", lambda facts: 1 / 0)
        run_all(engine, post)
    assert [job.status for job in jobs_of(engine)] == [JobStatus.FAILED]
    assert letters_of(engine, weekly) == []
    tick(DUE + timedelta(hours=1))
    run_all(engine, post)
    assert len(keeper.letters) == 3


def test_without_a_server_letters_wait_and_go_when_there_is_one(engine, weekly, keeper, post, tick, monkeypatch):
    server_room = mail_jobs.room_of
    room_for(engine, None)
    tick(DUE)
    run_all(engine, post)
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.WAITING}
    later = DUE + timedelta(days=4)
    monkeypatch.setattr(clock, "now", lambda: later)
    tick(later)
    run_all(engine, post)
    assert server_room is mail_jobs.room_of
    assert {one.status for one in letters_of(engine, weekly)} == {MessageStatus.FAILED}


def test_a_file_too_large_for_mail_is_a_link(engine, weekly, keeper, post, tick, monkeypatch):
    monkeypatch.setattr(mail_jobs, "LARGEST_ATTACHMENT", 1000)
    tick(DUE)
    run_all(engine, post)
    [letter] = keeper.to("school@example.ru")
    assert list(letter.iter_attachments()) == []
    assert "больше 15 МБ" in letter.get_content()
    assert "https://vsoko.example.ru/orders/" in letter.get_content()


def test_names_with_line_breaks_do_not_become_headers(engine, world, weekly, keeper, post, tick):
    change(engine, User, world.users["school"], name="Анна\r\nBcc: victim@example.ru\r\n\r\nтекст")
    tick(DUE)
    run_all(engine, post)
    [letter] = keeper.to("school@example.ru")
    assert letter["Bcc"] is None
    assert keeper.envelopes[keeper.letters.index(letter)][1] == ["school@example.ru"]


def test_the_file_of_a_letter_is_kept_while_it_waits(engine, weekly, keeper, post, tick):
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)
    digests = {one.digest for one in letters_of(engine, weekly)}
    with open_session(engine, reason="tests look") as session:
        assert digests <= job_result.referenced(session)
    run_all(engine, post)
    with open_session(engine, reason="tests look") as session:
        assert not digests & job_result.referenced(session)


def test_one_letter_per_sending_and_recipient_by_the_database(engine, world, weekly, keeper, post, tick):
    tick(DUE)
    run_all(engine, post)
    first = letters_of(engine, weekly)[0]
    with pytest.raises(IntegrityError), open_session(engine, reason="tests write twice") as session:
        session.connection(execution_options={"writes": True})
        session.add(
            MailMessage(
                org_unit_id=first.org_unit_id, mailing_id=weekly, slot=first.slot, user_id=first.user_id,
                unit_id=first.unit_id, name="", unit_name="", message_id="another@x", made_at=SET_UP,
                next_try_at=SET_UP,
            )
        )  # fmt: skip


def test_two_makings_of_one_sending_write_each_letter_once(engine, weekly, keeper, post, tick):
    tick(DUE)
    [made] = jobs_of(engine)
    with open_session(engine, reason="tests ask twice") as session:
        session.connection(execution_options={"writes": True})
        again = mail_due.ask(session, session.get_one(Mailing, weekly), MAKE, "ещё раз", made.parameters, now=DUE)
    run_all(engine, post)
    assert [job.status for job in jobs_of(engine) if job.id == again.id] == [JobStatus.DONE]
    assert len(letters_of(engine, weekly)) == len(keeper.letters) == 3


def test_letters_that_are_being_sent_are_not_given_to_a_second_job(engine, weekly, keeper, post, tick):
    tick(DUE)
    [made] = jobs_of(engine)
    assert post.run(made.id)
    tick(DUE + timedelta(minutes=1))
    tick(DUE + timedelta(minutes=2))
    assert [job.kind for job in jobs_of(engine)] == [MAKE, SEND]


def test_the_name_of_a_letter_depends_on_mailing_sending_and_recipient_alone(engine, weekly):
    kept = the_mailing(engine, weekly)
    first = Draft(1, 2, "Анна", "Школа")
    name = message_id(kept, "2026-11-23", first, "example.ru")
    assert name == message_id(kept, "2026-11-23", Draft(1, 2, "Анна Петровна", "Лицей", text="иначе"), "example.ru")
    others = {
        message_id(kept, "2026-11-30", first, "example.ru"),
        message_id(kept, "2026-11-23", Draft(1, 3, "Анна", "Школа"), "example.ru"),
        message_id(kept, "2026-11-23", Draft(2, 2, "Анна", "Школа"), "example.ru"),
    }
    assert len(others | {name}) == 4
