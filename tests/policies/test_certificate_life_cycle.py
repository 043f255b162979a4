"""Who may do what with a document on training, by its state."""

from __future__ import annotations

from itertools import product

import pytest

from app.models import Certificate
from app.models.enumeration_of_training import CertificateStatus as S
from app.workflows.certificate import WORKFLOW

pytestmark = pytest.mark.once

# Who may do what with a document that the school entered, by its state.
MAY = {
    ("school", S.ENTERED): {"annul"},
    ("school", S.REFUSED): {"annul", "resubmit"},
    ("municipality", S.ENTERED): {"confirm", "refuse", "annul"},
    ("municipality", S.REFUSED): {"annul"},
    ("municipality", S.CONFIRMED): {"unconfirm", "annul"},
    ("region", S.ENTERED): {"confirm", "refuse", "annul"},
    ("region", S.REFUSED): {"annul"},
    ("region", S.CONFIRMED): {"unconfirm", "annul"},
}


def test_the_life_of_a_document_is_this_table(world, actor):
    people = ("school", "municipality", "region", "colleague", "observer")
    actors = {login: actor(login) for login in people}
    for login, status in product(people, S):
        one = Certificate(
            status=status,
            entered_by_unit_id=world.units["school"],
            org_unit_id=world.units["school"],
            region_id=world.units["region"],
            municipality_id=world.units["municipality"],
        )
        found = {step.action for step in WORKFLOW.possible(one, actors[login])}
        assert found == MAY.get((login, status), set()), (login, status)
    # What the region enters it confirms itself; a municipality does not.
    for login, confirms in (("region", True), ("municipality", False)):
        one = Certificate(status=S.ENTERED, entered_by_unit_id=world.units[login], region_id=world.units["region"])
        assert WORKFLOW.allows("confirm", one, actors[login]) is confirms
    # What a provider issued only it, or the region, annuls; and nobody confirms it.
    one = Certificate(
        status=S.CONFIRMED,
        entered_by_unit_id=world.units["provider"],
        issuer_unit_id=world.units["provider"],
        region_id=world.units["region"],
    )
    found = {login: {step.action for step in WORKFLOW.possible(one, actor(login))} for login in ("provider", *people)}
    assert {login for login, acts in found.items() if acts == {"annul"}} == {"provider", "region"}
    assert not any(acts for login, acts in found.items() if login not in {"provider", "region"})
