"""A round in which two schools are weak by Д1 and one is not, with the findings of the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import FigureSource
from app.services.corrective_measure import TypedMeasure
from app.services.evidence import TypedEvidence
from tests.factories.measures import add_finding
from tests.factories.monitoring import Held, fill_sheet, hold_round

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 3, tzinfo=UTC)
TYPED = TypedMeasure(title="Разработать положение", due_on=date(2026, 12, 20))
PROOF = (TypedEvidence(url="https://school.example/doc", title="Положение"),)
SETTLED = AssessmentStatus.ACCEPTED


def weak_schools(engine, world) -> tuple[Held, dict[str, int]]:
    held = hold_round(engine, world, units=("school", "school2", "school_b"))
    scores = {
        unit: fill_sheet(engine, world, held, unit, {"Д1": value, "Д2": "2", "Г1": "1"}, status=SETTLED)
        for unit, value in (("school", "0"), ("school2", "1"), ("school_b", "2"))
    }
    found = {
        unit: add_finding(engine, world, unit, score_id=scores[unit]["Д1"], text=f"Слабость {unit}")
        for unit in ("school", "school2")
    }
    return held, found


def of_criterion(held, **values):
    told = {"figure_source": FigureSource.CRITERION, "criterion_code": "Д1", "base_round_id": held.round_id}
    return replace(TYPED, **told | values)
