"""The annex «План мероприятий»: weaknesses, their causes, what is done about them, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from app.excel.look import BODY, HEAD_FILL, PLAIN, QUIET, RED, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header, write_heading, write_signatures

_COLUMNS = (
    Column("number", "№ п/п", ColumnKind.INTEGER, 5),
    Column("finding", "Недостаток", width=30, wrap=True),
    Column("cause", "Причина", width=16, wrap=True),
    Column("measure", "Мера", width=28, wrap=True),
    Column("responsible", "Ответственный (должность)", width=20, wrap=True),
    Column("due_on", "План-срок", ColumnKind.DATE, 10.5),
    Column("figure", "Показатель", width=15, wrap=True),
    Column("before", "Было", ColumnKind.NUMBER, 7),
    Column("target", "Цель", ColumnKind.NUMBER, 7),
    Column("after", "Стало", ColumnKind.NUMBER, 7),
    Column("proof", "Подтверждение", width=20, wrap=True),
    Column("done_on", "Факт-срок", ColumnKind.DATE, 10.5),
    Column("status", "Статус", width=14.5, wrap=True),
    Column("effect", "Вывод об эффективности", width=14, wrap=True),
)
PLAN = Sheet("План мероприятий", "План мероприятий", _COLUMNS)
BARE = Sheet(
    "Недостатки без мер",
    "Недостатки, по которым меры не запланированы",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 5),
        Column("municipality", "Муниципалитет", width=24, wrap=True),
        Column("unit", "Организация", width=34, wrap=True),
        Column("finding", "Недостаток", width=70, wrap=True),
        Column("cause", "Причина", width=26, wrap=True),
        Column("severity", "Тяжесть", width=15),
        Column("found_on", "Обнаружен", ColumnKind.DATE, 12),
    ),
)
_GROUP = replace(BODY, bold=True, fill=HEAD_FILL, height="vcenter", wrap=True)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A measure; texts of several parts have a line for each. `is_late`: overdue, or done after its term."""

    finding: str
    cause: str
    measure: str
    responsible: str
    due_on: date
    figure: str
    before: Decimal | None
    target: Decimal | None
    after: Decimal | None
    proof: str
    done_on: date | None
    status: str
    effect: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """The measures that one unit carries out; without a name the lines stand under no heading."""

    name: str
    lines: Sequence[PlanLine]


@dataclass(frozen=True, slots=True)
class BareLine:
    """An open finding without a measure."""

    municipality: str
    unit: str
    finding: str
    cause: str
    severity: str
    found_on: date


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """What the annex says, in the asker's scope as of `as_of` (aware, in the region's zone)."""

    title: str
    lines: tuple[str, ...]
    as_of: datetime
    made_by: str
    scope_label: str
    groups: Sequence[PlanGroup]
    bare: Sequence[BareLine]
    filter_label: str = ""
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))

    @property
    def heading(self) -> Heading:
        return Heading((self.title, *self.lines), self.as_of, self.made_by, self.scope_label, self.filter_label)


def write(target: BinaryIO, plan: MeasurePlan) -> None:
    """Write «План мероприятий», to be signed, and «Недостатки без мер»; an empty list says that it is empty."""
    with opened(target, plan.title, plan.heading) as book:
        row, page = _write_plan(book, plan)
        write_signatures(page, row, plan.signatures)
        _write_bare(book, plan)


def _write_plan(book: Book, plan: MeasurePlan) -> tuple[int, Page]:
    page = book.page(PLAN.name, [column.width for column in PLAN.columns])
    head = row = write_heading(page, plan.heading)
    write_header(page, head, [column.title for column in PLAN.columns])
    number = 0
    for group in plan.groups:
        if group.name:
            row += 1
            page.height(row, row_room([(group.name, sum(page.widths), _GROUP)]))
            page.span(row, 0, page.columns - 1, group.name, _GROUP)
        for line in group.lines:
            row, number = row + 1, number + 1
            _write_line(page, row, number, line)
    page.finish(Frame(head, head, row, page.columns, held_columns=1), "A4", plan.title)
    if not number:
        row += 1
        page.line(row, "Мер в плане нет.", replace(PLAIN, italic=True))
    page.gap(row + 1, 8)
    row += 2
    if any(line.is_late for group in plan.groups for line in group.lines):
        page.line(row, "Красным: срок прошёл, мера не выполнена или выполнена после срока.", _NOTE)
        row += 1
    return row, page


_NOTE = replace(PLAIN, size=9, ink=QUIET)


def _write_line(page: Page, row: int, number: int, line: PlanLine) -> None:
    values = (
        number,
        line.finding,
        line.cause,
        line.measure,
        line.responsible,
        line.due_on,
        line.figure,
        line.before,
        line.target,
        line.after,
        line.proof,
        line.done_on,
        line.status,
        line.effect,
    )
    late = frozenset({"due_on", "done_on", "status"}) if line.is_late else frozenset()
    _write_row(page, row, PLAN, values, late)


def _write_bare(book: Book, plan: MeasurePlan) -> None:
    page = book.page(BARE.name, [column.width for column in BARE.columns])
    head = row = write_heading(page, replace(plan.heading, lines=(*plan.heading.lines, BARE.title)))
    write_header(page, head, [column.title for column in BARE.columns])
    for number, line in enumerate(plan.bare, start=1):
        row += 1
        values = (number, line.municipality, line.unit, line.finding, line.cause, line.severity, line.found_on)
        _write_row(page, row, BARE, values)
    page.finish(Frame(head, head, row, page.columns, held_columns=1), "A4", plan.title)
    if not plan.bare:
        page.line(row + 1, "По всем открытым недостаткам меры запланированы.", replace(PLAIN, italic=True))


def _write_row(
    page: Page, row: int, sheet: Sheet, values: tuple[object, ...], late: frozenset[str] = frozenset()
) -> None:
    looks = [_look(column, is_late=column.key in late) for column in sheet.columns]
    texts = [each for each in zip(map(_text, values), page.widths, looks, strict=True) if each[2].wrap]
    page.height(row, row_room(texts))
    for position, (column, value, look) in enumerate(zip(sheet.columns, values, looks, strict=True)):
        page.put(row, position, value, look, column.kind)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _look(column: Column, *, is_late: bool) -> Look:
    look = replace(BODY, wrap=column.wrap, side="left" if column.kind is ColumnKind.TEXT else "center")
    return replace(look, ink=RED, bold=True) if is_late else look
