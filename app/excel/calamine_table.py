"""Tables of .xls and .ods, read by a child process that may neither run long nor grow large."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from app.excel.package import PROTECTED
from app.excel.table import (
    DAMAGED,
    EMPTY,
    MAX_ROWS,
    MIB,
    SERVICE_SHEETS,
    TOO_COMPLEX,
    TOO_MANY_ROWS,
    Budget,
    CellInput,
    Table,
    WorkbookRefused,
)

# A full .xls of 65,536 × 60 needs some 300 MiB.
MEMORY: Final = 768 * MIB
CPU_SECONDS: Final = 20
# Below the half minute after which web servers give up on a request.
WALL_SECONDS: Final = 25
OUTPUT: Final = 512 * MIB

_CHILD: Final = Path(__file__).with_name("calamine_child.py")
_REFUSALS: Final = {
    "protected": PROTECTED,
    "complex": TOO_COMPLEX,
    "damaged": DAMAGED,
    "rows": TOO_MANY_ROWS,
    "empty": EMPTY,
}


def calamine_table(content: bytes, budget: Budget) -> Table:
    """The first visible sheet with a value in it. Raises WorkbookRefused."""
    limits = (MEMORY, CPU_SECONDS, OUTPUT, MAX_ROWS, budget.widest, json.dumps(sorted(SERVICE_SHEETS)))
    with TemporaryFile() as answer:
        try:
            subprocess.run(  # noqa: S603 - our own program with numbers for arguments, the file on its input
                [sys.executable, "-I", str(_CHILD), *map(str, limits)],
                input=content,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=WALL_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise WorkbookRefused(TOO_COMPLEX) from error
        answer.seek(0)
        try:
            return _told(answer, budget)
        except ValueError as error:
            if isinstance(error, WorkbookRefused):
                raise
            # Killed by a limit, or out of memory even for an answer.
            raise WorkbookRefused(TOO_COMPLEX) from error


def _told(answer: IO[bytes], budget: Budget) -> Table:
    head = json.loads(answer.readline())
    if head["verdict"] != "table":
        raise WorkbookRefused(budget.too_many_columns if head["verdict"] == "columns" else _REFUSALS[head["verdict"]])
    rows: list[list[CellInput]] = []
    seen: dict[str, str] = {}
    for line in answer:
        if not line.endswith(b"\n"):
            raise WorkbookRefused(TOO_COMPLEX)
        cells = [_plain(value, seen, budget) for value in json.loads(line)]
        while cells and cells[-1] is None:
            cells.pop()
        budget.take_cells(len(cells))
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return Table(head["sheet"], rows)


def _plain(value: Any, seen: dict[str, str], budget: Budget) -> CellInput:
    match value:
        case ["d", str() as text]:
            return date.fromisoformat(text)
        case ["m", str() as text]:
            moment = datetime.fromisoformat(text)
            at_midnight = not (moment.hour or moment.minute or moment.second)
            return moment.date() if at_midnight else moment.replace(microsecond=0)
        case str() if value not in seen:
            budget.take_text(len(value))
            seen[value] = value
            return value or None
        case str():
            return seen[value] or None
        case bool() | int() | None:
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < 10**15 else value
        case _:
            raise WorkbookRefused(DAMAGED)
