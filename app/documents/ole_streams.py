"""The names inside an OLE2 file, the container of old Office documents, found without following its chains."""

from typing import BinaryIO, Final

_ENTRY_BYTES: Final = 128
_NAME_BYTES: Final = 64
_CHUNK: Final = 8192 * _ENTRY_BYTES
# Kinds of directory entries: storage, stream, root.
_TYPES: Final = frozenset({1, 2, 5})


def ole_stream_names(stream: BinaryIO) -> frozenset[str]:
    """Names, in capitals, of every storage and stream.

    A directory entry is 128 bytes on a 128-byte boundary ([MS-CFB] 2.6), so reading each such place as an entry
    finds them all, and a damaged or looping chain of sectors cannot hide one. What a text mimics is found too.
    """
    names: set[str] = set()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        for at in range(0, len(chunk) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            # Length of the name in bytes with its closing zero: even, at most 64, stored at offset 64.
            length = chunk[at + _NAME_BYTES]
            if (
                not 4 <= length <= _NAME_BYTES  # noqa: PLR2004 - one character and the closing zero, to the whole field
                or length % 2
                or chunk[at + _NAME_BYTES + 1]
                or chunk[at + _NAME_BYTES + 2] not in _TYPES
            ):
                continue
            name = chunk[at : at + length - 2].decode("utf-16-le", errors="replace")
            if name.isprintable() or name[0] < " ":
                names.add(name.upper())
    stream.seek(0)
    return frozenset(names)
