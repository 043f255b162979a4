"""Findings, measures and letters in every corner of the two regions, with measures for others: for tests of scope."""

from __future__ import annotations

from sqlalchemy import Engine, select

from app.models import (
    AnswerLetter,
    CorrectiveMeasure,
    Finding,
    FindingCause,
    FindingPoint,
    LetterTemplate,
    MeasureEvidence,
    MeasureFinding,
    MeasureTemplate,
    MeasureUnit,
)
from app.models.enumeration import OrderStatus
from app.models.enumeration_of_measures import LetterKind
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
from tests.factories.order import Issued, Point, add_report, issue_order
from tests.factories.training import writing
from tests.factories.training_corners import Corners
from tests.factories.world import World

REPORTING = ("municipality", "municipality2", "school", "school2", "school_b", "regional_school", "provider")
FOREIGN = ("foreign_municipality", "foreign_school", "foreign_provider")
UNITS = ("region", *REPORTING, "foreign_region", *FOREIGN)
# By name: who carries the measure out, and for whom.
SHARED = {
    "town": ("municipality", ("school", "school2")),
    "whole": ("region", ("school", "school_b")),
    "peer": ("school2", ("school", "school_b")),
    "course": ("provider", ("school2", "regional_school")),
    "abroad": ("foreign_municipality", ("foreign_school",)),
}


def build_measures(engine: Engine, world: World) -> Corners:
    made = Corners()
    for region, units in (("region", REPORTING), ("foreign_region", FOREIGN)):
        made.put(FindingCause, region, add_cause(engine, world, region))
        made.put(MeasureTemplate, region, add_template(engine, world, region))
        made.put(LetterTemplate, region, _add_letter_template(engine, world, region))
        issued = issue_order(engine, world, issuer=region, points=(Point("1", to=units),))
        draft = issue_order(engine, world, issuer=region, points=(Point("2"),), status=OrderStatus.DRAFT)
        for unit in (region, *units):
            _fill(engine, world, made, unit, (issued, draft))
    for name, (carrier, units) in SHARED.items():
        findings = [made.number(Finding, unit) for unit in units]
        measure = add_measure(engine, world, carrier, findings=findings, units=units)
        _name_measure(engine, world, made, measure, name)
    return made


def _fill(engine: Engine, world: World, made: Corners, unit: str, orders: tuple[Issued, Issued]) -> None:
    """A finding answered by a point of the order and one of the draft, a measure with proof, a letter."""
    issued, draft = orders
    finding = made.put(Finding, unit, add_finding(engine, world, unit, found_by=unit))
    made.put(FindingPoint, unit, answer_by_point(engine, finding, issued.points["1"]))
    made.put(FindingPoint, f"{unit} draft", answer_by_point(engine, finding, draft.points["2"]))
    measure = add_measure(engine, world, unit, findings=[finding])
    proof = add_evidence(engine, world, unit)
    made.put(MeasureEvidence, unit, rest_on(engine, measure, proof))
    _name_measure(engine, world, made, measure, unit)
    if ("1", unit) in issued.assignments:
        report = add_report(engine, world, unit, issued.assignments["1", unit])
        made.put(AnswerLetter, unit, add_letter(engine, report))


def _name_measure(engine: Engine, world: World, made: Corners, measure: int, name: str) -> None:
    """«town for school»: the rows of a measure that belong to the units which it is for."""
    made.put(CorrectiveMeasure, name, measure)
    keys = {number: key for key, number in world.units.items()}
    with writing(engine) as session:
        for model in (MeasureUnit, MeasureFinding):
            rows = session.execute(select(model.id, model.org_unit_id).where(model.measure_id == measure))
            for row in rows:
                made.put(model, f"{name} for {keys[row.org_unit_id]}", row.id)


def _add_letter_template(engine: Engine, world: World, region: str) -> int:
    with writing(engine) as session:
        template = LetterTemplate(
            org_unit_id=world.units[region],
            kind=LetterKind.ANSWER,
            digest="a" * 64,
            size=10,
            file_name="письмо.docx",
            uploaded_at=THEN,
            uploaded_by="Сотрудник",
        )
        session.add(template)
        session.flush()
        return template.id
