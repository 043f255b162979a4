"""The summary: what SQL counts is what a person counts by hand, in every scope; the places add up to the whole."""

from __future__ import annotations

import pytest

from app.models import OrgUnit
from app.policies.refusal import NotFound
from app.services import measure_summary
from app.services.measure_tally import Figures, total_of
from tests.factories.measures import add_cause, add_finding, add_measure
from tests.services.measure_world import TODAY, count, furnish, seen_by
from tests.services.statements import counted

LOGINS = ("region", "municipality", "municipality2", "school", "regional_school", "provider")


def told(session, actor, **cut):
    return measure_summary.summary(session, actor, today=TODAY, **cut)


def test_it_counts_as_a_person_would(engine, world, work, actor):
    planned = furnish(engine, world, seed=1, measures=40)
    for login in LOGINS:
        rows, found = seen_by(engine, world, login), told(work(login), actor(login))
        everything = count(rows, lambda _: True, lambda _: True)
        assert found.figures == everything, login
        assert total_of([place.figures for place in found.places]) == everything
        assert total_of([unit.figures for unit in found.units]) == everything
        for unit in found.units:
            by_hand = count(
                rows,
                lambda one, number=unit.unit_id: one.org_unit_id == number,
                lambda one, number=unit.unit_id: one.org_unit_id == number,
            )
            assert unit.figures == by_hand, (login, unit.name)
        for row in found.causes:
            by_hand = count(
                rows,
                lambda one, number=row.cause_id: one.cause_id == number,
                lambda one, number=row.cause_id, rows=rows: number in [each.cause_id for each in rows.findings_of(one)],
            )
            assert row.figures == by_hand, (login, row.title)
        for row in found.criteria:
            by_hand = count(
                rows,
                lambda one, code=row.code: one.criterion_code == code,
                lambda one, code=row.code, rows=rows: (
                    bool(code)
                    and code in {one.criterion_code, *(each.criterion_code for each in rows.findings_of(one))}
                ),
            )
            assert row.figures == by_hand, (login, row.code)
        findings = [row.figures.findings for row in found.causes]
        assert sum(findings) == sum(row.figures.findings for row in found.criteria) == everything.findings
    region = told(work("region"), actor("region"))
    assert {row.cause_id for row in region.causes} <= {None, *planned.causes.values()}
    assert "Чужая причина" not in {row.title for row in region.causes}


def test_a_municipality_is_a_part_of_the_whole_and_a_foreign_one_is_absent(engine, world, work, actor):
    furnish(engine, world, seed=3)
    session, me = work("region"), actor("region")
    whole = told(session, me)
    assert [place.name for place in whole.places] == [
        "Анивский муниципальный округ",
        "Томаринский муниципальный округ",
        "Организации региона",
    ]
    for place in whole.places:
        part = told(session, me, municipality_id=place.municipality_id)
        assert part.figures == place.figures, place.name
        assert [row.municipality for row in part.units] == [place.name] * place.units
    for login, unit in (("region", "foreign_municipality"), ("municipality", "municipality2")):
        with pytest.raises(NotFound):
            told(work(login), actor(login), municipality_id=world.units[unit])


def test_units_without_anything_stand_there_too_and_closed_ones_do_not(engine, world, work, actor):
    session = work("municipality")
    assert [(row.name, row.figures) for row in told(session, actor("municipality")).units] == [
        ("Томаринский муниципальный округ", Figures()),
        ("МБОУ СОШ «school»", Figures()),
        ("МБОУ СОШ «school2»", Figures()),
    ]
    session.get_one(OrgUnit, world.units["school2"]).closed_on = TODAY
    session.flush()
    assert len(told(session, actor("municipality")).units) == 2


def test_the_number_of_statements_does_not_grow(engine, world, work, actor):
    furnish(engine, world, seed=4, measures=3)
    amounts = []
    for times in range(2):
        session, me = work("region"), actor("region")
        with counted(engine) as sent:
            told(session, me)
        amounts.append(len(sent))
        for number in range(6):
            cause = add_cause(engine, world, title=f"Причина {times}.{number}")
            unit = ("school", "school_b", "regional_school")[number % 3]
            add_measure(engine, world, unit, findings=[add_finding(engine, world, unit, cause_id=cause)])
    assert amounts == [9, 9]
