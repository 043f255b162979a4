"""Accepted sheets with proof, their approval, and somebody who rewrites what was frozen."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text, update

from app.models import Assessment, AssessmentApproval, CriterionScore, Evidence, EvidenceRevision, ScoreEvidence
from app.models.enumeration import AssessmentStatus, EvidenceKind
from app.policies.unscoped import open_session
from app.services import assessment as assessments
from app.services import assessment_approval as approvals
from tests.factories.monitoring import Held, fill_sheet, hold_round

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
VALUES = {"Д1": "2", "Д2": "1", "Г1": "1"}


def accepted_sheets(engine, world) -> Held:
    """Two schools' accepted sheets with two pieces of proof under their first answers, and decoys in another round."""
    held = hold_round(engine, world)
    other = hold_round(engine, world, title="Прошлый цикл", framework=(held.framework_id, held.criteria))
    for each in (held, other):
        for unit in ("school", "school2"):
            scores = fill_sheet(engine, world, each, unit, VALUES, status=AssessmentStatus.ACCEPTED)
            prove(engine, scores["Д1"], f"Положение {unit}", "a")
            prove(engine, scores["Д1"], f"Приказ {unit}", "b")
    return held


def prove(engine, score_id: int, title: str, letter: str) -> None:
    with open_session(engine, reason="tests give an answer its proof") as session:
        session.connection(execution_options={"writes": True})
        unit_id = session.get_one(CriterionScore, score_id).org_unit_id
        piece = Evidence(org_unit_id=unit_id, kind=EvidenceKind.LOCAL_ACT, title=title, number="5")
        session.add(piece)
        session.flush()
        session.add(ScoreEvidence(org_unit_id=unit_id, score_id=score_id, evidence_id=piece.id))
        add_revision(session, piece, 1, letter)


def add_revision(session, piece: Evidence, number: int, letter: str) -> None:
    session.add(
        EvidenceRevision(
            org_unit_id=piece.org_unit_id,
            evidence_id=piece.id,
            number=number,
            digest=letter * 64,
            size=1,
            media_type="application/pdf",
            file_name="положение.pdf",
            uploaded_at=NOW,
            uploaded_by="Кто-то",
        )
    )
    session.flush()


def approve_sheet(session, actor, held, unit="school"):
    sheet = session.get_one(Assessment, held.assessments[unit])
    assessments.approve(session, actor("region"), sheet, version=None, today=TODAY, now=NOW)
    return sheet, approvals.latest(session, sheet)


def tamper(engine, approval_id: int, **values) -> None:
    """Somebody with the database in hand: the trigger is taken off, the row rewritten. Nobody may be reading it."""
    table = AssessmentApproval.__table__
    with engine.begin() as raw:
        on = "" if engine.dialect.name == "sqlite" else " ON assessment_approval"
        raw.execute(text(f"DROP TRIGGER assessment_approval_unchanged{on}"))
        raw.execute(update(table).where(table.c.id == approval_id).values(**values))
