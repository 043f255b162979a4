"""A unit's own workbook: what a slice gives out in it, and how its rows are taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from app.excel.personal_workbook import NumberCell, Takes
from app.excel.sheet import ColumnRole, Sheet
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A record as it is given out: `shown` in the order of the sheet's locked columns, `fields` by the others' keys."""

    key: str
    version: int
    label: str
    shown: Sequence[object]
    fields: Mapping[str, str]
    # By the key of the column: what only this row's cell takes, and which of its fields are not to be filled in.
    takes: Mapping[str, Takes] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()


class Merge(Protocol):
    """The records as they stand when the workbook comes back."""

    def present(self, key: str) -> UnitRow | None:
        """None where the record is no longer open to change."""

    def written(self, key: str, field: str, value: str) -> str:
        """The value as the record would hold it: the same thing written otherwise is no change."""

    def gone(self, key: str) -> str:
        """The sentence that says why it is not."""

    def act(self, key: str, values: Mapping[str, str], own: frozenset[str]) -> Callable[[], None]:
        """What the merged `values` would do, `own` being the keys that the file changes. Raises Refusal."""


class BeginMerge(Protocol):
    def __call__(self, session: GuardedSession, actor: Actor, *, today: date, now: datetime) -> Merge: ...


@dataclass(frozen=True, slots=True)
class UnitPart:
    """One sheet of the workbook; whoever lacks `permission` does not get it.

    Keys of fields differ between parts: a choice made by a person names a row's number and the field.
    """

    word: str
    sheet: Sheet
    permission: Permission
    rows: Callable[[GuardedSession, Actor, date], Sequence[UnitRow]]
    merge: BeginMerge
    choices: Mapping[str, Sequence[str]]
    # Stands above the rows.
    lead: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.sheet.columns if column.role is ColumnRole.FIELD)

    def cells(self, row: UnitRow) -> list[object]:
        """One row of the sheet."""
        shown = iter(row.shown)
        cells: list[object] = []
        for column in self.sheet.columns:
            if column.role is ColumnRole.KEY:
                cells.append(row.key)
            else:
                cells.append(_filled(row, column.key) if column.role is ColumnRole.FIELD else next(shown))
        return cells


def _filled(row: UnitRow, key: str) -> object:
    text = row.fields[key]
    return Decimal(text.replace(",", ".")) if text and isinstance(row.takes.get(key), NumberCell) else text
