"""Cell by cell: the streamed register is the workbook that XlsxWriter's own loop makes."""

from __future__ import annotations

import io
import zipfile
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from app.excel import row_xml, streamed_workbook, writer
from app.excel.page import SheetWriteError
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.writer import Table, stream_register, write_register, write_registers
from app.models.enumeration import AssignmentStatus
from tests.unit.reference_register import reference_register, reference_registers
from tests.unit.test_excel_writer import HOSTILE

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")  # its clocks are put back, so an hour comes twice
HEADING = Heading(
    ("Отчёт «А» & <Б>", "вторая строка"),
    datetime(2026, 11, 21, 14, 5, tzinfo=BERLIN),
    "=Фамилия-003",
    "Томаринский",
    "состояние: <назначено>",
)
WRAPPED = Sheet(
    "Все/виды",
    "Все виды",
    tuple(
        Column(f"{kind.value}{wrap}", f"{kind.value} {wrap}", kind, width=7 + 3 * wrap, wrap=wrap)
        for kind in ColumnKind
        for wrap in (False, True)
    ),
)
PLAIN = Sheet("Виды", "Виды", tuple(Column(kind.value, f"<{kind.value}>", kind, 9) for kind in ColumnKind))
ONE = Sheet("Один", "Один", (Column("text", "Текст", width=12, wrap=True),))


class Word(StrEnum):
    SAME = "1"


class Text(str):
    __slots__ = ()


# Equal to each other, or to themselves of another type, and yet other cells.
TWINS: list[Any] = [1, True, 1.0, Decimal(1), Decimal("1.00"), "1", Word.SAME, Text("1"), 0, False, 0.0, -0.0, None, ""]
TWINS += [Text("=1"), AssignmentStatus.DONE, AssignmentStatus.DONE.value, [1], date(2026, 10, 25)]
TWINS += [datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1)]
TWINS += [datetime(2026, 10, 25, 0, 30, tzinfo=zone) for zone in (UTC, BERLIN, timezone(timedelta(hours=11)))]
TWINS += [datetime(2026, 10, 25), date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(1899, 12, 31), date.max]  # noqa: DTZ001 - naive moments are written as they are
TWINS += [datetime.max.replace(tzinfo=UTC)]
NUMBERS = [
    10**15,
    10**15 - 1,
    -(10**15),
    1 / 3,
    1e-300,
    float("nan"),
    float("inf"),
    Decimal("0.1"),
    Decimal("NaN"),
    1e15,
]
SPACES = [" ", "\u00a0", "\n", "\t", "\u2028", "\u3000x", "x\u00a0", "x\ny", "длинное слово " * 9, "щ" * 150, "\x85"]

PHASES = (Phase.explicit, Phase.generate)  # making a failing workbook smaller takes minutes

values = (
    st.sampled_from([*TWINS, *NUMBERS, *SPACES, *HOSTILE])
    | st.text(st.characters(exclude_categories=()), max_size=30)
    | st.text("<r>&x_0041F", max_size=12)
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.booleans()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.sampled_from([UTC, BERLIN]))
)


def streamed(sheet: Sheet, rows: Sequence[Sequence[object]], heading: Heading = HEADING) -> io.BytesIO:
    return io.BytesIO(b"".join(stream_register(sheet, iter(rows), heading)))


class Looks(dict[tuple[int, ...], tuple[object, ...]]):
    """What the numbers of a cell's style stand for in one workbook; two workbooks number alike styles differently."""

    def of(self, cell: Cell) -> tuple[object, ...]:
        if cell._style is None:  # inside a merged area
            return (cell.coordinate,)
        key = tuple(cell._style)
        if key not in self:
            parts = (cell.font, cell.border, cell.fill, cell.alignment, cell.protection)
            self[key] = (*map(repr, parts), cell.number_format, cell.quotePrefix)
        # The repr tells nan from nan, 0.0 from -0.0 and True from 1.
        return cell.coordinate, repr(cell.value), cell.data_type, cell.hyperlink, self[key]


def shape_of(page: Worksheet) -> dict[str, object]:
    return {
        "name": page.title,
        "merged": [str(area) for area in page.merged_cells.ranges],
        "widths": {letter: vars_of(column) for letter, column in page.column_dimensions.items()},
        "heights": {number: row.height for number, row in page.row_dimensions.items()},
        "filter": page.auto_filter.ref,
        "freeze": page.freeze_panes,
        "view": repr(page.sheet_view),
        "print": (repr(page.page_setup), repr(page.page_margins), repr(page.print_options), page.print_title_rows),
        "footer": [part.text for part in (page.oddFooter.left, page.oddFooter.center, page.oddFooter.right)],
        "format": repr(page.sheet_format),
        "properties": repr(page.sheet_properties),
        "extent": page.dimensions,
    }


def vars_of(column: Any) -> tuple[object, ...]:
    return column.width, column.hidden, column.customWidth, column.min, column.max


def same(streamed_book: io.BytesIO, reference: io.BytesIO) -> None:
    ours, theirs = openpyxl.load_workbook(streamed_book), openpyxl.load_workbook(reference)
    assert ours.sheetnames == theirs.sheetnames
    my_looks, other_looks = Looks(), Looks()
    for mine, other in zip(ours, theirs, strict=True):
        assert shape_of(mine) == shape_of(other)
        for my_row, other_row in zip(mine.iter_rows(), other.iter_rows(), strict=True):
            assert [my_looks.of(cell) for cell in my_row] == [other_looks.of(cell) for cell in other_row]
    assert around(streamed_book) == around(reference)
    assert repr(calamine(streamed_book)) == repr(calamine(reference))


def around(target: io.BytesIO) -> dict[str, bytes | tuple[bytes, bytes]]:
    """All parts but the styles, which here hold formats that no cell came to need; of a sheet what surrounds its rows."""
    found: dict[str, bytes | tuple[bytes, bytes]] = {}
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("xl/worksheets/sheet"):
                before, _, rest = content.partition(b"<sheetData>")
                start, _, end = before.partition(b"<dimension")
                before = start + end.partition(b"/>")[2] if end else before
                found[name] = before, rest.rpartition(b"</sheetData>")[2]
            elif name != "xl/styles.xml":
                found[name] = content
    return found


def calamine(target: io.BytesIO) -> list[Any]:
    target.seek(0)
    book = CalamineWorkbook.from_filelike(target)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


@settings(max_examples=60, deadline=None, phases=PHASES)
@given(st.lists(st.tuples(*[values] * len(WRAPPED.columns)), max_size=6))
@example([tuple([value] * len(WRAPPED.columns)) for value in TWINS])
@example([tuple([value] * len(WRAPPED.columns)) for value in reversed(TWINS)])
@example([tuple([value] * len(WRAPPED.columns)) for value in [*NUMBERS, *SPACES, *HOSTILE]])
def test_every_kind_of_cell_equals_that_of_xlsxwriter(rows: list[tuple[object, ...]]) -> None:
    same(streamed(WRAPPED, rows), reference_register(WRAPPED, rows, HEADING))


@settings(max_examples=30, deadline=None, phases=PHASES)
@given(st.lists(st.tuples(*[values] * len(PLAIN.columns)), max_size=8))
def test_a_sheet_without_wrapped_columns_equals_that_of_xlsxwriter(rows: list[tuple[object, ...]]) -> None:
    same(streamed(PLAIN, rows), reference_register(PLAIN, rows, HEADING))


@settings(max_examples=30, deadline=None, phases=PHASES)
@given(st.lists(st.tuples(st.sampled_from(TWINS + SPACES)), max_size=30), st.sampled_from([1, 2, 5]))
def test_small_caches_that_are_emptied_again_and_again_change_nothing(rows: list[tuple[object]], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_xml, "_KEPT_TEXTS", most)
        patch.setattr(row_xml, "_SHAPES", most)
        patch.setattr(row_xml, "_SHORT", 3)
        patch.setattr(streamed_workbook, "_PIECE", 50)
        same(streamed(ONE, rows), reference_register(ONE, rows, HEADING))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9, 13])
def test_sheets_past_the_limit_equal_those_of_xlsxwriter(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"строка {number} " * number,) for number in range(count)]
    limit = 11  # seven rows of heading and header, four of the register
    monkeypatch.setattr(writer, "SHEET_ROWS", limit)
    result = streamed(ONE, rows)
    same(result, reference_register(ONE, rows, HEADING, limit))
    assert len(openpyxl.load_workbook(result).sheetnames) == max(1, -(-count // 4))


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 0, 2), (1, 9, 4), (9, 9, 9)])
def test_several_registers_in_one_workbook_equal_those_of_xlsxwriter(
    counts: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their formats differ, and those of the last sheets are known to XlsxWriter only after the first rows are out."""
    monkeypatch.setattr(writer, "SHEET_ROWS", 11)
    moments = Sheet("Дни", "Дни", (Column("at", "Когда", ColumnKind.DATETIME), Column("on", "День", ColumnKind.DATE)))
    other = replace(HEADING, lines=(), filter_label="")
    rows = [[(f"строка {n}",), (HEADING.as_of + timedelta(n), "нет" if n % 2 else None), TWINS[:7]] for n in range(9)]
    tables = [
        Table(sheet, [row[place] for row in rows[:count]], heading)
        for place, (sheet, count, heading) in enumerate(
            zip((ONE, moments, PLAIN), counts, (HEADING, other, HEADING), strict=True)
        )
    ]
    target = io.BytesIO()
    assert write_registers(target, tables) == sum(counts)
    same(target, reference_registers(tables, 11))


def test_a_sheet_ends_before_its_part_is_too_large_for_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed_workbook, "_PIECE", 200)
    monkeypatch.setattr(streamed_workbook, "_PART_LIMIT", 1000)
    book = openpyxl.load_workbook(streamed(ONE, [(f"строка {number}",) for number in range(40)]))
    read = [[row[0] for row in page.iter_rows(min_row=8, values_only=True)] for page in book]
    assert list(chain.from_iterable(read)) == [f"строка {number}" for number in range(40)]
    assert len(read) > 2
    assert [page.auto_filter.ref for page in book] == [f"A7:A{7 + len(each)}" for each in read]


def test_bytes_leave_before_the_first_row_is_asked_for_and_while_rows_come() -> None:
    asked = 0

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal asked
        for number in range(20_000):
            asked += 1
            yield (f"{number}" * 20,)

    pieces = stream_register(ONE, rows(), HEADING)
    assert next(pieces).startswith(b"PK\x03\x04")
    assert asked == 0
    seen = [asked for piece in pieces if piece]
    assert len(seen) > 5
    assert seen[0] < 5_000 < seen[-1] == 20_000


def test_readers_that_go_by_the_extent_of_a_sheet_see_every_row() -> None:
    """The extent stands before the rows, when their number is not known; a wrong one would hide them."""
    page = openpyxl.load_workbook(streamed(ONE, [(f"{n}",) for n in range(50)]), read_only=True).active
    assert [row[0] for row in page.iter_rows(min_row=8, values_only=True)] == [f"{n}" for n in range(50)]


def test_kept_values_are_a_bounded_number() -> None:
    known = row_xml._KnownTexts(str.upper)
    assert [known[f"{n}"] for n in range(5000)] == [f"{n}" for n in range(5000)]
    assert known["x" * 500] == "X" * 500
    assert len(known) <= 1024
    assert max(map(len, known)) <= 120


def test_the_stream_tells_how_many_rows_it_held() -> None:
    pieces = stream_register(ONE, [("x",)] * 3, HEADING)
    with pytest.raises(StopIteration) as end:
        while True:
            next(pieces)
    assert end.value.value == 3


@pytest.mark.parametrize("row", [(), ("x", "y")])
def test_a_row_of_another_length_is_refused_after_good_ones(row: tuple[object, ...]) -> None:
    target = io.BytesIO()
    with pytest.raises(ValueError, match=f"{len(row)} values for 1 columns"):
        write_register(target, ONE, [("x",), row], HEADING)
    assert target.getvalue() == b""


def test_a_stream_given_up_half_way_leaves_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pieces = stream_register(ONE, [("x",)] * 3, HEADING)
    next(pieces)
    pieces.close()
    assert list(tmp_path.iterdir()) == []


def test_another_form_of_xlsxwriters_sheets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.excel import skeleton

    monkeypatch.setattr(skeleton, "_ROWS_END", "</rows>")
    with pytest.raises(SheetWriteError, match="sample rows are not found"):
        streamed(ONE, [])
