"""A unit's own workbook, given out to be filled in without a line and taken back: locked but for its fields, sealed.

A very hidden sheet holds what was given out, in one line of text cut into cells, and the seal over it. The seal is not
computed here: it needs the secret of the installation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import BinaryIO, Final

from app.excel.content_kind import ContentKind, content_kind
from app.excel.look import BODY, HEAD, META, TITLE, Look, body_look
from app.excel.package import Package
from app.excel.page_form import Asked, CellRange, ChoiceRule, LengthRule, NumberRule, Rule, fits_formula
from app.excel.sheet import Column, ColumnKind, ColumnRole, Heading, Sheet
from app.excel.table import CHOICES_SHEET, Budget, Table, WorkbookRefused
from app.excel.text_room import lines_room, row_room
from app.excel.writer import Book, Frame, Page, opened, write_header
from app.excel.xlsx_cells import read_xlsx_sheets

SEAL_SHEET: Final = "Служебный лист"
# Characters of a cell of the seal: well below Excel's 32,767.
_PIECE: Final = 30_000
_LONGEST: Final = 20_000
_LINES: Final = 3
_HELD_WIDTH: Final = 40
_LIST_WIDTH: Final = 50
_FILL_IN: Final = "#FFF8E1"
_NOT_ISSUED: Final = (
    "Это не рабочая книга, выданная системой, или её пересохранили с потерей служебного листа. "
    "Скачайте книгу заново и перенесите в неё свои записи; сохраняйте как .xlsx."
)
_HOW: Final = (
    "Заполняйте жёлтые ячейки; остальные защищены. Строки можно отбирать фильтром в заголовках. "
    "Верните файл на странице «Рабочая книга»: система покажет, что изменится."
)


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A cell for a number; `is_percent` shows the sign behind it: 83.5 is 83,5 %."""

    least: float
    most: float
    is_percent: bool = False


Takes = tuple[str, ...] | NumberCell


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """One visible sheet: rows in the order of `sheet.columns`; key columns are hidden, fields can be filled in.

    Single cells, by the place of the row from 0 and the key of the column, may take other words or a number (`takes`)
    or be `locked`. `lead` stands above the rows.
    """

    sheet: Sheet
    rows: Sequence[Sequence[object]]
    choices: Mapping[str, Sequence[str]]
    takes: Mapping[tuple[int, str], Takes] = field(default_factory=dict)
    locked: frozenset[tuple[int, str]] = frozenset()
    lead: str = ""

    def taken(self, row: int, column: Column) -> Takes | None:
        """None for a text."""
        return self.takes.get((row, column.key)) or tuple(self.choices.get(column.choices, ())) or None

    def look(self, row: int, column: Column) -> Look:
        if (row, column.key) in self.locked:
            return body_look(column)
        takes, look = self.taken(row, column), _look(column)
        if not isinstance(takes, NumberCell):
            return look
        return replace(look, number_format='General" %"' if takes.is_percent else "General")


def write_personal(
    target: BinaryIO, title: str, heading: Heading, parts: Sequence[PersonalPart], *, sealed: str, seal: str
) -> None:
    """Write the workbook; `sealed` is the text that was sealed, `seal` its seal. `target` is untouched by an error."""
    lists = _lists(parts)
    with opened(target, title, heading) as book:
        for part in parts:
            page = book.page(part.sheet.name, [column.width for column in part.sheet.columns])
            _write_part(page, part, heading, lists)
        if lists:
            _write_lists(book, list(lists))
        page = book.page(SEAL_SHEET, [40])
        page.put(0, 0, seal, BODY)
        for row in range(0, len(sealed), _PIECE):
            page.put(1 + row // _PIECE, 0, sealed[row : row + _PIECE], BODY)
        page.protect()
        page.hide(very=True)


def read_personal(content: bytes, names: Sequence[str]) -> tuple[dict[str, Table], str, str]:
    """The sheets of these names, the sealed text and its seal, which is still to be proved. Raises WorkbookRefused."""
    if content_kind(content) is not ContentKind.XLSX:
        raise WorkbookRefused(_NOT_ISSUED)
    budget = Budget()
    tables = read_xlsx_sheets(Package(content, budget), budget, [*names, SEAL_SHEET])
    kept = tables.pop(SEAL_SHEET, None)
    if kept is None or not kept.rows:
        raise WorkbookRefused(_NOT_ISSUED)
    cells = [str(row[0]) if row and row[0] is not None else "" for row in kept.rows]
    return tables, "".join(cells[1:]), cells[0]


def _lists(parts: Sequence[PersonalPart]) -> dict[tuple[str, ...], CellRange]:
    """Where the words of drop-downs stand that do not fit a formula: those with commas, and long ones."""
    named = [tuple(words) for part in parts for words in part.choices.values()]
    named += [takes for part in parts for takes in part.takes.values() if isinstance(takes, tuple)]
    wanted = dict.fromkeys(words for words in named if words and not fits_formula(words))
    return {words: CellRange(CHOICES_SHEET, place, 0, len(words) - 1) for place, words in enumerate(wanted)}


def _write_lists(book: Book, lists: Sequence[tuple[str, ...]]) -> None:
    page = book.page(CHOICES_SHEET, [_LIST_WIDTH] * len(lists))
    for row in range(max(map(len, lists))):
        for place, words in enumerate(lists):
            if row < len(words):
                page.put(row, place, words[row], BODY)
    page.protect()
    page.hide()


def _write_part(page: Page, part: PersonalPart, heading: Heading, lists: Mapping[tuple[str, ...], CellRange]) -> None:
    columns = part.sheet.columns
    for place, column in enumerate(columns):
        page.set_column(place, hidden=column.role is ColumnRole.KEY)
    lines = [(part.sheet.title, TITLE), (heading.scope_label, META), (heading.as_of_label, META), (_HOW, META)]
    if part.lead:
        lines.append((part.lead, META))
    for row, (text, look) in enumerate(lines):
        page.line(row, text, look)
    head = len(lines)
    write_header(page, head, [column.title for column in columns], HEAD)
    for place, column in enumerate(columns):
        if column.note:
            page.note(head, place, column.note)
    last = head
    for last, values in enumerate(part.rows, start=head + 1):
        page.height(last, _height(columns, values))
        for place, (column, value) in enumerate(zip(columns, values, strict=True)):
            number = last - head - 1
            kind = ColumnKind.NUMBER if isinstance(part.taken(number, column), NumberCell) else column.kind
            page.put(last, place, value, part.look(number, column), kind)
    for place, column in enumerate(columns):
        if column.role is ColumnRole.FIELD:
            _ask(page, part, place, head + 1, lists)
    page.protect()
    page.finish(Frame(head, head, last, page.columns, _held(columns)), "A4", part.sheet.title)


def _ask(page: Page, part: PersonalPart, place: int, first: int, lists: Mapping[tuple[str, ...], CellRange]) -> None:
    """What the cells of a column take, neighbours that take the same at once."""
    column = part.sheet.columns[place]
    for takes, group in groupby(range(len(part.rows)), key=lambda row: part.taken(row, column)):
        rows = [first + row for row in group]
        rule: Rule
        match takes:
            case None:
                rule, refusal = LengthRule(_LONGEST), f"Не больше {_LONGEST} знаков."
            case NumberCell(least, most):
                rule, refusal = NumberRule(least, most), _number_refusal(takes)
            case words:
                rule, refusal = ChoiceRule(lists.get(words, words)), "Выберите значение из списка."
        page.ask(place, rows[0], rows[-1], rule, Asked(column.title, column.note, refusal))


def _number_refusal(takes: NumberCell) -> str:
    if takes.is_percent:
        return "Здесь нужен процент от 0 до 100, без знака %: например, 83,5."
    return f"Здесь нужно число от {takes.least:g} до {takes.most:g}."


def _height(columns: Sequence[Column], values: Sequence[object]) -> float:
    """Points: all that is shown can be read, and there is room to write."""
    texts = [(str(value), column.width, _look(column)) for column, value in zip(columns, values, strict=True) if value]
    wrapped = [each for each in texts if each[2].wrap]
    return max(lines_room(_LINES, BODY), row_room(wrapped) if wrapped else 0.0)


def _held(columns: Sequence[Column]) -> int:
    """How many columns stay in sight: those that say which row it is, up to the first wide one."""
    held, width = 0, 0.0
    for column in columns:
        width += 0 if column.role is ColumnRole.KEY else column.width
        if column.role is ColumnRole.FIELD or width > _HELD_WIDTH:
            break
        held += 1
    return held


def _look(column: Column) -> Look:
    look = body_look(column)
    return replace(look, fill=_FILL_IN, unlocked=True) if column.role is ColumnRole.FIELD else look
