"""Tables as text: the encoding, the separator, and the records as a spreadsheet counts them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Final

from app.excel.table import (
    EMPTY,
    MAX_ROWS,
    TOO_MANY_ROWS,
    Budget,
    CellInput,
    Table,
    WorkbookRefused,
)

_NOT_TEXT: Final = (
    "Файл не похож на таблицу: это не книга Excel и не текст с разделителями. Проверьте, тот ли файл выбран."
)
_BAD_QUOTES: Final = (
    "Файл .csv прочитать не удалось: похоже, в нём не закрыта кавычка. Сохраните его заново как "
    "«CSV (разделители — точка с запятой)» или как .xlsx."
)
DAMAGED_UTF_8: Final = (
    "Файл .csv записан в UTF-8 с ошибками: часть знаков потеряна. Сохраните его заново как "
    "«CSV UTF-8 (разделитель — запятая)» или как .xlsx."
)
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f]")
_SEPARATORS: Final = ";\t,|"
# Times of day hold it as well: it separates only where none of the others does.
_RARE_SEPARATOR: Final = ":"
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_SAMPLE_CHARACTERS: Final = 64 * 1024
_SAMPLE_RECORDS: Final = 100
_FEW: Final = 2
# ="0123" keeps Excel from taking a code for a number.
_QUOTED_FORMULA: Final = re.compile(r'="([^"]*)"')
# Of four bytes beyond ASCII in valid UTF-8 at most one is lost where a file was damaged rather than coded otherwise.
_DAMAGED_SHARE: Final = 4


@dataclass(frozen=True, slots=True)
class CsvText:
    """`body` follows the byte order mark and, in `before`, the line «sep=;» that Excel does not show."""

    mark: bytes
    encoding: str
    before: str
    body: str
    separator: str

    def encoded(self, body: str) -> bytes:
        """Another body in the same encoding; what it cannot hold becomes «?»."""
        return self.mark + (self.before + body).encode(self.encoding, "replace")


def csv_text(content: bytes) -> CsvText:
    """Raises WorkbookRefused for bytes that are no text."""
    mark, encoding, text = decoded(content)
    told = _SEPARATOR_LINE.match(text)
    if told is not None:
        return CsvText(mark, encoding, told[0], text[told.end() :], told[1])
    return CsvText(mark, encoding, "", text, _separator(text))


def decoded(content: bytes) -> tuple[bytes, str, str]:
    """The byte order mark, the encoding and the text: by its mark, else UTF-8, else Windows-1251."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return mark, encoding, _checked(content[len(mark) :].decode(encoding))
            except UnicodeDecodeError as error:
                raise WorkbookRefused(DAMAGED_UTF_8 if encoding == "utf-8" else _NOT_TEXT) from error
    try:
        return b"", "utf-8", _checked(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    mended = content.decode("utf-8", "replace")
    lost = mended.count("\ufffd")
    if sum(sign > "\x7f" for sign in mended) - lost > _DAMAGED_SHARE * lost:
        raise WorkbookRefused(DAMAGED_UTF_8)
    try:
        return b"", "cp1251", _checked(content.decode("cp1251"))
    except UnicodeDecodeError as error:  # 0x98 is no sign of Windows-1251
        raise WorkbookRefused(_NOT_TEXT) from error


def records(text: CsvText) -> Iterator[tuple[str, list[str]]]:
    """Each record as it is written, line end included, and its fields; a blank line is a record without fields.

    Raises WorkbookRefused where the last quote is not closed: all after it would be one field.
    """
    lines: list[str] = []
    last = ""

    def noted() -> Iterator[str]:
        for line in StringIO(text.body, newline=""):
            lines.append(line)
            yield line

    try:
        for fields in csv.reader(noted(), delimiter=text.separator):
            last = "".join(lines)
            yield last, fields
            lines.clear()
    except csv.Error as error:
        raise WorkbookRefused(_BAD_QUOTES) from error
    if written_fields(last, text.separator)[1]:
        raise WorkbookRefused(_BAD_QUOTES)


def written_fields(line: str, separator: str) -> tuple[list[str], bool]:
    """The fields of a record with their quotes, and whether the last stays open.

    A quote counts where a field begins with it, as for csv.reader.
    """
    fields: list[str] = []
    start = place = 0
    is_open = False
    while True:
        if line.startswith('"', place):
            place += 1
            while (place := line.find('"', place)) >= 0 and line.startswith('""', place):
                place += 2
            is_open = place < 0
            place = len(line) if is_open else place + 1
        end = line.find(separator, place)
        fields.append(line[start:] if end < 0 else line[start:end])
        if end < 0:
            return fields, is_open
        start = place = end + 1


def read_csv(content: bytes, file_name: str, budget: Budget) -> Table:
    """All cells as texts, None where empty, as a sheet of the file's name. Raises WorkbookRefused."""
    rows: list[list[CellInput]] = []
    seen: dict[str, str] = {}
    for number, (_written, fields) in enumerate(records(csv_text(content)), 1):
        cells: list[CellInput] = [seen.setdefault(field, plain_field(field)) or None for field in fields]
        while cells and cells[-1] is None:
            cells.pop()
        if cells and number > MAX_ROWS:
            raise WorkbookRefused(TOO_MANY_ROWS)
        if len(cells) > budget.widest:
            raise WorkbookRefused(budget.too_many_columns)
        budget.take_cells(len(cells))
        if number % 1000 == 0:
            budget.check_time()
        if number <= MAX_ROWS:
            rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise WorkbookRefused(EMPTY)
    return Table(file_name, rows)


def unfolded(table: Table, budget: Budget) -> Table | None:
    """The table that stands folded in one column, as Excel opens a text whose separator is not the one it expects.

    None where the sheet has more columns, or where its cells hold no separators.
    """
    lines = [str(row[0]) if row and row[0] is not None else "" for row in table.rows if len(row) <= 1]
    if len(lines) != len(table.rows):
        return None
    found = read_csv("\n".join(lines).encode(), table.sheet_name, budget)
    return found if max(map(len, found.rows)) > 1 else None


def plain_field(field: str) -> str:
    """A field without the outer blanks and without the formula that some programs wrap a code in."""
    field = field.strip()
    wrapped = _QUOTED_FORMULA.fullmatch(field) if field.startswith("=") else None
    return wrapped[1].strip() if wrapped else field


def _separator(text: str) -> str:
    """The separator by which the most records have as many fields as most others, and more than one."""

    def widths(separator: str) -> list[int]:
        sample = csv.reader(StringIO(text[:_SAMPLE_CHARACTERS], newline=""), delimiter=separator)
        try:
            return [len(fields) for fields in islice(sample, _SAMPLE_RECORDS) if any(fields)]
        except csv.Error:
            return []

    def fitness(separator: str) -> int:
        return max(((width - 1) * count for width, count in Counter(widths(separator)).items()), default=0)

    best = max(_SEPARATORS, key=fitness)
    # The first record is the headings: where they stand in one piece by all the others, and every record in as many.
    rare = widths(_RARE_SEPARATOR)
    is_rare = len(set(rare)) == 1 and rare[0] > _FEW and all(widths(one)[:1] in ([], [1]) for one in _SEPARATORS)
    return _RARE_SEPARATOR if is_rare else best


def _checked(text: str) -> str:
    if _CONTROLS.search(text):
        raise WorkbookRefused(_NOT_TEXT)
    return text
