"""Proof of what was done: a file in revisions, or a link; one piece may serve many reports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import EvidenceKind
from app.models.scoped import OwnedByUnit, scope_key


class Evidence(Identified, OwnedByUnit, Versioned, Audited, Base):
    __tablename__ = "evidence"
    __table_args__ = (*scope_key("evidence"), CheckConstraint("title <> ''", name="titled"))

    kind: Mapped[EvidenceKind] = mapped_column(stored_by_value(EvidenceKind), default=EvidenceKind.OTHER)
    title: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date | None]
    url: Mapped[str] = mapped_column(default="")
    # The last day on which the document holds; NULL where it has none.
    valid_until: Mapped[date | None]

    revisions: Mapped[list[EvidenceRevision]] = relationship(order_by="EvidenceRevision.number")

    @property
    def label(self) -> str:
        numbered = f" № {self.number}" if self.number else ""
        dated = f" от {self.dated_on:%d.%m.%Y}" if self.dated_on else ""
        return f"{self.title}{numbered}{dated}"


class EvidenceRevision(Identified, OwnedByUnit, Audited, Base):
    """A file stands in the store under its digest; the name is only shown."""

    __tablename__ = "evidence_revision"
    __table_args__ = (
        *scope_key("evidence_revision"),
        UniqueConstraint("evidence_id", "number"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    file_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]


class ReportEvidence(Identified, OwnedByUnit, Base):
    """Which proof a report rests on."""

    __tablename__ = "report_evidence"
    __table_args__ = (*scope_key("report_evidence"), UniqueConstraint("report_id", "evidence_id"))

    report_id: Mapped[int] = mapped_column(ForeignKey("assignment_report.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
