"""Workers as processes of their own: killed in the middle, two at once, started anew. SQLite and PostgreSQL alike."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from app.jobs.queue import JobQueue, attach
from app.jobs.worker import UNKNOWN_KIND
from app.models import Job, ListPreset, ScheduleRun
from app.models.enumeration import JobStatus
from app.policies.unscoped import open_session
from app.services import job_hold
from tests.architecture.source_tree import ROOT
from tests.jobs.tasks import SECRET, ask, queue_address

PATIENCE = 60
OVER = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.INTERRUPTED)


@pytest.fixture
def queue(engine, database_url, tmp_path) -> Iterator[JobQueue]:
    """The queue that the processes share with the test."""
    opened = JobQueue(queue_address(database_url, tmp_path), SECRET)
    attach(engine, opened)
    yield opened
    opened.close()


@pytest.fixture
def workers(database_url, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    started: list[subprocess.Popen] = []

    def start(threads: int = 1, lease: float = 1) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.jobs.tasks", database_url, str(tmp_path), str(threads), str(lease)]
        # Only a path: where the packages are is known to the interpreter.
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@contextmanager
def reading(engine):
    with open_session(engine, reason="tests look") as session:
        yield session


def jobs(engine) -> dict[int, Job]:
    with reading(engine) as session:
        return {each.id: each for each in session.scalars(select(Job))}


def presets(engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(ListPreset.name)))


def sweep(engine) -> None:
    """What the clock of a living process does within a minute."""
    from app.services import clock

    with open_session(engine, reason="tests do not wait a minute") as session:
        session.connection(execution_options={"writes": True})
        job_hold.recover(session, now=clock.now())


def swept_until(engine, number: int) -> Job:
    def is_over() -> bool:
        sweep(engine)
        return jobs(engine)[number].status in OVER

    until(is_over)
    return jobs(engine)[number]


def kill_in_the_middle(workers, mark: Path) -> None:
    victim = workers()
    until(mark.exists)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    mark.unlink()


def test_a_thousand_rows_are_all_there_or_not_at_all(engine, world, queue, workers, tmp_path):
    mark = tmp_path / "middle"
    wanted = {"total": 1000, "pause_at": 650, "mark": str(mark)}
    number = ask(engine, world.users["school"], world.units["school"], "test.rows", wanted)
    kill_in_the_middle(workers, mark)
    assert presets(engine) == []
    caught = jobs(engine)[number]
    assert (caught.status, caught.attempts) == (JobStatus.RUNNING, 1)
    workers()
    ended = swept_until(engine, number)
    assert (ended.status, ended.attempts, ended.message) == (JobStatus.DONE, 2, "Записано: 1000.")
    assert sorted(presets(engine)) == sorted(f"row {each}" for each in range(1000))


def test_a_file_is_there_whole_or_not_at_all(engine, world, queue, workers, tmp_path):
    mark = tmp_path / "middle"
    number = ask(engine, world.users["school"], world.units["school"], "test.file", {"mark": str(mark)})
    kill_in_the_middle(workers, mark)
    assert jobs(engine)[number].result_digest == ""
    workers()
    ended = swept_until(engine, number)
    assert (ended.status, ended.attempts, ended.result_size) == (JobStatus.DONE, 2, 10_000)
    kept = [path for path in (tmp_path / "results").rglob("*") if path.is_file() and path.name != "lock"]
    assert [path.name for path in kept] == [ended.result_digest]
    assert kept[0].stat().st_size == 10_000


def test_a_job_that_kills_its_workers_ends_as_interrupted(engine, world, queue, workers, tmp_path):
    number = ask(engine, world.users["school"], world.units["school"], "test.rows", {"total": 5})
    for attempt in range(1, job_hold.MOST_ATTEMPTS + 1):
        mark = tmp_path / f"middle{attempt}"
        with open_session(engine, reason="the task pauses anew") as session:
            session.connection(execution_options={"writes": True})
            wanted = {"total": 5, "pause_at": 3, "mark": str(mark)}
            session.get_one(Job, number).parameters = wanted
        # The one before left its number to be sent again.
        kill_in_the_middle(workers, mark)
        until(lambda: sweep(engine) or jobs(engine)[number].status is not JobStatus.RUNNING)
    ended = jobs(engine)[number]
    assert (ended.status, ended.message) == (JobStatus.INTERRUPTED, job_hold.INTERRUPTED)
    assert presets(engine) == []


def test_two_workers_run_each_job_once(engine, world, queue, workers):
    logins = ("school", "school2", "school_b")
    asked = [ask(engine, world.users[login], world.units[login], "test.once") for login in logins for _ in range(10)]
    for number in asked:
        # Each number twice: whoever comes second finds the job taken.
        queue.send(number)
    first, second = workers(2, 30), workers(2, 30)
    until(lambda: all(each.status in OVER for each in jobs(engine).values()))
    until(lambda: not queue.numbers())
    assert {(each.status, each.attempts) for each in jobs(engine).values()} == {(JobStatus.DONE, 1)}
    told = presets(engine)
    assert sorted(name.split()[1] for name in told) == sorted(map(str, asked))
    # Not by one of them alone: the names of holders carry the process.
    assert {f":{process.pid}:" in name for name in told for process in (first, second)} == {True, False}


def test_schedules_run_once_in_two_processes(engine, world, queue, workers):
    workers()
    workers()
    with reading(engine) as session:
        until(lambda: session.scalars(select(ScheduleRun.name)).all() and not session.rollback())
    time.sleep(1)
    with reading(engine) as session:
        taken = session.execute(select(ScheduleRun.name, ScheduleRun.slot)).all()
    assert {name for name, _ in taken} >= {"sweep jobs", "sweep results", "forget jobs"}
    assert len(taken) == len(set(taken))


def test_a_worker_that_is_asked_to_end_gives_its_job_to_the_next(engine, world, queue, workers, tmp_path):
    mark = tmp_path / "middle"
    wanted = {"total": 9, "pause_at": 4, "mark": str(mark)}
    number = ask(engine, world.users["school"], world.units["school"], "test.count", wanted)
    ending = workers(1, 30)
    until(mark.exists)
    ending.send_signal(signal.SIGTERM)
    assert ending.wait(PATIENCE) == 0
    assert (jobs(engine)[number].status, jobs(engine)[number].attempts) == (JobStatus.WAITING, 0)
    workers()
    until(lambda: jobs(engine)[number].status is JobStatus.DONE)


def test_the_command_works_on_jobs_until_it_is_ended(engine, world, queue, database_url, tmp_path):
    """`flask jobs` as an installation starts it: the settings come from the environment."""
    number = ask(engine, world.users["school"], world.units["school"], "test.known to these tests alone")
    given = {
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": SECRET,
        "PYTHONUNBUFFERED": "1",
    }
    plain = {name: value for name, value in os.environ.items() if name not in {"DEMO", "QUEUE_URL"}}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env=plain | given, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "выполняются" in process.stdout.readline()
        until(lambda: jobs(engine)[number].status in OVER)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert "вернутся в очередь" in process.stdout.read()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert (jobs(engine)[number].status, jobs(engine)[number].message) == (JobStatus.FAILED, UNKNOWN_KIND)


def test_what_was_asked_before_a_crash_runs_after_the_start(engine, world, queue, workers):
    """The asker's process died between its commit and the queue: the sweep at the start of a worker sends the number."""
    lost = JobQueue("memory:", SECRET)
    attach(engine, lost)
    number = ask(engine, world.users["school"], world.units["school"], "test.once")
    assert queue.numbers() == set()
    attach(engine, queue)
    workers()
    until(lambda: jobs(engine)[number].status is JobStatus.DONE)
    assert len(presets(engine)) == 1
