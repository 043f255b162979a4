"""The annex «Реестр недостатков»: what is wrong, where it was seen, why, and what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from app.excel.look import BODY, HEAD, PLAIN, QUIET, TOTAL_FILL, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header, write_heading, write_signatures

TOTAL = "Всего"
_NOTHING = "Недостатков под это условие нет."

REGISTER = Sheet(
    "Реестр",
    "Реестр недостатков",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 6),
        Column("municipality", "Муниципалитет", width=20, wrap=True),
        Column("unit", "Организация", width=26, wrap=True),
        Column("seen_in", "Источник", width=24, wrap=True),
        Column("text", "Недостаток", width=40, wrap=True),
        Column("severity", "Тяжесть", width=15, wrap=True),
        Column("cause", "Причина", width=24, wrap=True),
        Column("found_on", "Обнаружен", ColumnKind.DATE, 12),
        Column("measures", "Меры и сроки", width=40, wrap=True),
        Column("status", "Состояние", width=12, wrap=True),
        Column("resolved_on", "Устранён", ColumnKind.DATE, 12),
    ),
)
SUMMARY = Sheet(
    "Свод",
    "Свод по критериям и причинам",
    (
        Column("name", "Критерий, причина", width=56, wrap=True),
        Column("found", "Записано", ColumnKind.INTEGER, 12),
        Column("open", "Открыто", ColumnKind.INTEGER, 12),
        Column("bare", "Открыто без мер", ColumnKind.INTEGER, 16),
        Column("resolved", "Устранено", ColumnKind.INTEGER, 12),
        Column("dismissed", "Снято", ColumnKind.INTEGER, 12),
    ),
)


@dataclass(frozen=True, slots=True)
class FindingLine:
    municipality: str
    unit: str
    seen_in: str
    text: str
    severity: str
    cause: str
    found_on: date
    measures: str
    status: str
    resolved_on: date | None


@dataclass(frozen=True, slots=True)
class CountLine:
    """How many findings: `found` is the sum of open, resolved and dismissed; `bare` of the open have no measure."""

    name: str
    found: int
    open: int
    bare: int
    resolved: int
    dismissed: int


@dataclass(frozen=True, slots=True)
class FindingRegister:
    """What the annex says, in the asker's scope as of `as_of` (aware, in the region's zone)."""

    lines: tuple[str, ...]
    as_of: datetime
    made_by: str
    scope_label: str
    findings: Sequence[FindingLine]
    by_criterion: Sequence[CountLine]
    by_cause: Sequence[CountLine]
    total: CountLine
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))

    @property
    def heading(self) -> Heading:
        return Heading((REGISTER.title, *self.lines), self.as_of, self.made_by, self.scope_label)


def write(target: BinaryIO, register: FindingRegister) -> None:
    """Write the workbook: «Реестр» with lines to sign, «Свод»; an empty register says that it is empty."""
    with opened(target, REGISTER.title, register.heading) as book:
        page, row = _begun(book, register, REGISTER)
        head = row
        for number, each in enumerate(register.findings, start=1):
            row += 1
            values = (
                number,
                each.municipality,
                each.unit,
                each.seen_in,
                each.text,
                each.severity,
                each.cause,
                each.found_on,
                each.measures,
                each.status,
                each.resolved_on,
            )
            _write_row(page, row, REGISTER, values)
        page.finish(Frame(head, head, row, page.columns, held_columns=3), "A4", REGISTER.title)
        if not register.findings:
            row += 1
            page.line(row, _NOTHING, replace(PLAIN, italic=True))
        write_signatures(page, row + 1, register.signatures)
        _write_summary(book, register)


def _write_summary(book: Book, register: FindingRegister) -> None:
    page, row = _begun(book, register, SUMMARY)
    head = row
    for title, lines in (("По критериям", register.by_criterion), ("По причинам", register.by_cause)):
        if lines:
            row += 1
            page.span(row, 0, page.columns - 1, title, replace(BODY, bold=True, fill=TOTAL_FILL))
        for one in lines:
            row += 1
            _write_row(page, row, SUMMARY, _counts(one))
    row += 1
    _write_row(page, row, SUMMARY, _counts(register.total), is_total=True)
    page.finish(Frame(head, head, row, page.columns, held_columns=1), "A4", REGISTER.title)
    page.gap(row + 1, 8)
    page.line(row + 2, "Итог по критериям и по причинам один и тот же: это два разреза.", replace(PLAIN, ink=QUIET))


def _counts(one: CountLine) -> tuple[object, ...]:
    return one.name, one.found, one.open, one.bare, one.resolved, one.dismissed


def _begun(book: Book, register: FindingRegister, sheet: Sheet) -> tuple[Page, int]:
    page = book.page(sheet.name, [column.width for column in sheet.columns])
    titles = (sheet.title, *register.lines)
    head = write_heading(page, replace(register.heading, lines=titles))
    write_header(page, head, [column.title for column in sheet.columns], HEAD)
    return page, head


def _write_row(page: Page, row: int, sheet: Sheet, values: tuple[object, ...], *, is_total: bool = False) -> None:
    looks = [_look(column, is_total=is_total) for column in sheet.columns]
    texts = zip(map(str, values), page.widths, looks, strict=True)
    page.height(row, row_room([each for each in texts if each[2].wrap]))
    for position, (column, value, look) in enumerate(zip(sheet.columns, values, looks, strict=True)):
        page.put(row, position, value, look, column.kind)


def _look(column: Column, *, is_total: bool) -> Look:
    look = replace(BODY, wrap=column.wrap, side="left" if column.kind is ColumnKind.TEXT else "center")
    return replace(look, bold=True, fill=TOTAL_FILL) if is_total else look
