"""The scan of a document on training: one piece of evidence, in the unit of the person where the actor reaches it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Certificate, Evidence, OrgUnit
from app.models.enumeration import EvidenceKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services.certificate import may_change, the_one
from app.services.evidence import TypedEvidence, gathered
from app.workflows.certificate import by_enterer


def may_attach(certificate: Certificate, actor: Actor) -> bool:
    """While the document may be changed; to a confirmed one that has none, whoever entered it adds it later."""
    lacks = certificate.evidence_id is None and certificate.issuer_unit_id is None
    enters = actor.may(Permission.CERTIFICATE_WRITE) and by_enterer(certificate, actor) is None
    return may_change(certificate, actor) or (lacks and enters)


def attach(
    session: Session, actor: Actor, certificate: Certificate, typed: TypedEvidence, *, now: datetime
) -> Evidence:
    """In place of the scan before, which stays among the unit's evidence. Raises NotPermitted, WrongState, Invalid."""
    actor.require(Permission.CERTIFICATE_WRITE)
    found = the_one(session, certificate.id)
    if not may_attach(found, actor):
        if found.evidence_id is not None:
            raise WrongState("Скан уже приложен, а документ подтверждён: заменить его можно, сняв подтверждение.")
        raise NotPermitted("Скан прикладывает организация, которая внесла документ, или вышестоящая.")
    if typed.file is None and not typed.url.strip():
        raise Invalid("Приложите файл скана или вставьте ссылку на него.", field="scan")
    home = session.get(OrgUnit, found.org_unit_id)
    unit_id = home.id if home is not None else actor.unit_id or 0
    named = replace(
        typed,
        kind=EvidenceKind.CERTIFICATE,
        title=found.document_kind.label.capitalize(),
        number=" ".join(part for part in (found.series, found.number) if part),
        dated_on=found.issued_on,
        existing_id=None,
    )
    [piece] = gathered(session, actor, unit_id, [named], now=now)
    found.evidence_id = piece.id
    found.pending_action = ("attach", "")
    session.flush()
    return piece


def scan_of(session: Session, certificate: Certificate) -> Evidence | None:
    """None where there is no scan, or where it stands in another unit's part of the tree."""
    return session.get(Evidence, certificate.evidence_id) if certificate.evidence_id is not None else None
