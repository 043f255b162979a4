"""Findings and measures of a unit that is closed or moved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models import (
    AnswerLetter,
    CorrectiveMeasure,
    Evidence,
    EvidenceRevision,
    Finding,
    FindingPoint,
    MeasureEvidence,
    MeasureFinding,
    MeasureUnit,
    OrgUnit,
)
from app.models.enumeration_of_measures import FindingSource, FindingStatus, MeasureStatus
from tests.factories.measures import (
    add_evidence,
    add_finding,
    add_letter,
    add_measure,
    answer_by_point,
    rest_on,
)
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.order import Point, add_report, issue_order
from tests.services.test_org_unit import DUE, move, region
from tests.services.test_org_unit_closing import close

__all__ = ["region"]
TABLES = (
    Finding,
    FindingPoint,
    CorrectiveMeasure,
    MeasureUnit,
    MeasureFinding,
    MeasureEvidence,
    Evidence,
    EvidenceRevision,
    AnswerLetter,
)


@pytest.fixture
def held(engine, world):
    """The school's weaknesses and measures in every state, a town's measure for it, and a neighbour's."""
    issued = issue_order(engine, world, points=(Point("1", DUE, ("school", "school2")),))
    sheet = hold_round(engine, world)
    score = fill_sheet(engine, world, sheet, "school", {"Д1": "0"})["Д1"]
    found = {
        "scored": add_finding(engine, world, score_id=score),
        "own": add_finding(engine, world, text="Сами увидели", found_by="school", ground="акт № 3"),
        "resolved": add_finding(engine, world, text="Давно", status=FindingStatus.RESOLVED),
        "beside": add_finding(engine, world, "school2", text="У соседа"),
    }
    answer_by_point(engine, found["scored"], issued.points["1"])
    measures = {
        "planned": add_measure(
            engine, world, findings=[found["scored"], found["own"]], responsible="Иванова", responsible_position="зам"
        ),
        "refused": add_measure(engine, world, title="Переделать", status=MeasureStatus.NOT_VERIFIED),
        "done": add_measure(engine, world, title="Сделано", status=MeasureStatus.DONE),
        "town": add_measure(
            engine,
            world,
            "municipality",
            title="Для двух школ",
            units=("school", "school2"),
            findings=[found["scored"], found["beside"]],
        ),
        "beside": add_measure(engine, world, "school2", title="Соседняя"),
    }
    rest_on(engine, measures["done"], add_evidence(engine, world, digest="e" * 64))
    add_letter(engine, add_report(engine, world, "school", issued.assignments["1", "school"]))
    return found, measures


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__tablename__)
def test_a_moved_school_takes_every_new_record_along(model, held, region, work, world):
    session, person = region
    move(session, person, world.units["school"], world.units["municipality2"])
    session.commit()
    school = model.org_unit_id == world.units["school"]
    rows = work("municipality2").scalars(select(model).where(school)).all()
    assert rows
    assert {row.municipality_id for row in rows} == {world.units["municipality2"]}
    assert work("municipality").scalars(select(model).where(school)).all() == []


def of(session, model, unit_id):
    return session.scalars(select(model).where(model.org_unit_id == unit_id).order_by(model.id)).all()


def test_findings_and_measures_pass_to_the_successor(held, work, actor, world):
    found, measures = held
    session, heir_id = work("municipality"), world.units["school2"]
    heir = session.get_one(OrgUnit, heir_id)
    close(session, actor("municipality"), world.units["school"], successor=heir, pass_on=True)
    session.commit()
    before = {name: session.get_one(CorrectiveMeasure, number) for name, number in measures.items()}
    assert {name: row.status for name, row in before.items()} == {
        "planned": MeasureStatus.CANCELLED,
        "refused": MeasureStatus.CANCELLED,
        "done": MeasureStatus.DONE,
        "town": MeasureStatus.PLANNED,
        "beside": MeasureStatus.PLANNED,
    }
    assert "Постановление № 5. Перешло" in before["planned"].closing_reason
    states = [session.get_one(Finding, found[name]).status for name in ("scored", "own", "resolved", "beside")]
    assert states == [FindingStatus.DISMISSED, FindingStatus.DISMISSED, FindingStatus.RESOLVED, FindingStatus.OPEN]
    assert "Организация закрыта" in session.get_one(Finding, found["scored"]).closing_reason
    scored, own = [row for row in of(session, Finding, heir_id) if "Перешло" in row.ground]
    assert (scored.source, scored.text, scored.found_by_unit_id) == (
        FindingSource.MANUAL,
        "Д1. Положение о ВСОКО не утверждено",
        world.units["municipality"],
    )
    assert (own.source, own.ground[:8], own.found_by_unit_id) == (FindingSource.INSPECTION, "акт № 3.", heir_id)
    assert [row.finding_id for row in of(session, FindingPoint, heir_id)] == [scored.id]
    _, planned, refused = of(session, CorrectiveMeasure, heir_id)
    assert (planned.title, planned.responsible, planned.responsible_position, planned.status) == (
        before["planned"].title,
        "",
        "зам",
        MeasureStatus.PLANNED,
    )
    assert (planned.made_by_unit_id, planned.due_on, refused.title) == (heir_id, before["planned"].due_on, "Переделать")
    answered = select(MeasureFinding.finding_id).order_by(MeasureFinding.finding_id)
    assert session.scalars(answered.where(MeasureFinding.measure_id == planned.id)).all() == [scored.id, own.id]
    units = select(MeasureUnit.org_unit_id)
    assert session.scalars(units.where(MeasureUnit.measure_id == planned.id)).all() == [heir_id]
    # The town's own measure goes on, now for the successor's finding too; each unit stands in it once.
    assert session.scalars(answered.where(MeasureFinding.measure_id == measures["town"])).all() == [
        found["scored"],
        found["beside"],
        scored.id,
    ]
    assert sorted(session.scalars(units.where(MeasureUnit.measure_id == measures["town"]))) == sorted(
        (world.units["school"], heir_id)
    )


def test_findings_and_measures_are_taken_off_by_choice(held, work, actor, world):
    found, measures = held
    session = work("municipality")
    heir = session.get_one(OrgUnit, world.units["school2"])
    close(session, actor("municipality"), world.units["school"], successor=heir)
    session.commit()
    measure, finding = session.get_one(CorrectiveMeasure, measures["planned"]), session.get_one(Finding, found["own"])
    assert (measure.status, finding.status) == (MeasureStatus.CANCELLED, FindingStatus.DISMISSED)
    assert measure.closing_reason == finding.closing_reason == "Организация закрыта: Постановление № 5"
    assert len(of(session, CorrectiveMeasure, heir.id)) == len(of(session, Finding, heir.id)) == 1


def test_the_form_says_what_is_open(held, browser, world):
    page = browser("municipality").get(f"/org-units/{world.units['school']}/close").text
    assert "Открытых недостатков: <strong>2</strong>, мер в работе: <strong>2</strong>" in page
    assert 'name="fate"' in page
