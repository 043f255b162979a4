"""The data of the annex: figures, details, and that nothing foreign is in it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import Duty, OrderStatus, Recurrence, ReportKind, ReportOutcome, ReportStatus, TermKind
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.services import order_execution
from tests.factories.order import Point, add_report, issue_order
from tests.services.statements import counted

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once

AS_OF = datetime(2026, 11, 21, 14, 5, tzinfo=ZoneInfo("Asia/Sakhalin"))
YESTERDAY = date(2026, 11, 20)
TOMARI, ANIVA = "Томаринский муниципальный округ", "Анивский муниципальный округ"


@pytest.fixture
def issued(engine, world):
    issue_order(engine, world, points=(Point("1", due_on=YESTERDAY, to=("municipality", "school_b")),), number="decoy")
    found = issue_order(
        engine,
        world,
        points=(
            Point(
                "1",
                due_on=YESTERDAY,
                to={
                    "municipality": {
                        "status": Status.DONE,
                        "done_on": date(2026, 11, 2),
                        "responsible": "Иванова И. И.",
                    },
                    "municipality2": {},
                    "school": {"parent": "municipality", "status": Status.RETURNED},
                    "school2": {"parent": "municipality", "status": Status.WITHDRAWN},
                    "school_b": {"due_on": AS_OF.date()},
                    "regional_school": {"status": Status.OFF_CONTROL},
                },
            ),
            Point(
                "2",
                stage="а",
                to=("provider",),
                values={
                    "term_kind": TermKind.RECURRING,
                    "recurrence": Recurrence.QUARTERLY,
                    "term_written": "ежеквартально до 5 числа",
                },
            ),
        ),
    )
    add_report(
        engine,
        world,
        "municipality",
        found.assignments["1", "municipality"],
        status=ReportStatus.ACCEPTED,
        evidence=(
            {"title": "Приказ", "number": "17", "dated_on": date(2026, 10, 1), "url": "https://tomari.example/17"},
            {"title": "https://tomari.example/18", "url": "https://tomari.example/18"},
        ),
    )
    school = found.assignments["1", "school"]
    add_report(
        engine, world, "school", school, evidence=({"title": "старый"},), status=ReportStatus.RETURNED, remark="нет"
    )
    add_report(
        engine,
        world,
        "school",
        school,
        outcome=ReportOutcome.NOT_DONE,
        reason="сайт не работает",
        status=ReportStatus.RETURNED,
        remark="нет",
        evidence=({"title": "последний"},),
    )
    add_report(engine, world, "school", school, status=ReportStatus.RECALLED, evidence=({"title": "отозванный"},))
    add_report(engine, world, "school", school, kind=ReportKind.INTERIM, evidence=({"title": "промежуточный"},))
    return found


@pytest.fixture
def annex(work, actor, issued):
    return lambda login: order_execution.build(work(login), actor(login), issued.order_id, as_of=AS_OF)


def summary(annex) -> list[tuple[str, str, int, int, int]]:
    return [(r.municipality, r.point_label, r.total, r.done, r.overdue) for r in annex.execution.summary]


def test_the_region_summary_counts_by_municipality_and_point(annex):
    assert summary(annex("region")) == [
        (ANIVA, "1", 2, 0, 1),
        (TOMARI, "1", 2, 1, 1),
        ("Организации региона", "1", 1, 1, 0),
        ("Организации региона", "2а", 1, 0, 0),
    ]


def test_the_details_say_what_was_done_and_why_not(annex):
    found = annex("region")
    rows = {(row.unit, row.point_label): row for row in found.execution.details}
    assert found.rows_taken == len(rows) == 7
    done = rows[TOMARI, "1"]
    assert (done.state, done.done_on, done.overdue) == (Status.DONE, date(2026, 11, 2), False)
    assert done.evidence == "Приказ № 17 от 01.10.2026\nhttps://tomari.example/17\nhttps://tomari.example/18"
    assert done.responsible == "Иванова И. И."
    returned = rows["МБОУ СОШ «school»", "1"]
    assert (returned.state, returned.overdue, returned.evidence) == (Status.RETURNED, True, "последний")
    assert (returned.reason, returned.municipality, returned.due_on) == ("сайт не работает", TOMARI, YESTERDAY)
    withdrawn = rows["МБОУ СОШ «school2»", "1"]
    assert (withdrawn.reason, withdrawn.overdue) == ("организация не ведёт эту деятельность", False)
    # The term is the region's own day: it is not over yet.
    assert not rows["МБОУ СОШ «school_b»", "1"].overdue
    recurring = rows["Институт развития: Сахалинская", "2а"]
    assert (recurring.municipality, recurring.due_label) == ("Организации региона", "ежеквартально до 5 числа")


def test_the_municipality_stands_before_its_schools_and_the_region_last(annex):
    rows = [(row.municipality, row.unit) for row in annex("region").execution.details]
    straight = "Организации региона"
    assert [municipality for municipality, _ in rows] == [ANIVA] * 2 + [TOMARI] * 3 + [straight] * 2
    assert (rows[0][1], rows[2][1], rows[5][1]) == (ANIVA, TOMARI, "Институт развития: Сахалинская")


def test_the_heading_is_official(annex):
    execution = annex("municipality").execution
    assert execution.official_line == (
        "Информация об исполнении распоряжения министерства образования Сахалинской области "
        "от 01.09.2026 № 3.12-118-Р «О мерах по результатам мониторинга ВСОКО»"
    )
    assert (execution.made_by, execution.scope_label) == ("Сотрудник municipality", TOMARI)
    assert execution.heading.as_of_label == "по состоянию на 21.11.2026 14:05 (UTC+11)"
    assert annex("municipality").file_name == "Исполнение распоряжения № 3.12-118-Р на 21.11.2026.xlsx"


@pytest.mark.parametrize(
    ("issuer", "turned"),
    [
        ("Министерство образования Сахалинской области", "министерства образования Сахалинской области"),
        ("Управление образования", "управления образования"),
        ("ГАУ «РЦОКО»", ""),
        ("", ""),
    ],
)
def test_the_issuer_stands_in_the_genitive_where_its_head_is_known(issuer, turned):
    assert order_execution.genitive(issuer) == turned


def test_a_file_name_holds_nothing_that_a_file_system_refuses(engine, world, work, actor):
    issued = issue_order(engine, world, number='07-12/222 "б"\n')
    annex = order_execution.build(work("region"), actor("region"), issued.order_id, as_of=AS_OF)
    assert annex.file_name == "Исполнение распоряжения № 07-12-222 -б-- на 21.11.2026.xlsx"


@pytest.mark.parametrize(
    ("login", "units"),
    [
        ("municipality", {TOMARI, "МБОУ СОШ «school»", "МБОУ СОШ «school2»"}),
        ("school", {"МБОУ СОШ «school»"}),
        ("provider", {"Институт развития: Сахалинская"}),
        ("regional_school", {"Областной лицей: Сахалинская"}),
    ],
)
def test_everyone_gets_their_own_part(annex, login, units):
    found = annex(login)
    assert {row.unit for row in found.execution.details} == units
    assert sum(row.total for row in found.execution.summary) == sum(
        1 for row in annex(login).execution.details if row.state is not Status.WITHDRAWN
    )


def test_a_foreign_order_is_not_found_and_a_draft_has_nothing_to_say(engine, world, work, actor, issued):
    draft = issue_order(engine, world, status=OrderStatus.DRAFT, number="9")
    with pytest.raises(WrongState, match="ещё не выпущено"):
        order_execution.build(work("region"), actor("region"), draft.order_id, as_of=AS_OF)
    for login, order_id in (("foreign_region", issued.order_id), ("municipality", draft.order_id)):
        with pytest.raises(NotFound):
            order_execution.build(work(login), actor(login), order_id, as_of=AS_OF)
    assert Duty.OBSERVER in actor("observer").duties
    # An installation administrator takes lists of units and accounts away; orders do not exist for them.
    with pytest.raises(NotFound):
        order_execution.build(work("admin"), actor("admin"), issued.order_id, as_of=AS_OF)
    with pytest.raises(NotPermitted):
        order_execution.build(work("nobody"), actor("nobody"), issued.order_id, as_of=AS_OF)


def test_few_statements(engine, work, actor, issued):
    session, me = work("region"), actor("region")
    session.connection()
    with counted(engine) as sent:
        annex = order_execution.build(session, me, issued.order_id, as_of=AS_OF)
        list(annex.execution.details)
    assert len(sent) == 5, sent
