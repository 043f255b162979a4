"""Experts of the small world, the sheet given to two of them, and what they judge."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.models import Assessment, Membership
from app.models.enumeration import AssessmentStatus, Duty
from app.policies.unscoped import open_session
from app.services import expertise
from app.services.expertise import TypedScore
from tests.factories.monitoring import Held, fill_sheet, hold_round
from tests.factories.world import add_user

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
VALUES = {"Д1": "2", "Д2": "1", "Г1": "1"}
TWO, ONE = TypedScore(Decimal(2)), TypedScore(Decimal(1))
ALL = {"Д1": TWO, "Д2": ONE, "Г1": TypedScore(is_na=True, comment="не было")}


def sent_sheets(engine, world) -> Held:
    """A sent sheet, its neighbour's, and experts: three of the municipality (one idle), one of the region, others."""
    with open_session(engine, reason="tests hire experts") as session:
        session.connection(execution_options={"writes": True})
        for login, unit in (
            *((f"expert{number}", "municipality") for number in (1, 2, 3)),
            ("regional_expert", "region"),
            ("expert_beside", "municipality2"),
            ("school_expert", "school"),
            ("foreign_expert", "foreign_region"),
        ):
            add_user(session, world, login, world.units[unit], Duty.EXPERT)
        add_user(session, world, "left", world.units["municipality"], Duty.EXPERT).is_active = False
        # Works in the assessed school too: no judge of it.
        session.add(Membership(user_id=world.users["expert3"], org_unit_id=world.units["school"], duty=Duty.OBSERVER))
    held = hold_round(engine, world)
    for unit in ("school", "school2"):
        fill_sheet(engine, world, held, unit, VALUES, status=AssessmentStatus.SUBMITTED)
    return held


def give(world, work, actor, held) -> dict[str, int]:
    """The sheet is given to two experts; their expertises by login."""
    session = work("municipality")
    made = expertise.assign(
        session,
        actor("municipality"),
        session.get_one(Assessment, held.assessments["school"]),
        [world.users["expert1"], world.users["expert2"]],
        now=NOW,
    )
    numbers = {f"expert{place}": one.id for place, one in enumerate(made, 1)}
    session.commit()
    return numbers


def judge(work, actor, held, given, login, values, *, hand_in=True):
    session = work(login)
    one = expertise.the_expertise(session, given[login])
    expertise.score_many(session, actor(login), one, {held.criteria[code]: typed for code, typed in values.items()})
    if hand_in:
        expertise.hand_in(session, actor(login), one, "Вывод эксперта", now=NOW)
    session.commit()
    return session
