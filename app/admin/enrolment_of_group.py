"""The people of a training group as its page shows them, with what the reader may do with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.admin.trainee_rows import PARTS, Trainee, trainees_of
from app.models import TrainingGroup
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import clock, group_seats
from app.services.enrolment_fit import closed_for
from app.web.session import current_actor, guarded, today
from app.workflows.enrolment import WORKFLOW

# What is done with the ticked people, in the order of the buttons: the words of the button, whether it destroys.
BUTTONS = {
    "apply": ("Подать заявку", False),
    "enrol": ("Зачислить приказом…", False),
    "begin": ("Обучается", False),
    "admit": ("Взять из листа ожидания", False),
    "put_off": ("В лист ожидания", False),
    "reopen": ("Вернуть к обучению…", False),
    "withdraw": ("Отозвать заявку…", True),
    "refuse": ("Отказать…", True),
    "drop": ("Отчислить…", True),
    "miss": ("Не явился…", True),
}
RUNNING = (GroupStatus.STUDYING, GroupStatus.FINISHED)
# What makes no sense before the group starts, or once it is over.
ONLY_WHILE = {
    "enrol": (GroupStatus.OPEN, GroupStatus.STUDYING),
    "admit": (GroupStatus.OPEN, GroupStatus.STUDYING),
    "begin": (GroupStatus.STUDYING,),
    "miss": (GroupStatus.STUDYING,),
    "reopen": (GroupStatus.STUDYING,),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one heading, with how many there are."""

    title: str
    rows: tuple[dict[str, Any], ...]


def block(group: TrainingGroup) -> dict[str, Any]:
    """What `enrolment/of_group.html` shows, under the name `trainees`."""
    actor, session = current_actor(), guarded()
    sees_all = actor.unit_id in {group.org_unit_id, group.region_id}
    keeps = sees_all and actor.may(Permission.ENROLMENT_KEEP)
    rows = trainees_of(session, group, sees_all=sees_all)
    acts = acts_of(actor, group, rows)
    statuses = [row.enrolment.status for row in rows]
    closed = closed_for(group, today())
    may_apply = actor.may(Permission.ENROLMENT_APPLY) and actor.unit_kind is not UnitKind.PROVIDER
    return {
        "group": group,
        "seats": group_seats.seats(session, [group.id])[group.id],
        "sees_all": sees_all,
        "keeps": keeps,
        "parts": _parts(rows, acts),
        "orders": _orders(rows),
        "total": len(rows),
        "certified": statuses.count(EnrolmentStatus.CERTIFIED),
        "acts": [
            {"label": BUTTONS[action][0], "action": _address(group, action), "danger": BUTTONS[action][1]}
            for action in acts
        ],
        "may_apply": may_apply and not closed,
        "closed": closed if may_apply and group.status is GroupStatus.OPEN else "",
        "admits": keeps and EnrolmentStatus.WAITING in statuses and "admit" in acts,
        "is_running": group.status in RUNNING,
        "may_issue": keeps and group.status in RUNNING and EnrolmentStatus.COMPLETED in statuses,
        "may_mark": keeps and group.status in RUNNING,
        "exports": actor.may(Permission.EXPORT) and bool(rows),
        "shows_towns": actor.unit_kind in {UnitKind.REGION, UnitKind.PROVIDER},
    }


def acts_of(actor: Actor, group: TrainingGroup, rows: Iterable[Trainee]) -> list[str]:
    """Those that the reader may do with at least one of the people."""
    possible = {step.action for row in rows for step in WORKFLOW.possible(row.enrolment, actor)}
    if closed_for(group, today()):
        possible.discard("apply")
    return [
        action
        for action in BUTTONS
        if action in possible and (action not in ONLY_WHILE or group.status in ONLY_WHILE[action])
    ]


def _address(group: TrainingGroup, action: str) -> str:
    step = "enrol" if action == "enrol" else f"trainees/{action}"
    return f"/training-groups/{group.id}/{step}"


def _orders(rows: Iterable[Trainee]) -> list[tuple[str, int]]:
    """By which orders those on the course were enrolled, each told once; with how many people each has."""
    return list(Counter(row.enrolment.enrolment_act for row in rows if _is_on_course(row)).items())


def _is_on_course(row: Trainee) -> bool:
    return row.part == 0 and bool(row.enrolment.enrolment_act)


def _parts(rows: list[Trainee], acts: list[str]) -> list[Part]:
    actor = current_actor()
    found = []
    for index, (title, _) in enumerate(PARTS):
        mine = tuple(_row(actor, row, acts) for row in rows if row.part == index)
        if mine:
            found.append(Part(title, mine))
    return found


def _row(actor: Actor, row: Trainee, acts: list[str]) -> dict[str, Any]:
    one = row.enrolment
    possible = {step.action for step in WORKFLOW.possible(one, actor)}
    applied = f"{clock.local(one.applied_at, actor.time_zone):%d.%m.%Y %H:%M}" if one.applied_at else ""
    return {
        "id": one.id,
        "key": f"{one.id}:{one.version}" if possible.intersection(acts) else "",
        "name": row.name,
        "person": f"/staff-members/{one.staff_member_id}",
        "unit": row.unit,
        "municipality": row.municipality,
        "position": one.position,
        "status": one.status,
        "about": _about(row, applied),
        "presence": row.presence.label,
        "result": row.result,
        "document": row.document,
    }


def _about(row: Trainee, applied: str) -> str:
    """Under the state: what led to it."""
    one = row.enrolment
    if one.left_reason:
        day = f"{one.left_on:%d.%m.%Y}: " if one.left_on else ""
        return f"{day}{one.left_reason}"
    if one.status is EnrolmentStatus.WAITING:
        return f"{row.place}-й в очереди, заявка {applied}" if row.place else f"заявка {applied}"
    if one.status is EnrolmentStatus.APPLIED:
        return f"заявка {applied}" if applied else ""
    if one.completed_on:
        return f"{one.completed_on:%d.%m.%Y}"
    return f"с {one.enrolled_on:%d.%m.%Y}" if one.enrolled_on else ""
