"""Issue: assignments for every addressed unit in one act, or a sentence that says what is missing."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Assignment, AssignmentPeriod, AuditEvent, OrgUnit
from app.models.enumeration import (
    AddresseeClauseKind,
    OrderKind,
    OrderStatus,
    Recurrence,
    TermKind,
)
from app.policies.refusal import Conflict, Invalid, WrongState
from app.policies.unscoped import open_session
from app.services import order as orders
from app.services.order import ClauseValues, PointValues
from tests.services.order_draft import ALL_SCHOOLS, NOW, TODAY, draft
from tests.services.statements import counted


def test_addressees_are_only_those_below_the_issuer(world, work, actor):
    for login, foreign in (
        ("region", "foreign_school"),
        ("region", "region"),
        ("municipality", "school_b"),
        ("municipality", "municipality2"),
        ("municipality", "provider"),
    ):
        session = work(login)
        order, point = draft(session, actor(login))
        for kind in (AddresseeClauseKind.UNIT, AddresseeClauseKind.EXCEPT, AddresseeClauseKind.SCHOOLS_OF):
            with pytest.raises(Invalid):
                orders.set_addressees(session, actor(login), order, point, [ClauseValues(kind, world.units[foreign])])
        session.rollback()


def test_issue_gives_every_addressed_open_unit_its_assignment(engine, world, work, actor):
    with open_session(engine, reason="tests close a school") as session:
        session.connection(execution_options={"writes": True})
        session.get(OrgUnit, world.units["school2"]).closed_on = TODAY
    session, region = work("region"), actor("region")
    clauses = (ALL_SCHOOLS, ClauseValues(AddresseeClauseKind.EXCEPT, world.units["municipality2"]))
    order, point = draft(session, region, clauses=clauses, term_kind=TermKind.DATE, due_on=date(2026, 12, 20))
    assert orders.issue(session, region, order, today=TODAY, now=NOW) == 2
    given = session.scalars(select(Assignment)).all()
    assert {row.org_unit_id for row in given} == {world.units["school"], world.units["regional_school"]}
    assert {(row.due_on, row.original_due_on, row.given_by_id) for row in given} == {
        (date(2026, 12, 20), date(2026, 12, 20), world.units["region"])
    }
    assert (order.status, order.issued_at) == (OrderStatus.ISSUED, NOW)
    journal = session.scalars(select(AuditEvent.action).where(AuditEvent.record_type == "order")).all()
    assert journal.count("issue") == 1
    with pytest.raises(WrongState):
        orders.change_point(session, region, order, point, version=point.version, values=PointValues("1", "позже"))
    with pytest.raises(WrongState):
        orders.delete_draft(session, region, order)
    with pytest.raises(WrongState):
        orders.issue(session, region, order, today=TODAY, now=NOW)


def test_issue_names_what_is_missing_and_what_deserves_a_look(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region, number="", dated_on=None, clauses=())
    seen = orders.examine(session, region, order, today=TODAY)
    sentences = " ".join(problem.sentence for problem in seen.obstacles)
    assert "номер" in sentences
    assert "дату" in sentences
    assert "никому не адресован" in sentences
    late, _ = draft(session, region, term_kind=TermKind.DATE, due_on=date(2026, 11, 1))
    warned = orders.examine(session, region, late, today=TODAY)
    assert not warned.obstacles
    assert any("раньше даты документа" in problem.sentence for problem in warned.warnings)
    empty = orders.create_draft(session, region, kind=OrderKind.ORDER, number="1", dated_on=TODAY)
    assert any(
        "ни одного пункта" in each.sentence for each in orders.examine(session, region, empty, today=TODAY).obstacles
    )


def test_issue_makes_what_was_confirmed_or_nothing(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    with pytest.raises(Conflict):
        orders.issue(session, region, order, today=TODAY, now=NOW, expected=4)
    assert order.status is OrderStatus.DRAFT
    assert orders.issue(session, region, order, today=TODAY, now=NOW, expected=5) == 5


def test_a_municipality_addresses_its_own_schools_only(world, work, actor):
    session, town = work("municipality"), actor("municipality")
    groups = (ALL_SCHOOLS, ClauseValues(AddresseeClauseKind.ALL_MUNICIPALITIES))
    order, _ = draft(session, town, clauses=groups)
    assert orders.issue(session, town, order, today=TODAY, now=NOW) == 2
    reached = set(session.scalars(select(Assignment.org_unit_id)))
    assert reached == {world.units["school"], world.units["school2"]}


def test_a_recurring_point_has_a_period_per_occurrence(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(
        session,
        region,
        dated_on=date(2026, 1, 12),
        clauses=(ClauseValues(AddresseeClauseKind.UNIT, world.units["municipality"]),),
        term_kind=TermKind.RECURRING,
        recurrence=Recurrence.QUARTERLY,
        recurrence_day=5,
    )
    orders.issue(session, region, order, today=TODAY, now=NOW)
    periods = session.scalars(select(AssignmentPeriod).order_by(AssignmentPeriod.due_on)).all()
    assert [period.due_on for period in periods] == [
        date(2026, 4, 5),
        date(2026, 7, 5),
        date(2026, 10, 5),
        date(2027, 1, 5),
    ]
    assert periods[0].starts_on == date(2026, 1, 1)
    assert session.scalar(select(Assignment.due_on)) == date(2026, 4, 5)


def test_five_hundred_assignments_ask_the_database_nothing_more_than_ten(engine, world, work, actor):
    def sent(count):
        with open_session(engine, reason="tests add schools") as session:
            session.connection(execution_options={"writes": True})
            town = session.get(OrgUnit, world.units["municipality"])
            session.add_all(
                OrgUnit(
                    kind="school",
                    name=f"ОО-{count}-{i}",
                    parent_id=town.id,
                    region_id=town.region_id,
                    municipality_id=town.id,
                )
                for i in range(count)
            )
        session, region = work("region"), actor("region")
        order, _ = draft(session, region, number=str(count))
        with counted(engine) as statements:
            made = orders.issue(session, region, order, today=TODAY, now=NOW)
        session.rollback()
        # SQLite gives row numbers back one insert at a time; PostgreSQL takes a thousand rows at once.
        return made, sum(not each.startswith("INSERT INTO assignment ") for each in statements)

    few, before = sent(5)
    many, after = sent(490)
    assert (few, many) == (10, 500)
    assert after == before <= 12, "the number of statements grows with the number of assignments"
