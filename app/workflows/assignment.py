"""The life cycle of an assignment: назначено → принято → отчёт на проверке → (возвращено ↔) → исполнено → снято."""

from __future__ import annotations

from app.models.assignment import Assignment
from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_its_unit(assignment: Assignment, actor: Actor) -> str | None:
    if assignment.org_unit_id == actor.unit_id:
        return None
    return "Отчитаться может только организация, которой дано поручение."


def by_checker(assignment: Assignment, actor: Actor) -> str | None:
    """The municipality checks its schools', on regional orders too; the region anyone below; nobody their own."""
    if assignment.org_unit_id == actor.unit_id:
        return "Собственный отчёт проверяет вышестоящая организация."
    if actor.unit_kind is UnitKind.MUNICIPALITY and assignment.municipality_id == actor.unit_id:
        return None
    if actor.unit_kind is UnitKind.REGION and assignment.region_id == actor.unit_id:
        return None
    return "Проверить отчёт может только вышестоящая организация."


def is_step_in(assignment: Assignment, actor: Actor) -> bool:
    """The region checks a school's report over the head of its municipality."""
    return actor.unit_kind is UnitKind.REGION and assignment.municipality_id not in {
        assignment.org_unit_id,
        assignment.region_id,
    }


def by_giver(assignment: Assignment, actor: Actor) -> str | None:
    if assignment.given_by_id == actor.unit_id:
        return None
    return "Это решает организация, давшая поручение."


def by_region_above(assignment: Assignment, actor: Actor) -> str | None:
    """What a municipality made of its own goes when the region withdraws the parent."""
    if (
        assignment.parent_id is not None
        and actor.unit_kind is UnitKind.REGION
        and assignment.region_id == actor.unit_id
    ):
        return None
    return "Вместе с вышестоящим поручением снимает регион, выпустивший документ."


def by_another_person(assignment: Assignment, actor: Actor) -> str | None:
    if actor.user_id is not None and assignment.submitted_by_id == actor.user_id:
        return "Нельзя принять отчёт, который вы сами отправили."
    return None


def off_control_by_giver(assignment: Assignment, actor: Actor) -> str | None:
    """What was taken off control comes back by whoever took it off."""
    return by_giver(assignment, actor) if assignment.status is Status.OFF_CONTROL else None


OPEN = (Status.ASSIGNED, Status.ACCEPTED, Status.RETURNED)

WORKFLOW = Workflow(
    transition(
        "take",
        "Принять к исполнению",
        (Status.ASSIGNED,),
        Status.ACCEPTED,
        Permission.ASSIGNMENT_REPORT,
        who=by_its_unit,
    ),
    transition("submit", "Отправить отчёт", OPEN, Status.SUBMITTED, Permission.ASSIGNMENT_REPORT, who=by_its_unit),
    transition(
        "acknowledge", "Подтвердить ознакомление", OPEN, Status.DONE, Permission.ASSIGNMENT_REPORT, who=by_its_unit
    ),
    transition(
        "recall", "Отозвать отчёт", (Status.SUBMITTED,), Status.ACCEPTED, Permission.ASSIGNMENT_REPORT, who=by_its_unit
    ),
    transition(
        "accept",
        "Принять отчёт",
        (Status.SUBMITTED,),
        Status.DONE,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        needs=(by_another_person,),
    ),
    # A report of «частично» or «не исполнено», or on one period of several, is taken note of: control goes on.
    transition(
        "note_report",
        "Принять к сведению",
        (Status.SUBMITTED,),
        Status.ACCEPTED,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        needs=(by_another_person,),
    ),
    transition(
        "return",
        "Вернуть с замечанием",
        (Status.SUBMITTED,),
        Status.RETURNED,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        note_required=True,
    ),
    transition(
        "reopen",
        "Вернуть на исполнение",
        (Status.DONE, Status.OFF_CONTROL),
        Status.ACCEPTED,
        Permission.ASSIGNMENT_CHECK,
        who=by_checker,
        needs=(off_control_by_giver,),
        note_required=True,
    ),
    transition(
        "take_off_control",
        "Снять с контроля",
        (Status.DONE,),
        Status.OFF_CONTROL,
        Permission.ASSIGNMENT_CONTROL,
        who=by_giver,
    ),
    transition(
        "withdraw",
        "Снять без исполнения",
        (*OPEN, Status.SUBMITTED),
        Status.WITHDRAWN,
        Permission.ASSIGNMENT_CONTROL,
        who=by_giver,
        note_required=True,
    ),
    transition(
        "withdraw_with_parent",
        "Снять вместе с вышестоящим",
        (*OPEN, Status.SUBMITTED),
        Status.WITHDRAWN,
        Permission.ORDER_AMEND,
        who=by_region_above,
        note_required=True,
    ),
)
