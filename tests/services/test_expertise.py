"""Experts: independent values, handed in and taken back, and what is agreed with them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.models import Assessment, Expertise, ExpertScore
from app.models.enumeration import AssessmentStatus, ExpertiseStatus, RoundStatus
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import expertise
from app.services.expertise import TypedScore
from app.services.expertise_sheet import expert_sheet
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.judged_sheets import ALL, NOW, ONE, TWO, VALUES, give, judge, sent_sheets
from tests.services.statements import counted


@pytest.fixture
def held(engine, world):
    return sent_sheets(engine, world)


@pytest.fixture
def given(world, work, actor, held):
    return give(world, work, actor, held)


def test_those_who_may_be_chosen(engine, world, work, actor, held):
    def offered(login, unit):
        session = work(login)
        sheet = session.get_one(Assessment, held.assessments[unit])
        return {user.login for user in expertise.experts_of(session, actor(login), sheet)}

    assert offered("municipality", "school") == {"expert1", "expert2"}
    assert offered("municipality", "school2") == {"expert1", "expert2", "expert3"}
    assert offered("region", "school") == {"expert1", "expert2", "regional_expert"}
    # A municipality's own people do not judge its own sheet.
    assert offered("region", "municipality") == {"regional_expert"}


def test_only_the_checker_assigns_and_only_a_sheet_that_waits(engine, world, work, actor, held):
    def refused(login, kind, *logins, unit="school"):
        session = work(login)
        sheet = session.get_one(Assessment, held.assessments[unit])
        with pytest.raises(kind) as told:
            expertise.assign(session, actor(login), sheet, [world.users[one] for one in logins], now=NOW)
        session.rollback()
        return told.value.sentence

    refused("school", NotPermitted, "school_expert")
    refused("municipality", NotPermitted, "expert1", unit="municipality")
    for login in ("expert_beside", "foreign_expert", "left", "school_expert", "expert3", "municipality"):
        refused("municipality", NotFound, login)
    assert "хотя бы одного" in refused("municipality", Invalid)
    with open_session(engine, reason="tests move the sheet") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(Assessment, held.assessments["school"]).status = AssessmentStatus.DRAFT
    assert "черновик" in refused("municipality", WrongState, "expert1")


def test_values_are_hidden_from_the_other_expert_until_both_have_handed_in(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", ALL)

    def seen(login):
        session = work(login)
        sheet = session.get_one(Assessment, held.assessments["school"])
        rows = session.scalar(select(func.count()).select_from(ExpertScore))
        assert rows == sum(map(len, expertise.values(session, sheet).values()))
        return rows

    # Handed in: whoever owes none of their own sees them; the other expert does not, the neighbour never.
    assert [seen(login) for login in ("expert1", "municipality", "region", "school")] == [3, 3, 3, 3]
    assert seen("expert2") == 0
    hidden = work("expert2").scalars(select(ExpertScore.id).where(ExpertScore.expertise_id == given["expert1"])).all()
    assert hidden == []
    judge(work, actor, held, given, "expert2", {"Д1": ONE}, hand_in=False)
    # Not handed in: its expert's alone.
    assert [seen(login) for login in ("expert2", "expert1", "municipality", "region")] == [1, 3, 3, 3]
    assert work("school2").scalar(select(func.count()).select_from(ExpertScore)) == 0
    session = work("expert2")
    one = expertise.the_expertise(session, given["expert2"])
    expertise.hand_in(session, actor("expert2"), one, "", now=NOW, partial=True)
    session.commit()
    assert [seen(login) for login in ("expert2", "expert1", "municipality")] == [4, 4, 4]


def test_an_expert_writes_only_their_own_on_the_scale(engine, world, work, actor, held, given):
    session = work("expert1")
    one, other = (expertise.the_expertise(session, given[login]) for login in ("expert1", "expert2"))
    me = actor("expert1")
    with pytest.raises(NotPermitted):
        expertise.score(session, me, other, held.criteria["Д1"], TWO)
    with pytest.raises(NotFound):
        expertise.score(session, me, one, held.criteria["М1"], TWO)
    with pytest.raises(Invalid, match="Д1") as refused:
        expertise.score(session, me, one, held.criteria["Д1"], TypedScore(Decimal(5)))
    assert refused.value.field == f"c{held.criteria['Д1']}"
    kept = expertise.score(session, me, one, held.criteria["Д1"], TypedScore(Decimal(1), comment=" частично "))
    assert (kept.value, kept.points, kept.comment) == (Decimal(1), Decimal(1), "частично")
    kept = expertise.score(session, me, one, held.criteria["Д1"], TypedScore(is_na=True))
    assert (kept.value, kept.points, kept.is_na) == (None, None, True)
    assert expertise.score(session, me, one, held.criteria["Д1"], TypedScore()) is None
    assert session.scalars(select(ExpertScore)).all() == []
    with pytest.raises(NotPermitted):
        expertise.score(work("municipality"), actor("municipality"), one, held.criteria["Д1"], TWO)


def test_what_is_missing_is_named_before_handing_in(engine, world, work, actor, held, given):
    session = judge(work, actor, held, given, "expert1", {"Д1": TWO, "Г1": ALL["Г1"]}, hand_in=False)
    one, me = expertise.the_expertise(session, given["expert1"]), actor("expert1")
    with pytest.raises(Invalid, match="Д2") as refused:
        expertise.hand_in(session, me, one, "", now=NOW)
    assert refused.value.field == "partial"
    assert "Г1" not in refused.value.sentence
    expertise.hand_in(session, me, one, "  Вывод ", now=NOW, partial=True)
    assert (one.status, one.handed_in_at, one.conclusion) == (ExpertiseStatus.HANDED_IN, NOW, "Вывод")
    with pytest.raises(WrongState, match="сдана"):
        expertise.score(session, me, one, held.criteria["Д1"], ONE)
    empty = expertise.the_expertise(work("expert2"), given["expert2"])
    with pytest.raises(Invalid, match="сдавать нечего"):
        expertise.hand_in(work("expert2"), actor("expert2"), empty, "", now=NOW, partial=True)


def test_unassigning_takes_unfinished_values_along(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", ALL)
    judge(work, actor, held, given, "expert2", {"Д1": ONE}, hand_in=False)
    session, me = work("municipality"), actor("municipality")
    with pytest.raises(WrongState, match="уже сдал"):
        expertise.unassign(session, me, expertise.the_expertise(session, given["expert1"]))
    expertise.unassign(session, me, expertise.the_expertise(session, given["expert2"]))
    session.commit()
    with open_session(engine, reason="tests look at all rows") as everything:
        assert set(everything.scalars(select(ExpertScore.expertise_id))) == {given["expert1"]}
        assert everything.get(Expertise, given["expert2"]) is None
    with pytest.raises(NotPermitted):
        expertise.unassign(work("expert1"), actor("expert1"), expertise.the_expertise(session, given["expert1"]))


def test_acceptance_ends_expertise_in_a_municipal_round_and_the_closing_in_any(engine, world, work, actor, held):
    own = hold_round(engine, world, holder="municipality", units=("school",))
    fill_sheet(engine, world, own, "school", VALUES, status=AssessmentStatus.ACCEPTED)
    closed = hold_round(
        engine, world, title="Прошлый", framework=(held.framework_id, held.criteria), status=RoundStatus.CLOSED
    )
    fill_sheet(engine, world, closed, "school", VALUES, status=AssessmentStatus.SUBMITTED)
    session = work("municipality")
    for each, words in ((own, "принят"), (closed, "завершён")):
        sheet = session.get_one(Assessment, each.assessments["school"])
        with pytest.raises(WrongState, match=words):
            expertise.assign(session, actor("municipality"), sheet, [world.users["expert1"]], now=NOW)


def test_an_expert_finds_their_sheets_and_sees_the_answers(engine, world, work, actor, held, given):
    judge(work, actor, held, given, "expert1", {"Д1": TWO}, hand_in=False)
    session = work("expert1")
    (mine,) = expertise.my_expertises(session, actor("expert1"))
    assert (mine.unit, mine.given, mine.to_give, mine.is_waiting) == ("МБОУ СОШ «school»", 1, 3, True)
    assert mine.municipality == "Томаринский муниципальный округ"
    assert expertise.my_expertises(work("expert3"), actor("expert3")) == []
    one = expertise.the_expertise(session, given["expert1"])
    with counted(engine) as sent:
        shown = expert_sheet(session, one)
    assert len(sent) <= 12
    assert [line.criterion.code for line in shown.lines] == ["Д1", "Д2", "Г1"]
    assert (shown.lines[0].answer, shown.lines[0].mine_words, shown.given) == ("2 — ответ 2", "2 — ответ 2", 1)
    assert shown.hindrance == ""
