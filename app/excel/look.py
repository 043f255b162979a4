"""How cells look, in the words of this house."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.excel.sheet import Column, ColumnKind

INK = "#1B2130"
QUIET = "#5B657A"
LINE = "#B8C0CF"
HEAD_FILL = "#E9EDF5"
TOTAL_FILL = "#F3F5FA"
RED = "#B3261E"


@dataclass(frozen=True, slots=True)
class Look:
    size: float = 9
    bold: bool = False
    italic: bool = False
    ink: str = INK
    fill: str = ""
    border: bool = False
    side: Literal["left", "center", "right"] = "left"
    height: Literal["top", "vcenter", "bottom"] = "top"
    wrap: bool = False
    rotated: bool = False
    number_format: str = ""
    unlocked: bool = False  # may be changed on a protected sheet


TITLE = Look(size=13, bold=True, side="center", height="vcenter", wrap=True)
SUBTITLE = Look(size=10, side="center", height="vcenter", wrap=True)
META = Look(size=9, ink=QUIET, side="center", height="vcenter", wrap=True)
HEAD = Look(bold=True, fill=HEAD_FILL, border=True, side="center", height="vcenter", wrap=True)
BODY = Look(border=True)
PLAIN = Look(size=10, height="vcenter", wrap=True)


def body_look(column: Column) -> Look:
    """How the cells of a register's column look: words to the left, days in the middle, numbers to the right."""
    side: Literal["left", "center", "right"] = "left"
    if column.kind in {ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.BOOLEAN}:
        side = "center"
    elif column.kind is not ColumnKind.TEXT:
        side = "right"
    return replace(BODY, side=side, wrap=column.wrap)
