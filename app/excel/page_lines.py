"""The lines of a page above and below its table: who says what, on which day, and who signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.excel.look import HEAD, META, PLAIN, SUBTITLE, TITLE, Look
from app.excel.page import Page
from app.excel.sheet import Heading, Signature
from app.excel.text_room import row_room


def write_heading(page: Page, heading: Heading, title: str = "") -> int:
    """Write the official lines, the day and the author at the top; return the next free row."""
    lines = [(text, SUBTITLE) for text in heading.lines] or [(title, TITLE)]
    lines[0] = (lines[0][0], TITLE)
    lines += [(heading.as_of_label, META), (heading.author_label, META)]
    if heading.filter_label:
        lines.append((f"Отбор: {heading.filter_label}", META))
    for row, (text, look) in enumerate(lines):
        page.line(row, text, look)
    page.gap(len(lines), 6)
    return len(lines) + 1


def write_header(page: Page, row: int, titles: Sequence[str], look: Look = HEAD) -> None:
    """Write one row of column titles, high enough for the tallest of them."""
    page.height(row, row_room([(title, width, look) for title, width in zip(titles, page.widths, strict=True)]))
    for number, title in enumerate(titles):
        page.put(row, number, title, look)


def write_signatures(page: Page, row: int, signatures: Iterable[Signature]) -> int:
    """Write lines to be signed by hand, each after a free row; return the next free row."""
    for signature in signatures:
        page.gap(row, 14)
        page.line(row + 1, f"{signature.role} {'_' * 24} / {signature.name or '_' * 30} /", PLAIN)
        row += 2
    return row
