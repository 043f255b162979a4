"""One occurrence of a recurring point: ожидается → на проверке → принят; a returned assignment opens the last again."""

from __future__ import annotations

from app.models.enumeration import PeriodStatus as Status
from app.policies.permission import Permission
from app.workflows.assignment import by_checker, by_its_unit
from app.workflows.engine import Workflow, transition

WORKFLOW = Workflow(
    transition("submit", "Отправить", (Status.OPEN,), Status.SUBMITTED, Permission.ASSIGNMENT_REPORT, who=by_its_unit),
    transition("recall", "Отозвать", (Status.SUBMITTED,), Status.OPEN, Permission.ASSIGNMENT_REPORT, who=by_its_unit),
    transition("return", "Вернуть", (Status.SUBMITTED,), Status.OPEN, Permission.ASSIGNMENT_CHECK, who=by_checker),
    transition("accept", "Принять", (Status.SUBMITTED,), Status.ACCEPTED, Permission.ASSIGNMENT_CHECK, who=by_checker),
    transition("reopen", "Открыть снова", (Status.ACCEPTED,), Status.OPEN, Permission.ASSIGNMENT_CHECK, who=by_checker),
)
