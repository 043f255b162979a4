"""The shape of the home page: parts of the queue and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Shown of one part of the queue; the register holds the rest.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue: where it leads, what it is, and in words when."""

    href: str
    what: str
    about: str
    when: str = ""
    tone: str = ""
    badge: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    count: int
    lines: Sequence[Line]
    all_href: str = ""
