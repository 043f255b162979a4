"""Background work in this process: beside the pages of the demonstration, or alone (`flask jobs`)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from flask import Flask

from app.config import Settings
from app.extensions import db
from app.jobs.consumer import Background
from app.jobs.schedule import Clockwork
from app.jobs.worker import Worker


def worker(app: Flask) -> Worker:
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        return Worker(
            db.engine,
            app.extensions["result_store"],
            app.extensions["file_store"],
            demo=settings.demo,
            result_kept=timedelta(days=settings.result_days),
            around=app.app_context,
        )


def clockwork(app: Flask) -> Clockwork:
    with app.app_context():
        return Clockwork(db.engine, app.extensions["job_queue"], app.extensions["result_store"])


def background(app: Flask, *, workers: int | None = None) -> Background:
    """Not yet started: whoever starts it stops it."""
    settings: Settings = app.extensions["settings"]
    return Background(app.extensions["job_queue"], worker(app), clockwork(app), workers=workers or settings.job_workers)


def until_stopped(work: Background, *, tell: Callable[[str], object]) -> None:
    """Works until Ctrl-C or SIGTERM; what is running goes back into the queue."""
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    work.start()
    tell("Фоновые задания выполняются. Остановить: Ctrl-C.")
    over.wait()
    tell("Остановка: начатые задания вернутся в очередь.")
    work.stop()
