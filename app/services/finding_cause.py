"""Causes of findings: the region's list, kept by the region and chosen from by all below."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Finding, FindingCause
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState

DATA = Path(__file__).with_name("finding_causes.json")
LONGEST_TITLE = 200
MOST_CAUSES = 200


def causes(session: Session) -> list[FindingCause]:
    """Of the reader's region in the order of its list, those out of use too."""
    return sorted(session.scalars(select(FindingCause)), key=lambda one: (one.position, folded(one.title), one.id))


def in_use(session: Session, kept: int | None = None) -> list[FindingCause]:
    """What may be chosen now; `kept` is what the finding has already."""
    return [one for one in causes(session) if one.is_active or one.id == kept]


def cause_of(session: Session, cause_id: int) -> FindingCause:
    found = session.get(FindingCause, cause_id)
    if found is None:
        raise NotFound
    return found


def counted(session: Session) -> dict[int, int]:
    """How many findings in the reader's scope have each cause."""
    rows = session.execute(
        select(Finding.cause_id, func.count()).where(Finding.cause_id.is_not(None)).group_by(Finding.cause_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def create(session: Session, actor: Actor, *, title: str, position: int | None = None) -> FindingCause:
    """At the end of the list where no place is given. Raises Invalid at `title`."""
    actor.require(Permission.MEASURE_CATALOGUE)
    there = causes(session)
    if len(there) >= MOST_CAUSES:
        raise Invalid(f"Причин уже {MOST_CAUSES}: объедините похожие.", field="title")
    made = FindingCause(
        org_unit_id=actor.region_id,
        title=_free_title(there, title),
        position=position if position is not None else max((one.position for one in there), default=0) + 1,
    )
    session.add(made)
    session.flush()
    return made


def change(
    session: Session,
    actor: Actor,
    cause: FindingCause,
    *,
    version: int,
    title: str,
    position: int,
    is_active: bool,
) -> None:
    """Findings that have it follow its name. Raises Conflict where somebody saved since `version`."""
    actor.require(Permission.MEASURE_CATALOGUE)
    if cause.version != version:
        raise Conflict(f"Причину успели изменить. Сейчас сохранено: «{cause.title}».")
    cause.title = _free_title(causes(session), title, other_than=cause.id)
    cause.position, cause.is_active = position, is_active
    session.flush()


def put_starter(session: Session, actor: Actor) -> int:
    """The proposed list, but for what stands already; how many were added. Raises WrongState where nothing is new."""
    actor.require(Permission.MEASURE_CATALOGUE)
    there = causes(session)
    known = {folded(one.title) for one in there}
    position = max((one.position for one in there), default=0)
    added = 0
    for title in starter():
        if folded(title) not in known:
            added += 1
            session.add(FindingCause(org_unit_id=actor.region_id, title=title, position=position + added))
    if not added:
        raise WrongState("Все причины из предложенного списка уже есть.")
    session.flush()
    return added


@lru_cache(maxsize=1)
def starter() -> tuple[str, ...]:
    """A proposal of the product, no official list: the file says so."""
    return tuple(json.loads(DATA.read_text(encoding="utf-8"))["causes"])


@lru_cache(maxsize=1)
def starter_source() -> str:
    return str(json.loads(DATA.read_text(encoding="utf-8"))["source"])


def _free_title(there: list[FindingCause], typed: str, *, other_than: int | None = None) -> str:
    title = " ".join(typed.replace("\x00", "").split())
    if not title:
        raise Invalid("Назовите причину, например «Нет ответственного».", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Название не длиннее {LONGEST_TITLE} знаков.", field="title")
    if any(folded(one.title) == folded(title) and one.id != other_than for one in there):
        raise Invalid("Такая причина уже есть: выберите её или назовите иначе.", field="title")
    return title
