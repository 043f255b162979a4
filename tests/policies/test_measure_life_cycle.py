"""Who may do what with a measure, and with a finding, by its state: the whole table of both life cycles."""

from __future__ import annotations

from itertools import product

import pytest

from app.models import CorrectiveMeasure, Finding
from app.models.enumeration_of_measures import FindingStatus as F
from app.models.enumeration_of_measures import MeasureStatus as S
from app.workflows.corrective_measure import WORKFLOW
from app.workflows.finding import WORKFLOW as FINDINGS

pytestmark = pytest.mark.once

PEOPLE = (
    *("school", "school2", "municipality", "colleague", "municipality2", "region", "observer"),
    *(
        "provider",
        "regional_school",
        "foreign_region",
        "foreign_municipality",
        "foreign_school",
        "unit_admin",
        "nobody",
    ),
)
LIVE = (S.PLANNED, S.IN_PROGRESS, S.NOT_VERIFIED)
CARRIES = {
    S.PLANNED: {"start"},
    S.IN_PROGRESS: {"finish"},
    S.DONE: {"withdraw"},
    S.NOT_VERIFIED: {"resume"},
}
VERIFIES = {S.DONE: {"verify", "refuse"}, S.VERIFIED: {"unverify"}}
CANCELS = {status: {"cancel"} for status in LIVE}


def merged(*parts):
    return {status: set().union(*(part.get(status, set()) for part in parts)) for status in S}


def scope_of(world, unit):
    if unit == "region":
        return world.units["region"], world.units["region"]
    above = {"regional_school": "region", "provider": "region"}.get(unit)
    town = above or (unit if unit.startswith("municipality") else "municipality")
    return world.units["region"], world.units[town]


# (who carries it out, who planned it, who reported it done) → what each login may do; nobody else anything.
MEASURES = {
    ("school", "school", "school"): {
        "school": merged(CARRIES, CANCELS),
        "municipality": merged(VERIFIES, CANCELS),
        "colleague": merged(VERIFIES, CANCELS),
        "region": merged(CANCELS),
    },
    # Set by the municipality: the school carries it out and does not call it off; its planner does not verify it.
    ("school", "municipality", "school"): {
        "school": merged(CARRIES),
        "municipality": merged(CANCELS, {S.VERIFIED: {"unverify"}}),
        "colleague": merged(VERIFIES, CANCELS),
        "region": merged(CANCELS),
    },
    # Set by the region for a school: the municipality verifies, only the region calls it off.
    ("school", "region", "school"): {
        "school": merged(CARRIES),
        "municipality": merged(VERIFIES),
        "colleague": merged(VERIFIES),
        "region": merged(CANCELS),
    },
    # A municipality's own: the region verifies.
    ("municipality", "municipality", "municipality"): {
        "municipality": merged(CARRIES, CANCELS),
        "colleague": merged(CARRIES, CANCELS),
        "region": merged(VERIFIES, CANCELS),
    },
    # Straight under the region.
    ("regional_school", "regional_school", "regional_school"): {
        "regional_school": merged(CARRIES, CANCELS),
        "region": merged(VERIFIES, CANCELS),
    },
    ("provider", "provider", "provider"): {
        "provider": merged(CARRIES, CANCELS),
        "region": merged(VERIFIES, CANCELS),
    },
    # The region's own: nobody is above it, and its author does not verify it.
    ("region", "region", "region"): {
        "region": merged(CARRIES, CANCELS, {S.VERIFIED: {"unverify"}}),
    },
}


def test_the_life_of_a_measure_is_this_table(world, actor):
    actors = {login: actor(login) for login in PEOPLE}
    for (carrier, planner, finisher), may in MEASURES.items():
        region_id, municipality_id = scope_of(world, carrier)
        for login, status in product(PEOPLE, S):
            one = CorrectiveMeasure(
                status=status,
                org_unit_id=world.units[carrier],
                region_id=region_id,
                municipality_id=municipality_id,
                made_by_unit_id=world.units[planner],
                made_by_id=world.users[planner],
                finished_by_id=world.users[finisher],
            )
            found = {step.action for step in WORKFLOW.possible(one, actors[login])}
            expected = may.get(login, {}).get(status, set())
            assert found == expected, (carrier, planner, login, status)


def test_another_person_of_the_region_verifies_what_the_region_did_itself(world, actor):
    region = world.units["region"]
    one = CorrectiveMeasure(
        status=S.DONE,
        org_unit_id=region,
        region_id=region,
        municipality_id=region,
        made_by_unit_id=region,
        made_by_id=world.users["nobody"],
        finished_by_id=world.users["admin"],
    )
    assert WORKFLOW.allows("verify", one, actor("region"))
    one.finished_by_id = world.users["region"]
    assert not WORKFLOW.allows("verify", one, actor("region"))
    assert not WORKFLOW.allows("verify", one, actor("observer"))


CLOSED = {F.OPEN: {"resolve", "dismiss"}, F.RESOLVED: {"reopen"}, F.DISMISSED: {"reopen"}}
# (whose finding, who found it) → who may close and open it.
FINDING_CASES = {
    # What a unit found in itself is its own, and of those above it.
    ("school", "school"): {"school", "municipality", "colleague", "region"},
    # What was seen from above is not taken off below.
    ("school", "municipality"): {"municipality", "colleague", "region"},
    ("school", "region"): {"region"},
    ("municipality", "municipality"): {"municipality", "colleague", "region"},
    ("municipality", "region"): {"region"},
    ("provider", "provider"): {"provider", "region"},
    ("provider", "region"): {"region"},
}


def test_the_life_of_a_finding_is_this_table(world, actor):
    actors = {login: actor(login) for login in PEOPLE}
    for (unit, finder), closers in FINDING_CASES.items():
        region_id, municipality_id = scope_of(world, unit)
        for login, status in product(PEOPLE, F):
            one = Finding(
                status=status,
                org_unit_id=world.units[unit],
                region_id=region_id,
                municipality_id=municipality_id,
                found_by_unit_id=world.units[finder],
            )
            found = {step.action for step in FINDINGS.possible(one, actors[login])}
            expected = CLOSED[status] if login in closers else set()
            assert found == expected, (unit, finder, login, status)
