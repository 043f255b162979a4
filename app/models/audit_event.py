"""The journal: who did what to which record, with values before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified


class AuditEvent(Identified, Base):
    """Belongs to the unit of its record; without a unit (regions, accounts) to installation administrators.

    The journal is only ever added to: triggers refuse UPDATE of what was said and DELETE.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_unit_id", "region_id", "municipality_id"],
            ["org_unit.id", "org_unit.region_id", "org_unit.municipality_id"],
            onupdate="CASCADE",
            name="fk_audit_event_scope",
        ),
        Index("ix_audit_event_region", "region_id", "id"),
        Index("ix_audit_event_municipality", "municipality_id", "id"),
        Index("ix_audit_event_org_unit", "org_unit_id", "id"),
        Index("ix_audit_event_record", "record_type", "record_id", "id"),
    )

    org_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    region_id: Mapped[int | None] = mapped_column(BigInteger)
    municipality_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor_user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    actor_unit_name: Mapped[str] = mapped_column(default="")
    record_type: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    record_label: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str] = mapped_column(default="")
