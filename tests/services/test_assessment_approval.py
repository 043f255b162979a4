"""Frozen approvals: what changes afterwards is seen, what was frozen cannot be changed, and paper is told from record."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.analysis import snapshot
from app.models import Assessment, AssessmentApproval, CriterionScore, Evidence, OrgUnit, ScoreEvidence
from app.models.enumeration import AssessmentStatus
from app.policies.unscoped import open_session
from app.services import assessment as assessments
from app.services import assessment_approval as approvals
from app.services import assessment_check
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.approved_sheets import NOW, TODAY, VALUES, accepted_sheets, add_revision, approve_sheet
from tests.services.statements import counted


@pytest.fixture
def held(engine, world):
    return accepted_sheets(engine, world)


def test_approval_freezes_the_whole_sheet(engine, world, work, actor, held):
    session = work("region")
    sheet, approval = approve_sheet(session, actor, held)
    facts = json.loads(approval.canonical)
    assert approval.digest == hashlib.sha256(approval.canonical.encode()).hexdigest()
    assert approval.code == snapshot.code_of(approval.digest)
    assert (approval.number, approval.previous_digest) == (1, "")
    assert facts["unit"]["name"] == "МБОУ СОШ «school»"
    assert facts["unit"]["municipality"] == "Томаринский муниципальный округ"
    assert facts["framework"]["edition"] == 1
    assert facts["round"] == {"id": held.round_id, "title": "Мониторинг ВСОКО 2026"}
    assert facts["sheet"]["submitted_on"] == "2026-10-01"
    assert facts["approval"]["by"] == actor("region").signature
    assert list(facts["criteria"]) == ["Г1", "Д1", "Д2"]
    assert facts["criteria"]["Д1"]["final"] == {"value": "2", "points": "2", "na": False, "shown": "2 — ответ 2"}
    assert [piece["title"] for piece in facts["criteria"]["Д1"]["evidence"]] == ["Положение school", "Приказ school"]
    assert facts["criteria"]["Д1"]["evidence"][0]["digests"] == ["a" * 64]
    assert facts["result"]["level"] == sheet.level != ""
    # The municipal criteria of the same set are no part of a school's sheet.
    assert "М1" not in approval.canonical
    assert approvals.changes_since(session, sheet) == []


def test_rows_in_another_order_make_the_same_bytes(engine, world, work, actor, held):
    session = work("region")
    sheet = session.get_one(Assessment, held.assessments["school"])
    before = approvals.canonical(session, sheet)
    session.rollback()
    with open_session(engine, reason="tests write the rows anew") as rewriting:
        rewriting.connection(execution_options={"writes": True})
        rows = list(
            rewriting.scalars(
                select(CriterionScore)
                .where(CriterionScore.assessment_id == held.assessments["school"])
                .order_by(CriterionScore.id)
            )
        )
        links = list(
            rewriting.scalars(select(ScoreEvidence).where(ScoreEvidence.score_id.in_([one.id for one in rows])))
        )
        proofs = [
            (rows.index(next(one for one in rows if one.id == link.score_id)), link.evidence_id) for link in links
        ]
        copies = [
            {
                column.key: getattr(row, column.key)
                for column in CriterionScore.__table__.columns
                if column.key not in {"id", "version"}
            }
            for row in rows
        ]
        for each in (links, rows):
            for row in each:
                rewriting.delete(row)
            rewriting.flush()
        made = {}
        for place in reversed(range(len(copies))):
            made[place] = CriterionScore(**copies[place])
            rewriting.add(made[place])
            rewriting.flush()
        for place, evidence_id in reversed(proofs):
            unit_id = made[place].org_unit_id
            rewriting.add(ScoreEvidence(org_unit_id=unit_id, score_id=made[place].id, evidence_id=evidence_id))
            rewriting.flush()
    assert approvals.canonical(work("region"), sheet) == before
    # A school reads the same bytes, though the unit above it is no row of its own.
    assert approvals.canonical(work("school"), sheet) == before


def test_a_changed_value_is_seen_with_before_and_after(engine, world, work, actor, held):
    session = work("region")
    sheet, first = approve_sheet(session, actor, held)
    assessments.unapprove(session, actor("region"), sheet, version=None, today=TODAY, now=NOW, note="ошибка")
    assert approvals.changed_count(session, sheet) == 0
    score = session.scalar(
        select(CriterionScore).where(
            CriterionScore.assessment_id == sheet.id, CriterionScore.criterion_id == held.criteria["Д2"]
        )
    )
    assessment_check.check(
        session,
        actor("region"),
        sheet,
        held.criteria["Д2"],
        assessment_check.Checked(Decimal(2)),
        version=score.version,
        now=NOW,
    )
    changes = approvals.changes_since(session, sheet)
    told = {(one.code, one.what): (one.before, one.after) for one in changes}
    assert told["Д2", "Итоговое значение"] == ("1 — ответ 1 (баллов: 1)", "2 — ответ 2 (баллов: 2)")
    assert told["Д2", "Значение проверяющего"] == ("нет", "2 — ответ 2 (баллов: 2)")
    assert {one.code for one in changes} == {"", "Д2"}
    assert next(one for one in changes if one.code).criterion_id == held.criteria["Д2"]
    assert told["", "Итог, %"] == ("80", "100")
    assert sheet.changed_after_approval == approvals.changed_count(session, sheet) == 1
    # Approved anew: against the first approval the change stays told, against the new one there is none.
    assessments.approve(session, actor("region"), sheet, version=None, today=TODAY, now=NOW)
    second = approvals.latest(session, sheet)
    assert (second.number, second.previous_digest) == (2, first.digest)
    assert approvals.changed_count(session, sheet) == 1
    assert approvals.changes_against(session, sheet, second) == []
    (old,), (new,) = (approvals.verify(session, actor("region"), one.code) for one in (first, second))
    assert (old.is_latest, old.equal, old.intact, old.chain_ok) == (False, False, True, True)
    assert (new.is_latest, new.equal, new.chain_ok) == (True, True, True)


@pytest.mark.parametrize("way", ["revision", "title", "detached", "comment"])
def test_proof_and_words_changed_under_an_approved_sheet_are_seen(engine, world, work, actor, held, way):
    session = work("region")
    sheet, approval = approve_sheet(session, actor, held)
    session.commit()
    with open_session(engine, reason="tests change proof") as other:
        other.connection(execution_options={"writes": True})
        piece = other.scalar(select(Evidence).where(Evidence.title == "Приказ school").order_by(Evidence.id))
        if way == "revision":
            add_revision(other, piece, 2, "c")
        elif way == "title":
            piece.title = "Другой приказ"
        elif way == "comment":
            link = other.scalar(select(ScoreEvidence).where(ScoreEvidence.evidence_id == piece.id))
            other.get_one(CriterionScore, link.score_id).comment = "переписано"
        else:
            other.execute(delete(ScoreEvidence.__table__).where(ScoreEvidence.evidence_id == piece.id))
    seen = work("school")
    sheet = seen.get_one(Assessment, sheet.id)
    (change,) = approvals.changes_since(seen, sheet)
    assert (change.code, change.what) == ("Д1", "Комментарий" if way == "comment" else "Подтверждения")
    assert approvals.changed_count(seen, sheet) == 1
    if way == "revision":
        assert "bbbbbbbb]" in change.before
        assert "bbbbbbbb, cccccccc]" in change.after
    (verified,) = approvals.verify(seen, actor("school"), approval.code)
    assert verified.intact
    assert not verified.equal


def test_changed_sheets_of_a_round_are_found_by_a_fixed_number_of_statements(engine, world, work, actor, held):
    session = work("region")
    approve_sheet(session, actor, held)
    approve_sheet(session, actor, held, "school2")
    session.commit()
    with open_session(engine, reason="tests rename a school and rewrite a word") as other:
        other.connection(execution_options={"writes": True})
        score = other.scalar(
            select(CriterionScore).where(
                CriterionScore.assessment_id == held.assessments["school2"],
                CriterionScore.criterion_id == held.criteria["Г1"],
            )
        )
        score.comment = "переписано"
        unit = other.get_one(OrgUnit, world.units["school"])
        unit.name = "МБОУ «Новое имя»"
    reading = work("region")
    with counted(engine) as sent:
        found = approvals.changed_by_round(reading, held.round_id)
    assert len(sent) <= 8
    assert {number: [(one.code, one.what) for one in changes] for number, changes in found.items()} == {
        held.assessments["school"]: [("", "Название организации")],
        held.assessments["school2"]: [("Г1", "Комментарий")],
    }
    assert list(approvals.changed_by_round(work("school2"), held.round_id)) == [held.assessments["school2"]]
    # A new name of the school is told, and is no changed criterion.
    assert approvals.changed_count(reading, reading.get_one(Assessment, held.assessments["school"])) == 0


def test_the_database_keeps_what_was_approved(engine, world, work, actor, held):
    session = work("region")
    sheet, _ = approve_sheet(session, actor, held)
    session.commit()
    approval_table, score_table = AssessmentApproval.__table__, CriterionScore.__table__
    mine = score_table.c.assessment_id == sheet.id
    decoy = score_table.c.assessment_id == held.assessments["school2"]
    for statement, words in (
        (update(approval_table).values(canonical="{}"), "kept as it was"),
        (update(approval_table).values(approved_by="Другой"), "kept as it was"),
        (update(approval_table).values(code="0000-0000-00"), "kept as it was"),
        (delete(approval_table), "kept as it was"),
        (update(score_table).where(mine).values(value=Decimal(1)), "approved sheet"),
        (update(score_table).where(mine).values(checked_value=Decimal(1), checked_points=Decimal(1)), "approved sheet"),
        (update(score_table).where(mine).values(final_points=Decimal(0)), "approved sheet"),
        (delete(score_table).where(mine), "approved sheet"),
    ):
        with engine.connect() as raw:
            raw.execution_options(writes=True)
            with pytest.raises(IntegrityError, match=words):
                raw.execute(statement)
    with engine.begin() as raw:
        raw.execute(update(score_table).where(decoy).values(comment="другой лист меняется"))
        raw.execute(update(score_table).where(decoy).values(final_points=Decimal(0)))


def test_acceptance_is_the_approval_of_a_municipality_own_round(engine, world, work, actor):
    held = hold_round(engine, world, holder="municipality", units=("school", "school2"))
    fill_sheet(engine, world, held, "school", VALUES, status=AssessmentStatus.SUBMITTED)
    session = work("municipality")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assert not approvals.stands(session, sheet)
    assessments.accept(session, actor("municipality"), sheet, version=None, today=TODAY, now=NOW)
    (verified,) = approvals.verify(session, actor("municipality"), approvals.latest(session, sheet).code)
    assert verified.equal
    assert verified.stands
