"""The annex «Свод по муниципалитетам»: findings and measures by place, unit, cause and criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from app.excel.look import BODY, HEAD, PLAIN, QUIET, RED, TOTAL_FILL, Look
from app.excel.sheet import ColumnKind, Heading, Signature
from app.excel.text_room import room
from app.excel.writer import Book, Frame, Page, opened, write_heading, write_signatures

_NAME_WIDTH = 38.0
_SIDE_WIDTH = 24.0
_FIGURE_WIDTH = 7.5
_ROW_HEIGHT = 17.0
_HEAD_HEIGHT = 102.0
_NAME = replace(BODY, wrap=True, height="vcenter")
_COUNT = replace(BODY, side="center", height="vcenter", number_format='0;-0;"–"')
_SHARE = replace(BODY, side="center", height="vcenter", number_format="0.0%")
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Недостатки", ("всего", "открыто", "из них без мер", "устранено")),
    (
        "Меры",
        (
            *("всего", "запланировано", "в работе", "ждут подтверждения", "не подтверждено", "подтверждено"),
            *("подтверждено, %", "просрочено"),
        ),
    ),
    ("Эффект", ("помогло", "не видно", "мало данных")),
)
_FIGURES = tuple(title for _, titles in _GROUPS for title in titles)
_SHARE_COLUMN = _FIGURES.index("подтверждено, %")
_ALARMING = frozenset({_FIGURES.index("из них без мер"), _FIGURES.index("просрочено")})


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """Numbers of one place, cause or criterion; `side` stands in a column of its own where the sheet has one."""

    name: str
    side: str = ""
    findings: int = 0
    open: int = 0
    bare: int = 0
    resolved: int = 0
    measures: int = 0
    planned: int = 0
    in_progress: int = 0
    done: int = 0
    not_verified: int = 0
    verified: int = 0
    overdue: int = 0
    helped: int = 0
    not_seen: int = 0
    too_little: int = 0

    @property
    def values(self) -> tuple[int | Decimal | str, ...]:
        """In the order of the columns; the share is from 0 to 1, a dash where there are no measures."""
        share = Decimal(self.verified) / self.measures if self.measures else "–"
        found = (self.findings, self.open, self.bare, self.resolved)
        states = (self.measures, self.planned, self.in_progress, self.done, self.not_verified, self.verified)
        return (*found, *states, share, self.overdue, self.helped, self.not_seen, self.too_little)


@dataclass(frozen=True, slots=True)
class SummarySheet:
    """`titles` head the columns of words: one, or two where lines have a `side`; `total` is the last row, if any."""

    name: str
    title: str
    titles: tuple[str, ...]
    lines: Sequence[SummaryLine]
    total: SummaryLine | None = None
    side_width: float = _SIDE_WIDTH


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """In the asker's scope as of `as_of` (aware, in the region's zone); the first of `sheets` is signed."""

    title: str
    as_of: datetime
    made_by: str
    scope_label: str
    sheets: Sequence[SummarySheet]
    notes: tuple[str, ...] = ()
    filter_label: str = ""
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))

    @property
    def heading(self) -> Heading:
        return Heading((self.title,), self.as_of, self.made_by, self.scope_label, self.filter_label)


def write(target: BinaryIO, summary: MeasureSummary) -> None:
    """Write the workbook, one sheet for each of `sheets`; an empty one says that it is empty."""
    with opened(target, summary.title, summary.heading) as book:
        for sheet in summary.sheets:
            row, page = _write_sheet(book, summary, sheet)
            if sheet is summary.sheets[0]:
                for note in summary.notes:
                    page.line(row, note, replace(PLAIN, size=9, ink=QUIET))
                    row += 1
                write_signatures(page, row, summary.signatures)


def _write_sheet(book: Book, summary: MeasureSummary, sheet: SummarySheet) -> tuple[int, Page]:
    words = len(sheet.titles)
    widths = [*((sheet.side_width,) if words > 1 else ()), _NAME_WIDTH, *([_FIGURE_WIDTH] * len(_FIGURES))]
    page = book.page(sheet.name, widths)
    top = write_heading(page, replace(summary.heading, lines=(summary.title, sheet.title)))
    _write_head(page, top, sheet.titles)
    row = top + 1
    for line in sheet.lines:
        row += 1
        _write_line(page, row, line, words)
    if sheet.total is not None and sheet.lines:
        row += 1
        _write_line(page, row, sheet.total, words, is_total=True)
    page.finish(Frame(top, top + 1, row, page.columns, held_columns=words), "A4", summary.title)
    if not sheet.lines:
        row += 1
        page.line(row, "Недостатков и мер здесь нет.", replace(PLAIN, italic=True))
    page.gap(row + 1, 8)
    return row + 2, page


def _write_head(page: Page, top: int, titles: Sequence[str]) -> None:
    words = len(titles)
    page.height(top, _ROW_HEIGHT)
    for column in range(words):
        page.put(top, column, "", HEAD)
    column = words
    for title, of_group in _GROUPS:
        page.span(top, column, column + len(of_group) - 1, title, HEAD)
        column += len(of_group)
    page.height(top + 1, _HEAD_HEIGHT)
    for column, title in enumerate(titles):
        page.put(top + 1, column, title, HEAD)
    for column, title in enumerate(_FIGURES, start=words):
        page.put(top + 1, column, title, replace(HEAD, bold=False, rotated=True))


def _write_line(page: Page, row: int, line: SummaryLine, words: int, *, is_total: bool = False) -> None:
    def as_total(look: Look) -> Look:
        return replace(look, bold=True, fill=TOTAL_FILL) if is_total else look

    texts = (line.side, line.name) if words > 1 else (line.name,)
    page.height(row, max(_ROW_HEIGHT, *(room(text, page.widths[n], as_total(_NAME)) for n, text in enumerate(texts))))
    for column, text in enumerate(texts):
        page.put(row, column, text, as_total(_NAME))
    for number, value in enumerate(line.values):
        kind, look = (ColumnKind.INTEGER, _COUNT) if number != _SHARE_COLUMN else (ColumnKind.PERCENT, _SHARE)
        if number in _ALARMING and value:
            look = replace(look, ink=RED, bold=True)
        page.put(row, words + number, value, as_total(look), kind)
