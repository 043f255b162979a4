"""A training group (поток) of a programme and its days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_training import GroupStatus, StudyForm
from app.models.scoped import OfferedByUnit, PartOfGroup, scope_key
from app.models.search_text import folded


class TrainingGroup(Identified, OfferedByUnit, Versioned, Audited, Base):
    """Its unit is the provider."""

    __tablename__ = "training_group"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("training_group"),
        UniqueConstraint("id", "org_unit_id", name="uq_training_group_provider"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("apply_until IS NULL OR apply_until <= ends_on", name="applied_before_end"),
        CheckConstraint("seats > 0", name="seats"),
        Index("ix_training_group_programme", "programme_id"),
        Index("ix_training_group_starts", "region_id", "starts_on", "id"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # The last day of applications, inclusive; without one until the group starts.
    apply_until: Mapped[date | None]
    seats: Mapped[int]
    form: Mapped[StudyForm] = mapped_column(stored_by_value(StudyForm), default=StudyForm.FULL_TIME)
    place: Mapped[str] = mapped_column(default="")
    coordinator: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[GroupStatus] = mapped_column(stored_by_value(GroupStatus), default=GroupStatus.DRAFT)
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    @validates("title", "place", "coordinator")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "place": self.place, "coordinator": self.coordinator, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title


class TrainingSession(Identified, PartOfGroup, Audited, Base):
    """A day of lessons, against which attendance is marked."""

    __tablename__ = "training_session"
    __table_args__ = (
        UniqueConstraint("group_id", "held_on", "title"),
        CheckConstraint("hours >= 0", name="hours"),
    )

    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(default="")
    hours: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        return f"{self.held_on:%d.%m.%Y} {self.title}".strip()
