"""The program that reads an .xls or .ods with calamine, run as a process of its own under limits; see `calamine_table`.

calamine keeps a full rectangle of every sheet and ends its process where memory does not suffice. Reads the file from
standard input and writes lines of JSON: a verdict with the sheet's name, then one line for every row, where a day is
["d", …], a moment ["m", …] and an error ["e", …]. It imports nothing of the product, so that it starts fast and runs
isolated (`python -I`).
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

_DAY = timedelta(days=1)


def main() -> None:
    memory, cpu_seconds, output, max_rows, max_columns = (int(argument) for argument in sys.argv[1:6])
    service_sheets = set(json.loads(sys.argv[6]))
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The first limit ends the process by a signal, the second kills it for good.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _read(content, max_rows, max_columns, service_sheets)
    except PasswordError:
        _tell("protected")
    except MemoryError:
        _tell("complex")
    except (CalamineError, ValueError, OSError):
        _tell("damaged")
    except BaseException as error:  # a panic of Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        _tell("damaged")


def _tell(verdict: str, sheet: str = "") -> None:
    sys.stdout.write(json.dumps({"verdict": verdict, "sheet": sheet}) + "\n")
    sys.stdout.flush()


def _read(content: bytes, max_rows: int, max_columns: int, service_sheets: set[str]) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for place, known in enumerate(book.sheets_metadata):
        if known.visible is not SheetVisibleEnum.Visible or known.typ is not SheetTypeEnum.WorkSheet:
            continue
        if known.name.casefold() in service_sheets:
            continue
        sheet = book.get_sheet_by_index(place)
        if sheet.end is None:
            continue
        last_row, last_column = sheet.end
        if last_row >= max_rows:
            _tell("rows")
            return
        if last_column >= max_columns:
            _tell("columns")
            return
        rows = sheet.to_python(skip_empty_area=False)
        if not any(value not in {"", None} for row in rows for value in row):
            continue
        _tell("table", known.name)
        for row in rows:
            sys.stdout.write(json.dumps([_plain(value) for value in row], ensure_ascii=True) + "\n")
        return
    _tell("empty")


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return ["m", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return value / _DAY
        case _:
            return value


if __name__ == "__main__":
    main()
