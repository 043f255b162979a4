"""The annex «Информация о повышении квалификации …»: by municipality, by organisation with people, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from app.excel.look import BODY, HEAD, PLAIN, QUIET, TOTAL_FILL, Look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet, Signature
from app.excel.text_room import room, row_room
from app.excel.writer import Book, Frame, Page, opened, write_header, write_heading, write_signatures

_NAME_WIDTH = 40.0
_FIGURE_WIDTH = 11.0
_ROW_HEIGHT = 17.0
_NAME = replace(BODY, wrap=True, height="vcenter")
_COUNT = replace(BODY, side="center", height="vcenter", number_format='0;-0;"–"')
_SHARE = replace(BODY, side="center", height="vcenter", number_format="0.0%")
TOTAL = "Всего"

UNITS = Sheet(
    "Организации",
    "Организации и работники",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 6),
        Column("municipality", "Муниципалитет", width=22, wrap=True),
        Column("unit", "Организация", width=30, wrap=True),
        Column("state", "Состояние", width=16, wrap=True),
        Column("person", "Работник", width=26, wrap=True),
        Column("position", "Должность", width=24, wrap=True),
        Column("document", "Документ", width=20, wrap=True),
        Column("issued_on", "Дата выдачи", ColumnKind.DATE, 12),
        Column("hours", "Часов", ColumnKind.INTEGER, 7),
        Column("issuer", "Кем выдан", width=28, wrap=True),
        Column("group", "Группа", width=26, wrap=True),
    ),
)
MISSING = Sheet(
    "Не обучены",
    "Не обучены и не записаны в группы",
    (
        Column("number", "№ п/п", ColumnKind.INTEGER, 6),
        Column("municipality", "Муниципалитет", width=26, wrap=True),
        Column("unit", "Организация", width=40, wrap=True),
        Column("person", "Работник", width=34, wrap=True),
        Column("position", "Должность", width=30, wrap=True),
    ),
)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A municipality: `share` of the covered from 0 to 1, None where there is nobody to count."""

    name: str
    total: int
    covered: int
    waiting: int
    enrolled: int
    missing: int
    unknown: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person of a unit; without a name, a unit of whose staff nothing is known."""

    municipality: str
    unit: str
    state_label: str
    person: str = ""
    position: str = ""
    document: str = ""
    issued_on: date | None = None
    hours: int | None = None
    issuer: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class MissingLine:
    municipality: str
    unit: str
    person: str
    position: str


@dataclass(frozen=True, slots=True)
class TrainingCoverage:
    """What the annex says, in the asker's scope as of `as_of` (aware, in the region's zone); the last place is the sum.

    `counted` names what the total is a number of: «организаций» or «работников».
    """

    title: str
    lines: tuple[str, ...]
    counted: str
    as_of: datetime
    made_by: str
    scope_label: str
    places: Sequence[PlaceLine]
    people: Sequence[PersonLine]
    missing: Sequence[MissingLine]
    notes: tuple[str, ...]
    signatures: tuple[Signature, ...] = (Signature("Исполнитель"), Signature("Руководитель"))

    @property
    def heading(self) -> Heading:
        return Heading((self.title, *self.lines), self.as_of, self.made_by, self.scope_label)


def write(target: BinaryIO, coverage: TrainingCoverage) -> None:
    """Write the workbook: «Свод», «Организации», «Не обучены»; an empty list says that it is empty."""
    with opened(target, coverage.title, coverage.heading) as book:
        row, page = _write_places(book, coverage)
        write_signatures(page, row, coverage.signatures)
        _write_people(book, coverage)
        row, page = _write_missing(book, coverage)
        write_signatures(page, row, coverage.signatures)


def _write_places(book: Book, coverage: TrainingCoverage) -> tuple[int, Page]:
    titles = (
        f"Всего {coverage.counted}",
        "Обучено",
        "Доля, %",
        "Документ ждёт подтверждения",
        "В группах",
        "Не обучено",
        "Организаций без данных о работниках",
    )
    page = book.page("Свод", [_NAME_WIDTH, *([_FIGURE_WIDTH] * len(titles))])
    top = write_heading(page, coverage.heading)
    write_header(page, top, ["Муниципалитет", *titles], HEAD)
    row = top
    for place in coverage.places:
        row += 1
        _write_place(page, row, place, is_total=place is coverage.places[-1])
    page.finish(Frame(top, top, row, page.columns, held_columns=1), "A4", coverage.title)
    page.gap(row + 1, 8)
    row += 2
    for note in coverage.notes:
        page.line(row, note, replace(PLAIN, size=9, ink=QUIET))
        row += 1
    return row, page


def _write_place(page: Page, row: int, place: PlaceLine, *, is_total: bool) -> None:
    def as_total(look: Look) -> Look:
        return replace(look, bold=True, fill=TOTAL_FILL) if is_total else look

    page.height(row, max(_ROW_HEIGHT, room(place.name, page.widths[0], _NAME)))
    page.put(row, 0, place.name, as_total(_NAME))
    page.put(row, 1, place.total, as_total(_COUNT), ColumnKind.INTEGER)
    page.put(row, 2, place.covered, as_total(_COUNT), ColumnKind.INTEGER)
    page.put(row, 3, "–" if place.share is None else place.share, as_total(_SHARE), ColumnKind.PERCENT)
    for column, count in enumerate((place.waiting, place.enrolled, place.missing, place.unknown), start=4):
        page.put(row, column, count, as_total(_COUNT), ColumnKind.INTEGER)


def _write_people(book: Book, coverage: TrainingCoverage) -> None:
    page, row = _begun(book, coverage, UNITS)
    head = row
    for number, each in enumerate(coverage.people, start=1):
        row += 1
        values = (
            number,
            each.municipality,
            each.unit,
            each.state_label,
            each.person,
            each.position,
            each.document,
            each.issued_on,
            each.hours,
            each.issuer,
            each.group,
        )
        _write_row(page, row, UNITS, values)
    page.finish(Frame(head, head, row, page.columns, held_columns=3), "A4", coverage.title)
    if not coverage.people:
        page.line(row + 1, "Организаций, которых касается требование, здесь нет.", replace(PLAIN, italic=True))


def _write_missing(book: Book, coverage: TrainingCoverage) -> tuple[int, Page]:
    page, row = _begun(book, coverage, MISSING)
    head = row
    for number, each in enumerate(coverage.missing, start=1):
        row += 1
        _write_row(page, row, MISSING, (number, each.municipality, each.unit, each.person, each.position))
    page.finish(Frame(head, head, row, page.columns), "A4", coverage.title)
    if not coverage.missing:
        row += 1
        page.line(row, "Все обучены, ждут подтверждения документа или записаны в группы.", replace(PLAIN, italic=True))
    return row + 1, page


def _begun(book: Book, coverage: TrainingCoverage, sheet: Sheet) -> tuple[Page, int]:
    page = book.page(sheet.name, [column.width for column in sheet.columns])
    heading = replace(coverage.heading, lines=(*coverage.heading.lines, sheet.title))
    head = write_heading(page, heading)
    write_header(page, head, [column.title for column in sheet.columns])
    return page, head


def _write_row(page: Page, row: int, sheet: Sheet, values: tuple[object, ...]) -> None:
    looks = [_look(column) for column in sheet.columns]
    texts = zip(map(str, values), page.widths, looks, strict=True)
    page.height(row, row_room([each for each in texts if each[2].wrap]))
    for position, (column, value, look) in enumerate(zip(sheet.columns, values, looks, strict=True)):
        page.put(row, position, value, look, column.kind)


def _look(column: Column) -> Look:
    return replace(BODY, wrap=column.wrap, side="left" if column.kind is ColumnKind.TEXT else "center")
