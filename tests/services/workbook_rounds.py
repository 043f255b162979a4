"""Workbooks out of the pages and back: what the tests of every register need."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl

from app.documents.result_store import ResultStore
from app.services import personal_workbook, workbook_import, workbook_judgement
from app.services.workbook_judgement import EMPTIES, Means

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = personal_workbook.key_of("tests only")
# Register → where it is exported, who loads it, and what changes in whose row (heading → new value).
ROUNDS = {
    "org_unit": ("/org-units/export", "unit_admin"),
    "user": ("/users/export", "unit_admin"),
    "order": ("/orders/export", "region"),
    "assignment": ("/assignments/export", "school"),
    "staff_member": ("/staff-members/export", "school"),
    "certificate": ("/certificates/export", "school"),
}


def means(folder) -> Means:
    return Means(ResultStore(folder / "brought"), TODAY, NOW, KEY)


def judged(session, register, content, by, *, clear_empty=True, name="book.xlsx"):
    choices = {EMPTIES: clear_empty}
    return workbook_judgement.judge(session, session.actor, register, content, name, means=by, choices=choices)


def brought(session, register, content, by, *, clear_empty=True, name="book.xlsx", choices=None):
    """Judged and kept, as the page does."""
    chosen = choices if choices is not None else {EMPTIES: clear_empty}
    judgement = workbook_judgement.judge(session, session.actor, register, content, name, means=by, choices=chosen)
    return workbook_import.bring(
        session, session.actor, register, content, name, means=by, choices=chosen, judgement=judgement
    )


def heading_row(page) -> int:
    """Under the title lines: the first row with three filled cells."""
    return next(row[0].row for row in page.iter_rows() if sum(cell.value is not None for cell in row) >= 3)


def edited(content: bytes, find: str, column: str, value) -> bytes:
    """The book with one cell changed: in the row that says `find` somewhere, under the heading `column`."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    head = heading_row(page)
    place = next(cell.column for cell in page[head] if cell.value == column)
    row = next(row[0].row for row in page.iter_rows(min_row=head + 1) if any(find == str(cell.value) for cell in row))
    page.cell(row, place).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def table(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
