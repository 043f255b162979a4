"""When a sheet is sent, and until when it is recalled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.models import MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import ExpertiseStatus, SmallSchools
from app.models.expertise import Expertise
from app.policies.refusal import WrongState
from app.policies.unscoped import open_session
from app.services import assessment_approval
from app.services.assessment_access import whole
from app.services.assessment_examination import unfinished_schools
from app.services.evidence import TypedEvidence
from app.services.round_register import register
from tests.factories.monitoring import CRITERIA, C, build_framework, fill_sheet, hold_round
from tests.factories.world import add_unit
from tests.services.assessment_deeds import NOW, TODAY, change, opener

LATER = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TOMORROW = date(2026, 11, 22)
FULL = {"Д1": "2", "Д2": "2", "Г1": "1"}
LINK = TypedEvidence(url="https://school.example/doc")
NOTED = {"note": "потому что"}


@pytest.fixture
def as_login(work, actor):
    return opener(work, actor)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world)


def test_a_municipal_sheet_waits_for_all_its_schools(engine, world, as_login):
    """Five are named, and how many more; neither another municipality's nor a regional school's count."""
    more = [f"extra{number}" for number in range(5)]
    with open_session(engine, reason="tests add schools") as session:
        session.connection(execution_options={"writes": True})
        from app.models import OrgUnit
        from app.models.enumeration import UnitKind

        town_unit = session.get_one(OrgUnit, world.units["municipality"])
        for name in more:
            add_unit(session, world, name, UnitKind.SCHOOL, f"Школа {name}", town_unit)
    schools = ("school", "school2", *more)
    held = hold_round(engine, world, units=("municipality", *schools, "school_b", "regional_school"))
    town = as_login("municipality", held)
    town.answer("municipality", "М1", "2")
    town.answer("municipality", "М2", "50")
    with pytest.raises(WrongState) as refused:
        town.act("submit", "municipality")
    assert "и ещё 2" in refused.value.sentence
    for name in ("school", "school2", "Школа extra0", "Школа extra2"):
        assert name in refused.value.sentence
    assert "extra3" not in refused.value.sentence
    # Seen from the region, too, it waits for its own schools only.
    region = as_login("region", held)
    assert set(unfinished_schools(region.session, region.sheet("municipality"))) == {
        "МБОУ СОШ «school»",
        "МБОУ СОШ «school2»",
        *(f"Школа {name}" for name in more),
    }
    statuses = [Status.ACCEPTED, Status.APPROVED, Status.EXCUSED, *[Status.ACCEPTED] * 3]
    for unit, status in zip(schools[1:], statuses, strict=True):
        fill_sheet(engine, world, held, unit, {"Г1": "1"}, status=status, submitter="school2")
    for status in (Status.RETURNED, Status.SUBMITTED):
        fill_sheet(engine, world, held, "school", {}, status=status)
        with pytest.raises(WrongState) as refused:
            town.act("submit", "municipality")
        assert "«school»" in refused.value.sentence
        assert "ещё" not in refused.value.sentence
    fill_sheet(engine, world, held, "school", {}, status=Status.ACCEPTED)
    assert town.act("submit", "municipality").status is Status.SUBMITTED
    region = as_login("region", held)
    assert region.act("accept", "municipality").stepped_in is False


def test_a_sheet_is_recalled_until_its_check_begins(engine, world, held, as_login):
    school, town = as_login("school", held), as_login("municipality", held)
    fill_sheet(engine, world, held, "school", {**FULL, "Д1": "0"})
    school.act("submit", "school")
    sheet = school.act("recall", "school")
    assert (sheet.status, sheet.submitted_on, sheet.submitted_at, sheet.submitted_by_id) == (
        Status.DRAFT,
        None,
        None,
        None,
    )
    # What nobody has seen was not handed in: a later sending counts by its own day.
    assert sheet.first_submitted_on is None
    assert school.act("submit", "school", today=TOMORROW).first_submitted_on == TOMORROW
    town.check("school", "Г1", "0", version=1)
    with pytest.raises(WrongState, match="уже проверяют"):
        school.act("recall", "school")
    town.check("school", "Г1", None, version=2)
    assert school.act("recall", "school").status is Status.DRAFT

    school.act("submit", "school")
    town.check("school", "Г1", "0", version=3)
    town.act("return_", "school", **NOTED)
    sheet = school.act("submit", "school", today=TOMORROW, now=LATER)
    # The check of the first sending is over; the first sending was one.
    assert school.act("recall", "school", now=LATER).first_submitted_on == TODAY
    assert school.act("submit", "school", today=TOMORROW, now=LATER).first_submitted_on == TODAY

    with open_session(engine, reason="tests hand an expertise in") as session:
        session.connection(execution_options={"writes": True})
        session.add(
            Expertise(
                org_unit_id=sheet.org_unit_id, assessment_id=sheet.id, user_id=world.users["region"], expert_name="Эксперт",
                status=ExpertiseStatus.HANDED_IN, assigned_at=NOW, assigned_by="регион", handed_in_at=LATER,
            )
        )  # fmt: skip
    with pytest.raises(WrongState, match="уже проверяют"):
        school.act("recall", "school")
    change(engine, MonitoringRound, held.round_id, due_on=date(2026, 11, 1), locks_on=date(2026, 11, 20))
    with pytest.raises(WrongState, match="закрыт"):
        school.act("recall", "school")


def test_nothing_is_sent_outside_the_window(engine, world, held, as_login):
    fill_sheet(engine, world, held, "school", {**FULL, "Д1": "0"})
    school = as_login("school", held)
    change(engine, MonitoringRound, held.round_id, due_on=date(2026, 11, 1), locks_on=date(2026, 11, 20))
    with pytest.raises(WrongState, match="закрыт"):
        school.act("submit", "school")
    sheet = school.act("submit", "school", today=date(2026, 11, 20))
    assert sheet.submitted_on == date(2026, 11, 20)


def test_a_sent_sheet_keeps_the_criteria_it_was_sent_with(engine, world, as_login):
    """The school becomes a small one: what it has sent stays, what it fills in goes with it."""
    more = (*CRITERIA, C("Н1", "График", more={"small_schools": SmallSchools.EXCEPT}))
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=more))
    school, region = as_login("school", held), as_login("region", held)
    for code, value in {**FULL, "Н1": "0"}.items():
        school.answer("school", code, value)
    school.attach("school", "Д1", LINK)
    fill_sheet(engine, world, held, "school2", {**FULL, "Н1": "0"})
    before = school.act("submit", "school").share
    for unit in ("school", "school2"):
        change(engine, OrgUnit, world.units[unit], is_small=True)
    region.act("accept", "school")
    sheet = region.act("approve", "school")
    assert (sheet.share, sheet.to_answer, sheet.changed_after_approval) == (before, 4, 0)
    assert assessment_approval.changes_since(region.session, sheet) == []
    assert "Н1" in {one.code for one in whole(region.session, sheet).criteria.values()}
    # In the lists of the round too; the sheet of the other one, not sent yet, goes with its school.
    assert {row.unit_id: row.is_small for row in register(region.session, held.round_id)} == {
        world.units["school"]: False,
        world.units["school2"]: True,
        world.units["municipality"]: False,
    }
    region.act("unapprove", "school", note="Ошибка")
    sheet = region.act("return_", "school", note="Заново")
    assert "Н1" not in {one.code for one in whole(region.session, sheet).criteria.values()}
    school.act("submit", "school")
    sheet = school.sheet("school")
    assert (sheet.share, sheet.to_answer, sheet.changed_after_approval) == (100, 3, 1)
