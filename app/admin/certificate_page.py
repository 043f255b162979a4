"""What the page of one document on training shows; everything was read within the actor's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.admin.cells import size_words
from app.admin.certificate_register import validity_word
from app.admin.record_history import history_of
from app.admin.unit_names import UNIT
from app.models import (
    Certificate,
    Enrolment,
    Evidence,
    EvidenceRevision,
    Programme,
    StaffMember,
    TrainingGroup,
    TrainingTopic,
)
from app.models.enumeration_of_training import CertificateStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import certificate as certificates
from app.services import certificate_scan
from app.services.certificate_examination import Remark, examine
from app.services.order_head import name_of
from app.workflows.certificate import WORKFLOW

OWN_WORDS = {"create": "Внесён", "issue": "Выдан", "change": "Изменён", "attach": "Приложен скан"}
# Numbers of rows say nothing to people, and the state is the act itself.
UNTOLD = frozenset(
    {
        *("status", "confirmed_at", "confirmed_by", "remark", "staff_member_id", "programme_id", "topic_id"),
        *("evidence_id", "enrolment_id", "issuer_unit_id", "entered_by_unit_id", "entered_by"),
    }
)


@dataclass(frozen=True, slots=True)
class CertificatePage:
    certificate: Certificate
    person: StaffMember
    unit_name: str
    entered_by_unit: str
    topic: str
    programme: Programme | None
    group: TrainingGroup | None
    scan: Evidence | None
    files: list[EvidenceRevision]
    remarks: list[Remark]
    actions: frozenset[str]
    may_change: bool
    may_attach: bool
    validity: tuple[str, str]
    history: list[dict[str, Any]]

    size_words = staticmethod(size_words)

    @property
    def other_actions(self) -> frozenset[str]:
        """Besides the one that stands above the page."""
        return self.actions - {"confirm"}

    @property
    def is_barred(self) -> bool:
        """An error keeps it from being confirmed."""
        return any(remark.is_error for remark in self.remarks)


def gather(session: GuardedSession, actor: Actor, certificate: Certificate, today: date) -> CertificatePage:
    person = certificates.person_of(session, certificate)
    enrolment = session.get(Enrolment, certificate.enrolment_id) if certificate.enrolment_id is not None else None
    scan = certificate_scan.scan_of(session, certificate)
    home, maker = unit_names(session, certificate)
    settled = certificate.status in {CertificateStatus.CONFIRMED, CertificateStatus.ANNULLED}
    ends = certificate.valid_until if certificate.status is CertificateStatus.CONFIRMED else None
    return CertificatePage(
        certificate=certificate,
        person=person,
        unit_name=home,
        entered_by_unit=maker,
        topic=_topic(session, certificate.topic_id),
        programme=session.get(Programme, certificate.programme_id) if certificate.programme_id is not None else None,
        group=session.get(TrainingGroup, enrolment.group_id) if enrolment is not None else None,
        scan=scan,
        files=list(scan.revisions) if scan is not None else [],
        remarks=[] if settled else examine(session, certificate, person, today=today, own_id=certificate.id),
        actions=offered(certificate, actor),
        may_change=certificates.may_change(certificate, actor),
        may_attach=certificate_scan.may_attach(certificate, actor) and actor.may(Permission.CERTIFICATE_WRITE),
        validity=validity_word(ends, today) if ends is not None else ("", ""),
        history=history_of(
            session, "certificate", certificate.id, actor.time_zone, words=OWN_WORDS, look="certificate", untold=UNTOLD
        ),
    )


def offered(certificate: Certificate, actor: Actor) -> frozenset[str]:
    """The acts that the actor may make now; the services ask again."""
    return frozenset(step.action for step in WORKFLOW.possible(certificate, actor))


def unit_names(session: GuardedSession, certificate: Certificate) -> tuple[str, str]:
    """Where the person works, and who entered the document: labels of a row in scope, whatever units they are."""
    home, maker = UNIT.alias("home_of_row"), UNIT.alias("maker_of_row")
    row = session.execute(
        select(name_of(home).label("home"), name_of(maker).label("maker"))
        .select_from(Certificate)
        .join(home, home.c.id == Certificate.org_unit_id)
        .join(maker, maker.c.id == Certificate.entered_by_unit_id)
        .where(Certificate.id == certificate.id)
    ).one()
    return row.home, row.maker


def _topic(session: GuardedSession, topic_id: int | None) -> str:
    if topic_id is None:
        return ""
    found = session.get(TrainingTopic, topic_id)
    return found.title if found is not None else ""
