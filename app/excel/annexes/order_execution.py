"""The annex «Информация об исполнении распоряжения № … от …»: a summary sheet and a detail sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from app.excel.annexes.order_execution_summary import PointColumn, SummaryRow, write_summary
from app.excel.look import BODY, RED, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header, write_heading, write_signatures
from app.models.enumeration import AssignmentStatus, OrderKind

__all__ = ["DetailRow", "OrderExecution", "PointColumn", "SummaryRow", "write"]

_GENITIVE = {OrderKind.DIRECTIVE: "распоряжения", OrderKind.ORDER: "приказа", OrderKind.LETTER: "письма"}

_STATE_LOOKS = {
    AssignmentStatus.ASSIGNED: replace(BODY, fill="#EEF0F4"),
    AssignmentStatus.ACCEPTED: replace(BODY, fill="#DCE7FB"),
    AssignmentStatus.SUBMITTED: replace(BODY, fill="#E9DFF8"),
    AssignmentStatus.RETURNED: replace(BODY, fill="#FCE5CF"),
    AssignmentStatus.DONE: replace(BODY, fill="#D9F0DD"),
    AssignmentStatus.OFF_CONTROL: replace(BODY, fill="#BFE3C6"),
    AssignmentStatus.WITHDRAWN: replace(BODY, fill="#F3F3F3", ink="#5B657A"),
}

DETAILS = Sheet(
    "Сведения",
    "Сведения об исполнении",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 5.5),
        Column("municipality", "Муниципалитет", width=18, wrap=True),
        Column("unit", "ОО", width=23, wrap=True),
        Column("point", "Пункт", width=7.5),
        Column("content", "Содержание", width=46, wrap=True),
        Column("due", "Срок", ColumnKind.DATE, 12.5, wrap=True),
        Column("state", "Состояние", width=14, wrap=True),
        Column("done_on", "Дата исполнения", ColumnKind.DATE, 12.5),
        Column("evidence", "Подтверждение", width=28, wrap=True),
        Column("reason", "Причина неисполнения", width=20, wrap=True),
        Column("responsible", "Ответственный", width=18, wrap=True),
    ),
)


_STATE = DETAILS.keys.index("state")


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One assignment; `due_label` says in words what `due_on` cannot («без срока», «ежеквартально до 5 числа»)."""

    municipality: str
    unit: str
    point_label: str
    content: str
    state: AssignmentStatus
    overdue: bool = False
    due_on: date | None = None
    due_label: str = ""
    done_on: date | None = None
    evidence: str = ""
    reason: str = ""
    responsible: str = ""

    @property
    def state_label(self) -> str:
        return f"{self.state.label}, просрочено" if self.overdue else self.state.label


@dataclass(frozen=True, slots=True)
class OrderExecution:
    """What the annex says, computed in the asker's scope as of `as_of` (aware, in the region's zone).

    `issuer_genitive` is «министерства образования Сахалинской области»; `details` are numbered in their order.
    """

    kind: OrderKind
    issuer_genitive: str
    number: str
    dated_on: date
    title: str
    as_of: datetime
    made_by: str
    scope_label: str
    points: tuple[PointColumn, ...]
    summary: Iterable[SummaryRow]
    details: Iterable[DetailRow]
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))
    filter_label: str = ""

    @property
    def official_line(self) -> str:
        issuer = f" {self.issuer_genitive}" if self.issuer_genitive else ""
        title = self.title if self.title.startswith("«") or not self.title else f"«{self.title}»"
        named = f"от {self.dated_on:%d.%m.%Y} № {self.number} {title}".rstrip()
        return f"Информация об исполнении {_GENITIVE[self.kind]}{issuer} {named}"

    @property
    def footer(self) -> str:
        return f"{self.kind.label.capitalize()} от {self.dated_on:%d.%m.%Y} № {self.number}"

    @property
    def heading(self) -> Heading:
        return Heading((self.official_line,), self.as_of, self.made_by, self.scope_label, self.filter_label)


def write(target: BinaryIO, execution: OrderExecution) -> None:
    """Write the workbook: «Свод» (municipality × point) and «Сведения» (one row per assignment).

    Raises ValueError for a summary row of a point that is not among `points`; then `target` is untouched.
    """
    heading = execution.heading
    with opened(target, execution.official_line, heading) as book:
        last, page = write_summary(book, heading, execution.points, execution.summary, execution.footer)
        write_signatures(page, last, execution.signatures)
        last, page = _write_details(book, heading, execution.details, execution.footer)
        write_signatures(page, last, execution.signatures)


def _write_details(book: Book, heading: Heading, details: Iterable[DetailRow], footer: str) -> tuple[int, Page]:
    page = book.page(DETAILS.name, [column.width for column in DETAILS.columns])
    head = write_heading(page, heading)
    write_header(page, head, [column.title for column in DETAILS.columns])
    looks = [_detail_look(column) for column in DETAILS.columns]
    row = head
    for number, detail in enumerate(details, start=1):
        row += 1
        values = _values(number, detail)
        looks[_STATE] = _state_look(detail)
        texts = zip(map(str, values), page.widths, looks, strict=True)
        page.height(row, row_room([each for each in texts if each[2].wrap]))
        for position, (column, value, look) in enumerate(zip(DETAILS.columns, values, looks, strict=True)):
            page.put(row, position, value, look, column.kind)
    page.finish(Frame(head, head, row, page.columns), "A4", footer)
    return row + 1, page


def _values(number: int, detail: DetailRow) -> tuple[object, ...]:
    return (
        number,
        detail.municipality,
        detail.unit,
        detail.point_label,
        detail.content,
        detail.due_on or detail.due_label or "без срока",
        detail.state_label,
        detail.done_on,
        detail.evidence,
        detail.reason,
        detail.responsible,
    )


def _detail_look(column: Column) -> Look:
    centred = column.kind is not ColumnKind.TEXT or column.key == "point"
    return replace(BODY, wrap=column.wrap, side="center" if centred else "left")


def _state_look(detail: DetailRow) -> Look:
    look = replace(_STATE_LOOKS[detail.state], wrap=True)
    return replace(look, ink=RED, bold=True) if detail.overdue else look
