"""Files that the product made or took in for a time: results of jobs, workbooks on their way in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from app.documents import file_store
from app.documents.file_store import FileStore
from app.documents.limits import MIB

# Two million rows of twelve cells are about 150 MB; past this a mistake fills the disk.
MAX_RESULT_BYTES: Final = 1024 * MIB


class StoredResult(NamedTuple):
    digest: str
    size: int


class ResultStore(FileStore):
    """As the store of evidence, under a root of its own, without judging kinds: nothing here is shown to be proof.

    A file is kept for as long as a row names its digest; `sweep` removes the others.
    """

    def put(  # type: ignore[override] # there is no name to judge the content by
        self, stream: BinaryIO, *, max_bytes: int = MAX_RESULT_BYTES
    ) -> StoredResult:
        """Keep the content of the stream from where it stands; the same content twice is kept once.

        Raises `DocumentRefused` for more than `max_bytes`, and leaves nothing behind when it does.
        """
        handle, aside_name = tempfile.mkstemp(prefix=file_store._ASIDE_PREFIX, dir=self._root)  # noqa: SLF001 - one family
        aside = Path(aside_name)
        try:
            with os.fdopen(handle, "w+b") as written:
                digest, size = file_store._copied(stream, written, max_bytes)  # noqa: SLF001 - one family
                written.flush()
                os.fchmod(written.fileno(), file_store._PRIVATE_FILE)  # noqa: SLF001 - one family
                os.fsync(written.fileno())
            self._publish(aside, digest)
        finally:
            aside.unlink(missing_ok=True)
        return StoredResult(digest, size)
