"""Proof as a form brings it, and as its list names what stands already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.admin.uploads import taken_in
from app.forms.evidence import ProofForm
from app.models import Evidence
from app.models.enumeration import EvidenceKind
from app.services import evidence
from app.services.evidence import TypedEvidence
from app.services.evidence_expiry import word
from app.web.session import guarded, today


def typed_evidence(form: ProofForm) -> list[TypedEvidence]:
    """Files and a link become pieces of their own; what was chosen from the list is taken as it is."""
    described = {
        "kind": EvidenceKind(form.evidence_kind.data) if form.evidence_kind.data else EvidenceKind.OTHER,
        "title": form.evidence_title.data or "",
        "number": form.evidence_number.data or "",
        "dated_on": form.evidence_dated_on.data,
        "valid_until": form.evidence_valid_until.data,
    }
    pieces = [TypedEvidence(file=stored, **described) for stored in taken_in("evidence")]
    if form.url.data and form.url.data.strip():
        pieces.append(TypedEvidence(url=form.url.data, **described))
    return [*pieces, *(TypedEvidence(existing_id=number) for number in form.existing.data or [] if number)]


def known_by(piece: Evidence, day: date | None = None) -> str:
    """A file and a link of one document carry one label: the name of the file or the address tells them apart."""
    where = piece.revisions[-1].file_name if piece.revisions else piece.url
    told = piece.label if where in {"", piece.title} else f"{piece.label} · {where}"
    expiry = word(piece.valid_until, day)[0] if day is not None else ""
    return f"{told} · {expiry}" if expiry else told


def offer_existing(form: ProofForm, unit_id: int, without: Collection[int] = ()) -> None:
    """Fills «Приложенное раньше»: what is ticked already and the newest of the unit's; the rest is found by search."""
    ticked = [number for number in form.existing.data or [] if number]
    form.existing.choices = existing_choices(unit_id, "", ticked, without)
    form.existing_total = evidence.count_of(guarded(), unit_id)


def existing_choices(
    unit_id: int, query: str, ticked: Collection[int], without: Collection[int] = ()
) -> list[tuple[int, str]]:
    """Pieces of the unit by number, named as people know them."""
    return [
        (piece.id, known_by(piece, today())) for piece in evidence.choosable(guarded(), unit_id, query, ticked, without)
    ]
