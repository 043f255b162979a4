"""A few days of work by everybody, at random: what a state on a day is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import Refusal
from app.services import clock
from tests.factories.world import World

ZONE = "Asia/Sakhalin"
WORDS = ("Ёлка", "весна", "ОТЧЁТ", "локальный акт", "сайт школы", "проверка")
ACTING = (
    "region",
    "region",
    "region",
    "municipality",
    "municipality2",
    "school",
    "school2",
    "school_b",
    "foreign_region",
    "admin",
)

Deed = Callable[["People", GuardedSession, Actor], bool]


@dataclass
class Days:
    """The clock of a test: days pass when it says so."""

    moment: datetime

    def pass_one(self, hours: int = 24) -> None:
        self.moment += timedelta(hours=hours)

    @property
    def today(self) -> date:
        return clock.local(self.moment, ZONE).date()


@dataclass
class People:
    """Does things as somebody; what is refused leaves nothing."""

    engine: Engine
    world: World
    actor: Callable[[str], Actor]
    days: Days
    chance: Random
    done: set[str] = field(default_factory=set)

    def a_day(self, deeds: Sequence[Deed]) -> None:
        """Each thing that may be done, in any order, by somebody who may do it."""
        for deed in self.chance.sample(deeds, len(deeds)):
            for login in self.chance.sample(ACTING, len(ACTING)):
                if self.as_one(login, deed):
                    self.done.add(deed.__name__)
                    break

    def as_one(self, login: str, deed: Deed) -> bool:
        actor = self.actor(login)
        with GuardedSession(self.engine, info={"actor": actor}) as session:
            session.connection(execution_options={"writes": True})
            try:
                did = deed(self, session, actor)
            except Refusal:
                did = False
            if did:
                session.commit()
            else:
                session.rollback()
            return did

    def one(self, session: GuardedSession, model: Any, *conditions: Any) -> Any:
        found = session.scalars(select(model).where(*conditions).order_by(model.id)).all()
        return self.chance.choice(found) if found else None

    def word(self) -> str:
        return f"{self.chance.choice(WORDS)} {self.chance.randrange(100)}"


@pytest.fixture
def days(monkeypatch):
    """A day after the world was made; the whole program goes by it."""
    days = Days(clock.now() + timedelta(days=1))
    monkeypatch.setattr(clock, "now", lambda: days.moment)
    return days


@pytest.fixture
def people(engine, world, actor, days):
    return People(engine, world, actor, days, Random(7))
