"""The workbook shape of a record, and what stands above and below its rows."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

# How the heading of an export of a past day begins.
PAST_STATE = "Состояние на "


class ColumnKind(enum.StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"  # a share: 0.5 is shown as 50 %
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


class ColumnRole(enum.StrEnum):
    SHOWN = "shown"  # goes out only: counted, or kept elsewhere
    KEY = "key"  # a row is known again by its keys; they are never changed by a load
    FIELD = "field"  # may be changed by a load


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `key` is stable between releases, `width` is in characters, `note` says how to fill it in.

    `aliases` are other headings under which files of other systems bring it. `choices` names a directory: its words are
    the drop-down of the template. `example` stands in the template's example row, as it would be typed.
    """

    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    width: float = 16
    note: str = ""
    wrap: bool = False
    role: ColumnRole = ColumnRole.SHOWN
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: str = ""
    example: str | int | float | bool | date | None = None

    @property
    def loaded(self) -> bool:
        return self.role is not ColumnRole.SHOWN


@dataclass(frozen=True, slots=True)
class Sheet:
    """The workbook shape of one record: `name` stands on the tab, `title` above the rows.

    A sheet without key columns is not loaded back, and `not_loaded` says why, in a Russian sentence.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    not_loaded: str = ""

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError(f"«{self.name}»: a sheet needs a column")
        headings = [word.casefold() for column in self.columns for word in (column.title, *column.aliases)]
        for what, values in (
            ("key", [column.key for column in self.columns]),
            ("title", headings),
        ):
            doubled = [value for value, count in Counter(values).items() if count > 1]
            if doubled:
                raise ValueError(f"«{self.name}»: column {what} stands twice: {', '.join(doubled)}")

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)

    @property
    def is_loaded(self) -> bool:
        return any(column.role is ColumnRole.KEY for column in self.columns)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def narrowed(self, keys: Sequence[str]) -> Sheet:
        """The same sheet with these columns in this order."""
        return replace(self, columns=tuple(self.column(key) for key in keys))


@dataclass(frozen=True, slots=True)
class Heading:
    """What an exported sheet says of itself; `as_of` is aware and already in the region's zone."""

    lines: tuple[str, ...]
    as_of: datetime
    made_by: str
    scope_label: str
    filter_label: str = ""

    def __post_init__(self) -> None:
        if self.as_of.utcoffset() is None:
            raise ValueError("Heading.as_of needs a time zone: the region's")

    @property
    def zone(self) -> tzinfo:
        zone = self.as_of.tzinfo
        assert zone is not None
        return zone

    @property
    def as_of_label(self) -> str:
        return f"по состоянию на {self.as_of:%d.%m.%Y %H:%M} ({offset_label(self.as_of)})"

    @property
    def author_label(self) -> str:
        return f"Сформировал: {self.made_by}, в пределах: {self.scope_label}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to be signed by hand; an empty name leaves room for one."""

    role: str
    name: str = ""


def offset_label(moment: datetime) -> str:
    """«UTC+11», «UTC−3:30»; an aware moment only."""
    offset = moment.utcoffset()
    assert offset is not None
    hours, minutes = divmod(int(abs(offset) / timedelta(minutes=1)), 60)
    sign = "−" if offset < timedelta(0) else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
