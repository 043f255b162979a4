"""An expert's work on a sheet: поручена → сдана, and back while nothing was agreed."""

from __future__ import annotations

from app.models.enumeration import ExpertiseStatus as Status
from app.models.expertise import Expertise
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_expert(expertise: Expertise, actor: Actor) -> str | None:
    if actor.user_id is not None and expertise.user_id == actor.user_id:
        return None
    return "Оценки эксперта ставит и сдаёт только сам эксперт."


WORKFLOW = Workflow(
    transition(
        "hand_in",
        "Сдать экспертизу",
        (Status.ASSIGNED,),
        Status.HANDED_IN,
        Permission.EXPERTISE_WRITE,
        who=by_expert,
    ),
    transition(
        "take_back",
        "Забрать экспертизу",
        (Status.HANDED_IN,),
        Status.ASSIGNED,
        Permission.EXPERTISE_WRITE,
        who=by_expert,
        note_required=True,
    ),
)
