"""Corrective measures: planned for one or many findings of one or many units, and changed while they are live.

Their course (taken up, done, verified) stands in measure_course.py, their proof in measure_proof.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted
from app.services import measure_links, measure_people
from app.services.measure_access import Hold, require_change, the_one
from app.services.measure_course import (
    act_many,
    cancel,
    finish,
    refuse,
    resume,
    start,
    unverify,
    verify,
    withdraw,
)
from app.services.measure_details import NAMES, OWN_PART, TypedMeasure, counted, put, tidied, typed_of
from app.services.measure_figure import COUNTED
from app.services.measure_proof import attach, detach

__all__ = [
    "TypedMeasure",
    "act_many",
    "attach",
    "cancel",
    "change",
    "detach",
    "finish",
    "plan",
    "plan_each",
    "refuse",
    "resume",
    "start",
    "unverify",
    "verify",
    "withdraw",
]


def plan(
    session: Session,
    actor: Actor,
    *,
    unit_id: int,
    finding_ids: Sequence[int] = (),
    unit_ids: Sequence[int] = (),
    typed: TypedMeasure,
    today: date,
    is_demo: bool = False,
) -> CorrectiveMeasure:
    """One measure, carried out by `unit_id` for the units of the findings and for `unit_ids`, else for itself.

    Raises NotPermitted, NotFound outside the scope, Invalid at the field.
    """
    actor.require(Permission.MEASURE_WRITE)
    findings = measure_links.findings_to_answer(session, finding_ids)
    units = measure_links.units_to_mend(session, [*unit_ids, *(one.org_unit_id for one in findings)])
    unit = measure_links.carrier(session, unit_id)
    tidy = tidied(session, typed, today=today)
    if tidy.figure_source in COUNTED:
        measure_links.require_standing_above(session, unit.id, units)
    groups = {unit.id: units or [unit.id]}
    return _made(session, actor, tidy, {unit.id: findings}, groups, today=today, is_demo=is_demo)[0]


def plan_each(
    session: Session,
    actor: Actor,
    *,
    finding_ids: Sequence[int],
    typed: TypedMeasure,
    today: date,
    is_demo: bool = False,
) -> list[CorrectiveMeasure]:
    """The same measure for each unit of the findings, which carries out its own. Raises as `plan` does."""
    actor.require(Permission.MEASURE_WRITE)
    by_unit: dict[int, list[Finding]] = {}
    for one in measure_links.findings_to_answer(session, finding_ids):
        by_unit.setdefault(one.org_unit_id, []).append(one)
    if not by_unit:
        raise Invalid("Отметьте хотя бы один недостаток.", field="findings")
    units = measure_links.units_to_mend(session, by_unit)
    tidy = tidied(session, typed, today=today)
    groups = {number: [number] for number in units}
    return _made(session, actor, tidy, by_unit, groups, today=today, is_demo=is_demo)


def _made(
    session: Session,
    actor: Actor,
    tidy: TypedMeasure,
    findings: Mapping[int, Sequence[Finding]],
    groups: Mapping[int, Sequence[int]],
    *,
    today: date,
    is_demo: bool,
) -> list[CorrectiveMeasure]:
    """One measure for each unit that carries one out, by a fixed number of reads."""
    figured = counted(session, actor, tidy, groups, today=today)
    staff = measure_people.people(session, groups)
    made = []
    for unit_id in groups:
        one = CorrectiveMeasure(
            org_unit_id=unit_id,
            made_by_unit_id=actor.unit_id,
            made_by_id=actor.user_id,
            made_by=actor.signature,
            made_on=today,
            is_demo=is_demo,
        )
        put(one, measure_people.completed(figured[unit_id], staff[unit_id]))
        made.append(one)
    session.add_all(made)
    session.flush()
    for one in made:
        measure_links.tie(session, one, findings[one.org_unit_id], groups[one.org_unit_id])
    session.flush()
    return made


def change(
    session: Session,
    actor: Actor,
    measure: CorrectiveMeasure,
    typed: TypedMeasure,
    *,
    version: int | None,
    finding_ids: Sequence[int],
    unit_ids: Sequence[int],
    today: date,
) -> CorrectiveMeasure:
    """The whole of it by its planner's unit or above; of what was set from above its unit changes the person, the
    start and training, and adds findings. Raises NotPermitted, WrongState, Conflict, NotFound, Invalid at the field.
    """
    actor.require(Permission.MEASURE_WRITE)
    found = the_one(session, measure.id, version)
    hold = require_change(found, actor)
    linked = {one.id for one in measure_links.findings_of(session, [found.id])[found.id]}
    findings = measure_links.findings_to_answer(session, finding_ids, linked)
    old = measure_links.unit_ids_of(session, found.id)
    measure_links.units_to_mend(session, [one for one in unit_ids if one not in old])
    units = list(dict.fromkeys([*unit_ids, *(one.org_unit_id for one in findings)])) or old or [found.org_unit_id]
    tidy = tidied(session, typed, today=today, before=found)
    if tidy.figure_source in COUNTED and hold is Hold.ALL:
        measure_links.require_standing_above(session, found.org_unit_id, units)
    tidy = counted(session, actor, tidy, {found.id: units}, today=today)[found.id]
    tidy = measure_people.completed(tidy, measure_people.people(session, [found.org_unit_id])[found.org_unit_id])
    if hold is Hold.OWN_PART:
        _require_own_part(found, typed)
        tidy = replace(typed_of(found), **{name: getattr(tidy, name) for name in OWN_PART})
    put(found, tidy)
    measure_links.lay(session, found, findings=findings, unit_ids=units, only_add=hold is Hold.OWN_PART)
    return found


def _require_own_part(found: CorrectiveMeasure, typed: TypedMeasure) -> None:
    """Raises NotPermitted."""
    if any(getattr(found, name) != getattr(typed, name) for name in NAMES if name not in OWN_PART):
        raise NotPermitted(
            "Меру назначила вышестоящая организация: что сделать, срок и показатель меняет она. "
            "Вы меняете ответственного, начало и связанное обучение."
        )
