"""What the card of one piece of proof shows; everything was read within the actor's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.admin.cells import size_words
from app.admin.record_history import history_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, with_unit_names
from app.models import Evidence, EvidenceRevision
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import clock, evidence_card
from app.services.evidence_use import SCORE, Use

ACTS = {"create": "Добавлено", "change": "Изменено"}


@dataclass(frozen=True, slots=True)
class EvidencePage:
    piece: Evidence
    unit_name: str
    municipality_name: str
    revisions: list[EvidenceRevision]
    uses: list[Use]
    may_change: bool
    today: date
    time_zone: str
    history: list[dict[str, Any]]

    size_words = staticmethod(size_words)

    def moment(self, revision: EvidenceRevision) -> str:
        return f"{clock.local(revision.uploaded_at, self.time_zone):%d.%m.%Y %H:%M}"

    @property
    def under_settled_sheet(self) -> bool:
        """A new file shows there as a change after the approval."""
        return any(use.kind == SCORE and use.settled for use in self.uses)


def gather(session: GuardedSession, actor: Actor, piece: Evidence, today: date) -> EvidencePage:
    statement = select(UNIT_NAME.label("unit"), MUNICIPALITY_NAME.label("town")).select_from(Evidence)
    named = session.execute(with_unit_names(statement, Evidence).where(Evidence.id == piece.id)).one()
    return EvidencePage(
        piece=piece,
        unit_name=named.unit,
        municipality_name=named.town,
        revisions=list(reversed(piece.revisions)),
        uses=evidence_card.uses_of(session, [piece.id]).get(piece.id, []),
        may_change=evidence_card.may_change(piece, actor),
        today=today,
        time_zone=actor.time_zone,
        history=history_of(session, "evidence", piece.id, actor.time_zone, words=ACTS),
    )
