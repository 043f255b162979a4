"""Measured criteria are filled in by themselves: when a round is opened, and once a day while it goes on."""

from __future__ import annotations

from datetime import timedelta

from app.jobs.run import Outcome, Run
from app.jobs.schedule import Every, Turn, schedule
from app.jobs.tasks import task
from app.services.metric_round import COUNT_KIND, count_open_rounds, count_round

# In the night of the regions of the country, from Kaliningrad to Sakhalin, or early in the morning.
AT_NIGHT = timedelta(hours=20)


@task(COUNT_KIND)
def count_measured(run: Run) -> Outcome:
    number = int(run.parameters["round_id"])
    run.begin_writing()
    given = count_round(run.session, run.actor, number, now=run.now, today=run.today)
    return Outcome(f"Посчитано ответов: {given}.", leads_to=f"/monitoring-rounds/{number}")


@schedule("count measured", every=Every.DAY, after=AT_NIGHT)
def count_daily(turn: Turn) -> None:
    count_open_rounds(turn.session, now=turn.now)
