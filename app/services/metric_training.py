"""Whether a unit's head or a deputy is trained: confirmed documents on topics that count in the monitoring.

Source of the rule: order 2.3 (a head or a deputy), product.md «Measured points»; how long a document holds comes from
the norm of its day of issue, and stands on the document as its last day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models import Certificate, StaffMember, StaffPosition, TrainingTopic
from app.models.enumeration_of_training import CertificateStatus, DocumentKind, PositionKind
from app.services.metric_row import CountedRow

RULE = (
    "Считаются подтверждённые и действующие документы руководителя и заместителей "
    "по темам, которые учитываются в мониторинге."
)
POSITIONS = (PositionKind.HEAD, PositionKind.DEPUTY)


def trained(session: Session, unit_ids: Sequence[int], today: date) -> Mapping[int, list[CountedRow]]:
    """By unit, every document of those who are its head or deputy on the day, or that there is none; one statement."""
    in_position = and_(
        StaffPosition.kind.in_(POSITIONS),
        or_(StaffPosition.started_on.is_(None), StaffPosition.started_on <= today),
        or_(StaffPosition.ended_on.is_(None), StaffPosition.ended_on >= today),
    )
    statement = (
        select(
            StaffPosition.org_unit_id.label("unit_id"),
            StaffPosition.kind.label("position_kind"),
            StaffPosition.title.label("position_title"),
            StaffMember.id.label("person_id"),
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            Certificate.id.label("certificate_id"),
            Certificate.document_kind,
            Certificate.number,
            Certificate.issued_on,
            Certificate.valid_until,
            Certificate.status,
            Certificate.topic_id,
            TrainingTopic.title.label("topic"),
            TrainingTopic.counts_in_monitoring,
        )
        .join(StaffMember, StaffMember.id == StaffPosition.staff_member_id)
        .outerjoin(
            Certificate,
            and_(
                Certificate.staff_member_id == StaffMember.id,
                Certificate.status != CertificateStatus.ANNULLED,
            ),
        )
        .outerjoin(TrainingTopic, TrainingTopic.id == Certificate.topic_id)
        .where(StaffPosition.org_unit_id.in_(unit_ids), in_position)
        .order_by(StaffPosition.kind.desc(), StaffMember.last_name, StaffMember.id, Certificate.issued_on.desc())
    )
    found: dict[int, list[CountedRow]] = {}
    told: set[tuple[int, int, int | None]] = set()
    for row in session.execute(statement):
        # Head and deputy of one unit at once: each document once.
        key = (row.unit_id, row.person_id, row.certificate_id)
        if key not in told:
            told.add(key)
            found.setdefault(row.unit_id, []).append(_row(row, today))
    return found


def _row(row: Any, today: date) -> CountedRow:
    name = " ".join(part for part in (row.last_name, row.first_name, row.patronymic) if part)
    who = f"{name}, {row.position_title or row.position_kind.label}"
    if row.certificate_id is None:
        none = "документов об обучении нет"
        return CountedRow(who, counts=False, why=none, unit_id=row.unit_id, staff_member_id=row.person_id)
    kind: DocumentKind = row.document_kind
    flaw = _flaw(row, today)
    return CountedRow(
        f"{who}: {kind.label} № {row.number} от {row.issued_on:%d.%m.%Y}",
        counts=not flaw,
        why=flaw,
        unit_id=row.unit_id,
        staff_member_id=row.person_id,
        certificate_id=row.certificate_id,
    )


def _flaw(row: Any, today: date) -> str:
    """Why the document does not count; nothing where it does."""
    if row.status is not CertificateStatus.CONFIRMED:
        return f"документ {row.status.label}"
    if row.topic_id is None:
        return "тема документа не указана"
    if not row.counts_in_monitoring:
        return f"тема «{row.topic}» в мониторинге не учитывается"
    if row.issued_on > today:
        return "день выдачи ещё не наступил"
    if row.valid_until is not None and row.valid_until < today:
        return f"срок действия истёк {row.valid_until:%d.%m.%Y}"
    return ""
