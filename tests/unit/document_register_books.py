"""The federal register's workbook as tests write it: one clean row, and the same with cells in place of its own."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from app.excel.document_register import register_shape, write_documents
from app.excel.sheet import Heading
from app.services.document_register_cleaning import cells_of, clean_book
from tests.unit.workbook_bytes import book

HEADING = Heading(("ФИС ФРДО",), datetime(2026, 11, 22, tzinfo=UTC), "Кто-то", "Институт")
SHAPE = register_shape()
# 112-233-445 95 is the example of the rule itself.
NUMBER, PRINTED = "11223344595", "112-233-445 95"
BORN = date(1980, 3, 5)
ROW = {
    "document_kind": "advanced",
    "document_status": "original",
    "lost": "no",
    "exchanged": "no",
    "destroyed": "no",
    "number": "000123",
    "issued_on": date(2026, 10, 1),
    "registration_number": "А-17",
    "programme_kind": "advanced",
    "programme_title": "Система оценки качества образования",
    "started_in": 2026,
    "ended_in": 2026,
    "hours": 36,
    "last_name": "Иванова",
    "first_name": "Анна",
    "patronymic": "Петровна",
    "born_on": BORN,
    "sex": "female",
    "snils": NUMBER,
    "study_form": "mixed",
    "education_form": "inside",
    "citizenship": "643",
}
TITLES = {column.key: column.title for column in SHAPE.columns}


def written(*rows) -> bytes:
    target = io.BytesIO()
    write_documents(target, [cells_of(row) for row in rows], HEADING)
    return target.getvalue()


def dirty(**cells: object) -> bytes:
    """A book of one row under the official headings, with these cells in place of the clean ones."""
    clean = cells_of(ROW) | {"series": "нет"} | cells
    return book(tuple(TITLES.values()), tuple(clean.get(key) for key in TITLES))


def the_row(content: bytes):
    (row,) = clean_book(content, "книга.xlsx").rows
    return row
