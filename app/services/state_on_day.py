"""A statement about what is, turned into the same statement about what was at the end of a day.

Columns become what the journal says of them, names and places of units what their periods say, and records that came
later are left out. Who may see which rows stays as it is now: the row scope is applied to the turned statement as to
every other. What was a draft on the day is its issuer's alone; a person who stood elsewhere then is not shown: the
address and the telephone of that place are nobody's here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Alias,
    Column,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    and_,
    case,
    inspect,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import replacement_traverse

from app.models import (
    AuditEvent,
    Base,
    Enrolment,
    Framework,
    Membership,
    MonitoringRound,
    Order,
    OrderPoint,
    OrgUnit,
    Programme,
    User,
)
from app.models.base import Audited
from app.models.enrolment import SHOWN_TO_PROVIDER
from app.models.scoped import OfferedByUnit, PartOfFramework, PartOfOrder, PartOfRound, PublishedByUnit, ScopeColumns
from app.policies.reach_of_training import UNDECIDED
from app.services.journal_value import (
    deleted_since,
    existed_before,
    is_fixed,
    is_told,
    last_sign_in_before,
    table_of,
    value_before,
    value_in,
)
from app.services.past_search import PARTS, folded_words
from app.services.unit_periods_on_day import NAMES, municipality_on_day, name_on_day, parent_on_day

MODELS: dict[str, type] = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined] # each is mapped to a table
# A day of another year overflows when it becomes a moment, or means a slip of the hand.
YEARS = range(1990, 2101)
# Records that are deleted, and of them the columns that never change: all that the journal gives back.
RESTORED: dict[type, frozenset[str]] = {
    Membership: frozenset({"id", "user_id", "org_unit_id", "region_id", "municipality_id", "duty"}),
    OrderPoint: frozenset({"id", "order_id"}),
}
ORDER = cast(Table, Order.__table__)
# Parts, and what they are parts of, by which column: what was a draft on the day was its issuer's alone.
WHOLES: tuple[tuple[type, Table, str], ...] = (
    (PartOfOrder, ORDER, "order_id"),
    (PartOfFramework, cast(Table, Framework.__table__), "framework_id"),
    (PartOfRound, cast(Table, MonitoringRound.__table__), "round_id"),
)
DRAFT = "draft"
# A statement with its columns: they come back as they were asked.
Asked = TypeVar("Asked", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day that has come; `after` is the first moment that no longer belongs to it, `unit_id` where the reader stands.

    Without a unit nothing that was a draft is anybody's.
    """

    day: date
    after: datetime
    unit_id: int | None

    @classmethod
    def of(cls, day: date, time_zone: str, unit_id: int | None) -> PastDay:
        """The day on the clocks of the reader's region."""
        zone = ZoneInfo(time_zone or "Europe/Moscow")
        return cls(day, datetime.combine(day + timedelta(1), time.min, zone), unit_id)

    @property
    def last_minute(self) -> datetime:
        """What stands above a sheet about the day; in the region's zone."""
        return self.after - timedelta(minutes=1)


def read_day(raw: str) -> date:
    """A day as an address writes it; raises ValueError for any other word, and for a year beyond all records."""
    day = date.fromisoformat(raw)
    if raw != day.isoformat() or day.year not in YEARS:
        raise ValueError(raw)
    return day


def on_day(statement: Asked, past: PastDay) -> Asked:
    """The statement as it would have been answered at the end of the day; of columns only, never of whole records."""
    return cast(Asked, _Turning(past).turned(statement))


class _Turning:
    """One statement with all that stands in it; each column is turned once, so that GROUP BY finds it again."""

    def __init__(self, past: PastDay) -> None:
        self.past = past
        self._columns: dict[tuple[FromClause, str, bool], Any] = {}
        self._nested: dict[int, tuple[Any, Any]] = {}
        self._stood = select(Membership.user_id)

    def turned(self, statement: Any, *, restoring: bool = True) -> Select[Any]:
        given = list(statement._raw_columns)  # noqa: SLF001 - SQLAlchemy shows labelled copies only
        if any(isinstance(one, Table | Alias) for one in given):
            raise TypeError("the state on a day is made of columns: a record would be the present one")
        named = self._named(statement)
        restored = {
            row: self._restored(model)
            for row, (model, keys) in named.items()
            if restoring and model in RESTORED and keys <= RESTORED[model]
        }

        def replace(element: Any, **kw: Any) -> Any:
            del kw
            if element is statement:
                return None
            if isinstance(element, Select | Subquery):
                return self._inner(element)
            if isinstance(element, Table | Alias):
                return restored.get(_plain(element), element) if _entity(element) else element
            if isinstance(element, ColumnClause):
                if isinstance(element.table, Subquery):
                    return self._inner(element.table).c[element.key]
                if isinstance(element, Column) and isinstance(element.table, Table | Alias):
                    whole = restored.get(_plain(element.table)) if _entity(element) else None
                    return self._column(element) if whole is None else whole.c[element.key]
            return None

        found = cast(Any, replacement_traverse(statement, {}, replace))
        # A column keeps the name under which it is read.
        found._raw_columns = [  # noqa: SLF001 - with_only_columns() would forget the joins
            new.label(old.key) if isinstance(old, Column) and new is not old else new
            for old, new in zip(given, found._raw_columns, strict=True)  # noqa: SLF001 - as above
        ]
        there = ((row, model) for row, (model, _) in named.items() if row not in restored)
        return cast(
            "Select[Any]", found.where(*(each for row, model in there for each in self._conditions(row, model)))
        )

    def _named(self, statement: Select[Any]) -> dict[FromClause, tuple[type, set[str]]]:
        """The entities of the statement itself, with the columns that it names.

        Look-ups joined through Core aliases are none: they hang on rows that are there.
        """
        # Of the statement around this one.
        foreign = set(statement._correlate or ())  # noqa: SLF001 - nothing public tells it
        named: dict[FromClause, tuple[type, set[str]]] = {}

        def look(element: Any, **kw: Any) -> Any:
            del kw
            if isinstance(element, Select | Subquery) and element is not statement:
                return element
            row = element.table if isinstance(element, Column) else element
            model = _entity(element)
            if model is not None and isinstance(row, Table | Alias) and row not in foreign:
                keys = named.setdefault(_plain(row), (model, set()))[1]
                keys |= {element.key} if isinstance(element, Column) else set()
            return element if isinstance(element, Column | Table | Alias) else None

        replacement_traverse(statement, {}, look)
        return named

    def _restored(self, model: Any) -> Subquery:
        """The records that are there and those deleted since, which the journal gives back; both within the scope."""
        table, keys = model.__table__, sorted(RESTORED[model])
        there = self.turned(select(*(getattr(model, key) for key in keys)), restoring=False)
        row: Any = aliased(AuditEvent)
        kept: dict[str, Any] = {
            "id": row.record_id,
            "org_unit_id": row.org_unit_id,
            "region_id": row.region_id,
            "municipality_id": municipality_on_day(
                inspect(row).selectable, row.org_unit_id, row.municipality_id, self.past.day
            ),
        }
        columns = (kept[key] if key in kept else value_in(row.changes, table.c[key], 1) for key in keys)
        gone = select(*(column.label(key) for key, column in zip(keys, columns, strict=True)))
        # Computed once, not for each row that it hangs on.
        once = gone.where(deleted_since(row, model, self.past.after)).cte().prefix_with("MATERIALIZED")
        return union_all(there, select(*(once.c[key] for key in keys))).subquery()

    def _inner(self, element: Any) -> Any:
        # Kept with what it was made of: numbers of dead objects are given again.
        if id(element) not in self._nested:
            if isinstance(element, Select):
                made: Any = self.turned(element)
            else:
                made = cast(Any, self._inner(element.element)).subquery()
            self._nested[id(element)] = (element, made)
        return self._nested[id(element)][1]

    def _conditions(self, row: FromClause, model: type) -> list[ColumnElement[bool]]:
        if issubclass(model, AuditEvent):
            return [row.c.at < self.past.after]
        if not issubclass(model, Audited):
            return []
        conditions = [existed_before(row, model, self.past.after)]
        if issubclass(model, User) and self.past.unit_id is not None:
            # Within the reader's scope, as every statement through the ORM.
            conditions.append(row.c.id.in_(self._inner(self._stood)))
        if issubclass(model, PublishedByUnit | OfferedByUnit):
            conditions.append(self._readable(row))
        if issubclass(model, Programme):
            # Until the ministry had agreed, between it and the provider.
            between = or_(row.c.org_unit_id == self.past.unit_id, row.c.region_id == self.past.unit_id)
            conditions.append(or_(between, self._status(row).not_in(UNDECIDED)))
        if issubclass(model, Enrolment):
            # A provider was not told of plans, nor of what was taken back.
            own = or_(row.c.provider_unit_id != self.past.unit_id, row.c.org_unit_id == self.past.unit_id)
            conditions.append(or_(own, self._status(row).in_(SHOWN_TO_PROVIDER)))
        for kind, table, key in WHOLES:
            if issubclass(model, kind):
                whole = table.alias()
                readable = select(whole.c.id).where(whole.c.id == row.c[key], self._readable(whole))
                conditions.append(readable.correlate(row).exists())
        return conditions

    def _readable(self, whole: FromClause) -> ColumnElement[bool]:
        """What was a draft on the day was its issuer's alone, and stays so."""
        return or_(whole.c.org_unit_id == self.past.unit_id, self._status(whole) != DRAFT)

    def _status(self, row: FromClause) -> ColumnElement[Any]:
        return value_before(row, table_of(row).c.status, row.c.status, self.past.after)

    def _column(self, element: Any) -> Any:
        row = _plain(element.table)
        # Through the ORM and not: the marks on the column keep the row scope at the statement.
        key = (row, element.key, bool(element._annotations))  # noqa: SLF001 - as in `_entity`
        if key not in self._columns:
            self._columns[key] = self._then(row, element)
        return self._columns[key]

    def _then(self, row: FromClause, present: Any) -> Any:
        """The expression of a column on the day; the column itself where it never changes or nothing tells."""
        table, key = table_of(row), present.key
        model, day = MODELS.get(table.name, object), self.past.day
        if key == "search" and table.name in PARTS:
            return self._search(row, present, PARTS[table.name])
        if key == "municipality_id" and issubclass(model, ScopeColumns | OrgUnit):
            return municipality_on_day(row, row.c.id if model is OrgUnit else row.c.org_unit_id, present, day)
        if model is OrgUnit and key == "parent_id":
            return parent_on_day(row, present, day)
        if model is User and key == "last_sign_in_at":
            return last_sign_in_before(row, present, self.past.after)
        column = table.c.get(key)
        if column is None or not is_told(model, key) or is_fixed(column):
            return present
        value = value_before(row, column, present, self.past.after)
        return name_on_day(row, key, day, value) if model is OrgUnit and key in NAMES else value

    def _search(self, row: FromClause, present: Any, parts: tuple[str, ...]) -> Any:
        then = [self._column(row.c[part]) for part in parts]
        same = and_(*(value == row.c[part] for value, part in zip(then, parts, strict=True)))
        return case((same, present), else_=folded_words(then))


def _entity(element: Any) -> type | None:
    """The model of which an element is a part through the ORM."""
    entity = element._annotations.get("parententity")  # noqa: SLF001 - how the ORM marks its columns
    return entity.mapper.class_ if entity is not None else None


def _plain(row: Any) -> FromClause:
    """The table or alias without the marks of the ORM."""
    return cast(FromClause, row._deannotate() if row._annotations else row)  # noqa: SLF001 - the ORM's own way
