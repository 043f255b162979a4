"""What is done to orders and assignments, at random; False where there is nothing to do it to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.models import Assignment, Order, TermExtension
from app.models.enumeration import (
    AddresseeClauseKind,
    OrderKind,
    OrderStatus,
    ReportKind,
    ReportOutcome,
    TermKind,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import order as orders
from app.services import order_amendment, order_issue, term_extension
from app.services.order import ClauseValues, HeadingValues, PointValues
from tests.services.past_days import People


def draft(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = orders.create_draft(
        session, actor, kind=people.chance.choice(list(OrderKind)), number=people.word(),
        dated_on=people.chance.choice([people.days.today, people.days.today - timedelta(3)]), title=people.word(),
    )  # fmt: skip
    for number in range(people.chance.randrange(1, 4)):
        add_point(people, session, actor, order, str(number + 1))
    return True


def add_point(people: People, session: GuardedSession, actor: Actor, order: Order, number: str) -> None:
    due_on = people.chance.choice([None, people.days.today + timedelta(people.chance.randrange(-1, 4))])
    values = PointValues(
        number=number, text=people.word(), term_kind=TermKind.DATE if due_on else TermKind.NONE, due_on=due_on
    )
    point = orders.add_point(session, actor, order, values)
    kind = people.chance.choice([AddresseeClauseKind.ALL_SCHOOLS, AddresseeClauseKind.ALL_MUNICIPALITIES])
    orders.set_addressees(session, actor, order, point, [ClauseValues(kind)])


def _draft_of(people: People, session: GuardedSession, actor: Actor) -> Order | None:
    return people.one(session, Order, Order.status == OrderStatus.DRAFT, Order.org_unit_id == actor.unit_id)


def edit_draft(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = _draft_of(people, session, actor)
    if order is None:
        return False
    if people.chance.random() < 0.3:
        add_point(people, session, actor, order, str(people.chance.randrange(10, 99)))
        return True
    values = HeadingValues(
        kind=people.chance.choice(list(OrderKind)), number=people.word(), dated_on=order.dated_on,
        title=people.word(), issuer_name=people.word(), signed_by="", controller="",
    )  # fmt: skip
    orders.save(session, actor, order, version=order.version, values=values)
    return True


def drop_draft(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = _draft_of(people, session, actor)
    if order is None or people.chance.random() < 0.7:
        return False
    orders.delete_draft(session, actor, order)
    return True


def issue(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = _draft_of(people, session, actor)
    if order is None:
        return False
    order_issue.issue(session, actor, order, today=people.days.today, now=people.days.moment)
    return True


def close(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = people.one(session, Order, Order.status == OrderStatus.ISSUED, Order.org_unit_id == actor.unit_id)
    if order is None:
        return False
    orders.close(session, actor, order)
    return True


def amend(people: People, session: GuardedSession, actor: Actor) -> bool:
    order = people.one(session, Order, Order.status == OrderStatus.ISSUED, Order.org_unit_id == actor.unit_id)
    if order is None or not order.points:
        return False
    point = people.chance.choice(order.points)
    change: Any = order_amendment.MoveTerm(point.id, people.days.today + timedelta(people.chance.randrange(9)))
    if people.chance.random() < 0.3:
        change = order_amendment.RevokePoint(point.id, people.word())
    order_amendment.apply(
        session, actor, order, kind=OrderKind.ORDER, number=people.word(), dated_on=people.days.today, title="",
        changes=[change], today=people.days.today, now=people.days.moment,
    )  # fmt: skip
    return True


def _assignment(people: People, session: GuardedSession, *conditions: Any) -> Assignment | None:
    return people.one(session, Assignment, *conditions)


def take(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.org_unit_id == actor.unit_id)
    if found is None:
        return False
    assignments.take(session, actor, found, today=people.days.today, responsible=people.word())
    return True


def report(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.org_unit_id == actor.unit_id)
    if found is None:
        return False
    outcome = people.chance.choice([ReportOutcome.DONE, ReportOutcome.NOT_DONE])
    typed = reports.TypedReport(ReportKind.FINAL, outcome, people.word(), reason=people.word())
    reports.submit(session, actor, found, typed, today=people.days.today, now=people.days.moment)
    return True


def judge(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.status == "submitted")
    if found is None:
        return False
    if people.chance.random() < 0.5:
        reports.accept(session, actor, found, now=people.days.moment)
    else:
        reports.send_back(session, actor, found, now=people.days.moment, remark=people.word())
    return True


def take_off(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.status == "done")
    if found is None:
        return False
    assignments.take_off_control(session, actor, found, today=people.days.today, note=people.word())
    return True


def reopen(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.status.in_(("done", "off_control")))
    if found is None:
        return False
    assignments.reopen(session, actor, found, note=people.word())
    return True


def ask_extension(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = _assignment(people, session, Assignment.org_unit_id == actor.unit_id, Assignment.due_on.is_not(None))
    if found is None or found.due_on is None:
        return False
    due_after = max(found.due_on, people.days.today) + timedelta(7)
    term_extension.ask(session, actor, found, due_after=due_after, reason=people.word(), now=people.days.moment)
    return True


def decide_extension(people: People, session: GuardedSession, actor: Actor) -> bool:
    found = people.one(session, TermExtension, TermExtension.status == "asked")
    if found is None:
        return False
    term_extension.grant(session, actor, found, now=people.days.moment)
    return True


ORDER_DEEDS = (
    draft, draft, edit_draft, edit_draft, drop_draft, issue, close, amend, take, take, take, report, report, report, judge, judge, judge, take_off, reopen, ask_extension, decide_extension,
)  # fmt: skip
