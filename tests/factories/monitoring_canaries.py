"""Monitoring in every unit of the world: sets of criteria, rounds, sheets, experts, permits, snapshots and notes."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select

from app.documents.file_store import FileStore
from app.models import (
    AnalyticalNote,
    Assessment,
    AssessmentApproval,
    CriterionScore,
    Evidence,
    Expertise,
    ExpertScore,
    FrameworkSection,
    LatePermit,
    Membership,
    ScoreEvidence,
)
from app.models.enumeration import AssessmentStatus, Duty, ExpertiseStatus, FrameworkStatus, RoundStatus
from app.policies.unscoped import open_session
from tests.factories.canaries import Records, canary
from tests.factories.monitoring import Held, build_framework, fill_sheet, hold_round
from tests.factories.world import World

THEN = datetime(2026, 9, 1, tzinfo=UTC)
ASSESSED = ("municipality", "municipality2", "school", "school2", "school_b", "regional_school")
# Who judges whose sheet.
EXPERTS = {"school": ("municipality", "region"), "school_b": ("municipality2",)}


def add_monitoring(engine: Engine, world: World, records: Records, files: FileStore) -> None:
    for prefix in ("", "foreign_"):
        region = f"{prefix}region"
        makers = (region, f"{prefix}municipality", f"{prefix}municipality2")
        framework = build_framework(engine, world, maker=region, title=f"{prefix}набор")
        records.add("framework", region, framework[0])
        held = hold_round(
            engine, world, holder=region, units=tuple(f"{prefix}{unit}" for unit in ASSESSED), framework=framework
        )
        records.add("round", region, held.round_id)
        for unit in held.assessments:
            _fill(engine, world, records, held, unit)
        for maker in makers:
            word = canary(f"{maker} draft")
            draft = build_framework(engine, world, maker=maker, title=word, status=FrameworkStatus.DRAFT)
            records.add("framework draft", maker, draft[0])
            records.add("criterion draft", maker, draft[1]["Д1"])
            planned = hold_round(
                engine, world, holder=maker, units=(), framework=framework, status=RoundStatus.DRAFT, title=word
            )
            records.add("round draft", maker, planned.round_id)
        for town, school in (
            (f"{prefix}municipality", f"{prefix}school"),
            (f"{prefix}municipality2", f"{prefix}school_b"),
        ):
            own = hold_round(
                engine, world, holder=town, units=(school,), framework=framework, title=canary(f"{town} letter")
            )
            records.add("municipal round", town, own.round_id)
        _about_round(engine, world, records, held, prefix, files, makers)


def _fill(engine: Engine, world: World, records: Records, held: Held, unit: str) -> None:
    codes = ("М1", "М2") if "municipality" in unit else ("Д1", "Д2", "Г1")
    status = {"school": AssessmentStatus.SUBMITTED, "school2": AssessmentStatus.ACCEPTED}.get(
        unit.removeprefix("foreign_"), AssessmentStatus.DRAFT
    )
    values = dict.fromkeys(codes, "1")
    scores = fill_sheet(engine, world, held, unit, values, status=status, comment=canary(unit))
    records.add("sheet", unit, held.assessments[unit])
    records.add("criterion", unit, held.criteria[codes[0]])
    with open_session(engine, reason="tests give an answer its proof") as session:
        session.connection(execution_options={"writes": True})
        score = session.get_one(CriterionScore, scores[codes[0]])
        score.remark, score.checked_comment = canary(unit), canary(unit)
        proof = session.scalars(select(Evidence.id).where(Evidence.org_unit_id == world.units[unit])).first()
        assert proof is not None
        session.add(ScoreEvidence(org_unit_id=score.org_unit_id, score_id=score.id, evidence_id=proof))
        records.add("sheet evidence", unit, proof)


def _about_round(
    engine: Engine, world: World, records: Records, held: Held, prefix: str, files: FileStore, makers: tuple[str, ...]
) -> None:
    with open_session(engine, reason="tests add what stands around a round") as session:
        session.connection(execution_options={"writes": True})
        for maker in makers:
            session.add(Membership(user_id=world.users[maker], org_unit_id=world.units[maker], duty=Duty.EXPERT))
        for unit, experts in EXPERTS.items():
            _expertises(session, world, records, held, f"{prefix}{unit}", [f"{prefix}{expert}" for expert in experts])
        section = select(FrameworkSection.id).where(FrameworkSection.framework_id == held.framework_id).limit(1)
        records.add("section", f"{prefix}region", session.scalar(section))
        permit = LatePermit(
            org_unit_id=world.units[f"{prefix}school"],
            round_id=held.round_id,
            until=date(2027, 5, 20),
            reason=canary(f"{prefix}school"),
            granted_at=THEN,
            granted_by="Кто-то",
        )
        approved = session.get_one(Assessment, held.assessments[f"{prefix}school2"])
        approved.status, approved.approved_on = AssessmentStatus.APPROVED, date(2026, 10, 2)
        snapshot = AssessmentApproval(
            org_unit_id=approved.org_unit_id,
            assessment_id=approved.id,
            canonical=f'{{"comment":"{canary(f"{prefix}school2")}"}}',
            digest="0" * 64,
            code=f"{prefix}ABCDEFGHJK",
            approved_at=THEN,
            approved_by="Кто-то",
        )
        session.add_all([permit, snapshot])
        session.flush()
        records.add("permit", f"{prefix}region", permit.id)
        for maker in makers:
            word = canary(f"{maker} note")
            stored = files.put(io.BytesIO(word.encode()), "справка.txt")
            note = AnalyticalNote(
                org_unit_id=world.units[maker],
                round_id=held.round_id,
                about_id=world.units[maker],
                title=word,
                digest=stored.digest,
                size=stored.size,
                file_name=f"{word}.docx",
                made_at=THEN,
                made_by=canary(f"{maker} note"),
            )
            session.add(note)
            session.flush()
            records.add("note", maker, note.id)


def _expertises(session, world: World, records: Records, held: Held, unit: str, experts: list[str]) -> None:
    for expert in experts:
        expertise = Expertise(
            org_unit_id=world.units[unit],
            assessment_id=held.assessments[unit],
            user_id=world.users[expert],
            expert_name=canary(f"{unit}"),
            status=ExpertiseStatus.ASSIGNED,
            assigned_at=THEN,
            assigned_by=canary(unit),
        )
        session.add(expertise)
        session.flush()
        session.add(
            ExpertScore(
                org_unit_id=world.units[unit],
                expertise_id=expertise.id,
                criterion_id=held.criteria["Д1"],
                comment=canary(unit),
            )
        )
        records.add("expertise", unit, expertise.id)
