"""The workbook that a person fills in: the loaded columns of a sheet with notes, drop-downs and an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from app.excel.cell_reading import read_cell
from app.excel.heading_match import NUMBER_TITLE
from app.excel.incoming import EXAMPLE_MARK
from app.excel.look import BODY, HEAD, META, QUIET, TITLE, body_look
from app.excel.page_form import Asked, CellRange, ChoiceRule, DateRule, NumberRule, Rule, fits_formula
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.table import CHOICES_SHEET, MAX_ROWS
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header

_NUMBER_WIDTH: Final = 9
_HOW: Final = (
    "Заполните строки под примером. Столбцы со звёздочкой обязательны. Порядок столбцов можно менять, их названия нет. "
    f"Строка со словом «{EXAMPLE_MARK}» в столбце «{NUMBER_TITLE}» не загружается."
)
_ANY_NUMBER: Final = 10.0**12
_YES_OR_NO: Final = ("да", "нет")
_LIST_WIDTH: Final = 50


def write_template(target: BinaryIO, sheet: Sheet, heading: Heading, choices: Mapping[str, Sequence[str]]) -> None:
    """Write the template; `choices` are the words of the drop-downs by the name that columns give in `choices`.

    The first column numbers the lines and marks the example, which `incoming` passes over. Long lists stand on a hidden
    sheet. Raises ValueError for a sheet that is not loaded.
    """
    columns = [column for column in sheet.columns if column.loaded]
    if not columns:
        raise ValueError(f"«{sheet.name}» is not loaded: {sheet.not_loaded}")
    with opened(target, f"{sheet.title}: шаблон для загрузки", heading) as book:
        page = book.page(sheet.name, [_NUMBER_WIDTH, *(column.width for column in columns)])
        lists = _lists(book, columns, choices)
        for place, column in enumerate(columns, 1):
            page.set_column(place, replace(body_look(column), border=False), column.kind)
        head = _write_top(page, sheet, heading)
        write_header(page, head, [NUMBER_TITLE, *(_marked_title(column) for column in columns)], HEAD)
        page.note(head, 0, f"Номер строки: можно не заполнять. Слово «{EXAMPLE_MARK}» отмечает пример.")
        for place, column in enumerate(columns, 1):
            page.note(head, place, _note(column))
        _write_example(page, head + 1, columns)
        for place, column in enumerate(columns, 1):
            rule = _rule(column, lists)
            if rule is not None:
                page.ask(place, head + 1, MAX_ROWS - 1, rule, Asked(column.title, refusal=_refusal(column)))
        page.finish(Frame(head, head, head + 1, page.columns), "A4", sheet.title)


def _write_top(page: Page, sheet: Sheet, heading: Heading) -> int:
    lines = ((f"{sheet.title}: шаблон для загрузки", TITLE), (_HOW, META), (heading.author_label, META))
    for row, (text, look) in enumerate(lines):
        page.line(row, text, look)
    page.gap(len(lines), 6)
    return len(lines) + 1


def _lists(book: Book, columns: Sequence[Column], choices: Mapping[str, Sequence[str]]) -> dict[str, ChoiceRule]:
    """A drop-down by the name of its list; a sheet of lists is made where one does not fit a formula."""
    wanted = {column.choices: list(dict.fromkeys(choices.get(column.choices, ()))) for column in columns}
    made = {name: ChoiceRule(tuple(words)) for name, words in wanted.items() if fits_formula(words)}
    long = {name: words for name, words in wanted.items() if words and name not in made}
    if long:
        page = book.page(CHOICES_SHEET, [_LIST_WIDTH] * len(long))
        for row in range(max(map(len, long.values()))):
            for place, words in enumerate(long.values()):
                if row < len(words):
                    page.put(row, place, words[row], BODY)
        page.hide()
        for place, (name, words) in enumerate(long.items()):
            cells: CellRange = page.cells(place, 0, len(words) - 1)
            made[name] = ChoiceRule(cells)
    return made


def _rule(column: Column, lists: Mapping[str, ChoiceRule]) -> Rule | None:
    match column.kind:
        case ColumnKind.DATE | ColumnKind.DATETIME:
            return DateRule()
        case ColumnKind.BOOLEAN:
            return ChoiceRule(_YES_OR_NO)
        case ColumnKind.INTEGER | ColumnKind.NUMBER:
            return NumberRule(-_ANY_NUMBER, _ANY_NUMBER, whole=column.kind is ColumnKind.INTEGER)
        case ColumnKind.PERCENT:
            return NumberRule(0, 1)
        case _:
            return lists.get(column.choices)


def _refusal(column: Column) -> str:
    match column.kind:
        case ColumnKind.DATE | ColumnKind.DATETIME:
            return "Здесь нужна дата. Напишите её как 01.09.2026."
        case ColumnKind.BOOLEAN:
            return "Здесь нужно «да» или «нет»."
        case ColumnKind.INTEGER:
            return "Здесь нужно целое число."
        case ColumnKind.NUMBER:
            return "Здесь нужно число, например 12,5."
        case ColumnKind.PERCENT:
            return "Здесь нужны проценты от 0 до 100: напишите, например, 50 %."
        case _:
            return "Такого значения нет в списке. Выберите его из списка в ячейке."


_KIND_NOTES: Final = {
    ColumnKind.DATE: "Дата: 01.09.2026.",
    ColumnKind.DATETIME: "Дата и время: 01.09.2026 10:00.",
    ColumnKind.INTEGER: "Целое число.",
    ColumnKind.NUMBER: "Число, например 12,5.",
    ColumnKind.PERCENT: "Проценты: 50 %.",
    ColumnKind.BOOLEAN: "«да» или «нет».",
}


def _note(column: Column) -> str:
    said = column.note.strip()
    said = said[:1].upper() + said[1:]
    if said and not said.endswith((".", "…", "!", "?")):
        said += "."
    pieces = (
        "Обязательный столбец." if column.required else "Можно оставить пустым.",
        said,
        _KIND_NOTES.get(column.kind, "Выберите из списка." if column.choices else ""),
    )
    return "\n".join(piece for piece in pieces if piece)


def _marked_title(column: Column) -> str:
    return f"{column.title} *" if column.required else column.title


def _write_example(page: Page, row: int, columns: Sequence[Column]) -> None:
    quiet = replace(BODY, italic=True, ink=QUIET)
    texts = [(str(column.example), column.width, body_look(column)) for column in columns if column.wrap]
    if texts:
        page.height(row, row_room(texts))
    page.put(row, 0, EXAMPLE_MARK, quiet)
    for place, column in enumerate(columns, 1):
        value, _problem = read_cell(column, column.example)
        look = replace(body_look(column), italic=True, ink=QUIET)
        if isinstance(value, bool):
            page.put(row, place, _YES_OR_NO[not value], look)
        else:
            page.put(row, place, column.example if value is None else value, look, column.kind)
