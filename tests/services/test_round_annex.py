"""What the annex of a round says: the register, the answers that count, the summary, and each one's own part."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import assessment_approval, clock, round_annex, round_results, round_state
from app.services.round_register import REGIONAL_SCHOOLS
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.services.statements import counted

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once

AS_OF = datetime(2026, 11, 22, 14, 5, tzinfo=ZoneInfo("Asia/Sakhalin"))
TOMARI, ANIVA = "Томаринский муниципальный округ", "Анивский муниципальный округ"
UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "school_c", "regional_school")
BEST, WORST = {"Д1": "2", "Д2": "2", "Г1": "1"}, {"Д1": "0", "Д2": None, "Г1": "0"}
DUE = date(2026, 10, 10)


@pytest.fixture
def held(engine, world):
    """Two sheets count, one is sent late, one returned, one excused, one begun, one untouched; a decoy round besides."""
    framework = build_framework(engine, world)
    decoy = hold_round(engine, world, units=("school", "school_b"), title="Чужой цикл", framework=framework)
    fill_sheet(engine, world, decoy, "school", WORST, status=Status.APPROVED)
    made = hold_round(engine, world, units=UNITS, framework=framework, due_on=DUE, basis="приказ № 5 от 01.09.2026")
    fill_sheet(engine, world, made, "school", BEST, status=Status.APPROVED)
    fill_sheet(engine, world, made, "school2", {"Д1": "1", "Д2": "0", "Г1": "1"}, status=Status.ACCEPTED)
    fill_sheet(engine, world, made, "school_b", WORST, status=Status.SUBMITTED, day=date(2026, 10, 11))
    fill_sheet(engine, world, made, "school_c", {}, status=Status.EXCUSED)
    fill_sheet(engine, world, made, "regional_school", {"Д1": "2"})
    fill_sheet(engine, world, made, "municipality", {"М1": "2", "М2": "83.5"}, status=Status.RETURNED)
    return made


@pytest.fixture
def annex(work, actor, held):
    return lambda login: round_annex.build(work(login), actor(login), held.round_id, as_of=AS_OF)


def test_the_register_has_a_row_for_each_sheet_municipalities_first(annex):
    found = annex("region")
    rows = list(found.results.sheets)
    assert [(row.municipality, row.unit) for row in rows] == [
        (ANIVA, ANIVA),
        (ANIVA, "МБОУ СОШ «school_b»"),
        (ANIVA, "МБОУ СОШ «school_c»"),
        (TOMARI, TOMARI),
        (TOMARI, "МБОУ СОШ «school»"),
        (TOMARI, "МБОУ СОШ «school2»"),
        (REGIONAL_SCHOOLS, "Областной лицей: Сахалинская"),
    ]
    assert [(row.state_label, row.in_time) for row in rows] == [
        ("не начат", "не сдан, срок прошёл"),
        ("отправлен", "с опозданием"),
        ("освобождён", ""),
        ("возвращён", "в срок"),
        ("утверждён", "в срок"),
        ("принят", "в срок"),
        ("черновик", "не сдан, срок прошёл"),
    ]
    best = rows[4]
    assert (best.share, best.level, best.answered, best.to_answer) == (Decimal(100), "высокий", 3, 3)
    assert rows[2].note == "Освобождён: закрыта на ремонт"
    assert found.rows_taken == 7


def test_the_matrix_shows_what_counts(annex, engine, held):
    with open_session(engine, reason="tests check a value") as session:
        session.connection(execution_options={"writes": True})
        wanted = select(CriterionScore).where(
            CriterionScore.assessment_id == held.assessments["school_b"],
            CriterionScore.criterion_id == held.criteria["Д1"],
        )
        score = session.scalars(wanted).one()
        score.checked_value, score.checked_points, score.final_points = Decimal(1), Decimal(1), Decimal(1)
    results = annex("region").results
    assert [column.code for column in results.school_criteria] == ["Д1", "Д2", "Г1"]
    assert [column.code for column in results.municipal_criteria] == ["М1", "М2"]
    rows = {row.unit: row for row in results.school_rows}
    checked = rows["МБОУ СОШ «school_b»"].answers
    assert (checked["Д1"].text, checked["Д1"].worth, checked["Д1"].differs) == ("1", Decimal("0.5"), True)
    assert (checked["Д2"].text, checked["Д2"].worth, checked["Д2"].differs) == ("н/п", None, False)
    assert (checked["Г1"].text, checked["Г1"].worth) == ("нет", 0)
    assert rows["МБОУ СОШ «school_c»"].answers == {}
    [aniva, tomari] = results.municipal_rows
    assert (tomari.answers["М2"].text, tomari.answers["М2"].worth) == ("83,5", Decimal("0.835"))
    assert (aniva.answers, aniva.municipality) == ({}, "")


def test_the_summary_is_that_of_the_pages(annex, work, actor, held):
    """States and terms as on the page of the round, means and levels as on the page of results."""
    rows = {row.name: row for row in annex("region").results.summary}
    session = work("region")
    results = round_results.results(session, actor("region"), held.round_id)
    state = round_state.state_of_round(session, session.get(MonitoringRound, held.round_id), today=AS_OF.date())
    total = rows.pop(round_annex.TOTAL)
    assert (total.counted, total.mean) == (2, Decimal("70.0000"))
    assert results.whole.mean == 70
    by_name = {row.name: row for row in results.by_municipality}
    assert {name: row.mean for name, row in rows.items()} == {name: one.mean for name, one in by_name.items()}
    for name, row in [*rows.items(), (None, total)]:
        tally = (
            state.total
            if name is None
            else next(
                town.tally for town in state.towns if town.name == name or (town.is_region and name == REGIONAL_SCHOOLS)
            )
        )
        assert row.states == (tally.total, *tally.counts.values())
        assert (row.in_time, row.late + row.missed) == (tally.in_time, tally.late), name


@pytest.mark.parametrize(
    ("login", "units"),
    [
        ("municipality", {TOMARI, "МБОУ СОШ «school»", "МБОУ СОШ «school2»"}),
        ("school", {"МБОУ СОШ «school»"}),
        ("regional_school", {"Областной лицей: Сахалинская"}),
    ],
)
def test_everyone_gets_their_own_part(annex, login, units):
    results = annex(login).results
    assert {row.unit for row in results.sheets} == units
    assert {row.unit for row in results.school_rows} | {row.unit for row in results.municipal_rows} == units
    assert len(results.summary) == 2


def test_a_changed_answer_is_told_with_its_moment(engine, world, work, actor):
    made = hold_round(engine, world, units=("school", "school2", "school_b"))
    # What was written before the approval is no change.
    approved_at, changed_at = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    for unit in ("school", "school2", "school_b"):
        scores = fill_sheet(engine, world, made, unit, BEST, status=Status.ACCEPTED)
        session = work("region")
        session.connection(execution_options={"writes": True})
        sheet = session.get(Assessment, made.assessments[unit])
        assessment_approval.freeze(session, actor("region"), sheet, now=approved_at)
        if unit != "school2":
            session.info["moment"] = changed_at
            score = session.get(CriterionScore, scores["Д1"])
            score.checked_value, score.checked_points, score.final_points = Decimal(0), Decimal(0), Decimal(0)
            sheet.changed_after_approval = 1
        session.commit()
    results = round_annex.build(work("municipality"), actor("municipality"), made.round_id, as_of=AS_OF).results
    assert {change.unit for change in results.changes} == {"МБОУ СОШ «school»"}
    assert {change.criterion for change in results.changes} == {"Д1. Критерий Д1"}
    assert {change.changed_at for change in results.changes} == {changed_at}
    assert all(change.before != change.after for change in results.changes)
    assert len(round_annex.build(work("region"), actor("region"), made.round_id, as_of=AS_OF).results.changes) > len(
        results.changes
    )


def test_a_draft_has_nothing_to_say_and_a_foreign_round_is_absent(engine, world, work, actor, held):
    draft = hold_round(
        engine, world, status=RoundStatus.DRAFT, title="Будущий", framework=(held.framework_id, held.criteria)
    )
    with pytest.raises(WrongState, match="ещё не открыт"):
        round_annex.build(work("region"), actor("region"), draft.round_id, as_of=AS_OF)
    for login, round_id in (("foreign_region", held.round_id), ("municipality", draft.round_id)):
        with pytest.raises(NotFound):
            round_annex.build(work(login), actor(login), round_id, as_of=AS_OF)
    for login in ("provider", "nobody"):
        with pytest.raises(NotPermitted):
            round_annex.build(work(login), actor(login), held.round_id, as_of=AS_OF)


def test_few_statements(engine, work, actor, held):
    session, me = work("region"), actor("region")
    session.connection()
    with counted(engine) as sent:
        results = round_annex.build(session, me, held.round_id, as_of=AS_OF).results
        list(results.school_rows)
    assert len(sent) == 8, sent


def test_a_file_name_holds_nothing_that_a_file_system_refuses(engine, world, work, actor):
    made = hold_round(engine, world, title='Мониторинг 2026/27 "пробный"')
    annex = round_annex.build(work("region"), actor("region"), made.round_id, as_of=AS_OF)
    assert annex.file_name == "Мониторинг 2026-27 -пробный- на 22.11.2026.xlsx"
