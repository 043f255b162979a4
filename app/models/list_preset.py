"""A named choice of columns and filters of a register: one's own, or offered to those below."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned
from app.models.scoped import OfPerson


class ListPreset(Identified, OfPerson, Versioned, Audited, Base):
    """`columns` are keys of the register's sheet in their order, `query` its address without the place in the pages."""

    __tablename__ = "list_preset"
    __table_args__ = (
        UniqueConstraint("user_id", "org_unit_id", "register", "name"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("NOT is_offered OR org_unit_id IS NOT NULL", name="offered_by_a_unit"),
    )

    register: Mapped[str]
    name: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(default=list)
    query: Mapped[str] = mapped_column(default="")
    is_offered: Mapped[bool] = mapped_column(default=False)
    offered_by: Mapped[str] = mapped_column(default="")

    @property
    def label(self) -> str:
        return self.name
