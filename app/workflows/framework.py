"""The life cycle of a set of criteria: черновик → опубликован → выведен из применения."""

from __future__ import annotations

from app.models.enumeration import FrameworkStatus as Status
from app.models.framework import Framework
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_maker(framework: Framework, actor: Actor) -> str | None:
    return (
        None if framework.org_unit_id == actor.unit_id else "Это может только организация, которой принадлежит набор."
    )


WORKFLOW = Workflow(
    transition(
        "publish", "Опубликовать", (Status.DRAFT,), Status.PUBLISHED, Permission.FRAMEWORK_PUBLISH, who=by_maker
    ),
    transition(
        "retire",
        "Вывести из применения",
        (Status.PUBLISHED,),
        Status.RETIRED,
        Permission.FRAMEWORK_PUBLISH,
        who=by_maker,
        note_required=True,
    ),
)
