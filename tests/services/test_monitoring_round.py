from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.models import Assessment, MonitoringRound, OrgUnit
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import FrameworkStatus as Standing
from app.models.enumeration import RoundStatus, UnitKind
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import monitoring_round as rounds
from tests.factories.monitoring import C, build_framework
from tests.factories.world import add_unit
from tests.services.round_world import ALL, NOW, TODAY, draft, opened, values
from tests.services.statements import counted


def test_a_round_reaches_whom_its_rule_names_and_nobody_else(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    with open_session(engine, reason="a small school answers fewer criteria") as raw:
        raw.get_one(OrgUnit, world.units["school2"]).is_small = True
    session, held = draft(work, actor, framework_id, clauses=[*ALL, (Kind.EXCEPT, world.units["municipality2"])])
    seen = rounds.preview(session, actor("region"), held, today=TODAY)
    assert seen.obstacles == ()
    assert {(place.name, place.schools, place.has_own_sheet) for place in seen.places} == {
        ("Томаринский муниципальный округ", 2, True),
        ("Школы региона", 1, False),
    }
    with pytest.raises(Conflict, match="листов будет 4, а не 3"):
        rounds.open_round(session, actor("region"), held, today=TODAY, now=NOW, expected=3)
    assert opened(session, actor("region"), held) == 4
    sheets = {row.org_unit_id: row for row in session.scalars(select(Assessment))}
    assert set(sheets) == {world.units[key] for key in ("municipality", "school", "school2", "regional_school")}
    assert {key: sheets[world.units[key]].to_answer for key in ("municipality", "school")} == {
        "municipality": 2,
        "school": 3,
    }
    assert sheets[world.units["school"]].municipality_id == world.units["municipality"]
    assert (held.status, held.opened_at) == (RoundStatus.OPEN, NOW)
    session.commit()
    # A draft was nobody else's; opened, it is seen by those it reached and by no municipality beside.
    assert work("school").get(MonitoringRound, held.id) is not None
    assert work("school_b").get(MonitoringRound, held.id) is None
    assert work("foreign_region").get(MonitoringRound, held.id) is None


@pytest.mark.parametrize(
    ("given", "clauses", "sentence"),
    [
        ({"framework": Standing.DRAFT}, ALL, "не опубликован"),
        ({}, [], "Адресатов нет"),
        ({}, [(Kind.EXCEPT, None)], "Адресатов нет"),
        ({"due_on": date(2026, 11, 21), "locks_on": date(2026, 12, 1)}, ALL, "уже прошёл"),
        ({"schools_only": True}, ALL, "нет критериев муниципального листа"),
    ],
)
def test_what_keeps_a_round_from_opening(work, actor, engine, world, given, clauses, sentence):
    given = dict(given)
    criteria = (C("Д1"),) if given.pop("schools_only", False) else None
    more = {"criteria": criteria} if criteria else {}
    framework_id, _ = build_framework(engine, world, status=given.pop("framework", Standing.PUBLISHED), **more)
    if clauses == [(Kind.EXCEPT, None)]:
        clauses = [*ALL, *((Kind.EXCEPT, world.units[key]) for key in ("municipality", "municipality2"))]
        clauses.append((Kind.EXCEPT, world.units["regional_school"]))
    session, held = draft(work, actor, framework_id, clauses=clauses, **given)
    seen = rounds.preview(session, actor("region"), held, today=TODAY)
    assert any(sentence in told for told in seen.obstacles)
    with pytest.raises(Invalid, match=sentence):
        rounds.open_round(session, actor("region"), held, today=TODAY, now=NOW, expected=None)
    assert session.scalar(select(func.count(Assessment.id))) == 0


def test_dates_stand_in_their_order_by_the_service_and_by_the_database(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    session = work("region")
    for name, day in (
        ("due_on", date(2026, 11, 1)),
        ("locks_on", date(2026, 12, 1)),
        ("late_until", date(2026, 12, 24)),
    ):
        with pytest.raises(Invalid) as refused:
            rounds.create(session, actor("region"), values(framework_id, **{name: day}))
        assert refused.value.field == name
    held = rounds.create(session, actor("region"), values(framework_id))
    session.commit()
    for wrong in ("due_on = '2026-12-26'", "late_until = '2026-12-24'"):
        with engine.begin() as raw, pytest.raises(IntegrityError):
            raw.execute(text(f"UPDATE monitoring_round SET {wrong} WHERE id = {held.id:d}"))


def test_a_municipality_holds_rounds_for_its_own_schools(work, actor, engine, world):
    regional, _ = build_framework(engine, world)
    beside, _ = build_framework(engine, world, maker="municipality2", title="Чужой набор")
    session, held = draft(work, actor, regional, "municipality", [(Kind.ALL_SCHOOLS, None)])
    assert held.is_municipal
    person = actor("municipality")
    for clauses in (
        [(Kind.ALL_MUNICIPALITIES, None)],
        [(Kind.UNIT, world.units["municipality"])],
        [(Kind.UNIT, world.units["school_b"])],
        [(Kind.SCHOOLS_OF, world.units["foreign_municipality"])],
        [(Kind.UNIT, world.units["provider"])],
    ):
        with pytest.raises(Invalid):
            rounds.set_addressees(session, person, held, clauses)
    with pytest.raises(NotFound):
        rounds.create(session, person, values(beside))
    assert opened(session, person, held) == 2
    session.commit()
    # A published set of a municipality is seen by the region, which holds no round of its own by it.
    with pytest.raises(Invalid, match="своему набору"):
        rounds.create(work("region"), actor("region"), values(beside))
    with pytest.raises(NotPermitted):
        rounds.close(work("region"), actor("region"), work("region").get_one(MonitoringRound, held.id), now=NOW)


def test_the_next_round_is_one_click_from_this_one(work, actor, engine, world):
    first, _ = build_framework(engine, world)
    newer, _ = build_framework(engine, world, edition=2)
    build_framework(engine, world, edition=3, status=Standing.DRAFT)
    build_framework(engine, world, title="Другой набор", edition=9)
    clauses = [*ALL, (Kind.EXCEPT, world.units["school2"])]
    session, held = draft(work, actor, first, clauses=clauses, late_until=date(2027, 1, 10), note="Просим не тянуть.")
    person = actor("region")
    with pytest.raises(WrongState):
        rounds.following(session, person, held, today=TODAY)
    opened(session, person, held)
    made = rounds.following(session, person, held, today=TODAY)
    assert (made.title, made.status, made.framework_id, made.previous_round_id, made.basis, made.note) == (
        "Мониторинг ВСОКО 2027/2028",
        RoundStatus.DRAFT,
        newer,
        held.id,
        "",
        "Просим не тянуть.",
    )
    assert (made.opens_on, made.due_on, made.late_until) == (date(2027, 11, 20), date(2027, 12, 20), date(2028, 1, 10))
    assert {(row.kind, row.org_unit_id) for row in made.addressees} == set(clauses)
    # Of a round long past the dates are the next that have not passed.
    late = rounds.following(session, person, held, today=date(2029, 6, 1))
    assert late.due_on == date(2029, 12, 20)


def test_a_round_follows_one_by_a_set_of_the_same_maker(work, actor, engine, world):
    regional, _ = build_framework(engine, world)
    own, _ = build_framework(engine, world, maker="municipality", title="Свой набор")
    session, first = draft(work, actor, regional, "municipality", [(Kind.ALL_SCHOOLS, None)])
    person = actor("municipality")
    opened(session, person, first)
    with pytest.raises(Invalid, match="другой организации") as refused:
        rounds.create(session, person, values(own, previous_round_id=first.id))
    assert refused.value.field == "previous_round_id"
    again = rounds.create(session, person, values(regional, previous_round_id=first.id))
    # The set is changed later: asked anew.
    with pytest.raises(Invalid, match="другой организации"):
        rounds.change(session, person, again, version=again.version, values=values(own, previous_round_id=first.id))


def test_two_people_do_not_overwrite_each_other(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    session, held = draft(work, actor, framework_id)
    seen = held.version
    rounds.change(session, actor("region"), held, version=seen, values=values(framework_id, basis="приказ № 1"))
    typed = values(framework_id, basis="приказ № 2")
    with pytest.raises(Conflict):
        rounds.change(session, actor("region"), held, version=seen, values=typed)
    assert rounds.differences(held, typed) == [("basis", "приказ № 1", "приказ № 2")]


def test_an_opening_costs_the_same_however_many_units_it_reaches(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    with open_session(engine, reason="tests make a larger tree") as raw:
        raw.connection(execution_options={"writes": True})
        town = raw.get_one(OrgUnit, world.units["municipality2"])
        for number in range(60):
            add_unit(raw, world, f"lyceum{number}", UnitKind.SCHOOL, f"Лицей {number}", town)

    def cost(clauses):
        session, held = draft(work, actor, framework_id, clauses=clauses)
        with counted(engine) as sent:
            made = rounds.open_round(session, actor("region"), held, today=TODAY, now=NOW, expected=None)
        session.rollback()
        # SQLite gives a new row its number one row at a time; the sheets of one flush go in together elsewhere.
        return len([each for each in sent if not each.startswith("INSERT INTO assessment")]), made

    few, reached = cost([(Kind.SCHOOLS_OF, world.units["municipality"])])
    assert reached == 2
    assert cost(ALL) == (few, 67)
    assert few <= 10
