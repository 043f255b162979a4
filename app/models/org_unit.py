"""The tree of units. A unit is closed, never deleted; its names and its place in the tree have periods."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    event,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, validates
from sqlalchemy.orm.attributes import set_committed_value

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import UnitKind
from app.models.scoped import StructureOfUnit, scope_key
from app.models.search_text import folded


class OrgUnit(Identified, Versioned, Audited, Base):
    __tablename__ = "org_unit"
    __unaudited__ = frozenset({"search", "region_id", "municipality_id"})
    __table_args__ = (
        UniqueConstraint("id", "region_id", "municipality_id", name="uq_org_unit_scope"),
        UniqueConstraint("id", "region_id", name="uq_org_unit_region"),
        # A child lies in its parent's region; the database holds them together.
        ForeignKeyConstraint(
            ["parent_id", "region_id"], ["org_unit.id", "org_unit.region_id"], name="fk_org_unit_parent"
        ),
        CheckConstraint("(kind = 'region') = (parent_id IS NULL)", name="region_is_root"),
        CheckConstraint(
            "kind <> 'municipality' OR municipality_id IN (id, 0)", name="municipality_is_its_own_municipality"
        ),
        CheckConstraint(
            "kind <> 'region' OR (region_id IN (id, 0) AND municipality_id IN (id, 0))", name="region_is_its_own_region"
        ),
        CheckConstraint("kind <> 'provider' OR municipality_id = region_id", name="provider_under_region"),
        CheckConstraint("kind = 'school' OR head_school_id IS NULL", name="only_schools_are_branches"),
        CheckConstraint("closed_on IS NULL OR opened_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"),
        CheckConstraint("closed_on IS NOT NULL OR successor_id IS NULL", name="successor_of_closed"),
        CheckConstraint("name <> ''", name="named"),
        Index("ix_org_unit_region_id", "region_id", "kind", "id"),
        Index("ix_org_unit_municipality_id", "municipality_id", "kind", "id"),
        Index("ix_org_unit_parent_id", "parent_id"),
        # Two people, or two files, that make one unit at once: the second is refused.
        Index(
            "uq_org_unit_acting_name",
            "parent_id",
            "name",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index(
            "uq_org_unit_acting_code",
            "region_id",
            "code",
            unique=True,
            sqlite_where=text("closed_on IS NULL AND code <> '' AND kind <> 'region'"),
            postgresql_where=text("closed_on IS NULL AND code <> '' AND kind <> 'region'"),
        ),
    )

    kind: Mapped[UnitKind] = mapped_column(stored_by_value(UnitKind))
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    # 0 until the row has its number; see `_own_scope`. The keys are checked at the end of the transaction.
    region_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id", deferrable=True, initially="DEFERRED"), default=0, sort_order=-8
    )
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id", deferrable=True, initially="DEFERRED"), default=0, sort_order=-7
    )
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    site: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="")
    is_small: Mapped[bool] = mapped_column(default=False)
    head_school_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    search: Mapped[str] = mapped_column(default="")

    @validates("name", "short_name", "code")
    def _fold(self, key: str, value: str) -> str:
        parts = {"name": self.name, "short_name": self.short_name, "code": self.code, key: value}
        self.search = folded(*parts.values())
        return value

    @property
    def label(self) -> str:
        return self.short_name or self.name


@event.listens_for(OrgUnit, "before_insert")
def _unnumbered(mapper: Mapper[OrgUnit], connection: Connection, unit: OrgUnit) -> None:
    """Its own number is not known yet."""
    del mapper, connection
    if unit.kind is UnitKind.REGION:
        unit.region_id = 0
    if unit.kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
        unit.municipality_id = 0


@event.listens_for(OrgUnit, "after_insert")
def _own_scope(mapper: Mapper[OrgUnit], connection: Connection, unit: OrgUnit) -> None:
    """A region is its own region, a municipality its own municipality: known only once the row has its number."""
    del mapper
    region = unit.id if unit.kind is UnitKind.REGION else unit.region_id
    municipality = unit.id if unit.kind in {UnitKind.REGION, UnitKind.MUNICIPALITY} else unit.municipality_id
    if (region, municipality) == (unit.region_id, unit.municipality_id):
        return
    table = OrgUnit.__table__
    connection.execute(
        update(table).where(table.c.id == unit.id).values(region_id=region, municipality_id=municipality)  # type: ignore[arg-type] # __table__ is typed as FromClause
    )
    set_committed_value(unit, "region_id", region)
    set_committed_value(unit, "municipality_id", municipality)


class OrgUnitName(Identified, StructureOfUnit, Base):
    """A name and code that a unit had from a day to a day; «городской округ» before, «муниципальный округ» since."""

    __tablename__ = "org_unit_name"
    __table_args__ = (
        *scope_key("org_unit_name"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),
    )

    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")


class OrgUnitPlacement(Identified, StructureOfUnit, Base):
    """Under which unit it stood, from a day to a day; the name of the parent is kept as it was."""

    __tablename__ = "org_unit_placement"
    __table_args__ = (
        *scope_key("org_unit_placement"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),
    )

    parent_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    parent_name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")
