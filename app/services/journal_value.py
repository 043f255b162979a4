"""What the journal says of a record before a moment: its values then, and whether it was there at all.

The journal is read through Core aliases, which the row scope leaves alone. That is safe only beside a row in scope:
each of these expressions is correlated on the number of such a row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Alias,
    Boolean,
    Cast,
    Column,
    ColumnElement,
    Enum,
    FromClause,
    Integer,
    String,
    Table,
    and_,
    case,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.models import AuditEvent
from app.models.base import Audited, Exact, UtcDateTime

JOURNAL = cast(Table, AuditEvent.__table__)
# One alias serves all: each stands in a subquery of its own, and copying the columns of a table takes long.
THEN, ENDS, DELETION, SOONER = (JOURNAL.alias(name) for name in ("told_later", "ended", "deletion", "deleted_sooner"))
UNTOLD = frozenset({"id", "version", "org_unit_id", "region_id", "municipality_id"})
# A creation says all of these at once; a change that lost what was before loses one of them at most.
MARKS_OF_BIRTH = 2
# No use case changes these.
UNCHANGING = frozenset({("org_unit", "kind"), ("membership", "duty")})


class AsStored(Cast[Any]):
    """A JSON value as the database keeps the column: SQLite keeps most as JSON does, and moments in its own way."""

    inherit_cache = True


@compiles(AsStored, "sqlite")
def _as_sqlite_stores(element: AsStored, compiler: SQLCompiler, **kw: Any) -> str:
    told = compiler.process(element.clause, **kw)
    if isinstance(element.type, Exact):
        return f"CAST(ROUND({told} * {10**element.type.places}) AS INTEGER)"
    if isinstance(element.type, Boolean | Integer):
        # As text a number equals no number.
        return f"CAST({told} AS INTEGER)"
    if not isinstance(element.type, UtcDateTime):
        return told
    fraction = f"CASE WHEN substr({told}, 20, 1) = '.' THEN substr({told}, 20, 7) ELSE '.000000' END"
    return f"(datetime({told}) || {fraction})"


@compiles(AsStored, "postgresql")
def _as_postgresql_stores(element: AsStored, compiler: SQLCompiler, **kw: Any) -> str:
    if isinstance(element.type, Exact):
        told = compiler.process(element.clause, **kw)
        return f"CAST(CAST({told} AS NUMERIC) * {10**element.type.places} AS BIGINT)"
    return str(compiler.visit_cast(element, **kw))  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


def is_told(model: type, key: str) -> bool:
    """Whether the journal keeps the history of a column."""
    return issubclass(model, Audited) and key not in UNTOLD and key not in model.__unaudited__


def is_fixed(column: Column[Any]) -> bool:
    """A record keeps the record that it belongs to: its history need not be asked."""
    return (bool(column.foreign_keys) and not column.nullable) or (column.table.name, column.key) in UNCHANGING


def _told(changes: Any, key: str) -> ColumnElement[bool]:
    """The row says something of the column, be it NULL."""
    return cast("ColumnElement[bool]", changes[key].as_string().is_not(None))


def value_in(changes: Any, column: Column[Any], place: int) -> ColumnElement[Any]:
    """What stood in a column before (`place` 0) or after (1) the change, typed as the column."""
    return AsStored(changes[(column.key, place)].as_string(), column.type)


def value_before(row: FromClause, column: Column[Any], present: Any, moment: datetime) -> ColumnElement[Any]:
    """The value of a column of `row` just before the moment: what its first change since then replaced.

    `present` is the column as the statement names it: through the ORM it keeps the row scope at the statement.
    """
    journal, later = _since(row, moment)
    later = and_(later, _told(journal.c.changes, column.key))
    first = (
        select(value_in(journal.c.changes, column, 0))
        .where(later)
        .order_by(journal.c.at, journal.c.id)
        .limit(literal_column("1"))
        .correlate(row)
        .scalar_subquery()
    )
    if not column.nullable:
        return func.coalesce(first, present, type_=column.type)
    return case((select(journal.c.id).where(later).correlate(row).exists(), first), else_=present)


def existed_before(row: FromClause, model: type, moment: datetime) -> ColumnElement[bool]:
    """The record was there before the moment: the journal tells of no creation since."""
    journal, later = _since(row, moment)
    born = [
        and_(_told(journal.c.changes, mark.key), value_in(journal.c.changes, mark, 0).is_(None))
        for mark in _marks_of_birth(model)
    ]
    return ~select(journal.c.id).where(later, *born).correlate(row).exists()


def deleted_since(journal: Any, model: type, moment: datetime) -> ColumnElement[bool]:
    """Of a journal row: it made a record that was there before the moment and has been deleted since.

    `journal` is the entity whose columns are read: through the ORM it is cut to the reader's scope. Numbers of deleted
    records are given again, so a creation is matched with the next deletion only.
    """
    table = cast(Any, inspect(model)).local_table
    # A deletion is looked for past the moment first: those are few, and the index finds the rest of the record.
    ends, deletion, sooner = ENDS, DELETION, SOONER
    gone = select(ends.c.record_id).where(ends.c.record_type == table.name, ends.c.at >= moment, _deletes(ends))
    between = select(sooner.c.id).where(
        sooner.c.record_type == table.name,
        sooner.c.record_id == deletion.c.record_id,
        sooner.c.id > journal.id,
        sooner.c.id < deletion.c.id,
        _deletes(sooner),
    )
    ended = select(deletion.c.id).where(
        deletion.c.record_type == table.name,
        deletion.c.record_id == journal.record_id,
        deletion.c.id > journal.id,
        deletion.c.at >= moment,
        _deletes(deletion),
        ~between.correlate(deletion, journal).exists(),
    )
    return and_(
        journal.record_type == table.name,
        journal.record_id.in_(gone),
        journal.at < moment,
        *(
            and_(_told(journal.changes, mark.key), value_in(journal.changes, mark, 0).is_(None))
            for mark in _marks_of_birth(model)
        ),
        ended.correlate(journal).exists(),
    )


def _deletes(journal: Any) -> ColumnElement[bool]:
    """A deletion says nothing of any column."""
    return sql_cast(journal.c.changes, String()) == "{}"


def last_sign_in_before(user: FromClause, present: Any, moment: datetime) -> ColumnElement[Any]:
    """The column holds the last one only; the journal tells of each."""
    journal = THEN
    earlier = select(func.max(journal.c.at)).where(
        journal.c.record_type == table_of(user).name,
        journal.c.record_id == user.c.id,
        journal.c.action == "sign_in",
        journal.c.at < moment,
    )
    return case((present < moment, present), else_=earlier.correlate(user).scalar_subquery())


def _since(row: FromClause, moment: datetime) -> tuple[Any, ColumnElement[bool]]:
    journal = THEN
    return journal, and_(
        journal.c.record_type == table_of(row).name, journal.c.record_id == row.c.id, journal.c.at >= moment
    )


def table_of(row: FromClause) -> Table:
    return cast(Table, row.element if isinstance(row, Alias) else row)


def _marks_of_birth(model: type) -> list[Column[Any]]:
    """Columns that no record is without, hence NULL only before its creation; fixed ones first."""
    columns = [column for column in cast(Any, inspect(model)).local_table.c if is_told(model, column.key)]
    sure = [
        column
        for column in columns
        if not column.nullable and (is_fixed(column) or isinstance(column.type, Enum) or column.default is None)
    ]
    return sorted(sure, key=lambda column: not is_fixed(column))[:MARKS_OF_BIRTH]
