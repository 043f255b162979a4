"""Templates of measures: what the region proposes against a weakness by one criterion, in every edition of its set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, MeasureTemplate
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services.order_head import as_people_sort

LONGEST_CODE, LONGEST_TITLE, LONGEST_RESULT, LONGEST_POSITION = 20, 500, 1_000, 200
MOST_DAYS = 1095
BIGGEST_TARGET = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class TypedTemplate:
    """`days` from the day of planning to the term; `target` in the points of the criterion."""

    criterion_code: str
    title: str
    expected_result: str = ""
    days: int = 90
    responsible_position: str = ""
    target: Decimal | None = None
    is_active: bool = True


def templates(session: Session) -> list[MeasureTemplate]:
    """Of the reader's region by criterion, those out of use too."""
    found = session.scalars(select(MeasureTemplate))
    return sorted(found, key=lambda one: (as_people_sort(one.criterion_code), folded(one.title), one.id))


def of_criterion(session: Session, code: str) -> list[MeasureTemplate]:
    """Those in use."""
    found = session.scalars(
        select(MeasureTemplate).where(MeasureTemplate.criterion_code == code, MeasureTemplate.is_active.is_(True))
    )
    return sorted(found, key=lambda one: (folded(one.title), one.id))


def template_of(session: Session, template_id: int) -> MeasureTemplate:
    found = session.get(MeasureTemplate, template_id)
    if found is None:
        raise NotFound
    return found


def counted(session: Session) -> dict[int, int]:
    """How many measures in the reader's scope were made of each template."""
    rows = session.execute(
        select(CorrectiveMeasure.template_id, func.count())
        .where(CorrectiveMeasure.template_id.is_not(None))
        .group_by(CorrectiveMeasure.template_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def create(session: Session, actor: Actor, typed: TypedTemplate) -> MeasureTemplate:
    """Raises Invalid at the field."""
    actor.require(Permission.MEASURE_CATALOGUE)
    made = MeasureTemplate(org_unit_id=actor.region_id)
    _put(made, _tidied(session, typed))
    session.add(made)
    session.flush()
    return made


def change(session: Session, actor: Actor, template: MeasureTemplate, typed: TypedTemplate, *, version: int) -> None:
    """Measures made of it keep their words. Raises Conflict where somebody saved since `version`, Invalid."""
    actor.require(Permission.MEASURE_CATALOGUE)
    if template.version != version:
        raise Conflict(f"Шаблон успели изменить. Сейчас сохранено: «{template.title}».")
    _put(template, _tidied(session, typed, other_than=template.id))
    session.flush()


def _put(template: MeasureTemplate, typed: TypedTemplate) -> None:
    template.criterion_code, template.title = typed.criterion_code, typed.title
    template.expected_result, template.days = typed.expected_result, typed.days
    template.responsible_position, template.target = typed.responsible_position, typed.target
    template.is_active = typed.is_active


def _tidied(session: Session, typed: TypedTemplate, *, other_than: int | None = None) -> TypedTemplate:
    tidy = replace(
        typed,
        criterion_code=_words(typed.criterion_code, LONGEST_CODE, "criterion_code"),
        title=_words(typed.title, LONGEST_TITLE, "title"),
        expected_result=_words(typed.expected_result, LONGEST_RESULT, "expected_result"),
        responsible_position=_words(typed.responsible_position, LONGEST_POSITION, "responsible_position"),
    )
    if not tidy.criterion_code:
        raise Invalid("Укажите код критерия, например «Д1».", field="criterion_code")
    if not tidy.title:
        raise Invalid("Напишите, что делается.", field="title")
    if not 1 <= tidy.days <= MOST_DAYS:
        raise Invalid(f"Дней до срока может быть от 1 до {MOST_DAYS}.", field="days")
    if tidy.target is not None and not 0 <= tidy.target <= BIGGEST_TARGET:
        raise Invalid("Цель — балл по критерию: число не меньше нуля.", field="target")
    same = select(MeasureTemplate).where(MeasureTemplate.criterion_code == tidy.criterion_code)
    if any(folded(one.title) == folded(tidy.title) and one.id != other_than for one in session.scalars(same)):
        raise Invalid("Такой шаблон у этого критерия уже есть.", field="title")
    return tidy


def _words(typed: str, longest: int, field: str) -> str:
    tidy = " ".join(typed.replace("\x00", "").split())
    if len(tidy) > longest:
        raise Invalid(f"Не длиннее {longest} знаков.", field=field)
    return tidy
