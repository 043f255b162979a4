"""The shape of what a search finds: at most ten of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Hit:
    id: int
    title: str
    about: str = ""
    # (value, label) of the state, where the record has one.
    state: tuple[str, str] | None = None
    # The part of the record's page: a point stands on the page of its order.
    place: str = ""


@dataclass(slots=True)
class Group:
    hits: list[Hit] = field(default_factory=list)
    more: bool = False


def ten(session: Session, statement: Select[Any]) -> tuple[Sequence[Any], bool]:
    """The first ten rows, and whether there are others."""
    rows = session.execute(statement.limit(SHOWN + 1)).all()
    return rows[:SHOWN], len(rows) > SHOWN
