"""The life cycle of a training group: черновик → идёт набор → идёт обучение → завершён; отменён."""

from __future__ import annotations

from app.models import TrainingGroup
from app.models.enumeration_of_training import GroupStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_provider(group: TrainingGroup, actor: Actor) -> str | None:
    if actor.unit_id in {group.org_unit_id, group.region_id}:
        return None
    return "Это может только организация, которая проводит обучение."


WORKFLOW = Workflow(
    transition("open", "Открыть набор", (Status.DRAFT,), Status.OPEN, Permission.GROUP_WRITE, who=by_provider),
    transition("start", "Начать обучение", (Status.OPEN,), Status.STUDYING, Permission.GROUP_WRITE, who=by_provider),
    transition(
        "finish", "Завершить обучение", (Status.STUDYING,), Status.FINISHED, Permission.GROUP_WRITE, who=by_provider
    ),
    transition(
        "resume",
        "Вернуть в обучение",
        (Status.FINISHED,),
        Status.STUDYING,
        Permission.GROUP_WRITE,
        who=by_provider,
        note_required=True,
    ),
    transition(
        "cancel",
        "Отменить поток",
        (Status.OPEN, Status.STUDYING),
        Status.CANCELLED,
        Permission.GROUP_WRITE,
        who=by_provider,
        note_required=True,
    ),
)
