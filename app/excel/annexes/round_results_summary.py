"""The sheet «Свод по муниципалитетам» of a round's annex: sheets, states, terms, results, levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.excel.look import BODY, HEAD, PLAIN, QUIET, RED, TOTAL_FILL, Look
from app.excel.sheet import ColumnKind, Heading
from app.excel.text_room import room
from app.excel.writer import Book, Frame, Page, write_heading

_NAME_WIDTH = 34.0
_FIGURE_WIDTH = 8.0
_ROW_HEIGHT = 17.0
_HEAD_HEIGHT = 80.0
_STATES = ("всего", "не начато", "заполняется", "отправлено", "возвращено", "принято", "утверждено", "освобождено")
_TERMS = ("в срок", "с опозданием", "не сдано, срок прошёл", "в срок, %")
TOTAL = "Итого"

_NAME = replace(BODY, wrap=True, height="vcenter")
_COUNT = replace(BODY, side="center", height="vcenter", number_format='0;-0;"–"')
_SHARE = replace(BODY, side="center", height="vcenter", number_format="0.0%")


@dataclass(frozen=True, slots=True)
class LevelBand:
    """A level of the whole result: «высокий» from 85 % on."""

    name: str
    from_share: str


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """Sheets of a municipality by state and term. `mean` (percent), `levels` (in the order of the bands) and
    `unlevelled` (below all of them) are of the `counted` sheets.
    """

    name: str
    not_begun: int = 0
    draft: int = 0
    submitted: int = 0
    returned: int = 0
    accepted: int = 0
    approved: int = 0
    excused: int = 0
    in_time: int = 0
    late: int = 0
    missed: int = 0
    counted: int = 0
    mean: Decimal | None = None
    levels: tuple[int, ...] = ()
    unlevelled: int = 0

    @property
    def states(self) -> tuple[int, ...]:
        each = (self.not_begun, self.draft, self.submitted, self.returned, self.accepted, self.approved, self.excused)
        return (sum(each), *each)

    @property
    def on_time_share(self) -> Decimal | None:
        """Of those that had to hand a sheet in: the excused do not count."""
        due = self.states[0] - self.excused
        return Decimal(self.in_time) / due if due else None


def write_summary(
    book: Book, heading: Heading, bands: Sequence[LevelBand], rows: Sequence[MunicipalityRow], footer: str
) -> tuple[int, Page]:
    """The last of `rows` is the total of all. Returns the next free row and the page, for the signatures."""
    groups = (
        ("Листы", _STATES),
        ("Сдача", _TERMS),
        ("Результат", ("учтено листов", "средний")),
        ("Уровни", (*(band.name for band in bands), "без уровня")),
    )
    titles = [title for _, of_group in groups for title in of_group]
    page = book.page("Свод по муниципалитетам", [_NAME_WIDTH, *([_FIGURE_WIDTH] * len(titles))])
    top = write_heading(page, heading)
    page.height(top, _ROW_HEIGHT)
    page.put(top, 0, "", HEAD)
    column = 1
    for title, of_group in groups:
        page.span(top, column, column + len(of_group) - 1, title, HEAD)
        column += len(of_group)
    page.height(top + 1, _HEAD_HEIGHT)
    page.put(top + 1, 0, "Муниципалитет", HEAD)
    for number, title in enumerate(titles, start=1):
        page.put(top + 1, number, title, replace(HEAD, bold=False, rotated=True))
    row = top + 1
    for each in rows:
        row += 1
        _write_row(page, row, each, is_total=each is rows[-1])
    page.finish(Frame(top, top + 1, row - 1, page.columns, held_columns=1), "A4", footer)
    page.gap(row + 1, 8)
    return _write_notes(page, row + 2, bands), page


def _write_row(page: Page, row: int, each: MunicipalityRow, *, is_total: bool) -> None:
    def as_total(look: Look) -> Look:
        return replace(look, bold=True, fill=TOTAL_FILL) if is_total else look

    page.height(row, max(_ROW_HEIGHT, room(each.name, page.widths[0], _NAME)))
    page.put(row, 0, each.name, as_total(_NAME))
    column = 1
    for count in (*each.states, each.in_time):
        page.put(row, column, count, as_total(_COUNT), ColumnKind.INTEGER)
        column += 1
    for count in (each.late, each.missed):
        look = replace(_COUNT, ink=RED, bold=True) if count else _COUNT
        page.put(row, column, count, as_total(look), ColumnKind.INTEGER)
        column += 1
    page.put(row, column, _shown(each.on_time_share), as_total(_SHARE), ColumnKind.PERCENT)
    page.put(row, column + 1, each.counted, as_total(_COUNT), ColumnKind.INTEGER)
    mean = None if each.mean is None else each.mean / 100
    page.put(row, column + 2, _shown(mean), as_total(replace(_SHARE, bold=True)), ColumnKind.PERCENT)
    column += 3
    for count in (*each.levels, each.unlevelled):
        page.put(row, column, count, as_total(_COUNT), ColumnKind.INTEGER)
        column += 1


def _shown(share: Decimal | None) -> Decimal | str:
    return "–" if share is None else share


def _write_notes(page: Page, row: int, bands: Sequence[LevelBand]) -> int:
    levels = ", ".join(f"{band.name} от {band.from_share} %" for band in bands)
    lines = (
        "Листы и сдача: школьные и муниципальные листы; срок — по первой отправке, доля в срок — без освобождённых.",
        "Результат и уровни: принятые и утверждённые листы школ, а где школ нет, муниципальные; среднее по листам.",
        f"Уровни: {levels}." if levels else "",
    )
    for line in filter(None, lines):
        page.line(row, line, replace(PLAIN, size=9, ink=QUIET))
        row += 1
    return row
