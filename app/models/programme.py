"""Programmes of further training, their topics, and what the law asks of the documents they end with."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_training import DocumentKind, ProgrammeStatus, StudyForm
from app.models.scoped import OfferedByUnit, SharedInRegion, scope_key
from app.models.search_text import folded


class TrainingTopic(Identified, SharedInRegion, Versioned, Audited, Base):
    """On what people are trained: a programme, a certificate and a requirement meet in it."""

    __tablename__ = "training_topic"
    __table_args__ = (
        *scope_key("training_topic"),
        UniqueConstraint("region_id", "title"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("org_unit_id = region_id", name="of_region"),
    )

    title: Mapped[str]
    # Counts in the metric «руководитель или заместитель обучен» of the monitoring.
    counts_in_monitoring: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        return self.title


class TrainingNorm(Identified, SharedInRegion, Versioned, Audited, Base):
    """What is asked of a kind of document from a day on; without a row of the region the product's own data hold."""

    __tablename__ = "training_norm"
    __table_args__ = (
        *scope_key("training_norm"),
        UniqueConstraint("region_id", "document_kind", "valid_from"),
        CheckConstraint("min_hours >= 0", name="hours"),
        CheckConstraint("valid_months IS NULL OR valid_months > 0", name="validity"),
        CheckConstraint("source <> ''", name="has_source"),
        CheckConstraint("org_unit_id = region_id", name="of_region"),
    )

    document_kind: Mapped[DocumentKind] = mapped_column(stored_by_value(DocumentKind))
    min_hours: Mapped[int]
    # How long a document counts; NULL: without end.
    valid_months: Mapped[int | None]
    valid_from: Mapped[date]
    source: Mapped[str]

    @property
    def label(self) -> str:
        return f"{self.document_kind.label} с {self.valid_from:%d.%m.%Y}"


class Programme(Identified, OfferedByUnit, Versioned, Audited, Base):
    __tablename__ = "programme"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("programme"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("status NOT IN ('agreed', 'in_register') OR agreed_on IS NOT NULL", name="agreed_has_day"),
        CheckConstraint(
            "status <> 'in_register' OR (register_number <> '' AND registered_on IS NOT NULL)",
            name="registered_has_number",
        ),
    )

    title: Mapped[str]
    document_kind: Mapped[DocumentKind] = mapped_column(stored_by_value(DocumentKind), default=DocumentKind.ADVANCED)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"), index=True)
    hours: Mapped[int]
    form: Mapped[StudyForm] = mapped_column(stored_by_value(StudyForm), default=StudyForm.FULL_TIME)
    annotation: Mapped[str] = mapped_column(default="")
    # Values of PositionKind; empty: for everyone.
    positions: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[ProgrammeStatus] = mapped_column(stored_by_value(ProgrammeStatus), default=ProgrammeStatus.DRAFT)
    # Until when the ministry's agreement and the place in the federal register are due.
    agree_by: Mapped[date | None]
    register_by: Mapped[date | None]
    submitted_on: Mapped[date | None]
    agreed_on: Mapped[date | None]
    agreed_by: Mapped[str] = mapped_column(default="")
    agreement_act: Mapped[str] = mapped_column(default="")
    register_number: Mapped[str] = mapped_column(default="")
    registered_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    @validates("title", "register_number")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "register_number": self.register_number, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title
