"""How a record belongs to the tree. The mixin that a model carries decides who may see its rows.

The scope columns are copied onto every record: `region_id`, and `municipality_id`, which for a unit straight
under its region is the region's own id. So neither is ever NULL, and a composite foreign key ties all three
columns to the unit: the database itself refuses a record stamped with another municipality, and a school
that moves takes its records along by ON UPDATE CASCADE.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem


class ScopeColumns:
    # The write guard compares them with what stood there, which is therefore loaded before it is overwritten.
    org_unit_id: Mapped[int] = mapped_column(BigInteger, active_history=True, sort_order=-9)
    region_id: Mapped[int] = mapped_column(BigInteger, active_history=True, sort_order=-8)
    municipality_id: Mapped[int] = mapped_column(BigInteger, active_history=True, sort_order=-7)


class OwnedByUnit(ScopeColumns):
    """Seen by the unit and by those above it."""


class StructureOfUnit(ScopeColumns):
    """What a unit is made of (names, places, memberships): as owned, and for installation administrators."""


class PublishedByUnit(ScopeColumns):
    """In draft its issuer's alone; issued, seen by those it addresses and by those above."""


class PartOfOrder:
    """A row of an order: seen by those who see the order, written by its issuer."""

    @declared_attr
    @classmethod
    def order_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("order.id", ondelete="CASCADE"), index=True, sort_order=-9)


class PartOfFramework:
    """A row of a set of criteria: seen by those who see the set, written by its maker while it is a draft."""

    @declared_attr
    @classmethod
    def framework_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), index=True, sort_order=-9)


class PartOfRound:
    """A row of a monitoring round: seen by those who see the round, written by whoever holds it."""

    @declared_attr
    @classmethod
    def round_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("monitoring_round.id", ondelete="CASCADE"), index=True, sort_order=-9)


class SharedInRegion(ScopeColumns):
    """Kept by a region for everyone below it."""


class OfferedByUnit(ScopeColumns):
    """In draft its provider's alone; offered, seen by the region and by those below it who may apply."""


class PartOfGroup:
    """A row of a training group: seen by those who see the group, written by whoever holds it."""

    @declared_attr
    @classmethod
    def group_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("training_group.id", ondelete="CASCADE"), index=True, sort_order=-9)


class PartOfRequirement:
    """A row of a training requirement: seen by those who see the requirement, written by its maker."""

    @declared_attr
    @classmethod
    def requirement_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("training_requirement.id", ondelete="CASCADE"), index=True, sort_order=-9)


class OfStaffMember(ScopeColumns):
    """What a person on the staff has: it goes along with the person, whose unit it carries."""

    staff_member_id: Mapped[int] = mapped_column(BigInteger, active_history=True, sort_order=-6)


class OfPerson:
    """What a person made for themselves, standing in one unit (or in none: an installation administrator)."""

    @declared_attr
    @classmethod
    def user_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("user.id"), sort_order=-9)

    @declared_attr
    @classmethod
    def org_unit_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("org_unit.id"), sort_order=-8)


class ClosedToReading:
    """Rows that no actor's statement ever finds: links, sign-in attempts."""


def scope_key(table: str) -> tuple[SchemaItem, ...]:
    """The composite key to the unit, and one index for each way of reading."""
    return (
        ForeignKeyConstraint(
            ["org_unit_id", "region_id", "municipality_id"],
            ["org_unit.id", "org_unit.region_id", "org_unit.municipality_id"],
            onupdate="CASCADE",
            name=f"fk_{table}_scope",
        ),
        Index(f"ix_{table}_region", "region_id", "id"),
        Index(f"ix_{table}_municipality", "municipality_id", "id"),
        Index(f"ix_{table}_org_unit", "org_unit_id", "id"),
    )


def staff_key(table: str) -> tuple[SchemaItem, ...]:
    """The composite key to the person: whoever takes the person over takes these rows along."""
    return (
        ForeignKeyConstraint(
            ["staff_member_id", "org_unit_id", "region_id", "municipality_id"],
            ["staff_member.id", "staff_member.org_unit_id", "staff_member.region_id", "staff_member.municipality_id"],
            onupdate="CASCADE",
            name=f"fk_{table}_staff",
        ),
        Index(f"ix_{table}_region", "region_id", "id"),
        Index(f"ix_{table}_municipality", "municipality_id", "id"),
        Index(f"ix_{table}_org_unit", "org_unit_id", "id"),
        Index(f"ix_{table}_staff", "staff_member_id"),
    )
