"""How figures of sheets are told: percents, counts, the state with its «не начат»."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.admin.cells import plural
from app.models.enumeration import AssessmentStatus

HUNDREDTH = Decimal("0.01")
NOT_STARTED = "не начат"


def percent_words(share: Decimal | None) -> str:
    """«83,33 %», «50 %»; nothing for no share. Half up, as people round."""
    return f"{decimal_words(share)}\u202f%" if share is not None else ""


def decimal_words(value: Decimal) -> str:
    """«83,33», «2», as it is typed: no zeros at the end."""
    text = f"{value.quantize(HUNDREDTH, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".").replace(".", ",")


def state_of(status: AssessmentStatus, started_at: Any) -> tuple[str, str]:
    """The word of the badge's look and the label: a draft without answers has not begun."""
    if status is AssessmentStatus.DRAFT and started_at is None:
        return "not_started", NOT_STARTED
    return status.value, status.label


def changed_words(count: int) -> str:
    """«изменено после утверждения: 3»."""
    return f"изменено после утверждения: {count}"


def criteria_words(count: int) -> str:
    return f"{count} {plural(count, 'критерий', 'критерия', 'критериев')}"
