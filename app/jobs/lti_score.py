"""Marks for learning platforms: looked for every minute, sent by jobs."""

from __future__ import annotations

from app.jobs.post_room import engine_of
from app.jobs.run import Outcome, Run
from app.jobs.schedule import Every, Turn, schedule
from app.jobs.tasks import task
from app.services import lti_score


@schedule("marks for platforms", every=Every.MINUTE)
def ask_to_send(turn: Turn) -> None:
    lti_score.ask_to_send(turn.session, now=turn.now)


@task(lti_score.KIND)
def send(run: Run) -> Outcome:
    """The mark and its row have transactions of their own: a platform may be slow."""
    return Outcome(lti_score.deliver(engine_of(run.session), int(run.parameters["score_id"]), now=run.now))
