"""A person's way through a group: запланирован → заявлен → зачислен → обучается → завершил → документ выдан.

Besides: в листе ожидания, отказано, отозвана, отчислен, не явился. The conditions say who stands where; days, acts and
results are written by services/enrolment*.py before the state moves.
"""

from __future__ import annotations

from app.models import Enrolment
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.models.enumeration_of_training import TrainingResult
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.standing import stands_over
from app.workflows.engine import Workflow, transition


def by_provider(enrolment: Enrolment, actor: Actor) -> str | None:
    if actor.unit_id in {enrolment.provider_unit_id, enrolment.region_id}:
        return None
    return "Это может только организация, которая проводит обучение."


def by_sender(enrolment: Enrolment, actor: Actor) -> str | None:
    """The row scope has shown the person already: their school, its municipality, the region."""
    del enrolment
    return "Заявки подают организации, в которых люди работают." if actor.unit_kind is UnitKind.PROVIDER else None


def by_own_sender(enrolment: Enrolment, actor: Actor) -> str | None:
    """Where the person has a second job, one sees what the others have applied for, and leaves it."""
    if not stands_over(actor, enrolment, enrolment.sent_by_unit_id):
        return "Заявку отзывает организация, которая её подала, или вышестоящая."
    return by_sender(enrolment, actor)


def passed(enrolment: Enrolment, actor: Actor) -> str | None:
    del actor
    if enrolment.result is TrainingResult.PASSED and enrolment.completed_on is not None:
        return None
    return "Сначала отметьте результат «зачтено» и день завершения."


KEEP, APPLY = Permission.ENROLMENT_KEEP, Permission.ENROLMENT_APPLY
AGAIN = (Status.PLANNED, Status.WITHDRAWN, Status.REFUSED)
WORKFLOW = Workflow(
    transition("apply", "Подать заявку", AGAIN, Status.APPLIED, APPLY, who=by_sender),
    transition("queue", "Поставить в лист ожидания", AGAIN, Status.WAITING, APPLY, who=by_sender),
    transition(
        "withdraw",
        "Отозвать заявку",
        (Status.PLANNED, Status.APPLIED, Status.WAITING),
        Status.WITHDRAWN,
        APPLY,
        who=by_own_sender,
        note_required=True,
    ),
    transition("put_off", "Перевести в лист ожидания", (Status.APPLIED,), Status.WAITING, KEEP, who=by_provider),
    transition("admit", "Взять из листа ожидания", (Status.WAITING,), Status.APPLIED, KEEP, who=by_provider),
    transition(
        "refuse",
        "Отказать",
        (Status.APPLIED, Status.WAITING),
        Status.REFUSED,
        KEEP,
        who=by_provider,
        note_required=True,
    ),
    transition("enrol", "Зачислить", (Status.APPLIED,), Status.ENROLLED, KEEP, who=by_provider),
    transition("begin", "Начать обучение", (Status.ENROLLED,), Status.STUDYING, KEEP, who=by_provider),
    transition(
        "complete",
        "Завершил обучение",
        (Status.STUDYING,),
        Status.COMPLETED,
        KEEP,
        who=by_provider,
        needs=(passed,),
    ),
    transition("certify", "Документ выдан", (Status.COMPLETED,), Status.CERTIFIED, KEEP, who=by_provider),
    transition(
        "uncertify",
        "Документ аннулирован",
        (Status.CERTIFIED,),
        Status.COMPLETED,
        KEEP,
        who=by_provider,
        note_required=True,
    ),
    transition(
        "reopen",
        "Вернуть к обучению",
        (Status.COMPLETED, Status.DROPPED, Status.NO_SHOW),
        Status.STUDYING,
        KEEP,
        who=by_provider,
        note_required=True,
    ),
    transition(
        "drop",
        "Отчислить",
        (Status.ENROLLED, Status.STUDYING),
        Status.DROPPED,
        KEEP,
        who=by_provider,
        note_required=True,
    ),
    transition(
        "miss",
        "Не явился",
        (Status.ENROLLED, Status.STUDYING),
        Status.NO_SHOW,
        KEEP,
        who=by_provider,
        note_required=True,
    ),
)
