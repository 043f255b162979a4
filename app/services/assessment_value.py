"""What may stand as an answer: a value of the scale, «неприменимо» where it is allowed, texts of a length."""

from __future__ import annotations

from decimal import Decimal

from app.analysis.scoring import UnfitAnswerError, points_of
from app.policies.refusal import Invalid
from app.services.framework_contents import CriterionView

PLACES = 2
# Beyond any count of a school's life, and well within the column.
LARGEST = Decimal(10) ** 12
LONGEST_COMMENT = 4000
LONGEST_REASON = 1000


def worth(criterion: CriterionView, value: Decimal) -> Decimal:
    """The points of a value, exact. Raises Invalid at the field `value`."""
    if not value.is_finite() or abs(value) > LARGEST:
        raise Invalid("Напишите число.", field="value")
    if value != round(value, PLACES):
        raise Invalid("В числе может быть не больше двух знаков после запятой.", field="value")
    try:
        points = points_of(criterion.scoring_scale, value)
    except UnfitAnswerError as unfit:
        raise Invalid(str(unfit), field="value") from unfit
    if not 0 <= points <= criterion.max_points:
        # A number without levels is worth itself.
        raise Invalid(f"Число должно быть от 0 до {criterion.shown(criterion.max_points)}.", field="value")
    return points


def worth_or_na(criterion: CriterionView, value: Decimal | None, *, is_na: bool) -> Decimal | None:
    """The points; None for «неприменимо» and for no answer. Raises Invalid at the field `is_na` or `value`."""
    if is_na and not criterion.may_be_na:
        raise Invalid(f"Критерий «{criterion.code}» применим всегда: дайте ответ.", field="is_na")
    return None if is_na or value is None else worth(criterion, value)


def bounded(text: str, most: int, field: str, what: str) -> str:
    """The text without blanks around it. Raises Invalid at the field where it is too long to be one."""
    # PostgreSQL keeps no zero characters in a text, and nothing keeps half a character.
    tidy = text.encode(errors="replace").decode().replace("\x00", "").strip()
    if len(tidy) > most:
        raise Invalid(f"{what}: не больше {most} знаков, сейчас {len(tidy)}. Сократите.", field=field)
    return tidy


def words(criterion: CriterionView, value: Decimal | None, *, is_na: bool, reason: str = "") -> str:
    """An answer in words: «2 — есть», «неприменимо: занятий нет», «нет ответа»."""
    if is_na:
        return f"неприменимо: {reason}" if reason else "неприменимо"
    return criterion.shown(value) or "нет ответа"


def ratio(criterion: CriterionView, points: Decimal) -> Decimal:
    """The points as a part of the best, 0 to 1; only to be compared with a limit, never summed."""
    return points / criterion.max_points
