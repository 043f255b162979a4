"""What a launch opens: named in the custom parameters of a link, shown only to whoever sees it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import Assessment, CorrectiveMeasure, MonitoringRound, OrgUnit, TrainingGroup
from app.models.enumeration_of_platforms import LaunchTarget
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.order_head import name_of

TARGET, RECORD, OF_ROUND = "target", "record", "round"
# As many digits as a number of 64 bits has.
LONGEST_NUMBER = 18
# The scope stands on the sheet; its round and its unit are read for their names.
ROUND = cast(Table, MonitoringRound.__table__).alias("round_of_sheet")
_UNIT = cast(Table, OrgUnit.__table__).alias("unit_of_record")
_PATHS = {
    LaunchTarget.ASSESSMENT: "/assessments/",
    LaunchTarget.TRAINING_GROUP: "/training-groups/",
    LaunchTarget.CORRECTIVE_MEASURE: "/corrective-measures/",
}
_NEEDS = {
    LaunchTarget.WORK: Permission.WORK_READ,
    LaunchTarget.ASSESSMENT: Permission.ASSESSMENT_READ,
    LaunchTarget.TRAINING_GROUP: Permission.GROUP_READ,
    LaunchTarget.CORRECTIVE_MEASURE: Permission.MEASURE_READ,
}
# Of these the platform may be told that they are done.
SCORED = frozenset({LaunchTarget.ASSESSMENT, LaunchTarget.CORRECTIVE_MEASURE})


@dataclass(frozen=True, slots=True)
class Target:
    """`record_id` is nought for «Моя работа», and for a sheet that is told by its round: everybody's own one."""

    kind: LaunchTarget = LaunchTarget.WORK
    record_id: int = 0
    round_id: int = 0

    @property
    def path(self) -> str:
        """Of this site; the page itself decides once more whether it opens."""
        return f"{_PATHS[self.kind]}{self.record_id}" if self.record_id else "/"

    @property
    def custom(self) -> dict[str, str]:
        """The parameters of a link in the platform that opens it."""
        named = {RECORD: self.record_id, OF_ROUND: self.round_id}
        return {TARGET: self.kind.value} | {name: str(number) for name, number in named.items() if number}


@dataclass(frozen=True, slots=True)
class Seen:
    """A target as the person sees it: `title` says what it is, `about` whose."""

    target: Target
    title: str
    about: str = ""


WORK = Seen(Target(), "Моя работа", "Что просрочено, что скоро и что ждёт вашего решения")


def named_by(custom: Mapping[str, object]) -> Target | None:
    """Without parameters of ours «Моя работа»; None for parameters that name nothing that can be opened."""
    kind = str(custom.get(TARGET) or LaunchTarget.WORK.value)
    if kind == LaunchTarget.WORK.value:
        return Target()
    known = next((one for one in _PATHS if one.value == kind), None)
    record, of_round = _number(custom.get(RECORD)), _number(custom.get(OF_ROUND))
    if known is not None and record:
        return Target(known, record)
    return Target(known, round_id=of_round) if known is LaunchTarget.ASSESSMENT and of_round else None


def _number(told: object) -> int:
    text = str(told or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def seen(session: Session, actor: Actor, target: Target) -> Seen | None:
    """What the actor sees of it by the guarded session; None where it is foreign, absent or not for their duties."""
    if not actor.may(_NEEDS[target.kind]):
        return None
    if target.kind is LaunchTarget.WORK:
        return WORK
    if target.kind is LaunchTarget.ASSESSMENT:
        return _sheet(session, actor, target)
    if target.kind is LaunchTarget.TRAINING_GROUP:
        group = session.get(TrainingGroup, target.record_id)
        return None if group is None else of_group(group)
    row = session.execute(MEASURES.where(CorrectiveMeasure.id == target.record_id)).first()
    return None if row is None else of_measure(row, actor)


def of_group(group: TrainingGroup) -> Seen:
    days = f"{group.starts_on:%d.%m.%Y} – {group.ends_on:%d.%m.%Y}"
    return Seen(
        Target(LaunchTarget.TRAINING_GROUP, group.id), f"Поток: {group.title}", f"{group.status.label} · {days}"
    )


def of_measure(row: Any, actor: Actor) -> Seen:
    """A row of MEASURES."""
    about = f"{row.status.label} · срок {row.due_on:%d.%m.%Y}"
    target = Target(LaunchTarget.CORRECTIVE_MEASURE, row.id)
    return Seen(target, f"Мера: {row.title}", _beside(row, actor, about))


def of_sheet(row: Any, actor: Actor) -> Seen:
    """A row of SHEETS."""
    target = Target(LaunchTarget.ASSESSMENT, row.id)
    return Seen(target, f"Лист оценки: {row.title}", _beside(row, actor, f"состояние: {row.status.label}"))


def _beside(row: Any, actor: Actor, about: str) -> str:
    """Whose it is, unless it is of the unit where the person stands."""
    return about if row.org_unit_id == actor.unit_id else f"{row.unit} · {about}"


def of_round(number: int, title: str) -> Seen:
    """For whoever chooses: one link for a whole course."""
    target = Target(LaunchTarget.ASSESSMENT, round_id=number)
    return Seen(target, f"Лист оценки своей организации: {title}", "Каждый откроет лист своей организации")


def _sheet(session: Session, actor: Actor, target: Target) -> Seen | None:
    """Told by its round, the sheet of the unit where the person stands."""
    mine = (Assessment.round_id == target.round_id, Assessment.org_unit_id == actor.unit_id)
    row = session.execute(SHEETS.where(*mine if target.round_id else (Assessment.id == target.record_id,))).first()
    return None if row is None else of_sheet(row, actor)


SHEETS = (
    select(
        Assessment.id,
        Assessment.org_unit_id,
        Assessment.status,
        ROUND.c.title.label("title"),
        name_of(_UNIT).label("unit"),
    )
    .join(ROUND, ROUND.c.id == Assessment.round_id)
    .join(_UNIT, _UNIT.c.id == Assessment.org_unit_id)
)
MEASURES = select(
    CorrectiveMeasure.id,
    CorrectiveMeasure.org_unit_id,
    CorrectiveMeasure.status,
    CorrectiveMeasure.title,
    CorrectiveMeasure.due_on,
    name_of(_UNIT).label("unit"),
).join(_UNIT, _UNIT.c.id == CorrectiveMeasure.org_unit_id)
