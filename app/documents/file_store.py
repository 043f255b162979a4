"""Files of evidence kept under the digest of their content: one copy of each, whole or not at all."""

import fcntl
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from app.documents.file_kind import kind_of
from app.documents.file_name import display_name
from app.documents.limits import MAX_EVIDENCE_BYTES, MIB
from app.documents.refusal import DocumentRefused

_CHUNK: Final = MIB
_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ASIDE_PREFIX: Final = "aside-"
_LOCK: Final = "lock"


@dataclass(frozen=True)
class StoredContent:
    """What the database keeps of a stored file; `file_name` is for people, never a path."""

    digest: str
    size: int
    media_type: str
    file_name: str


class FileStore:
    """Content under `root/ab/cd/<sha256>`, readable by the owner of the process only.

    The root must lie outside every folder that a web server serves. A file appears under its digest whole, checked
    and on disk, by a rename in the same file system; a crash before that leaves an aside that `sweep` removes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        root.chmod(_PRIVATE_FOLDER)

    def put(self, stream: BinaryIO, file_name: str, *, max_bytes: int = MAX_EVIDENCE_BYTES) -> StoredContent:
        """Keep the content of the stream, checked by `kind_of`; the same content twice is kept once.

        Raises `DocumentRefused`, and leaves nothing behind when it does.
        """
        handle, aside_name = tempfile.mkstemp(prefix=_ASIDE_PREFIX, dir=self._root)
        aside = Path(aside_name)
        try:
            with os.fdopen(handle, "w+b") as written:
                digest, size = _copied(stream, written, max_bytes)
                kind = kind_of(written, file_name)
                written.flush()
                os.fchmod(written.fileno(), _PRIVATE_FILE)
                os.fsync(written.fileno())
            self._publish(aside, digest)
        finally:
            aside.unlink(missing_ok=True)
        return StoredContent(digest, size, kind.media_type, display_name(file_name, extension=kind.extension))

    def open(self, digest: str) -> BinaryIO:
        """The content; `ValueError` for what is no digest, `FileNotFoundError` for what is not kept."""
        return self.path_of(digest).open("rb")

    def path_of(self, digest: str) -> Path:
        """Where the content is or would be kept; `ValueError` for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError("Это не отпечаток файла: нужны 64 знака 0–9, a–f.")
        return self._root / digest[:2] / digest[2:4] / digest

    def sweep(self, referenced: Container[str], older_than: datetime) -> list[str]:
        """Remove content that nothing refers to and asides of broken uploads, both last written before the moment.

        Choose a moment earlier than any transaction still open may have stored a file: a day ago is plenty. Returns
        the digests and names of asides removed. `older_than` carries its zone.
        """
        if older_than.tzinfo is None:
            raise ValueError("У момента, до которого убирать файлы, должен быть часовой пояс.")
        before = older_than.timestamp()
        removed = []
        for path in self._kept():
            if path.name in referenced:
                continue
            # Under the lock no upload can renew the file between the look at its time and its removal.
            with self._lock(fcntl.LOCK_EX):
                try:
                    if path.stat().st_mtime < before:
                        path.unlink()
                        removed.append(path.name)
                except FileNotFoundError:
                    # An upload put its aside in place, or another sweep was faster.
                    continue
        return sorted(removed)

    def _kept(self) -> Iterator[Path]:
        yield from self._root.glob(f"{_ASIDE_PREFIX}*")
        for path in self._root.glob("??/??/*"):
            if _DIGEST.fullmatch(path.name) and stat.S_ISREG(path.lstat().st_mode):
                yield path

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        handle = os.open(self._root / _LOCK, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE)
        try:
            fcntl.flock(handle, kind)
            yield
        finally:
            os.close(handle)

    def _publish(self, aside: Path, digest: str) -> None:
        path = self.path_of(digest)
        path.parent.parent.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        path.parent.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        with self._lock(fcntl.LOCK_SH):
            # Over an equal file too: the new time keeps a sweep away, and a damaged copy is mended.
            aside.replace(path)
        for folder in (path.parent, path.parent.parent, self._root):
            _sync_folder(folder)


def _copied(source: BinaryIO, target: BinaryIO, max_bytes: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise DocumentRefused(
                f"Файл больше {max_bytes // MIB} МБ. Уменьшите его, например сохраните скан с меньшим разрешением, "
                "или разделите на части."
            )
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """A rename survives a power cut only once its folder is written."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
