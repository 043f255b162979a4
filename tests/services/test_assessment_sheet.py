"""What is said before a sheet is sent, and what its page shows: by a number of statements that does not grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore, Evidence, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import ExpertiseStatus, RoundStatus, ScaleKind, ScoreSource
from app.models.expertise import Expertise, ExpertScore
from app.policies.refusal import NotFound, NotPermitted
from app.policies.unscoped import open_session
from app.services import assessment_sheet
from app.services.assessment_examination import examine, years_before
from app.services.evidence import TypedEvidence
from tests.factories.monitoring import CRITERIA, C, build_framework, fill_sheet, hold_round
from tests.services.assessment_deeds import NOW, TODAY, Deeds, change, opener
from tests.services.statements import counted

LINK = TypedEvidence(url="https://school.example/doc")


@pytest.fixture
def as_login(work, actor):
    return opener(work, actor)


def found(person, unit, *, today=TODAY):
    """(errors, warnings, advice), each as {(code of the criterion, kind)}."""
    person.session.rollback()
    codes = {number: code for code, number in person.held.criteria.items()}
    examined = examine(person.session, person.actor, person.sheet(unit), today=today)
    return tuple(
        {(codes.get(one.criterion_id, ""), one.code) for one in remarks}
        for remarks in (examined.errors, examined.warnings, examined.advice)
    )


def test_what_is_missing_keeps_a_sheet_back(engine, world, as_login):
    """Д1 wants proof, Д2 rests on Д1, Г1 always applies."""
    edition = (*CRITERIA[:2], replace(CRITERIA[2], more={"may_be_na": False}), *CRITERIA[3:])
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=edition))
    school = as_login("school", held)
    assert found(school, "school")[0] == {("Д1", "unanswered"), ("Д2", "unanswered"), ("Г1", "unanswered")}
    school.answer("school", "Д1", "2")
    school.answer("school", "Д2", is_na=True)
    errors, _, _ = found(school, "school")
    assert errors == {("Д1", "evidence"), ("Д2", "na"), ("Г1", "unanswered")}
    school.answer("school", "Д1", "0", version=1)
    school.answer("school", "Д2", is_na=True, na_reason="малая школа", version=1)
    scores = fill_sheet(engine, world, held, "school", {"Г1": None})
    assert found(school, "school")[0] == {("Г1", "na")}
    change(engine, CriterionScore, scores["Г1"], is_na=False, final_is_na=False, value=Decimal(1), points=Decimal(1),
           counted_value=Decimal(0), counted_at=NOW)  # fmt: skip
    assert found(school, "school")[0] == {("Г1", "dispute")}
    change(engine, CriterionScore, scores["Г1"], dispute_reason="не учтён приказ")
    assert found(school, "school")[0] == set()
    assert found(as_login("municipality", held), "municipality")[0] == {
        ("", "schools"),
        ("М1", "unanswered"),
        ("М2", "unanswered"),
    }
    with pytest.raises(NotPermitted):
        idle = replace(school.actor, duties=frozenset())
        examine(school.session, idle, school.sheet("school"), today=TODAY)


def test_what_contradicts_is_warned_of_and_what_could_be_better_advised(engine, world, as_login):
    earlier = hold_round(engine, world, title="2025", status=RoundStatus.OPEN)
    fill_sheet(engine, world, earlier, "school", {"Д1": "2", "Д2": "1", "Г1": "1"})
    fill_sheet(engine, world, earlier, "school2", {"Д1": "0", "Д2": "0", "Г1": "0"})
    edition = (*CRITERIA, *(C(f"П{number}") for number in range(5)))
    framework = build_framework(engine, world, criteria=edition, edition=2)
    held = hold_round(engine, world, framework=framework, previous_round_id=earlier.round_id)
    school = as_login("school", held)
    for code, value in {"Д1": "0", "Д2": "1", "Г1": "1"}.items():
        school.answer("school", code, value)
    _, warnings, advice = found(school, "school")
    # Д1 fell from the best to nothing; Д2 rests on it; Г1 is the best and bare.
    assert warnings == {("Д1", "jump"), ("Д2", "contradiction"), ("Г1", "no_evidence")}
    assert advice == {("Д1", "low")}
    school.answer("school", "Д1", "0", comment="срок приказа истёк", version=1)
    change(
        engine,
        CriterionScore,
        score(school, "Г1").id,
        source=ScoreSource.COUNTED,
        counted_value=Decimal(1),
        counted_at=NOW,
    )
    assert found(school, "school")[1:] == ({("Д2", "contradiction")}, set())
    school.answer("school", "Д2", is_na=True, na_reason="нет", version=1)
    assert found(school, "school")[1:] == (set(), set())

    for number in range(5):
        school.answer("school", f"П{number}", "1")
    for number in range(3):
        school.attach("school", f"П{number}", LINK)
    assert found(school, "school")[1] == set()
    school.attach("school", "П3", LINK)
    assert found(school, "school")[1] == {("", "same_link")}
    for number in range(4):
        school.attach("school", f"П{number}", TypedEvidence(url=f"https://school.example/own{number}"))
    assert found(school, "school")[1] == {("", "same_link")}
    for code in ("П4", "Д1", "Г1", "Д2"):
        school.attach("school", code, TypedEvidence(url=f"https://school.example/{code}"))
    assert found(school, "school")[1] == set()

    (piece,) = school.attach(
        "school", "П4", TypedEvidence(url="https://school.example/old", dated_on=date(2023, 11, 21))
    )
    assert found(school, "school")[2] == set()
    change(engine, Evidence, piece.id, dated_on=date(2023, 11, 20))
    assert found(school, "school")[2] == {("П4", "old")}
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


def score(person, code):
    return person.session.scalar(
        select(CriterionScore)
        .where(
            CriterionScore.assessment_id == person.held.assessments["school"],
            CriterionScore.criterion_id == person.held.criteria[code],
        )
        .execution_options(populate_existing=True)
    )


def shown(person, unit):
    person.session.rollback()
    person.session.expire_all()
    return assessment_sheet.sheet(person.session, person.actor, person.held.assessments[unit], today=TODAY)


def test_last_rounds_answers_stand_beside(engine, world, as_login):
    earlier = hold_round(engine, world, title="2025")
    fill_sheet(
        engine, world, earlier, "school", {"Д1": "1", "Д2": None, "Г1": "1"}, comment="было", status=Status.ACCEPTED
    )
    fill_sheet(engine, world, earlier, "school2", {"Д1": "0"})
    edition = (C("Д1"), C("Д2", more={"may_be_na": False}), C("Г1", scale=ScaleKind.SHARE, max_points="100", levels=()))
    newer = build_framework(engine, world, criteria=edition, edition=2)
    held = hold_round(engine, world, framework=newer, previous_round_id=earlier.round_id)
    school, town = as_login("school", held), as_login("municipality", held)
    page = shown(school, "school")
    assert [line.criterion.code for line in page.lines] == ["Д1", "Д2", "Г1"]
    assert {line.own for line in page.lines} == {None}
    # Only what the scales of this edition have may be carried.
    assert [(line.last.own.words, line.last.may_carry) for line in page.lines] == [
        ("1 — ответ 1", True),
        ("неприменимо: не проводится", False),
        ("да", False),
    ]
    assert (page.may_fill, page.may_check) == (True, False)
    assert (page.window.in_time, page.previous.round_id) == (True, earlier.round_id)
    assert [step.action for step in page.actions] == ["submit"]
    assert [step.action for step in shown(town, "school").actions] == ["excuse"]


def test_all_values_stand_side_by_side(engine, world, as_login):
    edition = (C("Д1"), C("Д2"), C("Г1", scale=ScaleKind.SHARE, max_points="100", levels=()))
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=edition))
    school, town, region = (as_login(login, held) for login in ("school", "municipality", "region"))
    for code, value in {"Д1": "2", "Д2": "2", "Г1": "83.5"}.items():
        school.answer("school", code, value)
    school.attach("school", "Д1", LINK)
    school.act("submit", "school")
    town.check("school", "Д1", "2", version=1)
    town.check("school", "Д2", "1", version=1, comment="устарело")
    town.remark("school", "Г1", "Где справка?", version=1)
    with open_session(engine, reason="tests add an expert") as session:
        session.connection(execution_options={"writes": True})
        sheet = session.get_one(Assessment, held.assessments["school"])
        for user, name in (("region", "Первый"), ("municipality", "Второй")):
            one = Expertise(
                org_unit_id=sheet.org_unit_id, assessment_id=sheet.id, user_id=world.users[user], expert_name=name,
                status=ExpertiseStatus.HANDED_IN, assigned_at=NOW, assigned_by="регион", handed_in_at=NOW,
            )  # fmt: skip
            session.add(one)
            session.flush()
            session.add(
                ExpertScore(
                    org_unit_id=sheet.org_unit_id, expertise_id=one.id, criterion_id=held.criteria["Г1"],
                    value=Decimal(80), points=Decimal(80),
                )
            )  # fmt: skip
    page = shown(town, "school")
    first, second, third = page.lines
    assert (first.own.words, first.checked.words, first.final.words) == ("2 — ответ 2",) * 3
    assert (first.differs, len(first.evidence), first.evidence[0].url) == (False, 1, LINK.url)
    assert (second.own.value, second.checked.value, second.final.points, second.differs) == (2, 1, 1, True)
    assert (second.checked.comment, second.checked.by) == ("устарело", town.actor.signature)
    assert (third.own.words, third.differs, third.remark, third.version) == ("83,5\u00a0%", True, "Где справка?", 2)
    assert [one.value for one in third.experts] == [80, 80]
    assert (page.may_fill, page.may_check) == (False, True)
    assert {step.action for step in page.actions} == {"accept", "return"}
    assert shown(region, "school").line(second.criterion.id).differs is True
    page = shown(school, "school")
    assert ([step.action for step in page.actions], page.may_fill, page.may_check) == (["recall"], False, False)
    with pytest.raises(NotFound):
        shown(Deeds(as_login("school2", held).session, as_login("school2", held).actor, held), "school")


def test_what_came_after_the_check_and_after_approval_is_marked(engine, world, as_login):
    held = hold_round(engine, world, units=("school",))
    fill_sheet(engine, world, held, "school", {"Д1": "0", "Д2": "2", "Г1": "1"}, status=Status.SUBMITTED)
    school, town, region = (as_login(login, held) for login in ("school", "municipality", "region"))
    town.check("school", "Д1", "0", version=1)
    town.check("school", "Д2", "1", version=1)
    town.act("return_", "school", note="Исправьте")
    school.answer("school", "Д2", "2", comment="новая редакция", version=score(school, "Д2").version,
                  now=NOW.replace(hour=9))  # fmt: skip
    page = shown(town, "school")
    assert [line.is_newer_than_check for line in page.lines] == [False, True, False]
    school.act("submit", "school")
    town.act("accept", "school")
    region.act("approve", "school")
    assert shown(region, "school").changes == []
    region.act("unapprove", "school", note="ошибка")
    region.check("school", "Д1", "1", version=score(school, "Д1").version)
    page = shown(school, "school")
    assert page.assessment.changed_after_approval == 1
    assert {change.criterion_id for change in page.changes} == {held.criteria["Д1"], None}
    assert [bool(line.changes) for line in page.lines] == [True, False, False]

    # A closed round only shows.
    change(engine, MonitoringRound, held.round_id, status=RoundStatus.CLOSED, closed_at=NOW)
    page = shown(region, "school")
    assert (page.may_check, page.actions, page.window.closed) == (False, (), True)


def test_a_page_of_many_criteria_costs_no_more_statements(engine, world, as_login):
    sent = {}
    for size in (3, 30):
        criteria = tuple(C(f"К{number}") for number in range(size))
        framework = build_framework(engine, world, criteria=criteria, title=f"Набор {size}")
        earlier = hold_round(engine, world, framework=framework, title=f"Было {size}", units=("school",))
        held = hold_round(engine, world, framework=framework, units=("school",), previous_round_id=earlier.round_id)
        values = {one.code: "1" for one in criteria}
        for each in (earlier, held):
            fill_sheet(engine, world, each, "school", values)
        school = as_login("school", held)
        for code in values:
            school.attach("school", code, LINK)
        school.session.rollback()
        school.session.expunge_all()
        with counted(engine) as statements:
            page = assessment_sheet.sheet(school.session, school.actor, held.assessments["school"], today=TODAY)
            assert all(line.evidence[0].revisions == [] for line in page.lines)
            examine(school.session, school.actor, page.assessment, today=TODAY)
        sent[size] = len(statements)
        assert len(page.lines) == size
        # One answer of thirty costs as much as one of three.
        with counted(engine) as statements:
            school.answer("school", "К0", "2", version=1)
        sent[-size] = len(statements)
    assert sent[3] == sent[30] <= 40, sent
    assert sent[-3] == sent[-30] <= 16, sent
