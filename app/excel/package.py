"""A zip of XML parts from outside, read so that nothing in it, true or lying, grows beyond the limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from app.excel.table import DAMAGED, MIB, TOO_COMPLEX, TOO_MUCH, Budget, WorkbookRefused

MAX_PARTS: Final = 2_000
# 2,500,000 cells of a sheet take some 150 MiB; the rest is room for pictures and other sheets, which are not unpacked.
MAX_UNPACKED: Final = 400 * MIB
MAX_PART: Final = 256 * MIB
MAX_SIDE_PART: Final = 16 * MIB

PROTECTED: Final = (
    "Файл защищён паролем, прочитать его нельзя. Снимите пароль в Excel или LibreOffice, сохраните файл "
    "и загрузите ещё раз."
)

_CHUNK: Final = 256 * 1024
# From one «<» to the next: a cell holds 32,767 characters.
_MAX_TAG: Final = MIB
_ENTRY: Final = b"PK\x01\x02"
_ENCRYPTED: Final = 0x1
# The methods office programs write; the others unpack without a bound per call in zipfile.
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises on a damaged archive besides its own error.
DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)

StartHandler = Callable[[str, dict[str, str]], None]


class Package:
    """The parts of an archive by name. Raises WorkbookRefused for what no spreadsheet program writes."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        # zipfile keeps about a kilobyte for every entry, however small.
        if content.count(_ENTRY) > MAX_PARTS:
            raise WorkbookRefused(TOO_COMPLEX)
        try:
            self.archive = zipfile.ZipFile(BytesIO(content))
        except DAMAGE as error:
            raise WorkbookRefused(DAMAGED) from error
        self._budget = budget
        infos = self.archive.infolist()
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise WorkbookRefused(PROTECTED)
        # Two parts of one name are read differently by different programs.
        self._parts = {_plain_name(info.filename): info for info in infos}
        if len(self._parts) != len(infos) or any(info.compress_type not in _METHODS for info in infos):
            raise WorkbookRefused(DAMAGED)
        # zipfile gives no more bytes of a part than the directory declares.
        if sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise WorkbookRefused(TOO_MUCH)

    def __contains__(self, name: str) -> bool:
        return _plain_name(name) in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        """In lower case, with «/» between folders."""
        return tuple(self._parts)

    def info(self, name: str) -> zipfile.ZipInfo:
        found = self._parts.get(_plain_name(name))
        if found is None:
            raise WorkbookRefused(DAMAGED)
        return found

    def chunks(self, name: str, most: int = MAX_PART) -> Iterator[bytes]:
        """The unpacked bytes of a part, while processor time lasts."""
        info = self.info(name)
        if info.file_size > most:
            raise WorkbookRefused(TOO_MUCH)
        try:
            with self.archive.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._budget.check_time()
                    yield chunk
        except WorkbookRefused:
            raise
        except DAMAGE as error:
            raise WorkbookRefused(DAMAGED) from error

    def parse(self, name: str, parser: XMLParserType, most: int = MAX_PART) -> None:
        """Feed the part to the parser: UTF-8 without a document type, hence without entities."""
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in _without_long_tags(self.chunks(name, most)):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except ExpatError as error:
            raise WorkbookRefused(DAMAGED) from error

    def elements(self, name: str, start: StartHandler) -> None:
        """Tell of every start tag of a small part, its name without prefix."""
        parser = ParserCreate("utf-8")
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
        self.parse(name, parser, MAX_SIDE_PART)


def _plain_name(name: str) -> str:
    """Names of parts do not differ by case (ECMA-376, part 2); some programs write backslashes and a leading «/»."""
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_doctype(*_: object) -> None:
    raise WorkbookRefused(DAMAGED)


def _without_long_tags(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Refuse a tag of countless attributes before it is built: no tag holds a second «<», not even in quotes."""
    begun = 0
    for chunk in chunks:
        if b"\0" in chunk:  # UTF-16, which a byte order mark switches on in spite of all
            raise WorkbookRefused(DAMAGED)
        first = chunk.find(b"<")
        begun = begun + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"<")
        if begun > _MAX_TAG:
            raise WorkbookRefused(TOO_COMPLEX)
        yield chunk
