"""The texts of an .xlsx: those its cells share, and the characters XML cannot hold."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers.expat import ParserCreate

from app.excel.package import Package
from app.excel.table import MAX_CELLS, TOO_COMPLEX, Budget, WorkbookRefused

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Runs of different looks within a text, and what they say of their looks.
_MAX_TAGS: Final = 4 * MAX_CELLS


def unescaped(text: str) -> str:
    """«_x000D_» as the character it stands for (ECMA-376, part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shared_strings(package: Package, part: str, budget: Budget) -> list[str]:
    """The texts by number, looks and readings of East Asian words left out. Raises WorkbookRefused."""
    reader = _StringReader(budget)
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    package.parse(part, parser)
    return reader.strings


class _StringReader:
    def __init__(self, budget: Budget) -> None:
        self.strings: list[str] = []
        self._budget = budget
        self._pieces: list[str] = []
        self._taking = False
        self._readings = self._tags = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > _MAX_TAGS:
            raise WorkbookRefused(TOO_COMPLEX)
        tag = tag.rpartition(":")[2]
        if tag == "t":
            self._taking = not self._readings
        elif tag == "rPh":
            self._readings += 1

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "t":
            self._taking = False
        elif tag == "rPh":
            self._readings -= 1
        elif tag == "si":
            text = unescaped("".join(self._pieces))
            self._pieces.clear()
            self._budget.take_text(len(text))
            self.strings.append(text)

    def data(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)
