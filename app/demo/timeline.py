"""Acts in the order of their moments, each by a person in a session of their own: so that histories are real.

All of it goes through the use cases of `app.services`, inside one transaction of the caller.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.policies.actor import Actor
from app.policies.guard import GuardedSession

DAY = timedelta(days=1)
SATURDAY = 5
DAY_BEGINS, DAY_ENDS = 9, 18
TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """When an act happens: `now` in UTC, `today` on the clocks of the region."""

    now: datetime
    today: date


Act = Callable[[GuardedSession, Actor, Moment], None]


def dice(*key: object) -> random.Random:
    """The same key gives the same throws, whatever was thrown before."""
    return random.Random("/".join(map(str, key)))  # noqa: S311 - a demo, no secret


def workday(day: date) -> date:
    """The day itself, or the Monday after it."""
    while day.weekday() >= SATURDAY:
        day += DAY
    return day


@dataclass
class Timeline:
    """`until`: what lies after this local day has not happened yet and is left out."""

    connection: Connection
    zone: str
    until: date
    tell: Callable[[str], None]
    done: int = 0
    _heap: list[tuple[datetime, int, int, Actor, Act]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def moment(self, day: date, throw: random.Random) -> datetime:
        """Within the working hours of the day."""
        clock = time(throw.randrange(DAY_BEGINS, DAY_ENDS), throw.randrange(60), throw.randrange(60))
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.zone)).astimezone(UTC)

    def plan(self, at: datetime, actor: Actor, act: Act) -> None:
        """Acts of one person at one moment share a session, as those of one request do."""
        heapq.heappush(self._heap, (at, actor.user_id or 0, next(self._numbers), actor, act))

    def run(self) -> None:
        """Acts may plan further acts; what is planned for a moment gone by happens next."""
        end = datetime.combine(self.until + DAY, time(), ZoneInfo(self.zone))
        while self._heap and self._heap[0][0] < end:
            at, _, number, actor, _ = self._heap[0]
            moment = Moment(at, at.astimezone(ZoneInfo(self.zone)).date())
            with self.session(actor, moment, f"demo-{number}") as session:
                while self._heap and self._heap[0][0] == at and self._heap[0][3] is actor:
                    heapq.heappop(self._heap)[4](session, actor, moment)
                    self.done += 1
                    if self.done % TOLD_EVERY == 0:
                        self.tell(f"История дошла до {moment.today:%d.%m.%Y}, действий {self.done}")
                session.flush()

    def session(self, actor: Actor, moment: Moment, request_id: str = "demo") -> GuardedSession:
        """Of the actor, within the transaction of the connection, whose fate it does not decide."""
        return GuardedSession(
            self.connection,
            info={"actor": actor, "moment": moment.now, "request_id": request_id},
            join_transaction_mode="rollback_only",
            expire_on_commit=False,
        )
