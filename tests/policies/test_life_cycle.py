"""The truth table of an assignment's life: every state × action × actor, written by hand beside the code's own table."""

from __future__ import annotations

import itertools

import pytest

from app.models import Assignment
from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import Duty, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import NotPermitted, WrongState
from app.workflows.assignment import WORKFLOW

REGION, TOWN, OTHER_TOWN, SCHOOL, OTHER_SCHOOL, FOREIGN = 1, 2, 3, 4, 5, 9
ALL = frozenset(Duty)


def person(unit: int, kind: UnitKind, *, user: int, duties=ALL) -> Actor:
    region = FOREIGN if unit == FOREIGN else REGION
    town = {SCHOOL: TOWN, OTHER_SCHOOL: OTHER_TOWN, TOWN: TOWN, OTHER_TOWN: OTHER_TOWN}.get(unit, region)
    return Actor(user, "кто-то", unit, kind, "", region, town, duties=frozenset(duties))


ACTORS = {
    "own": person(SCHOOL, UnitKind.SCHOOL, user=40),
    "own observer": person(SCHOOL, UnitKind.SCHOOL, user=41, duties=[Duty.OBSERVER]),
    "its town": person(TOWN, UnitKind.MUNICIPALITY, user=20),
    "its town's operator": person(TOWN, UnitKind.MUNICIPALITY, user=21, duties=[Duty.OPERATOR]),
    "its region": person(REGION, UnitKind.REGION, user=10),
    "the author in the town": person(TOWN, UnitKind.MUNICIPALITY, user=40),
    "a school beside": person(OTHER_SCHOOL, UnitKind.SCHOOL, user=50),
    "a town beside": person(OTHER_TOWN, UnitKind.MUNICIPALITY, user=30),
    "a foreign region": person(FOREIGN, UnitKind.REGION, user=90),
    "nobody": Actor(99, "никто"),
}
BEFORE_REPORT = {Status.ASSIGNED, Status.ACCEPTED, Status.RETURNED}
# action: (states, who may, where it leads). The school's assignment was given by its region.
TABLE = {
    "take": ({Status.ASSIGNED}, {"own"}, Status.ACCEPTED),
    "submit": (BEFORE_REPORT, {"own"}, Status.SUBMITTED),
    "acknowledge": (BEFORE_REPORT, {"own"}, Status.DONE),
    "recall": ({Status.SUBMITTED}, {"own"}, Status.ACCEPTED),
    "accept": ({Status.SUBMITTED}, {"its town", "its region"}, Status.DONE),
    "note_report": ({Status.SUBMITTED}, {"its town", "its region"}, Status.ACCEPTED),
    "return": ({Status.SUBMITTED}, {"its town", "its region", "the author in the town"}, Status.RETURNED),
    "reopen": (
        {Status.DONE, Status.OFF_CONTROL},
        {"its town", "its region", "the author in the town"},
        Status.ACCEPTED,
    ),
    "take_off_control": ({Status.DONE}, {"its region"}, Status.OFF_CONTROL),
    "withdraw": (BEFORE_REPORT | {Status.SUBMITTED}, {"its region"}, Status.WITHDRAWN),
}


def assignment(status: Status) -> Assignment:
    return Assignment(
        id=7, org_unit_id=SCHOOL, region_id=REGION, municipality_id=TOWN, given_by_id=REGION, status=status,
        submitted_by_id=40,
    )  # fmt: skip


@pytest.mark.parametrize(("action", "status", "who"), list(itertools.product(TABLE, Status, ACTORS)))
def test_truth_table(action, status, who):
    states, people, target = TABLE[action]
    record = assignment(status)
    allowed = status in states and who in people
    if action == "reopen" and status is Status.OFF_CONTROL:
        # What the region took off control only the region brings back.
        allowed = who == "its region"
    assert WORKFLOW.allows(action, record, ACTORS[who]) is allowed
    if allowed:
        WORKFLOW.apply(action, record, ACTORS[who], note="потому что")
        assert record.status is target
        assert record.pending_action == (action, "потому что")
    else:
        with pytest.raises((NotPermitted, WrongState)):
            WORKFLOW.apply(action, record, ACTORS[who], note="потому что")
        assert record.status is status


def test_the_table_names_every_transition():
    """What the code can do and this table does not tell is not tested; closing with the parent has its own test."""
    assert {step.action for step in WORKFLOW} - set(TABLE) <= {"withdraw_with_parent", "pass_on", "withdraw_closed"}
