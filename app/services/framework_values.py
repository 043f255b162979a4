"""What a person types about a criterion or a band, cleaned and checked before a draft holds it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.models.enumeration import ScaleKind
from app.policies.refusal import Invalid
from app.services.framework_contents import LevelView
from app.services.framework_outline import PLAIN_FIELDS, CriterionValues

BIGGEST = Decimal(1_000_000)
LONGEST = {"code": 20, "measure": 60, "rests_on_code": 20}
LONG_TEXT = 5_000
MOST_LEVELS = 20
MOST_BANDS = 10


def check_bands(bands: Sequence[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Cleaned. Raises Invalid at `bands`."""
    if len(bands) > MOST_BANDS:
        raise Invalid(f"Уровней не больше {MOST_BANDS}.", field="bands")
    cleaned = [(" ".join(name.split()), exact(share, "bands")) for name, share in bands]
    if any(not name for name, _ in cleaned):
        raise Invalid("Назовите каждый уровень: высокий, средний, низкий.", field="bands")
    if any(len(name) > LONGEST["measure"] for name, _ in cleaned):
        raise Invalid(f"Название уровня не длиннее {LONGEST['measure']} знаков.", field="bands")
    if any(share > 100 for _, share in cleaned):  # noqa: PLR2004 - a share is a percentage
        raise Invalid("Граница уровня – число от 0 до 100 процентов.", field="bands")
    for values in ([name for name, _ in cleaned], [share for _, share in cleaned]):
        if len(set(values)) < len(values):
            raise Invalid("Названия и границы уровней должны различаться.", field="bands")
    return cleaned


def check_values(values: CriterionValues) -> CriterionValues:
    """The same values cleaned, levels in order; what a draft may not even hold raises Invalid at its field."""
    told: dict[str, Any] = {name: getattr(values, name) for name in PLAIN_FIELDS}
    for name, value in told.items():
        if type(value) is str:
            told[name] = text(value, name)
    told["code"] = told["code"].replace(" ", "")
    told["title"] = " ".join(told["title"].split())
    if not told["code"]:
        raise Invalid("Дайте критерию код, например Д1: по нему сравниваются циклы.", field="code")
    if not told["title"]:
        raise Invalid("Напишите, что оценивается.", field="title")
    if not (values.for_schools or values.for_municipalities):
        raise Invalid("Отметьте, в чьих листах стоит критерий: школ или муниципалитетов.", field="for_schools")
    for name, words in (("weight", "Вес"), ("max_points", "Высший балл")):
        told[name] = exact(told[name], name)
        if told[name] <= 0:
            raise Invalid(f"{words} – число больше нуля.", field=name)
    levels = () if values.scale is ScaleKind.YES_NO else _checked_levels(values.levels)
    if levels and all(one.points == 0 for one in levels):
        raise Invalid("Ни один уровень не даёт баллов: лучший ответ должен чего-то стоить.", field="levels")
    return CriterionValues(**told, levels=levels)


def _checked_levels(levels: Sequence[LevelView]) -> tuple[LevelView, ...]:
    if len(levels) > MOST_LEVELS:
        raise Invalid(f"Уровней шкалы не больше {MOST_LEVELS}.", field="levels")
    cleaned = sorted(
        (
            LevelView(
                exact(one.threshold, "levels"),
                exact(one.points, "levels"),
                " ".join(text(one.label, "levels").split()),
                text(one.description, "levels"),
            )
            for one in levels
        ),
        key=lambda one: one.threshold,
    )
    if len({one.threshold for one in cleaned}) < len(cleaned):
        raise Invalid("У двух уровней шкалы одно значение: значения должны различаться.", field="levels")
    return tuple(cleaned)


def exact(value: Decimal, field: str) -> Decimal:
    """A number as the database holds it: from 0, two places after the comma."""
    if not value.is_finite() or not 0 <= value <= BIGGEST or value != round(value, 2):
        raise Invalid("Число – от нуля, не больше двух знаков после запятой.", field=field)
    return value


def text(value: str, field: str) -> str:
    text = value.replace("\r\n", "\n").replace("\x00", "").strip()
    most = LONGEST.get(field, LONG_TEXT)
    if len(text) > most:
        raise Invalid(f"Текст длиннее {most} знаков: сократите его.", field=field)
    return text
