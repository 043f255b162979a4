"""An issued order changes by an act only: terms moved, addressees added, points revoked, assignments withdrawn."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import AmendmentChange, Assignment, AssignmentPeriod, AuditEvent, Order, OrderAmendment, OrderPoint
from app.models.enumeration import (
    AmendmentChangeKind,
    AssignmentOrigin,
    AssignmentStatus,
    OrderKind,
    OrderStatus,
    Recurrence,
    TermKind,
)
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import order_amendment
from app.services.order_amendment import AddAddressees, MoveTerm, RevokePoint, WithdrawAssignments
from tests.factories.order import Point, issue_order

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
OLD, NEW = date(2026, 12, 1), date(2026, 12, 15)


def apply(session, actor, order_id, *changes, number="12", dated_on=TODAY):
    order = session.get(Order, order_id)
    return order_amendment.apply(
        session,
        actor,
        order,
        kind=OrderKind.DIRECTIVE,
        number=number,
        dated_on=dated_on,
        title="Об изменении сроков",
        changes=changes,
        today=TODAY,
        now=NOW,
    )


@pytest.fixture
def issued(engine, world):
    """Point 1 to two municipalities (one gave it on to two schools, one was extended alone), point 2 beside it."""
    return issue_order(
        engine,
        world,
        points=(
            Point(
                "1",
                due_on=OLD,
                to={
                    "municipality": {},
                    "school": {"parent": "municipality", "due_on": date(2026, 11, 28)},
                    "school2": {"parent": "municipality", "due_on": date(2026, 12, 14)},
                    "municipality2": {"due_on": date(2026, 12, 31), "original_due_on": OLD},
                    "provider": {"status": AssignmentStatus.DONE},
                },
            ),
            Point("2", due_on=OLD, to=("municipality", "municipality2")),
        ),
    )


def of(session, issued, label, key):
    return session.get(Assignment, issued.assignments[label, key])


def test_a_moved_term_reaches_all_but_the_done_and_those_extended_beyond_it(world, issued, work, actor):
    session, region = work("region"), actor("region")
    outcome = apply(session, region, issued.order_id, MoveTerm(issued.points["1"], NEW))
    moved = of(session, issued, "1", "municipality")
    assert (moved.due_on, moved.original_due_on, moved.is_extended) == (NEW, OLD, True)
    assert of(session, issued, "1", "municipality2").due_on == date(2026, 12, 31)
    assert of(session, issued, "1", "provider").due_on == OLD
    assert of(session, issued, "1", "school").due_on == date(2026, 11, 28)
    assert of(session, issued, "2", "municipality").due_on == OLD
    point = session.get(OrderPoint, issued.points["1"])
    assert point.due_on == NEW
    assert outcome.touched == 1
    assert outcome.warnings == []
    change = session.scalars(select(AmendmentChange)).one()
    assert (change.kind, change.due_before, change.due_after, change.touched) == (
        AmendmentChangeKind.MOVE_TERM,
        OLD,
        NEW,
        1,
    )
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.record_type == "assignment", AuditEvent.action == "amend")
    ).one()
    assert event.record_id == moved.id
    assert "№ 12 от 21.11.2026" in event.note


def test_a_term_moved_before_those_of_the_schools_warns(world, issued, work, actor):
    session, region = work("region"), actor("region")
    outcome = apply(session, region, issued.order_id, MoveTerm(issued.points["1"], date(2026, 11, 30)))
    assert len(outcome.warnings) == 1
    assert "(1)" in outcome.warnings[0]
    assert of(session, issued, "1", "school2").due_on == date(2026, 12, 14)


def test_added_addressees_get_the_point_with_its_term(world, issued, work, actor):
    session, region = work("region"), actor("region")
    added = AddAddressees(issued.points["2"], (world.units["regional_school"],))
    assert apply(session, region, issued.order_id, added).touched == 1
    row = session.scalars(select(Assignment).where(Assignment.org_unit_id == world.units["regional_school"])).one()
    assert (row.origin, row.due_on, row.given_by_id) == (AssignmentOrigin.AMENDED, OLD, world.units["region"])
    assert work("regional_school").get(Order, issued.order_id) is None, "not committed yet"
    session.commit()
    assert work("regional_school").get(Order, issued.order_id) is not None
    with pytest.raises(Invalid):
        apply(session, region, issued.order_id, added, number="13")


def test_a_revoked_point_takes_everything_given_from_it(world, issued, work, actor):
    session, region = work("region"), actor("region")
    outcome = apply(session, region, issued.order_id, RevokePoint(issued.points["1"], "утратил значение"))
    assert outcome.touched == 4
    for key in ("municipality", "school", "school2", "municipality2"):
        row = of(session, issued, "1", key)
        assert (row.status, row.withdrawn_on) == (AssignmentStatus.WITHDRAWN, TODAY)
        assert "№ 12" in row.closing_reason
    assert of(session, issued, "1", "provider").status is AssignmentStatus.DONE
    assert of(session, issued, "2", "municipality").status is AssignmentStatus.ASSIGNED
    assert session.get(OrderPoint, issued.points["1"]).revoked_on == TODAY
    with pytest.raises(Invalid):
        apply(session, region, issued.order_id, MoveTerm(issued.points["1"], NEW), number="13")


def test_a_withdrawn_assignment_takes_its_children_and_nothing_else(world, issued, work, actor):
    session, region = work("region"), actor("region")
    change = WithdrawAssignments(issued.points["1"], (world.units["municipality"],), "округ реорганизован")
    assert apply(session, region, issued.order_id, change).touched == 3
    assert of(session, issued, "1", "school").status is AssignmentStatus.WITHDRAWN
    assert of(session, issued, "1", "municipality2").status is AssignmentStatus.ASSIGNED
    for key in ("municipality", "provider", "school_c"):
        again = WithdrawAssignments(issued.points["1"], (world.units[key],), "ещё раз")
        with pytest.raises(Invalid):
            apply(session, region, issued.order_id, again, number=f"13-{key}")
        session.rollback()


def test_a_recurring_point_gives_added_units_the_periods_still_ahead(engine, world, work, actor):
    values = {"term_kind": TermKind.RECURRING, "recurrence": Recurrence.MONTHLY, "recurrence_day": 5}
    issued = issue_order(engine, world, points=(Point("1", values=values),))
    session, region = work("region"), actor("region")
    apply(session, region, issued.order_id, AddAddressees(issued.points["1"], (world.units["provider"],)))
    days = session.scalars(select(AssignmentPeriod.due_on).order_by(AssignmentPeriod.due_on)).all()
    assert days == [date(2026, 12, 5), date(2027, 1, 5)]
    with pytest.raises(Invalid):
        apply(session, region, issued.order_id, MoveTerm(issued.points["1"], NEW), number="13")


@pytest.mark.parametrize("login", ["municipality", "observer", "unit_admin", "school"])
def test_only_the_issuer_amends(world, issued, work, actor, login):
    session = work(login)
    with pytest.raises(NotPermitted):
        apply(session, actor(login), issued.order_id, MoveTerm(issued.points["1"], NEW))


def test_what_cannot_be_amended_is_refused(engine, world, issued, work, actor):
    session, region = work("region"), actor("region")
    draft = issue_order(engine, world, status=OrderStatus.DRAFT, number="draft")
    with pytest.raises(WrongState):
        apply(session, region, draft.order_id, MoveTerm(draft.points["1"], NEW))
    with pytest.raises(NotFound):
        apply(session, region, issued.order_id, MoveTerm(draft.points["1"], NEW))
    session.rollback()
    for changes, values, field in (
        ((), {}, None),
        ((MoveTerm(issued.points["1"], NEW),), {"number": " "}, "number"),
        ((MoveTerm(issued.points["1"], NEW),), {"dated_on": date(2026, 8, 1)}, "dated_on"),
        ((MoveTerm(issued.points["1"], OLD),), {}, f"due-{issued.points['1']}"),
        ((MoveTerm(issued.points["1"], date(2026, 8, 1)),), {}, f"due-{issued.points['1']}"),
        ((RevokePoint(issued.points["1"], " "),), {}, f"reason-{issued.points['1']}"),
        (
            (AddAddressees(issued.points["1"], (world.units["foreign_school"],)),),
            {},
            f"add-{issued.points['1']}",
        ),
    ):
        with pytest.raises(Invalid) as refused:
            apply(session, region, issued.order_id, *changes, **values)
        assert refused.value.field == field
        session.rollback()
    assert session.scalars(select(OrderAmendment)).all() == []


def test_one_act_is_entered_once(world, issued, work, actor):
    session, region = work("region"), actor("region")
    apply(session, region, issued.order_id, MoveTerm(issued.points["1"], NEW))
    with pytest.raises(Invalid) as refused:
        apply(session, region, issued.order_id, MoveTerm(issued.points["2"], NEW))
    assert refused.value.field == "number"
