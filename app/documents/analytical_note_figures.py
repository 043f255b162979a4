"""What an analytical note says: figures counted by services, in percent, rounded half up to one place where printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.models.enumeration import UnitKind


@dataclass(frozen=True, slots=True)
class Participation:
    """Sheets of all kinds by state; `expected` without the excused; terms by the first sending."""

    total: int
    schools: int
    municipal: int
    excused: int
    expected: int
    not_begun: int
    draft: int
    submitted: int
    returned: int
    accepted: int
    approved: int
    in_time: int
    late: int
    missed: int


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality (`sheets`, `counted`, `levels`) or one unit (then `state` and `level` are said)."""

    name: str
    sheets: int
    counted: int
    mean: Decimal | None
    levels: tuple[int, ...] = ()
    state: str = ""
    level: str = ""
    changed: int = 0


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """`n`: sheets that answered; `na`: on how many it does not apply; `guidance` as the set words it."""

    code: str
    title: str
    section: str
    mean: Decimal | None
    n: int
    na: int
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class CriterionMove:
    """Percent in the earlier round and in this one; `change` in points of percent, from the exact means."""

    code: str
    title: str
    before: Decimal | None
    now: Decimal | None
    change: Decimal | None
    rescaled: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """The earlier round: means over the units that count in both; criteria that both sets have, by code."""

    title: str
    units: int
    mean_before: Decimal | None
    mean_now: Decimal | None
    change: Decimal | None
    criteria: tuple[CriterionMove, ...]
    only_now: tuple[str, ...] = ()
    only_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Results of the sheets of one kind: what is accepted or approved counts."""

    kind: UnitKind
    counted: int
    mean: Decimal | None
    # (name, sheets) from the best level; those without one last, under the empty name.
    levels: tuple[tuple[str, int], ...]
    places: tuple[Place, ...]
    by_municipality: bool
    sections: tuple[tuple[str, int, Decimal | None], ...]
    weakest: tuple[CriterionFigure, ...]
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    unit: str
    criterion: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Note:
    """`about` names the region or municipality; `made_at` is aware, in the region's zone; `caution` is in brackets.

    `changed` criteria on `changed_sheets` sheets; `changes_cut`: `changes` are only the first of all.
    """

    round: str
    about: str
    maker: str
    basis: str
    framework: str
    caution: str
    is_final: bool
    opens_on: date
    due_on: date
    made_at: datetime
    made_by: str
    bands: tuple[tuple[str, Decimal], ...]
    participation: Participation
    parts: tuple[Part, ...]
    changed_sheets: int
    changed: int
    changes: tuple[ChangeLine, ...]
    changes_cut: bool = False

    @property
    def title(self) -> str:
        return f"Аналитическая справка: {self.round}. {self.about}"
