"""A request for a later term: запрошено → продлён или отказано."""

from __future__ import annotations

from app.models.assignment_report import TermExtension
from app.models.enumeration import ExtensionStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.assignment import by_giver, by_its_unit
from app.workflows.engine import Workflow, transition


def by_another_person(extension: TermExtension, actor: Actor) -> str | None:
    if actor.user_id is not None and extension.asked_by_id == actor.user_id:
        return "Нельзя решать по собственному запросу."
    return None


ASKED = (Status.ASKED,)
WORKFLOW = Workflow(
    transition(
        "grant",
        "Продлить срок",
        ASKED,
        Status.GRANTED,
        Permission.EXTENSION_DECIDE,
        who=by_giver,
        needs=(by_another_person,),
    ),
    transition(
        "refuse",
        "Отказать",
        ASKED,
        Status.REFUSED,
        Permission.EXTENSION_DECIDE,
        who=by_giver,
        needs=(by_another_person,),
        note_required=True,
    ),
    transition("cancel", "Отозвать запрос", ASKED, Status.CANCELLED, Permission.EXTENSION_ASK, who=by_its_unit),
)
