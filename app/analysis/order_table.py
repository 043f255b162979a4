"""Tables of measures as they arrive in plain text: cells parted by « | » or by tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis.order_source import Line, Source

_CELL = re.compile(r"[^|\t]+")
_COLUMNS = (
    ("number", re.compile(r"№|п/п|пункт")),
    ("term", re.compile(r"срок|дата")),
    ("addressee", re.compile(r"исполнител|ответственн|адресат|кому")),
    ("text", re.compile(r"мероприяти|содержани|поручени|наименовани|задач|действи|что сделать")),
)
_FEWEST_CELLS = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the offsets of its cells; empty cells are spans of no length."""

    line: Line
    number: Span
    text: Span
    addressee: Span
    term: Span


@dataclass(frozen=True, slots=True)
class Table:
    start: int
    end: int
    rows: tuple[Row, ...]
    line_starts: tuple[int, ...]


def tables_in(source: Source) -> list[Table]:
    """The tables with a column of what to do and one of terms or performers."""
    found: list[Table] = []
    columns: dict[str, int] | None = None
    rows: list[Row] = []
    lines: list[int] = []
    start = end = 0
    for line in [*source.lines, Line(len(source.text), len(source.text))]:
        cells = _cells(source, line)
        if cells is None:
            if columns is not None and not (line.blank and line.start < len(source.text)):
                found.append(Table(start, end, tuple(rows), tuple(lines)))
                columns, rows = None, []
            continue
        if columns is None:
            columns = _columns(source, cells)
            start, end, lines = line.start, line.end, [line.start]
            continue
        lines.append(line.start)
        row = Row(line, *(_cell(cells, columns.get(name), line) for name in ("number", "text", "addressee", "term")))
        end = line.end
        if row.text[0] < row.text[1] and not _rule(source, row.text):
            rows.append(row)
    return [table for table in found if table.rows]


def _cells(source: Source, line: Line) -> list[Span] | None:
    if line.blank:
        return None
    begin, text = line.start, source.plain[line.start : line.end]
    if text.count("|") < _FEWEST_CELLS - 1 and text.count("\t") < _FEWEST_CELLS - 1:
        return None
    separator = "|" if "|" in text else "\t"
    spans: list[Span] = []
    parts = text.split(separator)
    for index, part in enumerate(parts):
        left = begin + len(part) - len(part.lstrip())
        border = separator == "|" and not part.strip() and index in {0, len(parts) - 1}
        if not border:
            spans.append((left, left + len(part.strip())) if part.strip() else (begin, begin))
        begin += len(part) + 1
    return spans


def _columns(source: Source, cells: Sequence[Span]) -> dict[str, int] | None:
    named: dict[str, int] = {}
    for index, (start, end) in enumerate(cells):
        for name, pattern in _COLUMNS:
            if name not in named and pattern.search(source.folded, start, end):
                named[name] = index
                break
    return named if "text" in named and named.keys() & {"term", "addressee"} else None


def _cell(cells: Sequence[Span], index: int | None, line: Line) -> Span:
    return cells[index] if index is not None and index < len(cells) else (line.start, line.start)


def _rule(source: Source, span: Span) -> bool:
    return not source.folded[span[0] : span[1]].strip("-: ")
