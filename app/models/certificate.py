"""A document on training (удостоверение, диплом) of a person, whoever issued it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.models.scoped import OfStaffMember, staff_key
from app.models.search_text import folded


class Certificate(Identified, OfStaffMember, Versioned, Audited, Base):
    """Counted in coverage once confirmed. What a provider of the tree issues is confirmed by the issue itself."""

    __tablename__ = "certificate"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *staff_key("certificate"),
        CheckConstraint("number <> ''", name="numbered"),
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint("programme_title <> ''", name="names_programme"),
        CheckConstraint("issuer_name <> ''", name="names_issuer"),
        CheckConstraint("started_on IS NULL OR ended_on IS NULL OR started_on <= ended_on", name="course"),
        CheckConstraint("valid_until IS NULL OR valid_until >= issued_on", name="validity"),
        CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_has_moment"),
        CheckConstraint("status <> 'refused' OR remark <> ''", name="refused_has_reason"),
        CheckConstraint("enrolment_id IS NULL OR issuer_unit_id IS NOT NULL", name="own_issue"),
        Index("ix_certificate_number", "region_id", "number"),
        Index("ix_certificate_topic", "region_id", "topic_id", "issued_on"),
        Index("ix_certificate_valid", "region_id", "valid_until"),
        Index("ix_certificate_issuer_unit", "issuer_unit_id", "id"),
        # A provider of the tree gives no number twice, and no trainee two documents.
        Index(
            "uq_certificate_own_number",
            "issuer_unit_id",
            "document_kind",
            "series",
            "number",
            unique=True,
            sqlite_where=text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"),
            postgresql_where=text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"),
        ),
        Index(
            "uq_certificate_enrolment",
            "enrolment_id",
            unique=True,
            sqlite_where=text("enrolment_id IS NOT NULL AND status <> 'annulled'"),
            postgresql_where=text("enrolment_id IS NOT NULL AND status <> 'annulled'"),
        ),
    )

    document_kind: Mapped[DocumentKind] = mapped_column(stored_by_value(DocumentKind))
    series: Mapped[str] = mapped_column(default="")
    number: Mapped[str]
    registration_number: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date]
    hours: Mapped[int]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    programme_title: Mapped[str]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"))
    # Set by a provider of the tree that issued it; nobody else may claim its numbers.
    issuer_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    issuer_name: Mapped[str]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    # The last day on which it counts; NULL: without end.
    valid_until: Mapped[date | None]
    # As printed: on what the tree issued always, on others where it differs from the card.
    holder_name: Mapped[str] = mapped_column(default="")
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    status: Mapped[CertificateStatus] = mapped_column(
        stored_by_value(CertificateStatus), default=CertificateStatus.ENTERED
    )
    entered_by_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    entered_by: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    # Exported to the federal register of documents.
    reported_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    @validates("series", "number", "registration_number", "programme_title", "issuer_name")
    def _fold(self, key: str, value: str) -> str:
        parts = {
            "series": self.series,
            "number": self.number,
            "registration_number": self.registration_number,
            "programme_title": self.programme_title,
            "issuer_name": self.issuer_name,
            key: value,
        }
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        series = f" {self.series}" if self.series else ""
        return f"{self.document_kind.label}{series} № {self.number} от {self.issued_on:%d.%m.%Y}"
