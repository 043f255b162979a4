"""Proof under answers, answers taken over from the round before, and many answers in one act."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import CriterionScore, Evidence, ScoreEvidence
from app.models.enumeration import EvidenceKind, RoundStatus, ScaleKind, ScoreSource
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
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


def test_proof_under_an_answer(engine, world, held, as_login):
    school = as_login("school", held)
    (piece,) = school.attach("school", "Д1", LINK)
    sheet = school.sheet("school")
    assert (sheet.started_at, sheet.answered, piece.org_unit_id) == (NOW, 0, world.units["school"])
    again = TypedEvidence(existing_id=piece.id)
    school.attach("school", "Д1", again, again)
    school.attach("school", "Д2", again)
    assert len(rows(engine, select(ScoreEvidence))) == 2
    beside = as_login("school2", held)
    with pytest.raises(NotFound):
        beside.attach("school2", "Д1", again)
    with pytest.raises(Invalid):
        school.attach("school", "Д1", TypedEvidence(url="javascript:alert(1)"))
    many = [TypedEvidence(url=f"https://school.example/{number}") for number in range(30)]
    with pytest.raises(Invalid, match="не больше 30"):
        school.attach("school", "Д1", *many)
    with pytest.raises(NotFound):
        school.detach("school", "Г1", piece.id)
    school.detach("school", "Д1", piece.id)
    with pytest.raises(NotFound):
        school.detach("school", "Д1", piece.id)
    assert [row.evidence_id for row in rows(engine, select(ScoreEvidence))] == [piece.id]
    assert [row.id for row in rows(engine, select(Evidence))] == [piece.id]


def test_last_rounds_answers_are_carried_into_empty_ones(engine, world, as_login):
    """By code, into another edition: with comment and proof; what its scale does not have stays empty."""
    earlier = hold_round(engine, world, status=RoundStatus.OPEN, title="2025")
    values = {"Д1": "2", "Д2": None, "Г1": "1"}
    scores = fill_sheet(engine, world, earlier, "school", values, comment="как было")
    fill_sheet(engine, world, earlier, "school2", {"Д1": "1"})
    was = as_login("school", earlier)
    (piece,) = was.attach("school", "Д1", LINK)
    edition = (
        C("Д1"), C("Д2", more={"may_be_na": True}), C("Г1", scale=ScaleKind.SHARE, max_points="100", levels=()), C("Н0")
    )  # fmt: skip
    newer = build_framework(engine, world, criteria=edition, edition=2)
    held = hold_round(engine, world, framework=newer, previous_round_id=earlier.round_id, title="2026")
    with pytest.raises(WrongState, match="переносить нечего"):
        was.carry("school")
    school = as_login("school", held)
    with pytest.raises(NotFound):
        Deeds(school.session, school.actor, earlier).session.rollback()
        assessment_answer.carry_over(
            school.session, school.actor, school.sheet("school"), [earlier.criteria["Д1"]], now=NOW, today=TODAY
        )
    typed = school.answer("school", "Д2", "1")
    assert school.carry("school", "Д1", "Д2", "Г1", "Н0") == 1
    assert school.carry("school") == 0
    found = {
        row.criterion_id: row
        for row in school.session.scalars(
            select(CriterionScore).where(CriterionScore.assessment_id == held.assessments["school"])
        )
    }
    assert set(found) == {held.criteria["Д1"], held.criteria["Д2"]}
    carried = found[held.criteria["Д1"]]
    assert (carried.value, carried.points, carried.final_points, carried.comment) == (2, 2, 2, "как было")
    assert (carried.source, carried.carried_from_id) == (ScoreSource.CARRIED, scores["Д1"])
    assert found[held.criteria["Д2"]].version == typed.version
    links = rows(engine, select(ScoreEvidence.evidence_id).where(ScoreEvidence.score_id == carried.id))
    assert links == [piece.id]
    assert school.sheet("school").answered == 2
    # Carried while only its words change; the unit's own once the answer does.
    worded = school.answer("school", "Д1", "2", comment="и сейчас так", version=carried.version)
    assert worded.source is ScoreSource.CARRIED
    own = school.answer("school", "Д1", "1", version=worded.version)
    assert (own.source, own.carried_from_id) == (ScoreSource.TYPED, None)
    # What was counted then is counted anew.
    change(engine, CriterionScore, scores["Д2"], source=ScoreSource.COUNTED, counted_at=NOW, counted_value=Decimal(1))
    school.answer("school", "Д2", version=typed.version)
    assert school.carry("school", "Д2") == 0
    change(engine, CriterionScore, scores["Д2"], source=ScoreSource.TYPED)
    # «Неприменимо» goes over with its reason.
    assert school.carry("school", "Д2") == 1
    inapplicable = school.session.get_one(CriterionScore, found[held.criteria["Д2"]].id)
    assert (inapplicable.is_na, inapplicable.na_reason) == (True, "не проводится")


def test_many_first_answers_in_one_act(engine, held, as_login):
    school = as_login("school", held)
    (piece,) = school.attach("school", "Д1", LINK)
    number = held.criteria

    def all_at_once(given, proof=None):
        with school.committed():
            return assessment_answer.answer_all(
                school.session, school.actor, school.sheet("school"), given, proof or {}, now=NOW, today=TODAY
            )

    with pytest.raises(Invalid):
        all_at_once({number["Г1"]: Typed(Decimal(1)), number["Д2"]: Typed(Decimal(7))})
    with pytest.raises(NotFound):
        all_at_once({number["Г1"]: Typed(Decimal(1)), number["М1"]: Typed(Decimal(1))})
    assert school.sheet("school").answered == 0
    given = {
        number["Д1"]: Typed(Decimal(2)),
        number["Д2"]: Typed(is_na=True, na_reason="нет"),
        number["Г1"]: Typed(Decimal(1)),
    }
    proof = {
        number["Д1"]: [TypedEvidence(existing_id=piece.id)],
        number["Г1"]: [LINK, TypedEvidence(existing_id=piece.id)],
    }
    assert all_at_once(given, proof) == 3
    sheet = school.sheet("school")
    # 2 of 2 with weight 2 and 1 of 1, of the weights 2 + 1 + 1 + 1.
    assert (sheet.answered, sheet.share) == (3, 60)
    assert len(rows(engine, select(ScoreEvidence))) == 3
    with pytest.raises(Conflict):
        all_at_once({number["Г1"]: Typed(Decimal(0))})
