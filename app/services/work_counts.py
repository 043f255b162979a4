"""How much waits of each kind of work, whatever slice it is of, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import Session

# What waits, the records behind it, and which of them.
Asked = tuple[StrEnum, Any, tuple[ColumnElement[bool], ...]]


def counted(session: Session, asked: Sequence[Asked]) -> dict[StrEnum, int]:
    """By what waits; what is nought is left out. Without anything asked, no statement."""
    if not asked:
        return {}
    counts = [
        select(literal(place).label("place"), func.count(model.id).label("amount")).where(*conditions)
        for place, (_, model, conditions) in enumerate(asked)
    ]
    statement: Any = counts[0] if len(counts) == 1 else union_all(*counts)
    found = {int(row.place): int(row.amount) for row in session.execute(statement)}
    return {one[0]: found[place] for place, one in enumerate(asked) if found.get(place)}
