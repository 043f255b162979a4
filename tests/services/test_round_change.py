from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Assessment, AuditEvent, LatePermit, MonitoringRound, RoundDateChange
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import AssessmentStatus, RoundDate, RoundStatus
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import late_permit, round_window
from app.services import monitoring_round as rounds
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.services.round_world import NOW, TODAY, draft, opened, values


def test_a_date_moves_by_an_act_only_and_leaves_it(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    session, held = draft(work, actor, framework_id)
    person = actor("region")
    with pytest.raises(WrongState):
        rounds.move_date(session, person, held, RoundDate.DUE, date(2026, 12, 22), act="приказ № 15", now=NOW)
    opened(session, person, held)
    with pytest.raises(WrongState, match="переносит акт"):
        rounds.change(session, person, held, version=held.version, values=values(framework_id))
    for what, day, act, field in (
        (RoundDate.DUE, date(2026, 12, 22), "  ", "act"),
        (RoundDate.DUE, date(2026, 12, 26), "приказ № 15", "locks_on"),
        (RoundDate.DUE, date(2026, 11, 21), "приказ № 15", "due_on"),
        (RoundDate.LATE, date(2026, 12, 24), "приказ № 15", "late_until"),
        (RoundDate.DUE, held.due_on, "приказ № 15", "due_on"),
    ):
        with pytest.raises(Invalid) as refused:
            rounds.move_date(session, person, held, what, day, act=act, now=NOW)
        assert refused.value.field == field
    moved = rounds.move_dates(
        session,
        person,
        held,
        {
            RoundDate.DUE: date(2027, 1, 20),
            RoundDate.LOCK: date(2027, 1, 25),
            RoundDate.LATE: date(2027, 2, 1),
        },
        act=" приказ № 15 от 22.11.2026 ",
        reason="карантин",
        now=NOW,
    )
    assert [(one.what, one.before, one.after) for one in moved] == [
        (RoundDate.DUE, date(2026, 12, 20), date(2027, 1, 20)),
        (RoundDate.LOCK, date(2026, 12, 25), date(2027, 1, 25)),
        (RoundDate.LATE, None, date(2027, 2, 1)),
    ]
    assert {(one.act, one.reason, one.changed_by) for one in moved} == {
        ("приказ № 15 от 22.11.2026", "карантин", person.signature)
    }
    session.commit()
    # Whoever is in the round reads by what act; nobody beside.
    assert len(work("school").scalars(select(RoundDateChange)).all()) == 3
    assert work("foreign_school").scalars(select(RoundDateChange)).all() == []
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "amend")).all()
    assert [row.note for row in told] == ["приказ № 15 от 22.11.2026"]


def test_units_are_added_by_an_act(work, actor, engine, world):
    framework_id, _ = build_framework(engine, world)
    session, held = draft(work, actor, framework_id, clauses=[(Kind.SCHOOLS_OF, world.units["municipality"])])
    person = actor("region")
    assert opened(session, person, held) == 2
    late, foreign = world.units["school_b"], world.units["foreign_school"]
    for units, act, field in (
        ([late], "", "act"),
        ([], "приказ № 16", "units"),
        ([foreign], "приказ № 16", "units"),
        ([world.units["provider"]], "приказ № 16", "units"),
        ([late, world.units["school"]], "приказ № 16", "units"),
    ):
        with pytest.raises(Invalid) as refused:
            rounds.add_units(session, person, held, units, act=act, today=TODAY)
        assert refused.value.field == field
    assert rounds.add_units(session, person, held, [late], act="приказ № 16", today=TODAY) == 1
    sheet = session.scalars(select(Assessment).where(Assessment.org_unit_id == late)).one()
    assert (sheet.to_answer, sheet.municipality_id) == (3, world.units["municipality2"])
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "amend")).one()
    assert told.note == "приказ № 16. Добавлены: МБОУ СОШ «school_b»"
    with pytest.raises(NotPermitted):
        rounds.add_units(work("municipality"), actor("municipality"), held, [late], act="приказ № 1", today=TODAY)


def test_a_late_permit_opens_the_window_of_one_unit(work, actor, engine, world):
    days = {"due_on": date(2026, 11, 1), "locks_on": date(2026, 11, 10), "late_until": date(2026, 12, 1)}
    held = hold_round(engine, world, **days)
    beside = hold_round(engine, world, framework=(held.framework_id, held.criteria), title="Другой", **days)
    session, person = work("region"), actor("region")
    row = session.get_one(MonitoringRound, held.round_id)
    school, school2 = world.units["school"], world.units["school2"]

    def grant(unit_id=school, until=date(2026, 11, 30), reason="пожар", by=person, in_session=session):
        return late_permit.grant(in_session, by, row, unit_id, until=until, reason=reason, now=NOW, today=TODAY)

    for until, field in ((date(2026, 12, 2), "until"), (date(2026, 11, 10), "until"), (date(2026, 11, 21), "until")):
        with pytest.raises(Invalid) as refused:
            grant(until=until)
        assert refused.value.field == field
    with pytest.raises(Invalid, match="почему"):
        grant(reason=" ")
    with pytest.raises(NotFound):
        grant(world.units["school_b"])
    with pytest.raises(NotPermitted):
        grant(by=actor("municipality"), in_session=work("municipality"))
    with pytest.raises(WrongState):
        round_window.require_open(session, row, school, today=TODAY)
    permit = grant()
    assert (permit.granted_by, permit.granted_at) == (person.signature, NOW)
    # A second one replaces the first.
    assert grant(until=date(2026, 11, 25), reason="дольше не нужно").id == permit.id
    windows = round_window.windows(session, row, (school, school2), TODAY)
    assert (windows[school].until, windows[school2].closed) == (date(2026, 11, 25), True)
    other = session.get_one(MonitoringRound, beside.round_id)
    assert round_window.window_of(session, other, school, today=TODAY).closed
    late_permit.revoke(session, person, row, permit.id)
    assert round_window.window_of(session, row, school, today=TODAY).closed
    assert session.scalars(select(LatePermit)).all() == []
    session.rollback()
    fill_sheet(engine, world, held, "school2", {"Г1": "1"}, status=AssessmentStatus.ACCEPTED)
    with pytest.raises(WrongState, match="разрешение не нужно"):
        grant(school2)


def test_a_round_is_closed_and_reopened_with_a_reason(work, actor, engine, world):
    held = hold_round(engine, world)
    session, person = work("region"), actor("region")
    row = session.get_one(MonitoringRound, held.round_id)
    rounds.close(session, person, row, now=NOW)
    assert (row.status, row.closed_at) == (RoundStatus.CLOSED, NOW)
    assert round_window.window_of(session, row, world.units["school"], today=TODAY).closed
    with pytest.raises(Invalid):
        rounds.reopen(session, person, row, note=" ")
    session.expire(row)
    rounds.reopen(session, person, row, note="не все сдали")
    assert (row.status, row.closed_at) == (RoundStatus.OPEN, None)
