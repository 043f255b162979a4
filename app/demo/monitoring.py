"""Two rounds of monitoring: of the last school year, approved and closed, and one that goes on on the day of loading.

The set of criteria is the proposed one, published with its caution.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from app.demo.monitoring_last import open_last
from app.demo.monitoring_present import open_present
from app.demo.play import Play
from app.demo.school_year import Days
from app.demo.timeline import Moment, workday
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import (
    framework,
    framework_proposal,
)


def plan(play: Play, today: date) -> None:
    days = Days(today)
    last = days.school_year - 1
    region = play.someone(play.tree.region)
    play.timeline.plan(play.timeline.at(workday(date(last, 9, 15)), 11), region, _publish)
    play.timeline.plan(play.timeline.at(workday(date(last, 10, 6)), 10), region, partial(open_last, play, last))
    play.timeline.plan(play.timeline.at(days.ago(22), 10), region, partial(open_present, play, days))


def _publish(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    proposed = framework_proposal.load_proposal(session, actor)
    framework.publish(session, actor, proposed, now=moment.now)
