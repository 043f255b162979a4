from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.models import Assessment, AuditEvent, MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus, RoundStatus
from app.services import org_unit
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.round_world import TODAY


def test_a_closed_school_is_excused_where_it_owes_a_sheet(work, actor, engine, world):
    running = hold_round(engine, world)
    past = hold_round(engine, world, framework=(running.framework_id, running.criteria), status=RoundStatus.CLOSED)
    sent = hold_round(engine, world, framework=(running.framework_id, running.criteria), title="Отправленный")
    fill_sheet(engine, world, sent, "school", {"Г1": "1"}, status=AssessmentStatus.SUBMITTED)
    session = work("municipality")
    org_unit.close(
        session,
        actor("municipality"),
        session.get_one(OrgUnit, world.units["school"]),
        closed_on=TODAY,
        successor=None,
        pass_on=False,
        reason="Постановление № 5",
        today=TODAY,
    )
    session.commit()

    def state(held, unit):
        sheet = session.get_one(Assessment, held.assessments[unit])
        return sheet.status, sheet.excused_reason

    assert state(running, "school") == (AssessmentStatus.EXCUSED, "Организация закрыта: Постановление № 5")
    # What was sent can be checked; a finished round does not change; the school beside fills in its own.
    assert state(sent, "school")[0] is AssessmentStatus.SUBMITTED
    assert state(past, "school")[0] is state(running, "school2")[0] is AssessmentStatus.DRAFT
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "excuse")).one()
    assert (told.record_id, told.actor_name) == (running.assessments["school"], "Сотрудник municipality")


def test_a_moved_school_takes_its_sheet_along(work, actor, engine, world):
    held = hold_round(engine, world, units=("school", "school2"))
    fill_sheet(engine, world, held, "school", {"Г1": "1"})
    assert work("municipality2").get(MonitoringRound, held.round_id) is None
    session = work("region")
    org_unit.move(
        session,
        actor("region"),
        session.get_one(OrgUnit, world.units["school"]),
        new_parent=session.get_one(OrgUnit, world.units["municipality2"]),
        moved_on=TODAY - timedelta(days=1),
        basis="Постановление № 6",
        today=TODAY,
    )
    session.commit()
    taken = work("municipality2").get(Assessment, held.assessments["school"])
    assert taken is not None
    assert (taken.answered, taken.municipality_id) == (1, world.units["municipality2"])
    assert work("municipality2").get(MonitoringRound, held.round_id) is not None
    assert work("municipality").get(Assessment, held.assessments["school"]) is None
    assert work("municipality").get(Assessment, held.assessments["school2"]) is not None
