"""The parts of a draft set: sections, criteria with the levels of their scales, the bands of the result."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Criterion, Framework, FrameworkSection, LevelBand
from app.policies.actor import Actor
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services.framework import require_draft
from app.services.framework_contents import LevelView
from app.services.framework_outline import PLAIN_FIELDS, CriterionValues, best_points, new_criterion, new_levels
from app.services.framework_values import check_bands, check_values, text

STALE = "Критерий успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы."
STALE_SECTION = "Раздел успели изменить: откройте его заново и повторите."
MOST_CRITERIA = 300


def section_of(session: Session, framework: Framework, section_id: int) -> FrameworkSection:
    """Raises NotFound for a section of another set."""
    found = session.get(FrameworkSection, section_id)
    if found is None or found.framework_id != framework.id:
        raise NotFound
    return found


def criterion_of(session: Session, framework: Framework, criterion_id: int) -> Criterion:
    """Raises NotFound for a criterion of another set."""
    found = session.get(Criterion, criterion_id)
    if found is None or found.framework_id != framework.id:
        raise NotFound
    return found


def add_section(
    session: Session, actor: Actor, framework: Framework, *, title: str, description: str = ""
) -> FrameworkSection:
    """At the end of the set. Raises Invalid at `title`."""
    require_draft(session, actor, framework)
    title = _section_title(framework, None, title)
    position = max((one.position for one in framework.sections), default=0) + 1
    made = FrameworkSection(position=position, title=title, description=text(description, "description"))
    framework.sections.append(made)
    session.flush()
    return made


def change_section(
    session: Session,
    actor: Actor,
    framework: Framework,
    section: FrameworkSection,
    *,
    version: int,
    title: str,
    description: str = "",
) -> None:
    """Raises Conflict where somebody saved since `version`, Invalid at `title`."""
    require_draft(session, actor, framework)
    if section.version != version:
        raise Conflict(STALE_SECTION)
    section.title = _section_title(framework, section, title)
    section.description = text(description, "description")
    session.flush()


def remove_section(session: Session, actor: Actor, framework: Framework, section: FrameworkSection) -> int:
    """With its criteria; answers how many went."""
    require_draft(session, actor, framework)
    gone = len(section.criteria)
    framework.sections.remove(section)
    session.flush()
    return gone


def move_section(session: Session, actor: Actor, framework: Framework, section: FrameworkSection, step: int) -> None:
    """One place up (-1) or down (+1)."""
    require_draft(session, actor, framework)
    _move(framework.sections, section, step)
    session.flush()
    session.expire(framework, ["sections"])


def add_criterion(
    session: Session, actor: Actor, framework: Framework, section: FrameworkSection, values: CriterionValues
) -> Criterion:
    """At the end of the section. Raises Invalid at the field."""
    require_draft(session, actor, framework)
    checked = check_values(values)
    _check_code(session, framework, None, checked.code)
    count = len(session.scalars(select(Criterion.id).where(Criterion.framework_id == framework.id)).all())
    if count >= MOST_CRITERIA:
        raise Invalid(f"В наборе уже {MOST_CRITERIA} критериев: больше не заполнит ни одна школа.", field="code")
    made = new_criterion(checked, max((one.position for one in section.criteria), default=0) + 1)
    section.criteria.append(made)
    session.flush()
    return made


def change_criterion(
    session: Session,
    actor: Actor,
    framework: Framework,
    criterion: Criterion,
    *,
    version: int,
    values: CriterionValues,
    section: FrameworkSection | None = None,
) -> None:
    """All of it at once, its levels too; `section` moves it to the end of another one. Raises Conflict, Invalid."""
    require_draft(session, actor, framework)
    if criterion.version != version:
        raise Conflict(STALE)
    checked = check_values(values)
    _check_code(session, framework, criterion, checked.code)
    if checked.code != criterion.code:
        _rename_rests(session, framework, criterion.code, checked.code)
    for name in PLAIN_FIELDS:
        setattr(criterion, name, getattr(checked, name))
    criterion.max_points = best_points(checked)
    if section is not None and section.id != criterion.section_id:
        criterion.position = max((one.position for one in section.criteria), default=0) + 1
        criterion.section_id = section.id
    _set_levels(session, criterion, checked.levels)
    session.flush()
    for one in framework.sections:
        session.expire(one, ["criteria"])


def remove_criterion(session: Session, actor: Actor, framework: Framework, criterion: Criterion) -> None:
    require_draft(session, actor, framework)
    session.delete(criterion)
    session.flush()
    for one in framework.sections:
        session.expire(one, ["criteria"])


def move_criterion(session: Session, actor: Actor, framework: Framework, criterion: Criterion, step: int) -> None:
    """One place up (-1) or down (+1); past the edge of its section, into the neighbouring one."""
    require_draft(session, actor, framework)
    sections = list(framework.sections)
    place = next(number for number, one in enumerate(sections) if one.id == criterion.section_id)
    mates = list(sections[place].criteria)
    at_edge = mates.index(criterion) == (0 if step < 0 else len(mates) - 1)
    if not at_edge:
        _move(mates, criterion, step)
    elif 0 <= place + step < len(sections):
        other = list(sections[place + step].criteria)
        criterion.section_id = sections[place + step].id
        for position, each in enumerate([*other, criterion] if step < 0 else [criterion, *other], 1):
            each.position = position
    session.flush()
    for one in sections:
        session.expire(one, ["criteria"])


def set_bands(
    session: Session, actor: Actor, framework: Framework, *, version: int, bands: Sequence[tuple[str, Decimal]]
) -> None:
    """The levels of the whole result: (name, from what percent on). Raises Invalid at `bands`, Conflict."""
    require_draft(session, actor, framework)
    if framework.version != version:
        raise Conflict("Набор успели изменить: откройте границы уровней заново и повторите.")
    wanted = check_bands(bands)
    if sorted(wanted) == sorted((one.name, one.from_share) for one in framework.bands):
        return
    # Names and shares may change places: the old rows go before the new ones come.
    framework.bands.clear()
    session.flush()
    framework.bands.extend(LevelBand(name=name, from_share=share) for name, share in wanted)
    framework.version += 1
    session.flush()
    session.expire(framework, ["bands"])


def _section_title(framework: Framework, section: FrameworkSection | None, title: str) -> str:
    title = " ".join(text(title, "title").split())
    if not title:
        raise Invalid("Назовите раздел.", field="title")
    if any(one is not section and one.title == title for one in framework.sections):
        raise Invalid("Раздел с таким названием уже есть.", field="title")
    return title


def _check_code(session: Session, framework: Framework, criterion: Criterion | None, code: str) -> None:
    taken = session.scalar(select(Criterion.id).where(Criterion.framework_id == framework.id, Criterion.code == code))
    if taken is not None and (criterion is None or taken != criterion.id):
        raise Invalid(f"Код {code} уже стоит у другого критерия набора.", field="code")


def _rename_rests(session: Session, framework: Framework, before: str, after: str) -> None:
    """Criteria that rest on a renamed one rest on it still."""
    resting = select(Criterion).where(Criterion.framework_id == framework.id, Criterion.rests_on_code == before)
    for one in session.scalars(resting).all():
        one.rests_on_code = after


def _set_levels(session: Session, criterion: Criterion, wanted: Sequence[LevelView]) -> None:
    """By threshold: what stays is changed in place, so that the journal tells what changed."""
    present = {one.threshold: one for one in criterion.levels}
    for one in list(criterion.levels):
        if one.threshold not in {each.threshold for each in wanted}:
            criterion.levels.remove(one)
    for each in wanted:
        known = present.get(each.threshold)
        if known is None:
            criterion.levels.extend(new_levels([each]))
        else:
            known.points, known.label, known.description = each.points, each.label, each.description
    changed = [one for one in criterion.levels if session.is_modified(one)]
    gone = len(present) != len(wanted)
    if (changed or gone) and not session.is_modified(criterion):
        # The levels are a part of the card: one opened before they changed is stale.
        criterion.version += 1


def _move(rows: Sequence[Any], row: Any, step: int) -> None:
    ordered = list(rows)
    place = ordered.index(row)
    ordered.insert(min(max(place + step, 0), len(ordered) - 1), ordered.pop(place))
    for position, each in enumerate(ordered, 1):
        each.position = position
