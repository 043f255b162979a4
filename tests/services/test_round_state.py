"""The state of a round against what a person would count by hand."""

from __future__ import annotations

from datetime import date

import pytest

from app.models import MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.unscoped import open_session
from app.services.round_state import sheets_of, state_of_round, tally_of
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.world import add_unit
from tests.services.statements import counted

DUE = date(2026, 11, 1)
TODAY = date(2026, 11, 22)
EVERYBODY = ("municipality", "school", "school2", "municipality2", "school_b", "school_c", "regional_school")


@pytest.fixture
def held(engine, world):
    made = hold_round(engine, world, units=EVERYBODY, due_on=DUE, locks_on=date(2026, 12, 1))
    early, late = date(2026, 10, 20), date(2026, 11, 5)
    fill_sheet(engine, world, made, "school", {"Г1": "1"}, status=Status.APPROVED, day=early)
    fill_sheet(engine, world, made, "school2", {"Г1": "1"}, status=Status.SUBMITTED, day=late)
    fill_sheet(engine, world, made, "municipality2", {"М1": "1"}, status=Status.RETURNED, day=DUE)
    fill_sheet(engine, world, made, "school_b", {"Г1": "1"})
    fill_sheet(engine, world, made, "school_c", {}, status=Status.EXCUSED)
    # Beside it another round of the same units, wholly accepted.
    other = hold_round(engine, world, units=EVERYBODY, framework=(made.framework_id, made.criteria), title="Другой")
    for unit in EVERYBODY:
        fill_sheet(engine, world, other, unit, {}, status=Status.ACCEPTED, day=early)
    return made


def told(tally):
    return {key: count for key, count in tally.counts.items() if count}


def test_the_region_sees_each_municipality(work, held):
    session = work("region")
    state = state_of_round(session, session.get_one(MonitoringRound, held.round_id), today=TODAY)
    by_name = {town.name: town for town in state.towns}
    first, second, region = (
        by_name[name] for name in ("Томаринский муниципальный округ", "Анивский муниципальный округ", "Школы региона")
    )
    assert told(first.tally) == {"not_started": 1, "submitted": 1, "approved": 1}
    assert told(second.tally) == {"draft": 1, "returned": 1, "excused": 1}
    assert told(region.tally) == {"not_started": 1}
    assert (first.own_sheet.bucket, second.own_sheet.bucket, region.own_sheet) == ("not_started", "returned", None)
    # Approved in time; sent late, and the municipal sheet not sent at all.
    assert (first.tally.in_time, first.tally.late, first.tally.rate_text) == (1, 2, "33,3 %")
    # Returned, but first sent on the last day; the excused school is not awaited.
    assert (second.tally.in_time, second.tally.late, second.tally.rate_text) == (1, 1, "50,0 %")
    assert (state.total.total, state.total.expected, state.total.done, state.total.late) == (7, 6, 1, 4)
    # Before the term nobody is late, and what was sent is in time.
    early = state_of_round(session, session.get_one(MonitoringRound, held.round_id), today=DUE)
    assert (early.total.late, early.total.in_time) == (1, 2)


def test_each_sees_its_own_part(work, world, held):
    session = work("municipality")
    row = session.get_one(MonitoringRound, held.round_id)
    assert [town.name for town in state_of_round(session, row, today=TODAY).towns] == [
        "Томаринский муниципальный округ"
    ]
    sheets = sheets_of(session, row, today=TODAY)
    assert [sheet.unit_id for sheet in sheets] == [world.units[key] for key in ("municipality", "school", "school2")]
    assert [(sheet.word, sheet.late_word) for sheet in sheets] == [
        ("не начат", "просрочен"),
        ("утверждён", ""),
        ("отправлен", "с опозданием"),
    ]
    whole = state_of_round(session, row, today=TODAY).total
    assert tally_of(sheets) == whole
    school = work("school")
    row = school.get_one(MonitoringRound, held.round_id)
    assert [sheet.unit_id for sheet in sheets_of(school, row, today=TODAY)] == [world.units["school"]]


def test_the_count_costs_the_same_however_many_units_there_are(work, engine, world, held):
    def cost(round_id):
        session = work("region")
        row = session.get_one(MonitoringRound, round_id)
        with counted(engine) as sent:
            state = state_of_round(session, row, today=TODAY)
        return len(sent), state.total.total

    few = cost(held.round_id)
    with open_session(engine, reason="tests make a larger tree") as session:
        region = session.get_one(OrgUnit, world.units["region"])
        for number in range(12):
            town = add_unit(session, world, f"town{number}", UnitKind.MUNICIPALITY, f"Округ {number}", region)
            add_unit(session, world, f"lyceum{number}", UnitKind.SCHOOL, f"Лицей {number}", town)
    units = tuple(f"{word}{number}" for word in ("town", "lyceum") for number in range(12))
    many = hold_round(engine, world, units=units, framework=(held.framework_id, held.criteria), title="Большой")
    assert few == (3, 7)
    assert cost(many.round_id) == (3, 24)
