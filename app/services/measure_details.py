"""What a corrective measure says, as it is typed and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    CorrectiveMeasure,
    Criterion,
    MeasureTemplate,
    MonitoringRound,
    OrderPoint,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.enumeration import Metric
from app.models.enumeration_of_measures import FigureSource, MeasurePriority
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound
from app.services import measure_figure, metric

LONGEST_TITLE, LONGEST_NAME, LONGEST_TEXT = 500, 200, 20_000
MOST = Decimal(1_000_000_000)
CENT = Decimal("0.01")
FARTHEST = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class TypedMeasure:
    """Whoever plans a measure types this; figures that the system can count are counted where none is given."""

    title: str
    due_on: date
    expected_result: str = ""
    priority: MeasurePriority = MeasurePriority.NORMAL
    responsible: str = ""
    responsible_position: str = ""
    starts_on: date | None = None
    figure_source: FigureSource = FigureSource.NONE
    figure_name: str = ""
    figure_before: Decimal | None = None
    figure_target: Decimal | None = None
    criterion_code: str = ""
    base_round_id: int | None = None
    metric: Metric | None = None
    template_id: int | None = None
    order_point_id: int | None = None
    training_requirement_id: int | None = None
    training_group_id: int | None = None


NAMES = tuple(one.name for one in fields(TypedMeasure))
LINKS = (
    (MeasureTemplate, "template_id"),
    (OrderPoint, "order_point_id"),
    (TrainingRequirement, "training_requirement_id"),
    (TrainingGroup, "training_group_id"),
    (MonitoringRound, "base_round_id"),
)
# What the unit that carries out a measure set from above may change of it.
OWN_PART = ("responsible", "responsible_position", "starts_on", "training_requirement_id", "training_group_id")


def typed_of(measure: CorrectiveMeasure) -> TypedMeasure:
    """The measure as if it were typed again."""
    return TypedMeasure(**{name: getattr(measure, name) for name in NAMES})


def put(measure: CorrectiveMeasure, typed: TypedMeasure) -> None:
    for name in NAMES:
        if getattr(measure, name) != getattr(typed, name):
            setattr(measure, name, getattr(typed, name))


def tidied(
    session: Session, typed: TypedMeasure, *, today: date, before: CorrectiveMeasure | None = None
) -> TypedMeasure:
    """As it is kept, but for the first value, which is counted; `before` is what stands already.

    Raises Invalid at the field, NotFound for a link outside the scope.
    """
    tidy = replace(
        typed,
        title=_line(typed.title, "title", LONGEST_TITLE),
        expected_result=typed.expected_result.replace("\x00", "").strip(),
        responsible=_line(typed.responsible, "responsible", LONGEST_NAME),
        responsible_position=_line(typed.responsible_position, "responsible_position", LONGEST_NAME),
        figure_name=_line(typed.figure_name, "figure_name", LONGEST_TITLE),
        criterion_code=_line(typed.criterion_code, "criterion_code", LONGEST_NAME),
    )
    if not tidy.title:
        raise Invalid("Напишите, что будет сделано.", field="title")
    if len(tidy.expected_result) > LONGEST_TEXT:
        raise Invalid("Текст длиннее 20 000 знаков: сократите его.", field="expected_result")
    _require_days(tidy, today, before)
    _require_links(session, tidy, before)
    return _figured(session, tidy)


def counted(
    session: Session, actor: Actor, typed: TypedMeasure, groups: Mapping[int, Sequence[int]], *, today: date
) -> dict[int, TypedMeasure]:
    """For each group of units, with the first value of the figure where it can be counted and none was typed."""
    if typed.figure_before is not None or typed.figure_source in {FigureSource.NONE, FigureSource.TYPED}:
        return dict.fromkeys(groups, typed)
    of_round = (typed.criterion_code, typed.base_round_id) if typed.base_round_id is not None else None
    values = measure_figure.first_values(session, actor, groups, criterion=of_round, metric=typed.metric, today=today)
    return {key: replace(typed, figure_before=value) for key, value in values.items()}


def _line(text: str, field: str, longest: int) -> str:
    line = " ".join(text.replace("\x00", "").split())
    if len(line) > longest:
        raise Invalid(f"Слишком длинно: не больше {longest} знаков.", field=field)
    return line


def _require_days(typed: TypedMeasure, today: date, before: CorrectiveMeasure | None) -> None:
    moved = before is None or before.due_on != typed.due_on
    if moved and typed.due_on < today:
        raise Invalid("Этот срок уже прошёл: укажите сегодняшний день или более поздний.", field="due_on")
    if moved and typed.due_on > today + FARTHEST:
        raise Invalid("Срок дальше десяти лет: проверьте год.", field="due_on")
    if typed.starts_on is not None and typed.starts_on > typed.due_on:
        raise Invalid("Начало позже срока: исправьте одну из дат.", field="starts_on")


def _require_links(session: Session, typed: TypedMeasure, before: CorrectiveMeasure | None) -> None:
    """What stands already may be out of the actor's sight: only a new link is looked for."""
    for model, name in LINKS:
        number = getattr(typed, name)
        stands = before is not None and getattr(before, name) == number
        if number is not None and not stands and session.get(model, number) is None:
            raise NotFound


def _figured(session: Session, typed: TypedMeasure) -> TypedMeasure:
    """Only what belongs to the source of the figure is kept. Raises Invalid at the field."""
    for field in ("figure_before", "figure_target"):
        require_value(getattr(typed, field), field)
    if typed.figure_source is FigureSource.CRITERION:
        return _of_criterion(session, replace(typed, metric=None))
    plain = replace(typed, criterion_code="", base_round_id=None)
    if typed.figure_source is FigureSource.METRIC:
        if plain.metric is None or not metric.can_count(plain.metric):
            raise Invalid("Выберите, что считает система.", field="metric")
        return replace(plain, figure_name=plain.figure_name or measure_figure.name_of_metric(plain.metric))
    if typed.figure_source is FigureSource.TYPED:
        if not plain.figure_name:
            raise Invalid("Назовите показатель или выберите «без показателя».", field="figure_name")
        return replace(plain, metric=None)
    return replace(plain, metric=None, figure_name="", figure_before=None, figure_target=None)


def _of_criterion(session: Session, typed: TypedMeasure) -> TypedMeasure:
    if not typed.criterion_code:
        raise Invalid("Выберите критерий.", field="criterion_code")
    if typed.base_round_id is None:
        raise Invalid("Выберите мониторинг, в котором видна слабость.", field="base_round_id")
    held = session.get(MonitoringRound, typed.base_round_id)
    if held is None:
        # It stood so before, and was set by somebody who sees the round.
        return typed
    criterion = session.scalar(
        select(Criterion).where(Criterion.framework_id == held.framework_id, Criterion.code == typed.criterion_code)
    )
    if criterion is None:
        raise Invalid("В этом мониторинге такого критерия нет: выберите другой.", field="criterion_code")
    if typed.figure_target is not None and typed.figure_target > criterion.max_points:
        raise Invalid(
            f"По этому критерию больше {measure_figure.shown(criterion.max_points)} не бывает: уменьшите цель.",
            field="figure_target",
        )
    return replace(
        typed,
        figure_name=typed.figure_name or measure_figure.name_of_criterion(criterion.code, criterion.title),
        figure_target=criterion.max_points if typed.figure_target is None else typed.figure_target,
    )


def require_value(value: Decimal | None, field: str) -> None:
    """Raises Invalid: a figure has two decimal places at most and is no debt."""
    if value is None:
        return
    if not value.is_finite() or value < 0 or value > MOST:
        raise Invalid("Введите число от 0 до миллиарда.", field=field)
    if value != value.quantize(CENT):
        raise Invalid("Не больше двух знаков после запятой.", field=field)
