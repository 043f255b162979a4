"""Proof under a measure: pieces of the unit that carries it out, put there and taken away while it is live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import CorrectiveMeasure, Evidence, MeasureEvidence
from app.models.corrective_measure import LIVE_STATUSES
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, NotPermitted, Refusal, WrongState
from app.services import evidence as proof
from app.services.evidence import TypedEvidence
from app.services.measure_access import the_one
from app.workflows.corrective_measure import by_carrier

MOST_EVIDENCE = 30


def attach(
    session: Session,
    actor: Actor,
    measure: CorrectiveMeasure,
    evidence: Sequence[TypedEvidence],
    *,
    now: datetime,
) -> list[Evidence]:
    """Raises NotPermitted, WrongState, Invalid, NotFound (a foreign piece)."""
    actor.require(Permission.MEASURE_WRITE)
    found = the_one(session, measure.id)
    _require(found, actor)
    pieces = proof.gathered(session, actor, found.org_unit_id, evidence, now=now)
    if not pieces:
        raise Invalid("Приложите файл или вставьте ссылку.", field="evidence")
    put_under(session, found, pieces)
    return pieces


def detach(session: Session, actor: Actor, measure: CorrectiveMeasure, evidence_id: int) -> None:
    """Takes a piece away from the measure; the piece itself stays the unit's. Raises NotFound."""
    actor.require(Permission.MEASURE_WRITE)
    found = the_one(session, measure.id)
    _require(found, actor)
    link = session.scalar(
        select(MeasureEvidence).where(
            MeasureEvidence.measure_id == found.id, MeasureEvidence.evidence_id == evidence_id
        )
    )
    if link is None:
        raise NotFound
    session.delete(link)
    session.flush()


def may_attach(measure: CorrectiveMeasure, actor: Actor) -> bool:
    return actor.may(Permission.MEASURE_WRITE) and _obstacle(measure, actor) is None


def _require(measure: CorrectiveMeasure, actor: Actor) -> None:
    refusal = _obstacle(measure, actor)
    if refusal is not None:
        raise refusal


def _obstacle(measure: CorrectiveMeasure, actor: Actor) -> Refusal | None:
    sentence = by_carrier(measure, actor)
    if sentence is not None:
        return NotPermitted(sentence)
    if measure.status not in LIVE_STATUSES:
        return WrongState(
            f"Мера «{measure.status.label}»: подтверждения меняют, пока она не выполнена. Верните её в работу."
        )
    return None


def put_under(session: Session, measure: CorrectiveMeasure, pieces: Sequence[Evidence]) -> None:
    """Those that already lie there are left alone. Raises Invalid over the limit."""
    session.flush()
    lying = set(session.scalars(select(MeasureEvidence.evidence_id).where(MeasureEvidence.measure_id == measure.id)))
    fresh = [number for number in dict.fromkeys(piece.id for piece in pieces) if number not in lying]
    if len(lying) + len(fresh) > MOST_EVIDENCE:
        raise Invalid(f"У меры может быть не больше {MOST_EVIDENCE} подтверждений. Уберите лишние.", field="evidence")
    session.add_all(
        MeasureEvidence(org_unit_id=measure.org_unit_id, measure_id=measure.id, evidence_id=number) for number in fresh
    )
    session.flush()


def pieces_of(session: Session, measure_ids: Collection[int]) -> dict[int, list[Evidence]]:
    """The pieces in sight under each measure, with their files, by two statements."""
    rows = session.execute(
        select(MeasureEvidence.measure_id, Evidence)
        .join(Evidence, Evidence.id == MeasureEvidence.evidence_id)
        .where(MeasureEvidence.measure_id.in_(measure_ids))
        .options(selectinload(Evidence.revisions))
        .order_by(Evidence.id)
    )
    found: dict[int, list[Evidence]] = {number: [] for number in measure_ids}
    for number, piece in rows:
        found[number].append(piece)
    return found
