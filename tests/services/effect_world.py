"""Two rounds, schools that are alike, and decoys that are like them in all but one thing."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine

from app.models import MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus, RoundStatus, UnitKind
from app.models.enumeration_of_measures import FigureSource, MeasureStatus
from app.policies.unscoped import open_session
from tests.factories.measures import add_finding, add_measure
from tests.factories.monitoring import Held, build_framework, fill_sheet, hold_round
from tests.factories.world import World, add_unit

ACCEPTED = AssessmentStatus.ACCEPTED
PEERS = tuple(f"peer{number}" for number in range(1, 6))
DECOYS = ("bigger", "began_higher", "unchecked", "measured", "measured_by_finding", "not_applicable")
AFTER = date(2027, 3, 1)


class EffectWorld:
    """`base` and `later` are rounds of the region; everybody had 0 of 2 by Д1 in the first unless told otherwise.

    Similar to `school` are the five peers (two of them rose to 1) and `called_off`, whose measure was cancelled, and
    `measured_later`, which planned one on what the second round said: seven. Each decoy went from 0 to 2.
    """

    def __init__(self, engine: Engine, world: World, *, peers: int = 5, status: RoundStatus = RoundStatus.OPEN) -> None:
        self.engine, self.world = engine, world
        self.peers = PEERS[:peers]
        self.alike = (*self.peers, "called_off", "measured_later") if peers == len(PEERS) else self.peers
        self._add_schools()
        framework = self.framework = build_framework(engine, world)
        units = ("school", "school2", *self.alike, *DECOYS)
        self.base = hold_round(engine, world, units=units, framework=framework, status=RoundStatus.CLOSED)
        self.later = hold_round(
            engine,
            world,
            units=units,
            framework=framework,
            status=status,
            title="Мониторинг ВСОКО 2027",
            opens_on=date(2027, 2, 1),
            due_on=date(2027, 6, 1),
            locks_on=date(2027, 6, 2),
        )
        for unit in (*self.alike, *DECOYS):
            self.fill(self.base, unit, "1" if unit == "began_higher" else "0")
            rose = "1" if unit in {"peer1", "peer2"} else "0" if unit in self.alike else "2"
            self.fill(self.later, unit, None if unit == "not_applicable" else rose, unchecked=unit == "unchecked")
        self._take_measures()

    def fill(
        self, held: Held, unit: str, value: str | None, *, day: date | None = None, unchecked: bool = False
    ) -> dict[str, int]:
        sent = day or (AFTER if held is self.later else date(2026, 10, 1))
        status = AssessmentStatus.SUBMITTED if unchecked else ACCEPTED
        return fill_sheet(
            self.engine, self.world, held, unit, {"Д1": value}, status=status, submitter="school", day=sent
        )

    def take(self, unit: str = "school", **values: Any) -> int:
        """A verified measure of the unit by Д1, done on 20.12.2026 unless told otherwise."""
        told = {
            "figure_source": FigureSource.CRITERION,
            "figure_name": "Балл по Д1",
            "criterion_code": "Д1",
            "base_round_id": self.base.round_id,
            "figure_after": 2,
            "status": MeasureStatus.VERIFIED,
        }
        return add_measure(self.engine, self.world, unit, **told | values)

    def close_later(self) -> None:
        with open_session(self.engine, reason="tests close a round") as session:
            session.connection(execution_options={"writes": True})
            held = session.get_one(MonitoringRound, self.later.round_id)
            held.closed_at = held.opened_at
            held.status = RoundStatus.CLOSED

    def _add_schools(self) -> None:
        """Beside the school's municipality: what is told of them goes past its scope."""
        with open_session(self.engine, reason="tests build schools") as session:
            session.connection(execution_options={"writes": True})
            town = session.get_one(OrgUnit, self.world.units["municipality2"])
            for key in (*self.alike, *DECOYS):
                unit = add_unit(session, self.world, key, UnitKind.SCHOOL, f"Чужая школа «{key}»", town)
                unit.is_small = key == "bigger"
                self.world.users[key] = self.world.users["school_b"]

    def _take_measures(self) -> None:
        plain = {"due_on": date(2026, 12, 1), "made_by": "municipality2"}
        self.take("measured", **plain)
        finding = add_finding(
            self.engine,
            self.world,
            "measured_by_finding",
            found_by="municipality2",
            score_id=self._score("measured_by_finding"),
        )
        add_measure(self.engine, self.world, "measured_by_finding", findings=[finding], **plain)
        if "called_off" in self.alike:
            self.take("called_off", **plain | {"status": MeasureStatus.CANCELLED, "figure_after": None})
            late = {"status": MeasureStatus.PLANNED, "figure_after": None, "due_on": date(2027, 9, 1)}
            self.take("measured_later", **plain | late | {"made_on": date(2027, 4, 1)})

    def _score(self, unit: str) -> int:
        from app.models import CriterionScore

        with open_session(self.engine, reason="tests look for a score") as session:
            return (
                session.query(CriterionScore)
                .where(CriterionScore.assessment_id == self.base.assessments[unit])
                .one()
                .id
            )
