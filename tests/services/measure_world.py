"""Findings and measures all over the small world, and how a person would count them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from app.models import CorrectiveMeasure, Finding, MeasureFinding, MeasureUnit, OrgUnit
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import (
    EffectVerdict,
    FigureSource,
    FindingStatus,
    MeasurePriority,
    MeasureStatus,
)
from app.policies.unscoped import open_session
from app.services.measure_tally import Figures
from tests.factories.measures import add_cause, add_finding, add_measure
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.world import World

TODAY = date(2026, 11, 22)
SCHOOLS = ("school", "school2", "school_b", "school_c", "regional_school")
UNITS = (*SCHOOLS, "municipality", "municipality2", "region")
CODES = ("Д1", "Д2", "Г1")


@dataclass
class Planned:
    """Numbers of causes by title, of the round, and of all measures."""

    causes: dict[str, int]
    round_id: int
    measures: list[int]


def furnish(engine: Engine, world: World, *, seed: int, measures: int = 24) -> Planned:
    """Every state of everything, with decoys in the other region; the same seed makes the same rows."""
    chance = random.Random(seed)
    causes = {title: add_cause(engine, world, title=title) for title in ("Нет времени", "Нет людей", "Нет документа")}
    held = hold_round(engine, world, units=("school", "school2", "school_b", "school_c"))
    findings: dict[str, list[int]] = {unit: [] for unit in UNITS}
    for unit in SCHOOLS:
        scores = {}
        if unit != "regional_school":
            scores = fill_sheet(engine, world, held, unit, {"Д1": "0", "Д2": "1", "Г1": "0"})
        for score in (*scores.values(), None, None):
            findings[unit].append(
                add_finding(
                    engine,
                    world,
                    unit,
                    score_id=score,
                    found_by="region",
                    status=chance.choice((*FindingStatus, FindingStatus.OPEN)),
                    cause_id=chance.choice((None, *causes.values())),
                )
            )
    made = [
        _measure(engine, world, held.round_id, chance, findings, unit)
        for unit in (chance.choice(UNITS) for _ in range(measures))
    ]
    foreign = add_cause(engine, world, "foreign_region", title="Чужая причина")
    theirs = add_finding(engine, world, "foreign_school", found_by="foreign_region", cause_id=foreign)
    add_measure(engine, world, "foreign_school", findings=[theirs])
    return Planned(causes, held.round_id, made)


def _measure(
    engine: Engine, world: World, round_id: int, chance: random.Random, findings: dict[str, list[int]], unit: str
) -> int:
    status = chance.choice(list(MeasureStatus))
    due_on = TODAY + timedelta(chance.choice((-40, -1, 0, 1, 60)))
    done = status in {MeasureStatus.DONE, MeasureStatus.VERIFIED}
    effect = chance.choice((None, *EffectVerdict)) if status is MeasureStatus.VERIFIED else None
    below = {"municipality": ("school", "school2"), "municipality2": ("school_b", "school_c"), "region": SCHOOLS}
    units = below.get(unit, (unit,))
    figures: dict[str, Any] = {}
    if chance.random() < 0.4:
        figures = {
            "figure_source": FigureSource.CRITERION,
            "figure_name": "балл",
            "criterion_code": chance.choice(CODES),
            "base_round_id": round_id,
            "figure_before": Decimal(0),
            "figure_target": Decimal(2),
            "figure_after": Decimal(1) if done else None,
        }
    able = [number for one in units for number in findings[one]]
    return add_measure(
        engine,
        world,
        unit,
        status=status,
        units=units,
        findings=chance.sample(able, chance.randint(0, min(3, len(able)))),
        due_on=due_on,
        starts_on=chance.choice((None, due_on - timedelta(20))),
        done_on=TODAY - timedelta(chance.randint(0, 9)) if done else None,
        priority=chance.choice(list(MeasurePriority)),
        effect=effect,
        effect_on=TODAY if effect is not None else None,
        **figures,
    )


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Rows:
    findings: list[Finding]
    measures: list[CorrectiveMeasure]
    links: list[MeasureFinding]
    units: dict[int, OrgUnit]

    def findings_of(self, measure: CorrectiveMeasure) -> list[Finding]:
        known = {one.id: one for one in self.findings}
        return [
            known[link.finding_id] for link in self.links if link.measure_id == measure.id and link.finding_id in known
        ]


def seen_by(engine: Engine, world: World, login: str) -> Rows:
    """All rows that the unit of this login may see, found without the guard."""
    unit_id = world.units[login]
    with open_session(engine, reason="tests count by hand") as session:
        units = {one.id: one for one in session.scalars(select(OrgUnit))}
        me = units[unit_id]

        def owned(row: Any) -> bool:
            if me.kind is UnitKind.REGION:
                return bool(row.region_id == me.id)
            return bool((row.municipality_id if me.kind is UnitKind.MUNICIPALITY else row.org_unit_id) == me.id)

        reached = {one.measure_id for one in session.scalars(select(MeasureUnit)) if owned(one)}
        rows = Rows(
            [one for one in session.scalars(select(Finding).order_by(Finding.id)) if owned(one)],
            [one for one in session.scalars(select(CorrectiveMeasure)) if owned(one) or one.id in reached],
            list(session.scalars(select(MeasureFinding))),
            units,
        )
        session.expunge_all()
        return rows


def count(rows: Rows, finding_counts: Callable[[Finding], bool], measure_counts: Callable[[CorrectiveMeasure], bool]):
    """The figures of what is let through."""
    standing = {one.id for one in rows.measures if one.status is not MeasureStatus.CANCELLED}
    answered = {link.finding_id for link in rows.links if link.measure_id in standing}
    states: Counter[str] = Counter()
    for finding in filter(finding_counts, rows.findings):
        states[finding.status.value] += 1
        states["bare"] += finding.status is FindingStatus.OPEN and finding.id not in answered
    for measure in filter(measure_counts, rows.measures):
        states[measure.status.value] += 1
        states["overdue"] += measure.status in LIVE_STATUSES and measure.due_on < TODAY
        if measure.effect is not None:
            states[measure.effect.value] += 1
    return Figures(**{each.name: states[each.name] for each in fields(Figures)})
