"""A whole chain of one school, and chains of others that hang on the same order, training and rounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Engine

from app.models.enumeration_of_measures import FindingSeverity, MeasureStatus
from tests.factories.measures import add_finding, answer_by_point
from tests.factories.order import Point, issue_order
from tests.factories.training import add_group, add_programme, add_requirement
from tests.factories.world import World
from tests.services.effect_world import EffectWorld

OTHERS = "Слабость чужой школы"


@dataclass
class Chained:
    """Numbers of the school's links; `starts` are the addresses of its chain from each of them."""

    place: EffectWorld
    finding: int
    measure: int
    point: int
    order: int
    requirement: int
    group: int
    score: int
    others: dict[str, int] = field(default_factory=dict)

    @property
    def starts(self) -> dict[str, str]:
        held, unit = self.place.base.round_id, self.place.world.units["school"]
        return {
            "criterion": f"criterion=Д1&round={held}&unit={unit}",
            "finding": f"finding={self.finding}",
            "measure": f"measure={self.measure}",
            "point": f"point={self.point}",
            "requirement": f"requirement={self.requirement}",
            "group": f"group={self.group}",
        }


def build_chain(engine: Engine, world: World) -> Chained:
    place = EffectWorld(engine, world)
    to = ("municipality", "municipality2", "school", "school2")
    order = issue_order(engine, world, points=(Point("7", text="устранить слабость по Д1", to=to),))
    point = order.points["7"]
    requirement = add_requirement(engine, world, title="Обучить по ВСОКО", order_point_id=point)
    group = add_group(engine, world, add_programme(engine, world), title="Поток октября")
    shared = {"order_point_id": point, "training_requirement_id": requirement, "training_group_id": group}
    made: dict[str, tuple[int, int, int]] = {}
    for unit in ("school", "school2"):
        score = place.fill(place.base, unit, "0")["Д1"]
        place.fill(place.later, unit, "2" if unit == "school" else "1")
        text = "Положение не утверждено" if unit == "school" else f"{OTHERS}: {unit}"
        finding = add_finding(
            engine, world, unit, text=text, score_id=score, found_by="region", severity=FindingSeverity.CRITICAL
        )
        answer_by_point(engine, finding, point)
        title = "Утвердить положение" if unit == "school" else f"Мера: {OTHERS}, {unit}"
        values = {"figure_before": Decimal(0), "figure_target": Decimal(2), "findings": [finding]}
        measure = place.take(unit, title=title, status=MeasureStatus.VERIFIED, **values, **shared)
        made[unit] = finding, measure, score
    finding, measure, score = made["school"]
    others = {"finding": made["school2"][0], "measure": made["school2"][1]}
    return Chained(place, finding, measure, point, order.order_id, requirement, group, score, others)
