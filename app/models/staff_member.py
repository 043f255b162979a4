"""People on the staff of units, what they are there, and what the law keeps from other eyes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_training import PositionKind, Sex
from app.models.scoped import OfStaffMember, ScopeColumns, scope_key, staff_key
from app.models.search_text import folded


class StaffMember(Identified, ScopeColumns, Versioned, Audited, Base):
    """One card per person and region. Its unit is the main place of work; it is also seen where the person holds a
    position besides, and by the provider in whose group they are.
    """

    __tablename__ = "staff_member"
    __unaudited__ = frozenset({"search", "name_key"})
    __table_args__ = (
        *scope_key("staff_member"),
        UniqueConstraint("id", "org_unit_id", "region_id", "municipality_id", name="uq_staff_member_scope"),
        CheckConstraint("last_name <> '' AND first_name <> ''", name="named"),
        Index("ix_staff_member_name_key", "region_id", "name_key"),
    )

    last_name: Mapped[str]
    first_name: Mapped[str]
    patronymic: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    # Holds a position in the main unit. One who holds none waits there until another unit takes them.
    is_working: Mapped[bool] = mapped_column(default=True, active_history=True)
    # Whether the number itself is known stands here, so that no list has to touch it.
    has_snils: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Equal for spellings of one name: «Фёдорова-Ким  Анна» and «ФЕДОРОВА - КИМ АННА».
    name_key: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")

    @validates("last_name", "first_name", "patronymic")
    def _fold(self, key: str, value: str) -> str:
        parts = {"last_name": self.last_name, "first_name": self.first_name, "patronymic": self.patronymic, key: value}
        words = [part or "" for part in parts.values()]
        self.search = folded(*words)
        self.name_key = name_key(*words)
        return value

    @property
    def label(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


def name_key(last_name: str, first_name: str, patronymic: str) -> str:
    """Letters only, ё as е; parts of the name stay apart."""
    return "|".join(
        "".join(letter for letter in part.casefold().replace("ё", "е") if letter.isalpha())
        for part in (last_name, first_name, patronymic)
    )


class StaffIdentity(Identified, OfStaffMember, Base):
    """What only those who may see it read, through services/staff_identity.py, which writes down every sight.

    It stands apart so that no list, export or journal of persons can carry it along by chance.
    """

    __tablename__ = "staff_identity"
    __table_args__ = (
        *staff_key("staff_identity"),
        UniqueConstraint("staff_member_id"),
        CheckConstraint("snils = '' OR length(snils) = 11", name="snils_length"),
        Index("ix_staff_identity_snils", "region_id", "snils"),
    )

    # Eleven digits, or nothing.
    snils: Mapped[str] = mapped_column(default="")
    born_on: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(stored_by_value(Sex))
    # Digits of the classifier of countries (ОКСМ).
    citizenship: Mapped[str] = mapped_column(default="643")


class StaffPosition(Identified, ScopeColumns, Versioned, Audited, Base):
    """What a person is in a unit from a day to a day. NULL in `started_on`: before records were kept."""

    __tablename__ = "staff_position"
    __table_args__ = (
        *scope_key("staff_position"),
        CheckConstraint("ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on", name="period"),
        Index("ix_staff_position_staff", "staff_member_id"),
        Index("ix_staff_position_kind", "region_id", "kind", "org_unit_id"),
        Index(
            "uq_staff_position_open",
            "staff_member_id",
            "org_unit_id",
            "kind",
            "title",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    staff_member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff_member.id"), active_history=True)
    kind: Mapped[PositionKind] = mapped_column(stored_by_value(PositionKind))
    # «заместитель директора по учебно-воспитательной работе»
    title: Mapped[str] = mapped_column(default="")
    is_main: Mapped[bool] = mapped_column(default=True)
    started_on: Mapped[date | None]
    # The last day in the position, inclusive.
    ended_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")

    @property
    def label(self) -> str:
        return self.title or self.kind.label
