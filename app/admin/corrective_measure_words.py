"""Words and numbers of a measure as its list, its page and its form tell them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.admin.cells import plural, term_word
from app.models import CorrectiveMeasure, OrgUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import Labelled
from app.models.enumeration_of_measures import FigureSource
from app.services.measure_figure import shown
from app.services.measure_work import SOON


def names_of(session: Session, unit_ids: Collection[int]) -> dict[int, str]:
    """Short names of units in scope."""
    rows = session.execute(select(OrgUnit.id, OrgUnit.short_name, OrgUnit.name).where(OrgUnit.id.in_(unit_ids)))
    return {row.id: row.short_name or row.name for row in rows}


def measure_term(due_on: date, today: date, *, live: bool, late: bool = False) -> tuple[str, str]:
    """«просрочено на 3 дня», «через 12 дней» with the tone of the mark; nothing for one that is done or far off."""
    if not live:
        return ("с нарушением срока", "") if late else ("", "")
    word, tone = term_word(due_on, today)
    days = (due_on - today).days
    if not word and days <= SOON.days:
        return f"через {days} {plural(days, 'день', 'дня', 'дней')}", "soon"
    return word, tone


def term_of(measure: CorrectiveMeasure, today: date) -> tuple[str, str]:
    return measure_term(measure.due_on, today, live=measure.status in LIVE_STATUSES, late=measure.was_late)


def figure_words(source: FigureSource, before: Decimal | None, target: Decimal | None, after: Decimal | None) -> str:
    """«0,5 → 2 → 1,5»: было, цель, стало; empty without a figure."""
    if source is FigureSource.NONE:
        return ""
    return " → ".join(shown(value) for value in (before, target, after))


def shown_value(value: Any) -> str:
    """A value of the comparison in words."""
    if value is None or value == "":
        return "пусто"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Labelled):
        return value.label
    return str(value)
