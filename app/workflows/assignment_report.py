"""The life cycle of a report: it follows its assignment's; an interim one never moves the assignment."""

from __future__ import annotations

from app.models.assignment_report import AssignmentReport
from app.models.enumeration import ReportStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.assignment import by_checker, by_its_unit
from app.workflows.engine import Workflow, transition


def by_another_person(report: AssignmentReport, actor: Actor) -> str | None:
    if actor.user_id is not None and report.submitted_by_id == actor.user_id:
        return "Нельзя принять отчёт, который вы сами отправили."
    return None


WAITING = (Status.SUBMITTED,)
WORKFLOW = Workflow(
    transition(
        "accept",
        "Принять",
        WAITING,
        Status.ACCEPTED,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        needs=(by_another_person,),
    ),
    transition(
        "note",
        "Принять к сведению",
        WAITING,
        Status.NOTED,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        needs=(by_another_person,),
    ),
    transition(
        "return", "Вернуть", WAITING, Status.RETURNED, Permission.ASSIGNMENT_CHECK, who=by_checker, note_required=True
    ),
    transition("recall", "Отозвать", WAITING, Status.RECALLED, Permission.ASSIGNMENT_REPORT, who=by_its_unit),
)
