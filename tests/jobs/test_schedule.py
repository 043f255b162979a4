"""Schedules: once for each slot, however many processes stand; a failing one leaves its slot free."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from sqlalchemy import func, select

from app.documents.result_store import ResultStore
from app.jobs import learning_pull, lti_keys, lti_score, task_list
from app.jobs import schedule as schedules
from app.jobs.queue import JobQueue
from app.jobs.schedule import Clockwork, Every, Turn, schedule
from app.models import Job, ListPreset, ScheduleRun
from app.policies.unscoped import open_session
from app.services import clock
from tests.jobs.tasks import NOW, SECRET, ask, worker_for

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def alone(monkeypatch):
    """Only what the test itself defines."""
    monkeypatch.setattr(schedules, "_SCHEDULES", {})


@pytest.fixture
def clockwork(engine, tmp_path):
    def make() -> Clockwork:
        return Clockwork(engine, JobQueue("memory:", SECRET), ResultStore(tmp_path / "results"))

    return make


def slots(engine) -> list[tuple[str, str]]:
    with open_session(engine, reason="tests look") as session:
        return [tuple(row) for row in session.execute(select(ScheduleRun.name, ScheduleRun.slot))]


def test_each_slot_is_done_once_and_by_one(alone, clockwork, engine):
    done: list[datetime] = []

    @schedule("minutely", every=Every.MINUTE)
    def act(turn: Turn) -> None:
        done.append(turn.now)

    first, second = clockwork(), clockwork()
    assert first.tick(NOW) == ["minutely"]
    assert first.tick(NOW + timedelta(seconds=5)) == []
    assert second.tick(NOW + timedelta(seconds=6)) == []
    assert second.tick(NOW + MINUTE) == ["minutely"]
    assert first.tick(NOW + MINUTE) == []
    # A process started anew knows nothing but what the database says.
    assert clockwork().tick(NOW + MINUTE) == []
    assert done == [NOW, NOW + MINUTE]


def test_two_at_the_same_moment_are_one(alone, clockwork, engine, world):
    """Both have seen the slot free; the key of the table decides."""
    both, rounds = threading.Barrier(2), 5

    @schedule("race", every=Every.MINUTE)
    def act(turn: Turn) -> None:
        turn.session.add(
            ListPreset(user_id=1, org_unit_id=1, register="order", name=f"{turn.now:%M}", columns=[], query="")
        )

    def race() -> None:
        mine = clockwork()
        for number in range(rounds):
            both.wait(20)
            names.extend(mine.tick(NOW + number * MINUTE))

    names: list[str] = []
    racers = [threading.Thread(target=race, daemon=True) for _ in range(2)]
    for each in racers:
        each.start()
    for each in racers:
        each.join(60)
    assert names == ["race"] * rounds
    with open_session(engine, reason="tests count") as session:
        assert session.scalar(select(func.count()).select_from(ListPreset)) == rounds
    assert len(slots(engine)) == rounds


def test_whoever_saw_the_slot_free_too_late_does_nothing(alone, clockwork, engine, monkeypatch):
    done: list[datetime] = []
    schedule("race", every=Every.DAY)(lambda turn: done.append(turn.now))
    assert clockwork().tick(NOW) == ["race"]
    monkeypatch.setattr(Clockwork, "_is_taken", lambda self, name, slot: False)
    assert clockwork().tick(NOW) == []
    assert done == [NOW]


def test_a_failure_undoes_its_slot_and_is_tried_again_after_a_minute(alone, clockwork, engine, caplog):
    calls: list[datetime] = []

    @schedule("daily", every=Every.DAY)
    def act(turn: Turn) -> None:
        calls.append(turn.now)
        if len(calls) == 1:
            raise ValueError(str(turn.queue))

    @schedule("beside", every=Every.DAY)
    def other(turn: Turn) -> None:
        return None

    mine = clockwork()
    assert mine.tick(NOW) == ["beside"]
    assert "schedule daily failed: ValueError" in caplog.text
    assert mine.tick(NOW + timedelta(seconds=30)) == []
    assert mine.tick(NOW + MINUTE) == ["daily"]
    assert calls == [NOW, NOW + MINUTE]
    assert len(slots(engine)) == 2


@pytest.mark.parametrize(
    ("every", "after", "before", "slot"),
    [
        (Every.MINUTE, timedelta(0), NOW - timedelta(seconds=1), "2026-11-21T09:00"),
        (Every.HOUR, timedelta(0), NOW - timedelta(seconds=1), "2026-11-21T09"),
        (Every.DAY, timedelta(hours=9), NOW - timedelta(seconds=1), "2026-11-21"),
        (Every.DAY, timedelta(0), datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "2026-11-21"),
    ],
)
def test_where_a_slot_begins(alone, every, after, before, slot):
    schedule("one", every=every, after=after)(lambda turn: None)
    (one,) = schedules.schedules()
    assert one.slot(NOW) == slot
    assert one.slot(before) != slot


@pytest.mark.once
@pytest.mark.parametrize(
    ("act", "every"),
    [
        (lti_keys.rotate_keys, Every.DAY),
        (lti_keys.sweep_launches, Every.HOUR),
        (lti_score.ask_to_send, Every.MINUTE),
        (learning_pull.begin_nightly, Every.HOUR),
        (learning_pull.forget_old, Every.DAY),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_learning_platforms_need_is_done_by_the_clock(act, every):
    assert [one.every for one in schedules.schedules() if one.act is act] == [every]
    assert import_module(act.__module__) in task_list.MODULES, "nobody imports it, so nobody knows of it"


def test_two_schedules_of_one_name_are_refused(alone):
    schedule("one", every=Every.DAY)(lambda turn: None)
    with pytest.raises(ValueError, match="two schedules"):
        schedule("one", every=Every.DAY)(lambda turn: None)


def test_old_slots_are_forgotten(clockwork, engine):
    mine = clockwork()
    mine.tick(NOW)
    old = set(slots(engine))
    mine.tick(NOW + 8 * DAY)
    now = set(slots(engine))
    assert now
    assert not now & old


def test_old_jobs_are_forgotten_but_for_those_with_a_file_and_those_not_over(clockwork, engine, world, tmp_path):
    place = engine, world.users["school"], world.units["school"]
    done, filed, waiting = ask(*place, "test.once"), ask(*place, "test.file"), ask(*place, "test.once")
    worker = worker_for(engine, tmp_path)
    assert worker.run(done)
    assert worker.run(filed)
    with open_session(engine, reason="tests keep one for longer") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(Job, filed).result_until = NOW + 999 * DAY

    def known() -> set[int]:
        with open_session(engine, reason="tests look") as session:
            return set(session.scalars(select(Job.id)))

    mine = clockwork()
    mine.tick(clock.now() + 89 * DAY)
    assert known() == {done, filed, waiting}
    mine.tick(clock.now() + 91 * DAY)
    assert known() == {filed, waiting}


def test_files_go_at_the_end_of_their_time(clockwork, engine, world, tmp_path):
    worker = worker_for(engine, tmp_path)
    numbers = [ask(engine, world.users["school"], world.units["school"], "test.file") for _ in range(2)]
    for number in numbers:
        assert worker.run(number)
    with open_session(engine, reason="tests look") as session:
        one, other = (session.get_one(Job, number) for number in numbers)
        digest, until = one.result_digest, one.result_until
        assert other.result_digest == digest
    with open_session(engine, reason="tests keep one for longer") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(Job, numbers[1]).result_until = until + 9 * DAY
    mine = clockwork()
    mine.tick(until - HOUR)
    with worker.store.open(digest):
        pass
    mine.tick(until + HOUR)
    with open_session(engine, reason="tests look") as session:
        gone, kept = (session.get_one(Job, number) for number in numbers)
        assert (gone.result_digest, kept.result_digest) == ("", digest)
        assert gone.message == "Файл готов. Файл удалён по истечении срока."
    # The other job's file is the same one: it stays until nobody names it.
    with worker.store.open(digest):
        pass
    mine.tick(until + 10 * DAY)
    with pytest.raises(FileNotFoundError):
        worker.store.open(digest)
