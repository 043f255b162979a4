"""One cause for many findings at once, with a verdict for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Finding
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal
from app.services.finding import Verdict, require_analysis, require_version
from app.services.finding_cause import cause_of


def give_cause(
    session: Session, actor: Actor, chosen: Sequence[tuple[int, int | None]], *, cause_id: int
) -> list[Verdict]:
    """What was told of the cause before is replaced, the whys stay. A refused row leaves the others done.

    `chosen` are (number, the version that the person saw). Raises NotFound for a finding outside the scope, Invalid.
    """
    actor.require(Permission.FINDING_WRITE)
    cause = cause_of(session, cause_id)
    if not cause.is_active:
        raise Invalid("Эта причина больше не предлагается: выберите другую.", field="cause_id")
    wanted = dict(chosen)
    held = select(Finding).where(Finding.id.in_(wanted)).order_by(Finding.id).with_for_update()
    found = {one.id: one for one in session.scalars(held.execution_options(populate_existing=True))}
    if len(found) != len(wanted):
        raise NotFound
    verdicts = []
    for number, version in wanted.items():
        finding = found[number]
        try:
            require_version(finding, version)
            require_analysis(finding, actor)
        except Refusal as refusal:
            verdicts.append(Verdict(number, finding.label, False, refusal.sentence))
        else:
            # All that can be refused is refused above: the rows are held, and nothing between can fail one of them.
            finding.cause_id = cause.id
            verdicts.append(Verdict(number, finding.label, True, "Причина записана"))
    session.flush()
    return verdicts
