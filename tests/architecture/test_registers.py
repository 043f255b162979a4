"""Every register goes out as a workbook and comes back, or says in a sentence why it does not."""

from __future__ import annotations

import importlib

from app.admin import VIEWS
from app.admin.record_view import RecordView
from app.excel.sheet import Column, ColumnRole, Sheet
from app.services.importers import IMPORTERS

REGISTERS = [view for view in VIEWS if issubclass(view, RecordView)]


def faults(view: type[RecordView]) -> list[str]:
    word = view.endpoint_name()
    sheet = getattr(view, "sheet", None)
    if not isinstance(sheet, Sheet):
        return [f"{word}: a register needs a Sheet"]
    found = []
    try:
        if importlib.import_module(f"app.excel.{word}").SHEET is not sheet:
            found.append(f"{word}: its Sheet stands in app/excel/{word}.py")
    except ModuleNotFoundError:
        found.append(f"{word}: its Sheet stands in app/excel/{word}.py")
    if sheet.is_loaded:
        if word not in IMPORTERS or IMPORTERS[word].sheet is not sheet:
            found.append(f"{word}: a sheet with keys needs its Importer in services/importers.py")
        if not any(column.role is ColumnRole.FIELD for column in sheet.columns):
            found.append(f"{word}: keys alone change nothing")
        if any(column.loaded and column.required and column.example is None for column in sheet.columns):
            found.append(f"{word}: the template's example is filled in")
    elif not sheet.not_loaded.endswith("."):
        found.append(f"{word}: say in not_loaded why it does not come back")
    if view.sheet_row is RecordView.sheet_row:
        found.append(f"{word}: sheet_row makes its rows")
    return found


def test_every_register_goes_out_and_comes_back() -> None:
    assert len(REGISTERS) >= 5
    assert [fault for view in REGISTERS for fault in faults(view)] == []


def test_a_register_without_a_sheet_is_refused() -> None:
    class Bare:
        @classmethod
        def endpoint_name(cls) -> str:
            return "bare"

        sheet_row = RecordView.sheet_row

    assert faults(Bare) == ["bare: a register needs a Sheet"]  # type: ignore[arg-type] # a stand-in
    Bare.sheet = Sheet("Л", "Л", (Column("a", "А", role=ColumnRole.KEY, required=True),))  # type: ignore[attr-defined] # as above
    told = " ".join(faults(Bare))  # type: ignore[arg-type] # as above
    for word in ("app/excel/bare.py", "Importer", "keys alone", "example", "sheet_row"):
        assert word in told
    Bare.sheet = Sheet("Л", "Л", (Column("a", "А"),))  # type: ignore[attr-defined] # as above
    assert "not_loaded" in " ".join(faults(Bare))  # type: ignore[arg-type] # as above
