"""Measured criteria: what the system counts, on every scale, with the rows behind the number; and disputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import (
    Assessment,
    AssignmentReport,
    Certificate,
    CriterionScore,
    Evidence,
    OrgUnit,
    ReportEvidence,
)
from app.models.enumeration import (
    AssessmentStatus,
    EvidenceKind,
    Metric,
    ReportKind,
    ReportOutcome,
    ReportStatus,
    ScaleKind,
    ScoreSource,
)
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import assessment_answer, metric
from app.services.assessment_answer import Typed
from app.services.framework_contents import contents
from tests.factories.monitoring import GRADES, C, build_framework, fill_sheet, hold_round
from tests.factories.order import Point, issue_order
from tests.services.statements import counted
from tests.services.trained_heads import train

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
TOWN = {"for_schools": False, "for_municipalities": True}
CRITERIA = (
    C("П1", more={"metric": Metric.DOCUMENTS_PUBLISHED}),
    C("О1", scale=ScaleKind.YES_NO, max_points="1", levels=(), more={"metric": Metric.HEAD_TRAINED}),
    C("К1", more={"metric": Metric.CALENDAR_BALANCED}),
    C("Р1"),
    C("М1", scale=ScaleKind.SHARE, max_points="100", levels=(), more=TOWN | {"metric": Metric.DOCUMENTS_PUBLISHED}),
    C("М2", scale=ScaleKind.YES_NO, max_points="1", levels=(), more=TOWN | {"metric": Metric.HEAD_TRAINED}),
)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world, framework=build_framework(engine, world, criteria=CRITERIA))


def show(engine, world, unit, kind, **values):
    with open_session(engine, reason="tests show evidence") as session:
        session.connection(execution_options={"writes": True})
        piece = Evidence(org_unit_id=world.units[unit], kind=kind, **({"title": f"{kind.label} {unit}"} | values))
        session.add(piece)
        session.flush()
        return piece.id


def measure(work, actor, held, unit):
    """The number of answers given, and the scores by code."""
    session = work(unit)
    sheet = session.get_one(Assessment, held.assessments[unit])
    given = metric.fill_measured(session, actor(unit), sheet, now=NOW, today=TODAY)
    session.commit()
    names = {number: code for code, number in held.criteria.items()}
    rows = session.scalars(select(CriterionScore).where(CriterionScore.assessment_id == sheet.id))
    return given, {names[row.criterion_id]: row for row in rows}


def test_what_is_counted_is_given_and_marked_and_a_dispute_stays(engine, world, work, actor, held):
    number = train(engine, world, "school")
    given, rows = measure(work, actor, held, "school")
    # Nothing of the calendar, of an unmeasured criterion, and of the municipal sheet.
    assert (given, set(rows)) == (2, {"П1", "О1"})
    assert (rows["О1"].value, rows["О1"].points, rows["О1"].final_points) == (1, 1, 1)
    assert (rows["О1"].source, rows["О1"].counted_value, rows["О1"].counted_at) == (ScoreSource.COUNTED, 1, NOW)
    assert (rows["П1"].value, rows["П1"].points) == (0, 0)
    session = work("school")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assert (sheet.answered, sheet.started_at) == (2, NOW)
    version = rows["П1"].version
    assert measure(work, actor, held, "school")[1]["П1"].version == version
    assessment_answer.answer(
        session,
        actor("school"),
        sheet,
        held.criteria["П1"],
        Typed(Decimal(2), dispute_reason="Страница есть, отчёта не просили."),
        version=version,
        now=NOW,
        today=TODAY,
    )
    session.commit()
    given, rows = measure(work, actor, held, "school")
    assert given == 0
    assert (rows["П1"].value, rows["П1"].counted_value, rows["П1"].source) == (2, 0, ScoreSource.TYPED)
    # The count itself goes on beside the disputed answer, and the undisputed one follows it.
    with open_session(engine, reason="tests take the certificate away") as other:
        other.connection(execution_options={"writes": True})
        other.get_one(Certificate, number).valid_until = TODAY - timedelta(days=1)
        other.get_one(Certificate, number).issued_on = date(2023, 10, 5)
    given, rows = measure(work, actor, held, "school")
    assert (given, rows["О1"].value, rows["П1"].value) == (1, 0, 2)


def test_an_answer_of_ones_own_is_not_written_over(engine, world, work, actor, held):
    fill_sheet(engine, world, held, "school", {"О1": "1"})
    given, rows = measure(work, actor, held, "school")
    assert (given, rows["О1"].value, rows["О1"].source) == (1, 1, ScoreSource.TYPED)
    assert rows["О1"].counted_value == 0


def test_published_documents_count_by_accepted_reports_with_a_link(engine, world, work, actor, held):
    issued = issue_order(engine, world, points=(Point("1", date(2026, 11, 25), {"school": {}, "school2": {}}),))
    page = {"title": "Страница «ВСОКО»", "url": "https://school.example/vsoko"}
    waiting = show(engine, world, "school", EvidenceKind.SITE_PAGE, **page)
    paper = show(engine, world, "school", EvidenceKind.LOCAL_ACT, title="Положение")
    show(engine, world, "school", EvidenceKind.LETTER, title="Письмо", url="https://school.example/letter")
    report(engine, world, issued, "school", [waiting, paper])
    session = work("school")
    sheet = session.get_one(Assessment, held.assessments["school"])

    def found():
        rows = metric.rows_of(session, actor("school"), sheet, held.criteria["П1"], today=TODAY)
        return rows.value, {row.label: row.why for row in rows.rows}

    told = "нет ссылки на страницу сайта"
    assert found() == (0, {page["title"]: "нет в принятых отчётах", "Положение": told})
    session.rollback()
    report(engine, world, issued, "school", [waiting], accepted=True)
    assert found() == (2, {page["title"]: "", "Положение": told})


def report(engine, world, issued, unit, pieces, *, accepted=False):
    with open_session(engine, reason="tests report") as session:
        session.connection(execution_options={"writes": True})
        made = AssignmentReport(
            org_unit_id=world.units[unit],
            assignment_id=issued.assignments["1", unit],
            kind=ReportKind.FINAL,
            outcome=ReportOutcome.DONE,
            status=ReportStatus.ACCEPTED if accepted else ReportStatus.SUBMITTED,
            text="сделано",
            submitted_at=NOW,
            submitted_on=TODAY,
            submitted_by=f"Сотрудник {unit}",
            checked_at=NOW if accepted else None,
        )
        session.add(made)
        session.flush()
        for number in pieces:
            session.add(ReportEvidence(org_unit_id=made.org_unit_id, report_id=made.id, evidence_id=number))


def test_a_municipality_is_the_share_of_its_acting_schools(engine, world, work, actor, held):
    for unit in ("school", "school_b", "regional_school"):
        train(engine, world, unit)
    given, rows = measure(work, actor, held, "municipality")
    assert (given, rows["М2"].value, rows["М1"].value) == (2, 0, 0)
    session = work("municipality")
    sheet = session.get_one(Assessment, held.assessments["municipality"])
    me = actor("municipality")
    with counted(engine) as sent:
        found = metric.rows_of(session, me, sheet, held.criteria["М2"], today=TODAY)
    assert len(sent) <= 8
    assert "1 из 2" in found.sentence
    assert {(row.unit_id, row.counts) for row in found.rows} == {
        (world.units["school"], True),
        (world.units["school2"], False),
    }
    # A closed school is asked no more: all that work have it.
    with open_session(engine, reason="tests close a school") as other:
        other.connection(execution_options={"writes": True})
        other.get_one(OrgUnit, world.units["school2"]).closed_on = date(2026, 9, 1)
    session.rollback()
    assert measure(work, actor, held, "municipality")[1]["М2"].value == 1


@pytest.mark.parametrize(
    ("scale", "levels", "has", "of", "value"),
    [
        (ScaleKind.YES_NO, (), 2, 3, "0"),
        (ScaleKind.YES_NO, (), 3, 3, "1"),
        (ScaleKind.GRADED, GRADES, 2, 3, "0"),
        (ScaleKind.GRADED, GRADES, 3, 3, "2"),
        # The best level is the one with the most points, wherever it stands.
        (ScaleKind.CHOICE, ((Decimal(1), Decimal(2)), (Decimal(2), Decimal(0))), 3, 3, "1"),
        (ScaleKind.CHOICE, ((Decimal(1), Decimal(2)), (Decimal(2), Decimal(0))), 0, 3, "2"),
        (ScaleKind.SHARE, (), 2, 3, "66.67"),
        (ScaleKind.SHARE, (), 1, 3, "33.33"),
        (ScaleKind.SHARE, (), 1, 8, "12.5"),
        (ScaleKind.NUMBER, (), 2, 3, "2"),
    ],
)
def test_a_count_lies_on_the_scale(engine, world, work, scale, levels, has, of, value):
    made = C("Х1", scale=scale, max_points="100" if scale is ScaleKind.SHARE else "2", levels=levels)
    number, codes = build_framework(engine, world, criteria=(made,))
    criterion = contents(work("region"), number).by_id[codes["Х1"]]
    assert metric.answer_of(criterion, has, of) == Decimal(value)
    assert metric.on_scale(criterion, metric.Counted(None, "Посчитано."), has, of).value == Decimal(value)


def test_a_number_off_the_scale_is_told_and_not_given(engine, world, work):
    number, codes = build_framework(
        engine, world, criteria=(C("Х1", scale=ScaleKind.NUMBER, max_points="2", levels=()),)
    )
    criterion = contents(work("region"), number).by_id[codes["Х1"]]
    told = metric.on_scale(criterion, metric.Counted(None, "Посчитано."), 3, 3)
    assert told.value is None
    assert "не ложится" in told.sentence


def test_the_calendar_is_honestly_not_counted_and_strangers_find_nothing(engine, world, work, actor, held):
    session = work("school")
    sheet = session.get_one(Assessment, held.assessments["school"])
    told = metric.rows_of(session, actor("school"), sheet, held.criteria["К1"], today=TODAY)
    assert (told.value, told.rows) == (None, ())
    assert "записей графиков ещё нет" in told.sentence
    assert not metric.can_count(Metric.CALENDAR_BALANCED)
    for code in ("Р1", "М1"):
        with pytest.raises(NotFound):
            metric.rows_of(session, actor("school"), sheet, held.criteria[code], today=TODAY)
    assert work("school2").get(Assessment, held.assessments["school"]) is None


def test_only_the_unit_itself_fills_its_open_sheet(engine, world, work, actor, held):
    session = work("municipality")
    sheet = session.get_one(Assessment, held.assessments["school"])
    with pytest.raises(NotPermitted):
        metric.fill_measured(session, actor("municipality"), sheet, now=NOW, today=TODAY)
    fill_sheet(engine, world, held, "school2", {"Р1": "1"}, status=AssessmentStatus.SUBMITTED)
    session = work("school2")
    sheet = session.get_one(Assessment, held.assessments["school2"])
    with pytest.raises(WrongState):
        metric.fill_measured(session, actor("school2"), sheet, now=NOW, today=TODAY)


def test_every_metric_is_counted_or_says_why_not(engine, world, work, held):
    session = work("region")
    one = contents(session, held.framework_id).by_code["Р1"]
    unit = session.get_one(OrgUnit, world.units["school"])
    for each in Metric:
        found = metric.count(session, unit, replace(one, metric=each), today=TODAY)
        assert found.sentence
        assert (found.value is not None) == metric.can_count(each)
