"""One cause for many findings at once, with a verdict for each."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import Finding
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services.act_on_many import Chosen, Verdict, act_on_each, held
from app.services.finding import require_analysis, require_version
from app.services.finding_cause import cause_of


def give_cause(session: Session, actor: Actor, chosen: Chosen, *, cause_id: int) -> list[Verdict]:
    """What was told of the cause before is replaced, the whys stay. A refused row leaves the others done.

    `chosen` are (number, the version that the person saw). Raises NotFound for a finding outside the scope, Invalid.
    """
    actor.require(Permission.FINDING_WRITE)
    cause = cause_of(session, cause_id)
    if not cause.is_active:
        raise Invalid("Эта причина больше не предлагается: выберите другую.", field="cause_id")

    def one(finding: Finding, version: int | None) -> None:
        require_version(finding, version)
        require_analysis(finding, actor)
        finding.cause_id = cause.id
        session.flush()

    return act_on_each(session, held(session, Finding, chosen), chosen, one, done="Причина записана")
