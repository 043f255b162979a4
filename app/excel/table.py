"""The cells of a sheet from outside, of whatever kind of file, and the refusal of a file that gives none."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

MIB: Final = 1024 * 1024
MAX_BYTES: Final = 20 * MIB
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 60
# 100,000 rows of 25 columns; some 200 MiB as Python has them.
MAX_CELLS: Final = 2_500_000
MAX_CHARACTERS: Final = 40_000_000
# 100,000 × 12 take 3 to 4 seconds.
MAX_CPU_SECONDS: Final = 30.0
MAX_FAULTS: Final = 10_000
# What the templates and personal workbooks of this house add for themselves, should somebody unhide it.
CHOICES_SHEET: Final = "Справочники"
SERVICE_SHEETS: Final = frozenset({CHOICES_SHEET.casefold()})

DAMAGED: Final = (
    "Файл повреждён или загружен не до конца. Откройте его в Excel или LibreOffice, сохраните заново как .xlsx "
    "и загрузите ещё раз."
)
TOO_BIG_FILE: Final = f"Файл больше {MAX_BYTES // MIB} МБ. Оставьте в нём только таблицу или разделите её на части."
TOO_MANY_ROWS: Final = (
    f"В таблице больше {MAX_ROWS} строк. Оставьте на листе только нужные строки или разделите таблицу на части."
)
TOO_MUCH: Final = (
    "Таблица слишком велика: в ней слишком много заполненных ячеек или текста. Разделите её на несколько файлов."
)
TOO_COMPLEX: Final = (
    "Файл устроен слишком сложно, прочитать его не удалось. Скопируйте таблицу в новую книгу, сохраните её как .xlsx "
    "и загрузите ещё раз."
)
EMPTY: Final = "В файле нет таблицы: на видимых листах все ячейки пусты. Проверьте, тот ли файл выбран."
NOT_COMPUTED: Final = (
    "формула без сохранённого значения: откройте файл в Excel или LibreOffice, сохраните его и загрузите снова"
)
NO_VALUES: Final = (
    "В файле слишком много формул без сохранённых значений или с ошибками. Откройте его в Excel или LibreOffice, "
    "сохраните и загрузите снова."
)

CellInput = str | int | float | bool | date | None


class WorkbookRefused(ValueError):  # noqa: N818 - named by what happened to the workbook, as other refusals are
    """Its text is a whole Russian sentence that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows[0]` is the spreadsheet's first row; rows end at their last filled cell, so their lengths differ.

    A day is a date, a moment a naive datetime, a time of day a text. `faults` tells, by (row, column) from 0, of cells
    whose value cannot be had, in words to stand after «В столбце «Срок» »; the cell itself is None there.
    """

    sheet_name: str
    rows: list[list[CellInput]]
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Budget:
    """What one reading may take: processor time of this thread, filled cells, characters; `columns` of one table."""

    def __init__(self, columns: int = MAX_COLUMNS) -> None:
        self.columns = columns
        # With the column that says what to mend, which `marked_copy` adds.
        self.widest = columns + 1
        self._started = time.thread_time()
        self._cells_left = MAX_CELLS
        self._characters_left = MAX_CHARACTERS

    def check_time(self) -> None:
        if time.thread_time() - self._started > MAX_CPU_SECONDS:
            raise WorkbookRefused(TOO_COMPLEX)

    @property
    def too_many_columns(self) -> str:
        return (
            f"В таблице больше {self.columns} столбцов. Оставьте на листе только таблицу: проверьте, нет ли записей "
            "далеко справа."
        )

    def take_cells(self, count: int) -> None:
        self._cells_left -= count
        if self._cells_left < 0:
            raise WorkbookRefused(TOO_MUCH)

    def take_text(self, length: int) -> None:
        self._characters_left -= length
        if self._characters_left < 0:
            raise WorkbookRefused(TOO_MUCH)
