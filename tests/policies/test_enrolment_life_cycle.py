"""The truth table of a trainee's way: every state × action × actor, written by hand beside the code's own table."""

from __future__ import annotations

from datetime import date

import pytest

from app.models import Enrolment
from app.models.enumeration import Duty, UnitKind
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.models.enumeration_of_training import TrainingResult
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.workflows.enrolment import WORKFLOW

pytestmark = pytest.mark.once

REGION, TOWN, SCHOOL, PROVIDER, OTHER_PROVIDER, FOREIGN = 1, 2, 3, 7, 8, 9
COORDINATOR = [Duty.TRAINING_COORDINATOR]
OTHERS = [Duty.OPERATOR, Duty.APPROVER, Duty.OBSERVER, Duty.EXPERT, Duty.UNIT_ADMIN]


def person(unit: int, kind: UnitKind, duties=COORDINATOR) -> Actor:
    return Actor(10 + unit, "кто-то", unit, kind, "", REGION, REGION, duties=frozenset(duties))


ACTORS = {
    "the school": person(SCHOOL, UnitKind.SCHOOL),
    "the town": person(TOWN, UnitKind.MUNICIPALITY),
    "the region": person(REGION, UnitKind.REGION),
    "the provider": person(PROVIDER, UnitKind.PROVIDER),
    "another provider": person(OTHER_PROVIDER, UnitKind.PROVIDER),
    "a foreign region": person(FOREIGN, UnitKind.REGION),
    "the school without the duty": person(SCHOOL, UnitKind.SCHOOL, OTHERS),
    "the provider without the duty": person(PROVIDER, UnitKind.PROVIDER, OTHERS),
    "the region without the duty": person(REGION, UnitKind.REGION, OTHERS),
    "nobody": Actor(99, "никто"),
    "an administrator": Actor(98, "администратор", is_installation_admin=True),
}
# The row scope has shown them the person already: a foreign region never gets as far as this.
SENDS = {"the school", "the town", "the region", "a foreign region"}
# Withdrawn by those whose the person is, or who stand over the sender.
SENT = SENDS - {"a foreign region"}
TEACHES = {"the provider", "the region"}
# action: (states, who, where it leads, whether it wants a reason).
TABLE = {
    "apply": ({Status.PLANNED, Status.WITHDRAWN, Status.REFUSED}, SENDS, Status.APPLIED, False),
    "queue": ({Status.PLANNED, Status.WITHDRAWN, Status.REFUSED}, SENDS, Status.WAITING, False),
    "withdraw": ({Status.PLANNED, Status.APPLIED, Status.WAITING}, SENT, Status.WITHDRAWN, True),
    "put_off": ({Status.APPLIED}, TEACHES, Status.WAITING, False),
    "admit": ({Status.WAITING}, TEACHES, Status.APPLIED, False),
    "refuse": ({Status.APPLIED, Status.WAITING}, TEACHES, Status.REFUSED, True),
    "enrol": ({Status.APPLIED}, TEACHES, Status.ENROLLED, False),
    "begin": ({Status.ENROLLED}, TEACHES, Status.STUDYING, False),
    "complete": ({Status.STUDYING}, TEACHES, Status.COMPLETED, False),
    "certify": ({Status.COMPLETED}, TEACHES, Status.CERTIFIED, False),
    "uncertify": ({Status.CERTIFIED}, TEACHES, Status.COMPLETED, True),
    "reopen": ({Status.COMPLETED, Status.DROPPED, Status.NO_SHOW}, TEACHES, Status.STUDYING, True),
    "drop": ({Status.ENROLLED, Status.STUDYING}, TEACHES, Status.DROPPED, True),
    "miss": ({Status.ENROLLED, Status.STUDYING}, TEACHES, Status.NO_SHOW, True),
}


def enrolment(status: Status, result: TrainingResult | None = TrainingResult.PASSED) -> Enrolment:
    return Enrolment(
        id=1,
        org_unit_id=SCHOOL,
        region_id=REGION,
        municipality_id=TOWN,
        provider_unit_id=PROVIDER,
        status=status,
        result=result,
        completed_on=date(2026, 12, 15) if result is TrainingResult.PASSED else None,
    )


def test_the_table_names_every_action():
    assert {step.action for step in WORKFLOW} == set(TABLE)


@pytest.mark.parametrize("action", TABLE)
def test_every_state_and_actor(action):
    states, who, target, reason = TABLE[action]
    for status in Status:
        for name, actor in ACTORS.items():
            record = enrolment(status)
            allowed = name in who and status in states
            assert WORKFLOW.allows(action, record, actor) is allowed, (action, status, name)
            if name not in who:
                with pytest.raises(NotPermitted):
                    WORKFLOW.apply(action, record, actor, note="причина")
            elif status not in states:
                with pytest.raises(WrongState):
                    WORKFLOW.apply(action, record, actor, note="причина")
            elif reason:
                with pytest.raises(Invalid):
                    WORKFLOW.apply(action, record, actor, note="  ")
            if not allowed or reason:
                assert record.status is status
            if allowed:
                WORKFLOW.apply(action, record, actor, note="причина")
                assert record.status is target
                assert record.pending_action == (action, "причина")


@pytest.mark.parametrize("result", [None, TrainingResult.FAILED])
def test_nobody_completes_without_passing(result):
    record = enrolment(Status.STUDYING, result)
    with pytest.raises(WrongState, match="зачтено"):
        WORKFLOW.apply("complete", record, ACTORS["the provider"])
    assert record.status is Status.STUDYING
