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

SCHOOL = "МБОУ СОШ «school»"
# Every field of every register once: in whose row, under which heading, what is typed.
ONE_CELL = [
    ("org_unit", SCHOOL, "Сайт", "new-site.ru"),
    ("org_unit", SCHOOL, "Почта", "school@new-site.ru"),
    ("org_unit", SCHOOL, "Код", "650999"),
    ("org_unit", SCHOOL, "Действует с", date(2014, 9, 1)),
    ("org_unit", SCHOOL, "Краткое наименование", "СОШ 1"),
    ("user", "school", "ФИО", "Новая Фамилия"),
    ("user", "school", "Почта", "new@school.ru"),
    ("user", "school", "Телефон", "+7 42446 2-15-01"),
    ("order", "77-п", "Заголовок", "О сборе сведений"),
    ("assignment", "1", "Ответственный", "Иванова М. П."),
    ("staff_member", "Ким Анна Петровна", "Должность", "директор"),
    ("staff_member", "Ким Анна Петровна", "В должности с", date(2021, 9, 1)),
    ("staff_member", "Ким Анна Петровна", "В должности по", date(2026, 11, 1)),
    ("staff_member", "Ким Анна Петровна", "Почта", "kim@school.ru"),
    ("staff_member", "Ким Анна Петровна", "СНИЛС", "123-456-789 64"),
    ("certificate", "0042", "Рег. номер", "17/у"),
    ("certificate", "0042", "Дата выдачи", date(2026, 10, 2)),
    ("certificate", "0042", "Часов", 72),
    ("certificate", "0042", "Программа", "Оценка качества"),
    ("certificate", "0042", "Тема", None),
    ("certificate", "0042", "Кем выдан", "Другая академия"),
    ("certificate", "0042", "Обучение с", date(2026, 9, 1)),
    ("certificate", "0042", "Обучение по", date(2026, 9, 30)),
    ("certificate", "0042", "Имя в документе", "Иванова Анна Петровна"),
]


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
