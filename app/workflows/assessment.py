"""The life cycle of an assessment sheet: черновик → отправлен → (возвращён ↔) → принят → утверждён.

What a table of one record cannot say is asked beside it: the round is open and its dates allow it, all schools of a
municipality are done (services/assessment.py). In a municipality's own round acceptance is final.
"""

from __future__ import annotations

from app.models.assessment import Assessment
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_its_unit(assessment: Assessment, actor: Actor) -> str | None:
    if assessment.org_unit_id == actor.unit_id:
        return None
    return "Лист заполняет и отправляет только сама организация."


def by_checker(assessment: Assessment, actor: Actor) -> str | None:
    """The municipality checks its schools', the region anyone below; nobody their own."""
    if assessment.org_unit_id == actor.unit_id:
        return "Собственный лист проверяет вышестоящая организация."
    if actor.unit_kind is UnitKind.MUNICIPALITY and assessment.municipality_id == actor.unit_id:
        return None
    if actor.unit_kind is UnitKind.REGION and assessment.region_id == actor.unit_id:
        return None
    return "Проверить лист может только вышестоящая организация."


def is_step_in(assessment: Assessment, actor: Actor) -> bool:
    """The region checks a school's sheet over the head of its municipality."""
    return actor.unit_kind is UnitKind.REGION and assessment.municipality_id not in {
        assessment.org_unit_id,
        assessment.region_id,
    }


def by_region(assessment: Assessment, actor: Actor) -> str | None:
    if actor.unit_kind is UnitKind.REGION and assessment.region_id == actor.unit_id:
        return None
    return "Лист утверждает регион."


def by_another_person(assessment: Assessment, actor: Actor) -> str | None:
    if actor.user_id is not None and assessment.submitted_by_id == actor.user_id:
        return "Нельзя принять или утвердить лист, который вы сами отправили."
    return None


WORKFLOW = Workflow(
    transition(
        "submit",
        "Отправить на проверку",
        (Status.DRAFT, Status.RETURNED),
        Status.SUBMITTED,
        Permission.ASSESSMENT_SEND,
        who=by_its_unit,
    ),
    transition(
        "recall",
        "Отозвать лист",
        (Status.SUBMITTED,),
        Status.DRAFT,
        Permission.ASSESSMENT_SEND,
        who=by_its_unit,
    ),
    transition(
        "return",
        "Вернуть с замечаниями",
        (Status.SUBMITTED, Status.ACCEPTED),
        Status.RETURNED,
        Permission.ASSESSMENT_ACCEPT,
        who=by_checker,
        note_required=True,
    ),
    transition(
        "accept",
        "Принять лист",
        (Status.SUBMITTED,),
        Status.ACCEPTED,
        Permission.ASSESSMENT_ACCEPT,
        who=by_checker,
        needs=(by_another_person,),
    ),
    transition(
        "approve",
        "Утвердить лист",
        (Status.ACCEPTED,),
        Status.APPROVED,
        Permission.ASSESSMENT_APPROVE,
        who=by_region,
        needs=(by_another_person,),
    ),
    transition(
        "unapprove",
        "Снять утверждение",
        (Status.APPROVED,),
        Status.ACCEPTED,
        Permission.ASSESSMENT_APPROVE,
        who=by_region,
        note_required=True,
    ),
    transition(
        "excuse",
        "Освободить от заполнения",
        (Status.DRAFT, Status.RETURNED),
        Status.EXCUSED,
        Permission.ASSESSMENT_ACCEPT,
        who=by_checker,
        note_required=True,
    ),
    transition(
        "summon",
        "Вернуть к заполнению",
        (Status.EXCUSED,),
        Status.DRAFT,
        Permission.ASSESSMENT_ACCEPT,
        who=by_checker,
        note_required=True,
    ),
)
