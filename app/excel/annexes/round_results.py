"""The annex «Результаты мониторинга»: the register of sheets, the matrix, the summary and what changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from app.excel.annexes.round_results_matrix import Answer, CriterionColumn, Matrix, MatrixRow, write_matrix
from app.excel.annexes.round_results_summary import LevelBand, MunicipalityRow, write_summary
from app.excel.look import BODY, RED, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header, write_heading, write_signatures
from app.models.enumeration import AssessmentStatus, UnitKind

__all__ = [
    "Answer",
    "ChangeRow",
    "CriterionColumn",
    "LevelBand",
    "MatrixRow",
    "MunicipalityRow",
    "RoundResults",
    "SheetRow",
    "write",
]

NOT_BEGUN = "не начат"
_KINDS = {UnitKind.SCHOOL: "школьный", UnitKind.MUNICIPALITY: "муниципальный"}

_STATE_LOOKS = {
    AssessmentStatus.DRAFT: replace(BODY, fill="#DCE7FB"),
    AssessmentStatus.SUBMITTED: replace(BODY, fill="#E9DFF8"),
    AssessmentStatus.RETURNED: replace(BODY, fill="#FCE5CF"),
    AssessmentStatus.ACCEPTED: replace(BODY, fill="#D9F0DD"),
    AssessmentStatus.APPROVED: replace(BODY, fill="#BFE3C6"),
    AssessmentStatus.EXCUSED: replace(BODY, fill="#F3F3F3", ink="#5B657A"),
}
_NOT_BEGUN_LOOK = replace(BODY, fill="#EEF0F4")

SHEETS = Sheet(
    "Реестр листов",
    "Реестр листов оценки",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 5.5),
        Column("municipality", "Муниципалитет", width=26, wrap=True),
        Column("unit", "Организация", width=32, wrap=True),
        Column("kind", "Лист", width=14),
        Column("state", "Состояние", width=12, wrap=True),
        Column("answered", "Дано ответов", width=10),
        Column("submitted_on", "Отправлен", ColumnKind.DATE, 11),
        Column("accepted_on", "Принят", ColumnKind.DATE, 11),
        Column("approved_on", "Утверждён", ColumnKind.DATE, 11),
        Column("in_time", "Срок", width=14, wrap=True),
        Column("share", "Результат", ColumnKind.PERCENT, 10.5),
        Column("level", "Уровень", width=11, wrap=True),
        Column("changed", "Изменено после утверждения", ColumnKind.INTEGER, 13),
        Column("note", "Примечание", width=26, wrap=True),
    ),
)
_STATE, _CHANGED = SHEETS.keys.index("state"), SHEETS.keys.index("changed")

CHANGES = Sheet(
    "Изменено после утверждения",
    "Изменено после утверждения",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 5.5),
        Column("municipality", "Муниципалитет", width=26, wrap=True),
        Column("unit", "Организация", width=30, wrap=True),
        Column("criterion", "Критерий", width=38, wrap=True),
        Column("what", "Что изменено", width=20, wrap=True),
        Column("before", "Было", width=28, wrap=True),
        Column("after", "Стало", width=28, wrap=True),
        Column("changed_at", "Когда", ColumnKind.DATETIME, 15),
    ),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One assessment sheet; `share` is percent, `in_time` says in words whether it was handed in in time."""

    municipality: str
    unit: str
    kind: UnitKind
    state: AssessmentStatus
    is_begun: bool
    answered: int
    to_answer: int
    submitted_on: date | None = None
    accepted_on: date | None = None
    approved_on: date | None = None
    in_time: str = ""
    share: Decimal | None = None
    level: str = ""
    changed: int = 0
    note: str = ""

    @property
    def state_label(self) -> str:
        return NOT_BEGUN if self.state is AssessmentStatus.DRAFT and not self.is_begun else self.state.label


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A difference from what the first approval froze; `changed_at` is aware, None where it is not known."""

    municipality: str
    unit: str
    criterion: str
    what: str
    before: str
    after: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoundResults:
    """What the annex says of a round in the asker's scope as of `as_of` (aware, in the region's zone).

    Rows of schools and of municipalities stand in matrices of their own: their criteria differ. `rows` come in the
    order in which they are shown; rows of one municipality stand together.
    """

    title: str
    basis_lines: tuple[str, ...]
    as_of: datetime
    made_by: str
    scope_label: str
    sheets: Iterable[SheetRow]
    school_criteria: tuple[CriterionColumn, ...]
    school_rows: Iterable[MatrixRow]
    municipal_criteria: tuple[CriterionColumn, ...]
    municipal_rows: tuple[MatrixRow, ...]
    bands: tuple[LevelBand, ...]
    summary: tuple[MunicipalityRow, ...]
    changes: tuple[ChangeRow, ...]
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))

    def heading(self, of: str) -> Heading:
        lines = (f"{self.title}. {of}", *self.basis_lines)
        return Heading(lines, self.as_of, self.made_by, self.scope_label)


def write(target: BinaryIO, results: RoundResults) -> None:
    """Write the workbook; after an error in the rows `target` is untouched.

    Sheets: «Реестр листов», «Матрица» (and «Матрица (муниципалитеты)» where schools have sheets too), «Свод по
    муниципалитетам», «Изменено после утверждения».
    """
    with opened(target, results.title, results.heading("Результаты")) as book:
        last, page = _write_sheets(book, results)
        write_signatures(page, last, results.signatures)
        if results.school_criteria:
            matrix = Matrix("Матрица", results.school_criteria, results.school_rows)
            write_matrix(book, results.heading("Листы школ по критериям"), matrix, results.title)
        if results.municipal_rows or not results.school_criteria:
            name = "Матрица (муниципалитеты)" if results.school_criteria else "Матрица"
            matrix = Matrix(name, results.municipal_criteria, results.municipal_rows)
            write_matrix(book, results.heading("Муниципальные листы по критериям"), matrix, results.title)
        heading = results.heading("Свод по муниципалитетам")
        last, page = write_summary(book, heading, results.bands, results.summary, results.title)
        write_signatures(page, last, results.signatures)
        _write_changes(book, results)


def _write_sheets(book: Book, results: RoundResults) -> tuple[int, Page]:
    page = book.page(SHEETS.name, [column.width for column in SHEETS.columns])
    head = write_heading(page, results.heading(SHEETS.title))
    write_header(page, head, [column.title for column in SHEETS.columns])
    looks = [_look(column) for column in SHEETS.columns]
    row = head
    for number, sheet in enumerate(results.sheets, start=1):
        row += 1
        values = (
            number,
            sheet.municipality,
            sheet.unit,
            _KINDS[sheet.kind],
            sheet.state_label,
            f"{sheet.answered} из {sheet.to_answer}",
            sheet.submitted_on,
            sheet.accepted_on,
            sheet.approved_on,
            sheet.in_time,
            None if sheet.share is None else sheet.share / 100,
            sheet.level,
            sheet.changed or None,
            sheet.note,
        )
        looks[_STATE] = _state_look(sheet)
        looks[_CHANGED] = replace(looks[_CHANGED], ink=RED, bold=True)
        _write_row(page, row, SHEETS, values, looks)
    page.finish(Frame(head, head, row, page.columns, held_columns=3), "A4", results.title)
    return row + 1, page


def _write_changes(book: Book, results: RoundResults) -> None:
    page = book.page(CHANGES.name, [column.width for column in CHANGES.columns])
    head = write_heading(page, results.heading(CHANGES.title))
    write_header(page, head, [column.title for column in CHANGES.columns])
    looks = [_look(column) for column in CHANGES.columns]
    row = head
    for number, each in enumerate(results.changes, start=1):
        row += 1
        values = (
            number,
            each.municipality,
            each.unit,
            each.criterion,
            each.what,
            each.before,
            each.after,
            each.changed_at,
        )
        _write_row(page, row, CHANGES, values, looks)
    page.finish(Frame(head, head, row, page.columns, held_columns=3), "A4", results.title)
    if not results.changes:
        page.line(row + 1, "После утверждения ничего не менялось.", replace(BODY, border=False, italic=True))


def _write_row(page: Page, row: int, sheet: Sheet, values: tuple[object, ...], looks: list[Look]) -> None:
    texts = zip(map(str, values), page.widths, looks, strict=True)
    page.height(row, row_room([each for each in texts if each[2].wrap]))
    for position, (column, value, look) in enumerate(zip(sheet.columns, values, looks, strict=True)):
        page.put(row, position, value, look, column.kind)


def _look(column: Column) -> Look:
    centred = column.kind is not ColumnKind.TEXT or column.key in {"answered", "level", "in_time", "kind"}
    return replace(BODY, wrap=column.wrap, side="center" if centred else "left")


def _state_look(sheet: SheetRow) -> Look:
    begun = sheet.is_begun or sheet.state is not AssessmentStatus.DRAFT
    return replace(_STATE_LOOKS[sheet.state] if begun else _NOT_BEGUN_LOOK, wrap=True)
