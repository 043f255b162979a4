"""The sheet «Свод» of the order's annex: municipality × point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.excel.look import BODY, HEAD, PLAIN, QUIET, RED, TOTAL_FILL, Look
from app.excel.sheet import ColumnKind, Heading
from app.excel.text_room import room
from app.excel.writer import Book, Frame, Page, Paper, write_heading

_FIGURES = ("всего", "исполнено", "просрочено", "%")
_COUNT_WIDTH = 4.2  # four digits of the table's type
_DIGIT_WIDTH = 1.1
_SHARE_WIDTH = 7.0  # «100.0%» in bold
_NAME_WIDTH = 34.0
_POINTS_ON_A4 = 4  # with more groups of columns the figures become too small to read on A4
_ROW_HEIGHT = 17.0
_TOTAL_GROUP = "Итого"
_NARROWEST = 120.0  # characters: under this the heading above a table of few points would be a tall column of words

_NAME = replace(BODY, wrap=True, height="vcenter")
_COUNT = replace(BODY, side="center", height="vcenter", number_format="0")
_ABSENT = replace(_COUNT, ink=QUIET, number_format='0;-0;"–"')


@dataclass(frozen=True, slots=True)
class PointColumn:
    """A point of the order: «2.1», its text, and its term in words («30.01.2023», «без срока»)."""

    label: str
    text: str
    due_label: str


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """How many assignments of a point a municipality has; several rows of one municipality and point are added up."""

    municipality: str
    point_label: str
    total: int
    done: int
    overdue: int

    def __post_init__(self) -> None:
        if not (0 <= self.done <= self.total and 0 <= self.overdue <= self.total):
            raise ValueError(
                f"{self.municipality}, point {self.point_label}: {self.done} done and {self.overdue} overdue"
                f" out of {self.total}"
            )


@dataclass(frozen=True, slots=True)
class Tally:
    total: int = 0
    done: int = 0
    overdue: int = 0

    def __add__(self, other: Tally | SummaryRow) -> Tally:
        return Tally(self.total + other.total, self.done + other.done, self.overdue + other.overdue)

    @property
    def share(self) -> float | None:
        return self.done / self.total if self.total else None


def write_summary(
    book: Book, heading: Heading, points: Sequence[PointColumn], summary: Iterable[SummaryRow], footer: str
) -> tuple[int, Page]:
    """Municipalities stand in the order of their first row; «Итого» closes the rows and the columns.

    Returns the next free row and the page, for the signatures.
    """
    labels = [point.label for point in points]
    cells = _added_up(summary, labels)
    columns = {label: sum((each.get(label, Tally()) for each in cells.values()), Tally()) for label in labels}
    totals = _with_total(columns, labels)
    page = book.page("Свод", _widths(len(totals), totals[-1].total))
    top = write_heading(page, heading)
    _write_header(page, top, points)
    row = top + 1
    for municipality, tallies in cells.items():
        row += 1
        _write_row(page, row, municipality, _with_total(tallies, labels), _NAME)
    _write_row(page, row + 1, _TOTAL_GROUP, totals, replace(_NAME, bold=True, fill=TOTAL_FILL))
    paper: Paper = "A4" if len(points) <= _POINTS_ON_A4 else "A3"
    page.finish(Frame(top, top + 1, row, page.columns, held_columns=1), paper, footer)
    return _write_legend(page, row + 2, points), page


def _added_up(summary: Iterable[SummaryRow], labels: Sequence[str]) -> dict[str, dict[str, Tally]]:
    known = set(labels)
    cells: dict[str, dict[str, Tally]] = {}
    for each in summary:
        if each.point_label not in known:
            raise ValueError(f"{each.municipality}: point {each.point_label} is not among the points of the annex")
        tallies = cells.setdefault(each.municipality, {})
        tallies[each.point_label] = tallies.get(each.point_label, Tally()) + each
    return cells


def _with_total(tallies: Mapping[str, Tally], labels: Sequence[str]) -> list[Tally]:
    by_point = [tallies.get(label, Tally()) for label in labels]
    return [*by_point, sum(by_point, Tally())]


def _widths(groups: int, largest: int) -> list[float]:
    count = max(_COUNT_WIDTH, _DIGIT_WIDTH * len(str(largest)))
    figures = [count, count, count, _SHARE_WIDTH] * groups
    return [max(_NAME_WIDTH, _NARROWEST - sum(figures)), *figures]


def _write_header(page: Page, row: int, points: Sequence[PointColumn]) -> None:
    titles = [f"п. {point.label}\n{point.due_label}" for point in points] + [_TOTAL_GROUP]
    width = sum(page.widths[1 : 1 + len(_FIGURES)])
    page.height(row, max(room(title, width, HEAD) for title in titles))
    page.put(row, 0, "Пункт и срок", HEAD)
    for number, title in enumerate(titles):
        first = 1 + number * len(_FIGURES)
        page.span(row, first, first + len(_FIGURES) - 1, title, HEAD)
    page.height(row + 1, 66)
    page.put(row + 1, 0, "Муниципалитет", HEAD)
    for number in range(len(titles) * len(_FIGURES)):
        page.put(row + 1, 1 + number, _FIGURES[number % len(_FIGURES)], replace(HEAD, bold=False, rotated=True))


def _write_row(page: Page, row: int, name: str, tallies: Iterable[Tally], look: Look) -> None:
    page.height(row, max(_ROW_HEIGHT, room(name, page.widths[0], look)))
    page.put(row, 0, name, look)
    for number, tally in enumerate(tallies):
        _write_tally(page, row, 1 + number * len(_FIGURES), tally, look)


def _write_tally(page: Page, row: int, column: int, tally: Tally, look: Look) -> None:
    base = _COUNT if tally.total else _ABSENT
    count = replace(base, bold=look.bold, fill=look.fill)
    late = replace(count, ink=RED, bold=True) if tally.overdue else count
    page.put(row, column, tally.total, count, ColumnKind.INTEGER)
    page.put(row, column + 1, tally.done, count, ColumnKind.INTEGER)
    page.put(row, column + 2, tally.overdue, late, ColumnKind.INTEGER)
    if tally.share is None:
        page.put(row, column + 3, "–", count)
    else:
        page.put(row, column + 3, tally.share, replace(count, number_format="0.0%"), ColumnKind.PERCENT)


def _write_legend(page: Page, row: int, points: Sequence[PointColumn]) -> int:
    page.gap(row, 8)
    page.line(row + 1, "Пункты", replace(PLAIN, bold=True, size=9))
    for number, point in enumerate(points, start=row + 2):
        page.line(number, f"{point.label}. {point.text} ({point.due_label})", replace(PLAIN, size=9))
    return row + 2 + len(points)
