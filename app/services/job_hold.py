"""Jobs as workers see them: who holds one, for how long, and how it ends. Each verb is guarded by the holder's name.

The sessions here stand past the row scope (the worker runs anybody's job), except that of `finish`, which is the
asker's own: there the result of the work and its end are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.actor import Actor
from app.services.job import send_after_commit
from app.workflows.job import WORKFLOW

# How often a job is begun before its workers' deaths are taken for its own doing.
MOST_ATTEMPTS = 3
WORKER = Actor(user_id=None, user_name="Система", is_system=True)
INTERRUPTED = (
    "Задание прервано: во время работы над ним программа останавливалась или база данных была недоступна. "
    "Ничего не изменено. Поставьте его заново."
)
SWEPT_AT_ONCE = 500


class HoldLostError(RuntimeError):
    """The job is no longer this worker's: nothing of its work may be kept."""


def take(session: Session, number: int, holder: str, *, now: datetime, lease: timedelta) -> Job | None:
    """The job, now held by this worker alone; None where there is nothing to take."""
    job = _locked(session, number)
    if job is None or job.status is not JobStatus.WAITING:
        return None
    job.worker, job.held_until = holder, now + lease
    WORKFLOW.apply("start", job, WORKER)
    job.attempts += 1
    job.started_at, job.progress, job.total, job.message = now, 0, None, ""
    return job


def renew(
    session: Session, number: int, holder: str, *, now: datetime, lease: timedelta, progress: tuple[int, int | None]
) -> bool:
    """Holds on and tells how far it is; True where the asker wants it to stop. Raises HoldLostError."""
    job = _held(session, number, holder)
    job.held_until = now + lease
    job.progress, job.total = progress
    return job.cancel_asked


def is_asked_to_stop(session: Session, number: int, holder: str) -> bool:
    """Raises HoldLostError where the job has gone to another worker."""
    mine = (Job.id == number, Job.status == JobStatus.RUNNING, Job.worker == holder)
    cancel_asked = session.scalar(select(Job.cancel_asked).where(*mine))
    if cancel_asked is None:
        raise HoldLostError
    return cancel_asked


def finish(
    session: Session,
    number: int,
    holder: str,
    *,
    now: datetime,
    message: str,
    leads_to: str,
    progress: tuple[int, int | None],
) -> Job:
    """The last act of the work's own transaction. Raises HoldLostError, and then nothing of it may be committed."""
    job = _held(session, number, holder)
    job.progress, job.total = progress
    _end(job, "finish", message, now)
    job.leads_to = leads_to or job.leads_to
    return job


def fail(session: Session, number: int, holder: str, *, now: datetime, sentence: str) -> None:
    _end(_held(session, number, holder), "fail", sentence, now)


def stop(session: Session, number: int, holder: str, *, now: datetime) -> None:
    _end(_held(session, number, holder), "stop", "Отменено во время работы: ничего не изменено.", now)


def release(session: Session, number: int, holder: str, *, now: datetime, is_free: bool) -> None:
    """Back into the queue, since the worker itself ends (`is_free`: no attempt is counted) or the database was busy."""
    job = _held(session, number, holder)
    if is_free:
        job.attempts -= 1
    _again(session, job, now)


def recover(session: Session, *, now: datetime) -> Sequence[Job]:
    """Jobs whose workers have died: into the queue again, or interrupted after too many attempts."""
    statement = (
        select(Job)
        .where(Job.status == JobStatus.RUNNING, Job.held_until < now)
        .order_by(Job.id)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    lost = session.scalars(statement).all()
    for job in lost:
        _again(session, job, now)
    return lost


def send_waiting(session: Session, queued: Iterable[int]) -> list[int]:
    """Numbers of waiting jobs that the queue does not have, sent once the session is committed.

    The process of the asker died between its commit and the queue, or the queue's file was lost.
    """
    waiting = session.scalars(select(Job.id).where(Job.status == JobStatus.WAITING).order_by(Job.id)).all()
    known = set(queued)
    missing = [number for number in waiting if number not in known][:SWEPT_AT_ONCE]
    for number in missing:
        send_after_commit(session, number)
    return missing


def stands_still(session: Session, *, since: datetime) -> bool:
    """Whether a job waits, or hangs with a dead worker, since before that moment: nobody works."""
    statement = select(func.count()).select_from(Job)
    waits = (Job.status == JobStatus.WAITING) & (Job.asked_at < since)
    hangs = (Job.status == JobStatus.RUNNING) & (Job.held_until < since)
    return bool(session.scalar(statement.where(or_(waits, hangs))))


def _again(session: Session, job: Job, now: datetime) -> None:
    if job.cancel_asked:
        _end(job, "stop", "Отменено: ничего не изменено.", now)
    elif job.attempts < MOST_ATTEMPTS:
        WORKFLOW.apply("again", job, WORKER)
        job.worker, job.held_until = "", None
        send_after_commit(session, job.id)
    else:
        _end(job, "interrupt", INTERRUPTED, now)


def _end(job: Job, action: str, message: str, now: datetime) -> None:
    WORKFLOW.apply(action, job, WORKER)
    job.held_until, job.finished_at, job.message = None, now, message


def _held(session: Session, number: int, holder: str) -> Job:
    job = _locked(session, number)
    if job is None or job.status is not JobStatus.RUNNING or job.worker != holder:
        raise HoldLostError
    return job


def _locked(session: Session, number: int) -> Job | None:
    # Rows of the work itself may refer to the job: key_share lets the two transactions pass one another.
    statement = select(Job).where(Job.id == number).with_for_update(key_share=True)
    return session.scalar(statement.execution_options(populate_existing=True))
