"""One worker: the work and its end are one transaction, in the asker's place, whatever happens in between."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.jobs.worker import CAME_BETWEEN, STANDS_NO_MORE, UNKNOWN_KIND, failure
from app.models import Job, ListPreset, Membership, User
from app.models.enumeration import Duty, JobStatus
from app.policies.unscoped import open_session
from app.services import job_hold
from tests.jobs.tasks import LEASE, NOW, ask, worker_for


@pytest.fixture
def hands(engine, tmp_path):
    return worker_for(engine, tmp_path)


@pytest.fixture
def asked(engine, world):
    def of(login: str, kind: str, **parameters) -> int:
        unit = world.units.get({"observer": "region"}.get(login, login))
        return ask(engine, world.users[login], unit, kind, parameters)

    return of


@pytest.fixture
def look(engine):
    def at(number: int) -> Job:
        with open_session(engine, reason="tests look") as session:
            return session.get_one(Job, number)

    return at


@pytest.fixture
def presets(engine):
    def names() -> list[str]:
        with open_session(engine, reason="tests look") as session:
            return list(session.scalars(select(ListPreset.name)))

    return names


def change(engine, model, number, **values):
    with open_session(engine, reason="tests change") as session:
        session.connection(execution_options={"writes": True})
        row = session.get_one(model, number)
        for name, value in values.items():
            setattr(row, name, value)


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_a_job_is_done_with_its_sentence_its_progress_and_its_page(hands, asked, look):
    number = asked("school", "test.count", total=5)
    assert hands.run(number)
    done = look(number)
    assert (done.status, done.message, done.leads_to) == (JobStatus.DONE, "Сосчитано: 5.", "/orders/")
    assert (done.progress, done.total, done.attempts) == (5, 5, 1)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.held_until is None


def test_a_number_that_comes_twice_or_of_no_job_is_run_once(hands, asked, look):
    number = asked("school", "test.once")
    assert hands.run(number)
    assert not hands.run(number)
    assert not hands.run(987_654)
    assert look(number).attempts == 1


def test_the_task_sees_its_askers_part_of_the_tree_only(hands, asked, look, engine, world):
    school, region = asked("school", "test.units"), asked("region", "test.units")
    admin = ask(engine, world.users["admin"], None, "test.units")
    for number in (school, region, admin):
        assert hands.run(number)
    assert "Тульская" not in look(school).message
    assert "school2" not in look(school).message
    assert "school2" in look(region).message
    assert "Тульская" not in look(region).message
    assert "Тульская" in look(admin).message


def test_a_row_for_another_person_is_refused_and_nothing_stays(hands, asked, look, presets, world):
    number = asked("school", "test.foreign", user_id=world.users["school2"])
    assert hands.run(number)
    assert look(number).status is JobStatus.FAILED
    assert presets() == []


def test_a_refusal_ends_the_job_with_its_sentence_and_leaves_nothing(hands, asked, look, presets):
    number = asked("school", "test.refuse")
    assert hands.run(number)
    ended = look(number)
    assert (ended.status, ended.message) == (JobStatus.FAILED, "Файл не читается: сохраните его заново.")
    assert presets() == []


def test_whoever_was_overtaken_is_told_so_and_leaves_nothing(hands, asked, look, presets):
    number = asked("school", "test.overtaken")
    assert hands.run(number)
    job = look(number)
    assert (job.status, job.message, presets()) == (JobStatus.FAILED, CAME_BETWEEN, [])


def test_a_fault_is_logged_without_data_and_told_with_a_number(hands, asked, look, presets, caplog):
    number = asked("school", "test.break", person="Иванова Мария")
    with caplog.at_level(logging.WARNING):
        assert hands.run(number)
    assert (look(number).status, look(number).message) == (JobStatus.FAILED, failure(number))
    assert presets() == []
    assert f"job {number} (test.break) failed: ValueError" in caplog.text
    assert "in broken" in caplog.text
    assert "Иванова" not in caplog.text


def test_a_busy_database_is_tried_again_and_not_for_ever(hands, asked, look, presets):
    number = asked("school", "test.busy")
    for attempt in range(1, job_hold.MOST_ATTEMPTS):
        assert hands.run(number)
        assert (look(number).status, look(number).attempts) == (JobStatus.WAITING, attempt)
    assert hands.run(number)
    assert look(number).status is JobStatus.INTERRUPTED
    assert presets() == []


def test_a_task_that_writes_without_saying_so_fails(hands, asked, look, presets):
    number = asked("school", "test.undeclared")
    assert hands.run(number)
    assert look(number).status is JobStatus.FAILED
    assert presets() == []


def test_an_unknown_kind_says_so(hands, asked, look):
    number = asked("school", "test.of another version")
    assert hands.run(number)
    assert look(number).message == UNKNOWN_KIND


@pytest.mark.parametrize("loss", ["duty", "account"])
def test_whoever_lost_their_place_gets_nothing_done(hands, asked, look, engine, world, loss):
    number, of_another = asked("school", "test.units"), asked("school2", "test.units")
    if loss == "account":
        change(engine, User, world.users["school"], is_active=False)
    else:
        with open_session(engine, reason="tests take duties away") as session:
            session.connection(execution_options={"writes": True})
            for held in session.scalars(select(Membership).where(Membership.user_id == world.users["school"])):
                session.delete(held)
            # Standing elsewhere is no standing here.
            session.add(
                Membership(user_id=world.users["school"], org_unit_id=world.units["school_b"], duty=Duty.OPERATOR)
            )
    assert hands.run(number)
    assert hands.run(of_another)
    assert (look(number).status, look(number).message) == (JobStatus.FAILED, STANDS_NO_MORE)
    assert look(of_another).status is JobStatus.DONE


def test_a_result_is_kept_until_its_day(hands, asked, look):
    number = asked("school", "test.file")
    assert hands.run(number)
    done = look(number)
    assert (done.result_name, done.result_size, done.result_type) == ("числа.txt", 10_000, "text/plain")
    assert done.result_until - done.finished_at == hands.result_kept
    with hands.store.open(done.result_digest) as kept:
        assert kept.read(10) == b"0123456789"


def test_progress_is_told_and_the_job_stays_held_while_it_runs(hands, asked, look, tmp_path):
    mark = tmp_path / "middle"
    number = asked("school", "test.count", total=10, pause_at=7, mark=str(mark))
    thread = threading.Thread(target=hands.run, args=(number,), daemon=True)
    thread.start()
    until(mark.exists)
    until(lambda: look(number).progress == 7)
    running = look(number)
    assert (running.status, running.total) == (JobStatus.RUNNING, 10)
    until(lambda: look(number).held_until > running.held_until + LEASE)
    mark.unlink()
    thread.join(20)
    assert look(number).status is JobStatus.DONE


def test_a_running_job_stops_when_its_asker_wishes(hands, asked, look, presets, engine, tmp_path):
    mark = tmp_path / "middle"
    number = asked("school", "test.count", total=9, pause_at=3, mark=str(mark))
    thread = threading.Thread(target=hands.run, args=(number,), daemon=True)
    thread.start()
    until(mark.exists)
    change(engine, Job, number, cancel_asked=True)
    thread.join(20)
    assert look(number).status is JobStatus.CANCELLED
    assert "ничего не изменено" in look(number).message


def test_a_worker_that_ends_gives_its_job_back_and_counts_no_attempt(hands, asked, look, engine, tmp_path):
    mark = tmp_path / "middle"
    number = asked("school", "test.count", total=9, pause_at=3, mark=str(mark))
    thread = threading.Thread(target=hands.run, args=(number,), daemon=True)
    thread.start()
    until(mark.exists)
    hands.stop()
    thread.join(20)
    assert (look(number).status, look(number).attempts) == (JobStatus.WAITING, 0)
    assert not hands.run(number)
    mark.unlink()
    assert worker_for(engine, tmp_path).run(number)
    assert look(number).status is JobStatus.DONE


def test_what_lost_its_hold_leaves_nothing(hands, asked, look, presets, engine, tmp_path):
    """The machine slept; another worker took the job meanwhile: the first one's work is not committed."""
    mark = tmp_path / "middle"
    number = asked("school", "test.count", total=9, pause_at=3, mark=str(mark))
    thread = threading.Thread(target=hands.run, args=(number,), daemon=True)
    thread.start()
    until(mark.exists)
    change(engine, Job, number, worker="another", held_until=NOW + timedelta(days=9))
    mark.unlink()
    thread.join(20)
    now = look(number)
    assert (now.status, now.worker, now.message) == (JobStatus.RUNNING, "another", "")


def test_the_work_and_its_end_are_one_commit(hands, asked, look, presets, monkeypatch):
    """The job went to another worker between the work's last statement and its commit."""

    def lost(*_, **__):
        raise job_hold.HoldLostError

    number = asked("school", "test.once")
    monkeypatch.setattr(job_hold, "finish", lost)
    assert hands.run(number)
    assert look(number).status is JobStatus.RUNNING
    assert presets() == []


def test_a_job_is_interrupted_after_too_many_deaths(asked, look, engine):
    number, other = asked("school", "test.once"), asked("school", "test.once")
    for attempt in range(1, job_hold.MOST_ATTEMPTS + 1):
        with open_session(engine, reason="a worker that will die") as session:
            session.connection(execution_options={"writes": True})
            assert job_hold.take(session, number, "dies", now=NOW, lease=LEASE) is not None
        with open_session(engine, reason="the sweep") as session:
            session.connection(execution_options={"writes": True})
            # A hold that is not over yet is left alone.
            assert not job_hold.recover(session, now=NOW)
            assert [each.id for each in job_hold.recover(session, now=NOW + 2 * LEASE)] == [number]
        assert look(number).attempts == attempt
    ended = look(number)
    assert (ended.status, ended.message) == (JobStatus.INTERRUPTED, job_hold.INTERRUPTED)
    assert look(other).status is JobStatus.WAITING


def test_what_a_task_asks_for_goes_with_its_end(hands, asked, look, engine):
    number = asked("school", "test.ask")
    assert hands.run(number)
    with open_session(engine, reason="tests count") as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2
