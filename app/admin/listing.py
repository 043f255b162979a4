"""A list as data: typed columns, filters and searches, and one SELECT of plain columns built from them.

Paging is by keyset on (sort value, id): the thousandth page costs what the first does. Values from the address are
parsed before they meet the database; what cannot be meant is a 400 on every database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import escape as escape_html
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.admin.past_day import day_asked
from app.models.enumeration import Labelled
from app.models.search_text import like_pattern
from app.services.state_on_day import PastDay, on_day

PAGE_SIZE = 50
COUNT_CAP = 10_000
MOST_KEPT = 512
LONGEST_QUERY = 200
BIGGEST_ID = 2**62

Cell = Callable[[Any, Any], str]

# The same names and words stand in row after row.
escape = lru_cache(maxsize=8192)(escape_html)


@dataclass(frozen=True, slots=True)
class PerPage:
    """A cell that depends on the day or on the reader: made once for a page, not asked for in each row."""

    make: Callable[[], Cell]


def text_cell(value: Any, row: Any) -> str:
    del row
    return f"<td>{escape(str(value))}</td>" if value is not None else "<td></td>"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """`expression` is what SQL selects under `key`; `cell` makes the whole <td>; `sort` orders by a NOT NULL value."""

    key: str
    label: str
    expression: Any
    cell: Cell | PerPage = text_cell
    kind: str | None = None
    sort: Any = None
    sort_type: type = str
    held: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ListFilter:
    """`parse` turns the address into a value or raises ValueError; `where` turns the value into a condition.

    `options` are computed for the actor when they are shown, never kept between requests.
    """

    key: str
    label: str
    where: Callable[[Any], ColumnElement[bool]]
    parse: Callable[[str], Any] = str
    options: Callable[[], Sequence[Option]] = tuple
    kind: str = "choice"


def number(raw: str) -> int:
    """A row number as the database can hold it."""
    if not raw.isascii() or not raw.isdecimal() or not 0 < int(raw) < BIGGEST_ID:
        raise ValueError(raw)
    return int(raw)


def one_of(members: type[Labelled]) -> Callable[[str], Labelled]:
    """Parses a stored value; raises ValueError for any other word."""

    def parse(raw: str) -> Labelled:
        return members(raw)

    return parse


@dataclass(slots=True)
class ListState:
    """What the address asks for."""

    query: str = ""
    sort: str = ""
    descending: bool = False
    after: tuple[Any, int] | None = None
    before: tuple[Any, int] | None = None
    filters: dict[str, list[Any]] = field(default_factory=dict)
    raw: dict[str, list[str]] = field(default_factory=dict)

    # What a condition may depend on besides the address: the reader's day and zone.
    reader: tuple[date, str] | None = None
    # The day whose state is asked for; None for the present. What was a draft then is shown to its own unit only.
    on_day: date | None = None
    unit_id: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.query or self.filters or self.on_day)

    @property
    def past(self) -> PastDay | None:
        zone = self.reader[1] if self.reader is not None else ""
        return PastDay.of(self.on_day, zone, self.unit_id) if self.on_day is not None else None

    @property
    def words(self) -> tuple[Any, ...]:
        """All that narrows the list, as it was asked."""
        if not self.narrowed:
            return ()
        asker = (self.reader, self.query, self.on_day, self.unit_id if self.on_day else None)
        return (*asker, *((name, *given) for name, given in sorted(self.raw.items())))


@dataclass(frozen=True)
class Listing:
    model: Any
    columns: tuple[ListColumn, ...]
    filters: tuple[ListFilter, ...] = ()
    # The search: conditions that are OR-ed, each from a LIKE pattern over folded text.
    search: Callable[[str], Sequence[ColumnElement[bool]]] | None = None
    joins: Callable[[Select[Any]], Select[Any]] = lambda statement: statement
    default_sort: str = ""
    default_descending: bool = True
    _kept: dict[Any, Select[Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read(self, arguments: MultiDict[str, str], reader: tuple[date, str] | None = None) -> ListState:
        """Raises BadRequest for what cannot be meant."""
        state = ListState(query=_clean(arguments.get("q", "")), reader=reader)
        sort = arguments.get("sort", self.default_sort)
        state.descending = arguments.get("desc", "1" if self.default_descending else "0") == "1"
        if sort and sort not in {column.key for column in self.columns if column.sort is not None}:
            raise BadRequest
        state.sort = sort
        for one in self.filters:
            given = [raw for raw in arguments.getlist(one.key) if raw != ""]
            if given:
                try:
                    state.filters[one.key] = [one.parse(raw) for raw in given[:50]]
                except ValueError as error:
                    raise BadRequest from error
                state.raw[one.key] = given[:50]
        state.on_day = day_asked(arguments.get("on_day", ""), reader[0] if reader is not None else None)
        state.after = self._mark(arguments.get("after"), sort)
        state.before = self._mark(arguments.get("before"), sort)
        return state

    def column(self, key: str) -> ListColumn:
        return next(column for column in self.columns if column.key == key)

    def rows(self, state: ListState) -> tuple[Select[Any], dict[str, Any]]:
        """One page and one row more, in the order of the screen (reversed where `before` is asked), and its values.

        A condition may depend on the address, on the reader's day and zone, and on nothing else of the reader.
        """
        mark = state.before or state.after
        values = {} if mark is None else {"mark_value": mark[0], "mark_id": mark[1]}
        key = ("rows", state.sort, state.descending, state.after is not None, state.before is not None, *state.words)
        return self._built(key, lambda: self._rows(state)), values

    def _built(self, key: tuple[Any, ...], build: Callable[[], Select[Any]]) -> Select[Any]:
        """Built once for each thing asked; the words of the address are its values."""
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = build().execution_options(kept=True)
        return self._kept[key]

    def _rows(self, state: ListState) -> Select[Any]:
        statement = self._narrowed(select(self.model.id, *(c.expression.label(c.key) for c in self.columns)), state)
        sort = self.column(state.sort).sort if state.sort else self.model.id
        descending = state.descending != (state.before is not None)
        if state.before is not None or state.after is not None:
            statement = statement.where(_beyond(sort, self.model.id, descending=descending))
        keys = [self.model.id] if sort is self.model.id else [sort, self.model.id]
        statement = statement.add_columns(sort.label("sort_key"))
        statement = statement.order_by(*(key.desc() if descending else key.asc() for key in keys))
        # A literal LIMIT lets PostgreSQL keep one plan; a bound one makes it plan each page anew.
        return _then(statement.limit(literal_column(str(PAGE_SIZE + 1))), state)

    def every_row(self, state: ListState) -> Select[Any]:
        """All rows as filtered, searched and sorted: what an export takes."""
        statement = self._narrowed(select(self.model.id, *(c.expression.label(c.key) for c in self.columns)), state)
        sort = self.column(state.sort).sort if state.sort else self.model.id
        keys = [self.model.id] if sort is self.model.id else [sort, self.model.id]
        return _then(statement.order_by(*(key.desc() if state.descending else key.asc() for key in keys)), state)

    def count(self, state: ListState, cap: int = COUNT_CAP) -> Select[Any]:
        """The number of rows, counted no further than one past the cap."""

        def build() -> Select[Any]:
            # Without the joins: they only bring names, and each row has exactly one of each.
            counted = _then(self._narrowed(select(self.model.id), state, joined=False), state)
            return select(func.count()).select_from(counted.limit(literal_column(str(cap + 1))).subquery())

        return self._built(("count", cap, *state.words), build)

    def _narrowed(self, statement: Select[Any], state: ListState, *, joined: bool = True) -> Select[Any]:
        statement = statement.select_from(self.model)
        if joined:
            statement = self.joins(statement)
        for one in self.filters:
            if one.key in state.filters:
                statement = statement.where(or_(*(one.where(value) for value in state.filters[one.key])))
        if state.query and self.search is not None:
            statement = statement.where(or_(*self.search(like_pattern(state.query))))
        return statement

    def _mark(self, raw: str | None, sort: str) -> tuple[Any, int] | None:
        """«value~id», as written by `mark_of`."""
        if raw is None:
            return None
        value, _, row_id = raw.rpartition("~")
        kind = self.column(sort).sort_type if sort else int
        try:
            parsed: Any = value
            if kind is date:
                parsed = date.fromisoformat(value)
            elif kind is int:
                parsed = number(value)
            elif "\x00" in value or len(value) > LONGEST_QUERY * 5:
                raise ValueError(value)  # noqa: TRY301 - one answer for every unreadable mark
            return parsed, number(row_id)
        except ValueError as error:
            raise BadRequest from error


def mark_of(row: Any) -> str:
    value = row.sort_key
    return f"{value.isoformat() if isinstance(value, date) else value}~{row.id}"


def _beyond(sort: Any, row_id: Any, *, descending: bool) -> ColumnElement[bool]:
    value, last = bindparam("mark_value", type_=sort.type), bindparam("mark_id", type_=row_id.type)
    if sort is row_id:
        return row_id < last if descending else row_id > last  # type: ignore[no-any-return] # a model's column
    if descending:
        return or_(sort < value, and_(sort == value, row_id < last))
    return or_(sort > value, and_(sort == value, row_id > last))


def _then(statement: Select[Any], state: ListState) -> Select[Any]:
    """The statement about the day that was asked for; about the present as it is."""
    return statement if state.past is None else on_day(statement, state.past)


def _clean(raw: str) -> str:
    text = raw.strip()
    if "\x00" in text or len(text) > LONGEST_QUERY:
        raise BadRequest
    return text


def arguments_of(state: ListState) -> dict[str, Any]:
    """The address of the list without its place in the pages: what filters, chips and exports keep."""
    kept: dict[str, Any] = {**state.raw}
    if state.query:
        kept["q"] = state.query
    if state.on_day is not None:
        kept["on_day"] = state.on_day.isoformat()
    return kept


def render_rows(listing: Listing, rows: Sequence[Any], first: Callable[[Any], str] | None = None) -> str:
    """The rows as HTML. Every cell function escapes what it is given."""
    shown = [(index + 1, column.cell) for index, column in enumerate(listing.columns) if not column.hidden]
    cells = [(index, cell.make() if isinstance(cell, PerPage) else cell) for index, cell in shown]
    parts: list[str] = []
    add = parts.append
    for row in rows:
        add("<tr>")
        if first is not None:
            add(first(row))
        for index, cell in cells:
            add(cell(row[index], row))
        add("</tr>")
    return "".join(parts)
