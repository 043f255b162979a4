"""The life cycle of a training requirement: черновик → действует → закрыто."""

from __future__ import annotations

from app.models import TrainingRequirement
from app.models.enumeration_of_training import RequirementStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_maker(requirement: TrainingRequirement, actor: Actor) -> str | None:
    if requirement.org_unit_id == actor.unit_id:
        return None
    return "Это может только организация, которая поставила требование."


WRITE = Permission.REQUIREMENT_WRITE
WORKFLOW = Workflow(
    transition("activate", "Ввести в действие", (Status.DRAFT,), Status.ACTIVE, WRITE, who=by_maker),
    transition("close", "Закрыть", (Status.ACTIVE,), Status.CLOSED, WRITE, who=by_maker, note_required=True),
    transition(
        "reopen", "Вернуть в действие", (Status.CLOSED,), Status.ACTIVE, WRITE, who=by_maker, note_required=True
    ),
)
