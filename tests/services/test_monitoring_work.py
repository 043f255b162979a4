"""What monitoring puts on the home page and on the bell, with sheets of others beside."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from app.models import Expertise, Membership
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import Duty, ExpertiseStatus, RoundStatus
from app.policies.unscoped import open_session
from app.services import monitoring_work
from app.services import work as home
from tests.factories.monitoring import build_framework, fill_sheet, hold_round

TODAY = date(2026, 11, 21)
UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "regional_school")
ANSWERS = {"Д1": "2"}


def build(engine, world):
    framework = build_framework(engine, world)
    held = hold_round(engine, world, units=UNITS, framework=framework, due_on=TODAY, locks_on=TODAY)
    fill_sheet(engine, world, held, "school", ANSWERS, status=Status.SUBMITTED)
    fill_sheet(engine, world, held, "school2", ANSWERS, status=Status.RETURNED)
    fill_sheet(engine, world, held, "school_b", ANSWERS, status=Status.ACCEPTED)
    fill_sheet(engine, world, held, "regional_school", ANSWERS, status=Status.SUBMITTED)
    # Decoys: a round that is over, and another region's.
    over = hold_round(engine, world, framework=framework, status=RoundStatus.CLOSED, title="Прошлый")
    fill_sheet(engine, world, over, "school", ANSWERS, status=Status.SUBMITTED)
    elsewhere = hold_round(engine, world, holder="foreign_region", units=("foreign_school", "foreign_municipality"))
    fill_sheet(engine, world, elsewhere, "foreign_school", ANSWERS, status=Status.SUBMITTED)
    return held


def bell(work, actor, login: str) -> int:
    return home.waiting_count(work(login), actor(login), today=TODAY)


def test_each_level_sees_what_waits_for_it(engine, world, work, actor):
    held = build(engine, world)
    school = monitoring_work.build(work("school2"), actor("school2"))
    assert [(one.assessment_id, one.status) for one in school.sheets] == [
        (held.assessments["school2"], Status.RETURNED)
    ]
    assert school.running == []
    assert monitoring_work.build(work("school"), actor("school")).sheets == []
    town = monitoring_work.build(work("municipality"), actor("municipality"))
    assert [one.assessment_id for one in town.sheets] == [held.assessments["municipality"]]
    assert [one.round_id for one in town.running] == [held.round_id]
    assert town.running[0].states == Counter({Status.SUBMITTED: 1, Status.RETURNED: 1, Status.DRAFT: 1})
    assert town.running[0].first[Status.SUBMITTED] == 1
    region = monitoring_work.build(work("region"), actor("region"))
    assert region.sheets == []
    running = region.running[0]
    assert (running.total, running.settled, running.unsent) == (6, 1, 3)
    # A school's sheet is its municipality's to check; a regional school's the region's.
    assert running.first[Status.SUBMITTED] == 1
    assert monitoring_work.build(work("provider"), actor("provider")) == monitoring_work.MonitoringWork()


def test_the_bell(engine, world, work, actor):
    held = build(engine, world)
    assert bell(work, actor, "school") == 0
    assert bell(work, actor, "school2") == 1
    # Its own sheet is due today, one school's is sent.
    assert bell(work, actor, "municipality") == 2
    # The regional school's sheet, and the accepted one to approve.
    assert bell(work, actor, "region") == 2
    assert bell(work, actor, "observer") == 0
    with open_session(engine, reason="tests give an expert a sheet") as session:
        session.connection(execution_options={"writes": True})
        session.add(Membership(user_id=world.users["region"], org_unit_id=world.units["region"], duty=Duty.EXPERT))
        # The second is on a sheet that was returned: nothing can be handed in there.
        session.add_all(
            Expertise(
                org_unit_id=world.units[unit],
                assessment_id=held.assessments[unit],
                user_id=world.users["region"],
                expert_name="Эксперт",
                status=ExpertiseStatus.ASSIGNED,
                assigned_at=datetime(2026, 11, 1, tzinfo=UTC),
                assigned_by="Кто-то",
            )
            for unit in ("school", "school2")
        )
    assert bell(work, actor, "region") == 3
    assert len(monitoring_work.build(work("region"), actor("region")).expertises) == 1


def test_the_home_page(engine, world, browser):
    held = build(engine, world)
    page = browser("school2").get("/").text
    assert f"/assessments/{held.assessments['school2']}" in page
    assert "Листы оценки: заполнить и отправить" in page
    assert "возвращён" in page
    page = browser("municipality").get("/").text
    assert f"/monitoring-rounds/{held.round_id}/grid" in page
    assert "Отправлено на проверку: 1 лист" in page
    assert "Не отправлено: 2 из 3" in page
    page = browser("region").get("/").text
    assert "Принято и ждёт утверждения: 1 лист" in page
    assert "foreign" not in page
