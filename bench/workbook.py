"""A long register as a workbook: CPU beside a bare XlsxWriter loop of the same cells, peak memory, and a count of rows.

`ROWS=1000000 python -m bench.workbook` is the full size (some four minutes); `make bench` takes a tenth of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers.expat import ParserCreate

from xlsxwriter.workbook import Workbook

from app.excel.cell_format import format_properties
from app.excel.cell_value import serial
from app.excel.look import HEAD, body_look
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.writer import stream_register
from bench.measure import interleaved, told

ROWS = 100_000
_NUMBERS, _DAYS = (0, 10, 11), (8, 9)

SHEET = Sheet(
    "Обучение",
    "Обучение",
    (
        Column("id", "№", ColumnKind.INTEGER, 9),
        Column("municipality", "Муниципалитет", width=24),
        Column("unit", "Организация", width=32),
        Column("person", "Работник", width=24),
        Column("post", "Должность", width=24),
        Column("programme", "Программа", width=50),
        Column("status", "Состояние", width=16),
        Column("document", "Документ", width=18),
        Column("started_on", "Начало", ColumnKind.DATE, 12),
        Column("ended_on", "Окончание", ColumnKind.DATE, 12),
        Column("hours", "Часы", ColumnKind.INTEGER, 8),
        Column("year", "Год", ColumnKind.INTEGER, 8),
    ),
)
WRAPPED = replace(SHEET, columns=tuple(replace(column, wrap=column.width > 20) for column in SHEET.columns))  # noqa: PLR2004 - the wide ones
HEADING = Heading(("Обучение",), datetime(2026, 11, 21, tzinfo=UTC), "Фамилия-001", "Сахалинская область")


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Two texts of each row are its own, the others repeat: 20 municipalities, 400 schools, 300 programmes, 2,500 days."""
    municipalities = [f"Муниципальный округ «Район-{number:02}»" for number in range(20)]
    units = [f"МБОУ СОШ № {number} муниципального округа" for number in range(400)]
    posts = ["учитель", "директор", "заместитель директора по УВР", "педагог-психолог", "методист"]
    programmes = [f"Программа {number}: оценка качества образования в школе" for number in range(300)]
    states = ["запланировано", "идёт", "завершено", "просрочено"]
    days = [date(2020, 1, 1) + timedelta(number) for number in range(2500)]
    for n in range(count):
        yield (
            n,
            municipalities[n % 20],
            units[n * 7 % 400],
            f"Фамилия-{n * 7919 % 1_000_003:07}",
            posts[n % 5],
            programmes[n * 11 % 300],
            states[n % 4],
            f"№ {n * 37 % 999_983}-П",
            days[n * 3 % 2500],
            days[n * 5 % 2500],
            16 + n % 30 * 4,
            2020 + n % 7,
        )


def ours(sheet: Sheet, count: int, target: BinaryIO) -> None:
    target.writelines(stream_register(sheet, rows(count), HEADING))


def bare(count: int, target: BinaryIO) -> None:
    """XlsxWriter's fastest public way: constant memory, no check of what it answers, days as numbers made here."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = Workbook(target, options)
    page = workbook.add_worksheet("Обучение")
    head = workbook.add_format(format_properties(HEAD, "", quoted=False))
    formats = [
        workbook.add_format(format_properties(body_look(column), form, quoted=False))
        for column in SHEET.columns
        for form in [{ColumnKind.TEXT: "@", ColumnKind.DATE: "dd.mm.yyyy"}.get(column.kind, "#,##0")]
    ]
    for number, column in enumerate(SHEET.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.title, head)
    for row, values in enumerate(rows(count), start=1):
        for number in _NUMBERS[:1]:
            page.write_number(row, number, values[number], formats[number])
        for number in range(1, 8):
            page.write_string(row, number, values[number], formats[number])
        for number in _DAYS:
            page.write_number(row, number, serial(values[number]), formats[number])
        for number in _NUMBERS[1:]:
            page.write_number(row, number, values[number], formats[number])
    workbook.close()


def main() -> None:
    count = int(os.environ.get("ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:

        def to_file(write: str) -> None:
            with (Path(folder) / f"{write}.xlsx").open("wb") as target:
                if write == "bare":
                    bare(count, target)
                else:
                    ours(WRAPPED if write == "wrapped" else SHEET, count, target)

        calls = [lambda: to_file("ours"), lambda: to_file("bare"), lambda: to_file("wrapped"), lambda: _drained(count)]
        spent = interleaved(calls, max(1, 2 * ROWS // count), 0)
        mine, theirs, wrapped, alone = spent
        print(f"register of {count:,} rows × {len(SHEET.columns)} formatted cells; making the rows is in all of them")
        print(told("making the rows alone", alone))
        print(told("bare XlsxWriter loop, constant memory", theirs))
        print(told("streamed register", mine, theirs).replace("floor", "XlsxWriter"))
        print(told("streamed register, five wrapped columns", wrapped, theirs).replace("floor", "XlsxWriter"))
    for size in (count // 20, count * 13 // 10):
        peak, sheets, read = _in_its_own_process(size)
        assert read == size, f"{read} rows of {size} came back"
        print(f"{f'peak memory, {size:,} rows':<44} {peak:9.1f} MiB  ({sheets} sheets, all rows read back)")


def _drained(count: int) -> None:
    for _ in rows(count):
        pass


def _in_its_own_process(count: int) -> tuple[float, int, int]:
    """Peak memory in MiB of a process that only writes; sheets and rows that are found in its file."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
        command = [sys.executable, "-m", "bench.workbook", target.name, str(count)]
        peak = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found = [_counted(target.name, name) for name in zipfile.ZipFile(target.name).namelist() if "/sheet" in name]
    return peak, len(found), sum(found)


def _counted(path: str, name: str) -> int:
    """Rows of one sheet after its header, parsed in pieces; the archive's own checks of the part are made on the way."""
    last = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal last
        if tag == "row":
            assert int(attributes["r"]) > last
            last = int(attributes["r"])

    parser = ParserCreate()
    parser.StartElementHandler = start
    with zipfile.ZipFile(path) as archive, archive.open(name) as part:
        while piece := part.read(1 << 20):
            parser.Parse(piece)
        parser.Parse(b"", True)
    head = len(HEADING.lines) + 4  # the day, the author, a gap, the header
    return last - head


def _write_and_tell_the_peak(path: str, count: int) -> None:
    with Path(path).open("wb") as target:
        ours(WRAPPED, count, target)
    # ru_maxrss would begin with the peak of the process that started this one.
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    print(int(found[1]) / 1024)


if __name__ == "__main__":
    if sys.argv[1:]:
        _write_and_tell_the_peak(sys.argv[1], int(sys.argv[2]))
    else:
        main()
