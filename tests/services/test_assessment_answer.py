"""Answers of a sheet: what is written, what is refused, what two people at once come to, what is carried over."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore, LatePermit
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import EvidenceKind, ScaleKind, ScoreSource
from app.policies.guard import GuardedSession
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import assessment_answer
from app.services.assessment_answer import Typed
from app.services.evidence import TypedEvidence
from tests.factories.monitoring import CRITERIA, C, build_framework, fill_sheet, hold_round
from tests.services.assessment_deeds import NOW, TODAY, Deeds, change, opener, rows

LATER = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LINK = TypedEvidence(EvidenceKind.SITE_PAGE, title="Положение", url="https://school.example/doc")
MORE = (
    *CRITERIA,
    C("Н1", scale=ScaleKind.NUMBER, max_points="10", levels=((Decimal(0), Decimal(10)), (Decimal(3), Decimal(0))),
      more={"may_be_na": False, "measure": "нарушений"}),
    C("Н2", scale=ScaleKind.NUMBER, max_points="10", levels=()),
)  # fmt: skip


@pytest.fixture
def as_login(work, actor):
    return opener(work, actor)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world, framework=build_framework(engine, world, criteria=MORE))


def test_an_answer_is_written_with_its_worth_and_the_sheet_follows(held, as_login):
    school = as_login("school", held)
    assert school.sheet("school").started_at is None
    first = school.answer("school", "Д1", "2", comment=" есть ")
    assert (first.value, first.points, first.final_points) == (2, 2, 2)
    assert (first.comment, first.answered_by, first.version) == ("есть", school.actor.signature, 1)
    sheet = school.sheet("school")
    assert (sheet.started_at, sheet.answered, sheet.to_answer) == (NOW, 1, 5)
    # 2 of the weights 2 + 2 + 1 + 1 + 1.
    assert (sheet.share, sheet.level) == (Decimal("28.5714"), "низкий")
    assert school.answer("school", "Г1", "1", now=LATER).points == 1
    assert school.answer("school", "Н1", "2", now=LATER).points == 10
    assert school.answer("school", "Д2", is_na=True, na_reason="малая школа", value="1").value is None
    sheet = school.sheet("school")
    assert (sheet.started_at, sheet.answered, sheet.share, sheet.level) == (NOW, 4, Decimal(80), "средний")
    # The same said again is no change, whatever version the page had; another is.
    assert school.answer("school", "Д1", "2", comment="есть", version=None).version == 1
    changed = school.answer("school", "Д1", "1", comment="есть", version=1, now=LATER)
    assert (changed.version, changed.answered_at) == (2, LATER)
    emptied = school.answer("school", "Д1", comment="есть", version=2)
    assert (emptied.value, emptied.points, emptied.final_points, emptied.final_is_na) == (None, None, None, False)
    assert school.sheet("school").answered == 3
    # Signs that no database keeps.
    assert school.answer("school", "Д2", "1", comment="а\x00б\ud800", version=1).comment == "аб?"
    # The neighbour's sheet has nothing of it.
    assert as_login("school2", held).sheet("school2").answered == 0


UNFIT = {
    "a third decimal": ("Д1", Typed(Decimal("1.001")), "value"),
    "no such level": ("Д1", Typed(Decimal(3)), "value"),
    "not a number": ("Н1", Typed(Decimal("NaN")), "value"),
    "beyond any number": ("Н1", Typed(Decimal("1e40")), "value"),
    "above its own best": ("Н2", Typed(Decimal(11)), "value"),
    "below nothing": ("Н2", Typed(Decimal(-1)), "value"),
    "neither yes nor no": ("Г1", Typed(Decimal(2)), "value"),
    "never inapplicable": ("Н1", Typed(is_na=True, na_reason="нет"), "is_na"),
    "a long comment": ("Д1", Typed(Decimal(1), comment="я" * 4001), "comment"),
    "a long reason": ("Д1", Typed(is_na=True, na_reason="я" * 1001), "na_reason"),
}


def test_what_does_not_fit_is_refused_at_its_field(held, as_login):
    school = as_login("school", held)
    for name, (code, typed, field) in UNFIT.items():
        with pytest.raises(Invalid) as refused, school.committed():
            assessment_answer.answer(
                school.session, school.actor, school.sheet("school"), held.criteria[code], typed, version=None, now=NOW,
                today=TODAY,
            )  # fmt: skip
        assert refused.value.field == field, name
    with pytest.raises(Invalid, match="двух знаков"):
        school.answer("school", "Д1", "1.001")
    sheet = school.sheet("school")
    assert (sheet.started_at, sheet.answered, sheet.share) == (None, 0, None)


def test_a_criterion_that_the_sheet_does_not_have_is_not_found(engine, world, held, as_login):
    school = as_login("school", held)
    _, other = build_framework(engine, world, title="Другой набор")
    for number in (held.criteria["М1"], other["Д1"], 10**9):
        for deed in (school.answer, school.attach):
            foreign = replace(held, criteria={"Д1": number})
            with pytest.raises(NotFound):
                deed.__func__(
                    Deeds(school.session, school.actor, foreign),
                    "school",
                    "Д1",
                    *(() if deed == school.attach else ("1",)),
                )
    town = as_login("municipality", held)
    assert town.answer("municipality", "М1", "2").points == 2
    with pytest.raises(NotFound):
        town.answer("municipality", "Д1", "2")


def test_who_and_when_may_answer(engine, world, held, as_login):
    for login in ("municipality", "region"):
        above = as_login(login, held)
        for deed in (lambda who: who.answer("school", "Д1", "1"), lambda who: who.attach("school", "Д1", LINK)):
            with pytest.raises(NotPermitted):
                deed(above)
    school = as_login("school", held)
    observer = Deeds(school.session, replace(school.actor, duties=frozenset()), held)
    with pytest.raises(NotPermitted):
        observer.answer("school", "Д1", "1")
    with pytest.raises(NotPermitted):
        Deeds(school.session, observer.actor, held).carry("school")
    beside = as_login("school2", held)
    assert beside.session.get(Assessment, held.assessments["school"]) is None

    score = school.answer("school", "Д1", "1")
    for days in ({"due_on": date(2026, 11, 1), "locks_on": date(2026, 11, 20)}, {"opens_on": date(2026, 11, 22)}):
        with open_session(engine, reason="tests move dates") as session:
            session.connection(execution_options={"writes": True})
            from app.models import MonitoringRound

            moved = session.get_one(MonitoringRound, held.round_id)
            before = {name: getattr(moved, name) for name in days}
        change(engine, MonitoringRound, held.round_id, **days)
        with pytest.raises(WrongState):
            school.answer("school", "Д1", "2", version=score.version)
        with pytest.raises(WrongState):
            school.attach("school", "Д1", LINK)
        change(engine, MonitoringRound, held.round_id, **before)
    # After the lock only with a permit of one's own.
    late = {"due_on": date(2026, 11, 1), "locks_on": date(2026, 11, 20), "late_until": date(2026, 11, 30)}
    change(engine, MonitoringRound, held.round_id, **late)
    with open_session(engine, reason="tests grant a permit") as session:
        session.connection(execution_options={"writes": True})
        session.add(
            LatePermit(
                org_unit_id=world.units["school2"], round_id=held.round_id, until=date(2026, 11, 25), reason="ремонт",
                granted_at=NOW, granted_by="регион",
            )
        )  # fmt: skip
    assert beside.answer("school2", "Д1", "1").points == 1
    with pytest.raises(WrongState):
        beside.answer("school2", "Д1", "2", version=1, today=date(2026, 11, 26))
    with pytest.raises(WrongState):
        school.answer("school", "Д1", "2", version=score.version)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.ACCEPTED, Status.APPROVED, Status.EXCUSED])
def test_a_sheet_that_is_not_with_its_unit_takes_no_answers(engine, world, held, as_login, status):
    fill_sheet(engine, world, held, "school", {"Д1": "1"}, status=status)
    school = as_login("school", held)
    for deed in (
        lambda: school.answer("school", "Д1", "2", version=1),
        lambda: school.attach("school", "Д1", LINK),
        lambda: school.carry("school"),
    ):
        with pytest.raises(WrongState, match=status.label):
            deed()
    assert school.sheet("school").answered == 1


def test_a_later_answer_is_refused_with_both_and_nothing_is_lost(held, as_login, work):
    one = as_login("school", held)
    other = Deeds(work("school"), one.actor, held)
    score = one.answer("school", "Д1", "2", comment="приказ № 1")
    for version in (None, 7):
        with pytest.raises(Conflict) as refused:
            other.answer("school", "Д1", "1", comment="приказ устарел", version=version)
        for said in ("2 — ответ 2", "приказ № 1", "1 — ответ 1", "приказ устарел", one.actor.user_name, "Д1"):
            assert said in refused.value.sentence
    assert other.answer("school", "Д1", "1", version=score.version).value == 1
    # Proof that came first is no answer: nothing is overwritten.
    one.attach("school", "Д2", LINK)
    assert other.answer("school", "Д2", "1", version=None).value == 1


def test_two_tabs_at_once(engine, world, held, actor):
    """Different criteria: both are written, and counted. The same one: the second is told."""

    def beside(code: str, value: str, seen: list):
        try:
            with GuardedSession(engine, info={"actor": actor("school")}) as session:
                session.connection(execution_options={"writes": True})
                sheet = session.get_one(Assessment, held.assessments["school"])
                assessment_answer.answer(
                    session, actor("school"), sheet, held.criteria[code], Typed(Decimal(value)), version=None, now=NOW,
                    today=TODAY,
                )  # fmt: skip
                session.commit()
        except Conflict as refused:
            seen.append(refused)
        else:
            seen.append(None)

    for code, is_refused in (("Д2", False), ("Д1", True)):
        seen: list = []
        with GuardedSession(engine, info={"actor": actor("school")}) as session:
            session.connection(execution_options={"writes": True})
            sheet = session.get_one(Assessment, held.assessments["school"])
            first = "Г1" if code == "Д2" else "Д1"
            assessment_answer.answer(
                session, actor("school"), sheet, held.criteria[first], Typed(Decimal(1)), version=None, now=NOW,
                today=TODAY,
            )  # fmt: skip
            second = threading.Thread(target=beside, args=(code, "2", seen))
            second.start()
            second.join(0.5)
            # It waits for the end of this transaction.
            assert second.is_alive()
            session.commit()
        second.join(30)
        assert [refused is not None for refused in seen] == [is_refused]
    sheet = rows(engine, select(Assessment).where(Assessment.id == held.assessments["school"]))[0]
    # Г1 1 of 1, Д2 2 of 2 with weight 2, Д1 1 of 2 with weight 2, of the weights 7.
    assert (sheet.answered, sheet.share) == (3, Decimal("57.1429"))


def test_what_the_system_counted_stands_until_it_is_disputed(engine, held, as_login):
    school = as_login("school", held)
    score = school.answer("school", "Д1", "1")
    change(
        engine, CriterionScore, score.id, source=ScoreSource.COUNTED, counted_value=Decimal(1), counted_at=NOW
    )  # fmt: skip
    version = 2
    for said in ({"value": "2"}, {"is_na": True, "na_reason": "нет"}):
        with pytest.raises(Invalid) as refused:
            school.answer("school", "Д1", version=version, **said)
        assert refused.value.field == "dispute_reason"
    words_only = school.answer("school", "Д1", "1", comment="верно", version=version)
    assert (words_only.source, words_only.comment) == (ScoreSource.COUNTED, "верно")
    disputed = school.answer("school", "Д1", "2", dispute_reason="ссылка не учтена", version=words_only.version)
    assert (disputed.source, disputed.value, disputed.counted_value) == (ScoreSource.TYPED, 2, 1)
    assert disputed.dispute_reason == "ссылка не учтена"
    agreed = school.answer("school", "Д1", version=disputed.version)
    assert (agreed.source, agreed.value, agreed.points, agreed.dispute_reason) == (ScoreSource.COUNTED, 1, 1, "")
    # A dispute belongs to what was counted only.
    assert school.answer("school", "Д2", "1", dispute_reason="так").dispute_reason == ""


def test_nothing_typed_begins_nothing(held, as_login):
    school = as_login("school", held)
    emptied = school.answer("school", "Д1")
    assert (emptied.value, emptied.is_na) == (None, False)
    sheet = school.sheet("school")
    assert (sheet.started_at, sheet.answered, sheet.share) == (None, 0, None)
