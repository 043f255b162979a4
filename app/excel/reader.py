"""Reading a table from outside, of whatever kind of file: each kind behind a check of what it would make of itself."""

from __future__ import annotations

from dataclasses import replace

from app.excel.calamine_table import calamine_table
from app.excel.content_kind import ContentKind, content_kind
from app.excel.csv_text import read_csv
from app.excel.ods_bounds import check_ods
from app.excel.ods_spacing import without_spacing
from app.excel.package import Package
from app.excel.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Budget, CellInput, Table, WorkbookRefused
from app.excel.xlsx_cells import read_xlsx

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "CellInput", "Table", "WorkbookRefused", "read_table"]


def read_table(content: bytes, file_name: str, prefer: str = "", *, columns: int = MAX_COLUMNS) -> Table:
    """The first sheet with anything in it that is neither hidden nor a service sheet; in an .xlsx of several sheets the
    one named `prefer`, where it has one.

    The kind of file is decided by its content: .xlsx, .xls, .ods, or text with separators (`file_name` then names the
    sheet). Formulas give the values the file keeps; merged cells the value of the first. A table is at most `columns`
    wide. Raises WorkbookRefused.
    """
    kind = content_kind(content)
    budget = Budget(columns)
    if kind is ContentKind.XLSX:
        return read_xlsx(Package(content, budget), budget, prefer).table
    if kind is ContentKind.TEXT:
        return read_csv(content, file_name, budget)
    if kind is ContentKind.XLS:
        return calamine_table(content, budget)
    package = Package(content, budget)
    faults = check_ods(package, budget)
    table = calamine_table(without_spacing(content, package), budget)
    return replace(table, faults=faults.get(table.sheet_name, {}))
