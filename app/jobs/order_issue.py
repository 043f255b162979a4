"""The issue of an order that gives more assignments than a page should wait for: in one transaction, as on the page."""

from __future__ import annotations

from app.jobs.run import Outcome, Run
from app.jobs.tasks import task
from app.models import Order
from app.policies.refusal import NotFound
from app.services import order as orders

KIND = "issue_order"


@task(KIND)
def issue_order(run: Run) -> Outcome:
    number, expected = int(run.parameters["order_id"]), int(run.parameters["expected"])
    run.begin_writing()
    order = run.session.get(Order, number)
    if order is None:
        raise NotFound("Черновика больше нет: выпускать нечего.")
    count = orders.issue(run.session, run.actor, order, today=run.today, now=run.now, expected=expected)
    return Outcome(f"Документ выпущен, поручений дано: {count}.", leads_to=f"/orders/{number}")
