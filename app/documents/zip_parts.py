"""A zip archive from outside, read so that no header, true or lying, makes it grow beyond the limits."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, Final

from app.documents.limits import (
    MAX_ZIP_DIRECTORY_BYTES,
    MAX_ZIP_PARTS,
    MAX_ZIP_RATIO,
    MAX_ZIP_UNPACKED_BYTES,
    MIB,
    ZIP_RATIO_FLOOR_BYTES,
)
from app.documents.refusal import BROKEN, DocumentRefused

_TOO_BIG: Final = (
    "Файл распаковывается до недопустимо большого объёма. "
    "Сохраните документ заново, без лишних вложений, или вставьте его текст вручную."
)
_PROTECTED: Final = "Файл защищён паролем. Снимите защиту, сохраните его заново и загрузите ещё раз."

_END_SIGNATURE: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_MAX_COMMENT: Final = 0xFFFF
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20
_ENCRYPTED: Final = 0x1
# A large chunk: expat rescans an unfinished tag from its beginning at every feed.
_CHUNK: Final = MIB
# The two methods office programs write. bzip2 and lzma unpack without a bound per call in zipfile.
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises on a damaged archive besides its own error.
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


class ZipParts:
    """The parts of an archive whose whole contents were unpacked once, within the limits, and found sound.

    The stream must be seekable and stay open. Raises `DocumentRefused`.
    """

    def __init__(self, stream: BinaryIO) -> None:
        _check_directory(stream)
        try:
            self._archive = zipfile.ZipFile(stream)
        except _DAMAGE as error:
            raise DocumentRefused(BROKEN) from error
        self._parts = self._checked(self._archive.infolist())
        left = MAX_ZIP_UNPACKED_BYTES
        for name in self._parts:
            for chunk in self.chunks(name, max_bytes=left):
                left -= len(chunk)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    def chunks(self, name: str, *, max_bytes: int) -> Iterator[bytes]:
        """The unpacked bytes of a part, refused once more than `max_bytes` have come."""
        info = self._parts.get(name)
        if info is None:
            raise DocumentRefused(BROKEN)
        try:
            with self._archive.open(info) as part:
                yield from _capped(part, max_bytes)
        except DocumentRefused:
            raise
        except _DAMAGE as error:
            raise DocumentRefused(BROKEN) from error

    def read(self, name: str, *, max_bytes: int) -> bytes:
        return b"".join(self.chunks(name, max_bytes=max_bytes))

    @staticmethod
    def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(infos) > MAX_ZIP_PARTS:
            raise DocumentRefused(_TOO_BIG)
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise DocumentRefused(_PROTECTED)
        # Two parts of one name are read differently by different programs.
        parts = {info.filename: info for info in infos}
        if not infos or len(parts) != len(infos) or any(info.compress_type not in _METHODS for info in infos):
            raise DocumentRefused(BROKEN)
        unpacked = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if unpacked > MAX_ZIP_UNPACKED_BYTES or unpacked > max(ZIP_RATIO_FLOOR_BYTES, packed * MAX_ZIP_RATIO):
            raise DocumentRefused(_TOO_BIG)
        return parts


def _capped(part: IO[bytes], max_bytes: int) -> Iterator[bytes]:
    left = max_bytes
    while chunk := part.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise DocumentRefused(_TOO_BIG)
        yield chunk


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a directory too long to list: zipfile holds about a kilobyte for every entry of it."""
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - _END_BYTES - _MAX_COMMENT)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    # zipfile looks at the very end first, then for the last signature: the same order, the same record.
    at = len(tail) - _END_BYTES
    if at < 0 or not (tail.startswith(_END_SIGNATURE, at) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) < at + _END_BYTES:
        raise DocumentRefused(BROKEN)
    (directory_bytes,) = struct.unpack_from("<L", tail, at + 12)
    if directory_bytes > MAX_ZIP_DIRECTORY_BYTES:
        raise DocumentRefused(_TOO_BIG)
    # The 64-bit record would name another length; files of this size have no need of it.
    locator = start + at - _ZIP64_LOCATOR_BYTES
    if locator >= 0:
        stream.seek(locator)
        found = stream.read(len(_ZIP64_LOCATOR))
        stream.seek(0)
        if found == _ZIP64_LOCATOR:
            raise DocumentRefused(BROKEN)
