"""What follows from an act on one assignment: for its schools, its report periods, its request for a later term."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import Assignment, AssignmentPeriod, Order
from app.models.enumeration import (
    AssignmentStatus,
    ExtensionStatus,
    Modality,
    OrderKind,
    PeriodStatus,
    Recurrence,
    ReportKind,
    ReportOutcome,
    TermKind,
)
from app.policies.refusal import Invalid, WrongState
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import evidence, order_amendment, term_extension
from app.services.assignment_report import TypedReport
from app.services.order_amendment import AddAddressees, RevokePoint
from tests.factories.order import Point, add_report, ask_extension, issue_order
from tests.services.statements import counted

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MONTHLY = {"term_kind": TermKind.RECURRING, "recurrence": Recurrence.MONTHLY, "recurrence_day": 5}
INFORM = {"modality": Modality.INFORM}


def with_periods(session, assignment, *statuses):
    """Months from October 2026 on, each due on the fifth of the month after it."""
    for month, status in enumerate(statuses, start=10):
        done = date(2026, month, 28) if status is PeriodStatus.ACCEPTED else None
        due = date(2026 + month // 12, month % 12 + 1, 5)
        session.add(
            AssignmentPeriod(
                org_unit_id=assignment.org_unit_id,
                assignment_id=assignment.id,
                starts_on=date(2026, month, 1),
                ends_on=date(2026, month, 28),
                due_on=due,
                status=status,
                done_on=done,
            )
        )
    session.flush()


def amend(session, actor, issued, change):
    return order_amendment.apply(
        session,
        actor,
        session.get(Order, issued.order_id),
        kind=OrderKind.ORDER,
        number="2",
        dated_on=TODAY,
        title="",
        changes=[change],
        today=TODAY,
        now=NOW,
    )


def test_schools_report_on_the_periods_that_their_municipality_still_has(engine, world, work, actor):
    given = {"municipality": {"due_on": date(2026, 12, 5)}}
    issued = issue_order(engine, world, points=(Point("1", to=given, values=MONTHLY),))
    town = work("municipality")
    parent = town.get(Assignment, issued.assignments["1", "municipality"])
    with_periods(town, parent, PeriodStatus.ACCEPTED, PeriodStatus.OPEN, PeriodStatus.OPEN)
    assignments.cascade(
        town, actor("municipality"), parent, school_ids=[world.units["school"]], due_on=date(2026, 12, 1), note="",
        today=TODAY,
    )  # fmt: skip
    town.commit()
    school = work("school")
    child = school.scalars(select(Assignment).where(Assignment.parent_id == parent.id)).one()
    periods = assignments.periods_of(school, child)
    assert [(one.starts_on, one.due_on) for one in periods] == [
        (date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ]
    typed = TypedReport(ReportKind.FINAL, ReportOutcome.DONE, "сделано", period_id=periods[0].id)
    reports.submit(school, actor("school"), child, typed, today=TODAY, now=NOW)
    assert [one.status for one in periods] == [PeriodStatus.SUBMITTED, PeriodStatus.OPEN]


def test_a_reopened_recurring_assignment_has_a_period_to_report_on(engine, world, work, actor):
    done = {"municipality": {"due_on": date(2026, 12, 5), "status": AssignmentStatus.DONE}}
    issued = issue_order(engine, world, points=(Point("1", to=done, values=MONTHLY),))
    session = work("region")
    assignment = session.get(Assignment, issued.assignments["1", "municipality"])
    with_periods(session, assignment, PeriodStatus.ACCEPTED, PeriodStatus.ACCEPTED)
    assignments.reopen(session, actor("region"), assignment, note="отчёт за другой месяц")
    last = assignments.periods_of(session, assignment)[-1]
    assert [one.status for one in assignments.periods_of(session, assignment)] == [
        PeriodStatus.ACCEPTED,
        PeriodStatus.OPEN,
    ]
    assert last.done_on is None


def test_a_municipality_does_not_acknowledge_over_open_schools(engine, world, work, actor):
    cascaded = {"municipality": {}, "school": {"parent": "municipality"}, "municipality2": {}}
    issued = issue_order(engine, world, points=(Point("1", to=cascaded, values=INFORM),))
    session = work("municipality")
    parent = session.get(Assignment, issued.assignments["1", "municipality"])
    with pytest.raises(WrongState, match="0 из 1 ОО"):
        assignments.acknowledge(session, actor("municipality"), parent, today=TODAY)
    assert parent.status is AssignmentStatus.ASSIGNED
    session.rollback()
    school = work("school")
    child = school.get(Assignment, issued.assignments["1", "school"])
    assignments.acknowledge(school, actor("school"), child, today=TODAY)
    assert child.status is AssignmentStatus.DONE
    school.commit()
    other = work("municipality2")
    alone = other.get(Assignment, issued.assignments["1", "municipality2"])
    assignments.acknowledge(other, actor("municipality2"), alone, today=TODAY)
    assert alone.status is AssignmentStatus.DONE


def test_a_request_for_a_later_term_does_not_outlive_its_assignment(engine, world, work, actor):
    to = {"school": {"status": AssignmentStatus.SUBMITTED}, "school2": {"status": AssignmentStatus.SUBMITTED}}
    issued = issue_order(engine, world, points=(Point("1", due_on=date(2026, 11, 25), to=to),))
    outcomes = {"school": ReportOutcome.DONE, "school2": ReportOutcome.PARTIAL}
    for unit, outcome in outcomes.items():
        add_report(engine, world, unit, issued.assignments["1", unit], outcome=outcome)
        ask_extension(engine, world, unit, issued.assignments["1", unit])
    session = work("municipality")
    left = {}
    for unit in outcomes:
        assignment = session.get(Assignment, issued.assignments["1", unit])
        reports.accept(session, actor("municipality"), assignment, now=NOW)
        left[unit] = [one.status for one in term_extension.of_assignment(session, assignment)]
    assert left == {"school": [ExtensionStatus.CANCELLED], "school2": [ExtensionStatus.ASKED]}


def test_a_term_that_has_moved_on_is_not_brought_back_by_an_old_request(engine, world, work, actor):
    issued = issue_order(engine, world, points=(Point("1", due_on=date(2027, 1, 25), to=("school",)),))
    ask_extension(engine, world, "school", issued.assignments["1", "school"], due_after=date(2026, 12, 25))
    session = work("region")
    assignment = session.get(Assignment, issued.assignments["1", "school"])
    (asked,) = term_extension.of_assignment(session, assignment)
    with pytest.raises(WrongState, match="уже перенесён"):
        term_extension.grant(session, actor("region"), asked, now=NOW)
    assert assignment.due_on == date(2027, 1, 25)


def test_a_revoked_point_takes_the_schools_of_a_municipality_that_has_reported(engine, world, work, actor):
    done = {"municipality": {"status": AssignmentStatus.DONE}, "school": {"parent": "municipality"}}
    points = (Point("1", due_on=date(2026, 12, 25), to=done), Point("2", to=("school",)))
    issued = issue_order(engine, world, points=points)
    session = work("region")
    assert amend(session, actor("region"), issued, RevokePoint(issued.points["1"], "утратил силу")).touched == 1
    assert {label: session.get(Assignment, number).status for label, number in issued.assignments.items()} == {
        ("1", "municipality"): AssignmentStatus.DONE,
        ("1", "school"): AssignmentStatus.WITHDRAWN,
        ("2", "school"): AssignmentStatus.ASSIGNED,
    }


def test_evidence_costs_two_statements_however_many_pieces_there_are(engine, world, work):
    issued = issue_order(engine, world, points=(Point("1", to=("school",)),))
    pieces = [{"title": f"Приказ {number}"} for number in range(4)]
    report = add_report(engine, world, "school", issued.assignments["1", "school"], evidence=pieces)
    session = work("school")
    with counted(engine) as sent:
        found = evidence.of_reports(session, [report])
        assert [piece.revisions for piece in found[report]] == [[], [], [], []]
    assert len(sent) == 2


def test_nobody_is_added_to_a_recurring_point_when_all_its_periods_have_passed(engine, world, work, actor):
    past = MONTHLY | {"recurs_until": date(2026, 9, 30)}
    issued = issue_order(engine, world, points=(Point("1", to=("municipality",), values=past),))
    with pytest.raises(Invalid, match="периоды прошли"):
        amend(work("region"), actor("region"), issued, AddAddressees(issued.points["1"], (world.units["provider"],)))
