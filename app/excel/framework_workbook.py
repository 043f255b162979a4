"""One set of criteria as a workbook of five sheets, to be read, corrected and brought back.

The rows of each sheet stand in the order of its columns; words of vocabularies as people read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from app.excel.content_kind import ContentKind, content_kind
from app.excel.incoming import Incoming, incoming
from app.excel.look import BODY, HEAD, META, TITLE, body_look
from app.excel.package import Package
from app.excel.page_form import Asked, ChoiceRule, NumberRule, Rule
from app.excel.sheet import Column, ColumnKind, ColumnRole, Heading, Sheet
from app.excel.table import CHOICES_SHEET, Budget, WorkbookRefused
from app.excel.text_room import row_room
from app.excel.writer import Book, Frame, Page, opened, write_header
from app.excel.xlsx_cells import read_xlsx_sheets
from app.models.enumeration import Metric, ScaleKind, SmallSchools

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD
NUMBER, BOOLEAN = ColumnKind.NUMBER, ColumnKind.BOOLEAN
# Rows below the last one that still have their drop-downs.
_FREE_ROWS: Final = 100
_BIGGEST: Final = 1_000_000.0
_YES_OR_NO: Final = ("да", "нет")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "scales": tuple(one.label for one in ScaleKind),
    "small_schools": tuple(one.label for one in SmallSchools),
    "metrics": tuple(one.label for one in Metric),
}
_NOT_THE_BOOK: Final = "Набор критериев читается из книги .xlsx. Скачайте книгу набора, исправьте её и загрузите."
_HOW: Final = (
    "Исправьте строки и загрузите книгу на странице «Набор из книги»: сначала система покажет замечания и отличия, "
    "потом сделает черновик. Названия листов и столбцов не меняйте. Столбцы со звёздочкой обязательны."
)

HEAD_SHEET = Sheet(
    "Набор",
    "Набор критериев",
    (
        Column("title", "Название", width=50, wrap=True, role=KEY, required=True),
        Column("edition", "Редакция", ColumnKind.INTEGER, 10, note="Ставит система."),
        Column("status", "Состояние", width=16, note="Ставит система."),
        Column(
            "caution",
            "Предупреждение",
            width=36,
            wrap=True,
            role=FIELD,
            note="Что должен знать каждый, кто видит набор: «предложение, не официальная форма».",
        ),
        Column("source", "Источник", width=50, wrap=True, role=FIELD),
        Column("note", "Примечание", width=50, wrap=True, role=FIELD),
    ),
)
SECTIONS = Sheet(
    "Разделы",
    "Разделы набора, по порядку",
    (
        Column("title", "Раздел", width=40, wrap=True, role=KEY, required=True),
        Column("description", "Пояснение", width=70, wrap=True, role=FIELD),
    ),
)
CRITERIA = Sheet(
    "Критерии",
    "Критерии набора, по порядку",
    (
        Column("section", "Раздел", width=20, wrap=True, role=FIELD, required=True, note="Как на листе «Разделы»."),
        Column("code", "Код", width=8, role=KEY, required=True, note="Свой у каждого критерия: по нему сравнивают."),
        Column("title", "Критерий", width=44, wrap=True, role=FIELD, required=True),
        Column("weight", "Вес", NUMBER, 7, role=FIELD, note="Обычно 1, у важных 2."),
        Column("scale", "Шкала", width=14, role=FIELD, choices="scales", required=True),
        Column("max_points", "Высший балл", NUMBER, 9, role=FIELD, note="Нужен только для «да / нет»."),
        Column("measure", "Измеряется в", width=12, role=FIELD, note="Для числа: дней, нарушений."),
        Column("for_schools", "Для школ", BOOLEAN, 9, role=FIELD),
        Column("for_municipalities", "Для муниципалитетов", BOOLEAN, 14, role=FIELD),
        Column("small_schools", "Малокомплектные", width=18, wrap=True, role=FIELD, choices="small_schools"),
        Column("evidence_required", "Нужно подтверждение", BOOLEAN, 14, role=FIELD),
        Column("may_be_na", "Может быть н/п", BOOLEAN, 10, role=FIELD),
        Column("rests_on_code", "Опирается на", width=11, role=FIELD, note="Код другого критерия этого набора."),
        Column("metric", "Считает система", width=24, wrap=True, role=FIELD, choices="metrics"),
        Column("guidance", "Как оценивать", width=44, wrap=True, role=FIELD),
        Column("basis", "Основание", width=30, wrap=True, role=FIELD),
        Column("source", "Источник", width=24, wrap=True, role=FIELD),
    ),
)
LEVELS = Sheet(
    "Уровни шкал",
    "Уровни шкал критериев",
    (
        Column("code", "Код критерия", width=10, role=KEY, required=True),
        Column(
            "threshold",
            "Значение или порог",
            NUMBER,
            12,
            role=KEY,
            required=True,
            note="Ответ («0–1–2», выбор уровня) или наименьшее значение уровня (доля, число).",
        ),
        Column("points", "Баллы", NUMBER, 9, role=FIELD, note="Пусто – столько же, сколько значение."),
        Column("label", "Название уровня", width=34, wrap=True, role=FIELD),
        Column("description", "Пояснение", width=60, wrap=True, role=FIELD),
    ),
)
BANDS = Sheet(
    "Границы уровней",
    "Уровни результата листа",
    (
        Column("name", "Уровень", width=24, role=KEY, required=True),
        Column(
            "from_share",
            "От, %",
            NUMBER,
            10,
            role=FIELD,
            required=True,
            note="Наименьший процент уровня; у нижнего – 0. Пишется числом: 85.",
        ),
    ),
)
SHEETS: Final = (HEAD_SHEET, SECTIONS, CRITERIA, LEVELS, BANDS)
# Without these there is no set; the others may be left out.
_NEEDED: Final = (HEAD_SHEET, CRITERIA)

Rows = Sequence[Sequence[object]]


def write_framework(target: BinaryIO, title: str, heading: Heading, rows: Mapping[str, Rows]) -> None:
    """Write the workbook; `rows` by the name of the sheet. `target` is untouched after an error in the rows."""
    with opened(target, title, heading) as book:
        lists: dict[str, ChoiceRule] = {}
        for sheet in SHEETS:
            _write_sheet(book, sheet, rows.get(sheet.name, ()), heading, lists)
            # A book opens at its first sheet: the hidden one with the words of drop-downs comes after it.
            lists = lists or _lists(book)


def read_framework(content: bytes) -> dict[str, Incoming]:
    """The rows of the sheets that the book has, by name. Raises WorkbookRefused for a file that is no such book."""
    if content_kind(content) is not ContentKind.XLSX:
        raise WorkbookRefused(_NOT_THE_BOOK)
    budget = Budget()
    tables = read_xlsx_sheets(Package(content, budget), budget, [sheet.name for sheet in SHEETS])
    missing = [sheet.name for sheet in _NEEDED if sheet.name not in tables or not tables[sheet.name].rows]
    if missing:
        named = ", ".join(f"«{name}»" for name in missing)
        raise WorkbookRefused(f"В книге нет листа {named} или он пуст. {_NOT_THE_BOOK}")
    found = {}
    for sheet in SHEETS:
        table = tables.get(sheet.name)
        if table is None or not table.rows:
            continue
        try:
            found[sheet.name] = incoming(sheet, table)
        except WorkbookRefused as refusal:
            raise WorkbookRefused(f"Лист «{sheet.name}». {refusal}") from refusal
    return found


def _write_sheet(book: Book, sheet: Sheet, rows: Rows, heading: Heading, lists: Mapping[str, ChoiceRule]) -> None:
    page = book.page(sheet.name, [column.width for column in sheet.columns])
    for place, column in enumerate(sheet.columns):
        page.set_column(place, replace(body_look(column), border=False), column.kind)
    lines = ((sheet.title, TITLE), (heading.as_of_label, META), (heading.author_label, META), (_HOW, META))
    for row, (text, look) in enumerate(lines):
        # The sheet is wider than a screen: what stands above begins where it begins.
        page.line(row, text, replace(look, side="left"))
    head = len(lines)
    write_header(page, head, [f"{one.title} *" if one.required else one.title for one in sheet.columns], HEAD)
    for place, column in enumerate(sheet.columns):
        if column.note:
            page.note(head, place, column.note)
    last = head
    for last, values in enumerate(rows, start=head + 1):
        _write_row(page, last, sheet, values)
    for place, column in enumerate(sheet.columns):
        rule = _rule(column, lists)
        if rule is not None and column.loaded:
            refusal = "Выберите значение из списка." if isinstance(rule, ChoiceRule) else "Здесь нужно число от нуля."
            page.ask(place, head + 1, last + _FREE_ROWS, rule, Asked(column.title, refusal=refusal))
    page.finish(Frame(head, head, last, page.columns), "A4", heading.lines[0] if heading.lines else sheet.title)


def _write_row(page: Page, row: int, sheet: Sheet, values: Sequence[object]) -> None:
    shown = [_YES_OR_NO[not value] if isinstance(value, bool) else value for value in values]
    looks = [body_look(column) for column in sheet.columns]
    texts = [
        (str(value), column.width, look)
        for value, column, look in zip(shown, sheet.columns, looks, strict=True)
        if look.wrap and value
    ]
    if texts:
        page.height(row, row_room(texts))
    for place, (value, column, look) in enumerate(zip(shown, sheet.columns, looks, strict=True)):
        page.put(row, place, value, look, ColumnKind.TEXT if column.kind is BOOLEAN else column.kind)


def _rule(column: Column, lists: Mapping[str, ChoiceRule]) -> Rule | None:
    if column.kind is BOOLEAN:
        return ChoiceRule(_YES_OR_NO)
    if column.kind is NUMBER:
        return NumberRule(0, _BIGGEST)
    return lists.get(column.choices)


def _lists(book: Book) -> dict[str, ChoiceRule]:
    """Words with commas do not fit a drop-down's formula: they stand on a sheet of their own."""
    page = book.page(CHOICES_SHEET, [40] * len(_WORDS))
    for row in range(max(map(len, _WORDS.values()))):
        for place, words in enumerate(_WORDS.values()):
            if row < len(words):
                page.put(row, place, words[row], BODY)
    page.hide()
    return {
        name: ChoiceRule(page.cells(place, 0, len(words) - 1)) for place, (name, words) in enumerate(_WORDS.items())
    }
