"""A round in every state over the small world, with an earlier one, a municipality's own, and a foreign decoy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from app.models import Assessment
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus
from app.policies.unscoped import open_session
from tests.factories.monitoring import CRITERIA, C, Held, build_framework, fill_sheet, hold_round
from tests.factories.world import World

UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "school_c", "regional_school")
# The next edition: «Г1» is gone, «Н1» is new, «Д2» weighs less.
NEXT = (
    *(C("Д2", weight="1") if one.code == "Д2" else one for one in CRITERIA if one.code != "Г1"),
    C("Н1", "График"),
)


@dataclass
class Rounds:
    now: Held
    before: Held
    foreign: Held


def hold_rounds(engine: Engine, world: World) -> Rounds:
    old = build_framework(engine, world)
    before = hold_round(
        engine,
        world,
        units=("school", "school2", "school_b"),
        framework=old,
        title="Мониторинг 2025",
        opens_on=date(2025, 9, 1),
        due_on=date(2025, 12, 1),
        locks_on=date(2025, 12, 15),
        status=RoundStatus.CLOSED,
    )
    sheet = {"Д1": "1", "Д2": "1", "Г1": "0"}
    fill_sheet(engine, world, before, "school", sheet, status=Status.APPROVED)  # 40 %
    fill_sheet(engine, world, before, "school2", {"Д1": "2", "Д2": "2", "Г1": "1"}, status=Status.APPROVED)  # 100 %
    # Nothing applies to it: the sheet has no share.
    fill_sheet(engine, world, before, "school_b", dict.fromkeys(sheet), status=Status.APPROVED)
    new = build_framework(engine, world, criteria=NEXT, edition=2)
    now = hold_round(engine, world, units=UNITS, framework=new, previous_round_id=before.round_id)
    fill_sheet(engine, world, now, "school", {"Д1": "2", "Д2": "1", "Н1": "2"}, status=Status.APPROVED)  # 87,5 %
    fill_sheet(engine, world, now, "school2", {"Д1": "0", "Д2": None, "Н1": "1"}, status=Status.ACCEPTED)  # 16,6667 %
    fill_sheet(engine, world, now, "school_b", {"Д1": "1", "Д2": "2", "Н1": "0"}, status=Status.SUBMITTED)  # 50 %
    fill_sheet(engine, world, now, "school_c", {"Д1": "2"})
    fill_sheet(engine, world, now, "regional_school", dict.fromkeys(("Д1", "Д2", "Н1"), "2"), status=Status.ACCEPTED)
    fill_sheet(engine, world, now, "municipality", {"М1": "2", "М2": "50"}, status=Status.ACCEPTED)  # 75 %
    foreign = hold_round(engine, world, holder="foreign_region", units=("foreign_school",))
    fill_sheet(engine, world, foreign, "foreign_school", sheet, status=Status.APPROVED)
    with open_session(engine, reason="tests mark a sheet as changed") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(Assessment, now.assessments["school"]).changed_after_approval = 2
    return Rounds(now, before, foreign)
