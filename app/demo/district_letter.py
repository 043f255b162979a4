"""The Zaoksky district's letter № 07-12/222: one point for every school of the district, with an attachment."""

from __future__ import annotations

from datetime import date

from app.demo.play import Play, Proof, Task
from app.demo.region import DATA
from app.demo.timeline import DAY, Moment, dice, workday
from app.demo.words import REMARKS, REPORTS
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import order as orders
from app.services.order import HeadingValues
from app.services.order_text import draft_from_text

TEXT = "zaoksky-letter-07-12-222.txt"
DATED_ON, TERM = date(2023, 4, 12), date(2023, 6, 30)
RULES = Proof("Положение о ВСОКО")


def plan(play: Play) -> None:
    district = play.tree.municipalities["Заокский"]

    def issue(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        text = (DATA / TEXT).read_text(encoding="utf-8")
        order = draft_from_text(session, actor, text, file_name=TEXT, today=moment.today)
        # The letter has no heading: the person gives it one.
        heading = HeadingValues(
            order.kind,
            order.number,
            order.dated_on,
            "О проработке и изменении ВСОКО",
            order.issuer_name,
            order.signed_by,
            order.controller,
        )
        orders.save(session, actor, order, version=order.version, values=heading)
        orders.issue(session, actor, order, today=moment.today, now=moment.now)
        for place, task in enumerate(play.tasks(session, order.id)):
            _answer(play, task, place)

    play.timeline.plan(play.timeline.at(DATED_ON, 11), play.someone(district), issue)


def _answer(play: Play, task: Task, place: int) -> None:
    """Of twelve: seven in time, one after a return, one late, one returned and one unchecked; one said nothing."""
    throw = dice("letter", task.unit_name)
    play.take(task, workday(DATED_ON + throw.randint(1, 10) * DAY))
    silent, unchecked, returned, late, again = range(5)
    if place == silent:
        return
    sent = workday(date(2023, 5, 15) + throw.randint(0, 40) * DAY)
    if place == late:
        sent = date(2023, 7, 5)
    play.report(task, sent, throw.choice(REPORTS["letter"]), proofs=[RULES])
    checked = workday(sent + throw.randint(1, 4) * DAY)
    if place in {returned, again}:
        play.send_back(task, checked, throw.choice(REMARKS[1:]))
    if place == again:
        sent = workday(checked + 3 * DAY)
        play.report(task, sent, throw.choice(REPORTS["letter"]), proofs=[RULES])
        checked = workday(sent + 2 * DAY)
    if place not in {unchecked, returned}:
        play.accept(task, checked)
