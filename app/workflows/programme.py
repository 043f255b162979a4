"""The life cycle of a programme: разработка → на согласовании → согласована → в федеральном реестре; исключена."""

from __future__ import annotations

from app.models import Programme
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import ProgrammeStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_keeper(programme: Programme, actor: Actor) -> str | None:
    if actor.unit_id in {programme.org_unit_id, programme.region_id}:
        return None
    return "Это может только организация, которой принадлежит программа."


def by_region(programme: Programme, actor: Actor) -> str | None:
    if actor.unit_kind is UnitKind.REGION and actor.unit_id == programme.region_id:
        return None
    return "Программы согласует министерство."


def registered(programme: Programme, actor: Actor) -> str | None:
    del actor
    if programme.register_number and programme.registered_on:
        return None
    return "Укажите номер в федеральном реестре и день включения."


WORKFLOW = Workflow(
    transition(
        "submit",
        "Отправить на согласование",
        (Status.DRAFT, Status.RETURNED),
        Status.ON_AGREEMENT,
        Permission.PROGRAMME_WRITE,
        who=by_keeper,
    ),
    transition(
        "return",
        "Вернуть на доработку",
        (Status.ON_AGREEMENT,),
        Status.RETURNED,
        Permission.PROGRAMME_AGREE,
        who=by_region,
        note_required=True,
    ),
    transition(
        "agree", "Согласовать", (Status.ON_AGREEMENT,), Status.AGREED, Permission.PROGRAMME_AGREE, who=by_region
    ),
    transition(
        "register",
        "Отметить включение в реестр",
        (Status.AGREED,),
        Status.IN_REGISTER,
        Permission.PROGRAMME_WRITE,
        who=by_keeper,
        needs=(registered,),
    ),
    transition(
        "exclude",
        "Исключить",
        (Status.AGREED, Status.IN_REGISTER),
        Status.EXCLUDED,
        Permission.PROGRAMME_WRITE,
        who=by_keeper,
        note_required=True,
    ),
)
