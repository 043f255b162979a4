"""When a person last took which list or annex away: their own acts, out of the journal that they may not read."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.policies.actor import Actor
from app.policies.unscoped import UNSCOPED

JOURNAL = cast(Table, AuditEvent.__table__)
ANNEX = "annex of an order"
ROUND_ANNEX = "annex of a round"
COVERAGE_ANNEX = "annex of a requirement"
# Taken as lists: they belong to no one record.
MEASURE_PLAN = "measure_plan"
MEASURE_SUMMARY = "measure_summary"
FINDING_REGISTER = "finding_register"
ANNEXES = {"order": ANNEX, "monitoring_round": ROUND_ANNEX, "training_requirement": COVERAGE_ANNEX}


def last_made(session: Session, actor: Actor) -> dict[str, datetime]:
    """The moment of the actor's own last export of a list, by its word, and of annexes (ANNEXES); of nobody else's."""
    own = (JOURNAL.c.action == "export", JOURNAL.c.actor_user_id == actor.user_id)
    # A list is no record: its rows stand under the actor's unit with the number 0.
    unit = JOURNAL.c.org_unit_id == actor.unit_id if actor.unit_id else JOURNAL.c.org_unit_id.is_(None)
    lists = (
        select(JOURNAL.c.record_type, func.max(JOURNAL.c.at).label("at"))
        .where(*own, unit, JOURNAL.c.record_id == 0)
        .group_by(JOURNAL.c.record_type)
    )
    found = {row.record_type: row.at for row in session.execute(lists, execution_options=UNSCOPED)}
    annexes = (
        select(JOURNAL.c.record_type, func.max(JOURNAL.c.at).label("at"))
        .where(*own, JOURNAL.c.record_type.in_(ANNEXES), JOURNAL.c.record_id > 0)
        .group_by(JOURNAL.c.record_type)
    )
    taken = session.execute(annexes, execution_options=UNSCOPED)
    return found | {ANNEXES[row.record_type]: row.at for row in taken}
