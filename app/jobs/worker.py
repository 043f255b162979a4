"""Runs one job: takes it, runs its task in its asker's place, and writes its end with the work or not at all."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

import app.jobs.task_list  # noqa: F401 - its modules make their tasks and schedules known
from app.documents.file_store import FileStore
from app.documents.result_store import ResultStore
from app.jobs.hold import held
from app.jobs.run import CancelledError, Outcome, Reins, Run, WorkerStopsError
from app.jobs.tasks import task_of
from app.models import Job
from app.policies.guard import GuardedSession
from app.policies.refusal import Refusal
from app.policies.unscoped import open_session
from app.services import clock, identity, job_hold, job_result

logger = logging.getLogger(__name__)

# What `job_hold` writes of a job that is not done: (session, number, holder, now=…).
Ending = Callable[..., None]

LEASE = timedelta(seconds=30)
STANDS_NO_MORE = (
    "Не выполнено: у поставившего задание больше нет полномочий в этой организации или его учётная запись отключена."
)
CAME_BETWEEN = (
    "Не выполнено: пока шло задание, те же записи изменил кто-то другой. "
    "Ничего не записано. Посмотрите, что в них теперь, и поставьте его заново."
)
UNKNOWN_KIND = "Не выполнено: эта версия программы не знает такого задания. Поставьте его заново."


def failure(number: int) -> str:
    return f"Не удалось выполнить задание из-за ошибки программы. Обратитесь к администратору, номер задания: {number}."


@dataclass(slots=True)
class Worker:
    """One process's hands; its methods may be called from several threads."""

    engine: Engine
    store: ResultStore
    files: FileStore
    # Accounts of the demonstration act in demo mode only.
    demo: bool = False
    result_kept: timedelta = timedelta(days=7)
    lease: timedelta = LEASE
    # What surrounds every task: the application's context, for tasks that run the code of pages.
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    _running: dict[str, Reins] = field(default_factory=dict)
    _is_stopping: bool = False

    def run(self, number: int) -> bool:
        """Whether this call ran the job; however it ended, nothing is raised but by a failing database."""
        if self._is_stopping:
            return False
        holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        with open_session(self.engine, reason="a worker takes a job") as session:
            session.connection(execution_options={"writes": True})
            job = job_hold.take(session, number, holder, now=clock.now(), lease=self.lease)
        if job is None:
            return False
        reins = self._running[holder] = Reins(is_stopping=self._is_stopping)
        try:
            with held(self.engine, number, holder, self.lease, reins):
                ending = self._attempt(job, holder, reins)
            if ending is not None:
                self._close(number, holder, ending)
        except job_hold.HoldLostError:
            logger.warning("job %d went to another worker: this attempt left nothing", number)
        finally:
            del self._running[holder]
        return True

    def stop(self) -> None:
        """Running tasks end at their next check and go back into the queue; no new ones begin."""
        self._is_stopping = True
        for reins in list(self._running.values()):
            reins.is_stopping = True

    def _attempt(self, job: Job, holder: str, reins: Reins) -> Ending | None:
        """None where the work is done and committed; otherwise what is to be written in its place."""
        try:
            self._work(job, holder, reins)
        except CancelledError:
            return job_hold.stop
        except WorkerStopsError:
            return partial(job_hold.release, is_free=True)
        except (Refusal, StaleDataError, IntegrityError) as error:
            told = error.sentence if isinstance(error, Refusal) else CAME_BETWEEN
            return partial(job_hold.fail, sentence=told)
        except OperationalError as error:
            logger.warning("job %d: the database was busy or away (%s)", job.id, type(error.orig).__qualname__)
            return partial(job_hold.release, is_free=False)
        except job_hold.HoldLostError:
            raise
        except Exception as error:  # noqa: BLE001 - a task may fail in any way; its job must end
            _log(job.id, job.kind, error)
            return partial(job_hold.fail, sentence=failure(job.id))
        return None

    def _work(self, job: Job, holder: str, reins: Reins) -> None:
        with GuardedSession(self.engine, info={"request_id": f"job {job.id}"}) as session:
            actor = identity.actor_standing_in(session, user_id=job.user_id, unit_id=job.org_unit_id, demo=self.demo)
            if actor is None:
                raise Refusal(STANDS_NO_MORE)
            task = task_of(job.kind)
            if task is None:
                raise Refusal(UNKNOWN_KIND)
            session.info["actor"] = actor
            run = Run(job.id, holder, session, actor, job.parameters, clock.now(), self.store, self.files, reins=reins)
            with self.around():
                outcome = task(run)
            # The last moment to change one's mind; from here on the work is done.
            run.begin_writing()
            self._finish(run, outcome)
            session.commit()

    def _finish(self, run: Run, outcome: Outcome) -> None:
        now = clock.now()
        job = job_hold.finish(
            run.session,
            run.number,
            run.holder,
            now=now,
            message=outcome.message,
            leads_to=outcome.leads_to,
            progress=(run.reins.done, run.reins.total),
        )
        if outcome.result is not None:
            job_result.attach(job, outcome.result, now=now, kept=self.result_kept)

    def _close(self, number: int, holder: str, ending: Ending) -> None:
        with open_session(self.engine, reason="a worker ends a job that left nothing") as session:
            session.connection(execution_options={"writes": True})
            ending(session, number, holder, now=clock.now())


def _log(number: int, kind: str, error: BaseException) -> None:
    """Where it happened and what kind of error it was; its message may hold what people typed."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("job %d (%s) failed: %s\n%s", number, kind, type(error).__qualname__, frames)
