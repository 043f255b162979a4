"""Findings: written down where they are seen, once; worded by the finder, analysed by the unit, closed from above."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.models import Assignment, AuditEvent, Finding, FindingCause, OrgUnit
from app.models.enumeration import AssessmentStatus, AssignmentStatus, ReportOutcome
from app.models.enumeration import ReportStatus as Report
from app.models.enumeration_of_measures import FindingSeverity as Severity
from app.models.enumeration_of_measures import FindingSource as Source
from app.models.enumeration_of_measures import FindingStatus as Status
from app.models.enumeration_of_measures import MeasureStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import finding as findings
from app.services import finding_many
from app.services.finding import TypedFinding
from app.services.finding_proposal import assignment_text
from tests.factories.measures import add_cause, add_finding, add_measure
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.order import Point, add_report, issue_order

TODAY = date(2026, 11, 22)
TYPED = TypedFinding(text="  Положения   нет ", severity=Severity.MAJOR)
ACCEPTED = AssessmentStatus.ACCEPTED


def test_a_finding_is_written_down_in_the_scope_and_told_in_the_journal(engine, world, work, actor):
    cause = add_cause(engine, world)
    foreign = add_cause(engine, world, "foreign_region")
    session, who = work("municipality"), actor("municipality")
    typed = TypedFinding(
        "Положения нет", Severity.CRITICAL, Source.INSPECTION, "акт № 1", cause, ("некому", " ", "не хватает времени")
    )
    made = findings.create(session, who, unit_id=world.units["school"], typed=typed, today=TODAY)
    assert (made.org_unit_id, made.municipality_id) == (world.units["school"], world.units["municipality"])
    assert (made.found_by_unit_id, made.found_on, made.status) == (world.units["municipality"], TODAY, Status.OPEN)
    assert made.whys == ["некому", "не хватает времени"]
    session.commit()
    [event] = session.query(AuditEvent).filter_by(record_type="finding", record_id=made.id)
    assert event.action == "create"

    def create(login: str = "municipality", unit: str = "school", **values):
        typed = TypedFinding(**{"text": "x", "severity": Severity.MINOR} | values)
        return findings.create(work(login), actor(login), unit_id=world.units[unit], typed=typed, today=TODAY)

    for unit in ("school_b", "foreign_school"):
        with pytest.raises(NotFound):
            create(unit=unit)
    with pytest.raises(NotFound):
        create("school", "school2")
    with pytest.raises(NotPermitted):
        create("observer")
    for field, values in (
        ("text", {"text": " \x00 "}),
        ("text", {"text": "я" * 2001}),
        ("ground", {"source": Source.CALENDAR}),
        ("source", {"source": Source.CRITERION}),
        ("cause_id", {"cause_id": foreign}),
        ("found_on", {"found_on": date(2026, 11, 23)}),
        ("whys", {"whys": tuple("абвгде")}),
    ):
        with pytest.raises(Invalid) as refused:
            create(**values)
        assert refused.value.field == field
    region = work("region")
    region.get_one(OrgUnit, world.units["school2"]).closed_on = TODAY
    region.commit()
    with pytest.raises(WrongState):
        create(unit="school2")


def test_an_answer_becomes_a_finding_once_with_proposed_words(engine, world, work, actor):
    held = hold_round(engine, world)
    scores = fill_sheet(
        engine, world, held, "school", {"Д1": "0", "Д2": "2", "Г1": None}, status=AssessmentStatus.SUBMITTED
    )
    draft = fill_sheet(engine, world, held, "school2", {"Д1": "0"})
    session, who = work("municipality"), actor("municipality")

    def write(score: int, login: str = "municipality"):
        return findings.from_score(
            work(login) if login != "municipality" else session, actor(login), score, TYPED, today=TODAY
        )

    made = write(scores["Д1"])
    assert (made.source, made.criterion_code, made.round_id) == (Source.CRITERION, "Д1", held.round_id)
    assert made.label == "Д1. Положения нет"
    for score in (scores["Д2"], scores["Г1"], draft["Д1"], scores["Д1"]):
        with pytest.raises(WrongState):
            write(score)
    session.commit()
    for stranger in ("school2", "municipality2", "foreign_region"):
        with pytest.raises(NotFound):
            write(scores["Д1"], stranger)
    # Dismissed, it may be found again; then the first cannot be opened again.
    findings.dismiss(session, who, made, note="ошибка", today=TODAY)
    again = write(scores["Д1"])
    assert again.id != made.id
    with pytest.raises(WrongState):
        findings.reopen(session, who, made, note="нет, верно", today=TODAY)


def test_an_assignment_becomes_a_finding_where_it_is_weak(engine, world, work, actor):
    late, fresh = date(2026, 11, 10), date(2026, 12, 10)
    issued = issue_order(
        engine,
        world,
        points=(
            Point("1", to=("school",), due_on=late),
            Point("2", to=("school",), due_on=fresh),
            Point("3", to={"school": {"status": AssignmentStatus.RETURNED}}, due_on=fresh),
            Point("4", to={"school": {"status": AssignmentStatus.DONE, "done_on": date(2026, 11, 12)}}, due_on=late),
            Point("5", to=("school",), due_on=fresh),
            Point("6", to=("school",), due_on=fresh),
            Point("7", to={"school": {"status": AssignmentStatus.OFF_CONTROL, "done_on": date(2026, 11, 9)}}),
        ),
    )
    for number, status in (("5", Report.NOTED), ("6", Report.RECALLED), ("7", Report.NOTED)):
        reported = issued.assignments[number, "school"]
        add_report(engine, world, "school", reported, outcome=ReportOutcome.PARTIAL, status=status)
    session, who = work("municipality"), actor("municipality")
    texts = []
    for number in "1234567":
        assignment = session.get_one(Assignment, issued.assignments[number, "school"])
        texts.append(assignment_text(session, assignment, today=TODAY).partition(": ")[2])
        if not texts[-1]:
            with pytest.raises(WrongState):
                findings.from_assignment(session, who, assignment.id, TYPED, today=TODAY)
            continue
        made = findings.from_assignment(session, who, assignment.id, TYPED, today=TODAY)
        assert (made.source, made.assignment_id) == (Source.ASSIGNMENT, assignment.id)
        with pytest.raises(WrongState):
            findings.from_assignment(session, who, assignment.id, TYPED, today=TODAY)
    assert texts == [
        "не исполнено в срок до 10.11.2026",
        "",
        "отчёт возвращён на доработку",
        "исполнено 12.11.2026 при сроке до 10.11.2026",
        "исполнено частично",
        "",
        "",
    ]


def test_the_wording_is_the_finders_and_the_cause_is_also_the_units(engine, world, work, actor):
    cause = add_cause(engine, world)
    number = add_finding(engine, world, "school", found_by="municipality")
    school, who = work("school"), actor("school")
    finding = school.get_one(Finding, number)
    assert not findings.may_change(finding, who)
    with pytest.raises(NotPermitted):
        findings.change(school, who, finding, TYPED, version=None, today=TODAY)
    findings.analyse(school, who, finding, version=finding.version, cause_id=cause, whys=["a", "b"])
    with pytest.raises(Conflict):
        findings.analyse(school, who, finding, version=finding.version - 1, cause_id=None, whys=[])
    with pytest.raises(NotPermitted):
        findings.resolve(school, who, finding, today=TODAY)
    school.commit()
    above, who = work("municipality"), actor("municipality")
    finding = above.get_one(Finding, number)
    changed = findings.change(above, who, finding, TYPED, version=finding.version, today=TODAY)
    # What is left empty in the form is taken away.
    assert (changed.text, changed.cause_id, changed.whys) == ("Положения нет", None, [])
    named = replace(TYPED, source=Source.INSPECTION, ground="акт № 2")
    findings.change(above, who, finding, named, version=None, today=TODAY)
    assert (finding.source, finding.ground) == (Source.INSPECTION, "акт № 2")
    findings.resolve(above, who, finding, note="проверено", today=TODAY)
    assert (finding.resolved_on, finding.closing_reason, finding.closed_by) == (TODAY, "проверено", who.signature)
    for refused in (
        lambda: findings.change(above, who, finding, TYPED, version=None, today=TODAY),
        lambda: findings.analyse(above, who, finding, version=None, cause_id=None, whys=[]),
    ):
        with pytest.raises(WrongState):
            refused()
    with pytest.raises(Invalid):
        findings.reopen(above, who, finding, today=TODAY)
    findings.reopen(above, who, finding, note="снова пропало", today=TODAY)
    assert (finding.status, finding.resolved_on, finding.closed_by) == (Status.OPEN, None, "")


def test_many_at_once_have_a_verdict_each(engine, world, work, actor):
    cause = add_cause(engine, world)
    open_, regional = add_finding(engine, world), add_finding(engine, world, "school2", found_by="region")
    closed = add_finding(engine, world, status=Status.RESOLVED)
    stranger = add_finding(engine, world, "school_b", found_by="municipality2")
    session, who = work("municipality"), actor("municipality")
    chosen = [(open_, 1), (regional, 1), (closed, 1)]
    told = finding_many.give_cause(session, who, chosen, cause_id=cause)
    assert [one.ok for one in told] == [True, True, False]
    # Changed since the list was opened: not acted on unseen.
    assert [one.ok for one in finding_many.give_cause(session, who, [(open_, 1)], cause_id=cause)] == [False]
    done = findings.act_many(session, who, "dismiss", [(open_, 2), (regional, 2), (closed, 1)], note="н", today=TODAY)
    assert [one.ok for one in done] == [True, False, False]
    assert session.get_one(Finding, open_).status is Status.DISMISSED
    assert session.get_one(Finding, regional).status is Status.OPEN
    with pytest.raises(NotFound):
        findings.act_many(session, who, "resolve", [(regional, None), (stranger, None)], today=TODAY)
    with pytest.raises(NotFound):
        finding_many.give_cause(session, who, [(stranger, None)], cause_id=cause)
    # Out of use, it stays with the findings that have it and is given to no other.
    session.commit()
    region = work("region")
    region.get_one(FindingCause, cause).is_active = False
    region.commit()
    free = add_finding(engine, world)
    has_it = session.get_one(Finding, regional)
    findings.analyse(session, who, has_it, version=None, cause_id=cause, whys=["занят"])
    bare = session.get_one(Finding, free)
    for refused in (
        lambda: findings.analyse(session, who, bare, version=None, cause_id=cause, whys=[]),
        lambda: finding_many.give_cause(session, who, [(bare.id, None)], cause_id=cause),
    ):
        with pytest.raises(Invalid):
            refused()


def test_the_measures_of_a_finding_are_those_that_the_reader_sees(engine, world, work):
    one, other = add_finding(engine, world), add_finding(engine, world, "school2")
    shared = add_measure(engine, world, "municipality", findings=[one, other], units=("school", "school2"))
    own = add_measure(engine, world, findings=[one], due_on=date(2026, 12, 1), status=MeasureStatus.CANCELLED)
    found = findings.measures_of(work("school"), [one, other])
    assert {key: [measure.id for measure in value] for key, value in found.items()} == {one: [own, shared]}
