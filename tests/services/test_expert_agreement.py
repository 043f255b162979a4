"""What is agreed with the experts of a sheet, once each has handed in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore
from app.models.enumeration import AssessmentStatus, ExpertiseStatus
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import assessment as assessments
from app.services import expertise
from tests.services.judged_sheets import ALL, NOW, ONE, TODAY, TWO, VALUES, give, judge, sent_sheets


@pytest.fixture
def held(engine, world):
    return sent_sheets(engine, world)


@pytest.fixture
def given(world, work, actor, held):
    return give(world, work, actor, held)


def test_equal_values_are_agreed_at_once_and_the_others_one_by_one(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", ALL)
    session, me = work("municipality"), actor("municipality")
    sheet = session.get_one(Assessment, held.assessments["school"])
    with pytest.raises(WrongState, match="Сотрудник expert2"):
        expertise.agree_equal(session, me, sheet, now=NOW)
    session.rollback()
    judge(work, actor, held, given, "expert2", ALL | {"Д1": ONE})
    sheet = session.get_one(Assessment, held.assessments["school"])
    assert expertise.agree_equal(session, me, sheet, now=NOW) == 2
    assert expertise.agree_equal(session, me, sheet, now=NOW) == 0
    rows = {
        code: session.scalar(
            select(CriterionScore).where(
                CriterionScore.assessment_id == sheet.id, CriterionScore.criterion_id == held.criteria[code]
            )
        )
        for code in VALUES
    }
    assert (rows["Д2"].agreed_value, rows["Д2"].agreed_by, rows["Д2"].agreed_at) == (Decimal(1), me.signature, NOW)
    assert (rows["Г1"].agreed_is_na, rows["Г1"].final_is_na, rows["Г1"].final_points) == (True, True, None)
    assert (rows["Д1"].agreed_value, rows["Д1"].final_points) == (None, Decimal(2))
    assert not sheet.stepped_in
    # Г1 does not count any more: (2·2/2 + 2·1/2) of 4.
    assert sheet.share == Decimal(75)
    criterion = held.criteria["Д1"]
    with pytest.raises(Conflict):
        expertise.agree(session, me, sheet, criterion, Decimal(1), False, "", version=77, now=NOW)
    expertise.agree(session, me, sheet, criterion, Decimal(1), False, "По итогам", version=rows["Д1"].version, now=NOW)
    assert (rows["Д1"].final_points, sheet.share, rows["Д1"].agreed_comment) == (Decimal(1), Decimal(50), "По итогам")
    expertise.agree(session, me, sheet, criterion, None, False, "", version=rows["Д1"].version, now=NOW)
    assert (rows["Д1"].final_points, rows["Д1"].agreed_at, sheet.share) == (Decimal(2), None, Decimal(75))
    # The neighbour's sheet is untouched.
    other = session.get_one(Assessment, held.assessments["school2"])
    assert session.scalars(
        select(CriterionScore.agreed_at).where(CriterionScore.assessment_id == other.id).distinct()
    ).all() == [None]
    with pytest.raises(WrongState, match="Экспертов на листе нет"):
        expertise.agree_equal(session, me, other, now=NOW)
    with pytest.raises(NotPermitted):
        expertise.agree_equal(work("school"), actor("school"), sheet, now=NOW)


def test_taking_back_ends_when_anothers_values_are_open(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", ALL)
    session = work("expert1")
    one = expertise.the_expertise(session, given["expert1"])
    with pytest.raises(Invalid):
        expertise.take_back(session, actor("expert1"), one, " ")
    with pytest.raises(NotPermitted):
        expertise.take_back(session, actor("expert1"), expertise.the_expertise(session, given["expert2"]), "чужая")
    expertise.take_back(session, actor("expert1"), one, "исправлю Д2")
    assert (one.status, one.handed_in_at) == (ExpertiseStatus.ASSIGNED, None)
    session.commit()
    judge(work, actor, held, given, "expert2", ALL)
    judge(work, actor, held, given, "expert1", {"Д2": TWO})
    # Now each sees what the other gave.
    for login in ("expert1", "expert2"):
        session = work(login)
        with pytest.raises(WrongState, match="Другой эксперт уже сдал"):
            expertise.take_back(session, actor(login), expertise.the_expertise(session, given[login]), "передумал")
        session.rollback()
    leading = work("municipality")
    sheet = leading.get_one(Assessment, held.assessments["school"])
    assert expertise.agree_equal(leading, actor("municipality"), sheet, now=NOW) == 2
    leading.commit()
    with pytest.raises(WrongState, match="уже согласованы"):
        expertise.take_back(session, actor("expert2"), expertise.the_expertise(session, given["expert2"]), "поздно")


def test_an_approved_sheet_and_a_closed_round_are_judged_no_more(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", ALL)
    with open_session(engine, reason="tests accept the sheet") as session:
        session.connection(execution_options={"writes": True})
        sheet = session.get_one(Assessment, held.assessments["school"])
        sheet.accepted_on, sheet.accepted_by, sheet.status = TODAY, "Кто-то", AssessmentStatus.ACCEPTED
    judge(work, actor, held, given, "expert2", ALL | {"Д1": ONE})
    region = work("region")
    sheet = region.get_one(Assessment, held.assessments["school"])
    assessments.approve(region, actor("region"), sheet, version=None, today=TODAY, now=NOW)
    region.commit()
    with pytest.raises(WrongState, match="утверждён"):
        expertise.agree_equal(region, actor("region"), sheet, now=NOW)
    region.rollback()
    session = work("expert1")
    with pytest.raises(WrongState, match="утверждён"):
        expertise.take_back(session, actor("expert1"), expertise.the_expertise(session, given["expert1"]), "нужно")


def test_the_region_that_agrees_over_the_municipality_is_marked(engine, world, work, actor, held, given):
    for login in given:
        judge(work, actor, held, given, login, ALL)
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assert expertise.agree_equal(session, actor("region"), sheet, now=NOW) == 3
    assert sheet.stepped_in
