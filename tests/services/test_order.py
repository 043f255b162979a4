"""Drafts of orders: from a text and by hand, corrected under optimistic locking."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.models import Assignment, AuditEvent, Order, OrderPoint
from app.models.enumeration import (
    AddresseeClauseKind,
    GroundEffect,
    OrderKind,
    Recurrence,
    TermKind,
)
from app.policies.refusal import Conflict, Invalid, NotPermitted
from app.services import order as orders
from app.services.order import ClauseValues, HeadingValues, PointValues
from app.services.order_text import draft_from_text
from tests.services.order_draft import NOW, TODAY, draft
from tests.services.order_world import TEXT, add_sakhalin


def test_the_sakhalin_text_becomes_rows_with_their_quotes(engine, world, work, actor):
    add_sakhalin(engine, world)
    session, region = work("region"), actor("region")
    order = draft_from_text(session, region, TEXT.replace("\n", "\r\n"), today=TODAY)
    assert (order.kind, order.number, order.dated_on) == (OrderKind.DIRECTIVE, "3.12-118-Р", date(2023, 1, 25))
    assert order.controller.startswith("первый заместитель министра")
    assert [ground.effect for ground in order.grounds] == [GroundEffect.BASIS] * 2 + [GroundEffect.MOVES_DATES]
    assert {point.label: point.due_on for point in order.points if point.due_on} == {
        "2.2": date(2023, 1, 30),
        "2.3": date(2023, 12, 31),
        "3.3": date(2023, 1, 30),
        "4а": date(2023, 2, 24),
        "4б": date(2023, 6, 1),
    }
    assert "\r" not in order.source_text
    for point in order.points:
        assert order.source_text[point.quote_start : point.quote_end].split()[0]
        for clause in point.clauses:
            quoted = order.source_text[clause.quote_start : clause.quote_end]
            assert " ".join(quoted.split()) == clause.written
    first = orders.addressees(session, region, order.points[0], today=TODAY)
    assert [unit.kind.value for unit in first].count("municipality") == 6
    assert len(first) == 7


@pytest.mark.parametrize("text", ["", "   \n", "Погода сегодня хорошая, завтра будет дождь."])
def test_a_text_without_points_is_refused_and_nothing_is_written(world, work, actor, text):
    session = work("region")
    with pytest.raises(Invalid) as refused:
        draft_from_text(session, actor("region"), text, today=TODAY)
    assert refused.value.field == "text"
    assert session.scalar(select(func.count(Order.id))) == 0


def test_a_name_of_nobody_stays_unresolved_and_blocks_the_issue(engine, world, work, actor):
    session, region = work("region"), actor("region")
    order = draft_from_text(session, region, TEXT, today=TODAY)
    # The test world has two of the six municipalities, and the institute under another name.
    unknown = [
        clause for point in order.points for clause in point.clauses if clause.org_unit_id is None and clause.doubt
    ]
    assert unknown
    seen = orders.examine(session, region, order, today=TODAY)
    assert any("не определён" in problem.sentence for problem in seen.obstacles)
    with pytest.raises(Invalid):
        orders.issue(session, region, order, today=TODAY, now=NOW)
    assert session.scalar(select(func.count(Assignment.id))) == 0
    point = next(point for point in order.points if unknown[0] in point.clauses)
    wanted = [
        ClauseValues(clause.kind, clause.org_unit_id or world.units["provider"], clause.id)
        if clause is unknown[0]
        else ClauseValues(clause.kind, clause.org_unit_id, clause.id)
        for clause in point.clauses
    ]
    words = unknown[0].written
    orders.set_addressees(session, region, order, point, wanted)
    assert (unknown[0].org_unit_id, unknown[0].doubt, unknown[0].written) == (world.units["provider"], "", words)


def test_who_may_write_a_draft(world, work, actor):
    session = work("region")
    order, _ = draft(session, actor("region"))
    for login in ("observer", "unit_admin", "school", "provider"):
        with pytest.raises(NotPermitted):
            orders.create_draft(session, actor(login), kind=OrderKind.ORDER)
        with pytest.raises(NotPermitted):
            orders.save(session, actor(login), order, version=order.version, values=HeadingValues())
    with pytest.raises(NotPermitted):
        orders.save(session, actor("municipality"), order, version=order.version, values=HeadingValues())


def test_a_stale_save_overwrites_nothing(world, work, actor):
    session, region = work("region"), actor("region")
    order, point = draft(session, region)
    seen, seen_point = order.version, point.version
    orders.save(session, region, order, version=seen, values=HeadingValues(number="8", dated_on=TODAY))
    with pytest.raises(Conflict):
        orders.save(session, region, order, version=seen, values=HeadingValues(number="9"))
    assert order.number == "8"
    assert ("number", "8", "9") in orders.differences(order, HeadingValues(number="9", dated_on=TODAY))
    orders.change_point(session, region, order, point, version=seen_point, values=PointValues("1", "первое"))
    with pytest.raises(Conflict):
        orders.change_point(session, region, order, point, version=seen_point, values=PointValues("1", "второе"))
    assert point.text == "первое"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (PointValues(number=" ", text="x"), "number"),
        (PointValues(number="2", text=" "), "text"),
        (PointValues(number="1", text="x"), "number"),
        (PointValues(number="2", text="x", term_kind=TermKind.DATE), "due_on"),
        (PointValues(number="2", text="x", term_kind=TermKind.RECURRING), "recurrence"),
        (PointValues(number="2", text="x", recurrence_day=32), "recurrence_day"),
        (
            PointValues(
                number="2",
                text="x",
                term_kind=TermKind.RECURRING,
                recurrence=Recurrence.MONTHLY,
                recurs_until=date(2026, 1, 1),
            ),
            "recurs_until",
        ),
    ],
)
def test_a_wrong_value_of_a_point_is_refused_at_its_field(world, work, actor, values, field):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    with pytest.raises(Invalid) as refused:
        orders.add_point(session, region, order, values)
    assert refused.value.field == field
    assert len(order.points) == 1


def test_points_are_split_moved_and_deleted(world, work, actor):
    session, region = work("region"), actor("region")
    order, first = draft(session, region, term_kind=TermKind.DATE, due_on=date(2026, 12, 1))
    second = orders.add_point(session, region, order, PointValues(number="2", text="другое"))
    orders.split_stage(session, region, order, first)
    assert [point.label for point in order.points] == ["1а", "1б", "2"]
    stage = order.points[1]
    assert [clause.kind for clause in stage.clauses] == [AddresseeClauseKind.ALL_SCHOOLS]
    assert stage.doubts
    orders.move_point(session, region, order, second, -1)
    assert [point.label for point in order.points] == ["1а", "2", "1б"]
    orders.delete_point(session, region, order, stage)
    assert [point.label for point in order.points] == ["1а", "2"]


def test_a_deleted_draft_leaves_its_journal(world, work, actor):
    session, region = work("region"), actor("region")
    order, _ = draft(session, region)
    number = order.id
    orders.delete_draft(session, region, order)
    assert session.scalar(select(func.count(OrderPoint.id))) == 0
    actions = session.scalars(
        select(AuditEvent.action).where(AuditEvent.record_type == "order", AuditEvent.record_id == number)
    )
    assert set(actions) == {"create", "delete"}
