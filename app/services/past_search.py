"""Words as they are searched, made by the database: for records whose words were others on the day asked about."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models.search_text import folded

# Of the parts from which `search` is made, in their order; see the `_fold` of each model.
PARTS = {
    "order": ("number", "title", "issuer_name"),
    "org_unit": ("name", "short_name", "code"),
    "staff_member": ("last_name", "first_name", "patronymic"),
    "user": ("login", "name", "email"),
}
_UPPER = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯё"
_LOWER = "абвгдеежзийклмнопрстуфхцчшщъыьэюяе"


class Folded(FunctionElement[str]):
    """`folded` of its arguments."""

    name = "folded"
    type = String()
    inherit_cache = True


@compiles(Folded)
def _on_postgres(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    """Letter by letter: what lower() makes of Cyrillic depends on how the cluster was made."""
    parts = ", ".join(f"nullif({compiler.process(part, **kw)}, '')" for part in element.clauses)
    lowered = f"lower(translate(concat_ws(' ', {parts}), '{_UPPER}', '{_LOWER}'))"
    return f"btrim(regexp_replace({lowered}, '[[:space:]\u00a0\u202f]+', ' ', 'g'))"


@compiles(Folded, "sqlite")
def _on_sqlite(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"folded({', '.join(compiler.process(part, **kw) for part in element.clauses)})"


@event.listens_for(Engine, "connect")
def _teach(connection: Any, record: object) -> None:
    del record
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("folded", -1, folded, deterministic=True)


def folded_words(parts: list[ColumnElement[Any]]) -> ColumnElement[str]:
    return Folded(*parts)
