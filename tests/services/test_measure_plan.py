"""The plan, the board and the workbook of the plan: whose measures they show, in what order, for which year."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone

import pytest

from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import FindingStatus, MeasurePriority, MeasureStatus
from app.policies.refusal import NotFound
from app.services import measure_board, measure_plan, measure_plan_annex
from app.services.measure_board import COLUMNS, MOST_CARDS
from app.services.measure_cut import MeasureCut, names_of
from tests.factories.measures import add_cause, add_evidence, add_finding, add_measure, rest_on
from tests.services.measure_world import TODAY, furnish, seen_by
from tests.services.statements import counted

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=timezone(timedelta(hours=11)))
LOGINS = ("region", "municipality", "municipality2", "school", "provider")


def planned(session, actor, year=None, **cut):
    return measure_plan.plan(session, actor, MeasureCut(**cut), year=year, today=TODAY)


def test_everybody_sees_what_they_carry_out_and_what_is_for_them(engine, world, work, actor):
    made = furnish(engine, world, seed=6, measures=16)
    for login in LOGINS:
        rows = seen_by(engine, world, login)
        found = planned(work(login), actor(login))
        board = measure_board.board(work(login), actor(login), MeasureCut(), today=TODAY)
        assert {row.id for row in found.rows} == {one.id for one in rows.measures}, login
        assert found.states == Counter(one.status for one in rows.measures)
        overdue = {one.id for one in rows.measures if one.due_on < TODAY and one.status in LIVE_STATUSES}
        assert {row.id for row in found.rows if row.is_overdue(TODAY)} == overdue
        assert found.overdue == board.overdue == len(overdue)
        assert {card.measure.id for column in board.columns for card in column.cards} == {
            one.id for one in rows.measures if one.status is not MeasureStatus.CANCELLED
        }
        assert [column.status for column in board.columns] == list(COLUMNS)
        for row in found.rows:
            measure = next(one for one in rows.measures if one.id == row.id)
            causes = {one.cause_id for one in rows.findings_of(measure)} - {None}
            assert {number for number, _ in row.causes} == causes, (login, row.title)
    cause = made.causes["Нет людей"]
    rows = seen_by(engine, world, "region")
    assert {row.id for row in planned(work("region"), actor("region"), cause_id=cause).rows} == {
        one.id for one in rows.measures if cause in [each.cause_id for each in rows.findings_of(one)]
    }


def test_the_cut_reaches_those_that_a_measure_is_for(engine, world, work, actor):
    own = add_measure(engine, world, "school", priority=MeasurePriority.HIGH)
    for_both = add_measure(engine, world, "municipality", units=("school", "school2"))
    other = add_measure(engine, world, "school2", due_on=TODAY - timedelta(1))
    add_measure(engine, world, "school_b")
    session, me, units = work("region"), actor("region"), world.units

    def ids(**cut):
        return {row.id for row in planned(session, me, **cut).rows}

    assert ids(unit_id=units["school"]) == {own, for_both}
    assert ids(unit_id=units["school2"]) == {other, for_both}
    assert ids(municipality_id=units["municipality"]) == {own, for_both, other}
    assert ids(municipality_id=units["municipality"], priority=MeasurePriority.HIGH) == {own}
    assert ids(only_overdue=True) == {other}
    school = planned(work("school"), actor("school")).rows
    assert {(row.id, row.unit, row.for_units) for row in school} == {
        (own, "МБОУ СОШ «school»", 1),
        # Of the units that it is for the school sees itself.
        (for_both, "Томаринский муниципальный округ", 1),
    }
    assert names_of(session, MeasureCut(units["region"], units["school"])).municipality == "Организации региона"
    cause = add_cause(engine, world, "foreign_region")
    for cut in (
        {"unit_id": units["foreign_school"]},
        {"municipality_id": units["foreign_region"]},
        {"cause_id": cause},
    ):
        with pytest.raises(NotFound):
            names_of(work("region"), MeasureCut(**cut))
    with pytest.raises(NotFound):
        names_of(work("school"), MeasureCut(unit_id=units["school2"]))


def test_a_measure_belongs_to_the_years_in_which_it_runs(engine, world, work, actor):
    def measure(begins, due, **values):
        return add_measure(engine, world, starts_on=begins, due_on=due, **values)

    past = measure(date(2025, 10, 1), date(2026, 5, 1), status=MeasureStatus.VERIFIED, done_on=date(2026, 4, 1))
    late = measure(date(2025, 10, 1), date(2026, 5, 1))
    done_late = measure(date(2026, 5, 1), date(2026, 8, 1), status=MeasureStatus.DONE, done_on=date(2026, 9, 1))
    both = measure(date(2026, 8, 31), date(2026, 9, 1))
    coming = measure(date(2027, 9, 1), date(2027, 10, 1))
    session, me = work("school"), actor("school")
    found = {year: {row.id for row in planned(session, me, year).rows} for year in (2024, 2025, 2026, 2027)}
    assert found == {2024: set(), 2025: {past, late, done_late, both}, 2026: {late, done_late, both}, 2027: {coming}}
    now = planned(session, me)
    assert (now.year, now.years) == (2026, [2027, 2026, 2025])
    # However far a term lies, the present year can be chosen.
    measure(None, date(2036, 10, 1))
    session.rollback()
    assert planned(session, me).years == list(range(2036, 2024, -1))
    row = next(row for row in now.rows if row.id == late)
    assert row.late_until(TODAY) == TODAY
    assert next(row for row in now.rows if row.id == done_late).late_until(TODAY) == date(2026, 9, 1)


def test_cards_stand_by_urgency_and_no_column_grows_without_end(engine, world, work, actor):
    low = add_measure(engine, world, due_on=TODAY - timedelta(9), priority=MeasurePriority.LOW)
    high = add_measure(engine, world, due_on=TODAY + timedelta(9), priority=MeasurePriority.HIGH)
    first = add_measure(engine, world, due_on=TODAY + timedelta(1))
    later = add_measure(engine, world, due_on=TODAY + timedelta(2))
    verified = [
        add_measure(engine, world, status=MeasureStatus.VERIFIED, verified_on=day)
        for day in (date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 2))
    ]
    done = add_measure(engine, world, status=MeasureStatus.DONE)
    columns = {
        column.status: column
        for column in measure_board.board(work("school"), actor("school"), MeasureCut(), today=TODAY).columns
    }
    cards = columns[MeasureStatus.PLANNED].cards
    assert [card.measure.id for card in cards] == [high, first, later, low]
    assert [act.action for act in cards[0].acts] == ["start", "cancel"]
    assert [card.measure.id for card in columns[MeasureStatus.VERIFIED].cards] == [
        verified[1],
        verified[2],
        verified[0],
    ]
    above = measure_board.board(work("colleague"), actor("colleague"), MeasureCut(), today=TODAY).columns
    [waiting] = next(column for column in above if column.status is MeasureStatus.DONE).cards
    assert (waiting.measure.id, [act.action for act in waiting.acts]) == (done, ["verify", "refuse"])
    for number in range(MOST_CARDS):
        add_measure(engine, world, title=f"мера {number}")
    column = measure_board.board(work("school"), actor("school"), MeasureCut(), today=TODAY).columns[0]
    assert (column.total, len(column.cards), column.left_out) == (MOST_CARDS + 4, MOST_CARDS, 4)


def test_the_workbook_says_what_the_plan_says_and_no_word_of_others(engine, world, work, actor):
    cause = add_cause(engine, world, title="Нет людей")
    texts = [
        add_finding(engine, world, unit, text="График не размещён", cause_id=cause) for unit in ("school", "school2")
    ]
    add_finding(engine, world, "school", text="Без меры", cause_id=cause)
    add_finding(engine, world, "school", text="Уже снят", status=FindingStatus.DISMISSED)
    dropped = add_finding(engine, world, "school2", text="Меру отменили")
    add_measure(engine, world, "school2", findings=[dropped], status=MeasureStatus.CANCELLED, title="Отменённая")
    shared = add_measure(
        engine, world, "municipality", title="Общая", units=("school", "school2"), findings=texts, responsible="Ким О."
    )
    rest_on(engine, shared, add_evidence(engine, world, "municipality", title="Приказ", number="5"))
    add_measure(engine, world, "school", title="Своя", status=MeasureStatus.DONE, done_on=date(2026, 12, 25))

    def made(login, **cut):
        cut = MeasureCut(**cut)
        return measure_plan_annex.build(work(login), actor(login), cut, year=None, as_of=NOW, narrowed="слова")

    whole = made("municipality")
    assert [(group.name, [line.measure for line in group.lines]) for group in whole.content.groups] == [
        ("Томаринский муниципальный округ", ["Общая"]),
        ("МБОУ СОШ «school» (Томаринский муниципальный округ)", ["Своя"]),
        ("МБОУ СОШ «school2» (Томаринский муниципальный округ)", ["Отменённая"]),
    ]
    [line] = whole.content.groups[0].lines
    assert (line.finding, line.cause, line.proof) == ("График не размещён (2 орг.)", "Нет людей", "Приказ № 5")
    assert whole.content.groups[1].lines[0].is_late
    assert [line.finding for line in whole.content.bare] == ["Без меры", "Меру отменили"]
    assert (whole.content.filter_label, whole.rows_taken) == ("слова", 5)
    # The school reads its own finding alone, and no proof of the municipality's.
    school = made("school").content
    assert [(line.measure, line.finding, line.proof) for group in school.groups for line in group.lines] == [
        ("Общая", "График не размещён", ""),
        ("Своя", "", ""),
    ]
    assert [line.finding for line in school.bare] == ["Без меры"]
    [alone] = made("school", only_live=True).content.groups
    # A plan of the asker's own measures needs no heading; any other says whose it is, even of one unit.
    assert (alone.name, len(alone.lines)) == ("Томаринский муниципальный округ", 1)
    [own] = made("municipality", only_live=True).content.groups
    assert (own.name, len(own.lines)) == ("", 1)
    assert made("municipality2").content.groups == made("municipality2").content.bare == []
    add_measure(engine, world, "school_b", title="Другого округа")
    [told] = made("municipality2").content.groups
    assert told.name.startswith("МБОУ СОШ «school_b»")


def test_the_number_of_statements_does_not_grow(engine, world, work, actor):
    amounts = []
    for times in range(2):
        for number in range(1 + 8 * times):
            unit = ("school", "school_b", "regional_school")[number % 3]
            cause = add_cause(engine, world, title=f"Причина {times}.{number}")
            measure = add_measure(
                engine, world, unit, findings=[add_finding(engine, world, unit, cause_id=cause) for _ in range(2)]
            )
            rest_on(engine, measure, add_evidence(engine, world, unit))
        session, me, each = work("region"), actor("region"), []
        for act in (
            planned,
            lambda session, me: measure_board.board(session, me, MeasureCut(), today=TODAY),
            lambda session, me: measure_plan_annex.build(session, me, MeasureCut(), year=None, as_of=NOW),
        ):
            with counted(engine) as sent:
                act(session, me)
            each.append(len(sent))
        amounts.append(each)
    assert amounts == [[4, 2, 4], [4, 2, 4]]
