"""The truth table of a sheet's life: every state × action × actor, written by hand beside the code's own table."""

from __future__ import annotations

import itertools

import pytest

from app.models import Assessment, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import Duty, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import NotPermitted, WrongState
from app.services import assessment as assessments
from app.workflows.assessment import WORKFLOW

REGION, TOWN, OTHER_TOWN, SCHOOL, OTHER_SCHOOL, REGIONAL_SCHOOL, FOREIGN = 1, 2, 3, 4, 5, 6, 9
SUBMITTER = 40
ALL = frozenset(Duty)
OPERATOR, APPROVER, OBSERVER = [Duty.OPERATOR], [Duty.APPROVER], [Duty.OBSERVER]


def person(unit: int, kind: UnitKind, *, user: int, duties=ALL) -> Actor:
    region = FOREIGN if unit == FOREIGN else REGION
    town = {SCHOOL: TOWN, OTHER_SCHOOL: OTHER_TOWN, TOWN: TOWN, OTHER_TOWN: OTHER_TOWN}.get(unit, region)
    return Actor(user, "кто-то", unit, kind, "", region, town, duties=frozenset(duties))


ABOVE_AND_BESIDE = {
    "the town": person(TOWN, UnitKind.MUNICIPALITY, user=20),
    "the town's operator": person(TOWN, UnitKind.MUNICIPALITY, user=21, duties=OPERATOR),
    "the town's observer": person(TOWN, UnitKind.MUNICIPALITY, user=22, duties=OBSERVER),
    "the submitter in the town": person(TOWN, UnitKind.MUNICIPALITY, user=SUBMITTER),
    "the region": person(REGION, UnitKind.REGION, user=10),
    "the region's operator": person(REGION, UnitKind.REGION, user=11, duties=OPERATOR),
    "the submitter in the region": person(REGION, UnitKind.REGION, user=SUBMITTER),
    "the school": person(SCHOOL, UnitKind.SCHOOL, user=60),
    "a school beside": person(OTHER_SCHOOL, UnitKind.SCHOOL, user=50),
    "a town beside": person(OTHER_TOWN, UnitKind.MUNICIPALITY, user=30),
    "a foreign region": person(FOREIGN, UnitKind.REGION, user=90),
    "nobody": Actor(99, "никто"),
    "an administrator": Actor(98, "администратор", is_installation_admin=True),
}


def own(unit: int, kind: UnitKind) -> dict[str, Actor]:
    return {
        "own operator": person(unit, kind, user=SUBMITTER, duties=OPERATOR),
        "own approver": person(unit, kind, user=SUBMITTER, duties=APPROVER),
        "own observer": person(unit, kind, user=43, duties=OBSERVER),
        "own expert": person(unit, kind, user=44, duties=[Duty.EXPERT]),
        "own unit admin": person(unit, kind, user=45, duties=[Duty.UNIT_ADMIN]),
    }


# Whose sheet: its unit, and those who stand to it as the table says.
SHEETS = {
    "school": (SCHOOL, TOWN, UnitKind.SCHOOL, ABOVE_AND_BESIDE | own(SCHOOL, UnitKind.SCHOOL)),
    "municipal": (TOWN, TOWN, UnitKind.MUNICIPALITY, ABOVE_AND_BESIDE | own(TOWN, UnitKind.MUNICIPALITY)),
    "regional school": (
        REGIONAL_SCHOOL,
        REGION,
        UnitKind.SCHOOL,
        ABOVE_AND_BESIDE | own(REGIONAL_SCHOOL, UnitKind.SCHOOL),
    ),
}
SENDS = {
    "school": {"own approver", "the school"},
    # Those who check schools send the sheet of their own town, and check it not.
    "municipal": {"own approver", "the town", "the submitter in the town"},
    "regional school": {"own approver"},
}
CHECKS = {
    "school": {"the town", "the region", "the submitter in the town", "the submitter in the region"},
    "municipal": {"the region", "the submitter in the region"},
    "regional school": {"the region", "the submitter in the region"},
}
APPROVES = {"the region", "the submitter in the region"}
SUBMITTERS = {"the submitter in the town", "the submitter in the region"}
# action: (states, who by kind of sheet, where it leads).
TABLE = {
    "submit": ({Status.DRAFT, Status.RETURNED}, SENDS, Status.SUBMITTED),
    "recall": ({Status.SUBMITTED}, SENDS, Status.DRAFT),
    "return": ({Status.SUBMITTED, Status.ACCEPTED}, CHECKS, Status.RETURNED),
    "accept": ({Status.SUBMITTED}, {kind: who - SUBMITTERS for kind, who in CHECKS.items()}, Status.ACCEPTED),
    "approve": ({Status.ACCEPTED}, dict.fromkeys(SHEETS, APPROVES - SUBMITTERS), Status.APPROVED),
    "unapprove": ({Status.APPROVED}, dict.fromkeys(SHEETS, APPROVES), Status.ACCEPTED),
    "excuse": ({Status.DRAFT, Status.RETURNED}, CHECKS, Status.EXCUSED),
    "summon": ({Status.EXCUSED}, CHECKS, Status.DRAFT),
}
CASES = [
    (sheet, action, status, who)
    for sheet, (_, _, _, actors) in SHEETS.items()
    for action, status, who in itertools.product(TABLE, Status, actors)
]


def sheet_of(kind: str, status: Status) -> Assessment:
    unit, town, sheet_kind, _ = SHEETS[kind]
    return Assessment(
        id=7, org_unit_id=unit, region_id=REGION, municipality_id=town, sheet_kind=sheet_kind, status=status,
        submitted_by_id=SUBMITTER,
    )  # fmt: skip


def test_truth_table():
    for kind, action, status, who in CASES:
        states, people, target = TABLE[action]
        record, actor = sheet_of(kind, status), SHEETS[kind][3][who]
        allowed = status in states and who in people[kind]
        told = f"{action} of a {kind} sheet that is {status.value} by {who}"
        assert WORKFLOW.allows(action, record, actor) is allowed, told
        if allowed:
            WORKFLOW.apply(action, record, actor, note="потому что")
            assert record.status is target, told
            assert record.pending_action == (action, "потому что"), told
        else:
            with pytest.raises((NotPermitted, WrongState)):
                WORKFLOW.apply(action, record, actor, note="потому что")
            assert record.status is status, told


def test_the_table_names_every_transition():
    assert {step.action for step in WORKFLOW} == set(TABLE)


def test_what_takes_a_sheet_back_wants_a_reason():
    assert {step.action for step in WORKFLOW if step.note_required} == {"return", "unapprove", "excuse", "summon"}


@pytest.mark.parametrize("is_municipal", [False, True])
def test_actions_in_a_round_of_either_kind(is_municipal):
    """In a municipality's own round approval does not exist, though the life cycle knows it."""
    held = MonitoringRound(is_municipal=is_municipal, status=RoundStatus.OPEN)
    for status, (who, actor) in itertools.product(Status, SHEETS["school"][3].items()):
        offered = {step.action for step in assessments.actions(sheet_of("school", status), held, actor)}
        expected = {
            action for action, (states, people, _) in TABLE.items() if status in states and who in people["school"]
        }
        assert offered == (expected - {"approve", "unapprove"} if is_municipal else expected), (status, who)


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.CLOSED])
def test_nothing_is_offered_in_a_round_that_is_not_open(status):
    held = MonitoringRound(status=status, is_municipal=False)
    for state, actor in itertools.product(Status, SHEETS["school"][3].values()):
        assert assessments.actions(sheet_of("school", state), held, actor) == ()
