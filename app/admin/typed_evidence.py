"""Proof as a form brings it, and as its list names what stands already."""

from __future__ import annotations

from app.admin.uploads import taken_in
from app.forms.evidence import ProofForm
from app.models import Evidence
from app.models.enumeration import EvidenceKind
from app.services.evidence import TypedEvidence


def typed_evidence(form: ProofForm) -> list[TypedEvidence]:
    """Files and a link become pieces of their own; what was chosen from the list is taken as it is."""
    described = {
        "kind": EvidenceKind(form.evidence_kind.data) if form.evidence_kind.data else EvidenceKind.OTHER,
        "title": form.evidence_title.data or "",
        "number": form.evidence_number.data or "",
        "dated_on": form.evidence_dated_on.data,
    }
    pieces = [TypedEvidence(file=stored, **described) for stored in taken_in("evidence")]
    if form.url.data and form.url.data.strip():
        pieces.append(TypedEvidence(url=form.url.data, **described))
    return [*pieces, *(TypedEvidence(existing_id=number) for number in form.existing.data or [] if number)]


def known_by(piece: Evidence) -> str:
    """A file and a link of one document carry one label: the name of the file or the address tells them apart."""
    where = piece.revisions[-1].file_name if piece.revisions else piece.url
    return piece.label if where in {"", piece.title} else f"{piece.label} · {where}"
