"""The outbox: a number goes to the queue after the commit of the job, never before and never without it."""

from __future__ import annotations

import logging
import pickle
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator

import pytest
from huey.api import SqliteHuey
from huey.exceptions import ConfigurationError
from sqlalchemy import func, select

from app.jobs.consumer import Background
from app.jobs.queue import JobQueue, attach
from app.jobs.schedule import Clockwork
from app.jobs.upkeep import SWEEP
from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.unscoped import open_session
from app.services import clock, job
from tests.jobs.tasks import NOW, SECRET, ask, queue_address, worker_for


@pytest.fixture
def queue(engine, database_url, tmp_path) -> Iterator[JobQueue]:
    opened = JobQueue(queue_address(database_url, tmp_path), SECRET)
    attach(engine, opened)
    yield opened
    opened.close()


@pytest.fixture
def school(work):
    session = work("school")
    session.connection(execution_options={"writes": True})
    return session


def wish(session, **parameters) -> int:
    return job.ask(session, session.actor, "test.count", "Проба", {"total": 1, **parameters}, now=NOW).id


def count_jobs(engine) -> int:
    with open_session(engine, reason="tests count") as session:
        return session.scalar(select(func.count()).select_from(Job))


def test_the_number_goes_out_with_the_commit(queue, school):
    number = wish(school)
    assert queue.numbers() == set()
    school.commit()
    assert queue.numbers() == {number}


def test_a_rolled_back_wish_is_no_job(queue, school, engine):
    wish(school)
    school.rollback()
    school.commit()
    assert queue.numbers() == set()
    assert count_jobs(engine) == 0


def test_the_end_of_a_savepoint_is_no_commit(queue, school, engine):
    with school.begin_nested():
        number = wish(school)
    assert queue.numbers() == set()
    with pytest.raises(RuntimeError), school.begin_nested():
        wish(school)
        raise RuntimeError
    school.commit()
    assert number in queue.numbers()
    assert count_jobs(engine) == 1


def test_a_queue_that_is_away_costs_the_asker_nothing(engine, school, caplog, database_url, tmp_path):
    class Away(JobQueue):
        def send(self, number: int) -> None:
            raise ConnectionError(number)

    attach(engine, Away("memory:", SECRET))
    number = wish(school)
    with caplog.at_level(logging.ERROR):
        school.commit()
    assert f"job {number} did not reach the queue" in caplog.text
    back = JobQueue("memory:", SECRET)
    attach(engine, back)
    worker = worker_for(engine, tmp_path)
    clockwork = Clockwork(engine, back, worker.store)
    clockwork.do_now(SWEEP, clock.now())
    assert back.numbers() == {number}
    # What waits in the queue is not sent again.
    clockwork.do_now(SWEEP, clock.now())
    assert back.huey.pending_count() == 1
    assert worker.run(number)


def test_the_sweep_leaves_what_is_over_alone(engine, world, tmp_path):
    queue = JobQueue("memory:", SECRET)
    attach(engine, queue)
    done, waiting = (ask(engine, world.users["school"], world.units["school"], "test.once") for _ in range(2))
    worker = worker_for(engine, tmp_path)
    assert worker.run(done)
    queue.huey.flush()
    Clockwork(engine, queue, worker.store).do_now(SWEEP, clock.now())
    assert queue.numbers() == {waiting}


def test_what_a_stranger_put_into_the_queue_is_not_even_read(queue, school, engine, tmp_path, caplog):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("trapped").touch, ())

    queue.huey.storage.enqueue(pickle.dumps(Trap()))
    stranger = JobQueue(queue._address, "another secret")
    stranger.send(7)
    stranger.close()
    number = wish(school)
    school.commit()
    with caplog.at_level(logging.CRITICAL, logger="huey"):
        assert queue.numbers() == {number}
        for _ in range(2):
            with pytest.raises(ValueError, match=r"[Ss]ignature|[Ss]eparator"):
                queue.huey.dequeue()
    assert not (tmp_path / "trapped").exists()
    assert queue.huey.dequeue().args == (number,)


def test_the_queue_file_is_private(tmp_path):
    opened = JobQueue(f"sqlite:///{tmp_path / 'new' / 'queue.sqlite3'}", SECRET)
    assert isinstance(opened.huey, SqliteHuey)
    opened.close()
    assert stat.S_IMODE((tmp_path / "new" / "queue.sqlite3").stat().st_mode) == 0o600


def test_the_edge_of_a_request_sends_what_it_commits(app, browser, world, engine, monkeypatch):
    """A page that asks for a job and then fails leaves neither the row nor the number."""
    queue: JobQueue = app.extensions["job_queue"]

    def asking(fails: bool):
        from app.services import clock
        from app.web.session import current_actor, guarded

        def act(session, actor, number, *, now):
            job.ask(guarded(), current_actor(), "test.count", "Проба", {"total": 1}, now=clock.now())
            if fails:
                raise job.WrongState("Нельзя.")
            return session.scalar(select(Job).order_by(Job.id.desc()))

        return act

    page = browser("school")
    monkeypatch.setattr(job, "cancel", asking(fails=True))
    assert page.post("/jobs/1/cancel").status_code == 409
    assert queue.numbers() == set()
    assert count_jobs(engine) == 0
    monkeypatch.setattr(job, "cancel", asking(fails=False))
    assert page.post("/jobs/1/cancel").status_code == 302
    assert len(queue.numbers()) == 1
    with open_session(engine, reason="tests look") as session:
        assert session.scalars(select(Job.status)).all() == [JobStatus.WAITING]


@pytest.fixture
def redis(tmp_path) -> Iterator[str]:
    """A server of the test's own, on a socket in its folder."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server on this machine")
    socket = tmp_path / "redis.sock"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 20
        while not socket.exists():
            assert time.monotonic() < end, "redis-server did not start"
            time.sleep(0.02)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait()


def test_the_same_over_redis(redis, school, engine, tmp_path):
    queue = JobQueue(redis, SECRET)
    attach(engine, queue)
    numbers = {wish(school), wish(school)}
    school.commit()
    assert queue.numbers() == numbers
    worker = worker_for(engine, tmp_path)
    work = Background(queue, worker, Clockwork(engine, queue, worker.store), workers=2)
    work.start()
    end = time.monotonic() + 30
    done = select(func.count()).select_from(Job).where(Job.status == JobStatus.DONE)
    while school.scalar(done) < len(numbers):
        assert time.monotonic() < end, "the jobs were not done"
        school.rollback()
        time.sleep(0.05)
    work.stop()
    assert queue.numbers() == set()
    queue.close()


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ConfigurationError, match="QUEUE_URL"):
        JobQueue("amqp://elsewhere", SECRET).numbers()
