"""The workbook shape of a record, and what stands above and below its rows."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


class ColumnKind(enum.StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"  # a share: 0.5 is shown as 50 %
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `key` is stable between releases, `width` is in characters, `note` says how to fill it in."""

    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    width: float = 16
    note: str = ""
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The workbook shape of one record: `name` stands on the tab, `title` above the rows."""

    name: str
    title: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError(f"«{self.name}»: a sheet needs a column")
        for what, values in (
            ("key", [column.key for column in self.columns]),
            ("title", [column.title.casefold() for column in self.columns]),
        ):
            doubled = [value for value, count in Counter(values).items() if count > 1]
            if doubled:
                raise ValueError(f"«{self.name}»: column {what} stands twice: {', '.join(doubled)}")

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)


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
