"""A measure found in scope, and who may change what of it."""

from __future__ import annotations

import enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure
from app.models.corrective_measure import EDITABLE_STATUSES
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, NotFound, NotPermitted, Refusal, WrongState
from app.workflows.corrective_measure import by_carrier, by_planner_or_above

CHANGED_MEANWHILE = (
    "Меру тем временем изменили: сейчас она «{}». Рядом показано, что в ней теперь; ваше не потеряно и не записано."
)


class Hold(enum.Enum):
    """How much of a measure an actor may change."""

    ALL = "all"
    # Of what was set from above: the person, the start, the links.
    OWN_PART = "own_part"


def the_one(session: Session, measure_id: int, version: int | None = None) -> CorrectiveMeasure:
    """The measure as the database holds it now; whoever else would change it waits. Raises NotFound, Conflict."""
    session.flush()
    found = session.scalar(
        select(CorrectiveMeasure)
        .where(CorrectiveMeasure.id == measure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    require_version(found, version)
    return found


def require_version(measure: CorrectiveMeasure, version: int | None) -> None:
    if version is not None and measure.version != version:
        raise Conflict(CHANGED_MEANWHILE.format(measure.status.label))


def may_change(measure: CorrectiveMeasure, actor: Actor) -> Hold | None:
    """How much the actor may change now; None where nothing."""
    hold = _hold(measure, actor)
    return hold if isinstance(hold, Hold) else None


def require_change(measure: CorrectiveMeasure, actor: Actor) -> Hold:
    """Raises NotPermitted, WrongState."""
    hold = _hold(measure, actor)
    if isinstance(hold, Refusal):
        raise hold
    return hold


def _hold(measure: CorrectiveMeasure, actor: Actor) -> Hold | Refusal:
    if not actor.may(Permission.MEASURE_WRITE):
        return NotPermitted("Ваши полномочия не позволяют этого действия.")
    whole = by_planner_or_above(measure, actor) is None
    if not whole and by_carrier(measure, actor) is not None:
        return NotPermitted("Меру меняет организация, которая её выполняет или запланировала, или вышестоящая.")
    if measure.status not in EDITABLE_STATUSES:
        return WrongState(f"Мера «{measure.status.label}»: изменить её можно, пока она не выполнена и не отменена.")
    return Hold.ALL if whole else Hold.OWN_PART
