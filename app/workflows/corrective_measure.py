"""A measure: запланирована → в работе → выполнена → подтверждена / не подтверждена; отменена.

Verified by the level above the unit that carries it out, and never by who planned it or reported it done.
"""

from __future__ import annotations

from app.models import CorrectiveMeasure
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasureStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.scope import contains
from app.workflows.engine import Workflow, transition


def by_carrier(measure: CorrectiveMeasure, actor: Actor) -> str | None:
    if measure.org_unit_id == actor.unit_id:
        return None
    return "Это может только организация, которая выполняет меру."


def by_planner_or_above(measure: CorrectiveMeasure, actor: Actor) -> str | None:
    """What was set from above is not called off below."""
    if not contains(actor, measure):
        return "Это может организация, которая запланировала меру, или вышестоящая."
    if actor.unit_kind is UnitKind.REGION or measure.made_by_unit_id == actor.unit_id:
        return None
    if actor.unit_id != measure.org_unit_id and measure.made_by_unit_id != measure.region_id:
        return None
    return "Эту меру назначила вышестоящая организация: отменить её может она."


def from_above(measure: CorrectiveMeasure, actor: Actor) -> str | None:
    """The municipality for its schools, the region for municipalities, regional schools and providers; above the
    region there is nobody, and it verifies its own by another person.
    """
    if not contains(actor, measure):
        return "Меру подтверждает вышестоящая организация."
    if actor.unit_kind is UnitKind.MUNICIPALITY and measure.org_unit_id != actor.unit_id:
        return None
    straight = measure.municipality_id in {measure.region_id, measure.org_unit_id}
    if actor.unit_kind is UnitKind.REGION and straight:
        return None
    return "Меру подтверждает вышестоящая организация: для школы это муниципалитет, для остальных регион."


def by_another_person(measure: CorrectiveMeasure, actor: Actor) -> str | None:
    if actor.user_id is not None and actor.user_id in {measure.made_by_id, measure.finished_by_id}:
        return "Меру подтверждает не тот, кто её запланировал или выполнил."
    return None


WRITE, VERIFY = Permission.MEASURE_WRITE, Permission.MEASURE_VERIFY
WORKFLOW = Workflow(
    transition("start", "Взять в работу", (Status.PLANNED,), Status.IN_PROGRESS, WRITE, who=by_carrier),
    transition("finish", "Выполнена", (Status.IN_PROGRESS,), Status.DONE, WRITE, who=by_carrier),
    transition("withdraw", "Вернуть в работу", (Status.DONE,), Status.IN_PROGRESS, WRITE, who=by_carrier),
    transition(
        "verify", "Подтвердить", (Status.DONE,), Status.VERIFIED, VERIFY, who=from_above, needs=(by_another_person,)
    ),
    transition(
        "refuse",
        "Не подтвердить",
        (Status.DONE,),
        Status.NOT_VERIFIED,
        VERIFY,
        who=from_above,
        needs=(by_another_person,),
        note_required=True,
    ),
    transition("resume", "Доработать", (Status.NOT_VERIFIED,), Status.IN_PROGRESS, WRITE, who=by_carrier),
    transition(
        "unverify",
        "Снять подтверждение",
        (Status.VERIFIED,),
        Status.DONE,
        VERIFY,
        who=from_above,
        note_required=True,
    ),
    transition(
        "cancel",
        "Отменить",
        (Status.PLANNED, Status.IN_PROGRESS, Status.NOT_VERIFIED),
        Status.CANCELLED,
        WRITE,
        who=by_planner_or_above,
        note_required=True,
    ),
)
