"""Tasks for tests, the hands that run them, and a process of its own that can be killed in the middle.

`python -m tests.jobs.tasks URL FOLDER WORKERS [SECONDS OF LEASE]` works on the queue of that folder until it is ended.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.exc import OperationalError

import app.services.audit  # noqa: F401 - its listeners write the journal
from app.documents.file_store import FileStore
from app.documents.result_store import ResultStore
from app.jobs.consumer import Background
from app.jobs.queue import JobQueue, attach
from app.jobs.run import Outcome, Run
from app.jobs.schedule import Clockwork
from app.jobs.tasks import task
from app.jobs.worker import Worker
from app.models import ListPreset, OrgUnit
from app.policies.guard import GuardedSession
from app.policies.refusal import Invalid
from app.policies.unscoped import UNSCOPED
from app.services import identity, job

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=1)
SECRET = "tests only"


def preset(run: Run, name: str) -> ListPreset:
    return ListPreset(
        user_id=run.actor.user_id,
        org_unit_id=run.actor.unit_id,
        register="order",
        name=name,
        columns=[],
        query="",
        offered_by="",
    )


def pause_at(run: Run, number: int) -> None:
    """Tells the test that the middle is reached, and stays there until the file is gone; at the first attempt only."""
    if "mark" not in run.parameters or number != run.parameters.get("pause_at", 0):
        return
    mark, been_here = Path(run.parameters["mark"]), Path(run.parameters["mark"]).with_suffix(".been_here")
    if not been_here.exists():
        been_here.touch()
        mark.touch()
        while mark.exists():
            run.check_cancelled()
            time.sleep(0.02)


@task("test.count")
def count(run: Run) -> Outcome:
    total = run.parameters["total"]
    for done in range(total):
        run.progress(done, total)
        pause_at(run, done)
    run.progress(total, total)
    return Outcome(f"Сосчитано: {total}.", leads_to="/orders/")


@task("test.rows")
def rows(run: Run) -> Outcome:
    """Rows in several flushes of one transaction."""
    total = run.parameters["total"]
    run.begin_writing()
    for number in range(total):
        run.session.add(preset(run, f"{run.parameters.get('name', 'row')} {number}"))
        if number % 100 == 99:
            run.session.flush()
        pause_at(run, number)
    return Outcome(f"Записано: {total}.")


@task("test.file")
def file(run: Run) -> Outcome:
    kept = run.keep(io.BytesIO(b"0123456789" * 1000), "числа.txt", "text/plain")
    pause_at(run, 0)
    return Outcome("Файл готов.", result=kept)


@task("test.units")
def units(run: Run) -> Outcome:
    names = run.session.scalars(select(OrgUnit.name).order_by(OrgUnit.id)).all()
    return Outcome("; ".join(names))


@task("test.once")
def once(run: Run) -> Outcome:
    run.begin_writing()
    run.session.add(preset(run, f"job {run.number} attempt {run.holder}"))
    return Outcome("Сделано.")


@task("test.overtaken")
def overtaken(run: Run) -> Outcome:
    """Somebody else writes the row between its reading and its writing."""
    run.begin_writing()
    mine = preset(run, "mine")
    run.session.add(mine)
    run.session.flush()
    run.session.execute(
        update(ListPreset).where(ListPreset.id == mine.id).values(version=ListPreset.version + 1),
        execution_options=UNSCOPED | {"synchronize_session": False},
    )
    mine.query = "late=1"
    run.session.flush()
    return Outcome("Так не бывает.")


@task("test.refuse")
def refuse(run: Run) -> Outcome:
    run.begin_writing()
    run.session.add(preset(run, "half"))
    run.session.flush()
    raise Invalid("Файл не читается: сохраните его заново.")


@task("test.break")
def broken(run: Run) -> Outcome:
    run.begin_writing()
    run.session.add(preset(run, "half"))
    run.session.flush()
    raise ValueError(run.parameters["person"])


@task("test.busy")
def busy(run: Run) -> Outcome:
    run.begin_writing()
    run.session.add(preset(run, "half"))
    run.session.flush()
    raise OperationalError("", {}, ConnectionError())


@task("test.undeclared")
def undeclared(run: Run) -> Outcome:
    run.session.add(preset(run, "undeclared"))
    run.session.flush()
    return Outcome("Сделано.")


@task("test.foreign")
def foreign(run: Run) -> Outcome:
    run.begin_writing()
    run.session.add(
        ListPreset(
            user_id=run.parameters["user_id"],
            org_unit_id=run.actor.unit_id,
            register="order",
            name="foreign",
            columns=[],
            query="",
            offered_by="",
        )
    )
    return Outcome("Сделано.")


@task("test.ask")
def ask_more(run: Run) -> Outcome:
    run.begin_writing()
    job.ask(run.session, run.actor, "test.count", "Следом", {"total": 1}, now=run.now)
    return Outcome("Поставлено следующее.")


def ask(
    engine: Engine,
    user_id: int,
    unit_id: int | None,
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    now: datetime = NOW,
) -> int:
    """A job of that person, committed as a request would commit it."""
    with GuardedSession(engine) as session:
        session.connection(execution_options={"writes": True})
        actor = identity.actor_standing_in(session, user_id=user_id, unit_id=unit_id, demo=False)
        assert actor is not None
        session.info["actor"] = actor
        asked = job.ask(session, actor, kind, f"Проба: {kind}", parameters or {}, now=now)
        session.commit()
        return asked.id


def worker_for(engine: Engine, folder: Path, lease: timedelta = LEASE) -> Worker:
    return Worker(engine, ResultStore(folder / "results"), FileStore(folder / "files"), lease=lease)


def queue_address(url: str, folder: Path) -> str:
    return f"sqlite:///{folder / 'queue.sqlite3'}" if url.startswith("sqlite") else url


def main(url: str, folder: Path, workers: int, lease: float) -> None:
    engine = create_engine(url)
    queue = JobQueue(queue_address(url, folder), SECRET)
    attach(engine, queue)
    worker = worker_for(engine, folder, timedelta(seconds=lease))
    work = Background(queue, worker, Clockwork(engine, queue, worker.store), workers=workers)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: over.set())
    work.start()
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    over.wait()
    work.stop()
    queue.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float((*sys.argv, "1")[4]))
