"""What every table shares: names of constraints, moments in UTC, enumerations by value, the version column."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.models.enumeration import Labelled

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal number kept as a whole one of its smallest parts: SQLite keeps no decimals, and sums stay exact."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        self.places = places
        super().__init__()

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        del dialect
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


def stored_by_value(members: type[Labelled]) -> Enum:
    """A bare Enum stores member names, which a CHECK on values would then accept by mistake."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in members.__name__).lstrip("_")
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda kind: [member.value for member in kind],
        validate_strings=True,
    )


JsonObject = JSON().with_variant(JSONB(), "postgresql")
# SQLite gives row numbers of its own to INTEGER PRIMARY KEY only.
Identifier = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        str: String(),
        dict[str, Any]: JsonObject,
        list[str]: JsonObject,
    }


class Identified:
    id: Mapped[int] = mapped_column(Identifier, primary_key=True, sort_order=-10)


class Versioned:
    """Optimistic locking: a save against an older version is refused, nothing is overwritten silently."""

    version: Mapped[int] = mapped_column(default=1, nullable=False, sort_order=90)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Audited:
    """Every change of such a record leaves an audit row in the same flush."""

    __unaudited__: ClassVar[frozenset[str]] = frozenset()
    # Set by the workflow engine for the flush that follows: the action and the note of the transition. No column:
    # the declarative scan must see no annotation.
    if TYPE_CHECKING:
        pending_action: tuple[str, str] | None
    else:
        pending_action = None
