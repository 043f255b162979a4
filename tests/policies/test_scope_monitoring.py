"""Who sees which sets of criteria, rounds, experts' values and notes: beside the matrix, what it cannot ask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import (
    AnalyticalNote,
    Criterion,
    Expertise,
    ExpertScore,
    Framework,
    LevelBand,
    Membership,
    MonitoringRound,
    OrgUnit,
    RoundAddressee,
)
from app.models.enumeration import Duty, ExpertiseStatus, FrameworkStatus, OrderStatus, RoundStatus
from app.policies.refusal import ScopeBreach
from app.policies.unscoped import open_session
from app.services import org_unit
from tests.factories.monitoring import build_framework, hold_round
from tests.factories.order import Point, issue_order

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ASSESSED = {"region", "observer", "municipality", "municipality2", "school", "school_b", "regional_school"}
ALL = (*sorted(ASSESSED), "provider", "foreign_region", "foreign_municipality", "foreign_school", "admin", "nobody")


def seeing(work, model) -> set[str]:
    return {login for login in ALL if numbers(work, login, model)}


def numbers(work, login: str, model) -> list[int]:
    session = work(login)
    found = sorted(session.scalars(select(model.id)))
    # Each holds a connection.
    session.close()
    return found


def test_a_draft_is_its_makers_and_what_is_published_its_subtrees(engine, world, work):
    build_framework(engine, world, maker="municipality", title="Черновик", status=FrameworkStatus.DRAFT)
    for model in (Framework, Criterion, LevelBand):
        assert seeing(work, model) == {"municipality"}, model
    build_framework(engine, world, maker="municipality2", title="Свой")
    for model in (Framework, Criterion, LevelBand):
        assert seeing(work, model) == {"municipality", "municipality2", "school_b", "region", "observer"}, model


def test_a_round_is_seen_where_it_reaches(engine, world, work):
    framework = build_framework(engine, world)
    hold_round(engine, world, framework=framework, status=RoundStatus.DRAFT)
    assert seeing(work, MonitoringRound) == {"region", "observer"}
    hold_round(engine, world, framework=framework, units=("school",), title="Открытый")
    assert seeing(work, MonitoringRound) == {"region", "observer", "municipality", "school"}
    assert seeing(work, RoundAddressee) == {"region", "observer", "municipality", "school"}
    assert seeing(work, Criterion) == ASSESSED


def test_nobody_writes_into_anothers_set_or_round(engine, world, work):
    framework = build_framework(engine, world, status=FrameworkStatus.DRAFT)
    held = hold_round(engine, world, framework=build_framework(engine, world, title="Второй"), units=("school",))
    for login, part in (
        ("municipality", LevelBand(framework_id=framework[0], name="свой", from_share=Decimal(5))),
        ("municipality", RoundAddressee(round_id=held.round_id, kind="all_schools")),
        ("school", RoundAddressee(round_id=held.round_id, kind="all_schools")),
    ):
        session = work(login)
        session.add(part)
        with pytest.raises(ScopeBreach):
            session.flush()


def test_a_set_comes_along_with_a_school_that_moves(engine, world, work, actor):
    own = build_framework(engine, world, maker="municipality", title="Свой набор")
    hold_round(engine, world, holder="municipality", framework=own, units=("school",))
    assert "municipality2" not in seeing(work, Criterion)
    with open_session(engine, reason="tests read a unit") as session:
        assert session.get_one(OrgUnit, world.units["school"]).municipality_id == world.units["municipality"]
    session = work("region")
    org_unit.move(
        session,
        actor("region"),
        session.get_one(OrgUnit, world.units["school"]),
        new_parent=session.get_one(OrgUnit, world.units["municipality2"]),
        moved_on=date(2026, 11, 1),
        basis="приказ № 1",
        today=date(2026, 11, 1),
    )
    session.commit()
    assert {"school", "municipality2", "municipality"} <= seeing(work, Criterion)


def test_experts_do_not_see_each_other_until_they_owe_nothing(engine, world, work):
    held = hold_round(engine, world, units=("school",))
    given = {}
    with open_session(engine, reason="tests name experts") as session:
        session.connection(execution_options={"writes": True})
        for login in ("region", "municipality"):
            session.add(Membership(user_id=world.users[login], org_unit_id=world.units[login], duty=Duty.EXPERT))
            expertise = Expertise(
                org_unit_id=world.units["school"],
                assessment_id=held.assessments["school"],
                user_id=world.users[login],
                expert_name=login,
                assigned_at=NOW,
                assigned_by="Кто-то",
            )
            session.add(expertise)
            session.flush()
            score = ExpertScore(
                org_unit_id=world.units["school"],
                expertise_id=expertise.id,
                criterion_id=held.criteria["Д1"],
                value=Decimal(1),
                points=Decimal(1),
            )
            session.add(score)
            session.flush()
            given[login] = (expertise.id, score.id)

    def visible(login: str) -> list[int]:
        return numbers(work, login, ExpertScore)

    def hand_in(login: str) -> None:
        with open_session(engine, reason="tests hand an expertise in") as session:
            session.connection(execution_options={"writes": True})
            row = session.get_one(Expertise, given[login][0])
            row.status, row.handed_in_at = ExpertiseStatus.HANDED_IN, NOW

    mine, theirs = given["region"][1], given["municipality"][1]
    assert (visible("region"), visible("municipality"), visible("colleague"), visible("school")) == (
        [mine], [theirs], [], []
    )  # fmt: skip
    hand_in("municipality")
    # The one who still owes sees their own only; whoever judges nothing here sees what was handed in.
    assert (visible("region"), visible("municipality"), visible("colleague")) == ([mine], [theirs], [theirs])
    assert visible("observer") == [theirs]
    assert visible("municipality2") == visible("foreign_region") == []
    hand_in("region")
    assert visible("region") == visible("municipality") == visible("school") == sorted([mine, theirs])


def test_a_note_goes_where_its_letter_goes(engine, world, work):
    held = hold_round(engine, world, units=("school", "school_b"))
    letter = issue_order(engine, world, points=(Point("1", to=("municipality",)),), status=OrderStatus.ISSUED)
    with open_session(engine, reason="tests make a note") as session:
        session.connection(execution_options={"writes": True})
        note = AnalyticalNote(
            org_unit_id=world.units["region"],
            round_id=held.round_id,
            about_id=world.units["region"],
            title="Справка",
            digest="0" * 64,
            size=1,
            file_name="справка.docx",
            made_at=NOW,
            made_by="Кто-то",
        )
        session.add(note)
        session.flush()
        number = note.id
    assert seeing(work, AnalyticalNote) == {"region", "observer"}
    with open_session(engine, reason="tests send the note") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(AnalyticalNote, number).order_id = letter.order_id
    assert seeing(work, AnalyticalNote) == {"region", "observer", "municipality"}
