"""The checker's values and remarks beside the unit's; and the sheet's share against a computation of its own."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.models import Assessment, AuditEvent, CriterionScore, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus, ScaleKind
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import assessment_answer, assessment_check, assessment_result
from app.services.assessment_answer import Typed
from app.services.assessment_check import Checked
from tests.factories.monitoring import C, build_framework, fill_sheet, hold_round
from tests.services.assessment_deeds import NOW, TODAY, Deeds, opener

FULL = {"Д1": "2", "Д2": "2", "Г1": "1"}


@pytest.fixture
def as_login(work, actor):
    return opener(work, actor)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world)


def score_of(engine, held, unit, code):
    with open_session(engine, reason="tests look at a score") as session:
        return session.scalar(
            select(CriterionScore).where(
                CriterionScore.assessment_id == held.assessments[unit],
                CriterionScore.criterion_id == held.criteria[code],
            )
        )


def test_the_checkers_value_counts_and_the_units_stays(engine, world, held, as_login):
    fill_sheet(engine, world, held, "school", FULL, status=Status.SUBMITTED)
    town, region = as_login("municipality", held), as_login("region", held)
    score = town.check("school", "Д1", "1", version=1, comment=" скан ")
    assert (score.value, score.points, score.checked_value, score.checked_points) == (2, 2, 1, 1)
    assert (score.checked_comment, score.checked_by, score.checked_at) == ("скан", town.actor.signature, NOW)
    assert (score.final_points, score.final_is_na) == (1, False)
    sheet = town.sheet("school")
    assert (sheet.share, sheet.answered, sheet.status, sheet.stepped_in) == (80, 3, Status.SUBMITTED, False)
    # Another who saw the earlier state is told both values; the same said twice is no conflict.
    with pytest.raises(Conflict) as refused:
        region.check("school", "Д1", "0", version=1, comment="нет приказа")
    for said in ("Д1", "1 — ответ 1", "скан", town.actor.user_name, "0 — ответ 0", "нет приказа"):
        assert said in refused.value.sentence
    with pytest.raises(Conflict):
        region.check("school", "Д1", None, version=None)
    assert region.check("school", "Д1", "1", version=2, comment="скан").checked_by == town.actor.signature
    assert region.sheet("school").stepped_in is False
    region.check("school", "Д2", "2", version=1)
    assert region.sheet("school").stepped_in is True

    version = score_of(engine, held, "school", "Д1").version
    score = town.check("school", "Д1", is_na=True, value="1", version=version)
    assert (score.checked_value, score.checked_is_na, score.final_points, score.final_is_na) == (None, True, None, True)
    assert town.sheet("school").share == 100
    score = town.check("school", "Д1", None, version=score.version)
    assert (score.checked_is_na, score.checked_comment, score.checked_by, score.checked_at) == (False, "", "", None)
    assert (score.final_points, score.final_is_na) == (2, False)


def test_who_checks_what_and_when(engine, world, as_login):
    framework = build_framework(
        engine, world, criteria=(C("Д1", more={"may_be_na": False}), C("М1", more={"for_municipalities": True}))
    )
    for number, status in enumerate(Status):
        held = hold_round(
            engine,
            world,
            framework=framework,
            title=f"Цикл {number}",
            units=("municipality", "school", "regional_school"),
        )
        for unit in held.assessments:
            fill_sheet(engine, world, held, unit, {"М1": "1"}, status=status)
        logins = ("school", "municipality", "region")
        for login, unit in ((login, unit) for login in logins for unit in held.assessments):
            person = as_login(login, held)
            person.session.rollback()
            if person.session.get(Assessment, held.assessments[unit]) is None:
                continue
            checks = login == "region" or (login == "municipality" and unit == "school")
            for deed in (person.check, person.remark):
                if not checks:
                    with pytest.raises(NotPermitted):
                        deed(unit, "М1", "2", version=1)
                elif status not in {Status.SUBMITTED, Status.ACCEPTED}:
                    with pytest.raises(WrongState, match=status.label):
                        deed(unit, "М1", "2", version=1)
                else:
                    deed(unit, "М1", "2", version=score_of(engine, held, unit, "М1").version)
        if status is not Status.SUBMITTED:
            continue
        town = as_login("municipality", held)
        idle = Deeds(town.session, replace(town.actor, duties=frozenset()), held)
        with pytest.raises(NotPermitted):
            idle.check("school", "М1", "2", version=2)
        for value, is_na, field in (("3", False, "value"), ("0.001", False, "value"), (None, True, "is_na")):
            with pytest.raises(Invalid) as refused:
                town.check("school", "Д1", value, is_na=is_na, version=None)
            assert refused.value.field == field
        with pytest.raises(Invalid), town.committed():
            assessment_check.check(
                town.session, town.actor, town.sheet("school"), held.criteria["Д1"], Checked(), version=None, now=NOW
            )
        with pytest.raises(Invalid):
            town.remark("school", "Д1", "я" * 4001, version=None)
        # What the unit left open the checker may fill.
        assert town.check("school", "Д1", "1", version=None).value is None
        foreign = Deeds(town.session, town.actor, replace(held, criteria={"Д1": 10**9}))
        with pytest.raises(NotFound):
            foreign.check("school", "Д1", "1", version=None)
        with pytest.raises(NotFound):
            foreign.remark("school", "Д1", "что", version=None)
        with open_session(engine, reason="tests close the round") as session:
            session.connection(execution_options={"writes": True})
            closed = session.get_one(MonitoringRound, held.round_id)
            closed.closed_at, closed.status = NOW, RoundStatus.CLOSED
        with pytest.raises(WrongState, match="заверш"):
            town.check("school", "Д1", "2", version=1)


def test_a_remark_is_not_written_over_another(engine, world, held, as_login):
    fill_sheet(engine, world, held, "school", FULL, status=Status.SUBMITTED)
    town, region = as_login("municipality", held), as_login("region", held)
    assert town.remark("school", "Д1", " Обновите. ", version=1).remark == "Обновите."
    with pytest.raises(Conflict, match=r"Обновите.*Замените"):
        region.remark("school", "Д1", "Замените", version=1)
    assert region.remark("school", "Д1", "Обновите.", version=1).version == 2
    assert region.remark("school", "Д1", "", version=2).remark == ""
    assert region.sheet("school").share == 100


def test_who_decides_by_an_older_page_is_told_to_look(engine, world, held, work, as_login):
    """A remark and a value that moves no share are changes, too: acceptance would have wiped the one unseen."""
    fill_sheet(engine, world, held, "school", FULL, status=Status.SUBMITTED)
    town, region = as_login("municipality", held), as_login("region", held)
    seen = town.sheet("school").version
    region.remark("school", "Д1", "Обновите.", version=1)
    with pytest.raises(Conflict):
        town.act("accept", "school", version=seen)
    assert not [row for row in work("region").scalars(select(AuditEvent)) if row.changes.keys() == {"share"}]
    seen = town.sheet("school").version
    region.check("school", "Д1", "2", version=2)
    assert region.sheet("school").share == 100
    with pytest.raises(Conflict):
        town.act("accept", "school", version=seen)
    seen = town.sheet("school").version
    region.remark("school", "Д1", "Обновите.", version=3)
    assert town.act("accept", "school", version=seen).status is Status.ACCEPTED


MANY = (
    C("Б1", weight="2.5"),
    C("Б2", scale=ScaleKind.YES_NO, max_points="1", levels=(), weight="0.37"),
    C("Б3", scale=ScaleKind.SHARE, max_points="100", levels=(), weight="3"),
    C("Б4", scale=ScaleKind.NUMBER, max_points="7.5", weight="1.01",
      levels=((Decimal("-1.5"), Decimal("7.5")), (Decimal(3), Decimal("2.25")), (Decimal(9), Decimal(0)))),
    C("Б5", scale=ScaleKind.CHOICE, max_points="10", weight="2",
      levels=((Decimal(1), Decimal(0)), (Decimal(2), Decimal("3.33")), (Decimal(3), Decimal(10)))),
    C("Б6", more={"for_schools": False, "for_municipalities": True}, weight="50"),
)  # fmt: skip
BANDS = ((85, "высокий"), (60, "средний"), (0, "низкий"))


def drawn(draw, code):
    """A value of the criterion's scale and its points, by hand."""
    match code:
        case "Б1":
            value = Decimal(draw.randint(0, 2))
            return value, value
        case "Б2":
            value = Decimal(draw.randint(0, 1))
            return value, value
        case "Б3":
            value = Decimal(draw.randint(0, 10000)) / 100
            return value, value
        case "Б4":
            value = Decimal(draw.randint(-300, 1200)) / 100
            if value < Decimal("-1.5") or value >= 9:
                return value, Decimal(0)
            return value, Decimal("7.5") if value < 3 else Decimal("2.25")
        case _:
            value = Decimal(draw.randint(1, 3))
            return value, {1: Decimal(0), 2: Decimal("3.33"), 3: Decimal(10)}[int(value)]


def expected(kept):
    """The stored share and level by a formula of its own: whole numbers, rounded half up at the very end."""
    earned = weights = Fraction(0)
    answered = 0
    for one in MANY[:5]:
        own, checked, agreed = (kept.get((who, one.code)) for who in ("own", "checked", "agreed"))
        answered += own is not None
        counts = agreed or checked or own
        if counts == "na":
            continue
        weights += Fraction(one.weight)
        if counts is not None:
            earned += Fraction(one.weight) * Fraction(counts[1]) / Fraction(one.max_points)
    if not any(value is not None for value in kept.values()) or not weights:
        return answered, None, ""
    share = earned / weights * 100
    whole, rest = divmod(share.numerator * 10**4, share.denominator)
    whole += 2 * rest >= share.denominator
    return answered, Decimal(whole) / 10**4, next(name for least, name in BANDS if share >= least)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_stored_share_is_what_an_independent_formula_says(engine, world, as_login, seed):
    draw = random.Random(seed)
    held = hold_round(engine, world, framework=build_framework(engine, world, criteria=MANY), units=("school",))
    fill_sheet(engine, world, held, "school", {}, status=Status.DRAFT)
    school, town = as_login("school", held), as_login("municipality", held)
    kept: dict = {}
    for step in range(40):
        code = draw.choice(MANY[:5]).code
        value, points = drawn(draw, code)
        turn = draw.random()
        said = None if turn < 0.1 else "na" if turn < 0.3 else (value, points)
        who = "own" if step < 15 else draw.choice(("own", "checked", "agreed"))
        given = value if said not in {None, "na"} else None
        deed = school if who == "own" else town
        put(engine, held.assessments["school"], Status.DRAFT if who == "own" else Status.SUBMITTED)
        with deed.committed():
            sheet = deed.sheet("school")
            score = deed.session.scalar(
                select(CriterionScore)
                .where(CriterionScore.assessment_id == sheet.id, CriterionScore.criterion_id == held.criteria[code])
                .execution_options(populate_existing=True)
            )
            version = score.version if score is not None else None
            if who == "own":
                assessment_answer.answer(
                    school.session, school.actor, sheet, held.criteria[code],
                    Typed(given, is_na=said == "na", comment=str(step)), version=version, now=NOW, today=TODAY,
                )  # fmt: skip
            elif who == "checked":
                checked = None if said is None else Checked(given, is_na=said == "na")
                assessment_check.check(
                    town.session, town.actor, sheet, held.criteria[code], checked, version=version, now=NOW
                )
            elif score is not None:
                score.agreed_value, score.agreed_points = given, points if given is not None else None
                score.agreed_is_na = said == "na"
                assessment_result.refresh(town.session, sheet)
            else:
                continue
        if who == "own" and said != kept.get((who, code)):
            # A new answer is judged anew.
            kept["checked", code] = kept["agreed", code] = None
        kept[who, code] = said
        town.session.rollback()
        sheet = town.sheet("school")
        assert (sheet.answered, sheet.share, sheet.level) == expected(kept), (step, who, code, said)
        assert sheet.to_answer == 5


def put(engine, number, status):
    """The sheet into a state, beside the life cycle."""
    with open_session(engine, reason="tests move a sheet") as session:
        session.connection(execution_options={"writes": True})
        sheet = session.get_one(Assessment, number)
        sheet.submitted_on = sheet.first_submitted_on = TODAY
        sheet.submitted_at = NOW
        sheet.status = status


def test_a_corrected_answer_counts_until_it_is_judged_anew(engine, world, held, as_login):
    fill_sheet(engine, world, held, "school", FULL | {"Д1": "1"}, status=Status.SUBMITTED)
    town = as_login("municipality", held)
    one = score_of(engine, held, "school", "Д1")
    town.check("school", "Д1", "0", version=one.version)
    town.check("school", "Д2", "1", version=score_of(engine, held, "school", "Д2").version)
    town.act("return_", "school", note="Исправьте Д1.")
    town.committed()
    school = as_login("school", held)
    # The same answer with other words is the same answer: the checker's stands.
    school.answer("school", "Д2", "2", version=score_of(engine, held, "school", "Д2").version, comment="так и есть")
    school.answer("school", "Д1", "2", version=score_of(engine, held, "school", "Д1").version)
    school.committed()
    corrected, kept = score_of(engine, held, "school", "Д1"), score_of(engine, held, "school", "Д2")
    assert (corrected.final_points, corrected.checked_value, corrected.checked_by) == (Decimal(2), None, "")
    assert (kept.final_points, kept.checked_value) == (Decimal(1), Decimal(1))
