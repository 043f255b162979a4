"""Round against round as its page shows it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from app.admin.round_figures import NARROW, percent_words
from app.analysis.round_figures import Movement, change_text
from app.services.round_results import Comparison, UnitChange

TONES = {"+": "rose-text", "−": "fell-text"}
MOVED = (
    (Movement.ROSE, "Поднялись на уровень выше", "▲"),
    (Movement.FELL, "Опустились на уровень ниже", "▼"),
    (Movement.UNKNOWN, "Уровни не сопоставить", "?"),
)


def compared_for_page(found: Comparison) -> dict[str, Any]:
    return {
        "mean": _line(found.mean_before, found.mean_now, found.change),
        "criteria": [
            {
                "code": one.now.code,
                "title": one.now.title,
                "section": one.now.section,
                "rescaled": one.rescaled,
                "n": f"{one.before.n} → {one.now.n}",
            }
            | _line(one.before.mean, one.now.mean, one.change)
            for one in found.criteria
        ],
        "sections": [
            {"title": one.title, "criteria": one.criteria} | _line(one.before, one.now, one.change)
            for one in found.sections
        ],
        "moved": [(word, mark, [_unit(one) for one in found.moved(which)]) for which, word, mark in MOVED],
        "units": [_unit(one) for one in found.units],
        "changed": sum(one.changed > 0 for one in found.units),
    }


def _line(before: Fraction | None, now: Fraction | None, change: Fraction | None) -> dict[str, Any]:
    text = change_text(change)
    return {
        "before": percent_words(before),
        "now": percent_words(now),
        "change": text if change is None else f"{text}{NARROW}п.{NARROW}п.",
        "tone": TONES.get(text[0], ""),
        "from": None if before is None else float(before),
        "to": None if now is None else float(now),
    }


def _unit(one: UnitChange) -> dict[str, Any]:
    before = None if one.before is None else Fraction(one.before)
    now = None if one.now is None else Fraction(one.now)
    return {
        "name": one.name,
        "href": f"/assessments/{one.assessment_id}",
        "levels": f"{one.before_level or '–'} → {one.level or '–'}" if one.before_level != one.level else one.level,
        "changed": one.changed,
    } | _line(before, now, one.change)
