"""An order (распоряжение, приказ, письмо), its grounds, its points and their addressee rules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import (
    AddresseeClauseKind,
    GroundEffect,
    Modality,
    OrderKind,
    OrderStatus,
    Recurrence,
    TermKind,
)
from app.models.scoped import PartOfOrder, PublishedByUnit, scope_key
from app.models.search_text import folded


class Order(Identified, PublishedByUnit, Versioned, Audited, Base):
    __tablename__ = "order"
    __unaudited__ = frozenset({"search", "source_text"})
    __table_args__ = (
        *scope_key("order"),
        CheckConstraint("(status = 'draft') = (issued_at IS NULL)", name="issued_has_moment"),
        CheckConstraint("status = 'draft' OR (number <> '' AND dated_on IS NOT NULL)", name="issued_has_number"),
        Index("ix_order_dated", "region_id", "dated_on", "id"),
    )

    kind: Mapped[OrderKind] = mapped_column(stored_by_value(OrderKind), default=OrderKind.DIRECTIVE)
    number: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(default="")
    issuer_name: Mapped[str] = mapped_column(default="")
    signed_by: Mapped[str] = mapped_column(default="")
    controller: Mapped[str] = mapped_column(default="")
    status: Mapped[OrderStatus] = mapped_column(stored_by_value(OrderStatus), default=OrderStatus.DRAFT)
    source_text: Mapped[str] = mapped_column(default="")
    source_file_name: Mapped[str] = mapped_column(default="")
    source_digest: Mapped[str] = mapped_column(default="")
    doubts: Mapped[list[str]] = mapped_column(default=list)
    is_demo: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(default="")

    grounds: Mapped[list[OrderGround]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="OrderGround.id"
    )
    points: Mapped[list[OrderPoint]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="OrderPoint.position, OrderPoint.id"
    )

    @validates("number", "title", "issuer_name")
    def _fold(self, key: str, value: str) -> str:
        parts = {"number": self.number, "title": self.title, "issuer_name": self.issuer_name, key: value}
        self.search = folded(*parts.values())
        return value

    @property
    def label(self) -> str:
        dated = f" от {self.dated_on:%d.%m.%Y}" if self.dated_on else ""
        return f"{self.kind.label} № {self.number}{dated}" if self.number else f"{self.kind.label} без номера{dated}"


class OrderGround(Identified, PartOfOrder, Audited, Base):
    """An act that the order refers to."""

    __tablename__ = "order_ground"

    kind: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(default="")
    effect: Mapped[GroundEffect] = mapped_column(stored_by_value(GroundEffect), default=GroundEffect.BASIS)
    quote_start: Mapped[int | None]
    quote_end: Mapped[int | None]


class OrderPoint(Identified, PartOfOrder, Versioned, Audited, Base):
    """What is assigned. A point with several terms stands as several rows, its stages: 4а, 4б."""

    __tablename__ = "order_point"
    __table_args__ = (
        UniqueConstraint("order_id", "number", "stage"),
        UniqueConstraint("id", "order_id"),
        CheckConstraint("(term_kind IN ('date', 'period')) = (due_on IS NOT NULL)", name="dated_has_day"),
        CheckConstraint("(term_kind = 'recurring') = (recurrence IS NOT NULL)", name="recurring_has_rule"),
        CheckConstraint("recurrence_day IS NULL OR recurrence_day BETWEEN 1 AND 31", name="recurrence_day"),
        CheckConstraint("recurrence_month IS NULL OR recurrence_month BETWEEN 1 AND 12", name="recurrence_month"),
        CheckConstraint("text <> ''", name="worded"),
    )

    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    intro: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    modality: Mapped[Modality] = mapped_column(stored_by_value(Modality), default=Modality.INSTRUCT)
    term_kind: Mapped[TermKind] = mapped_column(stored_by_value(TermKind), default=TermKind.NONE)
    due_on: Mapped[date | None]
    term_written: Mapped[str] = mapped_column(default="")
    recurrence: Mapped[Recurrence | None] = mapped_column(stored_by_value(Recurrence))
    recurrence_day: Mapped[int | None]
    # Of a yearly term: «ежегодно до 1 сентября».
    recurrence_month: Mapped[int | None]
    recurs_until: Mapped[date | None]
    evidence_required: Mapped[bool] = mapped_column(default=False)
    evidence_note: Mapped[str] = mapped_column(default="")
    quote_start: Mapped[int | None]
    quote_end: Mapped[int | None]
    doubts: Mapped[list[str]] = mapped_column(default=list)
    revoked_on: Mapped[date | None]

    clauses: Mapped[list[AddresseeClause]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="AddresseeClause.id"
    )

    @property
    def label(self) -> str:
        return f"{self.number}{self.stage}"


class AddresseeClause(Identified, PartOfOrder, Audited, Base):
    """One clause of the rule «кому»; at issue the rule is resolved into assignments, and both are kept."""

    __tablename__ = "addressee_clause"
    __table_args__ = (CheckConstraint("kind NOT IN ('schools_of') OR org_unit_id IS NOT NULL", name="names_its_unit"),)

    order_point_id: Mapped[int] = mapped_column(ForeignKey("order_point.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AddresseeClauseKind] = mapped_column(stored_by_value(AddresseeClauseKind))
    # Without a unit a «организация» clause is an unresolved name: `written` holds it, a person chooses.
    org_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("org_unit.id"))
    written: Mapped[str] = mapped_column(default="")
    doubt: Mapped[str] = mapped_column(default="")
    quote_start: Mapped[int | None]
    quote_end: Mapped[int | None]
