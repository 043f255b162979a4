from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import ExtensionStatus, OrderStatus, ReportKind, ReportStatus
from app.policies.refusal import NotPermitted
from app.services import work as home
from tests.factories.order import ISSUED_AT, Point, add_report, ask_extension, issue_order
from tests.services.statements import counted

TODAY = date(2026, 11, 21)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def issued(engine, world):
    """For school: one point of each kind; decoys on the other units and in the other region."""
    both = ("school", "school_b")
    points = (
        Point("1", due_on=day(-1), to=both),
        Point("2", due_on=TODAY, to=both),
        Point("3", due_on=day(7), to=both),
        Point("4", due_on=day(8), to={key: {"status": Status.ACCEPTED} for key in both}),
        Point("5", due_on=day(30), to={key: {"status": Status.RETURNED} for key in both}),
        Point("6", to=both),
        Point("7", to={key: {"status": Status.ACCEPTED} for key in both}),
        Point("8", due_on=day(-3), to={key: {"status": Status.DONE} for key in both}),
        Point(
            "9", due_on=day(2), to={key: {"status": Status.SUBMITTED} for key in (*both, "municipality", "provider")}
        ),
        Point(
            "10",
            due_on=day(-2),
            to={"regional_school": {}, "municipality": {}, "school2": {"status": Status.WITHDRAWN}},
        ),
    )
    found = issue_order(engine, world, points=points)
    for unit in (*both, "municipality", "provider"):
        add_report(engine, world, unit, found.assignments["9", unit])
    add_report(engine, world, "school", found.assignments["7", "school"], kind=ReportKind.INTERIM)
    add_report(
        engine, world, "school", found.assignments["8", "school"], status=ReportStatus.ACCEPTED, submitted_on=day(-5)
    )
    ask_extension(engine, world, "school", found.assignments["2", "school"])
    ask_extension(engine, world, "municipality", found.assignments["10", "municipality"])
    ask_extension(
        engine,
        world,
        "school",
        found.assignments["3", "school"],
        status=ExtensionStatus.REFUSED,
        decided_at=ISSUED_AT,
        decision_note="нет",
    )
    issue_order(engine, world, status=OrderStatus.DRAFT, number="черновик")
    issue_order(engine, world, issuer="municipality2", status=OrderStatus.DRAFT, number="чужой черновик")
    foreign = issue_order(
        engine,
        world,
        issuer="foreign_region",
        points=(Point("1", due_on=day(-1), to={"foreign_municipality": {"status": Status.SUBMITTED}}),),
    )
    add_report(engine, world, "foreign_municipality", foreign.assignments["1", "foreign_municipality"])
    return found


@pytest.fixture
def build(work, actor, issued):
    return lambda login: home.build(work(login), actor(login), today=TODAY)


def points(items) -> list[str]:
    return [item.point for item in items]


def units(items) -> list[tuple[str, str]]:
    return [(item.unit, item.point) for item in items]


def test_the_queue_of_a_school(build):
    queue = build("school").queue
    assert points(queue.overdue) == ["1"]
    assert points(queue.today) == ["2"]
    assert points(queue.soon) == ["3"]
    assert points(queue.returned) == ["5"]
    assert points(queue.new) == ["6"]
    assert [queue.reports, queue.extensions, queue.below, queue.drafts] == [[], [], [], []]


def test_the_queue_of_a_municipality(build):
    queue = build("municipality").queue
    assert points(queue.overdue) == ["10"]
    assert sorted(units(queue.reports)) == [("МБОУ СОШ «school»", "7"), ("МБОУ СОШ «school»", "9")]
    assert {item.report for item in queue.reports} == {ReportKind.INTERIM, ReportKind.FINAL}
    # The order is the region's: it decides on the terms of its own assignments.
    assert queue.extensions == []
    assert units(queue.below) == [("МБОУ СОШ «school»", "1")]
    assert not queue.drafts


def test_the_queue_of_a_region_holds_whom_it_checks_first(build):
    queue = build("region").queue
    assert sorted(units(queue.reports)) == [
        ("Институт развития: Сахалинская", "9"),
        ("Томаринский муниципальный округ", "9"),
    ]
    assert units(queue.extensions) == [("МБОУ СОШ «school»", "2"), ("Томаринский муниципальный округ", "10")]
    assert queue.extensions[0].due_after == date(2026, 12, 25)
    assert sorted(units(queue.below)) == [
        ("Областной лицей: Сахалинская", "10"),
        ("Томаринский муниципальный округ", "10"),
    ]
    assert [draft.label for draft in queue.drafts] == ["Распоряжение № черновик от 01.09.2026"]


def test_an_observer_has_nothing_to_decide(build):
    queue = build("observer").queue
    assert [queue.reports, queue.extensions, queue.drafts] == [[], [], []]


def test_figures_are_those_of_the_scope(build):
    school = build("school").figures
    assert (school.total, school.fulfilled, school.overdue, school.soon) == (9, 1, 1, 3)
    region = build("region").figures
    assert (region.total, region.fulfilled, region.overdue) == (22, 2, 4)
    assert region.states[Status.WITHDRAWN] == 1


def test_progress_of_running_orders(build, issued, engine, world):
    issue_order(engine, world, status=OrderStatus.CLOSED, number="в деле", points=(Point("1", to=("school",)),))
    running = build("school").running
    assert [(one.order_id, one.tally.total, one.tally.fulfilled, one.tally.overdue) for one in running] == [
        (issued.order_id, 9, 1, 1)
    ]


@pytest.mark.parametrize(
    ("login", "number"),
    [("school", 3), ("municipality", 1 + 2), ("region", 4), ("observer", 0), ("provider", 0), ("school_b", 3)],
)
def test_the_number_on_the_bell(work, actor, issued, login, number):
    assert home.waiting_count(work(login), actor(login), today=TODAY) == number


def test_nobody_without_a_unit(work, actor, issued):
    for login in ("nobody", "admin"):
        assert home.waiting_count(work(login), actor(login), today=TODAY) == 0
        with pytest.raises(NotPermitted):
            home.build(work(login), actor(login), today=TODAY)


@pytest.mark.parametrize(("login", "most"), [("region", 8), ("municipality", 10), ("school", 5)])
def test_few_statements(engine, build, work, actor, *, login, most):
    session, me = work(login), actor(login)
    session.connection()
    with counted(engine) as sent:
        home.build(session, me, today=TODAY)
    assert len(sent) == most, sent
    with counted(engine) as sent:
        home.waiting_count(session, me, today=TODAY)
    assert len(sent) == 1, sent
