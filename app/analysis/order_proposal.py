"""What the parser proposes from the text of an order; every part keeps the words that it comes from."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from app.models.enumeration import (
    AddresseeClauseKind,
    GroundEffect,
    Modality,
    OrderKind,
    Recurrence,
    TermKind,
    UnitKind,
)

T = TypeVar("T")


class NothingToPropose(ValueError):  # noqa: N818 - the name says what happened; it is an answer, not a fault
    """The text holds no recognisable point; the message is a Russian sentence for people."""


@dataclass(frozen=True, slots=True)
class RegisterUnit:
    """A node of the unit tree as the parser sees it; `other_names` are former and colloquial names."""

    id: int
    kind: UnitKind
    name: str
    short_name: str
    parent_id: int | None
    other_names: tuple[str, ...] = ()
    municipality_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the source: `text == source[start:end]`, always."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value, the words that it was read from, and a Russian sentence of what is unsure about it."""

    value: T
    quote: Quote | None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class AddresseeClause:
    """One clause of a point's addressee rule.

    `unit_id` is set for UNIT, SCHOOLS_OF and EXCEPT. A name that matches several units has no `unit_id`
    but `candidates`; a name that matches none has neither, and a doubt.
    """

    kind: AddresseeClauseKind
    unit_id: int | None
    quote: Quote | None
    doubt: str | None = None
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A term; `day` is the day of the month for recurring terms, `due_on` their first due day where it is known."""

    kind: TermKind
    due_on: date | None = None
    recurrence: Recurrence | None = None
    day: int | None = None
    written: str = ""
    quote: Quote | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class PointProposal:
    """One assignable point, or one stage of it."""

    number: str
    stage: str
    intro: str
    text: str
    quote: Quote
    modality: Found[Modality]
    addressees: tuple[AddresseeClause, ...]
    term: Term
    evidence_required: bool
    evidence_note: str
    doubts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.number}{self.stage}"


@dataclass(frozen=True, slots=True)
class Ground:
    """An act that the order refers to."""

    kind: str
    number: str
    dated_on: date | None
    title: str
    effect: GroundEffect
    quote: Quote
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class OrderProposal:
    """The whole proposal; a person corrects and confirms it."""

    kind: Found[OrderKind] | None
    issuer: Found[str] | None
    issuer_unit_id: int | None
    number: Found[str] | None
    dated_on: Found[date] | None
    title: Found[str] | None
    grounds: tuple[Ground, ...]
    points: tuple[PointProposal, ...]
    controller: Found[str] | None
    signed_by: Found[str] | None
    doubts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The proposal as plain JSON values: ISO dates, enumerations by value, points with their label."""
        plain: dict[str, Any] = _plain(self)
        for point, shown in zip(self.points, plain["points"], strict=True):
            shown["label"] = point.label
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value
