"""The number format of a cell, and its look in the words of XlsxWriter."""

from __future__ import annotations

from datetime import date, datetime

from app.excel.cell_value import CellValue
from app.excel.look import LINE, Look
from app.excel.sheet import ColumnKind

_BY_KIND = {ColumnKind.INTEGER: "#,##0", ColumnKind.NUMBER: "#,##0.##", ColumnKind.PERCENT: "0.0%"}


def number_format_of(look: Look, kind: ColumnKind, cell: CellValue) -> str:
    """The format by what the cell holds, since a column of dates may hold words; the look decides among numbers."""
    match cell:
        case str():
            return "@"  # so that «2.1» does not become a date when somebody edits the cell
        case bool():
            return '"TRUE";"TRUE";"FALSE"'  # without it LibreOffice may show 0 and 1; Excel has words of its own
        case datetime():
            return "dd.mm.yyyy hh:mm"
        case date():
            return "dd.mm.yyyy"
        case _:
            return look.number_format or _BY_KIND.get(kind, "")


def awaited_format_of(look: Look, kind: ColumnKind) -> str:
    """The format of an empty cell in which something of this kind will be typed: codes like «007» stay as typed."""
    match kind:
        case ColumnKind.TEXT | ColumnKind.BOOLEAN:
            return "@"
        case ColumnKind.DATE:
            return "dd.mm.yyyy"
        case ColumnKind.DATETIME:
            return "dd.mm.yyyy hh:mm"
        case _:
            return look.number_format or _BY_KIND.get(kind, "")


def format_properties(look: Look, number_format: str, *, quoted: bool) -> dict[str, object]:
    properties: dict[str, object] = {
        "font_size": look.size,
        "font_color": look.ink,
        "bold": look.bold,
        "italic": look.italic,
        "align": look.side,
        "valign": look.height,
        "text_wrap": look.wrap,
        "rotation": 90 if look.rotated else 0,
        "quote_prefix": quoted,
    }
    if look.unlocked:
        properties["locked"] = False
    if look.fill:
        properties["bg_color"] = look.fill
    if look.border:
        properties |= {"border": 1, "border_color": LINE}
    if number_format:
        properties["num_format"] = number_format
    return properties
