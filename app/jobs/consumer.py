"""The threads of a process that works on jobs: huey's consumer, with our clock in the place of its scheduler."""

from __future__ import annotations

import logging
import threading
from typing import Any

from huey.consumer import Consumer, Scheduler

from app.jobs.queue import JobQueue
from app.jobs.schedule import Clockwork
from app.jobs.upkeep import SWEEP
from app.jobs.worker import Worker
from app.services import clock

logger = logging.getLogger(__name__)

TICK_SECONDS = 5
LONGEST_POLL_SECONDS = 1.0
STOP_SECONDS = 20


class Background:
    """Workers and the clock, in threads beside whatever else the process does."""

    def __init__(self, queue: JobQueue, worker: Worker, clockwork: Clockwork, *, workers: int) -> None:
        queue.handled_by(worker.run)
        self._worker = worker
        self._consumer = _Consumer(queue, clockwork, workers=workers)
        self._thread = threading.Thread(target=self._consumer.run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Tasks end at their next check and go back into the queue; those that do not are run again elsewhere."""
        self._worker.stop()
        self._consumer.stop(graceful=True)  # type: ignore[no-untyped-call] # huey ships no types
        self._thread.join(STOP_SECONDS)


class _Clock(Scheduler):
    """Huey's scheduler puts its periodic tasks into the queue once for each process: ours asks the database first."""

    process_name = "Clock"

    def __init__(self, queue: JobQueue, stop_flag: Any, clockwork: Clockwork) -> None:
        super().__init__(  # type: ignore[no-untyped-call] # as above
            queue.huey, stop_flag, interval=TICK_SECONDS, periodic=False
        )
        self._clockwork = clockwork

    def initialize(self) -> None:
        try:
            self._clockwork.do_now(SWEEP, clock.now())
        except Exception:
            logger.exception("the sweep at the start failed; the next one follows within a minute")

    def loop(self, now: object = None) -> None:
        del now
        self._clockwork.tick(clock.now())
        self.stop_flag.wait(TICK_SECONDS)


class _Consumer(Consumer):
    def __init__(self, queue: JobQueue, clockwork: Clockwork, *, workers: int) -> None:
        self._queue, self._clockwork = queue, clockwork
        super().__init__(  # type: ignore[no-untyped-call] # as above
            queue.huey,
            workers=workers,
            periodic=False,
            max_delay=LONGEST_POLL_SECONDS,
            shutdown_timeout=STOP_SECONDS,
        )

    def _create_scheduler(self) -> _Clock:
        return _Clock(self._queue, self.stop_flag, self._clockwork)

    def _set_signal_handlers(self) -> None:
        """The process's own business: it calls `Background.stop`."""
