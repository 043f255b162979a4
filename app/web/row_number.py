"""Numbers of rows in addresses: what no database can hold is no address, 404 for everybody."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class RowNumber(IntegerConverter):
    """Plain digits, as many as a number of 64 bits always holds: SQLite's driver raises OverflowError beyond."""

    regex = r"[0-9]{1,18}"


def install(app: Flask) -> None:
    """Before any route is added: each `<int:…>` of the program is then such a number."""
    app.url_map.converters["int"] = RowNumber
