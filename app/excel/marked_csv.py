"""A table as text with one more field in the records that need mending; the other fields stay as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from app.excel.cell_value import is_active
from app.excel.csv_text import csv_text, records, written_fields
from app.excel.heading_match import MARK_TITLE, is_mark
from app.excel.table import Table


def marked_csv(content: bytes, table: Table, sentences: Mapping[int, str], heading_row: int) -> bytes:
    """In the encoding and with the separator of `content`; what the encoding lacks becomes «?»."""
    text = csv_text(content)
    heading = table.rows[heading_row - 1] if heading_row <= len(table.rows) else []
    old = next((place for place, cell in enumerate(heading) if is_mark(cell)), None)
    place = max(map(len, table.rows)) if old is None else old
    wanted = {**sentences, heading_row: MARK_TITLE}
    pieces: list[str] = []
    for number, (record, fields) in enumerate(records(text), 1):
        had_mark = old is not None and number > heading_row and len(fields) > old
        if number in wanted or had_mark:
            line = record.rstrip("\r\n")
            written, _ = written_fields(line, text.separator)
            if len(written) != len(fields):  # quotes out of place
                written = [_quoted(field) for field in fields]
            written += [""] * (place + 1 - len(written))
            written[place] = _quoted(wanted[number]) if number in wanted else ""
            pieces.append(text.separator.join(written) + record[len(line) :])
        else:
            pieces.append(record)
    return text.encoded("".join(pieces))


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    if is_active(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'
