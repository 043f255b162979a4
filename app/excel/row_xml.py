"""The rows of a register as the XML of a sheet: the same cells as `Page.put` makes, at a fraction of its cost.

A cell names no place (the format counts them), so its XML depends on column, type and value alone and may be kept.
Values are told apart by their exact types before they are looked up: 1, True and Decimal(1) are equal to a dict.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from operator import call, itemgetter
from typing import Any

from app.excel.cell_value import DIGITS, TEXT_LIMIT, CellValue, clean_text, is_active, serial, typed
from app.excel.look import BODY, body_look
from app.excel.sheet import Column, ColumnKind
from app.excel.text_room import line_counter, lines_room
from app.models.enumeration import Labelled

_KEPT = 4096  # values for a column and a type: all days of eleven years
_KEPT_TEXTS = 1024
_SHORT = 120  # characters of a kept text: the texts kept for a column stay under a megabyte
_SHAPES = 1024  # of rows, by the types of their values
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")  # Excel's own escape of a character, to be taken literally
_NUMBERS = frozenset({ColumnKind.INTEGER, ColumnKind.NUMBER, ColumnKind.PERCENT})

Make = Callable[[Any], str]
Measure = Callable[[Any], int]


class Variant(enum.Enum):
    """The formats that the cells of one column can have."""

    PLAIN = enum.auto()  # empty cells and numbers
    TEXT = enum.auto()
    QUOTED = enum.auto()  # text that Excel would take for a formula
    BOOLEAN = enum.auto()
    DATE = enum.auto()
    DATETIME = enum.auto()


def variant_of(cell: CellValue) -> Variant:
    match cell:
        case str():
            return Variant.QUOTED if is_active(cell) else Variant.TEXT
        case bool():
            return Variant.BOOLEAN
        case datetime():
            return Variant.DATETIME
        case date():
            return Variant.DATE
        case _:
            return Variant.PLAIN


class RowXml:
    """Makes rows; `styles` are, for each column, the numbers that the workbook gave to the formats of its cells."""

    def __init__(self, columns: Sequence[Column], styles: Sequence[Mapping[Variant, int]], zone: tzinfo) -> None:
        self._cells = [_CellXml(column, style, zone) for column, style in zip(columns, styles, strict=True)]
        self._wrapped = [number for number, column in enumerate(columns) if column.wrap]
        self._texts: Callable[[Sequence[object]], Sequence[object]] = _picked(self._wrapped)
        self._shapes: dict[tuple[type, ...], tuple[list[Make], list[Measure]]] = {}
        self._opened = _Heights() if self._wrapped else {1: ">"}

    def __call__(self, number: int, values: Sequence[object]) -> str:
        """Row `number`, counted from 1 as in the file. Raises ValueError for another number of values than columns."""
        types = tuple(map(type, values))
        make, measure = self._shapes.get(types) or self._shape(types, values)
        count = max(map(call, measure, self._texts(values))) if measure else 1
        return f'<row r="{number}"{self._opened[count]}{"".join(map(call, make, values))}</row>'

    def _shape(self, types: tuple[type, ...], values: Sequence[object]) -> tuple[list[Make], list[Measure]]:
        if len(types) != len(self._cells):
            raise ValueError(f"{len(types)} values for {len(self._cells)} columns: {values!r:.200}")
        if len(self._shapes) >= _SHAPES:
            self._shapes.clear()
        shape = (
            [cell.maker(kind) for cell, kind in zip(self._cells, types, strict=True)],
            [self._cells[number].measurer(types[number]) for number in self._wrapped],
        )
        self._shapes[types] = shape
        return shape


def _picked(wrapped: list[int]) -> Callable[[Sequence[object]], Sequence[object]]:
    if len(wrapped) == 1:
        only = wrapped[0]
        return lambda values: (values[only],)
    return itemgetter(*wrapped) if wrapped else lambda _: ()


class _CellXml:
    """Makes the cells of one column; by exact type the cheapest way that gives what `typed` says."""

    def __init__(self, column: Column, styles: Mapping[Variant, int], zone: tzinfo) -> None:
        self._kind, self._zone = column.kind, zone
        self._counted = line_counter(column.width, body_look(column))
        self._styles = styles
        self._empty = f'<c s="{styles[Variant.PLAIN]}"/>'
        self._text = f'<c s="{styles[Variant.TEXT]}" t="inlineStr"><is><t>'
        self._makers: dict[type, Make] = {}
        self._measurers: dict[type, Measure] = {}

    def maker(self, kind: type) -> Make:
        if kind not in self._makers:
            self._makers[kind] = self._new_maker(kind)
        return self._makers[kind]

    def measurer(self, kind: type) -> Measure:
        if kind not in self._measurers:
            known = kind is str or issubclass(kind, Labelled)
            self._measurers[kind] = _KnownTexts(self.lines).__getitem__ if known else self.lines
        return self._measurers[kind]

    def _new_maker(self, kind: type) -> Make:
        """Kept are types whose equal values look alike: not 0.0 and -0.0, nor 02:30 before and after a change."""
        if kind is str:
            return _KnownTexts(self.text).__getitem__
        if kind in {int, float} and self._kind in _NUMBERS:
            return _number_maker(self._styles[Variant.PLAIN], "" if kind is int else ".16G", self.anything)
        if kind in {int, bool, date, type(None)} or issubclass(kind, Labelled):
            return _Known(self.anything).__getitem__
        return self.anything

    def text(self, value: str) -> str:
        """Most texts are printable and need nothing; the others go the long way."""
        if (
            value.isprintable()
            and len(value) <= TEXT_LIMIT // 2
            and "<" not in value
            and "&" not in value
            and ">" not in value
            and "_x" not in value
            and value[:1] not in "=+-@' "  # also the empty text
            and value[-1] != " "
        ):
            return f"{self._text}{value}</t></is></c>"
        return self.anything(value)

    def anything(self, value: object) -> str:
        cell = typed(value, self._kind, self._zone)
        style = self._styles[variant_of(cell)]
        match cell:
            case None:
                return self._empty
            case str():
                space = ' xml:space="preserve"' if cell[0].isspace() or cell[-1].isspace() else ""
                return f'<c s="{style}" t="inlineStr"><is><t{space}>{_escaped(cell)}</t></is></c>'
            case bool():
                return f'<c s="{style}" t="b"><v>{int(cell)}</v></c>'
            case date():
                return f'<c s="{style}"><v>{serial(cell):.16G}</v></c>'
            case _:
                return f'<c s="{style}"><v>{cell:.16G}</v></c>'

    def lines(self, value: object) -> int:
        """Lines of a wrapped cell. Numbers and days are never wrapped."""
        if type(value) is str:
            return self._counted(value if value.isprintable() else clean_text(value))
        cell = typed(value, self._kind, self._zone)
        return self._counted(cell) if isinstance(cell, str) else 1


def _number_maker(style: int, form: str, other: Make) -> Make:
    """A number that keeps its digits in Excel; what does not (also NaN, which is not in between) goes the long way."""
    before = f'<c s="{style}"><v>'

    def make(value: float) -> str:
        return f"{before}{value:{form}}</v></c>" if -DIGITS < value < DIGITS else other(value)

    return make


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ESCAPE.sub(r"_x005F\1", text) if "_x" in text else text


class _Known(dict[Any, Any]):
    """What `make` answered for the last values; `most` of them, so that memory does not grow with the rows."""

    def __init__(self, make: Callable[[Any], Any], most: int = _KEPT) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, value: Any) -> object:
        answer = self._make(value)
        if len(self) >= self._most:
            self.clear()
        self[value] = answer
        return answer


class _KnownTexts(_Known):
    """The same for short texts; long ones are rarely repeated and would fill the memory."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__(make, _KEPT_TEXTS)

    def __missing__(self, value: Any) -> object:
        return super().__missing__(value) if len(value) <= _SHORT else self._make(value)


class _Heights(dict[int, str]):
    """The rest of a row's opening tag by its lines, as XlsxWriter would write it: heights are whole pixels."""

    def __missing__(self, count: int) -> str:
        pixels = int(lines_room(count, BODY) * 4 / 3 + 0.5)
        attributes = f' ht="{pixels * 0.75:.16g}" customHeight="1">'
        if count < _KEPT:
            self[count] = attributes
        return attributes
