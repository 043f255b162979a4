"""A finding: открыт → устранён; снят. Closed above the unit that has it, or by whoever found it."""

from __future__ import annotations

from app.models import Finding
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import FindingStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.scope import contains
from app.workflows.engine import Workflow, transition


def by_finder_or_above(finding: Finding, actor: Actor) -> str | None:
    """What was seen from above is not taken off below; what a unit found in itself is its own."""
    if not contains(actor, finding):
        return "Это может организация, которая нашла недостаток, или вышестоящая."
    if actor.unit_kind is UnitKind.REGION or finding.found_by_unit_id == actor.unit_id:
        return None
    seen_below = finding.found_by_unit_id == finding.org_unit_id
    if actor.unit_id != finding.org_unit_id and (seen_below or actor.unit_id == finding.municipality_id):
        # A municipality over its schools; what the region found stays the region's.
        return None if finding.found_by_unit_id != finding.region_id else REGIONAL
    return "Это может организация, которая нашла недостаток, или вышестоящая."


REGIONAL = "Недостаток нашёл регион: снять или закрыть его может регион."
CLOSE = Permission.FINDING_CLOSE
WORKFLOW = Workflow(
    transition("resolve", "Отметить устранённым", (Status.OPEN,), Status.RESOLVED, CLOSE, who=by_finder_or_above),
    transition("dismiss", "Снять", (Status.OPEN,), Status.DISMISSED, CLOSE, who=by_finder_or_above, note_required=True),
    transition(
        "reopen",
        "Открыть снова",
        (Status.RESOLVED, Status.DISMISSED),
        Status.OPEN,
        CLOSE,
        who=by_finder_or_above,
        note_required=True,
    ),
)
