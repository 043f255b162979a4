"""Choices of columns that the region offers to those below it."""

from __future__ import annotations

from datetime import date

from app.demo.play import Play
from app.demo.timeline import Moment
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import list_preset

# Register, name, columns in their order, conditions.
OFFERED = (
    (
        "assignment",
        "Просрочено: для совещания",
        ("municipality", "unit", "order", "point", "due_on", "status", "responsible"),
        "overdue=1&sort=due_on&desc=0",
    ),
    ("assignment", "На проверке", ("unit", "order", "point", "content", "due_on"), "status=submitted"),
    ("org_unit", "Школы с сайтами", ("municipality", "name", "code", "site", "email"), "kind=school&state=open"),
)


def plan(play: Play, day: date) -> None:
    def offer(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        del moment
        for register, name, columns, query in OFFERED:
            list_preset.save(session, actor, register, name, columns=columns, query=query, is_offered=True)

    play.timeline.plan(play.timeline.at(day, 15), play.someone(play.tree.region), offer)
