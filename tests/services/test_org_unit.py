from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import (
    Assignment,
    AssignmentReport,
    AuditEvent,
    Evidence,
    Membership,
    OrgUnit,
    OrgUnitName,
    OrgUnitPlacement,
    ReportEvidence,
    TermExtension,
)
from app.models.enumeration import AssignmentStatus, UnitKind
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services import beyond_scope, org_unit
from app.services.org_unit import Renaming
from app.services.org_unit_details import UnitDetails
from tests.factories.order import Point, add_report, ask_extension, issue_order

TODAY = date(2026, 11, 21)
DUE = date(2026, 12, 25)
TO = {
    "municipality": {},
    "municipality2": {},
    "school": {"parent": "municipality", "due_on": date(2026, 12, 1)},
    "school2": {"parent": "municipality", "due_on": date(2026, 12, 1)},
    "school_b": {"parent": "municipality2"},
    "provider": {},
}


@pytest.fixture
def issued(engine, world):
    return issue_order(engine, world, points=(Point("1", DUE, TO), Point("2", DUE, ("school", "school_b"))))


@pytest.fixture
def region(work, actor):
    return work("region"), actor("region")


def move(session, person, unit_id, parent_id, **typed):
    given = {"moved_on": date(2026, 11, 1), "basis": "Распоряжение № 7", "today": TODAY, **typed}
    org_unit.move(
        session, person, session.get_one(OrgUnit, unit_id), new_parent=session.get_one(OrgUnit, parent_id), **given
    )


@pytest.fixture
def moved(region, world, engine, issued):
    """The school under the second municipality, with everything that it had."""
    session, person = region
    number = issued.assignments["1", "school"]
    add_report(engine, world, "school", number, evidence=[{"title": "Положение о ВСОКО"}])
    add_report(engine, world, "school2", issued.assignments["1", "school2"], evidence=[{"title": "Чужое"}])
    ask_extension(engine, world, "school", number)
    session.get_one(Assignment, number).note = "запись журнала до перевода"
    session.flush()
    move(session, person, world.units["school"], world.units["municipality2"])
    session.commit()
    return number


RECORDS = (
    Assignment,
    AssignmentReport,
    TermExtension,
    Evidence,
    ReportEvidence,
    Membership,
    AuditEvent,
    OrgUnitPlacement,
)


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__tablename__)
def test_a_moved_school_takes_every_record_along(model, moved, work, world):
    school = model.org_unit_id == world.units["school"]
    new, old = work("municipality2"), work("municipality")
    rows = new.scalars(select(model).where(school)).all()
    assert rows
    assert {row.municipality_id for row in rows} == {world.units["municipality2"]}
    assert old.scalars(select(model).where(school)).all() == []
    # The neighbour's rows stay where they were.
    kept = old.scalars(select(model).where(model.org_unit_id == world.units["school2"])).all()
    assert all(row.municipality_id == world.units["municipality"] for row in kept)


def test_the_history_from_before_the_move_is_read_by_the_new_municipality(moved, work):
    mine = (AuditEvent.record_type == "assignment") & (AuditEvent.record_id == moved)
    notes = [row.changes.get("note") for row in work("municipality2").scalars(select(AuditEvent).where(mine))]
    assert [None, "запись журнала до перевода"] in notes or ["", "запись журнала до перевода"] in notes
    assert work("municipality").scalars(select(AuditEvent).where(mine)).all() == []


def test_the_old_municipality_still_counts_the_moved_child(moved, work, world, issued):
    old = work("municipality")
    parent = old.get_one(Assignment, issued.assignments["1", "municipality"])
    rows = beyond_scope.moved_children(old, parent)
    assert [(row.unit_name, row.status) for row in rows] == [("МБОУ СОШ «school»", AssignmentStatus.ASSIGNED)]
    other = work("municipality2").get_one(Assignment, issued.assignments["1", "municipality2"])
    assert beyond_scope.moved_children(work("municipality2"), other) == []
    assert work("school").get_one(Assignment, moved).parent_id == parent.id


def test_the_places_are_kept_with_their_days(moved, region, world):
    session, _ = region
    rows = session.scalars(
        select(OrgUnitPlacement)
        .where(OrgUnitPlacement.org_unit_id == world.units["school"])
        .order_by(OrgUnitPlacement.id)
    ).all()
    assert [(row.parent_id, row.valid_from, row.valid_to) for row in rows] == [
        (world.units["municipality"], None, date(2026, 10, 31)),
        (world.units["municipality2"], date(2026, 11, 1), None),
    ]


def test_the_session_that_moved_holds_no_old_columns(region, world, issued):
    session, person = region
    held = session.get_one(Assignment, issued.assignments["1", "school"])
    assert held.municipality_id == world.units["municipality"]
    move(session, person, world.units["school"], world.units["municipality2"])
    assert held.municipality_id == world.units["municipality2"]


def test_a_school_moves_straight_under_the_region_and_back(region, world, work):
    session, person = region
    move(session, person, world.units["school"], world.units["region"])
    session.commit()
    assert session.get_one(OrgUnit, world.units["school"]).municipality_id == world.units["region"]
    assert work("municipality").get(OrgUnit, world.units["school"]) is None
    with pytest.raises(Invalid, match="перевод позже"):
        move(session, person, world.units["school"], world.units["municipality"], moved_on=date(2026, 11, 1))
    move(session, person, world.units["school"], world.units["municipality"], moved_on=date(2026, 11, 2))
    session.commit()
    assert work("municipality").get(OrgUnit, world.units["school"]) is not None


@pytest.mark.parametrize(
    ("units", "typed", "refusal"),
    [
        ("school municipality", {}, Invalid),
        ("school provider", {}, Invalid),
        ("school school2", {}, Invalid),
        ("school municipality2", {"moved_on": date(2026, 11, 22)}, Invalid),
        ("school municipality2", {"basis": " "}, Invalid),
        ("municipality region", {}, WrongState),
        ("provider municipality", {}, WrongState),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(region, world, units, typed, refusal):
    session, person = region
    unit, parent = units.split()
    with pytest.raises(refusal):
        move(session, person, world.units[unit], world.units[parent], **typed)
    session.rollback()
    assert session.get_one(OrgUnit, world.units["school"]).parent_id == world.units["municipality"]


@pytest.mark.parametrize("login", ["municipality", "school", "observer", "admin"])
def test_only_the_region_s_administrator_moves(work, actor, world, login):
    session = work("admin")
    with pytest.raises(NotPermitted):
        move(session, actor(login), world.units["school"], world.units["municipality2"])


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────


def test_names_follow_one_another_without_gaps(region, world):
    session, person = region
    unit = org_unit.create(
        session,
        person,
        kind=UnitKind.SCHOOL,
        name="Школа № 1",
        parent=session.get_one(OrgUnit, world.units["municipality"]),
        opened_on=date(2010, 9, 1),
    )
    for name, since in (("Лицей № 1", date(2015, 1, 1)), ("Гимназия № 1", date(2020, 1, 1))):
        renaming = Renaming(since, "Устав")
        details = UnitDetails(name, opened_on=unit.opened_on)
        org_unit.change(session, person, unit, version=unit.version, details=details, renaming=renaming, today=TODAY)
    typo = UnitDetails("Гимназия № 1 им. Чехова", opened_on=unit.opened_on)
    org_unit.change(session, person, unit, version=unit.version, details=typo, renaming=None, today=TODAY)
    rows = session.scalars(select(OrgUnitName).where(OrgUnitName.org_unit_id == unit.id).order_by(OrgUnitName.id)).all()
    assert [(row.name, row.valid_from, row.valid_to) for row in rows] == [
        ("Школа № 1", date(2010, 9, 1), date(2014, 12, 31)),
        ("Лицей № 1", date(2015, 1, 1), date(2019, 12, 31)),
        ("Гимназия № 1 им. Чехова", date(2020, 1, 1), None),
    ]
    assert unit.search == "гимназия № 1 им. чехова"
    with pytest.raises(Invalid, match="новое позже"):
        org_unit.change(
            session,
            person,
            unit,
            version=unit.version,
            details=UnitDetails("Школа", opened_on=unit.opened_on),
            renaming=Renaming(date(2019, 1, 1), "Устав"),
            today=TODAY,
        )
    with pytest.raises(Conflict):
        org_unit.change(session, person, unit, version=1, details=typo, renaming=None, today=TODAY)
