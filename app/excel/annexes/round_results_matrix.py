"""The sheet «Матрица» of a round's annex: unit × criterion, coloured by the share of points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from app.excel.look import BODY, HEAD, PLAIN, QUIET, TOTAL_FILL, Look
from app.excel.sheet import ColumnKind, Heading
from app.excel.text_room import room
from app.excel.writer import Book, Frame, Page, Paper, write_heading

_FIXED = (("Организация", 34.0), ("Состояние", 11.0), ("Результат", 9.5), ("Уровень", 10.5))
_CELL_WIDTH = 6.2  # «100,0*»
_CRITERIA_ON_A4 = 12  # with more columns the figures become too small to read on A4
_ROW_HEIGHT = 17.0
_TITLE_ROW = 92.0  # a title of some forty characters in two rotated lines
_TITLE_LENGTH = 44

# Least share of the points, the colour, the words of the legend: the last that is reached counts.
_WORTH: tuple[tuple[Decimal, str, str], ...] = (
    (Decimal(0), "#F8D0CC", "0 баллов"),
    (Decimal("0.0001"), "#FCE0C8", "меньше половины баллов"),
    (Decimal("0.5"), "#FBF3C4", "от половины баллов, но не все"),
    (Decimal(1), "#C9E8CF", "все баллы"),
)
_NA_FILL, _ELSEWHERE_FILL = "#E7EAF0", "#F3F3F3"
NA, ABSENT = "н/п", "–"
DIFFERS = "*"

_CELL = replace(BODY, side="center", height="vcenter")
_NAME = replace(BODY, wrap=True, height="vcenter")
_GROUP = replace(BODY, bold=True, fill=TOTAL_FILL, height="vcenter")


@dataclass(frozen=True, slots=True)
class CriterionColumn:
    """A criterion as a column; sections follow one another without a break."""

    code: str
    title: str
    section: str
    weight: str = "1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What counts of a criterion: `worth` is the share of its points from 0 to 1, None for «неприменимо».

    `differs`: what counts is not what the unit answered itself.
    """

    text: str
    worth: Decimal | None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A sheet; `share` is percent. `answers` by code; a code among `elsewhere` does not concern the unit at all.

    A municipality's own sheet stands under no municipality: the name is empty.
    """

    municipality: str
    unit: str
    state_label: str
    share: Decimal | None
    level: str
    answers: dict[str, Answer] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sheets of one kind; rows of one municipality stand together."""

    name: str
    criteria: Sequence[CriterionColumn]
    rows: Iterable[MatrixRow]


def write_matrix(book: Book, heading: Heading, matrix: Matrix, footer: str) -> None:
    """A row names each municipality above its units; the legend and the criteria in words stand below."""
    name, criteria, rows = matrix.name, matrix.criteria, matrix.rows
    page = book.page(name, [*(width for _, width in _FIXED), *([_CELL_WIDTH] * len(criteria))])
    top = write_heading(page, heading)
    _write_header(page, top, criteria)
    row = top + 1
    for municipality, units in groupby(rows, key=lambda each: each.municipality):
        if municipality:
            row += 1
            page.height(row, _ROW_HEIGHT)
            for column in range(page.columns):
                page.put(row, column, municipality if column == 0 else None, _GROUP)
        for each in units:
            row += 1
            _write_row(page, row, each, criteria)
    paper: Paper = "A4" if len(criteria) <= _CRITERIA_ON_A4 else "A3"
    page.finish(Frame(top, top + 1, row, page.columns, held_columns=1), paper, footer)
    _write_legend(page, row + 1, criteria)


def worth_fill(worth: Decimal) -> str:
    """The colour of a share of points from 0 to 1."""
    return [fill for least, fill, _ in _WORTH if worth >= least][-1]


def _write_header(page: Page, row: int, criteria: Sequence[CriterionColumn]) -> None:
    spans = [(section, len(list(units))) for section, units in groupby(criteria, key=lambda each: each.section)]
    heights = [room(section, _CELL_WIDTH * count, HEAD) for section, count in spans]
    page.height(row, max(heights, default=_ROW_HEIGHT))
    page.span(row, 0, len(_FIXED) - 1, "Раздел набора критериев", HEAD)
    column = len(_FIXED)
    for section, count in spans:
        page.span(row, column, column + count - 1, section, HEAD)
        column += count
    page.height(row + 1, _TITLE_ROW)
    for number, (title, _) in enumerate(_FIXED):
        page.put(row + 1, number, title, HEAD)
    for number, each in enumerate(criteria, start=len(_FIXED)):
        page.put(row + 1, number, f"{each.code}. {_short(each.title)}", replace(HEAD, bold=False, rotated=True, size=8))


def _short(title: str) -> str:
    return title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1].rstrip()}…"


def _write_row(page: Page, row: int, each: MatrixRow, criteria: Sequence[CriterionColumn]) -> None:
    page.height(row, max(_ROW_HEIGHT, room(each.unit, page.widths[0], _NAME)))
    page.put(row, 0, each.unit, _NAME)
    page.put(row, 1, each.state_label, _CELL)
    share = None if each.share is None else each.share / 100
    page.put(row, 2, share, replace(_CELL, bold=True), ColumnKind.PERCENT)
    page.put(row, 3, each.level, _CELL)
    for number, criterion in enumerate(criteria, start=len(_FIXED)):
        text, look = _cell(each, criterion.code)
        page.put(row, number, text, look)


def _cell(each: MatrixRow, code: str) -> tuple[str | None, Look]:
    answer = each.answers.get(code)
    if answer is None:
        if code in each.elsewhere:
            return None, replace(_CELL, fill=_ELSEWHERE_FILL)
        return ABSENT, replace(_CELL, ink=QUIET)
    fill = _NA_FILL if answer.worth is None else worth_fill(answer.worth)
    return answer.text + (DIFFERS if answer.differs else ""), replace(_CELL, fill=fill)


def _write_legend(page: Page, row: int, criteria: Sequence[CriterionColumn]) -> None:
    page.gap(row, 8)
    page.line(row + 1, "Обозначения", replace(PLAIN, bold=True, size=9))
    row += 2
    samples: list[tuple[str | None, str, str]] = [(None, fill, words) for _, fill, words in reversed(_WORTH)]
    samples += [
        (NA, _NA_FILL, "неприменимо"),
        (ABSENT, "", "ответа нет"),
        (None, _ELSEWHERE_FILL, "критерий не относится к организации"),
        (f"2{DIFFERS}", "", "итоговое значение отличается от того, что поставила сама организация"),
    ]
    for text, fill, words in samples:
        page.height(row, _ROW_HEIGHT)
        page.put(row, 0, text, replace(_CELL, fill=fill))
        page.span(row, 1, page.columns - 1, words, replace(PLAIN, size=9))
        row += 1
    page.gap(row, 8)
    page.line(row + 1, "Критерии", replace(PLAIN, bold=True, size=9))
    for number, each in enumerate(criteria, start=row + 2):
        page.line(number, f"{each.code}. {each.title} (вес {each.weight})", replace(PLAIN, size=9))
