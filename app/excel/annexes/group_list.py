"""The list of a training group: its people from the application to the document, and their attendance by days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from app.excel.look import BODY
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, opened, write_header, write_heading, write_signatures

__all__ = ["Day", "GroupList", "Person", "write"]

NAMES = 3
PRESENT, ABSENT = "+", "н"

PEOPLE = Sheet(
    "Список",
    "Список слушателей",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 5.5),
        Column("name", "Фамилия, имя, отчество", width=30, wrap=True),
        Column("unit", "Организация", width=30, wrap=True),
        Column("municipality", "Муниципалитет", width=22, wrap=True),
        Column("position", "Должность", width=24, wrap=True),
        Column("status", "Состояние", width=15, wrap=True),
        Column("enrolled_on", "Зачислен", ColumnKind.DATE, 11),
        Column("act", "Приказ о зачислении", width=20, wrap=True),
        Column("attendance", "Присутствовал", width=13),
        Column("result", "Результат", width=12, wrap=True),
        Column("completed_on", "Завершил", ColumnKind.DATE, 11),
        Column("document", "Документ: серия и номер", width=18, wrap=True),
        Column("registration", "Рег. номер", width=12, wrap=True),
        Column("issued_on", "Выдан", ColumnKind.DATE, 11),
        Column("note", "Примечание", width=28, wrap=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Day:
    held_on: date
    title: str


@dataclass(frozen=True, slots=True)
class Person:
    """`marks` in the order of the days: present, absent, or not marked; empty for one who has none."""

    name: str
    unit: str
    municipality: str
    position: str
    status: str
    enrolled_on: date | None = None
    act: str = ""
    attendance: str = ""
    result: str = ""
    completed_on: date | None = None
    document: str = ""
    registration: str = ""
    issued_on: date | None = None
    note: str = ""
    marks: tuple[bool | None, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupList:
    """What the workbook says of a group in the asker's scope as of `as_of` (aware, in the region's zone)."""

    title: str
    lines: tuple[str, ...]
    as_of: datetime
    made_by: str
    scope_label: str
    people: tuple[Person, ...]
    days: tuple[Day, ...]
    signatures: tuple[Signature, ...] = (Signature("Руководитель организации"), Signature("Ответственный за поток"))

    def heading(self, of: str) -> Heading:
        return Heading((f"{self.title}. {of}", *self.lines), self.as_of, self.made_by, self.scope_label)


def write(target: BinaryIO, group: GroupList) -> None:
    """Write the workbook; after an error in the rows `target` is untouched. With days it has «Посещаемость» too."""
    with opened(target, group.title, group.heading(PEOPLE.title)) as book:
        _write_people(book, group)
        if group.days:
            _write_attendance(book, group)


def _write_people(book: Book, group: GroupList) -> None:
    page = book.page(PEOPLE.name, [column.width for column in PEOPLE.columns])
    head = write_heading(page, group.heading(PEOPLE.title))
    write_header(page, head, [column.title for column in PEOPLE.columns])
    looks = [
        replace(BODY, wrap=column.wrap, side="left" if column.kind is ColumnKind.TEXT else "center")
        for column in PEOPLE.columns
    ]
    row = head
    for number, person in enumerate(group.people, start=1):
        row += 1
        values = (number, *(getattr(person, column.key) for column in PEOPLE.columns[1:]))
        texts = zip(map(str, values), page.widths, looks, strict=True)
        page.height(row, row_room([each for each in texts if each[2].wrap]))
        for place, (column, value, look) in enumerate(zip(PEOPLE.columns, values, looks, strict=True)):
            page.put(row, place, value, look, column.kind)
    page.finish(Frame(head, head, row, page.columns, held_columns=2), "A4", group.title)
    write_signatures(page, row + 1, group.signatures)


def _write_attendance(book: Book, group: GroupList) -> None:
    """Days as columns; of people without a mark the line is empty, and the total says how many of how many."""
    widths = [5.5, 30, 28, *(9.0 for _ in group.days), 13]
    page = book.page("Посещаемость", widths)
    head = write_heading(page, group.heading("Посещаемость"))
    titles = [f"{day.held_on:%d.%m.%Y}" + (f"\n{day.title}" if day.title else "") for day in group.days]
    write_header(page, head, ["№ п/п", "Фамилия, имя, отчество", "Организация", *titles, "Присутствовал"])
    name, mark = replace(BODY, wrap=True), replace(BODY, side="center")
    row = head
    for number, person in enumerate((one for one in group.people if one.marks), start=1):
        row += 1
        texts = [(person.name, widths[1], name), (person.unit, widths[2], name)]
        page.height(row, row_room(texts))
        page.put(row, 0, number, mark, ColumnKind.INTEGER)
        page.put(row, 1, person.name, name, ColumnKind.TEXT)
        page.put(row, 2, person.unit, name, ColumnKind.TEXT)
        for place, present in enumerate(person.marks, start=NAMES):
            text = "" if present is None else PRESENT if present else ABSENT
            page.put(row, place, text, mark, ColumnKind.TEXT)
        page.put(row, NAMES + len(group.days), person.attendance, mark, ColumnKind.TEXT)
    page.finish(Frame(head, head, row, page.columns, held_columns=2), "A4", group.title)
    page.line(
        row + 1, f"{PRESENT} присутствовал, {ABSENT} отсутствовал, пусто – не отмечено.", replace(BODY, border=False)
    )
