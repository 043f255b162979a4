"""Which parts of an .xlsx are its sheets, and which of its cell formats show days."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from app.excel.package import Package
from app.excel.table import DAMAGED, WorkbookRefused

_MAX_SIDE_ELEMENTS: Final = 300_000
_FALSE: Final = frozenset({"", "0", "false"})
# Formats known by number alone (ECMA-376, part 1, 18.8.30), those of East Asian Excels included.
_DAYS: Final = frozenset({*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)})
_TIMES: Final = frozenset({18, 19, 20, 21, 32, 33})
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_ELAPSED: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class XlsxParts:
    """`styles` and `strings` are empty where the book has none; `days_from_1904` is the calendar of old Macs."""

    sheets: tuple[SheetPart, ...]
    styles: str
    strings: str
    days_from_1904: bool


def xlsx_parts(package: Package) -> XlsxParts:
    """The sheets in the order of their tabs; charts and macro sheets are none. Raises WorkbookRefused."""
    main = next((target for kind, target in _relations(package, "").values() if kind == "officeDocument"), "")
    main = main or "xl/workbook.xml"
    relations = _relations(package, main)
    sheets: list[SheetPart] = []
    from_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "").lower() not in _FALSE
        elif tag == "sheet":
            number = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            kind, target = relations.get(number, ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), target, hidden))

    package.elements(main, start)
    if not sheets:
        raise WorkbookRefused(DAMAGED)
    by_kind = {kind: target for kind, target in relations.values() if target in package}
    return XlsxParts(tuple(sheets), by_kind.get("styles", ""), by_kind.get("sharedStrings", ""), from_1904)


def _relations(package: Package, source: str) -> dict[str, tuple[str, str]]:
    """(kind, part) by identifier; kinds are the last words of their addresses, the same in both editions of OOXML."""
    folder, name = posixpath.split(source)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target if target.startswith("/") else posixpath.join(folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, posixpath.normpath(path).lstrip("/"))

    part = posixpath.join(folder, "_rels", f"{name}.rels")
    if part in package:
        package.elements(part, start)
    return found


def shown_kinds(package: Package, styles: str) -> list[str]:
    """By number of cell format: «day», «time», or nothing for a plain number."""
    if not styles:
        return []
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            formats.append(attributes.get("numFmtId", "0"))
        if len(formats) + len(codes) > _MAX_SIDE_ELEMENTS:
            raise WorkbookRefused(DAMAGED)

    package.elements(styles, start)
    kinds = {number: _shown(codes.get(number), number) for number in set(formats)}
    return [kinds[number] for number in formats]


def _shown(code: str | None, number: str) -> str:
    if code is None:
        known = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0  # noqa: PLR2004 - digits of the largest number known
        return "day" if known in _DAYS else "time" if known in _TIMES else ""
    letters = set(_NOT_CODE.sub("", code.partition(";")[0]).lower())
    if _ELAPSED.search(code) or not letters & set("ymdhs") or letters & set("#?0") - {"0"}:
        return ""
    return "day" if letters & {"y", "d"} or not letters & {"h", "s"} else "time"
