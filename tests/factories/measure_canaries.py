"""Findings, measures, proof of measures, letters and the region's lists in every unit of the world.

A municipality's measure is for one of its schools: that school sees it and what stands in it, its sister does not.
"""

from __future__ import annotations

from sqlalchemy import Engine, select

from app.documents.file_store import FileStore
from app.models import Assessment, CriterionScore, LetterTemplate
from app.models.enumeration_of_measures import FigureSource, LetterKind, MeasureStatus
from tests.factories.canaries import ALL, Records, canary
from tests.factories.measures import (
    THEN,
    add_cause,
    add_evidence,
    add_finding,
    add_letter,
    add_measure,
    add_template,
    answer_by_point,
    rest_on,
)
from tests.factories.training import writing
from tests.factories.world import World

# The school that a municipality's measure is for.
HELPED = {"municipality": "school", "municipality2": "school_b"}


def add_measures(engine: Engine, world: World, records: Records, store: FileStore, content) -> None:
    for prefix in ("", "foreign_"):
        region, offered = f"{prefix}region", canary(f"{prefix}offer")
        records.add("cause", region, add_cause(engine, world, region, title=offered))
        records.add("measure template", region, add_template(engine, world, region, title=offered))
        records.add("letter template", region, _letter_template(engine, world, region, store, content(offered)))
    for unit in ALL:
        _unit(engine, world, records, unit)
    for prefix in ("", "foreign_"):
        for town, school in HELPED.items():
            word = canary(f"{prefix}{town} measure")
            measure = add_measure(
                engine,
                world,
                f"{prefix}{town}",
                title=word,
                expected_result=word,
                responsible=word,
                findings=(records.of["finding"][f"{prefix}{school}"],),
                units=(f"{prefix}{school}",),
            )
            records.add("shared measure", f"{prefix}{town}", measure)


def _unit(engine: Engine, world: World, records: Records, unit: str) -> None:
    word = canary(unit)
    prefix = "foreign_" if unit.startswith("foreign_") else ""
    finding = add_finding(
        engine,
        world,
        unit,
        text=word,
        found_by=unit,
        ground=word,
        whys=[word],
        cause_id=records.of["cause"][f"{prefix}region"],
    )
    records.add("finding", unit, finding)
    answer_by_point(engine, finding, records.of["order point"][f"{prefix}region"])
    score = _score(engine, world, unit)
    if score is not None:
        seen = add_finding(engine, world, unit, text=word, found_by=unit, score_id=score)
        records.add("weak finding", unit, seen)
    measure = add_measure(
        engine,
        world,
        unit,
        title=word,
        expected_result=word,
        responsible=word,
        responsible_position=word,
        findings=(finding,),
        status=MeasureStatus.VERIFIED,
        done_note=word,
        figure_source=FigureSource.TYPED,
        figure_name=word,
        figure_before=1,
        figure_after=2,
        order_point_id=records.of["order point"][f"{prefix}region"],
        training_group_id=records.of["group"][f"{prefix}provider"],
        training_requirement_id=records.of["requirement"][f"{prefix}region"],
    )
    records.add("measure", unit, measure)
    piece = add_evidence(engine, world, unit, title=word, number=word, url=f"https://{word}.ru")
    rest_on(engine, measure, piece)
    records.add("proof", unit, piece)
    letter = {"title": word, "addressee": word, "body": word, "signatory_name": word, "number": word}
    records.add("answer letter", unit, add_letter(engine, records.of["report"][unit], **letter))


def _score(engine: Engine, world: World, unit: str) -> int | None:
    with writing(engine) as session:
        statement = (
            select(CriterionScore.id)
            .join(Assessment, Assessment.id == CriterionScore.assessment_id)
            .where(Assessment.org_unit_id == world.units[unit])
            .order_by(CriterionScore.id)
        )
        return session.scalars(statement).first()


def _letter_template(engine: Engine, world: World, region: str, store: FileStore, stream) -> int:
    stored = store.put(stream, "шаблон.txt")
    with writing(engine) as session:
        template = LetterTemplate(
            org_unit_id=world.units[region],
            kind=LetterKind.ANSWER,
            digest=stored.digest,
            size=stored.size,
            file_name=f"{canary('foreign_offer' if region.startswith('foreign_') else 'offer')}.docx",
            uploaded_at=THEN,
            uploaded_by="кто-то",
        )
        session.add(template)
        session.flush()
        return template.id
