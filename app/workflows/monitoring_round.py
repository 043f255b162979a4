"""The life cycle of a monitoring round: черновик → идёт → завершён."""

from __future__ import annotations

from app.models.enumeration import RoundStatus as Status
from app.models.monitoring_round import MonitoringRound
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_holder(monitoring_round: MonitoringRound, actor: Actor) -> str | None:
    if monitoring_round.org_unit_id == actor.unit_id:
        return None
    return "Это может только организация, которая проводит цикл."


WORKFLOW = Workflow(
    transition("open", "Открыть цикл", (Status.DRAFT,), Status.OPEN, Permission.ROUND_OPEN, who=by_holder),
    transition("close", "Завершить цикл", (Status.OPEN,), Status.CLOSED, Permission.ROUND_OPEN, who=by_holder),
    transition(
        "reopen",
        "Возобновить цикл",
        (Status.CLOSED,),
        Status.OPEN,
        Permission.ROUND_OPEN,
        who=by_holder,
        note_required=True,
    ),
)
