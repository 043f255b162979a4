from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Assignment, AssignmentReport, AuditEvent, OrgUnit, TermExtension
from app.models.enumeration import AssignmentOrigin, AssignmentStatus, ExtensionStatus, ReportStatus
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services import org_unit
from tests.factories.order import Point, add_report, ask_extension, issue_order
from tests.services.test_org_unit import DUE, TODAY, issued, move, region

# The fixtures of the neighbouring file: the same two points over the same tree.
__all__ = ["issued", "region"]


def close(session, person, unit_id, **typed):
    given = {
        "closed_on": date(2026, 11, 20),
        "successor": None,
        "pass_on": False,
        "reason": "Постановление № 5",
        "today": TODAY,
        **typed,
    }
    return org_unit.close(session, person, session.get_one(OrgUnit, unit_id), **given)


def test_open_assignments_pass_to_the_successor(work, actor, world, engine, issued):
    session = work("municipality")
    old, other = issued.assignments["1", "school"], issued.assignments["2", "school"]
    report = add_report(engine, world, "school", old)
    extension = ask_extension(engine, world, "school", old)
    heir = session.get_one(OrgUnit, world.units["school2"])
    assert close(session, actor("municipality"), world.units["school"], successor=heir, pass_on=True) == 2
    session.commit()
    # On the first point the successor had its own already; the second came to it.
    for number in (old, other):
        row = session.get_one(Assignment, number)
        assert (row.status, row.withdrawn_on) == (AssignmentStatus.WITHDRAWN, TODAY)
        assert "Постановление № 5" in row.closing_reason
    rows = session.scalars(select(Assignment).where(Assignment.org_unit_id == heir.id).order_by(Assignment.id)).all()
    assert [(row.order_point_id, row.origin, row.due_on) for row in rows] == [
        (issued.points["1"], AssignmentOrigin.CASCADED, date(2026, 12, 1)),
        (issued.points["2"], AssignmentOrigin.PASSED_ON, DUE),
    ]
    assert rows[1].given_by_id == world.units["region"]
    assert session.get_one(AssignmentReport, report).status is ReportStatus.RECALLED
    assert session.get_one(TermExtension, extension).status is ExtensionStatus.CANCELLED
    decoy = work("region").get_one(Assignment, issued.assignments["2", "school_b"])
    assert decoy.status is AssignmentStatus.ASSIGNED
    told = session.scalars(
        select(AuditEvent).where(AuditEvent.record_type == "assignment", AuditEvent.action == "withdraw")
    ).all()
    assert {row.actor_name for row in told} == {"Сотрудник municipality"}


def test_a_child_of_a_cascade_stays_a_child_of_it(work, actor, world, engine):
    issued = issue_order(
        engine, world, points=(Point("1", DUE, {"municipality": {}, "school": {"parent": "municipality"}}),)
    )
    session = work("municipality")
    heir = session.get_one(OrgUnit, world.units["school2"])
    close(session, actor("municipality"), world.units["school"], successor=heir, pass_on=True)
    row = session.scalars(select(Assignment).where(Assignment.org_unit_id == heir.id)).one()
    assert (row.origin, row.parent_id) == (AssignmentOrigin.CASCADED, issued.assignments["1", "municipality"])


def test_open_assignments_are_withdrawn_by_choice(work, actor, world, issued):
    session = work("municipality")
    heir = session.get_one(OrgUnit, world.units["school2"])
    before = session.scalars(select(Assignment.id).where(Assignment.org_unit_id == heir.id)).all()
    assert close(session, actor("municipality"), world.units["school"], successor=heir) == 2
    assert session.scalars(select(Assignment.id).where(Assignment.org_unit_id == heir.id)).all() == before
    unit = session.get_one(OrgUnit, world.units["school"])
    assert (unit.closed_on, unit.successor_id) == (date(2026, 11, 20), heir.id)


def test_a_municipality_joined_to_another_takes_its_cascade_along(region, world, issued):
    """Its schools move first; what it had split among them follows to the successor's assignment."""
    session, person = region
    for school in ("school", "school2"):
        move(session, person, world.units[school], world.units["municipality2"])
    heir = session.get_one(OrgUnit, world.units["municipality2"])
    close(session, person, world.units["municipality"], successor=heir, pass_on=True)
    session.commit()
    child = session.get_one(Assignment, issued.assignments["1", "school"])
    assert child.parent_id == issued.assignments["1", "municipality2"]
    assert child.status is AssignmentStatus.ASSIGNED


@pytest.mark.parametrize(
    ("unit", "typed", "refusal"),
    [
        ("municipality", {}, WrongState),
        ("school", {"closed_on": date(2026, 11, 22)}, Invalid),
        ("school", {"reason": ""}, Invalid),
        ("school", {"pass_on": True}, Invalid),
    ],
)
def test_a_closing_that_makes_no_sense_is_refused(region, world, unit, typed, refusal):
    session, person = region
    with pytest.raises(refusal):
        close(session, person, world.units[unit], **typed)


def test_a_successor_is_another_acting_unit_of_the_kind(region, world):
    session, person = region
    for heir in ("school", "municipality2", "provider"):
        with pytest.raises(Invalid):
            close(session, person, world.units["school"], successor=session.get_one(OrgUnit, world.units[heir]))


def test_nobody_closes_the_unit_where_they_stand(work, actor, world, region):
    session, person = region
    for school in ("school_b", "school_c"):
        close(session, person, world.units[school])
    session.commit()
    with pytest.raises(NotPermitted, match="вышестоящая"):
        close(work("municipality2"), actor("municipality2"), world.units["municipality2"])
    close(session, person, world.units["municipality2"])
    with pytest.raises(WrongState, match="уже закрыта"):
        close(session, person, world.units["municipality2"])
