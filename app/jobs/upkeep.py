"""What keeps the jobs themselves in order, by the clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from app.jobs.schedule import Every, Turn, schedule
from app.models import ScheduleRun
from app.services import job_hold, job_result

SWEEP = "sweep jobs"
# Longer than any transaction that has stored a file and not yet committed its row.
ORPHANS_KEPT = timedelta(days=1)
# The page of imports names these days.
BROUGHT_KEPT = timedelta(days=30)
SLOTS_KEPT = timedelta(days=7)
JOBS_KEPT = timedelta(days=90)


@schedule(SWEEP, every=Every.MINUTE)
def sweep_jobs(turn: Turn) -> None:
    """Jobs of dead workers go back into the queue or end; jobs that the queue has lost are sent again."""
    job_hold.recover(turn.session, now=turn.now)
    turn.session.flush()
    job_hold.send_waiting(turn.session, turn.queue.numbers())


@schedule("sweep results", every=Every.HOUR)
def sweep_results(turn: Turn) -> None:
    """Files go when no row names them; should this transaction fail, the rows let go of them at the next turn."""
    job_result.expire(turn.session, now=turn.now)
    turn.session.flush()
    needed = job_result.referenced(turn.session, brought_after=turn.now - BROUGHT_KEPT)
    turn.store.sweep(needed, turn.now - ORPHANS_KEPT)


@schedule("forget jobs", every=Every.DAY)
def forget_jobs(turn: Turn) -> None:
    job_result.forget(turn.session, before=turn.now - JOBS_KEPT)
    turn.session.execute(delete(ScheduleRun).where(ScheduleRun.taken_at < turn.now - SLOTS_KEPT))
