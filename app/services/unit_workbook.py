"""A unit's own workbook: what a slice gives out in it, and how its rows are taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

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


class Merge(Protocol):
    """The records as they stand when the workbook comes back."""

    def present(self, key: str) -> UnitRow | None:
        """None where the record is no longer open to change."""

    def written(self, field: str, value: str) -> str:
        """The value as the record would hold it: the same thing written otherwise is no change."""

    def gone(self, key: str) -> str:
        """The sentence that says why it is not."""

    def act(self, key: str, values: Mapping[str, str], own: frozenset[str]) -> Callable[[], None]:
        """What the merged `values` would do, `own` being the keys that the file changes. Raises Refusal."""


class BeginMerge(Protocol):
    def __call__(self, session: GuardedSession, actor: Actor, *, today: date, now: datetime) -> Merge: ...


@dataclass(frozen=True, slots=True)
class UnitPart:
    """One sheet of the workbook; whoever lacks `permission` does not get it."""

    word: str
    sheet: Sheet
    permission: Permission
    rows: Callable[[GuardedSession, Actor], Sequence[UnitRow]]
    merge: BeginMerge
    choices: Mapping[str, Sequence[str]]

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
                cells.append(row.fields[column.key] if column.role is ColumnRole.FIELD else next(shown))
        return cells
