"""Jobs as their asker sees them: ask, look, cancel. Who runs them stands in `job_hold`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound, WrongState
from app.workflows.job import WORKFLOW

UNFINISHED = (JobStatus.WAITING, JobStatus.RUNNING)
# Where a session keeps the numbers that go to the queue once its transaction is committed.
OUTBOX = "jobs for the queue"
MOST_AT_ONCE = 20
NEWEST = 50


def ask(
    session: Session,
    actor: Actor,
    kind: str,
    title: str,
    parameters: Mapping[str, Any],
    *,
    now: datetime,
    leads_to: str = "",
) -> Job:
    """The job, written in the caller's transaction; its number goes to the queue when that is committed.

    `kind` names a task of `app/jobs`; `parameters` are what JSON can hold; `leads_to` is a path of this site. The
    caller has required the permission of what is done. Raises Invalid for a person with too many jobs unfinished.
    """
    if actor.user_id is None:
        raise Invalid("Задание ставит человек: войдите и повторите.")
    # To a browser both slashes are the same.
    if leads_to and (not leads_to.startswith("/") or leads_to.startswith(("//", "/\\"))):
        raise ValueError("a job leads to a path of this site")
    unfinished = select(func.count()).select_from(Job).where(Job.user_id == actor.user_id, Job.status.in_(UNFINISHED))
    if (session.scalar(unfinished) or 0) >= MOST_AT_ONCE:
        raise Invalid(f"У вас уже {MOST_AT_ONCE} незавершённых заданий. Дождитесь их или отмените лишние.")
    job = Job(
        user_id=actor.user_id,
        org_unit_id=actor.unit_id,
        kind=kind,
        title=title,
        parameters=dict(parameters),
        asked_at=now,
        leads_to=leads_to,
    )
    session.add(job)
    session.flush()
    send_after_commit(session, job.id)
    return job


def send_after_commit(session: Session, number: int) -> None:
    session.info.setdefault(OUTBOX, []).append(number)


def the_one(session: Session, number: int) -> Job:
    """The actor's own job; NotFound for everybody else's."""
    job = session.scalar(select(Job).where(Job.id == number))
    if job is None:
        raise NotFound
    return job


def newest(session: Session, limit: int = NEWEST) -> Sequence[Job]:
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)).all()


def cancel(session: Session, actor: Actor, number: int, *, now: datetime) -> Job:
    """A waiting job ends at once, a running one at its next check; WrongState for one that is over."""
    # Locked: a worker may be taking it at this very moment.
    job = session.scalar(select(Job).where(Job.id == number).with_for_update(key_share=True))
    if job is None:
        raise NotFound
    if job.status is JobStatus.RUNNING:
        job.cancel_asked = True
        return job
    if job.status is not JobStatus.WAITING:
        raise WrongState(f"Задание уже завершено: {job.status.label}.")
    WORKFLOW.apply("cancel", job, actor)
    job.finished_at = now
    job.message = "Отменено до начала: ничего не изменено."
    return job
